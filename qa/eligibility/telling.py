"""What was compared, in words: 至少2年, 不超过45周岁, 本科以上."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from policyqa.index.conditions.catalogue import attributes
from policyqa.index.conditions.intervals import SOME
from policyqa.index.conditions.limits import PERSONS, Limit
from policyqa.qa.eligibility.comparing import Check, Claim, excludes
from policyqa.qa.eligibility.facts import Fact
from policyqa.qa.eligibility.replies import ANSWERS
from policyqa.qa.types import Condition, Told

MONTHS = 12
OWN_WORDS, ONE_WAY = "文件所列", "任一项即可"  # labels of demands that are shown by their own words
MANY = Decimal(10_000)  # yuan, from which sums are said in 万


def condition(check: Check, citation: int) -> Condition:
    """A check as readers see it.

    Args:
        check: of a limit and what is told of it.
        citation: the number of the rule's citation.
    """
    told = dict.fromkeys(fact.said for fact in check.told)
    return Condition(
        label=attributes()[check.limit.attribute].label,
        demanded=demanded(check.limit) + ("的不可以" if excludes(check.quote) else ""),
        told="、".join(told),
        met=check.fits,
        citation=citation,
        gap=_gap(check),
    )


def claimed(claim: Claim, citation: int) -> Condition:
    """An item as readers see it that the asker alone can answer.

    Args:
        claim: the item.
        citation: the number of its citation.
    """
    told = next((words for words, met in ANSWERS.items() if met is claim.met), "")
    return Condition(
        label=ONE_WAY if claim.way else OWN_WORDS,
        demanded=claim.text,
        told=f"答{told}" if claim.answered else "",
        met=claim.met,
        citation=citation,
    )


def remembered(found: Sequence[Fact]) -> tuple[Told, ...]:
    """What is remembered as readers see it."""
    every = attributes()
    return tuple(
        Told(attribute=fact.attribute, label=every[fact.attribute].label, said=fact.said)
        for fact in found
        if fact.attribute not in PERSONS
    )


def _gap(check: Check) -> str:
    """What is lacking to a limit that time or money may reach: 还差4个月; "" where nothing is."""
    if check.fits is not False or excludes(check.quote):
        return ""
    return lacking(check.limit, check.told)


def lacking(limit: Limit, facts: Sequence[Fact]) -> str:
    """What a limit that is not met lacks and time or money may reach: 还差4个月; "" for others."""
    low = limit.allowed.low
    own = [f.told for f in facts if (f.attribute, f.unit) == (limit.attribute, limit.unit)]
    told = [each.low for each in own if each.low is not None and each.low == each.high]
    if low is None or limit.allowed == SOME or not told or max(told) >= low:
        return ""
    if attributes()[limit.attribute].scale:
        return ""
    return f"还差{_amount(low - max(told), limit.unit)}"


def demanded(limit: Limit) -> str:
    """What a limit demands, in words; for whom, where it is not for all."""
    who = "、".join(
        _class_named(guard.attribute, Decimal(guard.rank))
        for guard in limit.guards
        if guard.attribute != "child"
    )
    what = _ranks(limit) if attributes()[limit.attribute].scale else _numbers(limit)
    return f"{who}{what}" if who else what


def _numbers(limit: Limit) -> str:
    if limit.is_had:
        return "有" if limit.allowed == SOME else "没有"
    low, high = limit.allowed.low, limit.allowed.high
    if low is not None and high is not None:
        return f"{_amount(low, limit.unit)}至{_amount(high, limit.unit)}"
    if low is not None:
        return ("至少" if limit.allowed.low_in else "超过") + _amount(low, limit.unit)
    if high is not None:
        return ("不超过" if limit.allowed.high_in else "低于") + _amount(high, limit.unit)
    return ""


def _ranks(limit: Limit) -> str:
    low, high = limit.allowed.low, limit.allowed.high
    lowest = _class_named(limit.attribute, low) if low is not None else ""
    if high is None:
        return f"{lowest}以上"
    highest = _class_named(limit.attribute, high)
    return lowest if low == high else f"{lowest}至{highest}"


def _class_named(attribute: str, rank: Decimal) -> str:
    names: Mapping[int, str] = {
        rank: pattern.split("|")[0] for pattern, rank in attributes()[attribute].scale.items()
    }
    return _plainly(names[int(rank)])


def _plainly(pattern: str) -> str:
    """The first name of a pattern, without what may not stand around it."""
    return re.sub(r"\(\?[^)]*\)|[^\u4e00-\u9fff]", "", pattern)


def _amount(value: Decimal, unit: str) -> str:
    if unit == "月":
        years, months = divmod(value, MONTHS)
        parts = [f"{_number(years)}年" if years else "", f"{_number(months)}个月" if months else ""]
        return "".join(parts) or "0个月"
    if unit == "元" and value >= MANY:
        return f"{_number(value / MANY)}万元"
    return _number(value) + ("周岁" if unit == "岁" else unit)


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
