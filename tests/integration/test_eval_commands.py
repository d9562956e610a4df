"""`policyqa eval …` as a user runs it, over two small files: what is kept, what is refused."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import ir_measures
import pytest

from tests.command_line import done, policyqa

COMMAND = Path(sys.executable).with_name("policyqa")
TEXTS = {
    "grants.txt": "支持办法\n第一条 博士每年补贴50万元。硕士每年补贴20万元。\n第二条 交身份证。",
    "park.txt": "公园管理办法\n第一条 公园免费开放。\n第二条 公园每天早上6点开门。",
}
QUERIES = [
    {"id": "q1", "text": "博士每年补贴多少钱？", "answers": ["50万元"], "type": "figure",
     "evidence": [{"source": "grants.txt", "quote": "博士每年补贴50万元"}]},
    {"id": "q2", "text": "公园几点开门？", "answers": ["6点"], "type": "when",
     "evidence": [{"source": "park.txt", "quote": "早上6点开门"}]},
    {"id": "q3", "text": "火星移民怎么报名？", "answerable": False, "reason": "out_of_scope"},
]  # fmt: skip


def refused(*arguments: str | Path) -> str:
    result = policyqa(*arguments)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    return result.stderr


def written(folder: Path, queries: list[dict[str, Any]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(query, ensure_ascii=False) + "\n" for query in queries]
    (folder / "queries.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source, folder = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("index")
    for name, text in TEXTS.items():
        (source / name).write_text(text, encoding="utf-8")
    done("index", "--source", source, "--index", folder)
    return folder


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("set"), QUERIES)


@pytest.fixture(scope="module")
def kept(index: Path, dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("runs")
    listed = runs / "list.toml"
    listed.write_text('[[variant]]\nname = "silent"\nsettings = { "answer.threshold" = 1 }\n')
    said = done(
        "eval", "run", "--dataset", dataset, "--index", index, "--runs", runs, "--name", "first",
        "--baseline", "bm25-bigrams", "--baseline", "dense", "--variants", listed,
    )  # fmt: skip
    assert "| first@bm25-bigrams | 3 |" in said
    assert f"已存入 {runs / 'first'}：提问 " in said
    return runs


def test_a_run_keeps_the_product_the_baselines_and_the_variants(kept: Path) -> None:
    names = {path.parent.name for path in kept.glob("*/metrics.json")}
    assert names == {"first", "first@bm25-bigrams", "first@dense", "first@silent"}
    info = json.loads((kept / "first@silent" / "run.json").read_text("utf-8"))
    assert info["settings"]["answer"]["threshold"] == 1
    assert info["commit"]
    own, silent = (
        json.loads((kept / name / "metrics.json").read_text("utf-8"))
        for name in ("first", "first@silent")
    )
    assert own["retrieval"]["success_at_1"] == silent["retrieval"]["success_at_1"] == 1.0
    assert own["answers"]["accuracy"] == 1.0
    assert silent["abstention"]["answered_rate"] == 0.0
    assert own["reasons"]["out_of_scope"] == {"out_of_scope": 1}


def test_the_kept_trec_files_score_as_ir_measures_does(kept: Path) -> None:
    run, qrels = kept / "first" / "run.trec", kept / "first" / "qrels.trec"
    found = json.loads(done("eval", "score", "--run", run, "--qrels", qrels, "--json"))
    known = ir_measures.calc_aggregate(
        [ir_measures.nDCG @ 10, ir_measures.Success @ 1],
        ir_measures.read_trec_qrels(str(qrels)),
        ir_measures.read_trec_run(str(run)),
    )
    assert found["ndcg_at_10"]["value"] == pytest.approx(known[ir_measures.nDCG @ 10], abs=1e-9)
    assert found["success_at_1"]["n"] == 2


def test_two_runs_are_compared_worst_first(kept: Path) -> None:
    found = json.loads(done("eval", "compare", "first", "first@silent", "--runs", kept, "--json"))
    assert (found["n"], found["same_corpus"]) == (3, True)
    assert {change["id"] for change in found["changes"]} == {"q1", "q2"}
    assert found["changes"][0]["before"]["outcome"] == "right"
    said = done("eval", "compare", "first", "first@silent", "--runs", kept)
    assert "变化的题 2 道（变差 2）" in said
    assert "答案正确率" in said


def test_runs_are_listed_as_one_table(kept: Path) -> None:
    lines = done("eval", "table", "first", "first@dense", "--runs", kept).splitlines()
    assert lines[2].startswith("| first | 3 | 1.000 (1.000–1.000) |")
    assert lines[3].startswith("| first@dense | 3 |")


def test_the_object_says_what_ran_beside(index: Path, dataset: Path, tmp_path: Path) -> None:
    found = json.loads(
        done("eval", "run", "--dataset", dataset, "--index", index, "--runs", tmp_path,
             "--name", "x", "--baseline", "rrf", "--json")
    )  # fmt: skip
    assert found["retrieval"]["success_at_1"] == 1.0
    assert found["run"]["contestant"] == "policyqa"
    assert found["beside"]["rrf"]["time_ratio"] > 0
    assert found["beside"]["rrf"]["figures"]["retrieval"]["success_at_5"] == 1.0


MANY = 120  # questions: some seconds, of which the run is told to stop in the first


def test_a_killed_run_is_continued(index: Path, tmp_path: Path) -> None:
    many = [QUERIES[n % 2] | {"id": f"q{n}"} for n in range(MANY)]
    dataset = written(tmp_path / "set", many)
    arguments = ["eval", "run", "--dataset", dataset, "--index", index, "--runs", tmp_path / "runs",
                 "--name", "long"]  # fmt: skip
    process = subprocess.Popen(
        [COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What a shell starts in the background ignores this signal, and so do its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    rows = tmp_path / "runs" / "long" / "rows.jsonl"
    deadline = time.monotonic() + 100
    while (not rows.exists() or rows.stat().st_size == 0) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert error.startswith("policyqa: 已中断：long 已存 ")
    assert error.count("\n") == 1
    before = rows.read_bytes()
    assert 0 < before.count(b"\n") < MANY
    done(*arguments)
    after = rows.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == MANY
    assert "已经完成" in refused(*arguments)


def test_what_is_wrong_is_told_before_anything_is_kept(
    index: Path, dataset: Path, tmp_path: Path
) -> None:
    elsewhere = [QUERIES[0] | {"evidence": [{"source": "gone.txt", "quote": "x"}]}]
    bad = written(tmp_path / "bad", elsewhere)
    common = ("--runs", tmp_path / "runs", "--name", "x", "--index", index)
    assert "没有一份在这个索引里" in refused("eval", "run", "--dataset", bad, *common)
    assert "名字只能用" in refused("eval", "run", "--dataset", dataset, *common[:3], "a/b")
    (bad / "queries.jsonl").write_text('{"id": "q", "text": "问"}\n', "utf-8")
    assert "queries.jsonl:1: 问题 q 无从判断对错" in refused(
        "eval", "run", "--dataset", bad, *common
    )
    (tmp_path / "list.toml").write_text('[[variant]]\nname="a"\nsettings={"answer.limit"=1}\n')
    assert "不认识的设置 answer.limit" in refused(
        "eval", "run", "--dataset", dataset, *common, "--variants", tmp_path / "list.toml"
    )
    (tmp_path / "list.toml").write_text('[[variant]]\nname = "dense"\n')
    assert "dense 是本来就有的名字" in refused(
        "eval", "run", "--dataset", dataset, *common, "--variants", tmp_path / "list.toml"
    )
    wrong = policyqa("eval", "run", "--dataset", dataset, *common, "--baseline", "bm25")
    assert wrong.returncode == 2
    assert "没有名为 bm25 的基线" in wrong.stderr
    assert not (tmp_path / "runs").exists()


def test_some_missing_sources_and_unknown_fields_are_one_line_each(
    index: Path, tmp_path: Path
) -> None:
    half = [QUERIES[0] | {"备注": 1}, QUERIES[1] | {"evidence": [{"source": "a", "quote": "x"}]}]
    result = policyqa("eval", "--dataset", written(tmp_path, half), "--index", index, "--json")
    assert result.returncode == 0
    first, second = result.stderr.splitlines()
    assert first.endswith("不认识的字段 备注，不起作用")
    assert second.startswith("policyqa: 索引里没有数据集所判的 1 份文件，如 a")


def test_what_a_set_says_moves_no_cursor(index: Path, tmp_path: Path) -> None:
    hostile = "\x1b[2J\x07\n换行"
    query = QUERIES[0] | {"id": f"q{hostile}", "type": hostile, "text": f"博士补贴{hostile}？"}
    queries = [query, query | {"id": "q2", "answers": ["没有"]}]
    dataset = written(tmp_path / "set", queries)
    lint = policyqa("eval", "lint", "--dataset", dataset, "--index", index)
    assert len(lint.stdout.splitlines()) == 2
    shown = done("eval", "--dataset", dataset, "--index", index)
    twice = refused("eval", "--dataset", written(tmp_path / "set", [query, query]))
    for text in (lint.stdout, lint.stderr, shown, twice):
        assert "\x1b" not in text
        assert "\x07" not in text
    assert "\\x1b[2J" in shown


def test_a_set_is_drafted_written_and_linted(index: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert "已起草 3 题" in done("eval", "new", folder, "--count", "3", "--index", index)
    assert "里已有东西" in refused("eval", "new", folder, "--index", index)
    lines = (folder / "queries.jsonl").read_text("utf-8").splitlines()
    drafts = [json.loads(line) for line in lines]
    for draft in drafts:
        (evidence,) = draft["evidence"]
        assert evidence["quote"] in TEXTS[evidence["source"]]
    assert {draft["evidence"][0]["source"] for draft in drafts} == set(TEXTS)
    unwritten = refused("eval", "lint", "--dataset", folder, "--index", index)
    assert "queries.jsonl:1: 字段 text 是空的" in unwritten
    for n, draft in enumerate(drafts):
        draft |= {"text": f"第{n}个问题？", "answers": [draft["evidence"][0]["quote"][:4]]}
    written(folder, drafts)
    assert "3 题，没有发现问题" in done("eval", "lint", "--dataset", folder, "--index", index)
    drafts[2] |= {"text": "第0个问题"}
    drafts[1] |= {"answers": ["别的"]}
    written(folder, drafts)
    result = policyqa("eval", "lint", "--dataset", folder, "--index", index)
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        f"{folder / 'queries.jsonl'}:2: q002 答案不在依据里：别的",
        f"{folder / 'queries.jsonl'}:3: q003 与 q001 是同一个问题",
    ]
    assert result.stderr == "policyqa: mine：2 处请处理\n"


def test_the_gate_holds_or_names_what_fell(index: Path, dataset: Path, tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    floors = '[floors]\n"retrieval.success_at_1" = 1.0\n"abstention.recall" = 1.0\n'
    path.write_text(f'dataset = "{dataset}"\n{floors}', "utf-8")
    said = done("eval", "gate", path, "--index", index)
    assert said.count("达到") == 2
    path.write_text(f'dataset = "{dataset}"\n{floors}"answers.completeness" = 0.5\n', "utf-8")
    result = policyqa("eval", "gate", path, "--index", index)
    assert result.returncode == 1
    assert result.stderr == "policyqa: 低于下限：answers.completeness\n"
    assert "answers.completeness" in result.stdout


def test_the_old_command_stands_and_asks_for_its_set(index: Path, dataset: Path) -> None:
    figures = json.loads(done("eval", "--dataset", dataset, "--index", index, "--json"))
    assert {"dataset", "n", "fingerprint", "retrieval", "answers", "abstention", "latency_ms",
            "by_type"} <= set(figures)  # fmt: skip
    assert policyqa("eval").returncode == 2
    misplaced = policyqa("eval", "--dataset", dataset, "lint")
    assert misplaced.returncode == 2
    assert "请把选项写在 lint 之后" in misplaced.stderr


def test_beirs_layout_is_evaluated(tmp_path: Path) -> None:
    written(tmp_path, [{"_id": "1", "text": "公园几点开门？", "metadata": {}}])
    corpus = [
        {"_id": "a", "title": "公园", "text": "公园每天早上6点开门。", "metadata": {}},
        {"_id": "b", "title": "补贴", "text": "博士每年补贴50万元。", "metadata": {}},
    ]
    lines = [json.dumps(article, ensure_ascii=False) for article in corpus]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "qrels").mkdir()
    head = "query-id\tcorpus-id\tscore\n"
    (tmp_path / "qrels" / "test.tsv").write_text(f"{head}1\ta\t1\n", "utf-8")
    figures = json.loads(done("eval", "--dataset", tmp_path, "--json"))
    assert figures["retrieval"]["success_at_1"] == 1.0
    assert figures["retrieval"]["answer_in_top_5"] is None


def test_how_files_are_read_is_judged_by_labels(tmp_path: Path) -> None:
    files, labels = tmp_path / "files", tmp_path / "labels"
    files.mkdir()
    labels.mkdir()
    for name, text in TEXTS.items():
        (files / name).write_text(text, encoding="utf-8")
    named = dict.fromkeys(("issuer", "doc_number", "date", "effective", "expires", "region"), "")
    about = {**named, "title": "支持办法", "kind": "other", "trial": False, "replaces": []}
    said = {"source": "grants.txt", "text": "硕士每年补贴20万元。"}
    absent = {"source": "grants.txt", "text": "第二条"}  # it stands there: a label that fails
    records = {"sentences": [said], "boilerplate": [absent], "structure": []}
    (labels / "metadata.json").write_text(json.dumps({"grants.txt": about}), encoding="utf-8")
    (labels / "parts.tsv").write_text("grants.txt\tmend\n", encoding="utf-8")
    for name, lines in records.items():
        whole = "".join(json.dumps(line) + "\n" for line in lines)
        (labels / f"{name}.jsonl").write_text(whole, encoding="utf-8")

    found = json.loads(done("eval", "documents", files, "--labels", labels, "--json"))
    assert found["sentence"] == {"held": 1, "n": 1}
    assert found["boilerplate"] == {"held": 0, "n": 1}
    assert found["title"] == {"right": 1, "said": 1, "wanted": 1}
    assert (found["files"], found["refused"], list(found["failed"])) == (1, {}, ["boilerplate"])
    shown = done("eval", "documents", files, "--labels", labels, "--part", "mend", "--failed")
    assert "| sentence | 1 | 1 |" in shown
    assert "- boilerplate: gra 第二条" in shown
    wrong = policyqa("eval", "documents", files, "--labels", labels, "--part", "all")
    assert wrong.returncode == 2
    assert "没有“all”这一部分" in wrong.stderr
