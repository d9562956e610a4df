"""How verdicts on circumstances are judged, by hand, and the sets that they are asked of."""

import json
from pathlib import Path

import pytest

from policyqa.eval.runs.verdicts import Ruled, figures, kinds, ruled, table
from policyqa.eval.sets.circumstances import Person, load
from policyqa.qa.errors import DatasetError
from policyqa.qa.types import Note
from tests.unit.eval.runs.test_readings import ONE, answer, cited

BOUNDARIES = Path("eval/datasets/boundaries")


def person(verdict: str = "不符合", **fields: object) -> Person:
    base = {"id": "1", "source": "a.txt", "question": "能吗", "verdict": verdict}
    return Person.model_validate(base | {"because": (ONE,)} | fields)


@pytest.mark.parametrize(("said", "right", "wrong"), [
    ("不可以", True, False),
    ("可以", False, True),
    ("", False, False),
    ("还不能判断", False, False),  # claims nothing
    ("视条件而定", False, False),
])  # fmt: skip
def test_a_verdict_is_right_wrong_or_neither(said: str, right: bool, wrong: bool) -> None:
    row = ruled(person(), answer(cited(1, ONE), verdict=said))
    assert (row.right, row.wrong, row.decided) == (right, wrong, True)


def test_to_settle_what_is_not_settled_is_wrong() -> None:
    assert ruled(person("还不能判断"), answer(cited(1, ONE), verdict="不可以")).wrong
    assert ruled(person("还不能判断"), answer(cited(1, ONE), verdict="还不能判断")).right


def test_what_is_asked_back_counts_where_something_is_missing() -> None:
    back = Note(kind="tell_more", parts=("多少岁？",))
    asking = answer(cited(1, ONE), notes=(back,))
    assert ruled(person("还不能判断", missing=("年龄",)), asking).asked_back is True
    own = answer(cited(1, ONE), notes=(Note(kind="is_it_so", parts=("有户籍",)),))
    assert ruled(person("还不能判断", missing=("户籍",)), own).asked_back is True
    assert ruled(person("还不能判断", missing=("年龄",)), answer(cited(1, ONE))).asked_back is False
    assert ruled(person(), asking).asked_back is None


def test_pairs_change_and_stay() -> None:
    def row(pair: str, changes: bool, verdict: str, said: str) -> Ruled:
        who = person(verdict, pair=pair, changes=changes)
        return ruled(who, answer(cited(1, ONE), verdict=said))

    found = figures([
        row("1", True, "符合", "可以"), row("1", True, "不符合", "不可以"),
        row("2", True, "符合", ""), row("2", True, "不符合", "不可以"),
        row("3", False, "符合", "可以"), row("3", False, "符合", "可以"),
        row("4", False, "符合", ""), row("4", False, "符合", ""),  # says nothing
    ])  # fmt: skip
    assert (found["pairs_change"].value, found["pairs_change"].n) == (0.5, 2)
    assert (found["pairs_stay"].value, found["pairs_stay"].n) == (0.5, 2)
    assert found["verdict_right"].value == 0.625
    lines = table({"one": found}).splitlines()
    assert lines[0] == "| | one |"
    assert lines[2].startswith("| 判断正确 | 0.62（")


def test_the_three_forms_are_read(tmp_path: Path) -> None:
    record = {
        "source": "a.txt",
        "scenarios": [{"question": "问", "verdict": "符合", "because": ["甲"], "missing": []}],
    }
    (tmp_path / "01.json").write_text(json.dumps(record), encoding="utf-8")
    (one,) = load(tmp_path)
    assert (one.id, one.verdict, one.because) == ("01-01", "符合", ("甲",))
    (tmp_path / "pairs.jsonl").write_text(
        json.dumps({
            "id": "b1", "source": "a.txt", "because": ["甲"], "changes": True,
            "a": {"question": "问", "verdict": "符合"},
            "b": {"question": "又", "verdict": "不符合"},
        }),
        encoding="utf-8",
    )  # fmt: skip
    assert [(p.id, p.pair, p.verdict) for p in load(tmp_path)] == [
        ("b1a", "b1", "符合"),
        ("b1b", "b1", "不符合"),
    ]
    line = {"id": "q", "source": "b.txt", "question": "问", "verdict": "视条件", "evidence": []}
    (tmp_path / "questions.jsonl").write_text(json.dumps(line), encoding="utf-8")
    parts = [load_or_none(tmp_path, part) for part in ("train", "tuning", "test")]
    assert sorted(filter(None, parts)) == ["还不能判断"]  # of one part only


def load_or_none(folder: Path, part: str) -> str | None:
    try:
        return load(folder, part=part)[0].verdict  # type: ignore[arg-type]
    except DatasetError:
        return None


def test_a_folder_without_people_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="也没有带"):
        load(tmp_path)
    (tmp_path / "pairs.jsonl").write_text('{"id": "b1"}', encoding="utf-8")
    with pytest.raises(DatasetError, match="读不懂"):
        load(tmp_path)


def test_the_pairs_of_the_project_are_whole_and_their_clauses_stand_in_their_documents() -> None:
    people = load(BOUNDARIES)
    assert len(people) == 120
    assert len({p.pair for p in people if p.changes}) == 48
    for each in people:
        text = (BOUNDARIES / "documents" / each.source).read_text(encoding="utf-8")
        assert all(clause in text for clause in each.because), each.id
    verdicts = {(p.pair, p.changes): set[str]() for p in people}
    for p in people:
        verdicts[p.pair, p.changes].add(p.verdict)
    assert all((len(said) == 2) == changes for (_, changes), said in verdicts.items())


def test_wrong_verdicts_stand_first_by_kind() -> None:
    def row(verdict: str, said: str) -> Ruled:
        return ruled(person(verdict), answer(cited(1, ONE), verdict=said))

    first = [row("符合", "可以"), row("不符合", "可以"), row("还不能判断", "")]
    lines = kinds({"a": first, "b": [row("不符合", "可以"), row("符合", "不可以")]}).splitlines()
    assert lines[0] == "|  | 应当是 | 说成 | a | b |"
    assert lines[2:] == [
        "| 错 | 不符合 | 符合 | 1 | 1 |",
        "| 错 | 符合 | 不符合 | 0 | 1 |",
        "| 对 | 符合 | 符合 | 1 | 0 |",
        "| 没说死 | 还不能判断 | 没有判断 | 1 | 0 |",
    ]
