"""BM25 against its formula, worked out here token by token."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from policyqa.index.errors import IndexDamaged
from policyqa.index.store.lexical import LexicalIndex

TEXTS = [
    ["人才", "政策", "人才", "补贴"],
    ["政策"],
    [],
    ["补贴", "住房", "住房", "住房", "租金", "a"],
    ["人才", "住房"],
]
QUERIES = [["人才"], ["住房", "补贴"], ["政策", "政策"], ["a", "无此词"], ["无此词"], []]


def bm25(texts: Sequence[Sequence[str]], query: Sequence[str]) -> list[float]:
    """Lucene's form (Kamphuis et al. 2020): idf · tf / (tf + k1 (1 − b + b · length / mean))."""
    mean = sum(map(len, texts)) / len(texts)
    return [sum(_share(texts, text, token, mean) for token in query) for text in texts]


def _share(texts: Sequence[Sequence[str]], text: Sequence[str], token: str, mean: float) -> float:
    containing = sum(token in other for other in texts)
    idf = math.log(1 + (len(texts) - containing + 0.5) / (containing + 0.5))
    frequency = text.count(token)
    return idf * frequency / (frequency + 1.2 * (0.25 + 0.75 * len(text) / mean))


@pytest.mark.parametrize("query", QUERIES)
def test_scores_are_those_of_the_formula(query: list[str]) -> None:
    found = LexicalIndex.build(TEXTS).scores(query)
    np.testing.assert_allclose(found, bm25(TEXTS, query), rtol=1e-5)
    assert found.dtype == np.float32


def test_a_score_worked_out_by_hand() -> None:
    # one of two texts has the token, both of mean length: ln(1 + 1.5 / 1.5) · 1 / (1 + 1.2)
    found = LexicalIndex.build([["甲"], ["乙"]]).scores(["甲"])
    assert found.tolist() == pytest.approx([math.log(2) / 2.2, 0])


@pytest.mark.parametrize("query", QUERIES)
def test_what_was_saved_scores_the_same(tmp_path: Path, query: list[str]) -> None:
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path / "words")
    again = LexicalIndex.load(tmp_path / "words")
    np.testing.assert_array_equal(again.scores(query), index.scores(query))
    assert [again.idf(token) for token in query] == [index.idf(token) for token in query]
    assert len(again) == 5


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_texts_without_a_word_score_nothing(tmp_path: Path, texts: list[list[str]]) -> None:
    index = LexicalIndex.build(texts)
    index.save(tmp_path / "words")
    for one in (index, LexicalIndex.load(tmp_path / "words")):
        np.testing.assert_array_equal(one.scores(["人才"]), np.zeros(len(texts)))
        assert len(one) == len(texts)
        assert not one.knows("人才")


def test_rarity_is_the_formulas() -> None:
    index = LexicalIndex.build(TEXTS)
    assert index.idf("人才") == pytest.approx(math.log(1 + 3.5 / 2.5), abs=1e-6)
    assert index.idf("无此词") == pytest.approx(math.log(1 + 5.5 / 0.5))
    assert index.idf("a") < index.idf("无此词")


def test_it_knows_its_tokens() -> None:
    index = LexicalIndex.build(TEXTS)
    assert [index.knows(token) for token in ("租金", "无此词")] == [True, False]


@pytest.mark.parametrize("damage", ["{", "[]", "{}", '{"size": 5}'])
def test_a_damaged_head_is_named(tmp_path: Path, damage: str) -> None:
    LexicalIndex.build(TEXTS).save(tmp_path / "words")
    (tmp_path / "words" / "head.json").write_text(damage)
    with pytest.raises(IndexDamaged, match="words"):
        LexicalIndex.load(tmp_path / "words")


def test_every_lost_file_is_named(tmp_path: Path) -> None:
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path / "words")
    for path in sorted((tmp_path / "words").iterdir()):
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises(IndexDamaged, match="words"):
            LexicalIndex.load(tmp_path / "words")
        path.write_bytes(whole)
