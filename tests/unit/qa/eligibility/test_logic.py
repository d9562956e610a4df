"""Kleene's three values, worked out by hand and against all ways to fill in what is not known."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyqa.qa.eligibility.logic import All, Any, Leaf, Node, Not, Truth, truth

MET, FAILED, UNKNOWN = Leaf(0, True), Leaf(1, False), Leaf(2, None)


@pytest.mark.parametrize(("node", "expected"), [
    (All((MET, FAILED, UNKNOWN)), False),  # one failure decides
    (All((MET, UNKNOWN)), None),
    (All((MET, MET)), True),
    (All(()), True),
    (Any((MET, UNKNOWN)), True),
    (Any((FAILED, UNKNOWN)), None),
    (Any((FAILED, FAILED)), False),
    (Any((MET, FAILED, UNKNOWN), 2), None),  # two of three
    (Any((MET, FAILED, FAILED), 2), False),
    (Not(MET), False),
    (Not(UNKNOWN), None),
    (All((Any((FAILED, MET)), Not(FAILED))), True),
])  # fmt: skip
def test_by_hand(node: Node, expected: Truth) -> None:
    assert truth(node) is expected


def trees(values: st.SearchStrategy[Truth]) -> st.SearchStrategy[Node]:
    """Trees in which each leaf stands once."""
    leaves: st.SearchStrategy[Node] = st.builds(Leaf, st.integers(0, 10**6), values)

    def above(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(parts, max_size=3).map(tuple)
        return st.one_of(
            st.builds(All, several),
            st.builds(Any, several, st.integers(1, 2)),
            st.builds(Not, parts),
        )

    return st.recursive(leaves, above, max_leaves=8)


def filled(node: Node, values: list[bool]) -> Node:
    """The tree with what is not known filled in, in the order of its leaves."""
    if isinstance(node, Leaf):
        return Leaf(node.number, values.pop(0)) if node.met is None else node
    if isinstance(node, Not):
        return Not(filled(node.part, values))
    parts = tuple(filled(part, values) for part in node.parts)
    return All(parts) if isinstance(node, All) else Any(parts, node.least)


def unknowns(node: Node) -> int:
    if isinstance(node, Leaf):
        return node.met is None
    parts = (node.part,) if isinstance(node, Not) else node.parts
    return sum(map(unknowns, parts))


VALUES: st.SearchStrategy[Truth] = st.sampled_from([True, False, None])


@given(trees(VALUES))
def test_what_is_settled_is_what_every_completion_says(node: Node) -> None:
    every = {truth(filled(node, list(v))) for v in product((True, False), repeat=unknowns(node))}
    settled = next(iter(every)) if len(every) == 1 else None
    assert truth(node) is settled


@given(trees(VALUES), st.lists(st.booleans(), min_size=8, max_size=8))
def test_knowing_more_never_turns_what_is_settled(node: Node, values: list[bool]) -> None:
    before = truth(node)
    if before is not None:
        assert truth(filled(node, values)) is before


@given(st.lists(VALUES, max_size=6).flatmap(lambda v: st.tuples(st.just(v), st.permutations(v))))
def test_the_order_does_not_matter(both: tuple[list[Truth], list[Truth]]) -> None:
    one, other = (tuple(Leaf(n, value) for n, value in enumerate(values)) for values in both)
    assert truth(All(one)) is truth(All(other))
    assert truth(Any(one, 2)) is truth(Any(other, 2))
