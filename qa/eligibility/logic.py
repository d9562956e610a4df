"""Conditions in three values: met (True), not met (False), not known (None).

The connectives are Kleene's strong ones (S. C. Kleene, Introduction to Metamathematics, 1952,
§ 64): one failure decides a conjunction, whatever else is unknown, and nothing unknown ever counts
as met or as failed.
"""

from collections.abc import Iterable
from typing import NamedTuple

Truth = bool | None


class Leaf(NamedTuple):
    """A single condition: its place among those of a rule, and whether it is met."""

    number: int
    met: Truth


class All(NamedTuple):
    """Met when each part is."""

    parts: tuple["Node", ...]


class Any(NamedTuple):
    """Met when at least `least` parts are."""

    parts: tuple["Node", ...]
    least: int = 1


class Not(NamedTuple):
    """Met when its part is not: what excludes."""

    part: "Node"


Node = Leaf | All | Any | Not


def truth(node: Node) -> Truth:
    """Whether a tree of conditions is met; None where what is not known may decide."""
    if isinstance(node, Leaf):
        return node.met
    if isinstance(node, Not):
        inner = truth(node.part)
        return None if inner is None else not inner
    if isinstance(node, All):
        return _at_least(len(node.parts), map(truth, node.parts))
    return _at_least(node.least, map(truth, node.parts))


def _at_least(count: int, values: Iterable[Truth]) -> Truth:
    found = list(values)
    met, failed = found.count(True), found.count(False)
    if met >= count:
        return True
    return False if len(found) - failed < count else None
