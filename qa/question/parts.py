"""What a question asks for, part by part."""

import re

from policyqa.index.text.words import normalise
from policyqa.index.types import Value
from policyqa.qa.question.expectation import Expectation, expected

SPLIT = re.compile(
    r"[,，;；?？。]|(?<=[少么时候里儿谁些样])[、和]|以及|还有|另外|同时|并且|并(?=[有在由怎多什哪])"
)
ASKING = re.compile(
    r"多少|好多|几(?=[年月天日号个家名位项次种类条期届批岁点周])|什么|哪|谁|怎么|如何|何时|何地|多久|多长|多大|多高|吗$|呢$"
)
WHERE = re.compile(r"哪里|哪儿|什么地方|在哪|地点|何地")
MIN_CHARS = 2


class Part(Value):
    """One thing asked: its words, and how an answer to it can be known."""

    text: str
    expectation: Expectation = Expectation()
    where: bool = False


def parts_of(query: str) -> tuple[Part, ...]:
    """The parts of a question, in order; () where it asks for one thing only."""
    pieces = [p.strip() for p in SPLIT.split(normalise(query)) if p and p.strip()]
    asked = [p for p in pieces if ASKING.search(p) and len(p) >= MIN_CHARS]
    if len(asked) < 2:
        return ()
    return tuple(Part(text=p, expectation=expected(p), where=bool(WHERE.search(p))) for p in asked)
