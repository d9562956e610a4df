"""What a rule is said to mean, and the network that says it, on weights of a few numbers."""

import json
from pathlib import Path

import pytest
import torch

from policyqa.qa.retrieve import ruling
from policyqa.qa.retrieve.pages import RULE_TOKENS, rule_window, tokenizer_in
from policyqa.qa.retrieve.reader_model import ReaderModel
from policyqa.qa.retrieve.reading import SentenceReader
from policyqa.qa.retrieve.ruling import RULINGS, Ruler, Ruling, Said, Thresholds
from policyqa.qa.retrieve.ruling_model import WEIGHTS, RulingModel
from tests.unit.qa.retrieve.test_reader_model import model_in


@pytest.mark.parametrize(("said", "expected"), [
    (Ruling(0.95, 0.04, 0.01), "不可以"),
    (Ruling(0.89, 0.10, 0.01), None),
    (Ruling(0.1, 0.8, 0.1), "可以"),
    (Ruling(0.01, 0.01, 0.98), None),  # never said: comparing tells what it depends on
])  # fmt: skip
def test_a_ruling_is_said_from_its_threshold_on(
    monkeypatch: pytest.MonkeyPatch, said: Ruling, expected: Said | None
) -> None:
    least = Thresholds(least={"不可以": 0.9, "可以": 0.8})
    monkeypatch.setattr(ruling, "_thresholds", lambda: least)
    assert said.said() == expected


def test_the_shipped_thresholds_are_of_rulings_and_say_what_they_were_chosen_on() -> None:
    shipped = ruling._thresholds()
    assert set(shipped.least) <= set(RULINGS)
    assert all(1 / len(RULINGS) < value <= 1 for value in shipped.least.values())
    assert sum(shipped.trained_on.values()) > 0


def test_question_title_and_rule_are_one_window_with_one_span(tmp_path: Path) -> None:
    model_in(tmp_path)
    window = rule_window(tokenizer_in(tmp_path), "问", "头", ["甲乙", "丙"])
    # < 问 / / 头 / 甲 乙 ? 丙 / : the space between two sentences is no character of the tokenizer
    assert window.ids == (0, 4, 2, 2, 5, 2, 7, 8, 3, 9, 2)
    assert window.spans == ((0, 4, 11),)
    long = rule_window(tokenizer_in(tmp_path), "问", "头", ["甲" * 500])
    assert len(long.ids) == 4 + 2 + RULE_TOKENS + 1


def test_its_own_layers_are_stored_and_the_lower_ones_are_the_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policyqa.qa.retrieve.ruling_model.SHARED", 0)
    reader = model_in(tmp_path)
    model = RulingModel(reader)
    with torch.no_grad():
        model.last.weight.copy_(torch.arange(48.0).reshape(3, 16) / 48)
        for parameter in model.own.parameters():
            parameter.add_(0.25)
    model.save(tmp_path)
    again = RulingModel.load(tmp_path, ReaderModel.load(tmp_path, torch.float32), torch.float32)
    window = rule_window(tokenizer_in(tmp_path), "问", "头", ["甲乙"])
    with torch.inference_mode():
        expected, found = model([window]), again([window])
        states = model.encoder(input_ids=torch.tensor([window.ids])).last_hidden_state[0]
        by_hand = model.last(torch.cat([states[0], states[4:].mean(0)]))
    assert found[0].tolist() == pytest.approx(expected[0].tolist(), abs=0.05)
    assert expected[0].tolist() == pytest.approx(by_hand.tolist(), abs=1e-5)
    before = reader.encoder.encoder.layer[0].output.dense.weight  # the reader's own is not moved
    assert torch.equal(before, model_in(tmp_path).encoder.encoder.layer[0].output.dense.weight)


def test_a_reader_without_weights_for_it_gives_no_ruling(tmp_path: Path) -> None:
    model_in(tmp_path)
    reader = SentenceReader.load(tmp_path, precision="float32")
    assert isinstance(reader, Ruler)
    assert not (tmp_path / WEIGHTS).exists()
    assert reader.rule("问", "头", ["甲乙"]) is None


def test_the_probabilities_of_a_ruling_add_up_to_one(tmp_path: Path) -> None:
    reader = model_in(tmp_path)
    RulingModel(reader).save(tmp_path)
    said = SentenceReader.load(tmp_path, precision="float32").rule("问", "头", ["甲乙"])
    assert said is not None
    assert sum(said) == pytest.approx(1.0, abs=1e-5)
    assert json.dumps(said)
