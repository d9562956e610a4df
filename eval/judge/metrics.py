"""Measures of ranking and of silence, by the meaning that TREC gives them.

A run is ordered by score, larger first; equal scores by id, larger first, as trec_eval does.
Every query of the qrels gets a value, 0 when the run has nothing for it or nothing is relevant.
A document is relevant when its relevance is above 0.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple


class Qrel(NamedTuple):
    """A human's judgement; the names are those of `ir_measures`."""

    query_id: str
    doc_id: str
    relevance: int


class ScoredDoc(NamedTuple):
    """A machine's; larger is better. A document that comes twice counts at its best."""

    query_id: str
    doc_id: str
    score: float


class Judged(NamedTuple):
    """The grades of a query's ranked documents, best score first, and of all relevant ones."""

    ranked: list[int]
    relevant: list[int]


class Abstention(NamedTuple):
    """None where the denominator is zero: nothing to be judged is not a failure."""

    precision: float | None
    recall: float | None
    f1: float | None


Run = Iterable[ScoredDoc]
PerQuery = dict[str, float]


def success(judged: Judged, k: int) -> float:
    """Whether any of the first k documents is relevant. Also called hit rate or hit@k; not recall.

    Source: trec_eval, measure `success`.
    """
    return float(any(grade > 0 for grade in judged.ranked[:k]))


def recall(judged: Judged, k: int) -> float:
    """|relevant among the first k| / |relevant|.

    Source: Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), 8.3.
    """
    found = sum(grade > 0 for grade in judged.ranked[:k])
    return found / len(judged.relevant) if judged.relevant else 0.0


def reciprocal_rank(judged: Judged, k: int) -> float:
    """1 / rank of the first relevant document, 0 beyond rank k; the mean over queries is MRR.

    Source: Voorhees, The TREC-8 Question Answering Track Report (1999).
    """
    places = (place for place, grade in enumerate(judged.ranked[:k], start=1) if grade > 0)
    return 1.0 / next(places, math.inf)


def ndcg(judged: Judged, k: int) -> float:
    """DCG / DCG of the best order, DCG = Σ grade / log2(rank + 1) over the first k.

    The gain is the grade itself and a negative grade is 0, as in trec_eval's `ndcg_cut`; not the
    2^grade − 1 of web search. Source: Järvelin and Kekäläinen, ACM TOIS 20(4), 2002.
    """
    ideal = _dcg(judged.relevant[:k])
    return _dcg(judged.ranked[:k]) / ideal if ideal else 0.0


MEASURES: Mapping[str, Callable[[Judged, int], float]] = {
    "success": success,
    "recall": recall,
    "mrr": reciprocal_rank,
    "ndcg": ndcg,
}


def success_at_k(qrels: Iterable[Qrel], run: Run, *, k: int) -> PerQuery:
    """`success` for each query."""
    return _each(qrels, run, k, success)


def recall_at_k(qrels: Iterable[Qrel], run: Run, *, k: int) -> PerQuery:
    """`recall` for each query."""
    return _each(qrels, run, k, recall)


def mrr_at_k(qrels: Iterable[Qrel], run: Run, *, k: int) -> PerQuery:
    """`reciprocal_rank` for each query."""
    return _each(qrels, run, k, reciprocal_rank)


def ndcg_at_k(qrels: Iterable[Qrel], run: Run, *, k: int) -> PerQuery:
    """`ndcg` for each query."""
    return _each(qrels, run, k, ndcg)


def _dcg(grades: Sequence[int]) -> float:
    return sum(max(g, 0) / math.log2(rank + 1) for rank, g in enumerate(grades, start=1))


def _each(
    qrels: Iterable[Qrel], run: Run, k: int, measure: Callable[[Judged, int], float]
) -> PerQuery:
    if k < 1:
        raise ValueError(f"k 应不小于 1，现为 {k}")
    return {query_id: measure(judged, k) for query_id, judged in judged_runs(qrels, run).items()}


def judged_runs(qrels: Iterable[Qrel], run: Run) -> dict[str, Judged]:
    """Each query of the qrels with what the run has for it."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for qrel in qrels:
        grades[qrel.query_id][qrel.doc_id] = qrel.relevance
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for doc in run:
        best = scores[doc.query_id].get(doc.doc_id, -math.inf)
        scores[doc.query_id][doc.doc_id] = max(best, doc.score)
    return {query_id: _by_score(of, scores.get(query_id, {})) for query_id, of in grades.items()}


def _by_score(grades: dict[str, int], scores: dict[str, float]) -> Judged:
    order = sorted(scores, key=lambda doc_id: (scores[doc_id], doc_id), reverse=True)
    return judged_order(grades, order)


def judged_order(grades: Mapping[str, int], order: Sequence[str]) -> Judged:
    """One query's documents, best first and each once, with their grades."""
    relevant = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    return Judged([grades.get(doc_id, 0) for doc_id in order], relevant)


def abstention(abstained: Sequence[bool], answerable: Sequence[bool]) -> Abstention:
    """Silence judged as a detector of questions without an answer: positive = abstained.

    precision = |abstained, unanswerable| / |abstained|, recall = the same / |unanswerable|,
    f1 = 2 · both / (|abstained| + |unanswerable|), the harmonic mean of the two
    (van Rijsbergen, Information Retrieval, 1979). The two sequences go side by side.

    Raises:
        ValueError: they differ in length.
    """
    both = sum(a and not b for a, b in zip(abstained, answerable, strict=True))
    silent, unanswerable = sum(abstained), len(answerable) - sum(answerable)
    return Abstention(
        precision=_ratio(both, silent),
        recall=_ratio(both, unanswerable),
        f1=_ratio(2 * both, silent + unanswerable),
    )


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def percentile(values: Sequence[float], q: float) -> float:
    """The value below which q percent lie, straight between neighbours.

    Definition 7 of Hyndman and Fan, Sample Quantiles in Statistical Packages (1996), which is
    numpy's default: for sorted x of length n, x[h] with h = (n − 1) · q / 100.

    Args:
        values: at least one.
        q: from 0 to 100.

    Raises:
        ValueError: there is no value, or q is out of bounds.
    """
    if not values or not 0 <= q <= 100:
        raise ValueError(f"需要至少一个值和 0 至 100 的 q，现为 {len(values)} 个值、q={q}")
    ordered = sorted(values)
    place = (len(ordered) - 1) * q / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def mean(values: Iterable[float | None]) -> float | None:
    """Mean of the values that there are; None when there are none."""
    present = [value for value in values if value is not None]
    return _ratio(math.fsum(present), len(present))
