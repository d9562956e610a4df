"""Vectors to neighbours: the VectorStore promise, FAISS, and a brute-force twin."""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from policyqa.index.errors import IndexDamaged
from policyqa.index.store.files import read_array

EXACT_ROWS = 50_000  # from here on FAISS's lists are searched
LISTS_PER_ROOT = 2  # lists over the square root of the rows
SAMPLED, ROUNDS = 64, 10  # rows a list that train it, and how often k-means goes over them
BLOCK = 65_536  # rows that are added at once
PROBED = 160  # lists that are looked into: 0.99 of the 100 nearest, of 100,000 rows or a million
MORE = 2  # times k rows by their 8 bits, of which the best k by the rows themselves
FLAT, ROWS, LISTS = "flat.faiss", "rows.npy", "lists.faiss"
Vectors = NDArray[np.float32]  # one (dimension,) or several (n, dimension)
Rows = NDArray[np.int64]


class VectorStore(Protocol):
    """Inner products of a query with n stored rows; larger is better, ties by lower row."""

    def __len__(self) -> int: ...

    def search(self, query: Vectors, *, k: int, among: Rows | None = None) -> tuple[Rows, Vectors]:
        """The k best rows and their scores, best first; fewer when there are fewer rows.

        Args:
            query: shape (dimension,).
            k: how many.
            among: ascending; only these rows are looked at.
        """
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

    def search(self, query: Vectors, *, k: int, among: Rows | None = None) -> tuple[Rows, Vectors]:
        """See VectorStore."""
        return _best_among(self.scores(query, slice(None) if among is None else among), among, k)

    def scores(self, query: Vectors, rows: Rows | slice) -> Vectors:
        """See VectorStore."""
        return self._array[rows] @ query

    def vectors(self, rows: Rows) -> Vectors:
        """See VectorStore."""
        return self._array[rows]


class FaissStore:
    """FAISS over rows. Below `EXACT_ROWS` a flat index, which looks at all; above, it looks into
    the nearest of its lists (inverted file, 8 bits a number), and the best of what it finds are
    scored by the rows themselves, which are mapped."""

    def __init__(self, index: Any, array: Vectors | None = None) -> None:
        """Of a flat index, or of lists with the rows that they were made of."""
        import faiss

        _one_blas_thread()
        self._index: Any = index
        if array is None:
            size = int(index.ntotal) * int(index.d)
            flat = faiss.rev_swig_ptr(index.get_xb(), size) if size else np.zeros(0, np.float32)
            self._array: Vectors = flat.reshape(index.ntotal, index.d)
        else:
            self._array = array
        self._lists: Any = None if array is None else index

    @classmethod
    def build(cls, array: Vectors) -> "FaissStore":
        """Index float32 rows, shape (n, dimension)."""
        import faiss

        rows = np.ascontiguousarray(array, dtype=np.float32)
        if len(rows) >= EXACT_ROWS:
            return cls(_lists_of(rows), rows)
        index = faiss.IndexFlatIP(rows.shape[1])
        index.add(rows)
        return cls(index)

    def __len__(self) -> int:
        return len(self._array)

    @property
    def dimension(self) -> int:
        """Length of a row."""
        return int(self._array.shape[1])

    @property
    def is_exact(self) -> bool:
        """Whether `search` looks at every row."""
        return self._lists is None

    @property
    def kind(self) -> str:
        """How rows are searched, in FAISS's words."""
        if self._lists is None:
            return "Flat"
        return f"IVF{self._lists.nlist},SQ8,nprobe={self._lists.nprobe}"

    def search(self, query: Vectors, *, k: int, among: Rows | None = None) -> tuple[Rows, Vectors]:
        """See VectorStore."""
        few = among is not None and len(among) < EXACT_ROWS
        if self._lists is not None and not few and k > 0:
            rows = self._near(query, k * MORE, among)
            best, scores = _best(self.scores(query, rows), k)
            return rows[best], scores
        if among is None and len(self) and k > 0:
            return self._nearest(query, k)
        return _best_among(self.scores(query, slice(None) if among is None else among), among, k)

    def _nearest(self, query: Vectors, k: int) -> tuple[Rows, Vectors]:
        rows, scores = self._ranked(query, min(k + 1, len(self)))
        if len(rows) > k and scores[k - 1] == scores[k]:  # a tie at the cut: FAISS keeps any of it
            rows, scores = self._ranked(query, len(self))
        return rows[:k], scores[:k]

    def _ranked(self, query: Vectors, k: int) -> tuple[Rows, Vectors]:
        scores, rows = self._index.search(query[None, :], k)
        order = np.lexsort((rows[0], -scores[0]))
        return rows[0][order], scores[0][order]

    def _near(self, query: Vectors, k: int, among: Rows | None) -> Rows:
        """About the nearest k rows, ascending."""
        import faiss

        made: Any = faiss  # its stubs know no keywords
        wanted = made.SearchParametersIVF(nprobe=self._lists.nprobe)
        if among is not None:
            mask = np.zeros(len(self), np.bool_)
            mask[among] = True
            wanted.sel = made.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        _, rows = self._lists.search(query[None, :], min(k, len(self)), params=wanted)
        return np.sort(rows[0][rows[0] >= 0]).astype(np.int64)

    def scores(self, query: Vectors, rows: Rows | slice) -> Vectors:
        """See VectorStore."""
        return self._array[rows] @ query

    def vectors(self, rows: Rows) -> Vectors:
        """See VectorStore."""
        return self._array[rows].copy()

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made.

        Raises:
            OSError: it cannot be written, or the disk is full.
        """
        import faiss

        folder.mkdir(exist_ok=True)
        try:
            if self._lists is not None:
                np.save(folder / ROWS, self._array)
            faiss.write_index(self._index, str(folder / (FLAT if self.is_exact else LISTS)))
        except RuntimeError as error:
            raise OSError(f"{folder.name} 无法写入，磁盘可能已满") from error

    @classmethod
    def load(cls, folder: Path) -> "FaissStore":
        """Read what `save` wrote.

        Raises:
            IndexDamaged: a file is absent or cannot be read.
        """
        import faiss

        try:
            if not (folder / ROWS).exists():
                return cls(faiss.read_index(str(folder / FLAT)))
            lists = faiss.read_index(str(folder / LISTS))  # whole: mapped, each page is a wait
            return cls(lists, read_array(folder / ROWS))
        except (OSError, ValueError, RuntimeError) as error:
            raise IndexDamaged(f"索引损坏({folder.name}),请运行 policyqa index 重建") from error


def _lists_of(rows: Vectors) -> Any:
    """FAISS's inverted lists of rows, trained on a fixed sample of them."""
    import faiss

    count = LISTS_PER_ROOT * math.isqrt(len(rows))
    size = rows.shape[1]
    lists = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(size), size, count, faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )  # fmt: skip
    lists.cp.niter = ROUNDS
    every = np.random.default_rng(0).permutation(len(rows))
    lists.train(rows[np.sort(every[: SAMPLED * count])])
    for first in range(0, len(rows), BLOCK):
        lists.add(rows[first : first + BLOCK])
    lists.nprobe = min(PROBED, count)
    return lists


def _best_among(scores: Vectors, among: Rows | None, k: int) -> tuple[Rows, Vectors]:
    best, found = _best(scores, k)
    return (best if among is None else among[best]), found


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
