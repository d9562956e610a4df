"""Which words a rule tells apart, and when a lower one covers a higher one."""

import pytest

from policyqa.qa.question.distinctions import classes_of, counts_another, is_of_another
from policyqa.qa.question.headings import asked_headings, is_of_other_kind


@pytest.mark.parametrize(("query", "text"), [
    ("博士后有什么补贴?", "博士每月2500元，硕士每月1500元。"),
    ("本科生租房补贴多少?", "对博士每月发放3000元，硕士每月1800元。"),
    ("买房补多少?", "租房补贴按月发放。"),
    ("租房能补多少?", "购买首套住房的，补贴20万元。"),
    ("省级项目资助多少?", "国家级项目资助100万元。"),
    ("C类人才奖励多少?", "A类人才奖励100万元，B类80万元。"),
    ("一等奖多少钱?", "二等奖3万元。"),
    ("金卡能看病吗?", "银卡持有人可以体检。"),
    ("兼职可以申请吗?", "全职工作的可以申请。"),
    ("大专可以申请吗?", "应当具有本科以上学历。"),
])  # fmt: skip
def test_a_text_of_another_class_answers_something_else(query: str, text: str) -> None:
    assert is_of_another(classes_of(query), text)


@pytest.mark.parametrize(("query", "text"), [
    ("博士补贴多少?", "博士每月2500元，硕士每月1500元。"),
    ("博士可以申请吗?", "应当具有本科以上学历。"),
    ("硕士可以申请吗?", "应当具有大专及以上学历。"),
    ("研究生补贴多少?", "硕士每月1500元。"),
    ("博士和硕士各补多少?", "硕士每月1500元。"),
    ("补贴多少?", "博士每月2500元。"),
    ("博士补贴多少?", "每人每月2500元。"),
    ("市级项目资助多少?", "区级以上项目资助10万元。"),
    ("租房和购房补贴能一起拿吗?", "购房补贴不得重复享受。"),
    ("C类人才奖励多少?", "A类、B类、C类人才分别奖励100万元、80万元、50万元。"),
    ("人才分三类吗?", "第一类是顶尖人才。"),
])  # fmt: skip
def test_a_text_that_may_be_meant_stays(query: str, text: str) -> None:
    assert not is_of_another(classes_of(query), text)


def test_a_heading_counts_where_the_sentence_names_none() -> None:
    assert is_of_another(classes_of("购房补多少?"), "博士每月2000元。", under="二、租房补贴")
    assert not is_of_another(classes_of("购房补多少?"), "购房的给予20万元。", under="二、租房补贴")


@pytest.mark.parametrize(("query", "text", "another"), [
    ("全市有多少院士?", "人才总量达到44.2万人。", True),
    ("引进了几名博士?", "引进硕士30名。", True),
    ("博士有多少名?", "新引进博士498名。", False),
    ("人才总量是多少?", "人才总量达到44.2万人。", False),
])  # fmt: skip
def test_how_many_of_a_class_is_said_only_where_the_class_is_named(
    query: str, text: str, another: bool
) -> None:
    assert counts_another(classes_of(query), text) is another


def test_a_list_of_conditions_is_no_answer_to_what_to_bring() -> None:
    assert is_of_other_kind(asked_headings("申请要交什么材料?"), "应当同时具备下列条件")
    assert not is_of_other_kind(asked_headings("申请要交什么材料?"), "应当提交下列材料")
    assert not is_of_other_kind(asked_headings("申请要什么条件?"), "应当同时具备下列条件")
    assert not is_of_other_kind(asked_headings("补贴多少?"), "应当同时具备下列条件")
