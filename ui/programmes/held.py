"""The register in force: read anew when one of its files, the documents or the day has changed."""

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from policyqa.qa.corpus import Corpus
from policyqa.qa.register import shelf
from policyqa.qa.register.checking import Engine
from policyqa.qa.register.related import Places
from policyqa.qa.register.shelf import SUFFIX, Shelf
from policyqa.qa.register.standing import Standings

Stamp = tuple[object, ...]


class InForce(NamedTuple):
    """The register, what its cells are worth, all programmes made ready to be checked, and where
    the words of their cells stand."""

    shelf: Shelf
    standings: Standings
    engine: Engine
    places: Places


class Held:
    """The register of one service.

    Args:
        folder: of its files.
        corpus: gives the documents of now.
        today: gives the day (ISO).
    """

    def __init__(
        self,
        folder: Path,
        corpus: Callable[[], Corpus],
        today: Callable[[], str] = lambda: date.today().isoformat(),
    ) -> None:
        self.folder = folder
        self._corpus = corpus
        self._today = today
        self._turn = threading.Lock()
        self._stamp: Stamp = ()
        self._now: InForce | None = None

    def now(self) -> InForce:
        """What is in force."""
        corpus, day = self._corpus(), self._today()
        stamp = (corpus.fingerprint, tuple(corpus.by_id), day, self._files())
        with self._turn:
            if self._now is None or stamp != self._stamp:
                held, standings = shelf.load(self.folder), Standings(corpus, day)
                engine = Engine(held.programmes, standings)
                places = Places([each.programme for each in engine.checked], standings)
                self._now = InForce(held, standings, engine, places)
                self._stamp = stamp
            return self._now

    def _files(self) -> Stamp:
        if not self.folder.is_dir():
            return ()
        found = ((path.name, path.stat()) for path in sorted(self.folder.glob(f"*{SUFFIX}")))
        return tuple((name, about.st_mtime_ns, about.st_size) for name, about in found)
