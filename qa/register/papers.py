"""What several programmes ask for, put together: each paper once."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from policyqa.index.text.words import normalise
from policyqa.qa.register.types import Cell, Programme

COPIES = re.compile(r"[（(][^（()）]{0,20}[)）]|原件|复印件|及|和|[^\w]|\d+份|一式.份")


class Paper(NamedTuple):
    """A paper as the first programme names it, and every cell that asks for it with its
    programme."""

    text: str
    asked: tuple[tuple[Programme, Cell], ...]


def papers_of(programmes: Sequence[Programme]) -> list[Paper]:
    """The papers of several programmes in their order; those that differ only in copies, numbers
    and marks are one.

    Args:
        programmes: those that somebody applies for.
    """
    same: dict[str, list[tuple[Programme, Cell]]] = {}
    for programme in programmes:
        for cell in programme.materials:
            key = COPIES.sub("", normalise(cell.text)) or cell.text
            same.setdefault(key, []).append((programme, cell))
    return [Paper(asked[0][1].text, tuple(asked)) for asked in same.values()]
