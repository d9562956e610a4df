"""Why an answer is as it is: what was searched, what each signal and the reader said of it, what
was barred, and at which step a sentence that somebody expects was lost."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import Field

from policyqa.index.store.search_index import SearchIndex
from policyqa.index.store.vectors import Rows
from policyqa.index.structure.quotes import in_context
from policyqa.index.types import Document, Passage, Value
from policyqa.qa.found import Found
from policyqa.qa.retrieve.evidence import Barred, Evidence
from policyqa.qa.types import Answer

SHOWN = 10  # passages that are told beside those that were read
Stage = Literal[
    "said", "absent", "hidden", "not_proposed", "not_looked_at", "no_statement", "barred",
    "not_chosen", "kept_silent", "not_composed",
]  # fmt: skip


class Searched(Value):
    """One reading of the question, and how surely the documents answer it."""

    text: str
    confidence: float


class MarkedSentence(Value):
    """One sentence that was looked at: its signals, the reader's mark (log-odds; None where none
    read it), the score that orders it, why it may not be said, and whether it was."""

    start: int
    end: int
    text: str
    signals: dict[str, float]
    read: float | None
    score: float
    barred: Barred
    said: bool


class LookedAt(Value):
    """One passage of the ranking: its signals before they are standardised, the reader's mark
    (log-odds; None where it was not read), and its sentences, best first."""

    rank: int
    passage_id: str
    doc_id: str
    source: str
    title: str
    section: str
    score: float
    signals: dict[str, float]
    read: float | None
    sentences: tuple[MarkedSentence, ...]


class Expected(Value):
    """What became of words that somebody expects: the stage that lost them (`said` where none
    did), in which document they stand, and their passage's rank (None where it has none)."""

    words: str
    stage: Stage
    source: str = ""
    rank: int | None = None
    barred: Barred = ""


class Explanation(Value):
    """An answer and how it came about. `hidden` counts passages that the day or filters left out;
    `threshold` is the confidence below which nothing is said; `features` are what it was made from.
    """

    answer: Answer
    searched: tuple[Searched, ...] = ()
    hidden: int = 0
    confidence: float = 0.0
    threshold: float = 0.0
    features: dict[str, float] = Field(default_factory=dict)
    passages: tuple[LookedAt, ...] = ()
    expected: Expected | None = None


def explained(
    index: SearchIndex,
    answer: Answer,
    chosen: Found,
    *,
    hidden: Rows,
    threshold: float,
    expect: str = "",
) -> Explanation:
    """How an answer came about.

    Args:
        index: what was searched.
        answer: what was said.
        chosen: what it brought up.
        hidden: rows of passages that were left out.
        threshold: confidence below which nothing is said.
        expect: words that ought to be said; "" for none.
    """
    return Explanation(
        answer=answer,
        searched=(Searched(text=chosen.asked.text, confidence=_rounded(chosen.confidence)),),
        hidden=len(hidden),
        confidence=_rounded(chosen.confidence),
        threshold=threshold,
        features={name: _rounded(value) for name, value in chosen.features.items()},
        passages=tuple(
            _looked_at(index, answer, chosen, place)
            for place in range(min(len(chosen.ranking.rows), max(SHOWN, len(chosen.marks))))
        ),
        expected=_expected(index, answer, chosen, hidden, expect) if expect.strip() else None,
    )


def _rounded(value: float) -> float:
    return round(float(value), 4)


def _looked_at(index: SearchIndex, answer: Answer, found: Found, place: int) -> LookedAt:
    row = int(found.ranking.rows[place])
    passage, document = index.passages[row], index.documents[index.document_of[row]]
    mark = found.marks.get(passage.passage_id)
    own = [each for each in found.evidence if each.passage.passage_id == passage.passage_id]
    signals = found.ranking.signals
    return LookedAt(
        rank=place + 1,
        passage_id=passage.passage_id,
        doc_id=document.doc_id,
        source=document.source,
        title=document.metadata.title,
        section=passage.section,
        score=_rounded(found.ranking.scores[place]),
        signals={name: _rounded(values[place]) for name, values in signals.items()},
        read=None if mark is None else _rounded(mark.answers),
        sentences=tuple(_marked(each, answer) for each in own),
    )


def _marked(evidence: Evidence, answer: Answer) -> MarkedSentence:
    signals: Mapping[str, float] = {
        "words": evidence.signals.words,
        "bigrams": evidence.signals.bigrams,
        "inherited": evidence.signals.inherited,
        "expected": float(evidence.signals.expected),
        "agreement": evidence.signals.agreement,
    }
    return MarkedSentence(
        start=evidence.sentence.start,
        end=evidence.sentence.end,
        text=evidence.text,
        signals={name: _rounded(value) for name, value in signals.items()},
        read=None if evidence.read is None else _rounded(evidence.read),
        score=_rounded(evidence.score),
        barred=evidence.barred,
        said=_is_said(evidence.document, evidence.sentence.start, evidence.sentence.end, answer),
    )


def _is_said(document: Document, start: int, end: int, answer: Answer) -> bool:
    return any(
        c.doc_id == document.doc_id and c.start < end and start < c.end for c in answer.citations
    )


def _expected(
    index: SearchIndex, answer: Answer, found: Found, hidden: Rows, words: str
) -> Expected:
    """The furthest that any place of these words came."""
    places = [
        (passage, index.documents[index.document_of[row]], row)
        for row, passage in enumerate(index.passages)
        if _plain(words) in _plain(in_context(index.documents[index.document_of[row]], passage))
    ]
    if not places:
        return Expected(words=words, stage="absent")
    every = [_became(index, answer, found, hidden, words, *place) for place in places]
    return min(every, key=lambda each: ORDER.index(each.stage))


ORDER: tuple[Stage, ...] = (
    "said", "not_composed", "kept_silent", "not_chosen", "barred", "no_statement",
    "not_looked_at", "not_proposed", "hidden",
)  # fmt: skip


def _became(
    index: SearchIndex,
    answer: Answer,
    found: Found,
    hidden: Rows,
    words: str,
    passage: Passage,
    document: Document,
    row: int,
) -> Expected:
    ranks = np.flatnonzero(found.ranking.rows == row)
    rank = int(ranks[0]) + 1 if len(ranks) else None
    cited = [c.quote for c in answer.citations if c.doc_id == document.doc_id]
    own = [e for e in found.evidence if e.passage.passage_id == passage.passage_id]
    here = [e for e in own if _meets(e.text, words)]

    def stage() -> Stage:
        if any(_meets(quote, words) for quote in cited):
            return "said"
        if row in hidden:
            return "hidden"
        if rank is None:
            return "not_proposed"
        if not own:
            return "not_looked_at"
        if not here:
            return "no_statement"
        if all(e.barred for e in here):
            return "barred"
        if not any(e in found.picked for e in here):
            return "not_chosen"
        return "kept_silent" if answer.status != "answered" else "not_composed"

    barred: Barred = next((e.barred for e in here if e.barred), "")
    return Expected(words=words, stage=stage(), source=document.source, rank=rank, barred=barred)


def _meets(text: str, words: str) -> bool:
    one, other = _plain(text), _plain(words)
    return one in other or other in one


def _plain(text: str) -> str:
    return "".join(text.split())
