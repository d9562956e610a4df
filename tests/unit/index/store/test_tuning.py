"""Differences of weights, kept small and put back."""

import numpy as np

from policyqa.index.store.tuning import SCALE, STEPS, differences, tuned


def weights(seed: int) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(seed)
    return {
        "matrix": draw.normal(size=(5, 8)).astype(np.float16),
        "vector": draw.normal(size=8).astype(np.float16),
        "same": np.ones((2, 2), np.float16),
    }


def test_what_is_kept_makes_the_new_weights_again() -> None:
    old = weights(1)
    new = weights(2) | {"same": old["same"]}
    kept = differences(old, new)
    assert set(kept) == {"matrix", "matrix" + SCALE, "vector"}
    assert kept["matrix"].dtype == np.int8
    found = dict(tuned(old.items(), kept))
    change = new["matrix"].astype(np.float32) - old["matrix"]
    half_a_step = np.abs(change).max(axis=1, keepdims=True) / STEPS / 2
    lost = np.abs(found["matrix"].astype(np.float32) - new["matrix"])
    assert (lost <= half_a_step * 1.02 + 2e-3).all()  # and the rounding of float16
    np.testing.assert_allclose(found["vector"], new["vector"], atol=4e-3)
    np.testing.assert_array_equal(found["same"], old["same"])
    assert {values.dtype for values in found.values()} == {np.dtype(np.float16)}


def test_a_row_without_a_difference_stays() -> None:
    old = {"m": np.zeros((2, 3), np.float16)}
    new = {"m": np.array([[0, 0, 0], [1, -2, 3]], np.float16)}
    found = dict(tuned(old.items(), differences(old, new)))
    np.testing.assert_array_equal(found["m"][0], old["m"][0])
    np.testing.assert_allclose(found["m"][1], new["m"][1], atol=0.02)
