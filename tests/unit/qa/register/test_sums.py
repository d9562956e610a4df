"""What a programme gives in all."""

from decimal import Decimal

import pytest

from policyqa.qa.register.amounts import amount_of
from policyqa.qa.register.sums import sum_of
from policyqa.qa.register.types import Benefit
from tests.programmes import office, programmes

LINK = programmes(office())[0].benefits[0].quote


def of(*said: str) -> list[Benefit]:
    found = [amount_of(each) for each in said]
    return [
        Benefit(text=text, quote=LINK, **(amount._asdict() if amount else {}))
        for text, amount in zip(said, found, strict=True)
    ]


@pytest.mark.parametrize(
    ("said", "total", "worked"),
    [
        (["一次性给予补贴15万元"], 150_000, "150000元"),
        (["每月给予租房补贴1000元，最长24个月"], 24_000, "1000元 × 24个月 = 24000元"),
        (["每年给予补贴2万元，最长3年"], 60_000, "20000元 × 3年 = 60000元"),
        (
            ["一次性给予补贴5000元", "每月给予补贴500元，最长12个月"],
            11_000,
            "5000元 + 500元 × 12个月 = 11000元",
        ),
    ],
)
def test_a_sum_is_worked_out_in_the_open(said: list[str], total: int, worked: str) -> None:
    found = sum_of(of(*said))
    assert found
    assert (found.total, found.worked) == (total, worked)


def test_a_cap_bounds_the_sum() -> None:
    (benefit,) = of("每月给予租房补贴1000元，最长24个月")
    found = sum_of([benefit.model_copy(update={"cap": Decimal(10_000)})])
    assert found
    assert (found.total, found.worked) == (10_000, "1000元 × 24个月（封顶 10000元） = 10000元")


@pytest.mark.parametrize(
    "said",
    [[], ["每月给予租房补贴1000元"], ["给予房租减免50%"], ["一次性给予补贴5000元", "优先入学"]],
)
def test_what_is_not_all_money_for_a_time_that_is_said_has_no_sum(said: list[str]) -> None:
    assert sum_of(of(*said)) is None
