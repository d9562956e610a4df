"""How answers are held against a clerk's, worked out by hand; and the set itself."""

from pathlib import Path

import pytest

from policyqa.eval.runs.clerk import by_type, figures, judged_table, rows, served, table
from policyqa.eval.sets.clerk import Judgement, Task, judgements, load
from policyqa.qa.errors import DatasetError
from policyqa.qa.types import Answer, Question
from tests.unit.eval.runs.test_readings import ONE, TWO, answer, cited

SET = Path("eval/datasets/clerk")
SILENCE = answer().model_copy(update={"status": "abstained", "reason": "no_evidence"})


def task(**fields: object) -> Task:
    base = {"id": "a1", "source": "a.txt", "type": "own", "question": "怎么办", "answerable": True}
    return Task.model_validate(base | {"evidence": (ONE,)} | fields)


def test_all_evidence_said_is_good_and_half_of_it_is_not() -> None:
    half = served(task(evidence=(ONE, TWO)), answer(cited(1, ONE)))
    assert (half.good, half.every, half.some) == (False, False, True)
    whole = served(task(evidence=(ONE, TWO)), answer(cited(1, ONE), cited(2, TWO)))
    assert (whole.good, whole.every, whole.idle) == (True, True, 0.0)


def test_what_may_be_said_too_is_not_idle() -> None:
    both = answer(cited(1, ONE), cited(2, TWO))
    assert served(task(), both).idle == 0.5
    assert served(task(plus=(TWO,)), both).idle == 0.0


def test_the_opposite_verdict_makes_nothing_good() -> None:
    asked = task(verdict="不可以")
    said = served(asked, answer(cited(1, ONE), verdict="可以"))
    assert (said.good, said.verdict, said.opposite) == (False, False, True)
    none = served(asked, answer(cited(1, ONE)))
    assert (none.good, none.verdict, none.opposite) == (True, False, False)
    assert served(asked, answer(cited(1, ONE), verdict="不可以")).verdict


def test_a_near_miss_is_good_when_it_is_silent() -> None:
    near = task(answerable=False, evidence=(), type="near")
    assert not served(near, answer(cited(1, ONE))).good
    assert served(near, SILENCE).good


class Silent:
    """Answers nothing."""

    def ask(self, question: Question) -> Answer:
        return SILENCE


def test_figures_are_of_all_and_of_each_type() -> None:
    tasks = [task(), task(id="a2", answerable=False, evidence=(), type="near")]
    found = by_type(list(rows(Silent(), tasks)))  # type: ignore[arg-type]
    assert list(found) == ["全部", "own", "near"]
    assert (found["全部"]["good"].value, found["own"]["lost"].value) == (0.5, 1.0)
    assert found["near"]["kept"].value == 1.0
    assert "| 依据全说到 | 0.00" in table(found)
    assert figures([])["good"].n == 0


def test_judgements_are_counted_by_version() -> None:
    of = [("a1", "old", "wrong"), ("a2", "old", "right"), ("a1", "new", "right")]
    found = [
        Judgement.model_validate({"id": i, "version": v, "answer": "", "judged": j})
        for i, v, j in of
    ]
    assert "| 对 | 0.50 | 1.00 |" in judged_table(found)
    assert "| own n=1 |" in judged_table(found, [task()])
    assert judged_table([]) == ""


def test_the_set_is_whole() -> None:
    tasks = load(SET)
    assert (len(tasks), tasks[0].id, tasks[-1].id) == (130, "a01", "s40")
    assert len({each.id for each in tasks}) == 130
    assert all(bool(each.evidence) is each.answerable for each in tasks)
    known = {each.id for each in tasks}
    assert all(each.id in known for each in judgements(SET))


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="读不了"):
        load(tmp_path)
    (tmp_path / "questions.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"questions\.jsonl:1"):
        load(tmp_path)
