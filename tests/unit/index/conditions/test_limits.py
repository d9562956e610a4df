"""What sentences of rules demand, worked out by hand."""

import pytest

from policyqa.index.conditions.catalogue import attributes
from policyqa.index.conditions.limits import Limit, limits


def shown(limit: Limit) -> str:
    """`age<=45`, `insured>=12`, `degree in 5..5`; guards before a bar."""
    allowed, who = limit.allowed, "".join(f"{g.attribute}{g.rank}|" for g in limit.guards)
    if allowed.low is not None and allowed.high is not None:
        return f"{who}{limit.attribute} in {allowed.low}..{allowed.high}"
    if allowed.low is not None:
        return f"{who}{limit.attribute}{'>=' if allowed.low_in else '>'}{allowed.low}"
    return f"{who}{limit.attribute}{'<=' if allowed.high_in else '<'}{allowed.high}"


@pytest.mark.parametrize(("text", "expected"), [
    ("引进时年龄原则上不超过45周岁，", ["age<=45"]),
    ("人均住房建筑面积低于15平方米；", ["area_each<15"]),
    ("上年人均收入低于2万元（含）；", ["income_each<=20000"]),
    ("年收入超过10万元的家庭不得申请", ["income>100000"]),
    ("在居住地居住并办理居住登记满半年，", ["resident>=6"]),
    ("持有居住证达到二年以上，连续缴纳社会保险金达到一年以上，且签订一年以上（含一年）劳动合同；",
     ["permit>=24", "insured>=12", "contract>=12"]),
    ("参加社会养老保险满3年；", ["insured>=36"]),
    ("必须是未完成义务教育的6–15周岁儿童", ["child1|age in 6..15"]),
    ("年满16周岁不满60周岁的居民", ["age>=16", "age<60"]),
    ("男年满60周岁，女年满55周岁的父母", ["gender2|age>=60", "gender1|age>=55"]),
    ("硕士研究生不超过30周岁，博士不超过35周岁", ["degree6|age<=30", "degree7|age<=35"]),
    ("博士研究生不超过35周岁", ["degree7|age<=35"]),
    ("在其他城市居住满6个月", ["resident>=6"]),
    ("具备大学本科以上学历", ["degree>=5"]),
    ("具有中级职称", ["title in 2..2"]),
    ("具备高级工以上国家职业资格；", ["skill>=3"]),
    ("累计缴纳个人所得税6000元以上；", ["tax>=6000"]),
    ("总积分满60分的", ["points>=60"]),
    ("具有本市非农业常住户口；", ["registered>0", "urban>0"]),
    ("非本市户籍的适龄儿童", ["registered in 0..0"]),
    ("未在本市拥有任何形式自有住房", ["house in 0..0"]),
    ("无刑事犯罪记录，符合计划生育政策", ["offence in 0..0", "births in 0..0"]),
    ("持有居住证满1年", ["permit>=12"]),  # how long says that there is one
    ("有非全日制本科、全日制大专学历的", ["degree in 4..5"]),  # of both kinds
])  # fmt: skip
def test_a_demand_is_read(text: str, expected: list[str]) -> None:
    assert [shown(each) for each in limits(text)] == expected


@pytest.mark.parametrize("text", [
    "给予最高50万元的补贴。", "每月补贴不超过2000元", "自受理之日起20个工作日内答复",
    "有效期2年以上", "面积超过40平方米以上部分按市场价收取租金", "初中应届毕业生参加中考，须报名",
    "与当地户籍考生享受同等待遇",
    "2015年1月1日以前参加工作的", "到2025年引进300人以上", "本办法自2018年起施行，有效期5年。",
])  # fmt: skip
def test_what_is_paid_and_how_long_it_takes_is_no_demand(text: str) -> None:
    assert limits(text) == []


def test_every_attribute_can_be_asked_for() -> None:
    assert {name for name, each in attributes().items() if not each.ask.endswith("？")} == set()
    units = {"月", "岁", "元", "平方米", "分", "人", "有"}
    assert {each.unit for each in attributes().values() if not each.scale} == units
