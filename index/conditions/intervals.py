"""Spans of numbers, open or closed at each end, and how one lies to another."""

from decimal import Decimal
from typing import NamedTuple


class Interval(NamedTuple):
    """The numbers from `low` to `high`; None is without end. `low_in` and `high_in` say whether
    the ends belong to it."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_in: bool = True
    high_in: bool = True

    def within(self, other: "Interval") -> bool:
        """Whether every number of this one is in the other."""
        return not (_beyond(other.low, self.low, other.low_in, self.low_in)) and not (
            _beyond(_minus(other.high), _minus(self.high), other.high_in, self.high_in)
        )

    def apart(self, other: "Interval") -> bool:
        """Whether no number is in both."""
        return _before(self, other) or _before(other, self)


def exactly(number: Decimal) -> Interval:
    """The interval of one number."""
    return Interval(number, number)


SOME, NOTHING = Interval(low=Decimal(0), low_in=False), exactly(Decimal(0))


def _minus(number: Decimal | None) -> Decimal | None:
    return None if number is None else -number


def _beyond(bound: Decimal | None, own: Decimal | None, bound_in: bool, own_in: bool) -> bool:
    """Whether something of an interval that begins at `own` lies before `bound`."""
    if bound is None:
        return False
    return own is None or own < bound or (own == bound and own_in and not bound_in)


def _before(one: Interval, other: Interval) -> bool:
    """Whether all of one lies before all of the other."""
    if one.high is None or other.low is None:
        return False
    return one.high < other.low or (one.high == other.low and not (one.high_in and other.low_in))
