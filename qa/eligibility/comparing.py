"""What people tell of themselves, held against what rules demand of numbers and ranks."""

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from policyqa.index.conditions.catalogue import attributes
from policyqa.index.conditions.clauses import read
from policyqa.index.conditions.intervals import NOTHING, exactly
from policyqa.index.conditions.limits import Limit, limits
from policyqa.index.conditions.types import Branch
from policyqa.index.conditions.types import Leaf as Demand
from policyqa.index.conditions.wording import GRADES, OPEN, bars, is_read
from policyqa.index.text.quantities import plain
from policyqa.qa.eligibility.facts import Fact
from policyqa.qa.eligibility.logic import All, Any, Leaf, Node, Not, Truth, truth
from policyqa.qa.eligibility.replies import condition_of, key_of
from policyqa.qa.retrieve.evidence import Quote

OTHERS = re.compile(r"^[^,，。;；]{0,4}的[^,，。;；]{1,12}(?:和|及|、)[^,，。;；]*的")
SPARED = re.compile(r"不受[^。;；]*?限制")


class Rule(NamedTuple):
    """Sentences that belong together: those of each item of a list, or of one sentence alone.
    `least` items must be met; None when all must. One that is not `binding` only says what holds
    of some: who is none of them is not refused by it. `condition` are the words of a single
    sentence on which what it grants depends. A single sentence that `names` whom it is for (本市
    户籍少年儿童) refuses nobody for what he has not: others are named elsewhere."""

    items: tuple[tuple[Quote, ...], ...]
    least: int | None = None
    binding: bool = True
    condition: str = ""
    names: bool = False

    @property
    def decides(self) -> bool:
        """Whether who meets it meets all that it demands: a list, or a sentence that grants."""
        return self.binding and (len(self.items) > 1 or bool(self.condition))


class Check(NamedTuple):
    """One demand that something told bears on: whether it is met, and where it stands."""

    limit: Limit
    told: tuple[Fact, ...]
    met: Truth
    quote: Quote

    @property
    def fits(self) -> Truth:
        """Whether it speaks for the asker: a demand that is met, or one of those that a rule bars
        that is not."""
        if self.met is None or not excludes(self.quote):
            return self.met
        return not self.met


class Claim(NamedTuple):
    """One item of a list of demands that is not compared, or not all of it: its words, where they
    stand, whether the asker has answered it and what; `compared` where part of it was, `way` where
    others of the list would do instead."""

    text: str
    quote: Quote
    answered: bool
    met: Truth
    compared: bool
    way: bool


class Judgement(NamedTuple):
    """What is compared, in the order of the rules, and what follows: False where a demand fails
    that nothing lifts, True where every item of a list of demands is met as a whole, None where
    that is not settled. `decisive` are the checks that settle it; `claims` are the items that the
    asker alone can answer; `untold` are the attributes that the rules demand and nothing is told
    of; `open` says that some of what is compared fails or cannot be told, and nothing else makes up
    for it."""

    checks: tuple[Check, ...]
    allowed: Truth
    decisive: tuple[Check, ...]
    claims: tuple[Claim, ...]
    untold: tuple[str, ...]
    open: bool


def judged(
    facts: Sequence[Fact],
    rules: Sequence[Rule],
    lifted: Collection[str] = (),
    replies: Mapping[str, Truth] | None = None,
) -> Judgement:
    """Holds facts against rules.

    The rules must all be met. A sentence that offers several ways is not settled by the failure of
    one, nor is one that an office may lift. Nothing that was not told counts.

    Args:
        facts: what the asker tells.
        rules: of one document.
        lifted: attributes of which an exception may spare the asker.
        replies: what he says to single conditions, as `replies.replied` gives it.
    """
    held = [_held(rule, facts, replies or {}) for rule in rules]
    checks = tuple(check for each in held for check in each.checks)
    claims = tuple(claim for each in held for claim in each.claims)
    failed = [c for each in held if each.met is False for c in each.failed]
    spared = {_kind(c) for c in checks if c.met is not False}
    spared |= {(name, had) for name in lifted for had in (False, True)}
    decisive = tuple(c for c in failed if _kind(c) not in spared or excludes(c.quote))
    untold = tuple(dict.fromkeys(name for each in held for name in each.untold))
    unsettled = any(each.open for each in held)
    deciding = [each.met for each in held if each.rule.decides]
    named = any(each.rule.decides and each.rule.least is None for each in held)
    refused = bool(decisive) or any(_is_denied(each, spared, lifted) for each in held)
    settled = named and all(deciding) and not unsettled and not untold
    allowed = False if refused else True if settled else None
    return Judgement(checks, allowed, decisive, claims, untold, unsettled)


def _kind(check: Check) -> tuple[str, bool]:
    """What a check is of: that there is some is another thing than how much."""
    return check.limit.attribute, check.limit.is_had


class Held(NamedTuple):
    """One rule against what is told: its checks, its items that the asker may answer, what of it is
    not told, whether something compared fails or cannot be told, whether it is met (None for one
    that does not bind, too), and the checks by which single items fail."""

    rule: Rule
    checks: tuple[Check, ...]
    claims: tuple[Claim, ...]
    untold: tuple[str, ...]
    open: bool
    met: Truth
    failed: tuple[Check, ...]


def _held(rule: Rule, facts: Sequence[Fact], said: Mapping[str, Truth]) -> Held:
    checks: list[Check] = []
    claims: list[Claim] = []
    untold: list[str] = []
    trees: list[Node] = []
    failed: list[Check] = []
    ways: list[tuple[Truth, ...]] = []  # of the items that are compared
    for item in rule.items:
        found = [(quote, _checks(facts, quote, rule.names)) for quote in item]
        tree: Node = All(tuple(_tree(quote, each) for quote, each in found))
        own = [check for _, each in found for check in each]
        claim = _claim(rule, item, own, truth(tree), said) if rule.decides else None
        checks += own
        if claim:
            claims.append(claim)
        if claim and claim.answered:
            tree = Leaf(0, claim.met)
        elif own:
            ways.append(tuple(check.fits for check in own))
        if rule.binding and rule.least is None and not (claim and claim.answered):
            untold += [name for quote in item for name in _untold(facts, quote)]
        trees.append(tree)
        failed += [check for check in own if check.fits is False and truth(tree) is False]
    whole = All(tuple(trees)) if rule.least is None else Any(tuple(trees), rule.least)
    full = [all(each) for each in ways]
    met = truth(whole) if rule.binding else None
    unsettled = bool(full) and not (all(full) if rule.least is None else any(full) or met is True)
    return Held(rule, tuple(checks), tuple(claims), tuple(untold), unsettled, met, tuple(failed))


def _is_met(quote: Quote, checks: Sequence[Check]) -> bool:
    """Whether all that a sentence demands is compared and met."""
    whole = limits(quote.text)
    compared = len(whole) == len(checks) and all(check.fits for check in checks)
    return compared and is_read(plain(quote.text), whole)


def _is_denied(held: Held, spared: Collection[tuple[str, bool]], lifted: Collection[str]) -> bool:
    """Whether a rule fails by what the asker says to its conditions, and nothing lifts that."""
    said = [claim.text for claim in held.claims if claim.met is False]
    lacking = [c for c in held.checks if c.fits is False and _kind(c) in spared]
    fails = held.met is False and bool(said) and not (held.rule.least and lacking)
    return fails and not any(_may_be_spared(text, lifted) for text in said)


def _may_be_spared(text: str, lifted: Collection[str]) -> bool:
    """Whether an office may lift a condition, or an exception spares some of it."""
    form, every = plain(text), attributes()
    spared = (each.words for name, each in every.items() if name in lifted and each.words)
    all_lifted = len(set(lifted)) == len(every)
    return all_lifted or bool(OPEN.search(form)) or any(re.search(w, form) for w in spared)


def _claim(
    rule: Rule,
    item: Sequence[Quote],
    own: Sequence[Check],
    met: Truth,
    said: Mapping[str, Truth],
) -> Claim | None:
    """An item as the asker may answer it; None for one that comparing settles or that fails by it,
    whatever he says, and for one whose words cannot be asked for."""
    text = rule.condition or (condition_of(item[0].text) if item else "")
    key = key_of(text)
    fails = any(check.fits is False for check in own)
    if not text or met is True or fails:
        return None
    way = rule.least is not None
    return Claim(text, item[0], key in said, said.get(key), bool(own), way)


def _untold(facts: Sequence[Fact], quote: Quote) -> list[str]:
    form = plain(quote.text)
    if GRADES.search(form) or "或" in form or excludes(quote):
        return []
    told = {fact.attribute for fact in facts}
    demanded = (each for each in limits(quote.text) if not each.is_had)
    return [each.attribute for each in demanded if each.attribute not in told]


def _checks(facts: Sequence[Fact], quote: Quote, names: bool) -> list[Check]:
    if GRADES.search(plain(quote.text)):
        return []
    found = []
    for limit in limits(quote.text):
        told = tuple(
            fact for fact in facts if (fact.attribute, fact.unit) == (limit.attribute, limit.unit)
        )
        fits = met(limit, facts)
        passed_over = (
            limit.is_had and not excludes(quote) and _is_of_some(limit, fits, quote, names)
        )
        if told and is_for(limit, facts) is not False and not passed_over:
            found.append(Check(limit, told, fits, quote))
    return found


def _is_of_some(limit: Limit, fits: Truth, quote: Quote, names: bool) -> bool:
    """Whether what is not there, though it is said to be, only says whom a rule is for."""
    is_fault = attributes()[limit.attribute].fault and limit.allowed != NOTHING
    return is_fault or (fits is False and (names or "其中" in plain(quote.text)[: limit.start]))


def met(limit: Limit, facts: Sequence[Fact]) -> Truth:
    """Whether what is told lies within a limit; None where it may or may not, where nothing is
    told, and where it is not known whether the limit is for the asker."""
    own = [f for f in facts if (f.attribute, f.unit) == (limit.attribute, limit.unit)]
    if is_for(limit, facts) is not True:
        return None
    if own and all(fact.told.within(limit.allowed) for fact in own):
        return True
    return False if own and all(fact.told.apart(limit.allowed) for fact in own) else None


def is_for(limit: Limit, facts: Sequence[Fact]) -> Truth:
    """Whether the asker is of the classes that a limit is for."""
    leaves: list[Leaf] = []
    for number, guard in enumerate(limit.guards):
        ranks = [f.told for f in facts if f.attribute == guard.attribute]
        own = exactly(Decimal(guard.rank))
        fits = all(told.within(own) for told in ranks)
        leaves.append(Leaf(number, fits if ranks else None))
    return truth(All(tuple(leaves)))


def _tree(quote: Quote, checks: Sequence[Check]) -> Node:
    """The conditions of a sentence: its clauses as they are joined, all of them where it bars, and
    any where an office may lift them."""
    form = plain(quote.text)
    leaves = tuple(Leaf(n, check.met) for n, check in enumerate(checks))
    unread = Leaf(len(leaves), None)
    whole = limits(quote.text)
    if excludes(quote):  # it bars whom all of it holds of
        names = any(each.is_had and not attributes()[each.attribute].fault for each in whole)
        is_all = len(whole) == len(checks) and (is_read(form, whole) or not names)
        barred: Node = Not(All(leaves) if is_all else All((*leaves, unread)))
        return barred if _is_met(quote, checks) or not truth(barred) else unread
    if len(whole) == len(checks) and is_read(form, whole):
        return All(leaves)
    if _may_be_lifted(form, checks) or "以及" in form or _offers_another(form, checks):
        return Any((*leaves, unread)) if False in {check.met for check in checks} else unread
    root = None if quote.sentence.head else read(quote.document.text, _place(quote)).root
    return All((*leaves, unread)) if root is None else _joined(root, checks)


def _place(quote: Quote) -> tuple[int, int]:
    return quote.sentence.start, quote.sentence.end


def _joined(demanded: Demand | Branch, checks: Sequence[Check]) -> Node:
    """A tree of demands with what was compared; of what it says besides nothing is known."""
    if isinstance(demanded, Branch):
        parts = tuple(_joined(part, checks) for part in demanded.parts)
        if demanded.node == "not":
            return Not(parts[0])
        return All(parts) if demanded.node == "all" else Any(parts, demanded.least)
    limit = demanded.limit
    held = (check.met for check in checks if limit and _is_same(check.limit, limit))
    met = next(held, None)
    return Leaf(0, met if demanded.whole or not met else None)


def _is_same(one: Limit, other: Limit) -> bool:
    guards = [[(g.attribute, g.rank) for g in limit.guards] for limit in (one, other)]
    return one[:3] == other[:3] and guards[0] == guards[1]


def _may_be_lifted(form: str, checks: Sequence[Check]) -> bool:
    """Whether a sentence leaves what it demands to an office, or spares some of it: what it spares
    them of anything else (毕业2年以内的，不受社会保险的限制) lifts nothing."""
    words = [attributes()[check.limit.attribute].words for check in checks]
    spared = SPARED.sub(
        lambda m: m.group() if any(w and re.search(w, m.group()) for w in words) else "", form
    )
    return bool(OPEN.search(spared))


def _offers_another(form: str, checks: Sequence[Check]) -> bool:
    """Whether what follows a limit names others of whom it is not demanded: 满一年的职工和…的."""
    return any(OTHERS.search(form[check.limit.end :]) for check in checks)


def excludes(quote: Quote) -> bool:
    """Whether a sentence bars those of whom what it demands holds."""
    return bars(quote.text)
