"""Files of an index: arrays, and values one a line. Small ones are read whole, so that what happens
to the file afterwards is no matter; large ones stay on the disk and are mapped into memory."""

import mmap
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from policyqa.index.errors import IndexDamaged
from policyqa.index.types import Value

T = TypeVar("T", bound=Value)
LARGE_BYTES = 16 * 2**20  # from here on a file is mapped
KEPT = 20_000  # values of a mapped file that stay ready once they were asked for
LINES = ".lines.npy"  # beside a file of values: where its lines begin, and its end


def is_large(path: Path) -> bool:
    """Whether a file is mapped. Raises OSError: it is absent."""
    return path.stat().st_size >= LARGE_BYTES


def read_array(path: Path) -> NDArray[Any]:
    """An array that `numpy.save` wrote.

    Raises:
        OSError, ValueError: the file is absent or none.
    """
    try:
        mode: Literal["r"] | None = "r" if is_large(path) else None
        array: NDArray[Any] = np.load(path, mmap_mode=mode, allow_pickle=False)
    except EOFError as error:
        raise ValueError(f"{path.name} 是空的") from error
    return array.view(np.ndarray)


class Records(Sequence[T], Generic[T]):
    """The values of a large file, read when they are asked for."""

    def __init__(self, path: Path, kind: type[T]) -> None:
        """Map the file. Raises OSError or ValueError: it is absent or empty."""
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._starts = read_array(_lines_of(path))
        self._path, self._kind = path, kind
        self._at = lru_cache(maxsize=KEPT)(self._read)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        """One value or several. Raises IndexDamaged: what stands there is none."""
        if isinstance(at, slice):
            return tuple(self._at(n) for n in range(*at.indices(len(self))))
        return self._at(range(len(self))[at])

    def __iter__(self) -> Iterator[T]:
        return (self._read(n) for n in range(len(self)))

    def _read(self, n: int) -> T:
        line = self._data[int(self._starts[n]) : int(self._starts[n + 1])]
        try:
            return self._kind.model_validate_json(line)
        except ValidationError as error:
            raise IndexDamaged(
                f"索引文件 {self._path.name} 被改动或不完整，请运行 policyqa index 重建"
            ) from error


def write_values(path: Path, values: Sequence[Value]) -> None:
    """One JSON a line, and beside it where the lines begin."""
    starts = [0]
    with path.open("wb") as lines:
        for value in values:
            line = value.model_dump_json(exclude_defaults=True).encode() + b"\n"
            lines.write(line)
            starts.append(starts[-1] + len(line))
    np.save(_lines_of(path), np.array(starts, np.int64))


def read_values(path: Path, kind: type[T]) -> Sequence[T]:
    """What `write_values` wrote.

    Raises:
        OSError, ValueError: a file is absent or none.
    """
    if is_large(path):
        return Records(path, kind)
    with path.open(encoding="utf-8") as lines:
        return tuple(kind.model_validate_json(line) for line in lines)


def _lines_of(path: Path) -> Path:
    return path.with_suffix(LINES)
