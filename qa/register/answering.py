"""What is put into a field of a form or a cell of a table, as a fact: 45, 8个月, 硕士, 有, 上海."""

import re
from decimal import Decimal

from policyqa.index.conditions.catalogue import Attribute, attributes, classes
from policyqa.index.conditions.intervals import NOTHING, SOME, exactly
from policyqa.index.conditions.limits import PERSONS
from policyqa.index.conditions.numbers import numbers
from policyqa.index.metadata.regions import places_of
from policyqa.index.text.quantities import plain
from policyqa.qa.eligibility.facts import OLDEST, Fact
from policyqa.qa.eligibility.logic import Truth
from policyqa.qa.errors import QuestionError

YES = re.compile(r"是|有|√|✓|对|y(?:es)?|1|true")
NO = re.compile(r"否|无|没有?|不是|未|×|n(?:o)?|0|false|不")
UNKNOWN = re.compile(r"不知道|不清楚|未知|不详|-*|—*|/|n/?a|")
BARE = re.compile(r"\d+(?:\.\d+)?")
BESIDE = re.compile(r"[\s,，。了整]|^(?:共|满|刚满|一共|总共|正好|我|今年)+")  # 满36个月整
PENDING = re.compile(
    "在读|在校|肄业|结业|辍学|没毕业|未毕业|未取得|没拿到|预计|即将|考虑|申请中|快"
)
MAX_CHARS = 100
TIMES = {("月", "年"): 12, ("元", "万"): 10_000}
HOUSEHOLD = "registered"


def asked() -> dict[str, Attribute]:
    """The attributes that a person is asked of, by name."""
    return {name: each for name, each in attributes().items() if name not in PERSONS}


def fact_of(attribute: str, said: str, *, unit: str = "") -> Fact | None:
    """What somebody says of an attribute; None where he does not know.

    Args:
        attribute: a name of the catalogue.
        said: a number with or without its unit, a class of its scale, whether there is some, or of
            a household its place.
        unit: what a bare number is counted in (年, 万), "" for the attribute's own.

    Raises:
        QuestionError: nothing of the kind is said.
    """
    about, text = attributes()[attribute], plain(said.strip())
    if len(text) > MAX_CHARS:
        raise QuestionError(f"{about.label}：太长，最多 {MAX_CHARS} 字")
    if UNKNOWN.fullmatch(text.lower()):
        return None
    if about.scale:
        return _ranked(attribute, about, text)
    if attribute == HOUSEHOLD and (places := places_of(text)):
        return Fact(attribute, about.unit, SOME, text, places[0])
    if BARE.fullmatch(text) and about.unit != "有":
        value = Decimal(text) * TIMES.get((about.unit, unit), 1)
        return _counted(attribute, about, value, text)
    found = [each for each in numbers(text, spoken=True) if each.unit == about.unit]
    if len(found) == 1 and not BESIDE.sub("", text[: found[0].start] + text[found[0].end :]):
        return _counted(attribute, about, found[0].value, text)
    return _had(attribute, about, text)


def _ranked(attribute: str, about: Attribute, text: str) -> Fact:
    found = [each for each in classes(text) if each.attribute == attribute]
    if not PENDING.search(text) and len({each.rank for each in found}) == 1:
        return Fact(attribute, "", exactly(Decimal(found[0].rank)), text)
    if NO.fullmatch(text.lower()):
        return Fact(attribute, "", exactly(Decimal(0)), text)
    raise QuestionError(f"{about.label}：“{text[:20]}”不是可选的，请填{'、'.join(choices(about))}")


def _counted(attribute: str, about: Attribute, value: Decimal, text: str) -> Fact:
    if about.unit == "岁":
        value = value // 1  # years that are full
    if about.unit == "岁" and value > OLDEST:
        raise QuestionError(f"{about.label}：“{text[:20]}”太大")
    return Fact(attribute, about.unit, exactly(value), text)


def _had(attribute: str, about: Attribute, text: str) -> Fact:
    yes, no = YES.fullmatch(text.lower()), NO.fullmatch(text.lower())
    if yes or no:
        return Fact(attribute, about.unit, SOME if yes else NOTHING, text)
    form = "有或没有" if about.unit == "有" else f"数字（{counted_in(about)}）"
    raise QuestionError(f"{about.label}：“{text[:20]}”看不懂，请填{form}")


def counted_in(about: Attribute) -> str:
    """What an attribute is counted in, in words."""
    return {"月": "月，也可写几年", "有": "有或没有"}.get(about.unit, about.unit)


def choices(about: Attribute) -> list[str]:
    """The classes of a scale, the lowest first, by their first names."""
    ranked = sorted(about.scale.items(), key=lambda pair: pair[1])
    return [re.sub(r"\(\?[^)]*\)|[^\u4e00-\u9fff|].*", "", p.split("|")[0]) for p, _ in ranked]


def reply_of(said: str) -> Truth:
    """What somebody says to a condition: 是, 否, or not known.

    Raises:
        QuestionError: something else.
    """
    text = plain(said.strip()).lower()
    if UNKNOWN.fullmatch(text):
        return None
    if YES.fullmatch(text) or NO.fullmatch(text):
        return YES.fullmatch(text) is not None
    raise QuestionError(f"“{said.strip()[:20]}”看不懂，请填是或否")
