"""What a question asks for, and whether a text and its year fit."""

import pytest

from index.types import Document, Metadata
from qa.agreement import year_agreement, years
from qa.expectation import HOLDS, expected, holds


@pytest.mark.parametrize(("question", "kind"), [
    ("博士后补贴有多少钱?", "money"),
    ("安家费最高能拿多少?", "money"),
    ("博士后留渝率是多少?", "percent"),
    ("工程师占比多少?", "percent"),
    ("咨询电话是什么?", "phone"),
    ("申报网址在哪里?", "address"),
    ("年龄有什么限制?", "age"),
    ("申请需要哪些材料?", "material"),
    ("审批要多久?", "duration"),
    ("大会什么时候举行?", "date"),
    ("报名截止到哪天?", "date"),
    ("重庆有多少名卓越工程师?", "count"),
    ("設有幾個專項?", "count"),
    ("什么是金凤凰政策?", ""),
])  # fmt: skip
def test_the_form_of_a_question_says_what_it_asks_for(question: str, kind: str) -> None:
    assert expected(question) == kind


@pytest.mark.parametrize(("kind", "right", "wrong"), [
    ("money", "补贴50万元", "引进50名"),
    ("percent", "留渝率达90%", "留渝90人"),
    ("phone", "电话023-12345678", "共有12人"),
    ("address", "见www.cq.gov.cn", "见附件"),
    ("age", "不超过45周岁", "不超过45人"),
    ("material", "提交身份证复印件", "按时到场"),
    ("duration", "10个工作日内办结", "尽快办结"),
    ("date", "11月23日开幕", "即将开幕"),
    ("count", "新增三所学校", "新增学校"),
])  # fmt: skip
def test_a_text_holds_its_kind_or_not(kind: str, right: str, wrong: str) -> None:
    assert holds(right, kind)
    assert not holds(wrong, kind)


def test_every_kind_can_be_looked_for_and_nothing_expected_is_always_there() -> None:
    assert set(HOLDS) == {
        "money", "percent", "phone", "address", "age", "material", "duration", "date", "count",
    }  # fmt: skip
    assert holds("", "")


def test_years_are_read_in_any_width_and_not_out_of_longer_numbers() -> None:
    assert years("2025年和２０２４年,编号120231") == {"2025", "2024"}


@pytest.mark.parametrize(("query", "date", "text", "agreement"), [
    ("补贴多少", "2021", "2024年", 0.0),
    ("2025年补贴", "2021", "到2025年", 1.0),
    ("2021年补贴", "2021-07", "补贴50万元", 0.5),
    ("2025年补贴", "2021", "补贴50万元", -1.0),
    ("2025年补贴", "", "2020年", -1.0),
    ("2025年补贴", "", "补贴50万元", 0.0),
    ("2020年到2025年", "2021", "到2025年", 0.5),
])  # fmt: skip
def test_year_agreement(query: str, date: str, text: str, agreement: float) -> None:
    document = Document(
        doc_id="d", source="d.txt", sha256="0", metadata=Metadata(date=date), text=text
    )
    assert year_agreement(query, document, text) == agreement
