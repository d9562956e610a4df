"""Whether a passage speaks of the year that a question names."""

import re
from functools import lru_cache

from index.types import Document
from index.words import normalise

YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")


@lru_cache(maxsize=4096)
def years(text: str) -> frozenset[str]:
    """Years that a text names."""
    return frozenset(YEAR.findall(normalise(text)))


def year_agreement(query: str, document: Document, text: str) -> float:
    """How far a passage fits the years of a query, from -1 to 1; 0 when it names none.

    A passage that names the year fits; so does one of a document of that year. One of a document
    of another year that names other years only does not.
    """
    asked = years(query)
    if not asked:
        return 0.0
    own = document.metadata.date[:4]
    said = years(text)
    fits = [1.0 if y in said else 0.5 if y == own else 0.0 for y in asked]
    if any(fits):
        return sum(fits) / len(fits)
    return -1.0 if said or own else 0.0
