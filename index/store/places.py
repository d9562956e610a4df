"""Which passages, sentences and rules are of which document, without reading any of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from policyqa.index.conditions.types import Rule
from policyqa.index.store.files import read_array
from policyqa.index.types import Document, Passage

T = TypeVar("T")
Starts = NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Passages and rules stand in the order of their documents. `document_of` is the document row
    of each passage, shape (passages,); the others are where the sentences of each passage, the
    passages and the rules of each document begin, and the end of the last: one more than those."""

    ids: tuple[str, ...]
    document_of: Starts
    sentence_starts: Starts
    passage_starts: Starts
    rule_starts: Starts

    @classmethod
    def of(
        cls, documents: Sequence[Document], passages: Sequence[Passage], rules: Sequence[Rule]
    ) -> "Places":
        """Of documents with their passages and rules, in order."""
        rows = {document.doc_id: row for row, document in enumerate(documents)}
        document_of = np.array([rows[passage.doc_id] for passage in passages], np.int64)
        rule_of = np.array([rows[rule.doc_id] for rule in rules], np.int64)
        every = np.arange(len(rows) + 1)
        counts = [len(passage.sentences) for passage in passages]
        return cls(
            ids=tuple(rows),
            document_of=document_of,
            sentence_starts=np.cumsum([0, *counts], dtype=np.int64),
            passage_starts=np.searchsorted(document_of, every).astype(np.int64),
            rule_starts=np.searchsorted(rule_of, every).astype(np.int64),
        )

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "documents.txt").write_text("\n".join(self.ids), encoding="utf-8")
        for name in ("document_of", "sentence_starts", "passage_starts", "rule_starts"):
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> "Places":
        """Read what `save` wrote.

        Raises:
            OSError, ValueError: a file is absent or none.
        """
        ids = (folder / "documents.txt").read_text(encoding="utf-8")
        return cls(
            tuple(ids.split("\n")) if ids else (),
            read_array(folder / "document_of.npy"),
            read_array(folder / "sentence_starts.npy"),
            read_array(folder / "passage_starts.npy"),
            read_array(folder / "rule_starts.npy"),
        )


class OfDocuments(Mapping[str, tuple[T, ...]], Generic[T]):
    """What is of each document, by its id; empty where nothing is."""

    def __init__(self, values: Sequence[T], rows: Mapping[str, int], starts: Starts) -> None:
        self._values, self._rows, self._starts = values, rows, starts

    def __getitem__(self, doc_id: str) -> tuple[T, ...]:
        row = self._rows[doc_id]
        return tuple(self._values[int(self._starts[row]) : int(self._starts[row + 1])])

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
