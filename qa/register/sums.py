"""What a programme gives in all, worked out in the open: 1000元 × 24个月 = 24000元."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from policyqa.qa.register.types import Benefit

UNIT = "元"


class Sum(NamedTuple):
    """The total in 元, and how it was reached."""

    total: Decimal
    worked: str


def sum_of(benefits: Sequence[Benefit]) -> Sum | None:
    """The total of what somebody gets; None where not every part is a sum of money paid once or for
    months that are said, or where nothing is given."""
    parts = [_part(each) for each in benefits]
    whole = [part for part in parts if part]
    if not whole or len(whole) < len(parts):
        return None
    total = sum((part.total for part in whole), Decimal(0))
    worked = " + ".join(part.worked for part in whole)
    simple = len(whole) == 1 and "×" not in worked and "封顶" not in worked
    return Sum(total, worked if simple else f"{worked} = {_shown(total)}")


def _part(benefit: Benefit) -> Sum | None:
    if benefit.amount is None or benefit.unit != UNIT:
        return None
    if benefit.period == "once":
        total, worked = benefit.amount, _shown(benefit.amount)
    elif benefit.period == "monthly" and benefit.months:
        total = benefit.amount * benefit.months
        worked = f"{_shown(benefit.amount)} × {benefit.months}个月"
    elif benefit.period == "yearly" and benefit.months and benefit.months % 12 == 0:
        years = benefit.months // 12
        total, worked = benefit.amount * years, f"{_shown(benefit.amount)} × {years}年"
    else:
        return None
    if benefit.cap is not None and benefit.cap < total:
        return Sum(benefit.cap, f"{worked}（封顶 {_shown(benefit.cap)}）")
    return Sum(total, worked)


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}{UNIT}"
