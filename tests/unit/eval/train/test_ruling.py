"""What rulings are taught from, and from which probability on one is said."""

from pathlib import Path

import pytest

from policyqa.eval.train.ruling_thresholds import FEWEST, Ruled, lowest, of_group
from policyqa.eval.train.ruling_training import of_rulings
from policyqa.qa.retrieve.ruling import RULINGS, Ruling

SHIPPED = Path("eval/datasets/rulings")


def test_what_is_shipped_teaches_and_tunes_and_measures_nothing() -> None:
    found = list(of_rulings(SHIPPED))
    assert {each.part for each in found} == {"train", "tuning"}
    assert {each.label for each in found} == set(range(len(RULINGS)))
    assert all(each.sentences for each in found)


def ruled(allowed: float, right: str) -> Ruled:
    return Ruled(Ruling(0.0, allowed, 1 - allowed, 0.0), right)


def test_the_lowest_probability_from_which_few_enough_are_wrong() -> None:
    found = [ruled(0.9, "可以"), ruled(0.8, "不可以"), ruled(0.7, "可以"), ruled(0.6, "不可以")]
    assert lowest(found, "可以", 0) == pytest.approx(0.9, abs=2e-4)
    assert lowest(found, "可以", 1) == pytest.approx(0.7, abs=2e-4)
    assert lowest([ruled(0.9, "不可以")], "可以", 0) is None
    assert lowest([Ruled(None, "可以")], "可以", 0) is None


def test_too_few_questions_give_no_threshold() -> None:
    assert of_group([ruled(0.9, "可以")] * (FEWEST - 1), "nothing") == {}
    assert set(of_group([ruled(0.9, "可以")] * FEWEST, "nothing")) == {"可以"}
    assert of_group([ruled(0.9, "可以")] * FEWEST, "met") == {}
