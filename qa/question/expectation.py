"""What kind of answer a question asks for, and whether a text holds one of that kind.

A question that asks for a number names its unit more often than not (多少人, 几家, 多少钱), and a
question for a time names its grain (哪年, 几号). A text that has another number is no answer to it.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from policyqa.index.text.marks import PLAN
from policyqa.index.text.numerals import TENS
from policyqa.index.text.words import normalise

Kind = Literal[
    "fee",
    "money",
    "percent",
    "phone",
    "address",
    "date",
    "year",
    "day",
    "age",
    "count",
    "material",
    "duration",
    "definition",
    "procedure",
    "",
]


class Expectation(NamedTuple):
    """What is asked for: its kind, and for a count the unit that the question names."""

    kind: Kind = ""
    unit: str = ""

    def __bool__(self) -> bool:
        return bool(self.kind)


_NUMERAL = rf"(\d+(\.\d+)?|[{TENS}两百千]+)"
_COUNTED = "人名位家所项个条种类款门支场次批部件届倍座栋套间篇本处期轮级步"
_HOW_MANY = "(多少|好多|几多)"
_ASKS: tuple[tuple[Kind, str], ...] = (
    ("phone", r"电话|热线|手机号|联系方式|联系人|微信号|邮箱|传真|phone|e-?mail"),
    ("address", r"网址|网站|链接|下载|哪下|公众号叫|website|\burl\b|download"),
    ("age", r"年龄|多少岁|几岁|周岁|多大年纪|\d岁.*(能|可以|行|符合)|how old|\bage\b"),
    (
        "money",
        rf"{_HOW_MANY}(万|亿|个亿)?(元|块|钱|资金|奖金|补贴|补助|资助|津贴|经费|贷款|奖励|工资|薪|租金)"
        r"|几(万|亿|百|千)(元|块|钱)|发钱|给钱吗|值多少钱"
        r"|(补贴|补助|资助|奖金|奖励|津贴|租金|工资|月薪|年薪|薪酬|费用|报名费|额度|金额|价格|房租|安家费|经费|资金"
        rf"|标准)[^,。?，？]{{0,6}}({_HOW_MANY}|多高|怎么算|是什么标准)(?!万?[{_COUNTED}])"
        r"|最(高|多)(可以|能|可)?(贷|拿|领|补|奖|给)[^,。?]{0,4}(多少|好多)"
        r"|how much (money|subsid|fund)",
    ),
    ("percent", r"利率|百分之几|百分比|比例|比率|占比|占.{0,12}多少|留渝率|增长了?(多少|几)|同比"),
    (
        "material",
        r"(什么|哪些|哪几样|啥子?|那些)(申请|申报)?(材料|资料|证明|手续|证件)|要交(什么|哪些)|准备(什么|哪些)",
    ),
    (
        "duration",
        r"多久|多长时间|几[天晚夜]|多少[天晚夜]|几个?(月|年)(?!份)|多少(年|个月)|好久(能|可以|才)|期限|有效期"
        r"|how long",
    ),
    ("fee", r"收费|免费|要钱|花钱|交钱|free of charge"),
    ("year", r"哪一?年|几几年|何年|(what|which) year"),
    (
        "day",
        r"哪一?天|几月几|几号|哪一?日|几月|哪(一|个)月|多少号|what (date|day)|which (day|date)",
    ),
    (
        "date",
        r"什么时[候间]|啥子?时候?|何时|哪阵|几点|截止|时间是|日期|多会儿|好久(开|举|召|启|办|印|发|成|建)"
        r"|when\b|deadline",
    ),
    (
        "count",
        rf"{_HOW_MANY}|(?<!哪)几(百|千|万|亿|成|[{_COUNTED}])|数量|总数|总量|人数|规模(是|有)"
        r"|how many|number of|how much",
    ),
    (
        "definition",
        r"什么是|^[“\"《]?[^的,，“”]{2,16}[”\"》]?是(什么|啥)\??$|是什么意思|(?<![各别])指的?是?(什么|啥)|定义|含义|(怎么|如何)界定|[什啥]么?叫"
        r"|meaning of",
    ),
    (
        "procedure",
        r"(怎么|咋个?|如何|怎样|啷个)(去|来)?(申请|申报|办理|报名|申领|领取|参加|报)|流程|手续|apply",
    ),
)
ASKS = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _ASKS)
ASKED_UNIT = re.compile(rf"(?:多少|好多|几多|几)(?:百|千|万|亿|来|余|多)*(人次|人|[{_COUNTED}])")
HOW_MANY, UNIT_NAMED = (
    re.compile(_HOW_MANY),
    re.compile(rf"{_HOW_MANY}(?:百|千|万|亿|来|余|多)*[{_COUNTED}]"),
)
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
_MONEY = rf"{_NUMERAL}\s*(余|多)?[万亿千百]*(余|多)?元"
COUNT = re.compile(rf"\d|{_NUMERAL}(余|多)?[{_COUNTED}大是]")
HOLDS: dict[Kind, re.Pattern[str]] = {
    "phone": re.compile(r"\d{3,4}-?\d{7,8}|1[3-9]\d{9}|\b\d{5,8}\b(?!元|人|名)|@[a-z0-9.-]+"),
    "address": re.compile(r"https?:|www\.|\.(gov|com|cn|org)\b|公众号|小程序"),
    "age": re.compile(rf"\d+\s*(周)?岁|[{TENS}]+周?岁|年龄"),
    "fee": re.compile(rf"{_MONEY}|免费|收费|零成本|不收取"),
    "money": re.compile(_MONEY),
    "percent": re.compile(r"\d+(\.\d+)?\s*(%|个百分点|倍|成)|百分之|%|1/\d|一半|翻番"),
    "material": re.compile(r"材料|证明|身份证|申请表|申报表|复印件|提交|证书|合同|承诺书"),
    "duration": re.compile(rf"{_NUMERAL}\s*(个)?(年|月|天|日|晚|夜|小时|工作日|周|分钟)|长期|随时"),
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


@lru_cache(maxsize=1024)
def expected(query: str) -> Expectation:
    """The kind of answer a question asks for; nothing when its form does not say."""
    plain = normalise(query)
    for kind, pattern in ASKS:
        if pattern.search(plain):
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
    number = rf"{_NUMERAL}\s*(余|多|来)?[百千万亿]*(余|多|来)?{accepted}"
    return bool(re.search(rf"{number}|单位[::]\s*[百千万亿]?{accepted}", left))
