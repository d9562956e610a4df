"""Follow-ups: what an earlier question lends to one that cannot stand alone."""

import pytest

from policyqa.qa.question.followups import Reading, completed, depends, readings
from policyqa.qa.types import Turn


def after(query: str, *earlier: str) -> str:
    return readings(query, [Turn(role="user", content=text) for text in earlier])[0].text


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
    ("那高技能人才呢?", "重庆有多少卓越工程师?", "重庆有多少高技能人才?"),
    ("那科技特派员团呢?", "科技副总有多少人?", "科技特派员团有多少人?"),
    ("那高新区那边呢?", "渝北区和四川签了多少协议?", "高新区和四川签了多少协议?"),
    ("那高新区呢?", "渝北区引进了多少高层次人才?", "高新区引进了多少高层次人才?"),
    ("那硕士呢?", "科学城给博士后哪些补贴?", "科学城给硕士哪些补贴?"),
    ("那硕士呢?", "博士每年补贴多少万元?", "硕士每年补贴多少万元?"),
    ("那院士专家工作站呢?", "高新区有几个博士后科研工作站?", "高新区有几个院士专家工作站?"),
    ("那工程师呢?", "青年人才补贴多少?", "工程师补贴多少?"),
])  # fmt: skip
def test_a_like_part_takes_the_place_of_the_earlier_one(
    query: str, before: str, whole: str
) -> None:
    assert completed(query, before) == whole


def test_a_pronoun_brings_its_topic() -> None:
    query = after("他们能享受什么待遇?", "西部科学城的博士后有哪些补贴?")
    assert query == "西部科学城的博士后补贴 他们能享受什么待遇?"


@pytest.mark.parametrize(("query", "before", "whole"), [
    ("那申请条件呢?", "重庆英才计划支持多少人?", "重庆英才计划支持 申请条件呢?"),
    ("怎么申请?", "青年人才驿站是什么?", "青年人才驿站 怎么申请?"),
    ("它在哪里举办?", "人才大会什么时候开?", "人才大会开 它在哪里举办?"),
    ("那服务了多少人次?", "渝才荟有多少项服务?", "渝才荟服务 服务了多少人次?"),
])  # fmt: skip
def test_what_is_asked_of_a_thing_is_asked_of_the_earlier_one(
    query: str, before: str, whole: str
) -> None:
    """The earlier question's 多少项 once stood in the query and decided the form of the answer."""
    assert completed(query, before) == whole


def test_a_chain_keeps_its_subject() -> None:
    query = after("那2030年呢?", "2020年博士后留渝率是多少?", "那2025年呢?")
    assert query == "2030年博士后留渝率是多少?"


def test_a_question_with_its_own_subject_ends_the_chain() -> None:
    assert after("公园几点开门?", "重庆有多少卓越工程师?") == "公园几点开门?"
    query = after("那2025年呢?", "重庆有多少卓越工程师?", "2020年公园有多少游客?")
    assert query == "2025年公园有多少游客?"


def test_only_the_readers_turns_count() -> None:
    said = [Turn(role="assistant", content="重庆有多少卓越工程师?")]
    assert readings("那2025年呢?", said) == (Reading("那2025年呢?"),)


def test_an_earlier_turn_that_is_no_question_is_passed_over() -> None:
    query = after("那2025年呢?", "2020年博士后留渝率是多少?", "😀", "")
    assert query == "2025年博士后留渝率是多少?"


def meanings(query: str, *earlier: str) -> list[Reading]:
    return list(readings(query, [Turn(role="user", content=text) for text in earlier]))


def test_where_only_the_documents_can_tell_both_readings_are_given() -> None:
    """由谁主办? was searched alone, since it has a word of its own."""
    assert meanings("由谁主办?", "第三届英才大会什么时候举行?") == [
        Reading("由谁主办?"),
        Reading("第三届英才大会举行 由谁主办?", own="由谁主办?"),
    ]


@pytest.mark.parametrize("query", [
    "换个问题,公园几点开门?", "对了,公园几点开门?", "好,换个话题:公园几点开门?",
    "再问个别的:公园几点开门?", "公园" * 21 + "几点开门?",
])  # fmt: skip
def test_what_begins_anew_or_is_long_is_read_alone(query: str) -> None:
    assert meanings(query, "重庆有多少卓越工程师?") == [Reading(query)]


def test_what_cannot_stand_alone_has_one_reading() -> None:
    assert meanings("它在哪里举办?", "人才大会什么时候开?") == [
        Reading("人才大会开 它在哪里举办?", own="它在哪里举办?")
    ]
    assert meanings("那2025年呢?", "2020年博士后留渝率是多少?") == [
        Reading("2025年博士后留渝率是多少?")
    ]
    assert meanings("公园几点开门?") == [Reading("公园几点开门?")]
