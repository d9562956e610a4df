"""What is stored of a document's rules: trees of conditions, every leaf with its place in the text.

A tree says what must hold of who applies: whom a list bars stands below `not`.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from policyqa.index.conditions.catalogue import Named
from policyqa.index.conditions.intervals import Interval
from policyqa.index.conditions.limits import Limit
from policyqa.index.types import Value

Mark = Literal["", "office", "exception"]
Consequence = Literal["grants", "refuses", "other"]


class Group(Value):
    """Whom something is for: `document.text[start:end]` names them; `attribute` and `rank` say
    which class of the catalogue that is, "" and 0 for none of it."""

    start: int
    end: int
    attribute: str = ""
    rank: int = 0


class Leaf(Value):
    """A single condition, whose quote is `document.text[start:end]`.

    With an `attribute` it is a limit: this must lie in `allowed`, for those of all `guards`;
    `whole` says that its words demand nothing else: who meets it meets them. Without, nothing but
    its text is known, and no fact settles it. An `office` decides, or may lift, what is so marked;
    an `exception` is what else would do, by its words (除……外).
    """

    node: Literal["leaf"]
    start: int
    end: int
    attribute: str = ""
    unit: str = ""
    allowed: Interval = Interval()
    guards: tuple[Group, ...] = ()
    whole: bool = False
    mark: Mark = ""

    @property
    def limit(self) -> Limit | None:
        """What is demanded in numbers or ranks, with the leaf's own place; None for text."""
        if not self.attribute:
            return None
        guards = tuple(Named(g.attribute, g.rank, g.start, g.end) for g in self.guards)
        return Limit(self.attribute, self.unit, self.allowed, guards, self.start, self.end)


class Branch(Value):
    """Conditions that belong together: all of `parts`, any, at least `least` of them, or (`not`)
    its only part must not hold."""

    node: Literal["all", "any", "at_least", "not"]
    parts: tuple["Node", ...] = Field(min_length=1)
    least: int = 1


Node = Annotated[Leaf | Branch, Field(discriminator="node")]


class Rule(Value):
    """What a document demands at one place: `document.text[start:end]`, a sentence, a table row or
    a list from its introduction on.

    An `exclusion` shuts out another benefit, a `spare` says of whom something is not demanded.
    `words` is the span of what follows (可以申请, 不予受理), empty where it is not said.
    """

    doc_id: str
    kind: Literal["demand", "exclusion", "spare"] = "demand"
    start: int
    end: int
    groups: tuple[Group, ...] = ()
    consequence: Consequence = "other"
    words: tuple[int, int] = (0, 0)
    root: Node


def leaves(node: Node) -> Iterator[Leaf]:
    """The leaves of a tree in its order."""
    if isinstance(node, Leaf):
        yield node
        return
    for part in node.parts:
        yield from leaves(part)
