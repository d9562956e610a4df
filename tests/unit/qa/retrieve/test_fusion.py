"""Several rankings to one, with sums done by hand."""

import numpy as np
import pytest

from policyqa.qa.retrieve.fusion import reciprocal_rank, weighted_sum, z_scores


def test_z_scores() -> None:
    # mean 4, variance (9 + 1 + 1 + 9) / 4 = 5
    expected = np.array([-3, -1, 1, 3]) / np.sqrt(5)
    np.testing.assert_allclose(z_scores(np.array([1, 3, 5, 7])), expected)


@pytest.mark.parametrize("scores", [[], [2.0], [0.3, 0.3, 0.3]])
def test_equal_scores_say_nothing(scores: list[float]) -> None:
    assert z_scores(np.array(scores)).tolist() == [0.0] * len(scores)


def test_weighted_sum_takes_the_signals_that_have_a_weight() -> None:
    signals = {"a": np.array([1.0, 2.0]), "b": np.array([10.0, -4.0]), "c": np.array([99.0, 99.0])}
    assert weighted_sum(signals, {"a": 2.0, "b": 0.5}).tolist() == [7.0, 2.0]


def test_reciprocal_rank_starts_at_one_sixty_first() -> None:
    fused = reciprocal_rank([["a", "b"], ["b"]])
    assert fused == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61})
