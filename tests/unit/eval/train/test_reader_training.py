"""How the reader is taught: its steps, and its loss by hand."""

import math
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from policyqa.eval.train.lessons import Labelled, Lesson
from policyqa.eval.train.reader_training import (
    EVIDENCE,
    FIRST,
    PAGES_A_LESSON,
    SOFTMAX,
    Step,
    judged,
    loss_of,
    read_lessons,
    started,
    steps_of,
    train,
    write_mean,
)
from policyqa.qa.retrieve.reader_model import WEIGHTS
from tests.unit.qa.retrieve.test_reader_model import TEXT, model_in


def page(*labels: float, text: str = "甲") -> Labelled:
    return Labelled(
        head="头", above="", sentences=(text,) * len(labels), labels=labels,
        answers=float(1.0 in labels),
    )  # fmt: skip


def lesson(*pages: Labelled, name: str = "q") -> Lesson:
    return Lesson(id=name, source="s", query="问", part="train", pages=pages)


@pytest.fixture
def by_character() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({c: n for n, c in enumerate(TEXT)}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return tokenizer


def entropy(score: float, label: float) -> float:
    return math.log(1 + math.exp(score)) - label * score


def test_the_loss_by_hand(by_character: Tokenizer) -> None:
    step = Step([lesson(page(1.0, 0.3), page(0.0, -1.0)), lesson(page(0.0))], by_character)
    assert step.groups == [range(2), range(2, 3)]
    pages = torch.tensor([2.0, -1.0, 0.5])
    sentences = [torch.tensor([1.0, -2.0]), torch.tensor([0.5, 9.0]), torch.tensor([-1.0])]
    said = [(1.0, 1.0), (-2.0, 0.3), (0.5, 0.0), (-1.0, 0.0)]  # nobody judged the fourth
    weighed = [entropy(s, y) * (EVIDENCE if y == 1 else 1) for s, y in said]
    of_pages = [entropy(2.0, 1), entropy(-1.0, 0), entropy(0.5, 0)]
    order = math.log(1 + math.exp(-3))
    first = math.log(math.exp(1.0) + math.exp(0.5)) - 1.0  # 0.3 is neither right nor wrong
    expected = sum(weighed) / 4 + sum(of_pages) / 3 + SOFTMAX * order + FIRST * first
    assert float(loss_of(pages, sentences, step)) == pytest.approx(expected, abs=1e-6)


def test_every_lesson_comes_once_with_the_pages_that_answer(by_character: Tokenizer) -> None:
    many = [lesson(page(1.0), *[page(0.0)] * 20, name=str(n)) for n in range(20)]
    steps = list(steps_of(many, by_character))
    assert sum(len(step.groups) for step in steps) == 20
    for step in steps:
        assert {len(group) for group in step.groups} == {PAGES_A_LESSON}
        assert all(step.answers[group.start] == 1.0 for group in step.groups)


def test_of_a_long_page_the_window_with_the_answer_teaches(
    by_character: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policyqa.qa.retrieve.pages.MAX_TOKENS", 10)
    long = page(0.0, 0.0, 1.0, text="甲甲")
    whole = Step([lesson(long)], by_character)
    taught = Step([lesson(long)], by_character, random.Random(1))
    assert whole.labels == [[0.0], [0.0], [1.0]]
    assert taught.labels == [[1.0]]
    silent = Step([lesson(page(0.0, 0.0, 0.0, text="甲甲"))], by_character, random.Random(1))
    assert silent.labels == [[0.0]]


def test_lessons_are_read_back(tmp_path: Path) -> None:
    made = [lesson(page(1.0), name=name) for name in "qrst"]
    path = tmp_path / "l.jsonl"
    path.write_text("".join(each.model_dump_json() + "\n" for each in made), "utf-8")
    assert read_lessons([str(path), f"{path}:3"]) == [*made, made[0], made[3]]


def test_teaching_brings_the_answer_first(tmp_path: Path, by_character: Tokenizer) -> None:
    """The page with 乙 answers, those with 丙 and 丁 do not: eighty lessons are enough for it."""
    model = model_in(tmp_path / "start").to(torch.bfloat16)
    lessons: Sequence[Lesson] = [
        lesson(page(1.0, text="乙"), page(0.0, text="丙"), name=str(n)) for n in range(60)
    ] + [lesson(page(0.0, text="丁"), page(0.0, text="丙"), name=f"n{n}") for n in range(20)]
    torch.manual_seed(2)
    (*_, last) = train(model, by_character, lessons * 6, lessons, tmp_path / "made", rate=0.02)
    assert last["first_sentence"] == last["page_auc"] == last["answered_auc"] == 1.0
    assert judged(model, lessons, by_character)["first_sentence"] == 1.0
    assert {path.name for path in (tmp_path / "made").iterdir()} == {
        "config.json", "model.safetensors",
    }  # fmt: skip


def test_the_mean_of_readers_is_the_mean_of_their_weights(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        model_in(tmp_path / str(number))
        path = tmp_path / str(number) / WEIGHTS
        save_file({k: torch.full_like(v, number) for k, v in load_file(path).items()}, path)
    write_mean([tmp_path / "1", tmp_path / "3"], tmp_path / "2")
    mean = load_file(tmp_path / "2" / WEIGHTS)
    assert {float(x) for v in mean.values() for x in v.flatten()} == {2.0}
    assert {v.dtype for v in mean.values()} == {torch.float16}
    started(tmp_path / "2")
