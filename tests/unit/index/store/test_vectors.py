"""The contract of VectorStore: one body over every implementation, values against numpy."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from policyqa.index.errors import IndexDamaged
from policyqa.index.store import vectors
from policyqa.index.store.vectors import ArrayStore, FaissStore, VectorStore, stacked

Make = Callable[[np.ndarray], VectorStore]
ROWS = np.random.default_rng(7).normal(size=(200, 16)).astype(np.float32)
QUERY = np.random.default_rng(8).normal(size=16).astype(np.float32)


def saved(array: np.ndarray, folder: Path) -> VectorStore:
    FaissStore.build(array).save(folder / "a")
    return FaissStore.load(folder / "a")


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


@pytest.mark.parametrize("data", [None, b"", b"\x93NUMPY", b"no array"])
def test_a_damaged_file_is_named(tmp_path: Path, data: bytes | None) -> None:
    FaissStore.build(ROWS).save(tmp_path / "a")
    (tmp_path / "a" / "flat.faiss").unlink()
    if data is not None:
        (tmp_path / "a" / "flat.faiss").write_bytes(data)
    with pytest.raises(IndexDamaged, match=r"\(a\)"):
        FaissStore.load(tmp_path / "a")


def test_damaged_lists_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(monkeypatch).save(tmp_path / "a")
    (tmp_path / "a" / "lists.faiss").write_bytes(b"IxFI")
    with pytest.raises(IndexDamaged, match=r"\(a\)"):
        FaissStore.load(tmp_path / "a")


def test_a_file_that_cannot_be_written_is_an_os_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OSError, match="absent"):
        FaissStore.build(ROWS).save(tmp_path / "absent" / "a")
    monkeypatch.setattr(vectors, "LISTS", "absent/lists.faiss")
    with pytest.raises(OSError, match="a 无法写入"):
        many(monkeypatch).save(tmp_path / "a")


def test_only_the_rows_asked_for_are_looked_at(make: Make) -> None:
    among = np.arange(3, 200, 7)
    rows, scores = make(ROWS).search(QUERY, k=5, among=among)
    exact = ROWS[among] @ QUERY
    assert rows.tolist() == among[np.argsort(-exact)[:5]].tolist()
    np.testing.assert_allclose(scores, np.sort(exact)[::-1][:5], rtol=1e-4)
    assert make(ROWS).search(QUERY, k=5, among=among[:0])[0].tolist() == []


CENTRES = np.random.default_rng(3).normal(size=(30, 32))
MANY = np.repeat(CENTRES, 100, axis=0) + 0.5 * np.random.default_rng(4).normal(size=(3000, 32))
MANY = (MANY / np.linalg.norm(MANY, axis=1, keepdims=True)).astype(np.float32)


def many(monkeypatch: pytest.MonkeyPatch) -> FaissStore:
    """A store of so many rows that not all are looked at."""
    monkeypatch.setattr(vectors, "EXACT_ROWS", 1000)
    monkeypatch.setattr(vectors, "SAMPLED", 13)
    monkeypatch.setattr(vectors, "PROBED", 32)
    return FaissStore.build(MANY)


def test_of_many_rows_nearly_all_of_the_nearest_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = many(monkeypatch)
    assert not built.is_exact
    assert built.kind == "IVF108,SQ8,nprobe=32"
    assert FaissStore.build(MANY[:999]).kind == "Flat"
    built.save(tmp_path / "a")
    monkeypatch.setattr("policyqa.index.store.files.LARGE_BYTES", 1000)  # the rows are mapped then
    for store in (built, FaissStore.load(tmp_path / "a")):
        shares = []
        for query in MANY[::100]:
            rows, scores = store.search(query, k=50)
            assert scores.tolist() == pytest.approx((MANY[rows] @ query).tolist(), abs=1e-6)
            assert (np.diff(scores) <= 0).all()
            shares.append(np.isin(rows, np.argsort(-(MANY @ query))[:50]).mean())
        assert np.mean(shares) >= 0.99
        np.testing.assert_array_equal(store.vectors(np.arange(3000)), MANY)


def test_of_many_rows_those_that_are_left_out_are_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, query = many(monkeypatch), MANY[0]
    for among in (np.arange(0, 3000, 2), np.arange(0, 3000, 7)):  # more and fewer than `EXACT_ROWS`
        rows, _ = store.search(query, k=50, among=among)
        exact = among[np.argsort(-(MANY[among] @ query))[:50]]
        assert np.isin(rows, among).all()
        assert np.isin(rows, exact).mean() >= 0.98


def test_arrays_are_stacked() -> None:
    np.testing.assert_array_equal(stacked([ROWS[:2], ROWS[2:3]], 16), ROWS[:3])
    assert stacked([], 16).shape == (0, 16)
