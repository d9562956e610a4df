"""Whether a text speaks of the year, the edition and the place that a question names."""

from policyqa.index.text.marks import editions, place_stem, places, years
from policyqa.index.text.words import normalise
from policyqa.index.types import Document

OPENING_CHARS = 300


def agreement(query: str, document: Document, text: str) -> float:
    """How far a text fits the years, editions and places of a query; 0 when it names none.

    The sum of `year_agreement` and `edition_agreement`, less `place_missing`; from -3 to 2.
    """
    fits = year_agreement(query, document, text) + edition_agreement(query, document, text)
    return fits - place_missing(query, document, text)


def year_agreement(query: str, document: Document, text: str) -> float:
    """How far a text fits the years of a query, from -1 to 1; 0 when it names none.

    A text that names the year, or whose document's title does, fits; one of a document of that
    year fits half. One of a document of another year that does not name the year does not.
    """
    asked = years(query)
    if not asked:
        return 0.0
    own = document.metadata.date[:4]
    said = years(text) | years(document.metadata.title)
    fits = [1.0 if y in said else 0.5 if y == own else 0.0 for y in asked]
    if any(fits):
        return sum(fits) / len(fits)
    return -1.0 if said or own else 0.0


def edition_agreement(query: str, document: Document, text: str) -> float:
    """1 when a text or its document's title names an edition of the query, -1 when they name
    others of the same series only, else 0."""
    asked = editions(query)
    if not asked:
        return 0.0
    said = editions(text) | editions(document.metadata.title)
    if asked & said:
        return 1.0
    counters = {edition[-1] for edition in asked}
    return -1.0 if any(edition[-1] in counters for edition in said) else 0.0


def place_missing(query: str, document: Document, text: str) -> float:
    """Share of the query's places that a text does not speak of.

    A place counts as named by the text itself, by its document's title, region or opening (where
    the issuer stands), and half if it stands anywhere else in the document.
    """
    asked = places(query)
    if not asked:
        return 0.0
    opening = document.text[:OPENING_CHARS]
    around = normalise(f"{document.metadata.title} {document.metadata.region} {opening} {text}")
    return sum(_missing(place_stem(place), around, document) for place in asked) / len(asked)


def _missing(place: str, around: str, document: Document) -> float:
    return 0.0 if place in around else 0.5 if place in document.text else 1.0
