"""What a question asks for, and whether a text and its year fit."""

from typing import get_args

import pytest

from policyqa.index.text.marks import editions, years
from policyqa.index.types import Document, Metadata
from policyqa.qa.question.asked import understood
from policyqa.qa.question.expectation import HOLDS, Expectation, expected, holds
from policyqa.qa.question.forms import Kind
from policyqa.qa.retrieve.agreement import (
    agreement,
    edition_agreement,
    place_missing,
    year_agreement,
)


@pytest.mark.parametrize(("question", "kind"), [
    ("博士后补贴有多少钱?", "money"),
    ("安家费最高能拿多少?", "money"),
    ("自习室要钱吗?", "fee"),
    ("博士后留下的比例是多少?", "percent"),
    ("博士后留渝率是多少?", "count"),  # until the office says what it is
    ("工程师占比多少?", "percent"),
    ("咨询电话是什么?", "phone"),
    ("申报网址在哪里?", "address"),
    ("年龄有什么限制?", "age"),
    ("我43岁了还能申请吗?", "age"),
    ("申请需要哪些材料?", "material"),
    ("审批要多久?", "duration"),
    ("驿站能免费住几晚?", "duration"),
    ("驿站能住几晚?", "duration"),
    ("大会什么时候举行?", "date"),
    ("报名截止到哪天?", "day"),
    ("英才计划是哪年启动的?", "year"),
    ("大会好久开?", "date"),
    ("这个项目一年资助多少人?", "count"),
    ("每年给予资金支持多少家企业?", "count"),
    ("单个项目经费上限是多少?", "money"),
    ("重庆有多少名卓越工程师?", "count"),
    ("設有幾個專項?", "count"),
    ("什么是金凤凰政策?", "definition"),
    ("“塔尖”指什么?", "definition"),
    ("“塔尖”是什么?", "definition"),
    ("规划的目标是什么?", ""),
    ("怎么申请人才公寓?", "procedure"),
    ("有哪些人才公寓?", ""),
])  # fmt: skip
def test_the_form_of_a_question_says_what_it_asks_for(question: str, kind: str) -> None:
    assert expected(question).kind == kind


def test_what_the_office_gives_in_percent_is_asked_for_in_percent() -> None:
    shares = ("留渝率", "r.")
    assert expected("博士後留渝率是多少?", shares).kind == "percent"
    assert (
        understood("留渝率多少,有几家企业?", shares=shares).parts[0].expectation.kind == "percent"
    )
    assert expected("留渝率高的拿多少钱?", shares).kind == "money"  # its own unit comes first
    assert expected("ra", shares).kind == ""  # a word, not a pattern


@pytest.mark.parametrize(("question", "unit"), [
    ("重庆有多少名卓越工程师?", "名"),
    ("服务了多少人次?", "人次"),
    ("好多家企业参加?", "家"),
    ("分为几类?", "类"),
    ("人才总量是多少?", ""),
    ("补贴多少钱?", ""),
    ("有多少搞科研的人?团队几支?", ""),
    ("集聚几家机构、几支团队?", ""),
])  # fmt: skip
def test_a_count_has_the_unit_that_the_question_names(question: str, unit: str) -> None:
    assert expected(question).unit == unit


@pytest.mark.parametrize(("unit", "right", "wrong"), [
    ("名", "引进人才4.7万人", "设立工作站12个院"),
    ("人", "支持100名青年", "在2021年建成3项"),
    ("人次", "已服务15万人次", "活跃用户1400人"),
    ("家", "培育企业524家", "集聚1100余名"),
    ("项", "开展12项服务", "办结1100人"),
    ("场", "举办30多场活动", "举办30多次活动"),
    ("人", "单位:万人;2025年:20", "单位:项;2025年:20"),
    ("", "总量达20万", "第三届大会11月20日开幕"),
    ("", "新增三所学校", "“十四五”期间(一)推进,第二批,渝高新发〔2021〕26号"),
])  # fmt: skip
def test_a_count_is_a_number_in_its_unit_and_no_date_or_ordinal(
    unit: str, right: str, wrong: str
) -> None:
    assert holds(right, Expectation("count", unit))
    assert not holds(wrong, Expectation("count", unit))


@pytest.mark.parametrize(("kind", "right", "wrong"), [
    ("money", "补贴50万元", "引进50名"),
    ("money", "租金每月500元", "社区设施免费使用"),
    ("money", "租房补贴（元/月）：1900", "租房补贴（元/月）"),
    ("fee", "社区设施免费使用", "社区设施开放"),
    ("percent", "留渝率达90%", "留渝90人"),
    ("phone", "电话023-12345678", "共有12人"),
    ("address", "见www.cq.gov.cn", "见附件"),
    ("age", "不超过45周岁", "不超过45人"),
    ("material", "提交身份证复印件", "按时到场"),
    ("duration", "10个工作日内办结", "尽快办结"),
    ("date", "11月23日开幕", "即将开幕"),
    ("definition", "高端人才指杰出人才", "指标:高端人才;单位:人"),
    ("procedure", "向窗口提交申报表", "累计发放7786张"),
    ("year", "2019年启动", "每年启动"),
    ("day", "11月23日开幕", "2019年启动"),
    ("count", "新增三所学校", "新增学校"),
])  # fmt: skip
def test_a_text_holds_its_kind_or_not(kind: Kind, right: str, wrong: str) -> None:
    assert holds(right, Expectation(kind))
    assert not holds(wrong, Expectation(kind))


def test_every_kind_can_be_looked_for_and_nothing_expected_is_always_there() -> None:
    kinds = set(get_args(Kind)) - {"", "count"}
    assert set(HOLDS) == kinds
    assert holds("", Expectation())


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
    assert year_agreement(understood(query), document, text) == agreement


@pytest.mark.parametrize(("query", "agreement"), [("2025年度指标", 1.0), ("2024年度指标", -1.0)])
def test_a_year_in_the_title_counts_as_said(query: str, agreement: float) -> None:
    document = Document(
        doc_id="d", source="d.txt", sha256="0", metadata=Metadata(title="2025年度问答"), text="指标"
    )
    assert year_agreement(understood(query), document, "指标") == agreement


def test_editions_are_read_in_either_numeral() -> None:
    text = "第三届大会、第12批名单、第二十一期、第十次会议、第三章、专栏7、第一次来"
    assert editions(text) == {"3届", "12批", "21期", "10次", "3章", "7专栏"}


@pytest.mark.parametrize(("query", "title", "text", "wanted"), [
    ("第三届大会", "", "第3届大会开幕", 1.0),
    ("第三届大会", "第三届大会", "大会开幕", 1.0),
    ("第六届大会", "", "第三届大会开幕", -1.0),
    ("第六届大会", "", "第三批名单", 0.0),
    ("大会", "", "第三届大会开幕", 0.0),
])  # fmt: skip
def test_edition_agreement(query: str, title: str, text: str, wanted: float) -> None:
    document = Document(
        doc_id="d", source="d.txt", sha256="0", metadata=Metadata(title=title), text=text
    )
    assert edition_agreement(understood(query), document, text) == wanted
    assert agreement(understood(query), document, text) == wanted
    assert place_missing(understood(f"成都{query}"), document, text) == 1.0
    assert place_missing(understood(f"成都和重庆{query}"), document, f"{text}重庆") == 0.5
    assert agreement(understood(f"2025年{query}"), document, f"{text},2025年") == wanted + 1.0


@pytest.mark.parametrize(("place", "missing"), [
    ("重庆", 0.0),  # the region that the catalogue names
    ("海南省", 0.0),  # in the opening, without its ending
    ("江津区", 0.0),  # in the text itself
    ("渝北区", 0.5),  # elsewhere in the document
    ("成都", 1.0),
])  # fmt: skip
def test_a_place_is_looked_for_in_the_text_then_around_it(place: str, missing: float) -> None:
    whole = "海南人才办" + "无" * 300 + "渝北区另行规定。"
    document = Document(
        doc_id="d", source="d.txt", sha256="0", metadata=Metadata(region="重庆"), text=whole
    )
    assert place_missing(understood(f"{place}的补贴"), document, "江津区给补贴") == missing


@pytest.mark.parametrize(
    "text", ["第十十届", "第三十十批", "专栏十十十", "第〇届", "第一次申请", "第百条"]
)
def test_what_is_no_edition_is_none_and_no_crash(text: str) -> None:
    """第十十届 in a question once ended in a stack trace."""
    assert editions(text) <= {"10专栏"}
