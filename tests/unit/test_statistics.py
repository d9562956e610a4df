"""Intervals and p-values against hand-worked cases and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from eval.statistics import intervals, permutation_p


def of_means(*columns: list[float]) -> tuple[np.ndarray, np.ndarray]:
    values = np.array(columns, dtype=np.float64).T
    return values, np.ones_like(values)


def test_an_interval_is_that_of_scipys_percentile_bootstrap() -> None:
    values = np.random.default_rng(1).binomial(1, 0.7, 200).astype(np.float64)
    (found,) = intervals(*of_means(list(values)), resamples=9999)
    known = bootstrap(
        (values,), np.mean, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    assert found is not None
    assert found.low == pytest.approx(known.low, abs=0.011)
    assert found.high == pytest.approx(known.high, abs=0.011)


def test_a_ratio_is_of_sums_over_the_same_resample() -> None:
    said = np.array([[1.0], [1.0], [0.0], [0.0]] * 50)
    right = np.array([[1.0], [0.0], [0.0], [0.0]] * 50)
    (found,) = intervals(right, said)
    assert found is not None
    assert found.low < 0.5 < found.high


def test_without_a_denominator_there_is_no_interval() -> None:
    zeros = np.zeros((5, 1))
    assert intervals(zeros, zeros) == [None]


def test_what_is_the_same_for_all_has_no_width() -> None:
    assert intervals(*of_means([1.0] * 10)) == [(1.0, 1.0)]


def test_the_seed_decides() -> None:
    figures = of_means([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    assert intervals(*figures, seed=3) == intervals(*figures, seed=3)


@pytest.mark.parametrize("shape", [(0, 1), (3, 2)])
def test_shapes_are_checked(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="形状"):
        intervals(np.zeros(shape), np.zeros((3, 1)))


def brute(before: list[float], after: list[float]) -> float:
    """All swaps, counted."""
    differences = [a - b for a, b in zip(after, before, strict=True) if a != b]
    seen = abs(sum(differences))
    swaps = [
        abs(sum(d if mask >> n & 1 else -d for n, d in enumerate(differences)))
        for mask in range(2 ** len(differences))
    ]
    return sum(value >= seen - 1e-12 for value in swaps) / len(swaps)


halves = st.sampled_from([0.0, 0.5, 1.0])


@given(st.lists(st.tuples(halves, halves), min_size=1, max_size=8))
def test_few_pairs_are_tested_exactly(pairs: list[tuple[float, float]]) -> None:
    before, after = [list(side) for side in zip(*pairs, strict=True)]
    assert permutation_p(before, after) == pytest.approx(min(1.0, brute(before, after)), abs=1e-9)


def test_many_pairs_by_chance_and_by_design() -> None:
    before = [0.0, 1.0] * 100
    assert permutation_p(before, before[::-1]) == pytest.approx(1.0, abs=0.02)
    assert permutation_p([0.0] * 40, [1.0] * 40) < 0.001
    assert not math.isnan(permutation_p([1.0], [1.0]))


def test_pairs_are_checked() -> None:
    with pytest.raises(ValueError, match="成对"):
        permutation_p([1.0], [])
