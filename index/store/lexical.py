"""BM25 over one kind of token (Robertson & Zaragoza 2009), kept by the bm25s library."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyqa.index.errors import IndexDamaged
from policyqa.index.store.files import is_large, read_array

K1 = 1.2
B = 0.75
LIBRARYS_OWN = "vocab.index.json"
Scores = NDArray[np.float32]


class LexicalIndex:
    """BM25 scores of every text for a query's tokens; larger is better, 0 is no token shared."""

    def __init__(self, model: Any, size: int, idf: dict[str, float]) -> None:
        self._model = model
        self._size = size
        self._idf = idf

    @classmethod
    def build(cls, texts: Sequence[Collection[str]]) -> "LexicalIndex":
        """Index n tokenised texts; row i of every score array is texts[i]."""
        bm25s = _library()
        model: Any = None
        if any(texts):
            model = bm25s.BM25(k1=K1, b=B, method="lucene")
            model.index([list(text) for text in texts], show_progress=False)
        return cls(model, len(texts), _idf(texts))

    def __len__(self) -> int:
        return self._size

    def scores(self, tokens: Sequence[str]) -> Scores:
        """BM25 of every text, shape (n,), float32. A repeated token counts each time."""
        known = [token for token in tokens if token in self._idf]
        if self._model is None or not known:
            return np.zeros(self._size, dtype=np.float32)
        scored: Scores = np.asarray(self._model.get_scores(known), dtype=np.float32)
        return scored

    def idf(self, token: str) -> float:
        """How rare a token is; one that no text has is as rare as can be."""
        unseen = float(np.log(1 + (self._size + 0.5) / 0.5))
        return self._idf.get(token, unseen)

    def knows(self, token: str) -> bool:
        """Whether any text has this token."""
        return token in self._idf

    def tokens(self) -> list[str]:
        """All tokens of the texts, in their order."""
        return list(self._idf)

    def save(self, folder: Path) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._model is not None:
            self._model.save(str(folder))
            (folder / LIBRARYS_OWN).unlink()  # in JSON, which takes longest to read
            numbers = [self._model.vocab_dict[token] for token in self._idf]
            np.save(folder / "numbers.npy", np.array(numbers, np.int32))
            np.save(folder / "idf.npy", np.array(list(self._idf.values()), np.float64))
            (folder / "tokens.txt").write_text("\n".join(self._idf), encoding="utf-8")
        head = {"size": self._size, "tokens": len(self._idf)}
        (folder / "head.json").write_text(json.dumps(head), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read what `save` wrote.

        Raises:
            IndexDamaged: a file is absent or cannot be read.
        """
        try:
            head = json.loads((folder / "head.json").read_text(encoding="utf-8"))
            if not head["tokens"]:
                return cls(None, int(head["size"]), {})
            tokens = (folder / "tokens.txt").read_text(encoding="utf-8").split("\n")
            idf = dict(zip(tokens, read_array(folder / "idf.npy").tolist(), strict=True))
            return cls(_read(folder, tokens), int(head["size"]), idf)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"索引损坏({folder.name}:{error}),请运行 policyqa index") from error


def _idf(texts: Sequence[Collection[str]]) -> dict[str, float]:
    """Lucene's idf, ln(1 + (n - df + 0.5) / (df + 0.5)), rounded so that saving keeps it."""
    frequency: dict[str, int] = {}
    for text in texts:
        for token in set(text):
            frequency[token] = frequency.get(token, 0) + 1
    n = len(texts)
    return {
        token: round(float(np.log(1 + (n - df + 0.5) / (df + 0.5))), 6)
        for token, df in sorted(frequency.items())
    }


def _read(folder: Path, tokens: Sequence[str]) -> Any:
    """bm25s's index with its numbers of the tokens; its postings mapped where they are many."""
    mapped = any(map(is_large, folder.glob("*.npy")))
    model = _library().BM25.load(str(folder), show_progress=False, mmap=mapped, load_vocab=False)
    numbers = read_array(folder / "numbers.npy").tolist()
    model.vocab_dict = dict(zip(tokens, numbers, strict=True))
    return model


def _library() -> Any:
    """bm25s without its log lines."""
    import logging

    import bm25s

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    return bm25s
