"""What a rule demands in numbers and ranks: 年龄不超过45周岁, 社保满一年, 本科以上学历."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from policyqa.index.conditions.catalogue import Named, about, attributes, classes, had
from policyqa.index.conditions.intervals import NOTHING, SOME, Interval, exactly
from policyqa.index.conditions.numbers import NUMBER, Number, numbers
from policyqa.index.text.numerals import decimal
from policyqa.index.text.quantities import plain

UP = r"(?:\(?(?:含|及)\S{0,4}\)?)?(?:及其?|或)?以上|(?:及|或)?以上|起(?![来步点草始])"
DOWN = r"(?:\(?含\S{0,4}\)?)?(?:及其?|或)?以[下内]|之内|为限|封顶"
AFTER = re.compile(
    rf"^[^,，。;；\d]{{0,3}}?(?:(?P<up>{UP})|(?P<down>{DOWN})|(?P<in>\(含\S{{0,5}}\)|\(含\)))"
)
BEFORE = re.compile(
    r"(?:(?P<most>不(?:得|能|可|应)?(?:超过|高于|大于|多于|超出)|未超过|最高|最多|最长|至多|上限)"
    r"|(?P<least>不(?:得|能|可|应)?(?:低于|少于|小于|短于)|不低|至少|最低|最少|(?<![未不没])(?:年满|已满|满|达到|达|足))"
    r"|(?P<more>(?<!不)(?<!得)(?<!未)(?:超过|高于|大于|多于))|(?P<less>低于|少于|小于|未满|不满|不足|未达到?|不到))"
    r"[^\d,，。;；、]{0,6}$"
)
INCLUDED = re.compile(r"^[^,，。;；]{0,4}\((?:含|包含|包括)")
CLAUSE = re.compile(r"[^,，。;；:：!！?？]+")
WINDOW = re.compile(r"(?:近|每|前|(?<!则)上|第|未来|今后|期限|有效期)[为是的:]?$")
MOMENT = re.compile(
    r"^(?:以[上下内]的?部分|的?部分|时(?!间)|之?[日月年]起|后|起(?:可|计|算)|的?次月|当月|之前)"
)
DISTANCE = re.compile(r"(?:距离?|差)[^\d,，。;；]{0,8}$")
SPAN = re.compile(rf"(?P<low>{NUMBER})(?:个?周?岁|年|个月|平方米)?(?:\(含\))?(?:-|–|—|~|至|到)$")
PAYS = re.compile(
    r"补贴|补助|奖励|资助|支付|报销|津贴|给予|发放|贷款|额度|处以?|罚|支持|标准为|每人|租金|押金|工作日|审核|受理|答复|告知"
    r"|公示|期限|有效期|提前|逾期"
)
PERSONS = ("gender", "child")  # whom a limit is for, and never what is demanded
RANKS_UP = re.compile(r"^[^,，。;；、或]{0,4}?(?:及其?以上|以上)")
SCHOOL = re.compile(
    r"(?:小学|初中|高中|中专|中职|技校)(?:应届|阶段|学校|教育|入学|招生|生|毕业学校)|学校|学籍"
)
REQUIRES = re.compile(r"学历|学位|毕业|职称|资格|职务|技能|等级|证书")


class Limit(NamedTuple):
    """One demand: an attribute must lie in an interval. `guards` are the classes that it is for:
    of others it demands nothing. `start` and `end` are a span of the text in its plain form."""

    attribute: str
    unit: str
    allowed: Interval
    guards: tuple[Named, ...]
    start: int
    end: int

    @property
    def is_had(self) -> bool:
        """Whether it only demands that there is some, or nothing."""
        return self.allowed in (SOME, NOTHING)


def limits(text: str) -> list[Limit]:
    """The demands of a sentence, in its order; nothing of what is paid or how long it takes."""
    form = plain(text)
    found: list[Limit] = []
    for clause in CLAUSE.finditer(form):
        found += _of_clause(form, clause.start(), clause.end())
    return found


def _of_clause(form: str, start: int, end: int) -> Iterator[Limit]:
    clause = form[start:end]
    named = list(classes(clause))
    used: set[Named] = set()
    numbered: set[str] = set()
    for number in numbers(clause):
        allowed = _spanned(clause, number) or _bounded(
            form, start + number.start, start + number.end, number.value
        )
        if allowed is None or WINDOW.search(clause[: number.start]):
            continue
        if MOMENT.search(clause[number.end :]) or DISTANCE.search(clause[: number.start]):
            continue
        attribute = _about(form, start, clause, number)
        if not attribute or (number.unit in "元分人" and PAYS.search(clause)):
            continue
        guards = tuple(n for n in named if _guards(clause, n, number, attribute))
        used |= set(guards)
        numbered.add(attribute)
        at = start + number.start
        yield Limit(attribute, number.unit, allowed, guards, at, start + number.end)
    yield from _ranks(clause, start, [each for each in named if each not in used])
    for each in had(clause):
        if each.attribute not in numbered:
            allowed = SOME if each.some else NOTHING
            at, end = start + each.start, start + each.end
            yield Limit(each.attribute, attributes()[each.attribute].unit, allowed, (), at, end)


def _about(form: str, start: int, clause: str, number: Number) -> str:
    """What a number is about by its clause; else by the clauses before it in the sentence."""
    own = about(clause, number.start, number.end, number.unit)
    if own:
        return own
    first = max((form.rfind(mark, 0, start) for mark in "。;；"), default=-1) + 1
    return about(form[first:start], start - first, start - first, number.unit)


def _bounded(form: str, start: int, end: int, value: Decimal) -> Interval | None:
    before, after = (
        BEFORE.search(form[max(0, start - 14) : start]),
        AFTER.search(form[end : end + 12]),
    )
    included = bool(INCLUDED.search(form[end : end + 12]))
    if before:
        if before["most"]:
            return Interval(high=value)
        if before["less"]:
            return Interval(high=value, high_in=included)
        if before["more"]:
            return Interval(low=value, low_in=included)
    if after and after["up"]:
        return Interval(low=value)
    if after and after["down"]:
        return Interval(high=value)
    return Interval(low=value) if before else None


def _spanned(clause: str, number: Number) -> Interval | None:
    """18至45周岁: what lies between the two, both included."""
    before = SPAN.search(clause[: number.start])
    low = decimal(before["low"]) if before else None
    if low is None or low >= number.value:
        return None
    months = 12 if number.unit == "月" and "年" in clause[number.start : number.end] else 1
    return Interval(low * months, number.value)


def _guards(clause: str, named: Named, number: Number, attribute: str) -> bool:
    """Whether a class says whom a limit is for (博士不超过40周岁, 18周岁以下子女), rather than
    being demanded beside it (本科以上学历且…)."""
    if named.attribute == "child":
        return attribute == "age"
    if named.end > number.start:
        return False
    between = clause[named.end : number.start]
    return not re.search("且|并|和|、|以上|学历|学位|,", between) and len(between) <= 12


def _ranks(clause: str, start: int, named: Sequence[Named]) -> Iterator[Limit]:
    """The classes that are demanded: one and those above it, or those that are named."""
    if not REQUIRES.search(clause) or SCHOOL.search(clause):
        return
    for attribute in dict.fromkeys(n.attribute for n in named if n.attribute not in PERSONS):
        own = [each for each in named if each.attribute == attribute]
        last = own[-1]
        ranks = [Decimal(each.rank) for each in own]
        above = RANKS_UP.search(clause[last.end :])
        allowed = Interval(low=min(ranks)) if above else Interval(min(ranks), max(ranks))
        yield Limit(attribute, "", allowed, (), start + own[0].start, start + last.end)


def rank(named: Named) -> Interval:
    """The interval of a class's rank."""
    return exactly(Decimal(named.rank))
