"""What 今年, 本届 and 该区 mean in a document, said in brackets that are marked as ours."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from policyqa.index.metadata.regions import place
from policyqa.index.text.numerals import TENS
from policyqa.index.types import Document

RELATIVE_YEARS = {
    "今年": 0, "本年度": 0, "本年": 0, "去年": -1, "上年度": -1, "上年": -1, "明年": 1, "前年": -2,
}  # fmt: skip
RULES = re.compile("(?:办法|规定|条例|细则|规则|规程)(?:[（(〔].{1,8}[）)〕])*$")
RELATIVE_YEAR = re.compile(
    f"(?<![如至截])(?:{'|'.join(RELATIVE_YEARS)})(?![初轻龄纪级])|(?<=截至)今年"
)
THIS_EDITION = re.compile("(?:本届|此届|这届)")
NAMED_EDITION = re.compile(rf"第[{TENS}\d]{{1,3}}届")
THIS_DISTRICT = re.compile("(?:该|本|我)[区县]")
THIS_CITY = re.compile("(?:该|本|我)市")
OPENING_CHARS = 400


class Resolution(NamedTuple):
    """What is put in brackets after a word: at which offset of the text, and what."""

    at: int
    text: str


def resolutions(text: str, document: Document) -> tuple[Resolution, ...]:
    """What the words of a text that point at their document's time and place mean, as far as the
    document's date, title, opening and region say. Offsets are of the text."""
    found = [*_years(text, document), *_editions(text, document), *_places(text, document)]
    return tuple(sorted(found))


def resolved(text: str, found: tuple[Resolution, ...]) -> str:
    """The text with 〔…〕 where something is resolved."""
    for each in reversed(found):
        text = f"{text[: each.at]}〔{each.text}〕{text[each.at :]}"
    return text


def _years(text: str, document: Document) -> Iterator[Resolution]:
    year = document.metadata.date[:4]
    if not year or RULES.search(document.metadata.title):  # rules mean each year's own
        return
    for match in RELATIVE_YEAR.finditer(text):
        yield Resolution(match.end(), f"{int(year) + RELATIVE_YEARS[match.group()]}年")


def _editions(text: str, document: Document) -> Iterator[Resolution]:
    where = document.metadata.title + document.text[:OPENING_CHARS]
    named = set(NAMED_EDITION.findall(where))
    if len(named) == 1 and not NAMED_EDITION.search(text):
        for match in THIS_EDITION.finditer(text):
            yield Resolution(match.end(), named.copy().pop())


def _places(text: str, document: Document) -> Iterator[Resolution]:
    region = document.metadata.region
    known = place(region) if region else None
    short = known.own if known else region
    for pattern, endings in ((THIS_DISTRICT, "区县"), (THIS_CITY, "市")):
        if short and short[-1] in endings:
            for match in pattern.finditer(text):
                if short not in text:
                    yield Resolution(match.end(), short)
