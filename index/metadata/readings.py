"""What a document says of itself: title, issuer, number, dates, kind, region, and how surely.

Every value is a `Reading` with the words it rests on; staff's catalogue corrects them.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from policyqa.index.metadata.issuers import issuers, made_on, region
from policyqa.index.metadata.kinds import is_news, kinds
from policyqa.index.metadata.numbers import doc_numbers
from policyqa.index.metadata.page import Page
from policyqa.index.metadata.preamble import preamble
from policyqa.index.metadata.terms import replaced, terms
from policyqa.index.metadata.titles import audience, titles, trial
from policyqa.index.types import Kind, Metadata, Reading, Span

VERSION = "5"

FLOOR = 0.5
EXPLICIT = 0.85
AGREED, DISPUTED = 0.04, 0.14
SURE = 0.98
EXACT = frozenset({"doc_number", "date", "effective", "expires"})
UNKNOWN = Metadata()


def readings(
    text: str, *, headings: Sequence[Span], source: str, said: Mapping[str, str]
) -> tuple[Reading, ...]:
    """What a document's text, its format and its file's name say of it, surest first.

    A field may have several readings; `replaces` has one for each title or number that the
    document ends. A field that nothing tells has none.

    Args:
        text: the stored text, a line a paragraph.
        headings: spans of the lines that are headings.
        source: path of the file, relative to the source folder.
        said: what the format says, by `Metadata`'s names.
    """
    page = Page(text, headings, source, said)
    title = _weighed(titles(page))
    number = _weighed(doc_numbers(page))
    below = list(preamble(page, _best(number)))
    number = _weighed([*number, *(r for r in below if r.field == "doc_number")])
    numbered = _best(number) is not None
    news = is_news(page, numbered=numbered)
    kind = _weighed(kinds(page, _best(title), numbered=numbered, news=news))
    chosen = _kind(kind)
    news = chosen == "news"
    below = [] if news else below
    made = made_on(page, _best(title), news=news)
    date = _weighed([*made, *(r for r in below if r.field == "date")])
    named = issuers(page, _best(title), news=news)
    issuer = _weighed([*named, *(r for r in below if r.field == "issuer")])
    found = [*title, *number, *kind, *date, *issuer]
    found += _weighed(
        region(page, issuer=_best(issuer), title=_best(title), number=_best(number), news=news)
    )
    found += _weighed(terms(page, kind=chosen, title=_best(title), date=_best(date)))
    if chosen not in ("news", "event"):
        found += _weighed(audience(page, _best(title)))
    if chosen not in ("news", "event", "guide"):
        found += [*replaced(page), *(trial(top) if (top := _best(title)) else ())]
    return tuple(sorted(found, key=lambda reading: -reading.confidence))


def _best(found: Sequence[Reading]) -> Reading | None:
    """The surest of one field's readings, None when none is sure enough."""
    sure = [reading for reading in found if reading.confidence >= FLOOR]
    return max(sure, key=lambda reading: reading.confidence, default=None)


def _kind(found: Sequence[Reading]) -> Kind:
    best = _best(found)
    return UNKNOWN.model_validate({"kind": best.value}).kind if best else "other"


def _weighed(found: Iterable[Reading]) -> list[Reading]:
    """Readings, each value of a field once: surer when two places say it, less sure when two
    explicit ones differ."""
    ordered = sorted(found, key=lambda reading: (reading.field, reading.value))
    merged = [_agreed(list(same)) for _, same in groupby(ordered, key=lambda r: (r.field, r.value))]
    return [_disputed(reading, merged) for reading in merged]


def _agreed(same: Sequence[Reading]) -> Reading:
    best = max(same, key=lambda reading: reading.confidence)
    places = {(reading.start, reading.end, reading.origin) for reading in same}
    confidence = best.confidence + AGREED * (len(places) > 1 and best.confidence >= FLOOR)
    return best.model_copy(update={"confidence": round(min(confidence, SURE), 2)})


def _disputed(reading: Reading, others: Sequence[Reading]) -> Reading:
    explicit = {r.value for r in others if r.field == reading.field and r.confidence >= EXPLICIT}
    if reading.field not in EXACT or reading.confidence < EXPLICIT or len(explicit) < 2:
        return reading
    lowered = round(reading.confidence - DISPUTED, 2)
    return reading.model_copy(update={"confidence": lowered})


def merged(
    readings: Sequence[Reading], catalogue: Metadata
) -> tuple[Metadata, tuple[Reading, ...]]:
    """The best reading of each field, corrected by staff's catalogue, and all readings with those
    of the catalogue (`origin` catalogue, confidence 1) first. What the catalogue says to be empty
    is not known, whatever the text says."""
    filled = {
        name: getattr(catalogue, name)
        for name in Metadata.model_fields
        if name in catalogue.model_fields_set
    }
    values = {**_values(readings), **filled}
    return Metadata.model_validate(values), (*_catalogued(filled), *readings)


def _values(readings: Sequence[Reading]) -> dict[str, object]:
    """Values of fields by the best reading each."""
    values: dict[str, object] = {}
    for field in Metadata.model_fields:
        own = [reading for reading in readings if reading.field == field]
        best = _best(own)
        if best is None:
            continue
        if field == "replaces":
            sure = [reading for reading in own if reading.confidence >= FLOOR]
            values[field] = tuple(dict.fromkeys(reading.value for reading in sure))
        else:
            values[field] = best.value == "true" if field == "trial" else best.value
    return values


def _catalogued(filled: Mapping[str, object]) -> list[Reading]:
    found: list[Reading] = []
    for field, value in filled.items():
        for single in value if isinstance(value, tuple) else (value,):
            words = "true" if single is True else str(single)
            found.append(Reading(field=field, value=words, confidence=1, origin="catalogue"))
    return found
