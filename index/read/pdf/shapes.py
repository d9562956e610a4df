"""What is seen on a page: glyphs and lines, in points from its top left corner."""

from typing import NamedTuple


class Glyph(NamedTuple):
    """One character; `base` is its baseline, `size` its em, `spaced` after a space of the file."""

    char: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool = False
    raised: bool = False
    spaced: bool = False


class Rule(NamedTuple):
    """A drawn line; it lies when `x1 - x0 >= bottom - top`, else it stands."""

    x0: float
    top: float
    x1: float
    bottom: float
