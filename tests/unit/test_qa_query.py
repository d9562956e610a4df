"""Questions to queries: normalising, refusals, follow-ups."""

import pytest

from index.errors import QuestionError
from qa.query import completed, depends, normalise_query, with_history
from qa.types import Turn


def after(query: str, *earlier: str) -> str:
    return with_history(query, [Turn(role="user", content=text) for text in earlier])


@pytest.mark.parametrize(("asked", "searched"), [
    ("ＡＢＣ１２３？", "ABC123?"),
    ("人才補貼與獎勵", "人才补贴与奖励"),
    ("人\u200b才\u00ad政\ufeff策", "人才政策"),
    ("人才\U000e0041\U000e007f政策", "人才政策"),
    ("  博士\n\t后　补贴 ", "博士 后 补贴"),
    ("补贴\x00多少\x07", "补贴多少"),
    ("😀 补贴多少", "😀 补贴多少"),
])  # fmt: skip
def test_a_question_is_brought_into_one_form(asked: str, searched: str) -> None:
    assert normalise_query(asked) == searched
    assert normalise_query(searched) == searched


@pytest.mark.parametrize(("asked", "said"), [
    ("", "问题是空的"),
    (" \u3000\n", "问题是空的"),
    ("\x00\x07\x1b", "问题是空的"),
    ("\u200b\U000e0041", "问题是空的"),
    ("😀🎉", "问题里没有文字"),
    ("?!。……", "问题里没有文字"),
    ("补" * 2001, "问题有 2001 字,超过上限 2000 字"),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_its_reason(asked: str, said: str) -> None:
    with pytest.raises(QuestionError, match=said.replace("?", r"\?")):
        normalise_query(asked)


def test_the_longest_question_is_taken() -> None:
    assert normalise_query("补" * 2000) == "补" * 2000


def test_a_follow_up_keeps_what_was_asked_for() -> None:
    query = after("那高技能人才呢?", "重庆有多少卓越工程师?")
    assert "高技能人才" in query
    assert "多少" in query


def test_parts_of_one_long_word_do_not_make_a_follow_up_a_question() -> None:
    """高技能人才 is cut into six overlapping words; counted as six, it once stood alone."""
    assert depends("那高技能人才呢?")


@pytest.mark.parametrize(("query", "before", "whole"), [
    ("那2025年呢?", "2020年博士后留渝率是多少?", "2025年博士后留渝率是多少?"),
    ("十五五呢?", "十四五的目标是什么?", "十五五的目标是什么?"),
    ("那顶尖人才呢?", "青年人才有多少补贴?", "顶尖人才有多少补贴?"),
])  # fmt: skip
def test_a_like_part_takes_the_place_of_the_earlier_one(
    query: str, before: str, whole: str
) -> None:
    assert completed(query, before) == whole


def test_a_pronoun_brings_its_topic() -> None:
    query = after("他们能享受什么待遇?", "西部科学城的博士后有哪些补贴?")
    assert query == "西部科学城的博士后有哪些补贴 他们能享受什么待遇?"


def test_a_chain_keeps_its_subject() -> None:
    query = after("那2030年呢?", "2020年博士后留渝率是多少?", "那2025年呢?")
    assert query == "2030年博士后留渝率是多少?"


def test_a_question_with_its_own_subject_ends_the_chain() -> None:
    assert after("公园几点开门?", "重庆有多少卓越工程师?") == "公园几点开门?"
    query = after("那2025年呢?", "重庆有多少卓越工程师?", "2020年公园有多少游客?")
    assert query == "2025年公园有多少游客?"


def test_only_the_readers_turns_count() -> None:
    said = [Turn(role="assistant", content="重庆有多少卓越工程师?")]
    assert with_history("那2025年呢?", said) == "那2025年呢?"


def test_an_earlier_turn_that_is_no_question_is_passed_over() -> None:
    query = after("那2025年呢?", "2020年博士后留渝率是多少?", "😀", "")
    assert query == "2025年博士后留渝率是多少?"
