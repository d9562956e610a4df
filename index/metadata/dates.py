"""Days as Chinese documents write them, and reckoning with them. All are ISO (`2021-07-13`)."""

import calendar
import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

from policyqa.index.text.marks import PLAN
from policyqa.index.text.numerals import TENS, YEAR_DIGITS, value

# Slips for 〇 in a year, and 元 for the first month or year of an era.
_CIRCLES = "OＯ0０◯ΟО"
_AS_NUMERALS = str.maketrans(_CIRCLES + "元", "〇" * len(_CIRCLES) + "一")
_HAN_DIGIT = YEAR_DIGITS + _CIRCLES
_DATE_YEAR = rf"(?:\d{{4}}|[{_HAN_DIGIT}]{{4}})"
_MONTH_OR_DAY = rf"(?:\d{{1,2}}|[元{TENS}]{{1,3}})"
DATE = (
    rf"(?<![\d{_HAN_DIGIT}]){_DATE_YEAR}\s{{0,2}}(?:年\s{{0,2}}(?:{_MONTH_OR_DAY}\s{{0,2}}月(?:份|\s{{0,2}}{_MONTH_OR_DAY}\s{{0,2}}日)?)?"
    r"|[-－/.．]\s?\d{1,2}[-－/.．]\s?\d{1,2}(?!\d)|-\d{2}(?![\d-]))"
)
DATE_PATTERN = re.compile(DATE)
_PARTS = re.compile(
    rf"({_DATE_YEAR})\s*[年\-－/.．]\s*(?:({_MONTH_OR_DAY})\s*(?:[月\-－/.．](?:\s*份|\s*({_MONTH_OR_DAY})\s*日?)?)?)?"
)
FIRST_YEAR, LAST_YEAR = 1949, 2100
PERIODS = {"十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026, "十六": 2031}
PERIOD = re.compile(rf"[“\"”『「‘']?{PLAN}[”\"“』」’']?(?=[^年]|$)")
YEAR_RANGE = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s?年?\s?(?:[-－—–~～至到]|——|--)\s?((?:19|20)\d{2})\s?年?"
)


class Day(NamedTuple):
    """A date as it stands at `text[start:end]`: a day, or a month or year alone."""

    iso: str
    start: int
    end: int

    @property
    def is_whole(self) -> bool:
        return len(self.iso) == 10


def days(text: str) -> Iterator[Day]:
    """The dates of a text, in order."""
    for found in DATE_PATTERN.finditer(text):
        iso = iso_date(found.group())
        if iso:
            yield Day(iso, found.start(), found.end())


def iso_date(text: str) -> str:
    """The date that a text begins with, "" if it is none: 二〇二一年七月十三日 → 2021-07-13."""
    parts = _PARTS.match(text.strip())
    if not parts:
        return ""
    year, month, day = (number(part) if part else 0 for part in parts.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ""
    if not month:
        return f"{year}"
    if not 1 <= month <= 12:
        return ""
    if not day:
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{day:02}" if day <= calendar.monthrange(year, month)[1] else ""


def number(text: str) -> int:
    """The number that 12, 十二, 二〇二一, 二00四 or 元 writes; 0 for others."""
    return (value(text) if text.isdecimal() else value(text.translate(_AS_NUMERALS))) or 0


def shifted(iso: str, *, years: int = 0, months: int = 0, days: int = 0) -> str:
    """A day later by so much; the last day of a month where it has no such day, and the last of
    all days (9999-12-31) where there is none so late."""
    year, month, day = map(int, iso.split("-"))
    months += year * 12 + month - 1 + years * 12
    year, month = divmod(months, 12)
    if year > datetime.MAXYEAR:
        return datetime.date.max.isoformat()
    day = min(day, calendar.monthrange(year, month + 1)[1])
    return _plus_days(year, month + 1, day, days)


def _plus_days(year: int, month: int, day: int, days: int) -> str:
    return (datetime.date(year, month, day) + datetime.timedelta(days=days)).isoformat()


def last_day(iso: str) -> str:
    """The last day of a year or month; a day itself."""
    if len(iso) == 4:
        return f"{iso}-12-31"
    if len(iso) == 7:
        year, month = map(int, iso.split("-"))
        return f"{iso}-{calendar.monthrange(year, month)[1]:02}"
    return iso


def first_day(iso: str) -> str:
    """The first day of a year or month; a day itself."""
    return iso + "-01-01"[3 * (len(iso) == 7) :] if len(iso) < 10 else iso


def period(text: str) -> tuple[str, str, int, int] | None:
    """First and last day of a planning period that a title names, and where it names it:
    “十四五” → 2021-01-01, 2025-12-31; 2021—2025年."""
    years = YEAR_RANGE.search(text)
    if years and 1 <= int(years.group(2)) - int(years.group(1)) <= 30:
        return f"{years.group(1)}-01-01", f"{years.group(2)}-12-31", years.start(), years.end()
    five = PERIOD.search(text)
    if five:
        first = PERIODS[five.group(1)]
        return f"{first}-01-01", f"{first + 4}-12-31", five.start(), five.end()
    return None
