"""The next question: what settles most verdicts, expected over what may be answered."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from policyqa.index.conditions.catalogue import attributes
from policyqa.index.conditions.intervals import NOTHING, SOME, exactly
from policyqa.index.conditions.limits import Limit
from policyqa.qa.eligibility.facts import Fact
from policyqa.qa.register.checking import Checked, Engine, Profile, Seen


class Ask(NamedTuple):
    """What is asked next: an `attribute` of the catalogue, or (where that is "") a condition by its
    own words; the expected number of verdicts that the answer settles."""

    attribute: str
    key: str
    words: str
    settles: float


def next_question(engine: Engine, profile: Profile, skipped: Collection[str] = ()) -> Ask | None:
    """What to ask next; None where nothing more would settle anything.

    Every answer between two limits of a programme counts as equally likely. Of questions that
    settle as many verdicts at once the one comes first that stands in programmes which lack least.

    Args:
        engine: of all programmes.
        profile: what is told already.
        skipped: attributes and keys that are not to be asked (不知道).
    """
    seen, passed = engine.seen(profile), set(skipped) - {""}
    settles: defaultdict[tuple[str, str], float] = defaultdict(float)
    nears: defaultdict[tuple[str, str], float] = defaultdict(float)
    words: dict[tuple[str, str], str] = {}
    for each in engine.checked:
        own = seen[each.programme.region]
        if each.settled(own) is not None:
            continue
        points = [p for p in each.verdict(own).open if p.wants != "office"]
        wanted = {(p.attribute, "" if p.attribute else p.key): p.words for p in points}
        wanted = {ask: said for ask, said in wanted.items() if not set(ask) & passed}
        for ask, said in wanted.items():
            settles[ask] += _share(each, own, ask)
            nears[ask] += 1 / len(wanted)
            words.setdefault(ask, attributes()[ask[0]].ask if ask[0] else said)
    if not words:
        return None
    attribute, key = max(words, key=lambda ask: (round(settles[ask], 6), nears[ask], ask[0] != ""))
    return Ask(attribute, key, words[attribute, key], settles[attribute, key])


def _share(checked: Checked, seen: Seen, ask: tuple[str, str]) -> float:
    """The share of answers by which a programme is settled."""
    attribute, key = ask
    if attribute:
        limits = checked.thresholds.get(attribute, ())
        then = [seen.also(fact) for fact in answers(attribute, limits)]
    else:
        then = [seen.also(replies={key: said}) for said in (True, False)]
    return sum(checked.settled(each) is not None for each in then) / len(then)


def answers(attribute: str, limits: Sequence[Limit]) -> list[Fact]:
    """One answer for each that may make a difference: the classes of a scale, there is some or
    nothing, and what lies at and between limits."""
    about = attributes()[attribute]
    if about.scale:
        ranks = [Decimal(rank) for rank in sorted({0, *about.scale.values()})]
        return [Fact(attribute, "", exactly(rank), "") for rank in ranks]
    if about.unit == "有" or all(limit.is_had for limit in limits):
        return [Fact(attribute, about.unit, told, "") for told in (SOME, NOTHING)]
    values = sorted(set(_values(limits)))
    return [Fact(attribute, about.unit, exactly(each), "") for each in values]


def _values(limits: Sequence[Limit]) -> Iterator[Decimal]:
    for limit in limits:
        for end in (limit.allowed.low, limit.allowed.high):
            if end is not None:
                yield from (max(end - 1, Decimal(0)), end, end + 1)
