"""What people tell of themselves: 我36了, 社保交了8个月, 本科毕业."""

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from policyqa.index.conditions.catalogue import about, attributes, classes, had, sole
from policyqa.index.conditions.intervals import NOTHING, SOME, Interval, exactly
from policyqa.index.conditions.numbers import Number, numbers
from policyqa.index.metadata.regions import Place, mentions, places_of
from policyqa.index.text.quantities import plain
from policyqa.qa.eligibility.replies import is_reply

CLAUSE = re.compile(r"[^,，。;；!！?？、]+")
# Clauses that tell nothing of what somebody has now: what is to come, asked, supposed or wished
# for; how long something has stopped, lasts still or was made up for.
UNTOLD = re.compile(
    r"停[交缴保]|欠[费缴]|断[了缴交断]|补[缴交]|丢了|挂失|到期|过期|还剩|剩下|一年一签|扣了?\d"
    r"|能申报|想申报|要申报|申报[中高副正初]|能评|想评|报考|准备考"
    r"|再过|还有|还差(?![^,，]{1,6}满)|还要|还得|才能|多久|(?<![前好这])几年|几岁|多少|要求|规定|是不是要|必须|需要满"
    r"|以后|之后|的话|如果|要是|将来|明年|到时"
    r"|([\u4e00-\u9fff])没\1|没[说讲查算定]|要查|不清楚|不知道|不确定|说不准|记不|忘了"
)
LESS = re.compile(
    r"(?:差[^,，]{1,6}满|不到|没到|未到|不满|没满|未满|不足|快|将近|差点|低于|少于|小于)[^\d,，]{0,2}$"
)
MORE = re.compile(r"(?:超过|超|大于|高于|多于|以上)[^\d,，]{0,2}$")
OVER = re.compile(r"^(?:多(?!少)|出头|几(?![年月岁])|以上)")
UNDER = re.compile(r"^(?:还)?(?:不到|没到|不满|没满|差一点)")
OLDEST = 120  # years of age
SCHOOL = 3  # ranks up to here name schools more often than what somebody has
GRADUATE = re.compile("学历|毕业|文凭|文化")
NONE = {
    "title": re.compile(r"(?:没有?|无|也没|没评)[^,，。]{0,6}职称"),
    "skill": re.compile(r"(?:没有?|无|也没)[^,，。]{0,6}(?:技能|证书)"),
}


# What stands beside a number that goes on with what the clause before was about.
GOES_ON = re.compile("[刚正好满整了就也才都已经过大概差不多快左右上下今年现在一共总累计]*")


FOR_SELF = re.compile(
    r"我(?:们)?(?:自己)?(?:现在|这样|还)?(?:想(?!给|替|帮|让|为|把)|能|可以|可不可以|够|符合|要(?!给|替|帮|让))"
)
GROWN = re.compile(
    r"爸|妈|父|母|岳|公公|婆婆|老公|老婆|丈夫|妻子|爱人|对象(?!之)|配偶|老板|同事|朋友|哥|姐|弟|妹|舅|姨|叔|伯|姑|爷|奶|亲戚|邻居"
)
OTHERS = re.compile(rf"{GROWN.pattern}|孩子|小孩|娃|儿子|女儿|闺女|宝宝|孙|侄|甥|员工|工人|[他她]")
ME = re.compile(
    "我(?![爸妈父母岳公婆老丈妻爱对配孩小娃儿女闺宝同朋哥姐弟妹舅姨叔伯姑爷奶孙侄甥亲邻员工们]|的)"
)


# What asks: a clause with it tells nothing that is to be remembered (博士后有什么补贴).
ASKING = re.compile(
    r"[吗么呢?]|多少|多[长大久高]|几|什|啥|怎|咋|哪|谁|如何|能|可以|是不是|是否|有没有|请?问"
    r"|([\u4e00-\u9fff])不\1|[行得算作成够到了]不|[没不吧]$"
)


# What asks for or wishes what a clause names, rather than tells that it is there.
WISHES = re.compile(
    r"[吗呢?？]|么$|怎|如何|能|可以|是不是|是否|有没有|([\u4e00-\u9fff])不\1|想|要|打算|[行得算作成够到了]不"
)

# Where somebody's household is registered: 上海城镇户口, 户口在江西, 非深户, 河南人.
HOUSEHOLD = re.compile(
    r"^[市省区县]?(?:的)?(?:常住|城镇|居民|非农业?|农业|农村|集体)*(?:户口|户籍)"
)
HOUSEHOLD_AT = re.compile(r"(?:户口|户籍)(?:还|现|都|落)?(?:在|是)$")
FROM_THERE = re.compile("^人(?![才口员民力社])")
SHORT = re.compile("(?P<not>非|不是)?(?P<place>[沪京津渝深穗莞苏杭])(?:户|籍)")
SHORT_PLACES = {
    "沪": "上海", "京": "北京", "津": "天津", "渝": "重庆", "深": "深圳", "穗": "广州",
    "莞": "东莞", "苏": "苏州", "杭": "杭州",
}  # fmt: skip


class Fact(NamedTuple):
    """What is told of an attribute: the interval that it lies in, and the words that say it;
    `place` is where it is so, "" where the words leave that open."""

    attribute: str
    unit: str
    told: Interval
    said: str
    place: Place | None = None

    @property
    def is_had(self) -> bool:
        """Whether it only says that there is some, or nothing, of what is counted."""
        return bool(self.unit) and self.told in (SOME, NOTHING)


def carried(before: Sequence[str], now: str, *, forget: Collection[str] = ()) -> list[Fact]:
    """What somebody has told in a conversation: what the question tells, and what is remembered.

    Args:
        before: what was asked before, oldest first.
        now: the question.
        forget: attributes of which nothing that was told before counts.
    """
    found = remembered(before, now, forget=forget)
    return [*found, *facts(now)]


def remembered(before: Sequence[str], now: str, *, forget: Collection[str] = ()) -> list[Fact]:
    """What earlier turns told of the asker himself, the latest of each attribute, and the question
    does not tell anew; nothing for a question on somebody else. Arguments as of `carried`."""
    form = plain(now)
    if OTHERS.search(form) and not ME.search(form):
        return []
    found: dict[tuple[str, str], list[Fact]] = {}
    for turn in before:
        if is_reply(turn):
            continue
        of_another = OTHERS.search(plain(turn)) and not FOR_SELF.search(plain(turn))
        found |= {} if of_another else _by_attribute(facts(turn, telling=True))
    anew = _by_attribute(facts(now))
    return [
        fact
        for place, each in found.items()
        if place not in anew and place[0] not in forget
        for fact in each
    ]


def _by_attribute(told: Sequence[Fact]) -> dict[tuple[str, str], list[Fact]]:
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in told:
        found.setdefault((fact.attribute, fact.unit), []).append(fact)
    return found


def tells_only(text: str) -> list[Fact]:
    """What a text tells that asks nothing; none of one that asks."""
    return [] if ASKING.search(text) else facts(text)


def facts(text: str, *, telling: bool = False) -> list[Fact]:
    """What a question tells of whom it asks for, in its order; nothing of what it supposes or
    asks. Where somebody asks for himself, what he tells of others is left out.

    Args:
        text: the question.
        telling: only of the clauses that ask nothing.
    """
    form = plain(text)
    for_self = bool(FOR_SELF.search(form))
    found: list[Fact] = []
    before = ""
    for clause in CLAUSE.finditer(form):
        words = clause.group()
        of_another = for_self and OTHERS.search(words) and not ME.search(words)
        passed_over = telling and ASKING.search(words)
        if not UNTOLD.search(words) and not of_another and not passed_over:
            found += _numbers(words, before)
            found += _classes(words)
            found += _presences(words, found)
        before += words + ","
    counted = {fact.attribute for fact in found if not fact.is_had}
    return [f for f in found if f.told != SOME or f.attribute not in counted]


def _about(clause: str, before: str, number: Number) -> str:
    own = about(clause, number.start, number.end, number.unit)
    if own:
        return own
    bare = GOES_ON.fullmatch(clause[: number.start] + clause[number.end :])
    carried = about(before, len(before), len(before), number.unit) if bare else ""
    return carried or sole(number.unit)


def _numbers(clause: str, before: str) -> Sequence[Fact]:
    found = []
    for number in numbers(clause, spoken=True):
        attribute = _about(clause, before, number)
        if not attribute or (number.unit == "岁" and number.value > OLDEST):
            continue
        told = _told(clause, number)
        found.append(Fact(attribute, number.unit, told, _said(clause, number)))
    return found


def _said(clause: str, number: Number) -> str:
    """The number with what qualifies it: 不到两年, 差一个月满16."""
    before, after = clause[: number.start], clause[number.end :]
    qualified = LESS.search(before) or MORE.search(before)
    more = OVER.search(after) or UNDER.search(after)
    first = qualified.start() if qualified else number.start
    return clause[first : number.end + (more.end() if more else 0)]


def _told(clause: str, number: Number) -> Interval:
    """两年多 lies between two and three years, 不到两年 below two."""
    before, after = clause[: number.start], clause[number.end :]
    value = number.value
    if LESS.search(before) or UNDER.search(after):
        return Interval(high=value, high_in=False)
    if MORE.search(before):
        return Interval(low=value, low_in=False)
    if OVER.search(after):
        step = Decimal(12) if number.unit == "月" and value % 12 == 0 else Decimal(1)
        return Interval(value, value + step if number.unit == "月" else None, high_in=False)
    return exactly(value)


def _presences(clause: str, counted: Sequence[Fact]) -> Iterator[Fact]:
    """What a clause says that one has or has not, where it asks nothing and tells of no relative
    but a child; what is counted besides is known better."""
    if WISHES.search(clause) or (GROWN.search(clause) and not ME.search(clause)):
        return
    known = {fact.attribute for fact in counted}
    for each in had(clause):
        if each.attribute not in known:
            told = SOME if each.some else NOTHING
            unit = attributes()[each.attribute].unit
            yield Fact(each.attribute, unit, told, clause[each.start : each.end])
    if "registered" not in known:
        yield from _households(clause)


def _households(clause: str) -> Iterator[Fact]:
    unit = attributes()["registered"].unit
    for each in mentions(clause):
        rest = clause[each.end :]
        after = HOUSEHOLD.match(rest) or FROM_THERE.match(rest)
        if after is None and not HOUSEHOLD_AT.search(clause[: each.start]):
            continue
        denied = clause[: each.start].endswith(("非", "不是"))
        said = clause[each.start : each.end + (after.end() if after else 0)]
        yield Fact("registered", unit, NOTHING if denied else SOME, said, each.place)
    for short in SHORT.finditer(clause):
        if any(each.start <= short.start("place") < each.end for each in mentions(clause)):
            continue
        place = places_of(SHORT_PLACES[short["place"]])[0]
        told = NOTHING if short["not"] else SOME
        yield Fact("registered", unit, told, short.group(), place)


def located(found: Sequence[Fact], region: str) -> list[Fact]:
    """Facts as rules of a region see them: a household of another place is none of it. What cannot
    be told, as of a city for a rule of its district, is left out."""
    own = places_of(region)
    there: list[Fact] = []
    for fact in found:
        if fact.place is None:
            there.append(fact)
        elif len(own) == 1:
            there += _seen_from(own[0], fact, fact.place)
    return there


def _seen_from(region: Place, fact: Fact, place: Place) -> Iterator[Fact]:
    if fact.told == NOTHING and region.lies_in(place):
        yield fact._replace(place=None)
    elif fact.told != NOTHING and (place.lies_in(region) or not region.lies_in(place)):
        told = fact.told if place.lies_in(region) else NOTHING
        yield fact._replace(told=told, place=None)


def _classes(clause: str) -> Sequence[Fact]:
    found = [
        Fact(each.attribute, "", exactly(Decimal(each.rank)), clause[each.start : each.end])
        for each in classes(clause)
        if each.attribute != "degree" or each.rank > SCHOOL or GRADUATE.search(clause)
    ]
    for attribute, pattern in NONE.items():
        match = pattern.search(clause)
        if match:
            found = [each for each in found if each.attribute != attribute]
            nothing = exactly(Decimal(0))
            found.append(Fact(attribute, "", nothing, match.group()))
    return found
