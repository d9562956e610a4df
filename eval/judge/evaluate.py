"""All questions of a data set to its figures."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from policyqa.eval.judge.certainty import certainty
from policyqa.eval.judge.dataset import Dataset, Query
from policyqa.eval.judge.figures import (
    AbstentionFigures,
    AnswerFigures,
    CurvePoint,
    Figure,
    Figures,
    Group,
    LatencyFigures,
    RetrievalFigures,
)
from policyqa.eval.judge.judging import Row, is_wrong, judge
from policyqa.eval.judge.metrics import abstention, mean, percentile
from policyqa.index.types import Value
from policyqa.qa.corpus import Corpus
from policyqa.qa.types import Answer, Question

PASSAGES = 10  # the deepest cut-off of a measure
PASSAGES_FOR_DOCUMENTS = 50  # several passages are of one document; ten documents are ranked

MAX_CURVE_POINTS = 100
WANTED = {True: "answerable", False: "unanswerable", None: "unknown"}

Progress = Callable[[str, int, int], None]


class Assistant(Protocol):
    """What is evaluated, as `qa.assistant.Assistant`; `ask` does not raise for a bad question."""

    @property
    def corpus(self) -> Corpus: ...

    def ask(self, question: Question) -> Answer: ...


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
    for _, row in asked({"": assistant}, dataset):
        rows.append(row)
        if progress:
            progress("提问", len(rows), len(dataset.queries))
    return Evaluation(
        figures=figures_of(dataset.name, assistant.corpus.fingerprint, rows), rows=tuple(rows)
    )


def asked(
    assistants: Mapping[str, Assistant],
    dataset: Dataset,
    *,
    done: Mapping[str, Container[str]] | None = None,
) -> Iterator[tuple[str, Row]]:
    """Each question asked of each assistant in turn, so that a slow moment of the machine hits
    all of them; an assistant's name and its row, as they come.

    Args:
        assistants: by name; all answer from the collection that the data set judges.
        dataset: at least one question.
        done: by name, ids of the questions that need not be asked again.
    """
    for query in dataset.queries:
        grades = dataset.qrels.get(query.id, {})
        question = question_of(query, by_document=bool(grades))
        for name, assistant in assistants.items():
            if done is None or query.id not in done[name]:
                yield name, judge(query, grades, assistant.ask(question), assistant.corpus.document)


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
        reasons=_reasons(rows),
        curve=_curve(rows),
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
        rejected_cited=mean(v.rejected_cited for v in verdicts),
    )


def _abstention(rows: Sequence[Row]) -> AbstentionFigures:
    """An error is neither silence nor an answer, so it misses both."""
    known = [(row.status == "abstained", row.answerable) for row in rows]
    judged = [(silent, can) for silent, can in known if can is not None]
    scores = abstention([silent for silent, _ in judged], [can for _, can in judged])
    return AbstentionFigures(
        precision=scores.precision,
        recall=scores.recall,
        f1=scores.f1,
        answered_rate=mean(float(row.status == "answered") for row in rows if row.answerable),
        coverage=mean(float(row.status == "answered") for row in _told(rows)),
        error=mean(float(is_wrong(row) or 0) for row in _told(rows) if row.status == "answered"),
    )


def _told(rows: Iterable[Row]) -> list[Row]:
    """Those whose answer can be told right from wrong."""
    return [row for row in rows if is_wrong(row) is not None]


def _reasons(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """What was wanted against what came; without a reason of its own, a question is answerable,
    unanswerable, or it is not known which."""
    table: dict[str, dict[str, int]] = {}
    for row in rows:
        wanted = row.wanted_reason or WANTED[row.answerable]
        came = (row.reason or row.status) if row.status == "abstained" else row.status
        line = table.setdefault(wanted, {})
        line[came] = line.get(came, 0) + 1
    return {wanted: dict(sorted(line.items())) for wanted, line in sorted(table.items())}


def _curve(rows: Sequence[Row]) -> tuple[CurvePoint, ...]:
    """Coverage against error as the demanded confidence falls to what it is now; below that
    nothing was said that could be judged. One point a confidence, at most `MAX_CURVE_POINTS`.

    Source: El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification,
    JMLR 11 (2010).
    """
    told = _told(rows)
    given = sorted((r for r in told if r.status == "answered"), key=lambda r: -r.confidence)
    points, wrong = [], 0
    for count, row in enumerate(given, start=1):
        wrong += bool(is_wrong(row))
        if count < len(given) and given[count].confidence == row.confidence:
            continue
        points.append(
            CurvePoint(
                threshold=row.confidence,
                coverage=count / len(told),
                error=wrong / count,
                answered=count,
            )
        )
    step = -(-len(points) // MAX_CURVE_POINTS) or 1
    return tuple(points[::-1][::step][::-1])


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
