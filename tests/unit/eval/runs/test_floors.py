"""Floors hold or are named; lowering one needs its reason in the file."""

import subprocess
from pathlib import Path

import pytest

from policyqa.eval.errors import GateError
from policyqa.eval.judge.evaluate import evaluate
from policyqa.eval.runs.floors import Gate, earlier, lowered, parsed, read, verdicts
from tests.eval_fake import ANSWERS, DATASET, FakeAssistant

FIGURES = evaluate(FakeAssistant(ANSWERS), DATASET).figures
ONE = "retrieval.success_at_1"


def gate(reasons: dict[str, str] | None = None, **floors: float) -> Gate:
    named = {name.replace("__", "."): floor for name, floor in floors.items()}
    return Gate(dataset="x", floors=named, reasons=reasons or {})


def test_a_figure_holds_at_its_floor_and_not_under_it() -> None:
    found = verdicts(gate(retrieval__success_at_1=0.25, answers__accuracy=0.26), FIGURES)
    assert [(v.figure, v.value, v.holds) for v in found] == [
        (ONE, 0.25, True),
        ("answers.accuracy", 0.25, False),
    ]


def test_a_figure_of_nothing_does_not_hold() -> None:
    (found,) = verdicts(gate(answers__completeness=0.0), FIGURES)
    assert not found.holds


def test_a_figure_that_is_none_is_refused() -> None:
    with pytest.raises(GateError, match=r"没有名为 retrieval\.hit 的指标"):
        verdicts(gate(retrieval__hit=0.5), FIGURES)


def test_raising_a_floor_needs_nothing() -> None:
    assert lowered(gate(retrieval__success_at_1=0.9), [gate(retrieval__success_at_1=0.85)]) == []


def test_lowering_one_needs_a_reason_for_this_very_floor() -> None:
    once = [gate(retrieval__success_at_1=0.8), gate(retrieval__success_at_1=0.9)]
    (line,) = lowered(gate(retrieval__success_at_1=0.85), once)
    assert line == f'{ONE} 曾为 0.9，现降到 0.85：请在 [reasons] 里写 "0.85: 理由"'
    given = gate({ONE: "0.85: 题集扩大"}, retrieval__success_at_1=0.85)
    assert lowered(given, once) == []
    stale = gate({ONE: "0.85: 题集扩大"}, retrieval__success_at_1=0.8)
    assert len(lowered(stale, once)) == 1


def test_dropping_one_needs_a_reason_too() -> None:
    once = [gate(retrieval__success_at_1=0.9)]
    assert "现取消" in lowered(gate(answers__accuracy=0.1), once)[0]
    assert lowered(gate({ONE: "none: 换了指标"}, answers__accuracy=0.1), once) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("dataset =", "不是 TOML"),
        ('dataset = "x"\n[floors]\n', "floors 有误"),
        ('dataset = "x"\nfloor = 1\n[floors]\na = 1\n', "floor 有误"),
        (None, "无法读取"),
    ],
)
def test_a_file_that_is_no_gate_is_one_clear_line(
    tmp_path: Path, text: str | None, reason: str
) -> None:
    path = tmp_path / "gate.toml"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(GateError, match=reason):
        read(path)


def test_earlier_floors_are_those_of_the_history(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True)

    path = tmp_path / "gate.toml"
    git("init", "-q")
    for floor in ("0.7", "broken", "0.9", "0.8"):
        path.write_text(f'dataset = "x"\n[floors]\n"{ONE}" = {floor}\n', "utf-8")
        git("add", ".")
        git("commit", "-q", "-m", "x")
    assert [g.floors[ONE] for g in earlier(path)] == [0.8, 0.9, 0.7]
    assert len(lowered(read(path), earlier(path))) == 1


def test_without_a_history_nothing_was_lowered(tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    path.write_text('dataset = "x"\n[floors]\na = 1\n', "utf-8")
    assert earlier(path) == []


def test_the_projects_own_gate_is_one() -> None:
    path = Path(__file__).parents[4] / "eval" / "gate.toml"
    own = read(path)
    assert (path.parent / own.dataset / "queries.jsonl").is_file()
    assert own.split == "test"
    assert len(own.floors) >= 5
    assert all(0 < floor <= 1 for floor in own.floors.values())
    verdicts(own, FIGURES)  # every floor is of a known figure
    assert parsed(path.read_text("utf-8")) == own
