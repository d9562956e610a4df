"""What a question asks for, part by part."""

from collections.abc import Sequence

from policyqa.index.text.words import normalise
from policyqa.index.types import Value
from policyqa.qa.question.expectation import Expectation, expected
from policyqa.qa.question.forms import ASKING, SPLIT, WHERE

MIN_CHARS = 2


class Part(Value):
    """One thing asked: its words, and how an answer to it can be known."""

    text: str
    expectation: Expectation = Expectation()
    where: bool = False


def parts_of(query: str, shares: Sequence[str] = ()) -> tuple[Part, ...]:
    """The parts of a question, in order; () where it asks for one thing only. `shares` as in
    `expected`."""
    pieces = [p.strip() for p in SPLIT.split(normalise(query)) if p and p.strip()]
    asked = [p for p in pieces if ASKING.search(p) and len(p) >= MIN_CHARS]
    if len(asked) < 2:
        return ()
    return tuple(
        Part(text=p, expectation=expected(p, shares), where=bool(WHERE.search(p))) for p in asked
    )
