"""What a question asks for, part by part."""

from collections.abc import Sequence

from policyqa.index.text.words import normalise
from policyqa.index.types import Value
from policyqa.qa.question.expectation import Expectation, expected
from policyqa.qa.question.forms import ASKING, SPLIT, WHERE

MIN_CHARS = 2


class Part(Value):
    """One thing asked: its words, and how an answer to it can be known; `whole` is with what was
    told before it."""

    text: str
    whole: str = ""
    expectation: Expectation = Expectation()
    where: bool = False


def parts_of(query: str, shares: Sequence[str] = ()) -> tuple[Part, ...]:
    """The parts of a question, in order; () where it asks for one thing only. `shares` as in
    `expected`."""
    pieces = [p.strip() for p in SPLIT.split(normalise(query)) if p and p.strip()]
    found: list[Part] = []
    told: list[str] = []
    for piece in pieces:
        told.append(piece)
        if ASKING.search(piece) and len(piece) >= MIN_CHARS:
            form, where = expected(piece, shares), bool(WHERE.search(piece))
            found.append(Part(text=piece, whole="，".join(told), expectation=form, where=where))
            told = []
    return tuple(found) if len(found) > 1 else ()
