"""All questions of a data set to its figures."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from eval.certainty import certainty
from eval.dataset import Dataset, Query
from eval.figures import (
    AbstentionFigures,
    AnswerFigures,
    Figure,
    Figures,
    Group,
    LatencyFigures,
    RetrievalFigures,
)
from eval.judging import Row, judge
from eval.metrics import abstention, mean, percentile
from index.types import Document, Value
from qa.types import Answer, Question

PASSAGES = 10  # the deepest cut-off of a measure
PASSAGES_FOR_DOCUMENTS = 50  # several passages are of one document; ten documents are ranked

Progress = Callable[[str, int, int], None]


class Assistant(Protocol):
    """What is evaluated; `qa.assistant.Assistant` is one.

    `ask` does not raise for a bad question; `document` raises `PolicyQAError` for an unknown id.
    """

    @property
    def corpus(self) -> str: ...

    def ask(self, question: Question) -> Answer: ...

    def document(self, doc_id: str) -> Document: ...


class Evaluation(Value):
    """The figures and, for each question, the row they were made of."""

    figures: Figures
    rows: tuple[Row, ...]


def evaluate(
    assistant: Assistant, dataset: Dataset, *, progress: Progress | None = None
) -> Evaluation:
    """Ask and judge every question, in order.

    Args:
        assistant: answers from the collection that the data set judges.
        dataset: at least one question.
        progress: receives a stage's name, questions done and questions in all.
    """
    rows = []
    for query in dataset.queries:
        grades = dataset.qrels.get(query.id, {})
        answer = assistant.ask(question_of(query, by_document=bool(grades)))
        rows.append(judge(query, grades, answer, assistant.document))
        if progress:
            progress("提问", len(rows), len(dataset.queries))
    return Evaluation(figures=figures_of(dataset.name, assistant.corpus, rows), rows=tuple(rows))


def question_of(query: Query, *, by_document: bool = False) -> Question:
    """The question as it is asked; deeper where whole documents are judged."""
    deep = by_document and not query.evidence
    return Question(
        question=query.text,
        id=query.id,
        history=query.history,
        as_of=query.as_of,
        k=PASSAGES_FOR_DOCUMENTS if deep else PASSAGES,
    )


def figures_of(name: str, fingerprint: str, rows: Sequence[Row]) -> Figures:
    """Aggregate rows; types in order of their names, questions without one only in the whole."""
    whole = _group(rows)
    types = sorted({row.type for row in rows} - {""})
    return Figures(
        dataset=name,
        n=whole.n,
        errors=whole.errors,
        fingerprint=fingerprint,
        retrieval=whole.retrieval,
        answers=whole.answers,
        abstention=whole.abstention,
        latency_ms=whole.latency_ms,
        certainty=whole.certainty,
        by_type={kind: _group([row for row in rows if row.type == kind]) for kind in types},
    )


def _group(rows: Sequence[Row]) -> Group:
    return Group(
        n=len(rows),
        errors=sum(row.status == "error" for row in rows),
        retrieval=_retrieval(rows),
        answers=_answers(rows),
        abstention=_abstention(rows),
        latency_ms=_latency(rows),
        certainty=certainty(rows),
    )


def _retrieval(rows: Sequence[Row]) -> RetrievalFigures:
    names = RetrievalFigures.model_fields
    return RetrievalFigures(
        **{name: mean(getattr(row.retrieval, name) for row in rows) for name in names}
    )


def _answers(rows: Sequence[Row]) -> AnswerFigures:
    verdicts = [row.answers for row in rows]
    return AnswerFigures(
        accuracy=mean(v.accuracy for v in verdicts),
        completeness=mean(v.completeness for v in verdicts),
        answer_chars_p50=_percentile((v.answer_chars for v in verdicts), 50),
        citation_precision=mean(v.citation_precision for v in verdicts),
        citation_recall=mean(v.citation_recall for v in verdicts),
        sentence_support=mean(v.sentence_support for v in verdicts),
        quote_exact=mean(v.quote_exact for v in verdicts),
    )


def _abstention(rows: Sequence[Row]) -> AbstentionFigures:
    """An error is neither silence nor an answer, so it misses both."""
    scores = abstention(
        [row.status == "abstained" for row in rows], [row.answerable for row in rows]
    )
    return AbstentionFigures(
        precision=scores.precision,
        recall=scores.recall,
        f1=scores.f1,
        answered_rate=mean(float(row.status == "answered") for row in rows if row.answerable),
    )


def _latency(rows: Sequence[Row]) -> LatencyFigures:
    timed = [row for row in rows if row.status != "error"]
    totals = [row.total_ms for row in timed]
    return LatencyFigures(
        p50=_percentile(totals, 50),
        p95=_percentile(totals, 95),
        embed_p50=_percentile((row.embed_ms for row in timed), 50),
    )


def _percentile(values: Iterable[float | None], q: float) -> Figure:
    present = [value for value in values if value is not None]
    return percentile(present, q) if present else None
