"""Why an answer is as it is: what was searched, what each signal and the reader said of it, what
was barred, and at which step a sentence that somebody expects was lost."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from policyqa.index.store.search_index import SearchIndex
from policyqa.index.store.vectors import Rows
from policyqa.index.structure.quotes import in_context
from policyqa.index.text.words import simplified
from policyqa.index.types import Document, Passage, Value
from policyqa.qa.found import Found
from policyqa.qa.retrieve.evidence import Barred, Evidence
from policyqa.qa.types import Answer

SHOWN = 10  # passages that are told beside those that were read
MARK = re.compile(r"\[\d{1,3}\]")  # of a citation, as answers are copied with
MOST = 0.6  # of what is expected, from which on a shorter quote is it
Settled = Literal["", "confidence", "document", "conditions", "heading", "part"]
Stage = Literal[
    "said", "not_searched", "absent", "hidden", "not_proposed", "not_looked_at", "no_statement",
    "barred", "not_chosen", "kept_silent", "not_composed",
]  # fmt: skip


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


class Searched(Value):
    """What was searched, and how surely the documents answer it: the question, then each of its
    parts alone with the passages that it brought up (those of the question are the explanation's
    own)."""

    text: str
    confidence: float
    passages: tuple[LookedAt, ...] = ()


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
    `threshold` is the confidence below which nothing is said, unless it is `settled_by` what a
    document says of itself, by conditions that can be compared, by a heading that the question
    names, or by a part of it;
    `features` are what the confidence was made from.
    """

    answer: Answer
    searched: tuple[Searched, ...] = ()
    hidden: int = 0
    confidence: float = 0.0
    threshold: float = 0.0
    settled_by: Settled = ""
    features: dict[str, float] = Field(default_factory=dict)
    passages: tuple[LookedAt, ...] = ()
    expected: Expected | None = None


def explained(
    index: SearchIndex,
    answer: Answer,
    chosen: Found,
    *,
    parts: Sequence[Found] = (),
    hidden: Rows,
    threshold: float,
    settled_by: Settled = "",
    expect: str = "",
) -> Explanation:
    """How an answer came about.

    Args:
        index: what was searched.
        answer: what was said.
        chosen: what the question brought up.
        parts: what its parts brought up, each alone.
        hidden: rows of passages that were left out.
        threshold: confidence below which nothing is said.
        settled_by: why something is said.
        expect: words that ought to be said; "" for none.
    """
    return Explanation(
        answer=answer,
        searched=(
            Searched(text=chosen.asked.text, confidence=_rounded(chosen.confidence)),
            *(_part(index, answer, part) for part in parts),
        ),
        hidden=len(hidden),
        confidence=_rounded(chosen.confidence),
        threshold=threshold,
        settled_by=settled_by,
        features={name: _rounded(value) for name, value in chosen.features.items()},
        passages=_looked_into(index, answer, chosen),
        expected=_expected(index, answer, (chosen, *parts), hidden, expect),
    )


def unsearched(answer: Answer, *, threshold: float, expect: str = "") -> Explanation:
    """Of an answer for which nothing was looked for."""
    expected = Expected(words=expect, stage="not_searched") if _plain(expect) else None
    return Explanation(answer=answer, threshold=threshold, expected=expected)


def _part(index: SearchIndex, answer: Answer, found: Found) -> Searched:
    return Searched(
        text=found.asked.text,
        confidence=_rounded(found.confidence),
        passages=_looked_into(index, answer, found),
    )


def _looked_into(index: SearchIndex, answer: Answer, found: Found) -> tuple[LookedAt, ...]:
    count = min(len(found.ranking.rows), max(SHOWN, len(found.marks)))
    return tuple(_looked_at(index, answer, found, place) for place in range(count))


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
    index: SearchIndex, answer: Answer, every: Sequence[Found], hidden: Rows, words: str
) -> Expected | None:
    """The furthest that any place of these words came, in any search; None for no words."""
    if not _plain(words):
        return None
    places = list(_places(index, words))
    if not places:
        return Expected(words=words, stage="absent")
    became = [
        _became(index, answer, found, hidden, words, *place) for place in places for found in every
    ]
    return min(became, key=lambda each: ORDER.index(each.stage))


def _places(index: SearchIndex, words: str) -> Iterator[tuple[Passage, Document, int]]:
    """The passages that hold these words; of a document that holds them over several passages
    only, all these."""
    within = {
        row: (passage, index.documents[index.document_of[row]])
        for row, passage in enumerate(index.passages)
    }
    wanted = _plain(words)
    holders = {
        row
        for row, (passage, document) in within.items()
        if wanted in _plain(in_context(document, passage))
    }
    held = {within[row][1].doc_id for row in holders}
    spans = {d.doc_id: _span(d.text, wanted) for d in index.documents if d.doc_id not in held}
    for row, (passage, document) in within.items():
        start, end = spans.get(document.doc_id, (0, 0))
        if row in holders or (passage.start < end and start < passage.end):
            yield passage, document, row


def _span(text: str, wanted: str) -> tuple[int, int]:
    """Where plain words stand in a text, (0, 0) where they do not."""
    if wanted not in _plain(text):
        return 0, 0
    kept = [(n, char) for n, sign in enumerate(text) for char in _plain(sign)]
    at = "".join(char for _, char in kept).find(wanted)
    return (0, 0) if at < 0 else (kept[at][0], kept[at + len(wanted) - 1][0] + 1)


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
    cited = [
        c.quote
        for c in answer.citations
        if c.doc_id == document.doc_id and c.start < passage.end and passage.start < c.end
    ]
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
    """Whether a sentence holds these words, or most of them are this sentence."""
    one, other = _plain(text), _plain(words)
    return other in one or (one in other and len(one) >= MOST * len(other))


def _plain(text: str) -> str:
    """Letters and digits alone, in one width and script: words are pasted from anywhere."""
    form = simplified(unicodedata.normalize("NFKC", MARK.sub("", text)))
    return re.sub(r"[\W_]", "", form)
