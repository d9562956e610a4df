"""Which tokens each text has, known before a question comes."""

from array import array
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from policyqa.index.errors import IndexDamaged
from policyqa.index.store.files import read_array

Flags = NDArray[np.bool_]


class TokenLists:
    """The tokens of each of n texts in their order, kept as numbers: those of text i are
    `numbers[starts[i]:starts[i + 1]]`, places in `vocabulary`."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        starts: NDArray[np.int64],
        numbers: NDArray[np.int32],
    ) -> None:
        self._vocabulary = tuple(vocabulary)
        self._starts = starts
        self._numbers = numbers

    @classmethod
    def build(cls, texts: Iterable[Collection[str]]) -> Self:
        """The tokens of n texts."""
        places: dict[str, int] = {}
        starts, numbers = array("q", [0]), array("i")
        for text in texts:
            numbers.extend(cls._ordered([places.setdefault(t, len(places)) for t in text]))
            starts.append(len(numbers))
        return cls(tuple(places), np.array(starts, np.int64), np.array(numbers, np.int32))

    @staticmethod
    def _ordered(numbers: list[int]) -> Iterable[int]:
        return numbers

    def __len__(self) -> int:
        return len(self._starts) - 1

    def of(self, row: int) -> Collection[str]:
        """The tokens of one text."""
        return [self._vocabulary[number] for number in self._numbers_of(row).tolist()]

    def _numbers_of(self, row: int) -> NDArray[np.int32]:
        return self._numbers[self._starts[row] : self._starts[row + 1]]

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "starts.npy", self._starts)
        np.save(folder / "numbers.npy", self._numbers)
        (folder / "tokens.txt").write_text("\n".join(self._vocabulary), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            IndexDamaged: a file is absent or cannot be read.
        """
        try:
            text = (folder / "tokens.txt").read_text(encoding="utf-8")
            starts, numbers = read_array(folder / "starts.npy"), read_array(folder / "numbers.npy")
            return cls(text.split("\n") if text else [], starts, numbers)
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"索引损坏({folder.name}:{error}),请运行 policyqa index") from error


class TokenSets(TokenLists):
    """The set of tokens of each of n texts; their numbers ascend."""

    @staticmethod
    def _ordered(numbers: list[int]) -> Iterable[int]:
        return sorted(set(numbers))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {token: place for place, token in enumerate(self._vocabulary)}

    def of(self, row: int) -> frozenset[str]:
        """The tokens of one text."""
        return frozenset(super().of(row))

    def holds(self, tokens: Sequence[str], rows: range) -> Flags:
        """Whether each of some texts has each of some tokens, shape (len(rows), len(tokens))."""
        wanted = np.array([self._places.get(token, -1) for token in tokens], dtype=np.int64)
        found = np.zeros((len(rows), len(tokens)), dtype=np.bool_)
        for place, row in enumerate(rows):
            found[place] = np.isin(wanted, self._numbers_of(row))
        return found
