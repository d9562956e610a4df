"""What people tell of themselves, by hand."""

import pytest

from policyqa.qa.eligibility.facts import Fact, carried, facts, located, tells_only


def shown(fact: Fact) -> str:
    told = fact.told
    ends = f"{'' if told.low is None else told.low}..{'' if told.high is None else told.high}"
    return f"{fact.attribute}={told.low}" if told.low == told.high else f"{fact.attribute}={ends}"


@pytest.mark.parametrize(("text", "expected"), [
    ("我36了，能申请吗", ["age=36"]),
    ("社保才交14个月，能落户吗", ["insured=14"]),
    ("在大庆签了两年合同，租房满两年，社保才交14个月，能落户吗",
     ["contract=24", "lease=24", "insured=14"]),
    ("居住登记办了五个月，行不行", ["resident=5"]),
    ("社保交了两年多", ["insured=24..36"]),
    ("社保刚交不到一年", ["insured=..12"]),
    ("住房人均才6平米", ["area_each=6"]),
    ("去年我家人均收入两万零一百", ["income_each=20100"]),
    ("大专毕业，没有职称", ["degree=4", "title=0"]),
    ("再过两个月就50了，能入户吗", []),  # is to come
    ("要满几年才能申请", []),
    ("社保停交了2个月", []),  # how long it has not been paid
    ("居住证到期半年了", []),
    ("劳动合同还剩半年到期", []),
    ("我爸61岁，我想申请贷款", []),  # asks for himself
    ("我40岁，我爸61岁，我想申请贷款", ["age=40"]),
    ("我妈53，想投靠我落户", ["age=53", "gender=1"]),  # asks for her
    ("我18岁不到", ["age=..18"]),
    ("还差一个月满16", ["age=..16"]),
    ("三十五六岁", []),  # neither
    ("社保交了两三个月", []),
    ("我460岁", []),
    ("在城区做生意三年了", ["worked=36"]),
    ("在小学教了十年书", ["worked=120"]),
    ("公积金交了3个月", ["fund=3"]),  # no insurance
    ("没犯过罪，计生没问题", ["offence=0", "births=0"]),
    ("前几年判过拘役，老二超生", ["offence=0..", "births=0.."]),
    ("有居住证，没签劳动合同，名下没有房", ["permit=0..", "contract=0", "house=0"]),
    ("社保在交，交了半年", ["insured=6"]),  # how long is known better
    ("有居住证能上学吗", []),  # asked, not told
    ("参没参加社保没说", []),
    ("社保满没满三年要查", []),
    ("我老婆没上班", ["gender=1"]),  # is of her
    ("月收入3200", ["income_monthly=3200"]),  # no yearly one
    ("如果社保交满3年能不能申请", []),  # is supposed
])  # fmt: skip
def test_what_is_told(text: str, expected: list[str]) -> None:
    assert [shown(each) for each in facts(text)] == expected


def told_of(before: tuple[str, ...], now: str) -> set[str]:
    return {fact.said for fact in carried(before, now)}


def test_what_was_told_before_is_remembered() -> None:
    before = ("我36岁,本科毕业,能申请吗?", "要带什么材料?")
    assert told_of(before, "那我可以租公租房吗?") == {"36岁", "本科"}
    assert told_of((*before, "说错了,我35岁"), "那我可以租公租房吗?") == {"35岁", "本科"}
    assert told_of(before, "我34岁,够不够条件?") == {"34岁", "本科"}


def test_what_only_names_a_matter_is_not_remembered() -> None:
    assert told_of(("博士后有什么补贴?", "硕士能落户吗?"), "那材料呢?") == set()
    assert told_of(("我是博士,有什么补贴?",), "那材料呢?") == {"博士"}


def test_what_was_told_of_others_is_not_the_askers() -> None:
    for who in ("我弟弟", "我孙子", "有个员工"):
        assert told_of((f"{who}36岁,能申请吗?",), "那我能申请吗?") == set()
    assert told_of(("我65了", "我孙子8岁呢?"), "我自己呢,要交多少?") == {"65"}
    assert "36岁" not in told_of(("我36岁,能申请吗?",), "我弟弟呢?他能申请吗?")


@pytest.mark.parametrize(("text", "said"), [
    ("我36,深户", {"36", "深户"}),
    ("我社保才交了8个月", {"8个月"}),
    ("我高中毕业的,这个给几分", set()),
    ("我45岁,算不算数", set()),
    ("社保六年多,有优先没", set()),
    ("我本科毕业,分够了吧", set()),
    ("俺43,积分够了没", set()),
])  # fmt: skip
def test_what_only_tells_asks_nothing(text: str, said: set[str]) -> None:
    assert {fact.said for fact in tells_only(text)} == said


@pytest.mark.parametrize(("text", "region", "expected"), [
    ("深户，能申请吗", "广东省深圳市", ["registered=0.."]),
    ("不是深户，能申请吗", "广东省深圳市", ["registered=0"]),
    ("非深户口", "广东省广州市", []),  # of where, is not told
    ("户口在江西，能申请吗", "广东省深圳市", ["registered=0"]),
    ("安徽人，在南京上班", "江苏省南京市", ["registered=0"]),
    ("重庆万州的户口", "重庆市", ["registered=0.."]),
    ("重庆户口", "重庆市万州区", []),  # of the city, of this district or not
    ("外地户口", "重庆市", ["registered=0"]),
    ("安徽人", "全国", []),
    ("安徽人才多", "重庆市", []),
])  # fmt: skip
def test_a_household_is_there_or_elsewhere(text: str, region: str, expected: list[str]) -> None:
    assert [shown(fact) for fact in located(facts(text), region)] == expected


def test_no_rank_is_a_rank() -> None:
    title, contract = facts("没有职称，没签劳动合同")
    assert (title.attribute, title.is_had) == ("title", False)
    assert (contract.attribute, contract.is_had) == ("contract", True)
