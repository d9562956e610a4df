"""One question and its answer to one row of verdicts."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pydantic import Field

from policyqa.eval.judge.dataset import Evidence, Query
from policyqa.eval.judge.matching import (
    alternatives,
    answers_in,
    answers_in_any,
    carries_answer,
    holds,
    long_answer_in,
    overlaps,
    says_something,
    squeezed,
    supported,
)
from policyqa.eval.judge.metrics import MEASURES, judged_order, mean
from policyqa.index.errors import PolicyQAError
from policyqa.index.types import Document, Value
from policyqa.qa.types import Answer, Citation, Hit, Status

CUT_OFFS = (1, 3, 5, 10)
SHOWN = 10  # hits that a row keeps with their text
MARK = re.compile(r"\[(\d+)\]")

Grades = Mapping[str, int]
Open = Callable[[str], Document]


class RetrievalVerdict(Value):
    """How the hits of one question did; None where it does not apply."""

    success_at_1: float | None = None
    success_at_3: float | None = None
    success_at_5: float | None = None
    success_at_10: float | None = None
    recall_at_1: float | None = None
    recall_at_3: float | None = None
    recall_at_5: float | None = None
    recall_at_10: float | None = None
    mrr_at_1: float | None = None
    mrr_at_3: float | None = None
    mrr_at_5: float | None = None
    mrr_at_10: float | None = None
    ndcg_at_1: float | None = None
    ndcg_at_3: float | None = None
    ndcg_at_5: float | None = None
    ndcg_at_10: float | None = None
    answer_in_top_1: float | None = None
    answer_in_top_3: float | None = None
    answer_in_top_5: float | None = None
    answer_in_top_10: float | None = None
    long_answer_in_top_1: float | None = None
    long_answer_in_top_3: float | None = None
    long_answer_in_top_5: float | None = None
    long_answer_in_top_10: float | None = None
    top_1_chars: float | None = None
    top_3_chars: float | None = None
    top_5_chars: float | None = None
    top_10_chars: float | None = None


class AnswerVerdict(Value):
    """How the answer of one question did; None where it does not apply."""

    accuracy: float | None = None
    completeness: float | None = None
    answer_chars: int | None = None
    citation_precision: float | None = None
    citation_recall: float | None = None
    sentence_support: float | None = None
    quote_exact: float | None = None
    rejected_cited: float | None = None


class Seen(Value):
    """A hit as a person looks at it."""

    rank: int
    source: str
    passage_id: str
    score: float
    text: str


class Cited(Value):
    """A citation as a person looks at it."""

    n: int
    source: str
    quote: str


class Row(Value):
    """One question: what was wanted, what came, and the verdicts. `history` are the questions
    before it, `query` is what was searched.

    `judged` and `ranked` are the qrels and the run that the measures of ranking were made from:
    relevance by id, and ids in order (documents, or passages where evidence is judged).
    """

    id: str
    question: str
    history: tuple[str, ...] = ()
    query: str = ""
    type: str
    answerable: bool | None
    free_text: bool
    status: Status
    reason: str | None
    wanted_reason: str = ""
    confidence: float
    answer: str
    citations: tuple[Cited, ...] = ()
    wanted_answers: tuple[str, ...]
    wanted_evidence: tuple[str, ...]
    hits: tuple[Seen, ...]
    judged: dict[str, int] = Field(default_factory=dict)
    ranked: tuple[str, ...] = ()
    retrieval: RetrievalVerdict
    answers: AnswerVerdict
    embed_ms: float
    retrieve_ms: float
    answer_ms: float
    total_ms: float


def is_wrong(row: Row) -> bool | None:
    """Whether the question was answered, and wrongly; silence is not wrong.

    None where nobody could tell: the question is answerable, but its answer is prose or not known,
    or nobody knows whether it is. An unanswerable question is answered wrongly, whatever was said.
    """
    if row.answerable is False:
        return row.status == "answered"
    if row.answerable is None or row.free_text or row.answers.accuracy is None:
        return None
    return row.status == "answered" and row.answers.accuracy == 0


def outcome(row: Row) -> str:
    """right | wrong | silent | error, or "answered" where nobody could tell. Silence is right
    where there is no answer."""
    if row.status == "error":
        return "error"
    if row.status == "abstained":
        return "right" if row.answerable is False else "silent"
    wrong = is_wrong(row)
    if wrong is None:
        return "answered"
    return "wrong" if wrong else "right"


class Judgement(NamedTuple):
    """What one ranking is measured by: relevance by id, and the ids in order, each once."""

    judged: dict[str, int]
    ranked: tuple[str, ...]


NO_JUDGEMENT = Judgement({}, ())


def judge(query: Query, grades: Grades, answer: Answer, document: Open) -> Row:
    """Judge one answer.

    Args:
        query: the question as the data set has it.
        grades: relevance of documents (by source), used where the query has no evidence.
        answer: what was said; its hits in order of rank.
        document: gives a document by id, raises `PolicyQAError` for an unknown one.
    """
    judgement = judgement_of(query, grades, answer.hits)
    times = answer.timings_ms
    return Row(
        id=query.id,
        question=query.text,
        history=tuple(turn.content for turn in query.history if turn.role == "user"),
        query=answer.query,
        type=query.type,
        answerable=query.answerable,
        free_text=query.answer_kind == "free_text",
        status=answer.status,
        reason=answer.reason,
        wanted_reason=query.reason,
        confidence=answer.confidence,
        answer=answer.answer,
        citations=tuple(Cited(n=c.n, source=c.source, quote=c.quote) for c in answer.citations),
        wanted_answers=tuple(" / ".join(group) for group in alternatives(query.answers)),
        wanted_evidence=_wanted(query, grades),
        hits=tuple(_seen(hit) for hit in answer.hits[:SHOWN]),
        judged=judgement.judged,
        ranked=judgement.ranked,
        retrieval=_retrieval_verdict(query, judgement, answer.hits),
        answers=answer_verdict(query, grades, answer, document),
        embed_ms=times.embed,
        retrieve_ms=times.retrieve,
        answer_ms=times.answer,
        total_ms=times.total,
    )


def _seen(hit: Hit) -> Seen:
    return Seen(
        rank=hit.rank,
        source=hit.source,
        passage_id=hit.passage_id,
        score=hit.score,
        text=hit.text,
    )


def _wanted(query: Query, grades: Grades) -> tuple[str, ...]:
    if query.evidence:
        return tuple(f"{item.source}：{item.quote}" for item in query.evidence)
    return tuple(sorted(_relevant(grades)))


def _relevant(grades: Grades) -> set[str]:
    return {doc_id for doc_id, grade in grades.items() if grade > 0}


def judgement_of(query: Query, grades: Grades, hits: Sequence[Hit]) -> Judgement:
    """The qrels and the run of one question; empty where nothing of its ranking is judged.

    Documents are ranked by their best passage. Each piece of evidence is a target, found at the
    first hit that holds it: pieces that one hit brings up together are one target (else a single
    passage would earn more than the best order can), one that no hit holds is `missed-1`, ….
    An unanswerable question takes no part.
    """
    if not query.answerable:
        return NO_JUDGEMENT
    if query.evidence:
        first = [_first_place(query, number, hits) for number in range(len(query.evidence))]
        found = {hits[place].passage_id: 1 for place in first if place is not None}
        missed = {f"missed-{n}": 1 for n, place in enumerate(first, start=1) if place is None}
        return Judgement(found | missed, tuple(dict.fromkeys(hit.passage_id for hit in hits)))
    if _relevant(grades):
        return Judgement(dict(grades), tuple(dict.fromkeys(hit.source for hit in hits)))
    return NO_JUDGEMENT


def _retrieval_verdict(query: Query, judgement: Judgement, hits: Sequence[Hit]) -> RetrievalVerdict:
    if not query.answerable:
        return RetrievalVerdict()
    texts = [hit.text for hit in hits]
    return RetrievalVerdict(**_measured(judgement), **_answers_in_hits(query, texts))


def _measured(judgement: Judgement) -> dict[str, float]:
    """The order of the hits is what is judged, whatever their scores."""
    if not judgement.judged:
        return {}
    judged = judged_order(judgement.judged, judgement.ranked)
    return {
        f"{name}_at_{k}": measure(judged, k) for name, measure in MEASURES.items() for k in CUT_OFFS
    }


def _answers_in_hits(query: Query, texts: Sequence[str]) -> dict[str, float | None]:
    """Whether, and for a long answer how much of it, stands in the first passages; and how long
    these are, since longer passages hold more."""
    lengths = [len(squeezed(text)) for text in texts[: CUT_OFFS[-1]]]
    found: dict[str, float | None] = {f"top_{k}_chars": float(sum(lengths[:k])) for k in CUT_OFFS}
    if not alternatives(query.answers):
        return found
    for k in CUT_OFFS:
        found[f"answer_in_top_{k}"] = float(answers_in_any(texts[:k], query.answers))
        found[f"long_answer_in_top_{k}"] = long_answer_in(texts[:k], query.answers)
    return found


def _first_place(query: Query, number: int, hits: Sequence[Hit]) -> int | None:
    item = query.evidence[number]
    places = (
        place
        for place, hit in enumerate(hits)
        if item.source in ("", hit.source) and holds(hit.text, item.quote)
    )
    return next(places, None)


def answer_verdict(query: Query, grades: Grades, answer: Answer, document: Open) -> AnswerVerdict:
    """Judge what was said and cited.

    Silence and errors on an answerable question are wrong (accuracy 0). Citations are judged
    only when something was answered, against evidence or documents only where it should be.
    """
    plain = without_marks(answer)
    answered = answer.status == "answered"
    accuracy = completeness = None
    if query.answerable and alternatives(query.answers):
        accuracy = float(answered and answers_in(plain, query.answers))
        completeness = _completeness(plain if answered else "", query)
    rejected = _rejected_cited(query, answer.citations)
    if not answered:
        return AnswerVerdict(accuracy=accuracy, completeness=completeness, rejected_cited=rejected)
    return AnswerVerdict(
        accuracy=accuracy,
        completeness=completeness,
        answer_chars=len(squeezed(plain)),
        citation_precision=_precision(query, grades, answer.citations),
        citation_recall=_recall(query, grades, answer.citations),
        sentence_support=_support(answer),
        quote_exact=mean(float(_is_exact(c, document)) for c in answer.citations),
        rejected_cited=rejected,
    )


def _completeness(text: str, query: Query) -> float | None:
    """Of an answer of several parts, the share that was said; None for an answer of one."""
    groups = alternatives(query.answers)
    if len(groups) < 2:
        return None
    return mean(float(carries_answer(text, (tuple(group),))) for group in groups)


def without_marks(answer: Answer) -> str:
    """The answer's text without its marks; [2021] of a document number is no mark."""
    return _unmarked(answer.answer, answer)


def _unmarked(text: str, answer: Answer) -> str:
    known = {str(n) for sentence in answer.sentences for n in sentence.citations}
    known |= {str(citation.n) for citation in answer.citations}
    return MARK.sub(lambda mark: "" if mark.group(1) in known else mark.group(), text)


def _precision(query: Query, grades: Grades, citations: Sequence[Citation]) -> float | None:
    """Share of the citations that carry what was asked for: words, or else a document."""
    if not query.answerable:
        return None
    relevant = _relevant(grades)
    if relevant and not query.evidence:
        return mean(float(citation.source in relevant) for citation in citations)
    if query.evidence or alternatives(query.answers):
        return mean(float(_carries(query, citation)) for citation in citations)
    return None


def _carries(query: Query, citation: Citation) -> bool:
    pieces = range(len(query.evidence))
    return any(_covers(query, number, citation) for number in pieces) or carries_answer(
        citation.quote, query.answers
    )


def _covers(query: Query, number: int, citation: Citation) -> bool:
    return _is_of(query.evidence[number], citation)


def _is_of(item: Evidence, citation: Citation) -> bool:
    return item.source in ("", citation.source) and overlaps(citation.quote, item.quote)


def _rejected_cited(query: Query, citations: Sequence[Citation]) -> float | None:
    """Whether words are cited that should not be, other than with words that should."""
    if not query.rejected:
        return None
    return float(
        any(
            any(_is_of(item, citation) for item in query.rejected)
            and not any(_is_of(item, citation) for item in query.evidence)
            for citation in citations
        )
    )


def _recall(query: Query, grades: Grades, citations: Sequence[Citation]) -> float | None:
    """Share of the evidence that is cited; of documents, whether a relevant one is."""
    if not query.answerable:
        return None
    if query.evidence:
        pieces = range(len(query.evidence))
        return mean(float(any(_covers(query, n, cited) for cited in citations)) for n in pieces)
    if _relevant(grades):
        return float(any(cited.source in _relevant(grades) for cited in citations))
    return None


def _support(answer: Answer) -> float | None:
    """Share of the sentences whose content stands in the quotes that they cite."""
    quotes = {citation.n: citation.quote for citation in answer.citations}
    verdicts = []
    for sentence in answer.sentences:
        text = _unmarked(sentence.text, answer)
        if says_something(text):
            cited = [quotes[n] for n in sentence.citations if n in quotes]
            verdicts.append(float(supported(text, cited)))
    return mean(verdicts)


def _is_exact(citation: Citation, document: Open) -> bool:
    """Whether the quote is the slice of the stored text that it says it is."""
    try:
        text = document(citation.doc_id).text
    except PolicyQAError:
        return False
    inside = 0 <= citation.start < citation.end <= len(text)
    return inside and text[citation.start : citation.end] == citation.quote
