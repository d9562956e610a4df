"""Words typed by their sound or shape: what is corrected, and what keeps its own words."""

from collections.abc import Iterator

import pytest

from policyqa.index.store.lexical import LexicalIndex
from policyqa.index.text.words import bigrams, cutting, words
from policyqa.qa.question.spelling import Speller

TEXTS = ["高新区开通人才专线，发布金凤凰政策。", "博士后留渝率达90%，渝才荟上线。", "活跃用户"]


@pytest.fixture(scope="module", autouse=True)
def office_words() -> Iterator[None]:
    """A name that no dictionary has is corrected to where the office says that it is a word."""
    with cutting(["渝才荟"]):
        yield


@pytest.fixture(scope="module")
def speller(office_words: None) -> Speller:
    return Speller(
        LexicalIndex.build([words(text) for text in TEXTS]),
        LexicalIndex.build([bigrams(text) for text in TEXTS]),
    )


@pytest.mark.parametrize(("typed", "meant"), [
    ("人才转线是做什么的?", "人才专线是做什么的?"),
    ("博士后留瑜率", "博士后留渝率"),
    ("金凤煌政策", "金凤凰政策"),
    ("每天活越用户,渝财荟", "每天活跃用户,渝才荟"),
])  # fmt: skip
def test_what_is_no_word_becomes_the_word_that_sounds_alike(
    speller: Speller, typed: str, meant: str
) -> None:
    assert speller.corrected(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), [
    ("博土后留渝率", "博士后留渝率"),
    ("活跃用尸有多少", "活跃用户有多少"),
])  # fmt: skip
def test_what_is_no_word_becomes_the_word_that_looks_alike(
    speller: Speller, typed: str, meant: str
) -> None:
    assert speller.corrected(typed) == meant


@pytest.mark.parametrize("query", [
    "人才专线",  # as the documents have it
    "眼科医生怎么预约?",  # words of another field
    "有几个专项?",
    "我是跟着团队来的",  # 我是 sounds like 我市
    "in English, 123",
    "",
])  # fmt: skip
def test_words_keep_themselves(speller: Speller, query: str) -> None:
    assert speller.corrected(query) == query


def test_where_two_words_sound_alike_neither_is_taken() -> None:
    lexical = LexicalIndex.build([["公式", "攻势"]])
    assert Speller(lexical, LexicalIndex.build([["公式"]])).corrected("工适") == "工适"
