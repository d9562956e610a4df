"""Whether a text speaks of the year, the edition and the place that a question names."""

from collections.abc import Sequence
from functools import lru_cache

from policyqa.index.metadata.regions import COUNTRY, mentions, place, short_name, within
from policyqa.index.text.marks import editions, place_stem, years
from policyqa.index.text.words import normalise
from policyqa.index.types import Document
from policyqa.qa.question.asked import Asked

OPENING_CHARS = 300


def agreement(asked: Asked, document: Document, text: str) -> float:
    """How far a text fits the years, editions and places of a question; 0 when it names none.

    The sum of `year_agreement` and `edition_agreement`, less `place_missing`; from -3 to 2.
    """
    fits = year_agreement(asked, document, text) + edition_agreement(asked, document, text)
    return fits - place_missing(asked, document, text)


def year_agreement(asked: Asked, document: Document, text: str) -> float:
    """How far a text fits the years of a question, from -1 to 1; 0 when it names none.

    A text that names the year, or whose document's title does, fits; one of a document of that
    year fits half. One of a document of another year that does not name the year does not.
    """
    if not asked.years:
        return 0.0
    own = document.metadata.date[:4]
    said = years(text) | years(document.metadata.title)
    fits = [1.0 if y in said else 0.5 if y == own else 0.0 for y in asked.years]
    if any(fits):
        return sum(fits) / len(fits)
    return -1.0 if said or own else 0.0


def edition_agreement(asked: Asked, document: Document, text: str) -> float:
    """1 when a text or its document's title names an edition of the question, -1 when they name
    others of the same series only, else 0."""
    if not asked.editions:
        return 0.0
    said = editions(text) | editions(document.metadata.title)
    if asked.editions & said:
        return 1.0
    counters = {edition[-1] for edition in asked.editions}
    return -1.0 if any(edition[-1] in counters for edition in said) else 0.0


def place_missing(asked: Asked, document: Document, text: str) -> float:
    """Share of the question's places that a text does not speak of.

    A place counts as named by the text itself, by its document's title, region or opening (where
    the issuer stands), or where it lies in that region and the text names no other place there
    (包头 in 内蒙古自治区; of the whole country that says nothing), and half if it stands anywhere
    else in the document.
    """
    if not asked.places:
        return 0.0
    region = document.metadata.region
    around = f"{_top(document.metadata.title, region, document.text[:OPENING_CHARS])} "
    around += normalise(text)
    held = [each for each in asked.regions if _holds(region, each, text)]
    missing = [_missing(place_stem(place), around, document, held) for place in asked.places]
    return sum(missing) / len(missing)


@lru_cache(maxsize=4096)
def _top(title: str, region: str, opening: str) -> str:
    """What stands above all of a document, normalised once for its passages."""
    return normalise(f"{title} {region} {opening}")


@lru_cache(maxsize=4096)
def _holds(region: str, asked: str, text: str) -> bool:
    """Whether a text of a region speaks of a place in it, for all that it names itself."""
    if region in ("", COUNTRY) or not within(asked, region):
        return False
    said = (mention.place.name for mention in mentions(text))
    return all(within(asked, each) or within(each, asked) for each in said)


def is_of_other_place(asked: Asked, document: Document, text: str) -> bool:
    """Whether a document is for places apart from all that a question is about (万州区 for 江津区):
    none lies in the other, and neither the text nor the document's title names one."""
    region = document.metadata.region
    if not asked.regions or not region:
        return False
    around = normalise(f"{document.metadata.title} {text}")
    return not any(
        within(region, each) or within(each, region) or _own_name(each) in around
        for each in asked.regions
    )


@lru_cache(maxsize=4096)
def _own_name(region: str) -> str:
    known = place(region)
    return short_name(known.own) if known else region


def _missing(place: str, around: str, document: Document, held: Sequence[str]) -> float:
    if place in around or any(place in each for each in held):
        return 0.0
    return 0.5 if place in document.text else 1.0
