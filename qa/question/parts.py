"""What a question asks for, part by part."""

from collections.abc import Sequence

from policyqa.index.text.words import normalise
from policyqa.index.types import Value
from policyqa.qa.question.expectation import Expectation, expected
from policyqa.qa.question.forms import ASKING, SPLIT, WHERE
from policyqa.qa.question.sides import sides_of

MIN_CHARS = 2


class Part(Value):
    """One thing asked: its words, and how an answer to it can be known; `whole` is with what was
    told before it. Of one of several things that are compared, in our words, `side` is its name."""

    text: str
    whole: str = ""
    expectation: Expectation = Expectation()
    where: bool = False
    side: str = ""


def parts_of(query: str, shares: Sequence[str] = ()) -> tuple[Part, ...]:
    """The parts of a question, in order: what is asked one after the other, or the sides that are
    compared; () where it asks for one thing only. `shares` as in `expected`."""
    plain = normalise(query)
    pieces = [p.strip() for p in SPLIT.split(plain) if p and p.strip()]
    found: list[Part] = []
    told: list[str] = []
    for piece in pieces:
        told.append(piece)
        if ASKING.search(piece) and len(piece) >= MIN_CHARS:
            found.append(_part(piece, "，".join(told), shares))
            told = []
    if len(found) < 2:
        found = [_part(text, text, shares, side=name) for name, text in sides_of(plain)]
    return tuple(found)


def _part(text: str, whole: str, shares: Sequence[str], *, side: str = "") -> Part:
    form, where = expected(text, shares), bool(WHERE.search(text))
    return Part(text=text, whole=whole, expectation=form, where=where, side=side)
