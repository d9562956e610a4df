"""Intervals and p-values against hand-worked cases and scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap, permutation_test

from policyqa.eval.judge.statistics import (
    difference_interval,
    intervals,
    median_interval,
    permutation_p,
)


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


def as_parts(values: list[float]) -> np.ndarray:
    return np.array([[value, 1.0] for value in values]).reshape(-1, 2)


@given(st.lists(st.tuples(halves, halves), min_size=1, max_size=8))
def test_few_pairs_are_tested_exactly(pairs: list[tuple[float, float]]) -> None:
    before, after = [list(side) for side in zip(*pairs, strict=True)]
    found = permutation_p(as_parts(before), as_parts(after))
    assert found == pytest.approx(min(1.0, brute(before, after)), abs=1e-9)


def test_many_pairs_by_chance_and_by_design() -> None:
    before = [0.0, 1.0] * 100
    assert permutation_p(as_parts(before), as_parts(before[::-1])) == pytest.approx(1.0, abs=0.02)
    assert permutation_p(as_parts([0.0] * 40), as_parts([1.0] * 40)) < 0.001
    assert permutation_p(as_parts([1.0]), as_parts([1.0])) == 1.0


def test_many_pairs_agree_with_scipy() -> None:
    generator = np.random.default_rng(3)
    before = generator.binomial(1, 0.6, 150).astype(float)
    after = generator.binomial(1, 0.7, 150).astype(float)
    known = permutation_test(
        (before, after),
        lambda x, y, axis: np.mean(y - x, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=9999,
        rng=np.random.default_rng(4),
    ).pvalue
    assert permutation_p(as_parts(list(before)), as_parts(list(after))) == pytest.approx(
        known, abs=0.02
    )


ratios = st.lists(
    st.tuples(
        st.sampled_from([(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]),
        st.sampled_from([(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]),
    ),
    min_size=1,
    max_size=7,
)


def brute_ratio(before: np.ndarray, after: np.ndarray) -> float:
    """All swaps of a ratio of sums, counted one by one."""

    def difference(mask: int) -> float | None:
        sides = [np.zeros(2), np.zeros(2)]
        for n, pair in enumerate(zip(before, after, strict=True)):
            for side, part in zip(sides, pair[::-1] if mask >> n & 1 else pair, strict=True):
                side += part
        if not sides[0][1] or not sides[1][1]:
            return None
        return abs(sides[1][0] / sides[1][1] - sides[0][0] / sides[0][1])

    seen = difference(0)
    every = [difference(mask) for mask in range(2 ** len(before))]
    known = [value for value in every if value is not None]
    return sum(value >= seen - 1e-12 for value in known) / len(known) if known else 1.0


@given(ratios)
def test_a_ratio_is_tested_as_the_brute_force_twin_does(pairs: list) -> None:
    before = np.array([one for one, _ in pairs])
    after = np.array([other for _, other in pairs])
    if not before[:, 1].any() or not after[:, 1].any():
        return  # there is no difference to be tested
    assert permutation_p(before, after) == pytest.approx(brute_ratio(before, after), abs=1e-9)


def test_a_difference_lies_in_its_interval() -> None:
    generator = np.random.default_rng(5)
    before = generator.binomial(1, 0.5, 300).astype(float)
    after = np.maximum(before, generator.binomial(1, 0.4, 300))
    found = difference_interval(as_parts(list(before)), as_parts(list(after)))
    assert found is not None
    assert 0 < found.low < after.mean() - before.mean() < found.high
    assert difference_interval(np.zeros((3, 2)), np.zeros((3, 2))) is None


def test_a_median_has_scipys_interval() -> None:
    values = np.random.default_rng(6).normal(100, 15, 200)
    found = median_interval(list(values))
    known = bootstrap(
        (values,), np.median, method="percentile", rng=np.random.default_rng(7)
    ).confidence_interval
    assert found.low == pytest.approx(known.low, abs=1)
    assert found.high == pytest.approx(known.high, abs=1)
    with pytest.raises(ValueError, match="至少一个"):
        median_interval([])


def test_pairs_are_checked() -> None:
    for test in (permutation_p, difference_interval):
        with pytest.raises(ValueError, match="成对"):
            test(np.zeros((1, 2)), np.zeros((0, 2)))
