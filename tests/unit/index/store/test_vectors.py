"""The contract of VectorStore: one body over every implementation, values against numpy."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from policyqa.index.errors import IndexDamaged
from policyqa.index.store.vectors import ArrayStore, FaissStore, VectorStore, stacked

Make = Callable[[np.ndarray], VectorStore]
ROWS = np.random.default_rng(7).normal(size=(200, 16)).astype(np.float32)
QUERY = np.random.default_rng(8).normal(size=16).astype(np.float32)


def saved(array: np.ndarray, folder: Path) -> VectorStore:
    FaissStore.build(array).save(folder / "a.faiss")
    return FaissStore.load(folder / "a.faiss")


@pytest.fixture(params=["array", "faiss", "faiss, saved and loaded"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    makers: dict[str, Make] = {
        "array": ArrayStore,
        "faiss": FaissStore.build,
        "faiss, saved and loaded": lambda array: saved(array, tmp_path),
    }
    return makers[request.param]


@pytest.mark.parametrize("k", [1, 7, 199, 200])
def test_the_best_rows_come_first(make: Make, k: int) -> None:
    exact = ROWS.astype(np.float64) @ QUERY
    rows, scores = make(ROWS).search(QUERY, k=k)
    assert rows.tolist() == np.argsort(-exact)[:k].tolist()
    np.testing.assert_allclose(scores, np.sort(exact)[::-1][:k], rtol=1e-4, atol=1e-5)
    assert (rows.dtype, scores.dtype) == (np.int64, np.float32)


def test_more_than_there_are_is_all_there_are(make: Make) -> None:
    rows, scores = make(ROWS).search(QUERY, k=1000)
    assert sorted(rows.tolist()) == list(range(200))
    assert len(scores) == 200


@pytest.mark.parametrize("k", [0, -1])
def test_none_asked_for_is_none(make: Make, k: int) -> None:
    rows, scores = make(ROWS).search(QUERY, k=k)
    assert (len(rows), len(scores)) == (0, 0)


@pytest.mark.parametrize("k", range(1, 9))
def test_ties_go_to_the_lower_row_even_at_the_cut(make: Make, k: int) -> None:
    # the better rows come last and push some of the equal ones off FAISS's heap
    tied = np.array([[0.5, 0]] * 5 + [[1, 0]] * 3, np.float32)
    rows, scores = make(tied).search(np.array([1, 0], np.float32), k=k)
    assert rows.tolist() == [5, 6, 7, 0, 1, 2, 3, 4][:k]
    assert scores.tolist() == [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5][:k]


def test_a_larger_score_is_better(make: Make) -> None:
    rows, scores = make(np.array([[-1], [3], [2]], np.float32)).search(np.ones(1, np.float32), k=3)
    assert (rows.tolist(), scores.tolist()) == ([1, 2, 0], [3, 2, -1])


def test_an_empty_store_finds_nothing(make: Make) -> None:
    store = make(np.zeros((0, 16), np.float32))
    rows, scores = store.search(QUERY, k=3)
    assert (len(store), rows.tolist(), scores.tolist()) == (0, [], [])
    assert store.scores(QUERY, slice(None)).shape == (0,)
    assert store.vectors(np.zeros(0, np.int64)).shape == (0, 16)


def test_scores_come_in_the_order_asked_for(make: Make) -> None:
    store, asked = make(ROWS), np.array([5, 0, 199, 5])
    np.testing.assert_allclose(store.scores(QUERY, asked), ROWS[asked] @ QUERY, rtol=1e-5)
    np.testing.assert_allclose(store.scores(QUERY, slice(None)), ROWS @ QUERY, rtol=1e-5)


def test_the_rows_themselves_are_kept(make: Make) -> None:
    store, asked = make(ROWS), np.array([3, 1])
    np.testing.assert_array_equal(store.vectors(asked), ROWS[asked])
    assert len(store) == 200


def test_what_is_handed_out_is_a_copy(make: Make) -> None:
    store = make(ROWS.copy())
    store.vectors(np.array([3]))[:] = 0
    np.testing.assert_array_equal(store.vectors(np.array([3])), ROWS[[3]])


def test_a_store_keeps_its_dimension(tmp_path: Path) -> None:
    FaissStore.build(np.zeros((0, 16), np.float32)).save(tmp_path / "a")
    assert FaissStore.load(tmp_path / "a").dimension == 16


@pytest.mark.parametrize("data", [None, b"", b"IxFI", b"no index"])
def test_a_damaged_file_is_named(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / "a.faiss").write_bytes(data)
    with pytest.raises(IndexDamaged, match=r"a\.faiss"):
        FaissStore.load(tmp_path / "a.faiss")


def test_a_file_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"a\.faiss 无法写入"):
        FaissStore.build(ROWS).save(tmp_path / "absent" / "a.faiss")


def test_arrays_are_stacked() -> None:
    np.testing.assert_array_equal(stacked([ROWS[:2], ROWS[2:3]], 16), ROWS[:3])
    assert stacked([], 16).shape == (0, 16)
