"""The numbers of a text that can be compared: durations in months, ages, areas, sums, points."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from policyqa.index.text.numerals import ARABIC, HAN, ONES, decimal
from policyqa.index.text.quantities import MULTIPLIERS

NUMBER = f"(?:{ARABIC}|[{HAN}]+(?:点[{HAN}]+)?)"
_LONG = rf"(?<![\d第近])(?P<years>{NUMBER})(?:周)?年(?!级|代|度|纪|龄|内|制|期)(?P<half>半)?"
DURATION = re.compile(
    rf"{_LONG}(?:[零又]?(?P<more>{NUMBER})个月)?|(?<![年\d第每])(?P<months>{NUMBER})个?月(?P<part>半)?(?!\d|日|份|底|初|末|[{HAN}])"
    r"|(?P<halfyear>半)年|(?P<solo>整年)"
)
AMOUNT = re.compile(
    rf"(?P<number>{NUMBER})(?P<scale>[十百千]?万|亿|千|百)?(?P<rest>{NUMBER}(?=千|百|元|块|$|[,，。]))?(?P<rest_scale>千|百)?"
    r"(?P<unit>个?周岁|岁|平方米|平米|m2|平(?!均|时|台|常|等|价)|元|块(?:钱)?|分(?!之|局|别|类|公|期|层|档|配)|人(?!才|员|均|民|力)|口人|口(?!径|岸))"
)
BARE_SUM = re.compile(rf"(?P<number>{NUMBER})(?P<scale>万)(?P<rest>[{HAN}\d]+)?(?![\d元块人平个])")
BARE_PAY = re.compile(
    r"(?:收入|工资|月薪|年薪|挣)[^\d,，。;；]{0,4}(?P<number>\d{3,7})(?=[,，。;；]|$)"
)
BARE_AGE = re.compile(
    rf"(?:^|[,，。;；\s]|今年|我|都|才|刚|刚满|满|刚过|已经|快|妈|爸|子|女|儿|孩|婆|公|姨|叔|伯|舅|姑|爷|奶|弟|妹|哥|姐|他|她|本人)(?P<number>\d{{2}}|[{HAN}]{{2,3}})(?=了|啦|[,，。;；]|$)"
)
UNITS = {
    "平米": "平方米",
    "m2": "平方米",
    "平": "平方米",
    "块": "元",
    "块钱": "元",
    "口": "人",
    "口人": "人",
}
ABOUT = re.compile(f"[{ONES}两][{ONES}](?=[^{HAN}])")  # two digits side by side: five or six
ODD = tuple("/-−卅卌廿.")
FIRST_YEAR = 100  # a "year" from here on is a date and no duration


class Number(NamedTuple):
    """A number with what it counts: 月 (durations), 岁, 平方米, 元, 分 or 人; `start` and `end`
    are of the text that was read."""

    value: Decimal
    unit: str
    start: int
    end: int


def numbers(form: str, *, spoken: bool = False) -> list[Number]:
    """The numbers in the order of the text.

    Args:
        form: in the form of `text.quantities.plain`.
        spoken: also what people leave the unit out of: 我36了, 挣了两万.
    """
    found = [*_durations(form), *_amounts(form)]
    if spoken:
        found += [each for each in _spoken(form) if not _taken(each, found)]
    return sorted(found, key=lambda number: number.start)


def _taken(one: Number, found: list[Number]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in found)


def _durations(form: str) -> Iterator[Number]:
    for match in DURATION.finditer(form):
        months = _months(match)
        if months is not None and _is_exact(form, match):
            yield Number(months, "月", *match.span())


def _is_exact(form: str, match: re.Match[str]) -> bool:
    """Whether a number is one: not 三十五六岁, 两三个月, 1/2年, -5岁."""
    return not ABOUT.search(match.group()) and form[match.start() - 1 : match.start()] not in ODD


def _months(match: re.Match[str]) -> Decimal | None:
    if match["halfyear"]:
        return Decimal(6)
    if match["solo"]:
        return Decimal(12)
    if match["months"]:
        whole = decimal(match["months"])
        return None if whole is None else whole + (Decimal("0.5") if match["part"] else 0)
    years, more = decimal(match["years"]), decimal(match["more"] or "0")
    if years is None or more is None or years >= FIRST_YEAR:
        return None
    return years * 12 + more + (6 if match["half"] else 0)


def _amounts(form: str) -> Iterator[Number]:
    for match in AMOUNT.finditer(form):
        worth = _worth(match)
        if worth is not None and _is_exact(form, match):
            unit = "岁" if "岁" in match["unit"] else UNITS.get(match["unit"], match["unit"])
            yield Number(worth, unit, *match.span())


def _worth(match: re.Match[str]) -> Decimal | None:
    whole = decimal(match["number"])
    if whole is None:
        return None
    scale = match["scale"] or ""
    times = Decimal(1)
    for sign in scale:
        times *= MULTIPLIERS.get(sign, 10)
    rest = decimal(match["rest"]) if match["rest"] else None
    groups = match.groupdict()
    tail = Decimal(0)
    if rest is not None:
        small = MULTIPLIERS.get(groups.get("rest_scale") or "", None)
        last = rest < 10 and not small and not match["rest"].startswith(("零", "〇"))
        tail = rest * (small or (times / 10 if last and times > 1 else 1))
    return whole * times + tail


def _spoken(form: str) -> Iterator[Number]:
    for match in BARE_SUM.finditer(form):
        worth = _worth(match)
        if worth is not None:
            yield Number(worth, "元", *match.span())
    for match in BARE_PAY.finditer(form):
        yield Number(Decimal(match["number"]), "元", *match.span("number"))
    for match in BARE_AGE.finditer(form):
        age = decimal(match["number"])
        if age is not None and 14 <= age <= 99:
            yield Number(age, "岁", *match.span("number"))
