"""Verdicts of any tree of conditions: what is not known never counts, and more facts never turn a
verdict that is settled."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from policyqa.index.conditions.intervals import Interval, exactly
from policyqa.index.conditions.types import Branch, Group, Leaf, Node
from policyqa.qa.eligibility.facts import Fact
from policyqa.qa.eligibility.replies import key_of
from policyqa.qa.register.asking import next_question
from policyqa.qa.register.checking import Engine, Profile
from policyqa.qa.register.standing import Standings
from tests.programmes import DAY, office, programmes, signed

CORPUS = office()
STANDINGS = Standings(CORPUS, DAY)
READ = programmes(CORPUS)[0]
TEXT = READ.conditions[0].quote.text
NUMBERED = {"age": "岁", "insured": "月", "area": "平方米"}
PLACES = [(0, 5), (5, 7), (7, 9)]  # three conditions by their words
REPLIES = [key_of(TEXT[slice(*place)]) for place in PLACES]

DOCTORS = Group(start=0, end=2, attribute="degree", rank=7)
LEAVES = st.builds(
    lambda place, name, low, whole, guards, mark: Leaf(
        node="leaf", start=place[0], end=place[1], attribute=name, unit=NUMBERED.get(name, ""),
        allowed=Interval(low=Decimal(low)) if name else Interval(), whole=whole,
        guards=guards if name else (), mark=mark,
    ),
    st.sampled_from(PLACES),
    st.sampled_from(["", *NUMBERED]),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from([(), (DOCTORS,)]),
    st.sampled_from(["", "", "office", "exception"]),
)  # fmt: skip


def branches(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(lambda p: Branch(node="all", parts=p), several),
        st.builds(lambda p: Branch(node="any", parts=p), several),
        st.builds(
            lambda p, n: Branch(node="at_least", parts=p, least=min(n, len(p))),
            several,
            st.integers(1, 3),
        ),
        st.builds(lambda p: Branch(node="not", parts=(p,)), parts),
    )


TREES: st.SearchStrategy[Node] = st.recursive(LEAVES, branches, max_leaves=8)
FACTS = st.fixed_dictionaries(
    {}, optional={name: st.integers(0, 4) for name in (*NUMBERED, "degree")}
)
SAID = st.fixed_dictionaries({}, optional={key: st.booleans() for key in REPLIES})


def engine_of(trees: list[Node]) -> Engine:
    (condition,) = READ.conditions
    cells = tuple(condition.model_copy(update={"tree": tree}) for tree in trees)
    return Engine([signed(READ.model_copy(update={"conditions": cells}))], STANDINGS)


def profile_of(told: dict[str, int], said: dict[str, bool]) -> Profile:
    ranked = {"degree": 3}
    facts = [
        Fact(name, NUMBERED.get(name, ""), exactly(Decimal(value + ranked.get(name, 0))), "")
        for name, value in told.items()
    ]
    return Profile(tuple(facts), said)


@settings(max_examples=300, deadline=None)
@given(st.lists(TREES, min_size=1, max_size=2), FACTS, SAID, st.data())
def test_more_facts_never_turn_a_settled_verdict(
    trees: list[Node], told: dict[str, int], said: dict[str, bool], data: st.DataObject
) -> None:
    engine = engine_of(trees)
    some = data.draw(st.sets(st.sampled_from(sorted(told)))) if told else set()
    few = data.draw(st.sets(st.sampled_from(sorted(said)))) if said else set()
    (before,) = engine.verdicts(
        profile_of({n: told[n] for n in some}, {key: said[key] for key in few})
    )
    (after,) = engine.verdicts(profile_of(told, said))
    assert before.met is None or before.met == after.met


@settings(max_examples=200, deadline=None)
@given(st.lists(TREES, min_size=1, max_size=2))
def test_nothing_told_settles_nothing(trees: list[Node]) -> None:
    (found,) = engine_of(trees).verdicts(Profile())
    assert found.met is None
    assert found.open
    assert found.failed == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(TREES, min_size=1, max_size=2), FACTS, SAID)
def test_a_verdict_names_what_it_rests_on_and_a_question_what_is_not_known(
    trees: list[Node], told: dict[str, int], said: dict[str, bool]
) -> None:
    engine, profile = engine_of(trees), profile_of(told, said)
    (found,) = engine.verdicts(profile)
    assert bool(found.failed) == (found.met is False)
    assert all(point.words in " ".join(TEXT.split()) for point in found.failed + found.open)
    ask = next_question(engine, profile)
    assert ask is None or found.met is None
    assert ask is None or ask.attribute not in told
    assert ask is None or ask.key not in said
