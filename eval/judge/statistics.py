"""How sure a figure is: bootstrap intervals, and the paired permutation test of a difference.

Every figure here is a ratio of two sums over questions (a mean, precision, F1, …), so that one
resampling of the questions serves all of them.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
TAILS = ((1 - LEVEL) / 2 * 100, (1 + LEVEL) / 2 * 100)
RESAMPLES = 2000
SEED = 20261123
PERMUTATIONS = 9999
BATCH = 250  # resamples at a time: bounds the memory
TINY = 1e-12  # sums of floats that differ by less are equal

Parts = NDArray[np.float64]


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
    for size in _batches(resamples):
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
    low, high = np.percentile(known, TAILS)
    return Interval(float(low), float(high))


def difference_interval(
    before: Parts, after: Parts, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval | None:
    """95 % percentile bootstrap interval of the difference of a ratio between two systems asked
    the same questions; None without a denominator. Arguments and errors as `permutation_p`.
    """
    _check_pairs(before, after)
    count = len(before)
    generator = np.random.default_rng(seed)
    values = []
    for size in _batches(resamples):
        weights = generator.multinomial(count, np.full(count, 1 / count), size=size)
        values.append(_ratio(weights @ after) - _ratio(weights @ before))
    return _interval(np.concatenate(values))


def median_interval(
    values: Sequence[float], *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval:
    """95 % percentile bootstrap interval of the median.

    Args:
        values: at least one.
        resamples: how many.
        seed: of the generator.

    Raises:
        ValueError: there is no value.
    """
    if not values:
        raise ValueError("需要至少一个值")
    known = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(seed)
    medians = [
        np.median(known[generator.integers(len(known), size=(size, len(known)))], axis=1)
        for size in _batches(resamples)
    ]
    low, high = np.percentile(np.concatenate(medians), TAILS)
    return Interval(float(low), float(high))


def _batches(total: int) -> list[int]:
    return [min(BATCH, total - start) for start in range(0, total, BATCH)]


def permutation_p(
    before: Parts,
    after: Parts,
    *,
    resamples: int = PERMUTATIONS,
    seed: int = SEED,
) -> float:
    """Two-sided p of the difference of a ratio between two systems asked the same questions, by
    swapping the two answers to a question.

    The ratio is Σ above / Σ below, of a mean every `below` is 1. Every swap is tried where that
    takes at most `resamples`, else so many are drawn, and the given order counts as one more. A
    swap that leaves either ratio without a denominator says nothing and is left out; 1 where at
    most one question differs.
    Source: Smucker, Allan and Carterette, CIKM 2007; Phipson and Smyth, SAGMB 9(1), 2010.

    Args:
        before: of each question what it adds above and below the line, shape (questions, 2).
        after: of the same questions, in the same order.
        resamples: at most so many swaps.
        seed: of the generator.

    Raises:
        ValueError: the shapes differ, or there is no question.
    """
    _check_pairs(before, after)
    differs = (before != after).any(axis=1)  # swapping two that are equal changes nothing
    count = int(differs.sum())
    if count < 2:
        return 1.0
    change = (after - before)[differs]
    whole_before, whole_after = before.sum(axis=0), after.sum(axis=0)
    observed = abs(_ratio(whole_after[None]) - _ratio(whole_before[None]))[0]
    exact = count < 40 and 2**count <= resamples + 1
    extreme = tried = 0
    for swapped in _swaps(count, resamples, seed, exact=exact):
        moved = swapped @ change
        difference = abs(_ratio(whole_after - moved) - _ratio(whole_before + moved))
        known = ~np.isnan(difference)
        tried += int(known.sum())
        extreme += int((difference[known] >= observed - TINY).sum())
    if exact:
        return extreme / tried if tried else 1.0
    return (extreme + 1) / (tried + 1)


def _check_pairs(before: Parts, after: Parts) -> None:
    if before.shape != after.shape or before.ndim != 2 or not len(before):
        raise ValueError(f"应成对且不为空，现为 {before.shape} 与 {after.shape}")


def _swaps(count: int, resamples: int, seed: int, *, exact: bool) -> Iterator[Parts]:
    """Which pairs are swapped, 0 or 1, shape (swaps, pairs), some at a time."""
    if exact:
        numbers = np.arange(2**count)
        yield ((numbers[:, None] >> np.arange(count)) & 1).astype(np.float64)
        return
    generator = np.random.default_rng(seed)
    for size in _batches(resamples):
        yield generator.integers(2, size=(size, count)).astype(np.float64)


def _ratio(parts: Parts) -> NDArray[np.float64]:
    above, below = parts[:, 0], parts[:, 1]
    found = np.full(above.shape, np.nan)
    np.divide(above, below, out=found, where=below > TINY)
    return found
