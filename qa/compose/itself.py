"""What is asked of a document itself (its number, who issued it, when, how long it holds): answered
by its metadata, with the words that say so."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policyqa.index.metadata.numbers import numbers_in
from policyqa.index.text.words import bigrams, normalise
from policyqa.index.types import Document, Passage, Reading, Span
from policyqa.qa.corpus import Citable
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.forms import ASKS_ITSELF, ASKS_WHICH_FILE
from policyqa.qa.retrieve.evidence import Quote

NAMED = 0.7  # share of what is left of a question that a title must hold, to be named by it
MIN_BIGRAMS = 3  # that are left, so that something is named
CLAUSES = ("effective", "expires")  # fields that a whole sentence says
POINTS = re.compile(
    "(?:那么?|请问)?(?:(?:这|那|该|上面|刚才)[个份部条项篇]?的?)?"
    "(?:文件|规划|办法|通知|意见|规定|细则|方案|政策|公告|文章|报道|它)?(?:的|呢)?"
)
HOLDS = re.compile(r"\d|[一二三四五六七八九十]年")


@dataclass(frozen=True)
class Itself:
    """What a document says of itself; no `quote` where it does not say it."""

    document: Document
    quote: Quote | None = None
    span: Span = (0, 0)


def asked_itself(asked: Asked, corpus: Citable) -> Itself | None:
    """What a document says of itself, if that is asked of one that the question names by its title
    or by its number, or points back to (这个规划的文号); None for any other question."""
    if not asked.uses("itself") or asked.parts:
        return None
    numbers = {number for number, _, _ in numbers_in(asked.text)}
    if numbers and ASKS_WHICH_FILE.search(asked.plain):
        named = [d for d in corpus.documents.values() if d.metadata.doc_number in numbers]
        return _said(named, "title", corpus.passages)
    plain = normalise(asked.own) or asked.plain
    for field, pattern in ASKS_ITSELF:
        found = pattern.search(plain)
        if found:
            rest = plain[: found.start()] + plain[found.end() :]
            named = _pointed_at(rest, asked, corpus) or _named(rest, corpus.documents)
            return _said(named, field, corpus.passages)
    return None


def _pointed_at(rest: str, asked: Asked, corpus: Citable) -> list[Document]:
    """The document that answered before, where a question only points at one."""
    likely = max(asked.cited, key=lambda name: asked.cited[name], default="")
    points = POINTS.fullmatch(rest.strip()) and likely in corpus.documents
    return [corpus.documents[likely]] if points else []


def _named(rest: str, documents: Mapping[str, Document]) -> list[Document]:
    """The documents of whose titles a text holds the most, where that is nearly all of it."""
    asked = set(bigrams(rest))
    if len(asked) < MIN_BIGRAMS:
        return []
    shares = {
        name: len(asked & set(bigrams(normalise(each.metadata.title)))) / len(asked)
        for name, each in documents.items()
    }
    best = max(shares.values(), default=0.0)
    return [documents[n] for n, share in shares.items() if share == best and best >= NAMED]


def _said(
    named: Sequence[Document], field: str, passages: Mapping[str, Sequence[Passage]]
) -> Itself | None:
    """Of the one document that is named, the words that its field rests on."""
    if len(named) != 1:
        return None
    (document,) = named
    value = getattr(document.metadata, field)
    for reading in document.readings:
        if reading.field == field and reading.value == value and reading.end > reading.start:
            return _quoted(document, reading, passages.get(document.doc_id, ()))
    return Itself(document) if field == "doc_number" and not value else None


def _quoted(document: Document, reading: Reading, passages: Sequence[Passage]) -> Itself | None:
    """The words of a reading; of a clause the sentence around them."""
    inside = [p for p in passages if p.start <= reading.start < p.end] or list(passages[:1])
    if not inside:
        return None
    passage, span = inside[0], (reading.start, reading.end)
    around = [s for s in passage.sentences if s.start <= reading.start < s.end]
    if reading.field in CLAUSES:
        if not around or not HOLDS.search(document.text[slice(*span)]):
            return None
        span = (around[0].start, around[0].end)
    sentence = (around or [passage.sentences[0]])[0]
    return Itself(document, Quote(document, passage, sentence, "").part(span), span)
