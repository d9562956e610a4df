"""Which tokens each text has, known before a question comes."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from policyqa.index.errors import IndexDamaged

Flags = NDArray[np.bool_]


class TokenSets:
    """The set of tokens of each of n texts, kept as numbers: those of text i are
    `numbers[starts[i]:starts[i + 1]]`, ascending places in `vocabulary`."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        starts: NDArray[np.int64],
        numbers: NDArray[np.int32],
    ) -> None:
        self._vocabulary = tuple(vocabulary)
        self._places = {token: place for place, token in enumerate(self._vocabulary)}
        self._starts = starts
        self._numbers = numbers

    @classmethod
    def build(cls, texts: Sequence[Iterable[str]]) -> "TokenSets":
        """The sets of n tokenised texts."""
        sets = [frozenset(text) for text in texts]
        vocabulary = sorted(frozenset().union(*sets))
        places = {token: place for place, token in enumerate(vocabulary)}
        numbers = [sorted(places[token] for token in each) for each in sets]
        starts = np.cumsum([0, *map(len, sets)], dtype=np.int64)
        return cls(vocabulary, starts, np.array([n for row in numbers for n in row], np.int32))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def of(self, row: int) -> frozenset[str]:
        """The tokens of one text."""
        numbers = self._numbers[self._starts[row] : self._starts[row + 1]]
        return frozenset(self._vocabulary[number] for number in numbers)

    def holds(self, tokens: Sequence[str], rows: range) -> Flags:
        """Whether each of some texts has each of some tokens, shape (len(rows), len(tokens))."""
        wanted = np.array([self._places.get(token, -1) for token in tokens], dtype=np.int64)
        found = np.zeros((len(rows), len(tokens)), dtype=np.bool_)
        for place, row in enumerate(rows):
            own = self._numbers[self._starts[row] : self._starts[row + 1]]
            found[place] = np.isin(wanted, own)
        return found

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "numbers.npz", starts=self._starts, numbers=self._numbers)
        (folder / "tokens.txt").write_text("\n".join(self._vocabulary), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "TokenSets":
        """Read what `save` wrote.

        Raises:
            IndexDamaged: a file is absent or cannot be read.
        """
        try:
            text = (folder / "tokens.txt").read_text(encoding="utf-8")
            with np.load(folder / "numbers.npz", allow_pickle=False) as stored:
                return cls(text.split("\n") if text else [], stored["starts"], stored["numbers"])
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamaged(f"索引损坏({folder.name}:{error}),请运行 policyqa index") from error
