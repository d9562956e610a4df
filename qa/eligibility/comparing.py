"""What people tell of themselves, held against what rules demand of numbers and ranks."""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from policyqa.index.conditions.catalogue import attributes
from policyqa.index.conditions.intervals import exactly
from policyqa.index.conditions.limits import Limit, limits
from policyqa.index.text.quantities import plain
from policyqa.qa.eligibility.facts import Fact
from policyqa.qa.eligibility.logic import All, Any, Leaf, Node, Not, Truth, truth
from policyqa.qa.retrieve.evidence import Quote

# What an office decides, or what another part of the sentence lifts: nothing is settled by it.
OPEN = re.compile(
    r"原则上|一般(?:应|不)|放宽|可适当|特殊情况|特别(?:优秀|突出)|除外|除[^,，。;；]{1,30}外|不受|不作[^,，。;；]{0,4}限制|过去|原来|此前|以前|原规定|是指|累计计算|合并计算|另行|不用|无需|无须|免除|豁免"
    r"|经[^,，。;；]{1,16}(?:批准|同意|认定)"
)
# What counts points or grades what is paid, and demands nothing.
GRADES = re.compile(
    r"(?:支付|报销|补助|补贴|首付)[^,，。;；]{0,8}\d|\d+(?:\.\d+)?%"
    r"|[积加计得扣减]\d+(?:\.\d+)?分|分值|[每各]满|按[^,，。;；]{1,12}(?:发放|计发|支付)|标准为"
)
REFUSES = re.compile(
    r"不予|不得|不能|不可以|不再|不参加|不享受|不纳入|不受理|不属于|禁止|取消|注销|退回|收回|停止|终止|不发给"
)
OR = re.compile(r"或|以及|和|、")
OTHERS = re.compile(r"^[^,，。;；]{0,4}的[^,，。;；]{1,12}(?:和|及|、)[^,，。;；]*的")
SPARED = re.compile(r"不受[^。;；]*?限制")
BUT = re.compile(r"但|其中|不过")


class Rule(NamedTuple):
    """Sentences that belong together: those of each item of a list, or of one sentence alone.
    `least` items must be met; None when all must. One that is not `binding` only says what holds
    of some: who is none of them is not refused by it."""

    items: tuple[tuple[Quote, ...], ...]
    least: int | None = None
    binding: bool = True


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


class Judgement(NamedTuple):
    """What is compared, in the order of the rules, and what follows: False where a demand fails
    that nothing lifts, None where that is not settled (that nothing else is demanded is never
    known, so that it is never True). `decisive` are the checks that settle it; `untold` are the
    attributes that the rules demand and nothing is told of; `open` says that some of what is
    compared fails or cannot be told, and nothing else makes up for it."""

    checks: tuple[Check, ...]
    allowed: Truth
    decisive: tuple[Check, ...]
    untold: tuple[str, ...]
    open: bool


def judged(facts: Sequence[Fact], rules: Sequence[Rule], lifted: Collection[str] = ()) -> Judgement:
    """Holds facts against rules.

    The rules must all be met. A sentence that offers several ways is not settled by the failure of
    one, nor is one that an office may lift. Nothing that was not told counts.

    Args:
        facts: what the asker tells.
        rules: of one document.
        lifted: attributes of which an exception may spare the asker.
    """
    checks: list[Check] = []
    failed: list[Check] = []
    untold: list[str] = []
    unsettled = False
    for rule in rules:
        trees: list[Node] = []
        ways: list[tuple[Truth, ...]] = []
        own: list[Check] = []
        if rule.binding and rule.least is None:
            untold += [
                name for item in rule.items for quote in item for name in _untold(facts, quote)
            ]
        for item in rule.items:
            found = [(quote, _checks(facts, quote)) for quote in item]
            ways.append(tuple(check.fits for _, each in found for check in each))
            own += [check for _, each in found for check in each]
            trees.append(All(tuple(_tree(quote, each) for quote, each in found)))
        whole = All(tuple(trees)) if rule.least is None else Any(tuple(trees), rule.least)
        checks += own
        compared = [each for each in ways if each]
        full = [all(each) for each in compared]
        unsettled |= bool(full) and not (all(full) if rule.least is None else any(full))
        if rule.binding and truth(whole) is False:
            failed += [check for check in own if check.fits is False]
    spared = {c.limit.attribute for c in checks if c.met is not False}.union(lifted)
    decisive = [c for c in failed if c.limit.attribute not in spared or excludes(c.quote)]
    allowed = False if decisive else None
    return Judgement(
        tuple(checks), allowed, tuple(decisive), tuple(dict.fromkeys(untold)), unsettled
    )


def _untold(facts: Sequence[Fact], quote: Quote) -> list[str]:
    form = plain(quote.text)
    if GRADES.search(form) or "或" in form or excludes(quote):
        return []
    told = {fact.attribute for fact in facts}
    return [each.attribute for each in limits(quote.text) if each.attribute not in told]


def _checks(facts: Sequence[Fact], quote: Quote) -> list[Check]:
    if GRADES.search(plain(quote.text)):
        return []
    found = []
    for limit in limits(quote.text):
        told = tuple(
            fact for fact in facts if (fact.attribute, fact.unit) == (limit.attribute, limit.unit)
        )
        if told and is_for(limit, facts) is not False:
            found.append(Check(limit, told, met(limit, facts), quote))
    return found


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
    """The conditions of a sentence: all of them, unless it offers several or may be lifted."""
    form = plain(quote.text)
    leaves = tuple(Leaf(n, check.met) for n, check in enumerate(checks))
    unread = Leaf(len(leaves), None)
    if _may_be_lifted(form, checks):
        return Any((*leaves, unread))
    ends = [check.limit for check in checks]
    between = [form[a.end : b.start] for a, b in pairwise(ends)]
    whole = limits(quote.text)
    if excludes(quote):  # it bars whom all of it holds of
        return Not(All((*leaves, unread)) if len(whole) > len(checks) else All(leaves))
    if "以及" in form or any(OR.search(words) for words in between) or _offers_another(form, ends):
        return Any((*leaves, unread))
    return All((*leaves, unread))


def _may_be_lifted(form: str, checks: Sequence[Check]) -> bool:
    """Whether a sentence leaves what it demands to an office, or spares some of it: what it spares
    them of anything else (毕业2年以内的，不受社会保险的限制) lifts nothing."""
    words = [attributes()[check.limit.attribute].words for check in checks]
    spared = SPARED.sub(
        lambda m: m.group() if any(w and re.search(w, m.group()) for w in words) else "", form
    )
    return bool(OPEN.search(spared))


def _offers_another(form: str, ends: Sequence[Limit]) -> bool:
    """Whether 或 joins the clause of a limit to something else that would do instead."""
    for limit in ends:
        first = max(form.rfind(mark, 0, limit.start) for mark in "。;；,，") + 1
        after = re.match(r"[^。;；,，]*[,，]?(?:或者?)?", form[limit.end :])
        clause = form[first : limit.end] + (after.group() if after else "")
        if "或" in clause or OTHERS.search(form[limit.end :]):
            return True
    return False


def excludes(quote: Quote) -> bool:
    """Whether a sentence bars those of whom what it demands holds."""
    form = plain(quote.text)
    last = max((limit.end for limit in limits(quote.text)), default=0)
    return bool(REFUSES.search(BUT.split(form[last:])[0]))
