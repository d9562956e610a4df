"""Data sets are read whole or refused with the file and the line."""

import json
from pathlib import Path

import pytest

from policyqa.eval.judge.dataset import load
from policyqa.qa.errors import DatasetError
from policyqa.qa.types import Turn

GOOD = {"id": "q1", "text": "补助多少？", "answers": ["2万元"]}


def made(
    folder: Path, *queries: object, qrels: str | None = None, corpus: str | None = None
) -> Path:
    lines = [line if isinstance(line, str) else json.dumps(line) for line in queries]
    (folder / "queries.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for name, text in (("qrels.tsv", qrels), ("corpus.jsonl", corpus)):
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_query_has_its_defaults(tmp_path: Path) -> None:
    loaded = load(made(tmp_path, GOOD))
    (query,) = loaded.queries
    assert (query.id, query.text, query.answerable) == ("q1", "补助多少？", True)
    assert (query.evidence, query.history, query.type, query.reason) == ((), (), "", "")
    assert (loaded.name, loaded.qrels, loaded.corpus) == (tmp_path.name, {}, None)
    assert loaded.ignored == ()


def test_every_field_is_read_and_unknown_ones_are_named(tmp_path: Path) -> None:
    full = GOOD | {
        "answers": [["甲", "乙"], ["丙"]],
        "answerable": False,
        "evidence": [{"source": "a.txt", "quote": "原话", "page": 3}, {"quote": "别处"}],
        "history": [{"role": "user", "content": "上一问"}],
        "as_of": "2024-12",
        "type": "figure",
        "split": "dev",
        "answer_kind": "free_text",
        "reason": "out_of_scope",
        "distractor_doc": {"any": "thing"},
    }
    loaded = load(made(tmp_path, full))
    (query,) = loaded.queries
    assert query.answers == (("甲", "乙"), ("丙",))
    assert not query.answerable
    assert [(e.source, e.quote) for e in query.evidence] == [("a.txt", "原话"), ("", "别处")]
    assert query.history == (Turn(role="user", content="上一问"),)
    assert (query.as_of, query.type, query.split) == ("2024-12", "figure", "dev")
    assert (query.answer_kind, query.reason) == ("free_text", "out_of_scope")
    assert loaded.ignored == ("distractor_doc", "evidence.page")


@pytest.mark.parametrize(
    ("field", "meant"), [("answer", "answers"), ("evidance", "evidence"), ("Split", "split")]
)
def test_a_field_that_is_misspelt_is_refused(tmp_path: Path, field: str, meant: str) -> None:
    bad = {"id": "q2", "text": "问", "answerable": False, field: []}
    with pytest.raises(DatasetError, match=f":2: 不认识的字段 {field}，是否想写 {meant}"):
        load(made(tmp_path, GOOD, bad))


def test_a_misspelt_field_of_evidence_is_refused(tmp_path: Path) -> None:
    bad = GOOD | {"evidence": [{"quote": "原话", "sourse": "a.txt"}]}
    with pytest.raises(DatasetError, match=":1: 不认识的字段 sourse，是否想写 source"):
        load(made(tmp_path, bad))


@pytest.mark.parametrize("qrels", [None, "q2\td1\t0\n"])
def test_a_question_that_cannot_be_judged_is_refused(tmp_path: Path, qrels: str | None) -> None:
    bare = {"id": "q2", "text": "问"}
    with pytest.raises(DatasetError, match=r"queries.jsonl:2: 问题 q2 无从判断对错"):
        load(made(tmp_path, GOOD, bare, qrels=qrels))
    assert len(load(made(tmp_path, GOOD, bare, qrels="q2\td1\t1\n")).queries) == 2
    assert len(load(made(tmp_path, bare | {"answerable": False})).queries) == 1


def test_what_does_not_answer_may_be_all_that_is_known(tmp_path: Path) -> None:
    bare = {"id": "q2", "text": "问", "answerable": None}
    rejected = {"rejected": [{"quote": "话", "source": "a.txt", "verdict": "outdated"}]}
    (query,) = load(made(tmp_path, bare | rejected)).queries
    assert (query.answerable, query.rejected[0].verdict) == (None, "outdated")
    for wrong in ({}, rejected | {"answers": ["甲"]}, rejected | {"evidence": [{"quote": "话"}]}):
        with pytest.raises(DatasetError, match='"answerable" 是 null：只能有 rejected'):
            load(made(tmp_path, bare | wrong))


def test_the_fingerprint_is_that_of_what_is_judged(tmp_path: Path) -> None:
    first = load(made(tmp_path, GOOD, qrels="q1\td1\t1\n"))
    assert load(tmp_path).fingerprint == first.fingerprint
    assert load(made(tmp_path, GOOD, qrels="q1\td1\t2\n")).fingerprint != first.fingerprint


def beir(folder: Path) -> Path:
    """Three questions, of which the test split judges two and the dev split one."""
    made(
        folder,
        {"_id": "1", "text": "甲？", "metadata": {}},
        {"_id": "2", "text": "乙？", "metadata": {}},
        {"_id": "3", "text": "丙？", "metadata": {}},
        corpus='{"_id": "d1", "text": "甲", "metadata": {}}\n{"_id": "d2", "text": "乙"}',
    )
    (folder / "qrels").mkdir()
    head = "query-id\tcorpus-id\tscore\n"
    (folder / "qrels" / "test.tsv").write_text(f"{head}1\td1\t1\n2\td2\t2\n", "utf-8")
    (folder / "qrels" / "dev.tsv").write_text(f"{head}3\td2\t1\n", "utf-8")
    return folder


def test_beirs_layout_is_read(tmp_path: Path) -> None:
    loaded = load(beir(tmp_path))
    assert [(q.id, q.text) for q in loaded.queries] == [("1", "甲？"), ("2", "乙？")]
    assert loaded.qrels == {"1": {"d1": 1}, "2": {"d2": 2}}
    assert loaded.corpus == tmp_path / "corpus.jsonl"
    assert loaded.ignored == ()
    assert [q.id for q in load(tmp_path, split="dev").queries] == ["3"]
    with pytest.raises(DatasetError, match=r"train\.tsv: 没有这个文件；--split 可用：dev、test"):
        load(tmp_path, split="train")


def test_qrels_and_corpus_are_read(tmp_path: Path) -> None:
    corpus = '{"id": "d1", "title": null, "text": "甲"}\n{"id": "d2", "text": "乙"}\n'
    folder = made(
        tmp_path, GOOD, qrels="query_id\tdoc_id\trelevance\nq1\td1\t1\r\nq1\td2\t0\n", corpus=corpus
    )
    loaded = load(folder)
    assert loaded.qrels == {"q1": {"d1": 1, "d2": 0}}
    assert loaded.corpus == folder / "corpus.jsonl"


def test_blank_lines_byte_order_mark_and_line_separators_are_no_trouble(tmp_path: Path) -> None:
    text = '\ufeff{"id": "q1", "text": "甲\u2028乙"}\r\n\n{"id": "q2", "text": "丙"}\n'
    (tmp_path / "queries.jsonl").write_bytes(text.replace("}", ', "answers": ["丁"]}').encode())
    assert [query.text for query in load(tmp_path).queries] == ["甲\u2028乙", "丙"]


def test_split_and_limit_choose(tmp_path: Path) -> None:
    rows = [
        {"id": f"q{n}", "text": "问", "answerable": False, "split": "dev" if n % 2 else "test"}
        for n in range(6)
    ]
    folder = made(
        tmp_path, *rows, {"id": "q6", "text": "问", "answers": ["甲"]}, qrels="q0\td\t1\n"
    )
    assert [q.id for q in load(folder, split="dev").queries] == ["q1", "q3", "q5"]
    assert [q.id for q in load(folder, split="dev", limit=2).queries] == ["q1", "q3"]
    assert len(load(folder).queries) == 7
    with pytest.raises(DatasetError, match="没有 split 为 x 的问题，现有：dev、test"):
        load(folder, split="x")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"id": "q2", ', "不是 JSON"),
        ("[1]", "应为一个 JSON 对象"),
        ('{"id": "q2"}', "缺少字段 text"),
        ('{"text": "问"}', "缺少字段 id"),
        ({"id": "q2", "text": " "}, "字段 text 是空的"),
        ({"id": 2, "text": "问"}, "字段 id 应为带引号的文字"),
        ({"id": "q1", "text": "又一问"}, "编号 q1 与前面重复"),
        ({"id": "q2", "text": "问", "evidence": [{"source": "a"}]}, "缺少字段 evidence.0.quote"),
        ({"id": "q2", "text": "问", "evidence": [{"quote": ""}]}, "字段 evidence.0.quote 是空的"),
        ({"id": "q2", "text": "问", "answers": "甲"}, "字段 answers 应为列表，如"),
        ({"id": "q2", "text": "问", "answers": None}, "字段 answers 应为列表，如"),
        ({"id": "q2", "text": "问", "history": "上一问"}, "字段 history 应为列表，如"),
        ({"id": "q2", "text": "问", "reason": "none"}, "字段 reason 应为 no_evidence、"),
        ({"id": "q2", "text": "问", "answers": ["甲", ["乙"]]}, "字段 answers"),
        (
            {"id": "q2", "text": "问", "answerable": "yes"},
            "字段 answerable 应为不带引号的 true 或 false",
        ),
        ({"id": "q2", "text": "问", "as_of": "去年"}, "字段 as_of 有误"),
        ({"id": "q2", "text": "问", "type": 3}, "字段 type 应为带引号的文字"),
        ({"id": "q2", "text": "问", "history": [{"role": "x", "content": ""}]}, "history.0.role"),
        ({"id": "q2", "text": "问", "history": [{"role": "user", "content": ""}] * 51}, "history"),
        ('{"id": "q2", "text": "\\ud800"}', "不是 JSON"),
    ],
)
def test_a_wrong_query_is_named_by_file_and_line(tmp_path: Path, bad: object, reason: str) -> None:
    folder = made(tmp_path, GOOD, "", bad)
    with pytest.raises(DatasetError) as caught:
        load(folder)
    assert str(caught.value).startswith(f"{folder / 'queries.jsonl'}:3: ")
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("q9\td1\t1", "queries.jsonl 里没有问题 q9"),
        ("q1\td9\t1", "corpus.jsonl 里没有文件 d9"),
        ("q1\td1", "应为三列"),
        ("q1\t\t1", "应为三列"),
        ("q1 d1 1", "应为三列"),
        ("q1\td1\t高", "relevance 应为整数，现为 高"),
        ("q1\td2\t0", "问题 q1 与文件 d2 已判过"),
    ],
)
def test_a_wrong_judgement_is_named_by_file_and_line(tmp_path: Path, bad: str, reason: str) -> None:
    corpus = '{"id": "d1", "text": "甲"}\n{"id": "d2", "text": "乙"}'
    folder = made(tmp_path, GOOD, qrels=f"q1\td2\t1\n{bad}\n", corpus=corpus)
    with pytest.raises(DatasetError) as caught:
        load(folder)
    assert str(caught.value).startswith(f"{folder / 'qrels.tsv'}:2: {reason}")


@pytest.mark.parametrize("bad", ['{"id": "d1"}', '{"id": "d0", "text": "又"}', "x"])
def test_a_wrong_document_is_named_by_file_and_line(tmp_path: Path, bad: str) -> None:
    folder = made(tmp_path, GOOD, corpus='{"id": "d0", "text": "甲"}\n' + bad)
    with pytest.raises(DatasetError, match=r"corpus\.jsonl:2: "):
        load(folder)


def test_bytes_that_are_no_utf8_are_named_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_bytes(b'{"id": "q1", "text": "a"}\n' + "问".encode("gbk"))
    with pytest.raises(DatasetError, match=r"queries\.jsonl:2: 不是 UTF-8"):
        load(tmp_path)


def test_a_set_without_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"queries\.jsonl: 没有一个问题"):
        load(made(tmp_path, ""))
    with pytest.raises(DatasetError, match=r"absent/queries\.jsonl: 无法读取"):
        load(tmp_path / "absent")


def test_an_answer_that_nothing_can_meet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"queries\.jsonl:1.*只有标点，无法判断对错"):
        load(made(tmp_path, GOOD | {"answers": [["90%"], []]}))
    for blank in ([" 。 "], [["90%"], ["  "]], ["", "——"]):
        with pytest.raises(DatasetError, match="只有标点"):
            load(made(tmp_path, GOOD | {"answers": blank}))
    assert load(made(tmp_path, GOOD | {"answers": ["", "90%"]})).queries[0].answers == ("", "90%")
