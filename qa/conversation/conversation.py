"""What was said before a question: what was asked, which documents answered, what they listed."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from policyqa.index.types import Value

EARLIER = 4  # turns that are looked back on
DOCUMENTS = 3  # that were last answered from, whose titles are read
REMEMBERED = 2000  # turns, so that a conversation is not answered again with each question


class Earlier(Value):
    """One turn before a question: what was asked, normalised; the ids and the titles of the
    documents that the answer cites, in its order; the items that it lists."""

    question: str
    documents: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Conversation(Value):
    """The last `EARLIER` turns before a question, oldest first."""

    turns: tuple[Earlier, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """What was asked, the latest first."""
        return tuple(turn.question for turn in reversed(self.turns))

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents last cited, the latest first, each once."""
        return tuple(self._cited())

    @property
    def titles(self) -> tuple[str, ...]:
        """Their titles."""
        return tuple(self._cited().values())

    def _cited(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for turn in reversed(self.turns):
            for name, title in zip(turn.documents, turn.titles, strict=True):
                if len(found) < DOCUMENTS:
                    found.setdefault(name, title)
        return found

    @property
    def items(self) -> tuple[str, ...]:
        """What was last listed."""
        return next((turn.items for turn in reversed(self.turns) if turn.items), ())


class Memory:
    """The turns last answered, by how they were asked; safe to share between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Earlier] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, place: Hashable) -> Earlier | None:
        """What is remembered; None for nothing."""
        with self._lock:
            return self._kept.get(place)

    def keep(self, place: Hashable, turn: Earlier) -> None:
        """Remember a turn; the oldest is forgotten."""
        with self._lock:
            self._kept[place] = turn
            self._kept.move_to_end(place)
            if len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
