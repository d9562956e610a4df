"""Which parts of a question an answer leaves open."""

import re
from collections.abc import Sequence

from policyqa.index.metadata.regions import places_of
from policyqa.index.text.marks import place_stem, places, years
from policyqa.qa.question.expectation import holds
from policyqa.qa.question.parts import Part, parts_of
from policyqa.qa.retrieve.evidence import Evidence

HOLDS_PLACE = re.compile(
    r"在[\u4e00-\u9fff]{2,}|位于|地点|地址|[\u4e00-\u9fff]{2,}(?:中心|大厅|窗口|路\d+|街|楼|馆|园|区|市|县|校|院|局)"
)
COMPARES = re.compile("不同|区别|差别|差异|比较|相比|对比|哪个|哪里更|分别|各")


def unanswered(query: str, said: Sequence[Evidence]) -> tuple[str, ...]:
    """Words of the question for what an answer of these sentences leaves open: parts whose kind
    of answer none of them holds, places and years that none of them is about."""
    texts = [each.text for each in said]
    open_parts = [part.text for part in parts_of(query) if not _answered(part, texts)]
    return tuple(open_parts + _open_years(query, said) + _open_places(query, said))


def _answered(part: Part, texts: Sequence[str]) -> bool:
    if part.where:
        return any(HOLDS_PLACE.search(text) for text in texts)
    if not part.expectation:
        return True
    return any(holds(text, part.expectation) for text in texts)


def _open_years(query: str, said: Sequence[Evidence]) -> list[str]:
    """Years that are asked for, of which neither a sentence nor its document speaks."""
    asked = sorted(years(query))
    if len(asked) < 2:
        return []
    held = " ".join(f"{e.text} {e.document.metadata.date[:4]}" for e in said)
    return [f"{year}年" for year in asked if year not in held]


def _asked_places(query: str) -> list[str]:
    """Places of a question, by the names that the gazetteer has and by their endings."""
    known = [place.own for place in places_of(query)]
    named = [name for name in places(query) if not any(own in name for own in known)]
    return [*known, *named]


def _open_places(query: str, said: Sequence[Evidence]) -> list[str]:
    """Of several places that are asked about, those that no sentence and no document is about."""
    asked = _asked_places(query) if COMPARES.search(query) else []
    if len(asked) < 2:
        return []
    held = " ".join(
        f"{e.text} {e.passage.section} {e.document.metadata.title} {e.document.metadata.region}"
        f" {e.document.metadata.issuer}"
        for e in said
    )
    return [place for place in asked if place_stem(place) not in held]
