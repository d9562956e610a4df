"""What the reranker is taught from: groups, the vocabulary that is kept, the loss."""

import math
from pathlib import Path

import pytest
import torch

from policyqa.eval.judge.dataset import load
from policyqa.eval.train.reranker_pairs import Group, groups, is_held_out
from policyqa.eval.train.reranker_training import (
    NEGATIVES,
    kept_pieces,
    loss_of,
    read_groups,
    steps_of,
)
from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.weighting import weights_for
from policyqa.qa.settings import AnswerSettings

EMBEDDER = HashingEmbedder(256)
ANSWER = "博士后每年资助20万元。"
TEXTS = {
    "a.txt": f"{ANSWER}资助期为两年，由市人力社保局发放。",
    "b.txt": "博士后由设站单位管理，管理期为两年。",
    "c.txt": "硕士每年资助20万元，另有住房。",
}


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    sources = [SourceText(name, text, Metadata()) for name, text in TEXTS.items()]
    build_texts(sources, tmp_path / "index", EMBEDDER)
    stored = search_index.load(tmp_path / "index", model=EMBEDDER.fingerprint)
    return Assistant(stored, EMBEDDER, weights_for, AnswerSettings())


def mined(assistant: Assistant, folder: Path, *lines: str) -> list[Group]:
    folder.mkdir(exist_ok=True)
    (folder / "queries.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return list(groups(assistant, load(folder)))


def test_the_passage_that_answers_is_wanted_and_the_rest_of_it_is_near(
    assistant: Assistant, tmp_path: Path
) -> None:
    asked = f'{{"id": "1", "text": "博士后资助多少?", "evidence": [{{"quote": "{ANSWER}"}}]}}'
    (group,) = mined(assistant, tmp_path / "set", asked)
    assert group.positives == ("a\n" + TEXTS["a.txt"].replace("，", ","),)
    assert group.negatives[0] == "a\n资助期为两年,由市人力社保局发放。"
    assert len(group.negatives) == 3  # and the two others


def test_what_may_answer_without_being_judged_is_left_out(
    assistant: Assistant, tmp_path: Path
) -> None:
    asked = '{"id": "1", "text": "博士后资助多少?", "answers": ["20万元"]}'
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "qrels.tsv").write_text("1\ta.txt\t1\n")
    (tmp_path / "set" / "corpus.jsonl").write_text('{"id": "a.txt", "text": "a"}\n')
    (group,) = mined(assistant, tmp_path / "set", asked)
    assert all("硕士" not in text for text in group.negatives)
    assert any("管理期" in text for text in group.negatives)


def test_a_question_without_an_answer_has_near_passages_only(
    assistant: Assistant, tmp_path: Path
) -> None:
    asked = '{"id": "1", "text": "博士后怎么进站?", "answerable": false}'
    (group,) = mined(assistant, tmp_path / "set", asked)
    assert group.positives == ()
    assert len(group.negatives) == 3


def test_a_quarter_of_the_documents_is_held_out() -> None:
    held = sum(is_held_out(f"document {n}") for n in range(2000))
    assert 440 < held < 560
    assert is_held_out("document 1") == is_held_out("document 1")


def test_groups_are_read_back(tmp_path: Path) -> None:
    made = [Group(source="s", query=q, positives=("a",), negatives=("b",)) for q in "qrst"]
    path = tmp_path / "g.jsonl"
    path.write_text("".join(group.model_dump_json() + "\n" for group in made))
    assert read_groups([str(path), f"{path}:3"]) == [*made, made[0], made[3]]


def test_the_vocabulary_keeps_what_is_special_single_and_often_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "才", "▁", "人才", "привет", "政策", "ж", "!", "▁a"]
    vocabulary = [(piece, 0.0) for piece in pieces]
    monkeypatch.setattr("policyqa.eval.train.reranker_training.MAX_PIECES", 9)
    assert kept_pieces(vocabulary, {6: 1, 7: 0, 8: 5}) == [0, 1, 2, 3, 4, 5, 8, 10, 11]


def test_each_group_comes_once_with_the_wanted_first_and_the_bared_one_kept() -> None:
    many = tuple("abcdefgh")
    taught = [Group(source="s", query=str(n), positives=("+",), negatives=many) for n in range(20)]
    steps = list(steps_of(taught))
    assert sorted(group.query for step in steps for group, _ in step) == sorted(map(str, range(20)))
    for step in steps:
        for _, texts in step:
            assert texts[:2] == ["+", "a"]
            assert len(set(texts)) == 1 + NEGATIVES


def test_the_loss_by_hand() -> None:
    group = Group(source="s", query="q", positives=("+",), negatives=("-",))
    silent = Group(source="s", query="q", positives=(), negatives=("-",))
    step = [(group, ["+", "-"]), (silent, ["-"])]
    scores = torch.tensor([1.0, -1.0, 0.0])
    pointwise = (2 * math.log(1 + math.exp(-1)) + math.log(2)) / 3
    softmax = math.log(1 + math.exp(-2))
    assert float(loss_of(scores, step)) == pytest.approx(pointwise + 0.5 * softmax)
    only_silent = loss_of(torch.zeros(1), [(silent, ["-"])])
    assert float(only_silent) == pytest.approx(math.log(2))
