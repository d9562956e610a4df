"""What a rule is said to mean, and the network that says it, on weights of a few numbers."""

import copy
import shutil
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from transformers import BertConfig, BertModel

from policyqa.index.errors import ModelError
from policyqa.qa.retrieve import ruling
from policyqa.qa.retrieve.pages import RULE_TOKENS, Window, rule_window, tokenizer_in
from policyqa.qa.retrieve.ruling import (
    RULINGS,
    Compared,
    LearnedRuler,
    Ruling,
    Said,
    Thresholds,
)
from policyqa.qa.retrieve.ruling_model import SHARED, RulingModel
from tests.unit.qa.retrieve.test_reader_model import TEXT, model_in

LEAST = Thresholds(least={"nothing": {"不可以": 0.9, "可以": 0.8}, "met": {"可以": 0.5}})


@pytest.mark.parametrize(("said", "expected"), [
    (Ruling(0.95, 0.04, 0.01, 0.0), "不可以"),
    (Ruling(0.89, 0.10, 0.01, 0.0), None),
    (Ruling(0.1, 0.8, 0.1, 0.0), "可以"),
    (Ruling(0.01, 0.01, 0.98, 0.0), None),  # never said: comparing tells what it depends on
    (Ruling(0.01, 0.01, 0.0, 0.98), None),
    (Ruling(0.2, 0.6, 0.1, 0.1, "met"), "可以"),  # numbers that are met speak for it
    (Ruling(0.95, 0.04, 0.01, 0.0, "met"), None),
    (Ruling(0.01, 0.99, 0.0, 0.0, "failed"), None),  # nothing was chosen for it
])  # fmt: skip
def test_a_ruling_is_said_from_its_threshold_on(
    monkeypatch: pytest.MonkeyPatch, said: Ruling, expected: Said | None
) -> None:
    monkeypatch.setattr(ruling, "_thresholds", lambda: LEAST)
    assert said.said() == expected


def test_the_shipped_thresholds_are_of_rulings_and_say_what_they_were_chosen_on() -> None:
    shipped = ruling._thresholds()
    assert set(shipped.least) <= set(get_args(Compared))
    least = [value for group in shipped.least.values() for value in group.values()]
    assert {name for group in shipped.least.values() for name in group} <= {"可以", "不可以"}
    assert least
    assert all(1 / len(RULINGS) - 0.001 < value <= 1 for value in least)
    assert sum(shipped.trained_on.values()) > 0


def test_question_title_and_rule_are_one_window_with_one_span(tmp_path: Path) -> None:
    model_in(tmp_path)
    window = rule_window(tokenizer_in(tmp_path), "问", "头", ["甲乙", "丙"])
    # < 问 / / 头 / 甲 乙 ? 丙 / : the space between two sentences is no character of the tokenizer
    assert window.ids == (0, 4, 2, 2, 5, 2, 7, 8, 3, 9, 2)
    assert window.spans == ((0, 4, 11),)
    long = rule_window(tokenizer_in(tmp_path), "问", "头", ["甲" * 500])
    assert len(long.ids) == 4 + 2 + RULE_TOKENS + 1


def tiny() -> Any:
    """An embedding model of random weights, with one layer above those that are shared."""
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(TEXT), hidden_size=8, num_hidden_layers=SHARED + 1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=256, pad_token_id=1,
    )  # fmt: skip
    return BertModel(config, add_pooling_layer=False).eval()


@pytest.fixture(scope="module")
def base() -> Any:
    return tiny()


def moved(base: Any) -> RulingModel:
    """One whose own weights are other than those that it began with."""
    model = RulingModel(base).eval()
    with torch.no_grad():
        for parameter in model.taught().parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


WINDOWS: Sequence[Window] = (
    Window((0, 4, 2, 2, 5, 2, 7, 8, 2), ((0, 4, 9),)),
    Window((0, 4, 2), ((0, 1, 3),)),
)


def test_a_ruling_is_made_of_the_first_token_and_the_mean_of_title_and_rule(base: Any) -> None:
    model = moved(base)
    with torch.inference_mode():
        found = model(WINDOWS)
        states = model.encoder(input_ids=torch.tensor([WINDOWS[0].ids])).last_hidden_state[0]
        by_hand = model.last(torch.cat([states[0], states[4:].mean(0)]))
    assert found.shape == (2, len(RULINGS))
    assert torch.allclose(found[0], by_hand, atol=1e-5)


def test_what_was_learned_is_kept_as_differences_and_the_base_stays(base: Any) -> None:
    before = copy.deepcopy(base.state_dict())
    taught, other = moved(base), RulingModel(base).eval()
    other.learn(taught.learned(RulingModel(base)))
    with torch.inference_mode():
        assert torch.allclose(taught(WINDOWS), other(WINDOWS), atol=0.02)
    assert all(torch.equal(before[name], value) for name, value in base.state_dict().items())


def test_weights_of_something_else_are_refused(base: Any) -> None:
    with pytest.raises(KeyError, match="no weight of this network"):
        RulingModel(base).learn({"own.9.nothing": torch.zeros(2).numpy()})


def test_probabilities_add_up_to_one(tmp_path: Path, base: Any) -> None:
    model_in(tmp_path)
    ruler = LearnedRuler(moved(base), tokenizer_in(tmp_path))
    assert sum(ruler.rule("问", "头", ["甲乙"])[:4]) == pytest.approx(1.0, abs=1e-5)


def test_damaged_weights_are_named(
    tmp_path: Path, base: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = Path(str(resources.files("policyqa.qa.retrieve") / ruling.FOLDER))
    shutil.copytree(shipped, tmp_path / ruling.FOLDER)
    (tmp_path / ruling.FOLDER / ruling.WEIGHTS).write_bytes(b"damaged")
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    with pytest.raises(ModelError, match="缺失或已损坏"):
        LearnedRuler.load(base, tokenizer_in(shipped.parent / "reader"))
