"""What kind of answer a question asks for, and whether a text holds one of that kind."""

import re
from typing import Literal

from index.words import normalise

Expectation = Literal[
    "money", "percent", "phone", "address", "date", "age", "count", "material", "duration", ""
]

_NUMERAL = r"(\d+(\.\d+)?|[一二三四五六七八九十百两]+)"
_ASKS: tuple[tuple[Expectation, str], ...] = (
    ("phone", r"电话|热线|手机号|联系方式|联系人|微信号|邮箱|传真|phone|e-?mail"),
    ("address", r"网址|网站|链接|下载|哪下|公众号叫|website|\burl\b|download"),
    ("age", r"年龄|多少岁|几岁|周岁|多大年纪|how old|\bage\b"),
    (
        "money",
        r"多少(万|亿|个亿)?(元|块|钱|资金|奖金|补贴|补助|资助|津贴|经费|贷款|奖励|工资|薪|租金)"
        r"|好多(万|亿)?(元|块|钱)|几(万|亿|百|千)(元|块)|几多钱|发钱|给钱吗"
        r"|(补贴|补助|资助|奖金|奖励|津贴|租金|工资|月薪|年薪|薪酬|费用|报名费|额度|金额|价格|房租|安家费"
        r"|标准)[^,。?，？]{0,6}(多少|几多|好多|多高|怎么算|是什么标准)"
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
        r"多久|多长时间|几天|多少天|几个?(月|年)|多少(年|个月)|好久|期限|有效期|how long",
    ),
    (
        "date",
        r"什么时[候间]|啥时候?|何时|哪(一)?(天|年|月|日|阵)|几(月|号|点)|截止|时间是|日期|多会儿"
        r"|when\b|what (date|year|day)|deadline",
    ),
    (
        "count",
        r"多少|(?<!哪)几(个|名|家|项|人|所|次|条|位|类|种|支|场|万|件|处|部|门|批|倍|成)|好多|几多|数量|总数|规模(是|有)"
        r"|how many|number of|how much",
    ),
)
ASKS = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _ASKS)
HOLDS: dict[str, re.Pattern[str]] = {
    "phone": re.compile(r"\d{3,4}-?\d{7,8}|1[3-9]\d{9}|\b\d{5,8}\b(?!元|人|名)|@[a-z0-9.-]+"),
    "address": re.compile(r"https?:|www\.|\.(gov|com|cn|org)\b|公众号|小程序|app|渝快办"),
    "age": re.compile(r"\d+\s*(周)?岁|[一二三四五六七八九十]+周?岁|年龄"),
    "money": re.compile(rf"{_NUMERAL}\s*(余|多)?[万亿千百]*(余|多)?元|免费|全额|零成本"),
    "percent": re.compile(r"\d+(\.\d+)?\s*(%|个百分点|倍|成)|百分之|%|1/\d|一半|翻番"),
    "material": re.compile(r"材料|证明|身份证|申请表|申报表|复印件|提交|证书|合同|承诺书"),
    "duration": re.compile(rf"{_NUMERAL}\s*(个)?(年|月|天|日|小时|工作日|周|分钟)|长期|随时"),
    "date": re.compile(r"\d{2,4}年|\d+月|\d+日|[一二]〇|十[二三四五]五|随时|今年|每年"),
    "count": re.compile(
        r"\d|[一二三四五六七八九十两百千]+(个|名|家|项|人|所|条|类|批|支|种|大|是|位)"
    ),
}


def expected(query: str) -> Expectation:
    """The kind of answer a question asks for, "" when its form does not say."""
    plain = normalise(query)
    for kind, pattern in ASKS:
        if pattern.search(plain):
            return kind
    return ""


def holds(text: str, expectation: Expectation) -> bool:
    """Whether a text holds something of the kind; always true when nothing is expected."""
    return not expectation or bool(HOLDS[expectation].search(normalise(text)))
