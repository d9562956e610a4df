"""What rulings are taught from, that it teaches, and from which probability on one is said."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.numpy import load_file

from policyqa.eval.train import ruling_training
from policyqa.eval.train.ruling_thresholds import FEWEST, Ruled, lowest, of_group
from policyqa.eval.train.ruling_training import Example, Lower, kept, of_rulings, taught
from policyqa.index.store.weights import check_shipped
from policyqa.qa.retrieve.ruling import RULINGS, WEIGHTS, Ruling
from policyqa.qa.retrieve.ruling_model import RulingModel
from tests.unit.qa.retrieve.test_ruling import WINDOWS, tiny

SHIPPED = Path("eval/datasets/rulings")


@pytest.fixture
def base() -> Any:
    return tiny()


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


def test_what_it_is_taught_it_says_and_the_base_stays(
    base: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ruling_training, "EPOCHS", 30)
    monkeypatch.setattr(ruling_training, "LEARNING_RATE", 5e-3)
    before = {name: value.clone() for name, value in base.state_dict().items()}
    model = RulingModel(base)
    labels = (0, 1)
    found = [
        Example("问", "头", ("甲",), label, 1.0, part)
        for part in ("train", "tuning")
        for label in labels
    ]
    lower = Lower(model, [*WINDOWS, *WINDOWS])
    model.eval()
    with torch.inference_mode():  # what the shared layers gave, read on, is what the whole gives
        by_halves = model.last(lower.read(model, [0, 1]))
        assert torch.allclose(by_halves, model(WINDOWS), atol=0.05)
    curve = taught(model, lower, found)
    assert curve[-1]["all"] == 1.0
    assert curve[-1]["loss"] < curve[0]["loss"]
    assert all(torch.equal(before[name], value) for name, value in base.state_dict().items())
    kept(model, RulingModel(base), tmp_path)
    check_shipped(tmp_path)
    again = RulingModel(base).eval()
    again.learn(load_file(tmp_path / WEIGHTS))
    with torch.inference_mode():
        assert again(WINDOWS).argmax(1).tolist() == list(labels)
