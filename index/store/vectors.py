"""Vectors to neighbours: the VectorStore promise, FAISS, and a brute-force twin."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from policyqa.index.errors import IndexDamaged

Vectors = NDArray[np.float32]  # one (dimension,) or several (n, dimension)
Rows = NDArray[np.int64]


class VectorStore(Protocol):
    """Inner products of a query with n stored rows; larger is better, ties by lower row."""

    def __len__(self) -> int: ...

    def search(self, query: Vectors, *, k: int) -> tuple[Rows, Vectors]:
        """The k best rows and their scores, best first; fewer when there are fewer rows."""
        ...

    def scores(self, query: Vectors, rows: Rows | slice) -> Vectors:
        """Scores of the given rows, in their order; `slice(None)` is every row."""
        ...

    def vectors(self, rows: Rows) -> Vectors:
        """The stored rows themselves, shape (len(rows), dimension)."""
        ...


class ArrayStore:
    """Brute force over an array: the reference that other stores are compared with."""

    def __init__(self, array: Vectors) -> None:
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    def search(self, query: Vectors, *, k: int) -> tuple[Rows, Vectors]:
        """See VectorStore."""
        return _best(self._array @ query, k)

    def scores(self, query: Vectors, rows: Rows | slice) -> Vectors:
        """See VectorStore."""
        return self._array[rows] @ query

    def vectors(self, rows: Rows) -> Vectors:
        """See VectorStore."""
        return self._array[rows]


class FaissStore:
    """FAISS flat inner product: exact, and quick enough for some hundred thousand rows."""

    def __init__(self, index: Any) -> None:
        import faiss

        _one_blas_thread()
        self._index = index
        size = int(index.ntotal) * int(index.d)
        flat = faiss.rev_swig_ptr(index.get_xb(), size) if size else np.zeros(0, np.float32)
        self._array: Vectors = flat.reshape(index.ntotal, index.d)

    @classmethod
    def build(cls, array: Vectors) -> "FaissStore":
        """Index float32 rows, shape (n, dimension)."""
        import faiss

        index = faiss.IndexFlatIP(array.shape[1])
        index.add(np.ascontiguousarray(array, dtype=np.float32))
        return cls(index)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a row."""
        return int(self._index.d)

    def search(self, query: Vectors, *, k: int) -> tuple[Rows, Vectors]:
        """See VectorStore."""
        if not len(self) or k < 1:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        rows, scores = self._ranked(query, min(k + 1, len(self)))
        if len(rows) > k and scores[k - 1] == scores[k]:  # a tie at the cut: FAISS keeps any of it
            rows, scores = self._ranked(query, len(self))
        return rows[:k], scores[:k]

    def _ranked(self, query: Vectors, k: int) -> tuple[Rows, Vectors]:
        scores, rows = self._index.search(query[None, :], k)
        order = np.lexsort((rows[0], -scores[0]))
        return rows[0][order], scores[0][order]

    def scores(self, query: Vectors, rows: Rows | slice) -> Vectors:
        """See VectorStore."""
        return self._array[rows] @ query

    def vectors(self, rows: Rows) -> Vectors:
        """See VectorStore."""
        return self._array[rows].copy()

    def save(self, path: Path) -> None:
        """Write one file.

        Raises:
            OSError: it cannot be written, or the disk is full.
        """
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(f"{path.name} 无法写入，磁盘可能已满") from error

    @classmethod
    def load(cls, path: Path) -> "FaissStore":
        """Read what `save` wrote.

        Raises:
            IndexDamaged: the file is absent or cannot be read.
        """
        import faiss

        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise IndexDamaged(f"索引损坏({path.name}),请运行 policyqa index 重建") from error


def _best(scores: Vectors, k: int) -> tuple[Rows, Vectors]:
    rows = np.lexsort((np.arange(len(scores)), -scores))[: max(k, 0)]
    return rows, scores[rows]


def stacked(parts: Sequence[Vectors], dimension: int) -> Vectors:
    """Rows of several arrays under each other; (0, dimension) when there are none."""
    return np.concatenate(parts) if parts else np.zeros((0, dimension), np.float32)


@cache
def _one_blas_thread() -> None:
    """Let numpy multiply on one thread, in this process.

    A product of a query and all rows waits for memory, so that a second thread gains nothing; but
    OpenBLAS's threads wait for the next product by spinning and take the core from the model that
    runs next (129 against 89 ms for a second stage on two cores).
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=1, user_api="blas")
