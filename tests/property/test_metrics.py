"""Metrics against brute-force twins that follow the definition word by word."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from policyqa.eval.judge.metrics import (
    Qrel,
    ScoredDoc,
    abstention,
    mrr_at_k,
    ndcg_at_k,
    percentile,
    recall_at_k,
    success_at_k,
)

IDS = [f"d{n}" for n in range(8)]
GRADES = st.dictionaries(st.sampled_from(IDS), st.integers(0, 3), min_size=1)
SCORES = st.dictionaries(st.sampled_from(IDS), st.sampled_from([0.0, 0.25, 0.5, -1.0, 2.0]))
CUT_OFF = st.integers(1, 10)


def as_qrels(grades: dict[str, int]) -> list[Qrel]:
    return [Qrel("q", doc_id, grade) for doc_id, grade in grades.items()]


def as_run(scores: dict[str, float]) -> list[ScoredDoc]:
    return [ScoredDoc("q", doc_id, score) for doc_id, score in scores.items()]


def rank_of(doc_id: str, scores: dict[str, float]) -> float:
    """1 + how many documents go before it: of larger score, or of equal score and larger id."""
    if doc_id not in scores:
        return math.inf
    mine = scores[doc_id]
    return 1 + sum(s > mine or (s == mine and d > doc_id) for d, s in scores.items())


def relevant_ranks(grades: dict[str, int], scores: dict[str, float]) -> list[float]:
    return [rank_of(doc_id, scores) for doc_id, grade in grades.items() if grade > 0]


@given(GRADES, SCORES, CUT_OFF)
def test_success(grades: dict[str, int], scores: dict[str, float], k: int) -> None:
    expected = min(relevant_ranks(grades, scores), default=math.inf) <= k
    assert success_at_k(as_qrels(grades), as_run(scores), k=k)["q"] == expected


@given(GRADES, SCORES, CUT_OFF)
def test_recall(grades: dict[str, int], scores: dict[str, float], k: int) -> None:
    ranks = relevant_ranks(grades, scores)
    expected = sum(rank <= k for rank in ranks) / len(ranks) if ranks else 0.0
    assert recall_at_k(as_qrels(grades), as_run(scores), k=k)["q"] == expected


@given(GRADES, SCORES, CUT_OFF)
def test_mrr(grades: dict[str, int], scores: dict[str, float], k: int) -> None:
    first = min(relevant_ranks(grades, scores), default=math.inf)
    assert mrr_at_k(as_qrels(grades), as_run(scores), k=k)["q"] == (1 / first if first <= k else 0)


@given(GRADES, SCORES, CUT_OFF)
def test_ndcg(grades: dict[str, int], scores: dict[str, float], k: int) -> None:
    places = {doc_id: rank_of(doc_id, scores) for doc_id in grades}
    gained = sum(g / math.log2(places[d] + 1) for d, g in grades.items() if places[d] <= k)
    best = sum(g / math.log2(n + 2) for n, g in enumerate(sorted(grades.values())[::-1][:k]))
    value = ndcg_at_k(as_qrels(grades), as_run(scores), k=k)["q"]
    assert math.isclose(value, gained / best if best else 0.0, abs_tol=1e-12)
    assert 0 <= value <= 1 + 1e-12


@given(GRADES, SCORES, CUT_OFF, st.randoms())
def test_the_order_of_the_lines_changes_nothing(
    grades: dict[str, int], scores: dict[str, float], k: int, random: object
) -> None:
    qrels, run = as_qrels(grades), as_run(scores)
    for metric in (success_at_k, recall_at_k, mrr_at_k, ndcg_at_k):
        before = metric(qrels, run, k=k)
        random.shuffle(run)  # type: ignore[attr-defined]
        assert metric(qrels[::-1], run, k=k) == before


@given(st.lists(st.tuples(st.booleans(), st.booleans())))
def test_abstention(rows: list[tuple[bool, bool]]) -> None:
    scores = abstention([abstained for abstained, _ in rows], [known for _, known in rows])
    right = len([row for row in rows if row == (True, False)])
    wrong = len([row for row in rows if row == (True, True)])
    missed = len([row for row in rows if row == (False, False)])
    assert scores.precision == (right / (right + wrong) if right + wrong else None)
    assert scores.recall == (right / (right + missed) if right + missed else None)
    if scores.precision and scores.recall:
        harmonic = 2 / (1 / scores.precision + 1 / scores.recall)
        assert math.isclose(scores.f1 or 0, harmonic)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1),
    st.one_of(st.integers(0, 100), st.floats(0, 100)),
)
def test_percentile_is_that_of_numpy(values: list[float], q: float) -> None:
    assert math.isclose(
        percentile(values, q), float(np.percentile(values, q)), rel_tol=1e-9, abs_tol=1e-6
    )
