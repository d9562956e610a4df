"""How sure a figure is: bootstrap intervals, and the paired permutation test of a difference.

Every figure here is a ratio of two sums over questions (a mean, precision, F1, …), so that one
resampling of the questions serves all of them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
RESAMPLES = 2000
SEED = 20261123
BATCH = 250  # resamples at a time: bounds the memory


class Interval(NamedTuple):
    """The middle `LEVEL` of the resampled values."""

    low: float
    high: float


def intervals(
    numerators: NDArray[np.float64],
    denominators: NDArray[np.float64],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[Interval | None]:
    """95 % percentile bootstrap intervals of Σ numerator / Σ denominator, resampling questions.

    None for a figure without a denominator. A figure that is the same for every question has an
    interval of no width: the bootstrap knows only what it has seen.
    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), 13.3; Sakai, SIGIR 2006.

    Args:
        numerators: a row a question, a column a figure.
        denominators: of the same shape, not negative.
        resamples: how many.
        seed: of the generator.

    Raises:
        ValueError: the shapes differ, or there is no question.
    """
    if numerators.shape != denominators.shape or not len(numerators):
        raise ValueError(f"形状应相同且不为空，现为 {numerators.shape} 与 {denominators.shape}")
    count = len(numerators)
    generator = np.random.default_rng(seed)
    values = []
    for start in range(0, resamples, BATCH):
        size = min(BATCH, resamples - start)
        weights = generator.multinomial(count, np.full(count, 1 / count), size=size)
        below = weights @ denominators
        above = weights @ numerators
        values.append(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))
    return [_interval(column) for column in np.concatenate(values).T]


def _interval(values: NDArray[np.float64]) -> Interval | None:
    """Resamples without a denominator say nothing and are left out."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    tail = (1 - LEVEL) / 2 * 100
    low, high = np.percentile(known, [tail, 100 - tail])
    return Interval(float(low), float(high))


def permutation_p(
    before: Sequence[float],
    after: Sequence[float],
    *,
    resamples: int = 9999,
    seed: int = SEED,
) -> float:
    """Two-sided p of the mean difference of paired values, by swapping the two of each pair.

    Exact for few pairs (`scipy.stats.permutation_test`); 1 where at most one pair differs.
    Source: Smucker, Allan and Carterette, CIKM 2007.

    Args:
        before: one value a question.
        after: of the same questions, in the same order.
        resamples: how many, where not all swaps can be tried.
        seed: of the generator.

    Raises:
        ValueError: they differ in length, or there is none.
    """
    if len(before) != len(after) or not before:
        raise ValueError(f"应成对且不为空，现为 {len(before)} 与 {len(after)} 个")
    differences = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    differing = differences[differences != 0]  # pairs that are equal change no mean
    if len(differing) < 2:  # swapping a single pair changes only the sign
        return 1.0
    from scipy.stats import permutation_test

    result = permutation_test(
        (differing, np.zeros_like(differing)),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=resamples,
        batch=BATCH,
        rng=np.random.default_rng(seed),
    )
    return float(result.pvalue)
