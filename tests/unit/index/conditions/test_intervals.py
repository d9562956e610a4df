"""Intervals: what lies within and what apart, worked out by hand and by counting."""

from decimal import Decimal
from itertools import product

import pytest

from policyqa.index.conditions.intervals import Interval, exactly


def number(value: float) -> Decimal:
    return Decimal(str(value))


@pytest.mark.parametrize(("told", "allowed", "within", "apart"), [
    (exactly(number(45)), Interval(high=number(45)), True, False),  # 不超过45 includes 45
    (exactly(number(46)), Interval(high=number(45)), False, True),
    (exactly(number(15)), Interval(high=number(15), high_in=False), False, True),  # 低于15
    (exactly(number(12)), Interval(low=number(12)), True, False),  # 满12
    (exactly(number(11)), Interval(low=number(12)), False, True),
    (exactly(number(8)), Interval(low=number(8), low_in=False), False, True),  # 超过8
    (Interval(number(24), number(36), high_in=False), Interval(low=number(24)), True, False),
    (Interval(number(24), number(36)), Interval(low=number(30)), False, False),  # may or may not
    (Interval(high=number(12), high_in=False), Interval(low=number(12)), False, True),  # 不到一年
    (Interval(), Interval(low=number(1)), False, False),
    (exactly(number(1)), Interval(), True, False),
])  # fmt: skip
def test_within_and_apart(told: Interval, allowed: Interval, within: bool, apart: bool) -> None:
    assert (told.within(allowed), told.apart(allowed)) == (within, apart)


def test_within_and_apart_are_those_of_the_numbers_inside() -> None:
    ends: list[Decimal | None] = [None, number(1), number(2), number(3)]
    points = [number(n / 2) for n in range(9)]
    whole = [
        Interval(low, high, low_in, high_in)
        for low, high, low_in, high_in in product(ends, ends, (True, False), (True, False))
        if low is None or high is None or low < high or (low == high and low_in and high_in)
    ]

    def holds(interval: Interval, point: Decimal) -> bool:
        return exactly(point).within(interval)

    for one, other in product(whole, whole):
        inside = {p for p in points if holds(one, p)}
        allowed = {p for p in points if holds(other, p)}
        assert one.within(other) == (inside <= allowed)
        assert one.apart(other) == (not inside & allowed)
