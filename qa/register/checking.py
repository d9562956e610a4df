"""A profile held against every programme at once: 符合, 不符合 (by which clause) or 还差 (what).

Conditions are in Kleene's three values (`qa.eligibility.logic`): what is not known never counts as
met or as failed, and no further fact turns a verdict that is settled.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from types import MappingProxyType
from typing import Literal, NamedTuple

from policyqa.index.conditions.catalogue import attributes
from policyqa.index.conditions.intervals import NOTHING
from policyqa.index.conditions.limits import Limit
from policyqa.index.conditions.types import Branch
from policyqa.index.conditions.types import Leaf as Demand
from policyqa.index.conditions.types import Node as Demands
from policyqa.index.metadata.regions import within
from policyqa.qa.eligibility.comparing import is_for, met
from policyqa.qa.eligibility.facts import Fact, located
from policyqa.qa.eligibility.logic import All, Any, Leaf, Node, Not, Truth, truth
from policyqa.qa.eligibility.replies import key_of
from policyqa.qa.eligibility.telling import demanded, lacking
from policyqa.qa.register.standing import Standing, Standings
from policyqa.qa.register.types import Benefit, Condition, Programme

Word = Literal["符合", "不符合", "还差"]
Wants = Literal["fact", "reply", "office"]
Replies = Mapping[str, Truth]
UNSIGNED = "条件还没有经工作人员核对"
REVIEW = "条件的原文有变动，待核"
NO_CONDITIONS = "登记册里没有它的条件"
IN_A_PLACE = re.compile(
    "在[\u4e00-\u9fff]{0,12}(?:省|市|区|县|州|旗|镇|乡)|[本我全](?:省|市|区|县)"
)
OPEN = Leaf(0, None)
Known = dict[int, Leaf | None]


class Profile(NamedTuple):
    """What somebody tells of himself: facts, and what he says to conditions by their own words
    (`qa.eligibility.replies.key_of`)."""

    facts: tuple[Fact, ...] = ()
    replies: Replies = MappingProxyType({})


class Point(NamedTuple):
    """One condition as it stands for somebody: its words and the number of its cell, what it
    demands in numbers ("" for none), what it lacks (还差4个月), and what would settle it."""

    words: str
    cell: int
    demanded: str
    gap: str
    wants: Wants
    attribute: str
    key: str
    met: Truth


class Verdict(NamedTuple):
    """What follows for one programme. `failed` are the conditions that refuse, `open` those that
    are not known yet; `worth` is what each of the `benefits` is worth, `standings` what each of its
    conditions; `notes` say why nothing is promised though nothing fails."""

    programme: Programme
    met: Truth
    failed: tuple[Point, ...]
    open: tuple[Point, ...]
    benefits: tuple[Benefit, ...]
    worth: tuple[Standing, ...]
    standings: tuple[Standing, ...]
    notes: tuple[str, ...]

    @property
    def word(self) -> Word:
        """In a word."""
        return {True: "符合", False: "不符合", None: "还差"}[self.met]  # type: ignore[return-value]

    @property
    def is_signed(self) -> bool:
        """Whether staff have signed every condition that it rests on."""
        return all(each.state == "signed" for each in self.standings)


class Asked(NamedTuple):
    """A leaf made ready to be compared. One that demands to have nothing in a place that it names
    says nothing of what somebody has `elsewhere`."""

    leaf: Demand
    limit: Limit | None
    words: str
    key: str
    cell: int
    demanded: str
    elsewhere: bool


class Checked:
    """A programme made ready to be held against profiles.

    Args:
        programme: a version that is in use.
        standings: of its cells.
    """

    def __init__(self, programme: Programme, standings: Standings) -> None:
        self.programme = programme
        self.standings = tuple(standings.of(cell) for cell in programme.conditions)
        self._worth = tuple(standings.of(cell) for cell in programme.benefits)
        self._pending = standings.pending(programme)
        self._asked: dict[int, Asked] = {}
        self.demands: list[Demands] = []
        self.spares: list[Demands] = []
        for number, cell in enumerate(programme.conditions):
            if self.standings[number].state == "review":
                continue  # nothing rests on words that have changed
            self._make_ready(cell, cell.tree, number)
            (self.spares if cell.purpose == "spare" else self.demands).append(cell.tree)

    def _make_ready(self, cell: Condition, node: Demands, number: int) -> None:
        if isinstance(node, Branch):
            for part in node.parts:
                self._make_ready(cell, part, number)
            return
        words = " ".join(cell.quote.text[node.start : node.end].split())
        limit = node.limit
        said = f"{attributes()[limit.attribute].label}{demanded(limit)}" if limit else ""
        nothing = limit is not None and limit.allowed == NOTHING
        elsewhere = nothing and bool(IN_A_PLACE.search(words))
        self._asked[id(node)] = Asked(node, limit, words, key_of(words), number, said, elsewhere)

    @property
    def asked(self) -> Iterable[Asked]:
        """All its single conditions."""
        return self._asked.values()

    @cached_property
    def thresholds(self) -> Mapping[str, tuple[Limit, ...]]:
        """The limits of each attribute that it demands, by name."""
        found: dict[str, list[Limit]] = {}
        for each in self.asked:
            if each.limit:
                found.setdefault(each.limit.attribute, []).append(each.limit)
                for guard in each.limit.guards:
                    found.setdefault(guard.attribute, [])
        return {name: tuple(limits) for name, limits in found.items()}

    def settled(self, profile: "Seen") -> Truth:
        """Whether its conditions are met, whoever has signed them."""
        return self._settled(self._weighed(profile))

    def _settled(self, known: Known) -> Truth:
        if not self.demands:
            return None
        found = truth(All(tuple(known[id(node)] or OPEN for node in self.demands)))
        if found is False and not all(_is_denied(known[id(node)]) for node in self.spares):
            return None  # an exception may spare what fails
        return found

    def verdict(self, profile: "Seen") -> Verdict:
        """What follows for somebody."""
        known = self._weighed(profile)
        found, notes = self._settled(known), []
        if not self.demands:
            notes.append(NO_CONDITIONS if not self.programme.conditions else REVIEW)
        elif any(each.state == "review" for each in self.standings):
            notes.append(REVIEW)
        elif found is True and any(each.state != "signed" for each in self.standings):
            notes.append(UNSIGNED)
        if self._pending:
            notes.append(self._pending)
        if found is True and notes:
            found = None
        trees = [*self.demands, *(self.spares if found is None else ())]
        points = [p for node in trees for p in self._points(node, profile, known, barred=False)]
        given = [
            (benefit, worth)
            for benefit, worth in zip(self.programme.benefits, self._worth, strict=True)
            if _is_given(benefit, profile)
        ]
        return Verdict(
            programme=self.programme,
            met=found,
            failed=tuple(p for p in points if p.met is False) if found is False else (),
            open=tuple(_once(p for p in points if p.met is None)) if found is None else (),
            benefits=tuple(benefit for benefit, _ in given),
            worth=tuple(worth for _, worth in given),
            standings=self.standings,
            notes=tuple(notes),
        )

    def _weighed(self, profile: "Seen") -> Known:
        """What is known of each part of its trees, by its identity; None for what is for others."""
        known: Known = {}
        for node in (*self.demands, *self.spares):
            self._weigh(node, profile, known)
        return known

    def _weigh(self, node: Demands, profile: "Seen", known: Known) -> Leaf | None:
        found: Leaf | None
        if isinstance(node, Branch):
            below = [self._weigh(part, profile, known) for part in node.parts]
            found = _joined(node, below)
        else:
            found = _value(self._asked[id(node)], profile)
        known[id(node)] = found
        return found

    def _points(
        self, node: Demands, profile: "Seen", known: Known, *, barred: bool
    ) -> Iterator[Point]:
        """The single conditions that decide a tree, or leave it open."""
        own = known[id(node)]
        if own is None:
            return
        if not isinstance(node, Branch):
            value = None if own.met is None else own.met != barred
            yield self._point(self._asked[id(node)], profile, value)
            return
        inside = barred != (node.node == "not")
        for part in node.parts:
            below = known[id(part)]
            if node.node == "not" or (below is not None and below.met == own.met):
                yield from self._points(part, profile, known, barred=inside)

    def _point(self, asked: Asked, profile: "Seen", value: Truth) -> Point:
        limit = asked.limit
        facts = profile.of(limit) if limit else ()
        wants: Wants = "reply"
        attribute = ""
        if asked.leaf.mark == "office":
            wants = "office"
        elif limit and met(limit, facts) is None:
            unknown = [g.attribute for g in limit.guards if not profile.knows(g.attribute)]
            attribute = next(iter(unknown), limit.attribute)
            wants = "fact"
        return Point(
            words=asked.words,
            cell=asked.cell,
            demanded=asked.demanded,
            gap=lacking(limit, facts) if limit and value is False else "",
            wants=wants,
            attribute=attribute,
            key=asked.key,
            met=value,
        )


def _is_denied(spare: Leaf | None) -> bool:
    return spare is not None and spare.met is False


def _joined(branch: Branch, below: Sequence[Leaf | None]) -> Leaf | None:
    """What is known of a branch. What is for others demands nothing of this one; of a number of
    items it leaves open whether so many are met."""
    node: Node
    if branch.node == "at_least":
        node = Any(tuple(part or OPEN for part in below), branch.least)
    else:
        parts = tuple(part for part in below if part is not None)
        if not parts:
            return None
        joined = {"all": All, "any": Any}.get(branch.node)
        node = joined(parts) if joined else Not(parts[0])
    return Leaf(0, truth(node))


def _value(asked: Asked, profile: "Seen") -> Leaf | None:
    """Whether one condition holds; None where it is for others."""
    reply = profile.replies.get(asked.key)
    limit = asked.limit
    facts = profile.of(limit) if limit else ()
    own = is_for(limit, facts) if limit and limit.guards else True
    if not own:
        return None if own is False else OPEN
    if asked.leaf.mark == "office":
        return Leaf(0, False if reply is False else None)
    if limit is None:
        return Leaf(0, reply)
    fits = met(limit, facts) if facts else None
    if fits is False and asked.elsewhere and not any(fact.place for fact in facts):
        return Leaf(0, reply)  # 在本市无房: what somebody has may be elsewhere
    compared = Leaf(0, fits)
    return compared if asked.leaf.whole else Leaf(0, truth(All((compared, Leaf(1, reply)))))


class Seen:
    """A profile as the rules of one region see it.

    Args:
        profile: what is told.
        region: of the programme, "" for any.
    """

    def __init__(self, profile: Profile, region: str) -> None:
        self.replies = profile.replies
        self._facts: dict[tuple[str, str], list[Fact]] = {}
        for fact in located(profile.facts, region):
            self._facts.setdefault((fact.attribute, fact.unit), []).append(fact)

    def also(self, *facts: Fact, replies: Replies = MappingProxyType({})) -> "Seen":
        """The same with more told."""
        other = copy(self)
        other.replies = {**self.replies, **replies}
        other._facts = {**self._facts}
        for fact in facts:
            key = (fact.attribute, fact.unit)
            other._facts[key] = [*other._facts.get(key, ()), fact]
        return other

    def of(self, limit: Limit) -> Sequence[Fact]:
        """What is told of what a limit is about and for whom it is."""
        own = self._facts.get((limit.attribute, limit.unit), ())
        if not limit.guards:
            return own
        guards = dict.fromkeys(g.attribute for g in limit.guards)
        classes = [f for name in guards for f in self._facts.get((name, ""), ())]
        return [*own, *(f for f in classes if f not in own)]

    def knows(self, attribute: str) -> bool:
        """Whether anything is told of an attribute."""
        return any(name == attribute for name, _ in self._facts)

    def is_of(self, attribute: str, rank: int) -> Truth:
        """Whether somebody is of a class."""
        facts = self._facts.get((attribute, ""), ())
        return None if not facts else any(f.told.low == rank == f.told.high for f in facts)


def _is_given(benefit: Benefit, profile: Seen) -> bool:
    """Whether a benefit is for somebody, or may be."""
    return not benefit.attribute or profile.is_of(benefit.attribute, benefit.rank) is not False


def _once(points: Iterable[Point]) -> Iterator[Point]:
    seen: dict[tuple[str, str], None] = {}
    for each in points:
        if (each.key, each.attribute) not in seen:
            seen[each.key, each.attribute] = None
            yield each


class Engine:
    """All programmes in force, made ready once.

    Args:
        programmes: the versions in use.
        standings: of their cells, on the day that is meant.
    """

    def __init__(self, programmes: Sequence[Programme], standings: Standings) -> None:
        held = [p for p in programmes if not standings.ended(p)]
        self.checked = [Checked(each, standings) for each in held]

    def of_region(self, region: str) -> "Engine":
        """The same without programmes of other regions: those of the country, of what `region` lies
        in and of its parts stay; all for ""."""
        other = copy(self)
        other.checked = [
            each
            for each in self.checked
            if not (region and (own := each.programme.region))
            or within(region, own)
            or within(own, region)
        ]
        return other

    def verdicts(self, profile: Profile) -> list[Verdict]:
        """What follows for each programme, in their order."""
        seen = self.seen(profile)
        return [each.verdict(seen[each.programme.region]) for each in self.checked]

    def seen(self, profile: Profile) -> dict[str, Seen]:
        """A profile as each region sees it."""
        regions = dict.fromkeys(each.programme.region for each in self.checked)
        return {region: Seen(profile, region) for region in regions}
