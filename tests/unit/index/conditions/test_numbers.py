"""Durations in months, ages, areas and sums, as rules and as people write them."""

import pytest

from policyqa.index.conditions.numbers import numbers
from policyqa.index.text.quantities import plain


@pytest.mark.parametrize(("text", "unit", "value"), [
    ("满半年", "月", 6), ("6个月", "月", 6), ("一年", "月", 12), ("二年以上", "月", 24),
    ("4年11个月", "月", 59), ("一年十一个月", "月", 23), ("两年半", "月", 30), ("整5年", "月", 60),
    ("年龄45周岁", "岁", 45), ("46岁", "岁", 46), ("人均15平方米", "平方米", 15),
    ("建面37.8平", "平方米", 37.8), ("60㎡", "平方米", 60), ("年收入2万元", "元", 20_000),
    ("一万二千元", "元", 12_000), ("12万元", "元", 120_000), ("积120分", "分", 120),
    ("四口人", "人", 4),
])  # fmt: skip
def test_a_number_with_its_unit(text: str, unit: str, value: float) -> None:
    assert [(n.unit, float(n.value)) for n in numbers(plain(text))] == [(unit, value)]


@pytest.mark.parametrize("text", [
    "2015年起施行", "第三年级", "2011年7月1日", "十四五", "第5条", "每月1日", "近3年内",
    "小学一年级",
])  # fmt: skip
def test_dates_and_ordinals_are_no_durations(text: str) -> None:
    assert [n for n in numbers(plain(text)) if n.unit == "月"] == []


@pytest.mark.parametrize(("text", "unit", "value"), [
    ("我36了", "岁", 36), ("今年46,本科", "岁", 46), ("人均收入两万零一百", "元", 20_100),
    ("我妈今年53", "岁", 53), ("收入1.5万", "元", 15_000), ("挣三万五", "元", 35_000),
])  # fmt: skip
def test_people_leave_units_out(text: str, unit: str, value: float) -> None:
    found = numbers(plain(text), spoken=True)
    assert [(n.unit, float(n.value)) for n in found] == [(unit, value)]
    assert numbers(plain(text)) == []
