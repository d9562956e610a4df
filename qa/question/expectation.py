"""What kind of answer a question asks for, and whether a text holds one of that kind.

A question that asks for a number names its unit more often than not (多少人, 几家, 多少钱), and a
question for a time names its grain (哪年, 几号). A text that has another number is no answer to it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from policyqa.index.text.marks import PLAN
from policyqa.index.text.numerals import TENS
from policyqa.index.text.words import normalise
from policyqa.qa.question.forms import (
    ASKED_UNIT,
    ASKS,
    COUNTED,
    HOW_MANY,
    NUMERAL,
    UNIT_NAMED,
    Kind,
)


class Expectation(NamedTuple):
    """What is asked for: its kind, and for a count the unit that the question names."""

    kind: Kind = ""
    unit: str = ""

    def __bool__(self) -> bool:
        return bool(self.kind)


FIGURES: tuple[Kind, ...] = ("count", "percent")
# What a text may count in when the question counts in this; a unit that is not here is its own.
PERSON, BODY, ITEM = "人名位", "家所个户", "项个条种类款方大件"
UNITS = {
    **dict.fromkeys("人名位", PERSON),
    **dict.fromkeys("家所", BODY),
    **dict.fromkeys("项条种类款件", ITEM),
    "人次": "人次",
    "个": "",  # counts anything
}
# Numbers that count nothing: dates, ordinals, five-year plans, numbers of documents.
UNCOUNTED = re.compile(
    r"\d{2,4}\s*年(度|代|底|末|初|间)?|\d{4}\s*[-—~至]\s*\d{4}|\d+\s*月(份)?|\d+\s*[日号]|〔\d+〕\d*号?"
    rf"|第\s*[\d{TENS}百]+|[“\"]?{PLAN}[”\"]?|[((][\d{TENS}]+[))]"
    rf"|^[\d{TENS}]+[.、]|[{TENS}]是"
)
# 3000元; in a table the unit stands in the label: 租房补贴(元/月):1900.
_MONEY = rf"{NUMERAL}\s*(余|多)?[万亿千百]*(余|多)?元|元[^;:。]{{0,6}}:\s*\d"
COUNT = re.compile(rf"\d|{NUMERAL}(余|多)?[{COUNTED}大是]")
HOLDS: dict[Kind, re.Pattern[str]] = {
    "phone": re.compile(r"\d{3,4}-?\d{7,8}|1[3-9]\d{9}|\b\d{5,8}\b(?!元|人|名)|@[a-z0-9.-]+"),
    "address": re.compile(r"https?:|www\.|\.(gov|com|cn|org)\b|公众号|小程序"),
    "age": re.compile(rf"\d+\s*(周)?岁|[{TENS}]+周?岁|年龄"),
    "fee": re.compile(rf"{_MONEY}|免费|收费|零成本|不收取"),
    "money": re.compile(_MONEY),
    "percent": re.compile(r"\d+(\.\d+)?\s*(%|个百分点|倍|成)|百分之|%|1/\d|一半|翻番"),
    "material": re.compile(r"材料|证明|身份证|申请表|申报表|复印件|提交|证书|合同|承诺书"),
    "duration": re.compile(rf"{NUMERAL}\s*(个)?(年|月|天|日|晚|夜|小时|工作日|周|分钟)|长期|随时"),
    "year": re.compile(r"(19|20)\d{2}\s*年|[一二]〇|[今去明]年"),
    "day": re.compile(r"\d+\s*月|\d+\s*日|即日|当[天日]"),
    "definition": re.compile(
        r"指(?![标导挥定示数引令])|是(?!否)|即|称为|叫做?|为[^了此]|包括|意味"
    ),
    "procedure": re.compile(
        r"申请|申报|办理|提交|登录|窗口|受理|审核|评审|登记|流程|程序|预约|备案|填写|报名|直接认定|推荐"
    ),
    "date": re.compile(rf"\d{{2,4}}\s*年|\d+\s*月|\d+\s*日|[一二]〇|{PLAN}|随时|[今去明每]年"),
}


def expected(query: str, shares: Sequence[str] = ()) -> Expectation:
    """The kind of answer a question asks for; nothing when its form does not say. `shares` are
    what the office gives in percent (normalised words)."""
    plain = normalise(query)
    named = any(share in plain for share in shares)
    for kind, pattern in ASKS:
        if pattern.search(plain) or (named and kind == "percent"):
            return Expectation(kind, _unit(plain) if kind == "count" else "")
    return Expectation()


def _unit(plain: str) -> str:
    """The unit, if the question asks for one number only."""
    asked = ASKED_UNIT.findall(plain)
    open_ones = len(HOW_MANY.findall(plain)) - len(UNIT_NAMED.findall(plain))
    return asked[0] if len(asked) == 1 and open_ones <= 0 else ""


def holds(text: str, expectation: Expectation) -> bool:
    """Whether a text holds something of the kind; always true when nothing is expected."""
    if not expectation:
        return True
    plain = normalise(text)
    if expectation.kind == "count":
        return _counts(plain, expectation.unit)
    return bool(HOLDS[expectation.kind].search(plain))


def _counts(plain: str, unit: str) -> bool:
    """Whether a text gives a number in this unit, or any number if it is open."""
    left = UNCOUNTED.sub(" ", plain)
    units = UNITS.get(unit, unit)
    if not units:
        return bool(COUNT.search(left))
    accepted = "人次" if units == "人次" else f"[{units}]"
    number = rf"{NUMERAL}\s*(余|多|来)?[百千万亿]*(余|多|来)?{accepted}"
    return bool(re.search(rf"{number}|单位[::]\s*[百千万亿]?{accepted}", left))
