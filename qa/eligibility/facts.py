"""What people tell of themselves: 我36了, 社保交了8个月, 本科毕业."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from policyqa.index.conditions.catalogue import about, classes, sole
from policyqa.index.conditions.intervals import Interval, exactly
from policyqa.index.conditions.numbers import Number, numbers
from policyqa.index.text.quantities import plain

CLAUSE = re.compile(r"[^,，。;；!！?？、]+")
UNTOLD = re.compile(
    r"再过|还有|还差(?![^,，]{1,6}满)|还要|还得|才能|多久|几年|几岁|多少|要求|规定|是不是要|必须|需要满|以后|之后|的话|如果|要是|将来|明年|到时"
)
LESS = re.compile(
    r"(?:差[^,，]{1,6}满|不到|没到|未到|不满|没满|未满|不足|快|将近|差点|低于|少于|小于)[^\d,，]{0,2}$"
)
MORE = re.compile(r"(?:超过|超|大于|高于|多于|以上)[^\d,，]{0,2}$")
OVER = re.compile(r"^(?:多(?!少)|出头|几(?![年月岁])|以上)")
SCHOOL = 3  # ranks up to here name schools more often than what somebody has
GRADUATE = re.compile("学历|毕业|文凭|文化")
NONE = {
    "title": re.compile(r"(?:没有?|无|也没|没评)[^,，。]{0,6}职称"),
    "skill": re.compile(r"(?:没有?|无|也没)[^,，。]{0,6}(?:技能|证书)"),
}


# What stands beside a number that goes on with what the clause before was about.
GOES_ON = re.compile("[刚正好满整了就也才都已经过大概差不多快左右上下今年现在一共总累计]*")


class Fact(NamedTuple):
    """What is told of an attribute: the interval that it lies in. `start` and `end` are a span of
    the question in its plain form."""

    attribute: str
    unit: str
    told: Interval
    start: int
    end: int


def facts(text: str) -> list[Fact]:
    """What a question tells, in its order; nothing of what it supposes or asks."""
    form = plain(text)
    found: list[Fact] = []
    before = ""
    for clause in CLAUSE.finditer(form):
        words = clause.group()
        if not UNTOLD.search(words):
            found += _numbers(words, clause.start(), before)
            found += _classes(words, clause.start())
        before += words + ","
    return found


def _about(clause: str, before: str, number: Number) -> str:
    own = about(clause, number.start, number.end, number.unit)
    if own:
        return own
    bare = GOES_ON.fullmatch(clause[: number.start] + clause[number.end :])
    carried = about(before, len(before), len(before), number.unit) if bare else ""
    return carried or sole(number.unit)


def _numbers(clause: str, start: int, before: str) -> Sequence[Fact]:
    found = []
    for number in numbers(clause, spoken=True):
        attribute = _about(clause, before, number)
        told = _told(clause, number)
        found.append(Fact(attribute, number.unit, told, start + number.start, start + number.end))
    return found


def _told(clause: str, number: Number) -> Interval:
    """两年多 lies between two and three years, 不到两年 below two."""
    before, after = clause[: number.start], clause[number.end :]
    value = number.value
    if LESS.search(before):
        return Interval(high=value, high_in=False)
    if MORE.search(before):
        return Interval(low=value, low_in=False)
    if OVER.search(after):
        step = Decimal(12) if number.unit == "月" and value % 12 == 0 else Decimal(1)
        return Interval(value, value + step if number.unit == "月" else None, high_in=False)
    return exactly(value)


def _classes(clause: str, start: int) -> Sequence[Fact]:
    found = [
        Fact(each.attribute, "", exactly(Decimal(each.rank)), start + each.start, start + each.end)
        for each in classes(clause)
        if each.attribute != "degree" or each.rank > SCHOOL or GRADUATE.search(clause)
    ]
    for attribute, pattern in NONE.items():
        match = pattern.search(clause)
        if match:
            found = [each for each in found if each.attribute != attribute]
            nothing = exactly(Decimal(0))
            found.append(Fact(attribute, "", nothing, start + match.start(), start + match.end()))
    return found
