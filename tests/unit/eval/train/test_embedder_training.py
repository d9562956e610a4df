"""How the embedder is taught: batches, what counts as wrong, and half-way weights."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
import torch

from policyqa.eval.train import embedder_training
from policyqa.eval.train.embedder_training import (
    PAIRS_A_STEP,
    SCALE,
    between,
    loss_of,
    steps_of,
    text_of,
)
from policyqa.eval.train.lessons import Labelled, Lesson


def page(text: str, answers: float = 0.0) -> Labelled:
    return Labelled(head="头", above="", sentences=(text,), labels=(answers,), answers=answers)


def lesson(query: str, *pages: Labelled) -> Lesson:
    return Lesson(id=query, source="s", query=query, part="train", pages=pages)


AXES = {"query: 甲": 0, "passage: 头\n甲答": 0, "query: 乙": 1, "passage: 头\n乙答": 1}


@pytest.fixture
def by_axis(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Questions and their answers lie on one axis each, the rest on a third."""

    def embedded(_: object, texts: Sequence[str]) -> torch.Tensor:
        return torch.eye(3)[[AXES.get(text, 2) for text in texts]]

    monkeypatch.setattr(embedder_training, "embedded", embedded)
    return None


def test_a_page_is_embedded_with_what_it_stands_under() -> None:
    made = Labelled(head="头", above="上", sentences=("一。", "二。"), labels=(0, 0), answers=0)
    assert text_of(made) == "头\n上\n一。二。"


def test_the_right_passage_is_told_from_those_of_the_others_and_from_the_tempting(
    by_axis: Any,
) -> None:
    batch = [lesson("甲", page("甲答", 1.0), page("近")), lesson("乙", page("乙答", 1.0))]
    found = float(loss_of(by_axis, batch, random.Random(1)))
    scores = torch.tensor([SCALE, 0.0, 0.0])
    assert found == pytest.approx(float(-torch.log_softmax(scores, 0)[0]), abs=1e-6)


def test_what_answers_the_same_question_is_no_negative(by_axis: Any) -> None:
    both = lesson("甲", page("甲答", 1.0))
    again = lesson("甲", page("甲答", 1.0))
    assert float(loss_of(by_axis, [both, again], random.Random(1))) == pytest.approx(0.0, abs=1e-6)


def test_so_many_times_through_all_lessons() -> None:
    lessons = [lesson(str(n), page("答", 1.0)) for n in range(2 * PAIRS_A_STEP)]
    steps = list(steps_of(lessons, 1.5))
    assert [len(step) for step in steps] == [PAIRS_A_STEP] * 3
    assert sorted(x.query for step in steps[:2] for x in step) == sorted(x.query for x in lessons)


def test_half_way_between_old_and_new() -> None:
    old = {"w": torch.tensor([1.0, 3.0]), "n": torch.tensor([7])}
    old["word_embeddings.weight"] = torch.tensor([1.001])
    new = {"w": torch.tensor([2.0, 5.0]).half(), "n": torch.tensor([7])}
    new["word_embeddings.weight"] = torch.tensor([1.001]).half()  # rounded, not taught
    found = between(old, new)
    assert found["word_embeddings.weight"] is old["word_embeddings.weight"]
    torch.testing.assert_close(found["w"], torch.tensor([1.5, 4.0]))
    assert found["n"].tolist() == [7]
