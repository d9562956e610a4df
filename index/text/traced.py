"""Text that remembers where each of its characters stood in the original file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Traced:
    """A string and, for each code point, its offset in the original (int32, same length)."""

    text: str
    at: NDArray[np.int32]

    @classmethod
    def of(cls, text: str) -> "Traced":
        """The whole original."""
        return cls(text, np.arange(len(text), dtype=np.int32))

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, part: slice) -> "Traced":
        return Traced(self.text[part], self.at[part])

    def __add__(self, other: "Traced") -> "Traced":
        return Traced(self.text + other.text, np.concatenate([self.at, other.at]))

    def strip(self, chars: str | None = None) -> "Traced":
        """As `str.strip`."""
        left = len(self.text) - len(self.text.lstrip(chars))
        right = len(self.text.rstrip(chars))
        return self[left : max(left, right)]

    def without(self, pattern: re.Pattern[str]) -> "Traced":
        """With every match taken out."""
        spans = [match.span() for match in pattern.finditer(self.text)]
        return self.without_spans(spans) if spans else self

    def without_spans(self, spans: Iterable[tuple[int, int]]) -> "Traced":
        """With these disjoint, ascending spans taken out."""
        kept, last = [], 0
        for start, end in spans:
            kept.append(self[last:start])
            last = end
        return joined([*kept, self[last:]])

    def split(self, pattern: re.Pattern[str]) -> Iterator["Traced"]:
        """The parts between matches, as `re.split` without groups."""
        last = 0
        for match in pattern.finditer(self.text):
            yield self[last : match.start()]
            last = match.end()
        yield self[last:]


def joined(parts: Iterable[Traced]) -> Traced:
    """One text of several, nothing between them."""
    listed = list(parts)
    if not listed:
        return Traced.of("")
    return Traced("".join(p.text for p in listed), np.concatenate([p.at for p in listed]))
