"""Marks of texts: years, editions, places, and the numbers of headings."""

import pytest

from policyqa.index.text.marks import (
    HEADING_NUMBER,
    editions,
    is_place,
    place_stem,
    without_number,
    years,
)


@pytest.mark.parametrize(
    ("heading", "number", "rest"),
    [
        ("第三章 附则", "第三章", "附则"),
        ("第一百零一条 本法自公布之日起施行", "第一百零一条", "本法自公布之日起施行"),
        ("第二節 申請", "第二節", "申請"),
        ("一、总则", "一、", "总则"),
        ("（十二）加快引进人才", "（十二）", "加快引进人才"),
        ("(3)其他", "(3)", "其他"),
        ("1. 目标", "1.", "目标"),
        ("2、任务", "2、", "任务"),
        ("2.2016年招生", "2.", "2016年招生"),
        ("1、2017年开始全面实施", "1、", "2017年开始全面实施"),
        ("专栏1 重点工程", "专栏1", "重点工程"),
    ],
)
def test_the_number_of_a_heading(heading: str, number: str, rest: str) -> None:
    found = HEADING_NUMBER.match(heading)
    assert found
    assert found[1] == number
    assert without_number(heading) == rest


@pytest.mark.parametrize(
    "heading", ["总则", "1.5万元", "（试行）办法", "第三届大会", "一是加强", "2024年"]
)
def test_a_heading_without_number(heading: str) -> None:
    assert without_number(heading) == heading


def test_years_and_editions() -> None:
    assert years("２０２４年与2025年，1998年") == {"2024", "2025"}
    assert editions("第十三届、第2批、专栏三，第一次申请") == {"13届", "2批", "3专栏"}


def test_the_stem_of_a_place() -> None:
    assert [place_stem(name) for name in ("海南省", "重庆市", "江津区", "沙市")] == [
        "海南", "重庆", "江津区", "沙市",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["重庆", "两江新区", "江津区", "高新区", "四川省", "宜春"])
def test_places_are_told_by_a_list_or_by_their_ending(word: str) -> None:
    assert is_place(word)


@pytest.mark.parametrize(
    "word", ["社区", "园区", "示范区", "城市", "教育强市", "安家", "海归", "区"]
)
def test_kinds_of_district_are_no_places(word: str) -> None:
    """The dictionary tags 安家 and 海归 as places; questions with them were refused for it."""
    assert not is_place(word)
