"""What a build has embedded, kept beside the index until it is whole: a killed build goes on."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from policyqa.index.store.vectors import Vectors

PART = 8192  # texts between two times that it is written: some minutes' work
NAME = ".embedding-"


class Unfinished:
    """Vectors of texts, by one model, in files of the index folder."""

    def __init__(self, folder: Path, model: str) -> None:
        """Nothing is read or made yet.

        Args:
            folder: index folder.
            model: fingerprint of the embedder.
        """
        self._folder = folder
        self._place = folder / f"{NAME}{_digest(model)[:16]}"

    def known(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Vectors that an earlier build left, of those texts that it had come to."""
        if not self._place.is_dir():
            return {}
        wanted = {_digest(text): text for text in texts}
        found: dict[str, Vectors] = {}
        for path in sorted(self._place.glob("*.npz")):
            try:
                with np.load(path, allow_pickle=False) as part:
                    pairs = zip(part["digests"].tolist(), part["vectors"], strict=True)
                    found |= {wanted[digest]: row for digest, row in pairs if digest in wanted}
            except (OSError, ValueError, KeyError):
                path.unlink(missing_ok=True)
        return found

    def keep(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Write the vectors of some texts, in one step. Raises OSError: the disk is full."""
        self._place.mkdir(exist_ok=True)
        name = _digest("\n".join(texts))[:16]
        coming = self._place / f".{name}-{os.getpid()}"
        digests = np.array([_digest(text) for text in texts])
        with coming.open("wb") as file:
            np.savez(file, digests=digests, vectors=vectors)
        os.replace(coming, self._place / f"{name}.npz")

    def done(self) -> None:
        """Remove what was kept, of other models too: the index holds it."""
        for place in self._folder.glob(f"{NAME}*"):
            shutil.rmtree(place, ignore_errors=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
