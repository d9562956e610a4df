"""TREC's files, out and in."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyqa.eval.judge.evaluate import evaluate
from policyqa.eval.judge.metrics import Qrel, ScoredDoc
from policyqa.eval.runs import trec
from policyqa.qa.errors import DatasetError
from tests.eval_fake import ANSWERS, DATASET, FakeAssistant

ROWS = evaluate(FakeAssistant(ANSWERS), DATASET).rows


def test_a_run_and_its_judgements_as_lines() -> None:
    lines = list(trec.run_lines(ROWS[:2], "一月"))
    assert lines == [
        "对 Q0 p1 1 1 一月\n",
        "错 Q0 p1 1 1 一月\n",
        "错 Q0 p2 2 0.5 一月\n",
    ]
    assert list(trec.qrels_lines(ROWS[:3])) == [
        "对 0 p1 1\n",
        "错 0 p2 1\n",
        "沉默 0 missed-1 1\n",  # the evidence was in no hit
    ]
    assert list(trec.qrels_lines(ROWS[3:5])) == []  # unanswerable ones are not ranked


def test_white_space_in_a_name_survives(tmp_path: Path) -> None:
    row = ROWS[0].model_copy(update={"id": "问 1", "ranked": ("a b.txt", "50%.txt")})
    (tmp_path / "run").write_text("".join(trec.run_lines([row], "x y")), "utf-8")
    assert trec.read_run(tmp_path / "run") == [
        ScoredDoc("问%201", "a%20b.txt", 1.0),
        ScoredDoc("问%201", "50%25.txt", 0.5),
    ]


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(names.filter(str.strip), st.lists(names.filter(str.strip), max_size=5, unique=True))
def test_whatever_is_written_is_read(query: str, ranked: list[str]) -> None:
    row = ROWS[0].model_copy(
        update={"id": query, "ranked": tuple(ranked), "judged": dict.fromkeys(ranked, 2)}
    )
    folder = Path(trec.__file__).parent  # parsed from text, nothing is written there
    run = [trec._fields_of(folder, n, line, 6) for n, line in enumerate(trec.run_lines([row], "t"))]
    judged = [trec._fields_of(folder, n, line, 4) for n, line in enumerate(trec.qrels_lines([row]))]
    assert len(run) == len({fields[2] for fields in run}) == len(ranked)
    assert [fields[2] for fields in run] == [fields[2] for fields in judged]


def test_the_files_give_the_figures_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("".join(trec.run_lines(ROWS, "x")), "utf-8")
    (tmp_path / "qrels").write_text("".join(trec.qrels_lines(ROWS)), "utf-8")
    found = trec.scores(trec.read_qrels(tmp_path / "qrels"), trec.read_run(tmp_path / "run"))
    known = evaluate(FakeAssistant(ANSWERS), DATASET).figures
    for name, score in found.items():
        assert score.value == pytest.approx(getattr(known.retrieval, name), abs=1e-12), name
        assert score.certainty.n == known.certainty[f"retrieval.{name}"].n
        assert score.certainty.low <= score.value <= score.certainty.high


def test_a_foreign_run_is_scored_by_hand(tmp_path: Path) -> None:
    (tmp_path / "qrels").write_text("q1 0 a 1\nq1 0 b 0\nq2\t0\tc\t2\n\n", "utf-8")
    (tmp_path / "run").write_text("q1 Q0 b 1 3.5 t\nq1 Q0 a 2 1e-1 t\n", "utf-8")
    assert trec.read_qrels(tmp_path / "qrels")[2] == Qrel("q2", "c", 2)
    found = trec.scores(trec.read_qrels(tmp_path / "qrels"), trec.read_run(tmp_path / "run"))
    assert found["success_at_1"].value == 0
    assert found["mrr_at_5"].value == 0.25  # q1 at 2, q2 without a result
    assert found["recall_at_3"].certainty.n == 2


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("run", "q1 Q0 a 1 2.0\n", ":1: 应为 6 列，现为 5 列"),
        ("run", "\nq1 Q0 a 1 高 t\n", ":2: score 应为数字，现为 高"),
        ("run", "q1 Q0 a 1 nan t\n", ":1: score 应为数字"),
        ("qrels", "q1 0 a 1.5\n", ":1: relevance 应为数字，现为 1.5"),
        ("qrels", "", ": 是空的"),
        ("qrels", b"\xff\xfe", ": 无法读取（不是 UTF-8 编码）"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, name: str, text: str | bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DatasetError) as caught:
        {"run": trec.read_run, "qrels": trec.read_qrels}[name](path)
    assert str(caught.value).startswith(f"{path}{reason}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="无法读取"):
        trec.read_run(tmp_path / "none")
