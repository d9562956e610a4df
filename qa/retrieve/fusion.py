"""Several rankings to one: z-score sums, and reciprocal ranks for comparison."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
EPSILON = 1e-9


def z_scores(scores: NDArray[np.floating]) -> Scores:
    """(s - mean) / standard deviation, shape (n,); zeros when all scores are equal.

    Args:
        scores: of one signal over all candidates; larger is better.
    """
    values = np.asarray(scores, dtype=np.float64)
    spread = values.std() if len(values) else 0.0
    if spread < EPSILON:
        return np.zeros(len(values))
    standardised: Scores = (values - values.mean()) / spread
    return standardised


def weighted_sum(signals: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """Sum of weight times signal, over the signals that have a weight; shape (n,)."""
    size = len(next(iter(signals.values())))
    total = np.zeros(size)
    for name, weight in weights.items():
        total += weight * signals[name]
    return total


def reciprocal_rank(rankings: Sequence[Sequence[str]], *, constant: int = 60) -> dict[str, float]:
    """Reciprocal rank fusion: sum of 1 / (constant + rank), rank from 1.

    Source: Cormack, Clarke & Büttcher 2009. Kept as a baseline: z-score sums were better in
    every mix that was measured.
    """
    fused: dict[str, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            fused[key] = fused.get(key, 0.0) + 1 / (constant + rank)
    return fused
