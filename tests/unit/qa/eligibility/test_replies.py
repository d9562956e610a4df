"""Conditions answered by their own words."""

import pytest

from policyqa.qa.eligibility.facts import carried
from policyqa.qa.eligibility.replies import (
    condition_of,
    is_reply,
    key_of,
    replied,
    replies_to,
)


@pytest.mark.parametrize(("item", "condition"), [
    ("（一）具有本市户籍；", "具有本市户籍"),
    ("1. 没有\n犯罪记录。", "没有 犯罪记录"),
    ("（二）符合下列情形之一的：", ""),  # goes on below
    ("（三）" + "很" * 90, ""),  # too long to be asked for
])  # fmt: skip
def test_a_condition_is_an_item_without_its_number(item: str, condition: str) -> None:
    assert condition_of(item) == condition


def test_the_last_reply_counts() -> None:
    yes, no, unsure = replies_to("具有本市户籍，且住满5年")
    assert all(map(is_reply, (yes, no, unsure)))
    key = key_of("具有本市户籍,且住满5年;")
    assert replied([yes]) == {key: True}
    assert replied([yes, no]) == {key: False}
    assert replied([no, "那材料呢", unsure]) == {key: None}


def test_a_reply_to_one_number_is_none_to_another() -> None:
    (yes, *_) = replies_to("在本市工作满15年")
    assert key_of("在本市工作满1.5年") not in replied([yes])
    assert key_of("招用9-12人") != key_of("招用912人")
    assert key_of("纳税 1,000 元。") == key_of("纳税1000元")


@pytest.mark.parametrize(
    "text", ["具有本市户籍吗", "“具有本市户籍”：是吗", "他说“可以”：是真的吗", ""]
)
def test_what_asks_is_no_reply(text: str) -> None:
    assert not is_reply(text)


def test_a_reply_tells_no_number() -> None:
    assert carried(["“年龄不超过45周岁”：是"], "能申请吗") == []
