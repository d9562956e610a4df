"""Which programmes an answer is about: those with a cell in the words that it cites."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from policyqa.index.types import Span
from policyqa.qa.register.standing import Standings, State
from policyqa.qa.register.types import Programme
from policyqa.qa.types import Citation

MOST = 3
WORST_FIRST: tuple[State, ...] = ("review", "proposed", "signed")


class Related(NamedTuple):
    """A programme, and what the worst of its cells that are cited is worth."""

    programme: Programme
    state: State


class Place(NamedTuple):
    """Where the words of a cell stand in a file, and what it is worth."""

    span: Span
    programme: Programme
    state: State


class Places:
    """The cells of programmes by where their words stand now.

    Args:
        programmes: those that may be had.
        standings: of their cells.
    """

    def __init__(self, programmes: Sequence[Programme], standings: Standings) -> None:
        self._by_source: dict[str, list[Place]] = {}
        for programme in programmes:
            for _, _, cell in programme.cells():
                held = standings.of(cell)
                if held.document and held.span:
                    place = Place(held.span, programme, held.state)
                    self._by_source.setdefault(held.document.source, []).append(place)

    def related(self, citations: Iterable[Citation]) -> tuple[Related, ...]:
        """The programmes that most of the citations stand in, at most `MOST`; of as many the one
        that is cited first."""
        cited: Counter[str] = Counter()
        found: dict[str, list[Place]] = {}
        for each in citations:
            places = self._by_source.get(each.source, ())
            own = [p for p in places if p.span[0] < each.end and each.start < p.span[1]]
            for place in own:
                found.setdefault(place.programme.id, []).append(place)
            cited.update({place.programme.id for place in own})
        return tuple(_worst(found[name]) for name, _ in cited.most_common(MOST))


def _worst(places: Sequence[Place]) -> Related:
    states = {place.state for place in places}
    return Related(places[0].programme, next(each for each in WORST_FIRST if each in states))
