"""Dates as they are stored and asked for: what has the shape of one and is none is refused."""

import pytest
from pydantic import ValidationError

from policyqa.index.types import Metadata
from policyqa.qa.types import Filters, Question

GOOD = ["2024", "2024-07", "2024-02-29", "1000", "9999-12-31"]
BAD = [
    "2024-13", "2024-00", "2024-02-30", "2023-02-29", "0000", "0024", "0000-00", "9999-99-99",
    "２０２４", "2024-1", "2024-01-01T00:00", "2024\n", " 2024", "去年",
]  # fmt: skip


@pytest.mark.parametrize("date", [*GOOD, ""])
def test_days_months_and_years_of_the_calendar(date: str) -> None:
    assert Metadata(date=date, effective=date, expires=date).expires == date
    assert Filters(since=date, until=date).until == date
    if date:
        assert Question(question="问", as_of=date).as_of == date


@pytest.mark.parametrize("date", BAD)
def test_what_is_no_date(date: str) -> None:
    for make in (
        lambda: Metadata(date=date), lambda: Metadata(effective=date),
        lambda: Metadata(expires=date), lambda: Filters(since=date), lambda: Filters(until=date),
        lambda: Question(question="问", as_of=date),
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            make()
    with pytest.raises(ValidationError):
        Question(question="问", as_of="")
