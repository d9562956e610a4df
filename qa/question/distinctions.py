"""Words of which a rule names one and means no other: 博士 and 硕士, 购房 and 租房, A类 and B类.

A sentence that names only others of a group than the question answers something else, however
alike the rest is.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

# Each group from the highest to the lowest, where it has an order.
DEGREES = (
    re.compile("院士"),
    re.compile("博士后|博后"),
    re.compile("博士(?!后)"),
    re.compile("硕士|(?<!博士)研究生(?!院)"),
    re.compile("本科|学士"),
    re.compile("大专|专科|高职(?!称)"),
    re.compile("中专|中职"),
)
LEVELS = (
    re.compile("国家级"),
    re.compile("(?<!副)省级|部级"),
    re.compile("市级"),
    re.compile("[区县]级"),
)
HOUSING = (
    re.compile("购房|买房|购置.{0,4}住房|购买.{0,8}住房"),
    re.compile("租房|租赁|租住|租金|承租"),
)
TERMS = (re.compile("全职"), re.compile("兼职|柔性"))
CARDS = (re.compile("金卡"), re.compile("银卡"))
GROUPS = (DEGREES, LEVELS, HOUSING, TERMS, CARDS)
# Classes that are counted: A类 and B类, 一等奖 and 二等奖.
COUNTED = (
    re.compile(r"(?<![A-Za-z])([A-H])(?=类)"),
    re.compile("([特一二三四五])(?=等奖)"),
    re.compile("第([一二三四五六])(?=类)"),
)
AND_HIGHER = re.compile("以上|不低于|至少|或者?更高")


class Classes(NamedTuple):
    """What a question or a text names of each group: places in `GROUPS`' groups, from the highest;
    the names of each of `COUNTED`; and the degrees that a question asks how many there are of."""

    named: tuple[tuple[int, ...], ...] = ()
    counted: tuple[tuple[str, ...], ...] = ()
    how_many: tuple[re.Pattern[str], ...] = ()


def classes_of(query: str) -> Classes:
    """The classes that a question is about."""
    return Classes(
        tuple(_named(group, query) for group in GROUPS),
        tuple(tuple(pattern.findall(query)) for pattern in COUNTED),
        tuple(pattern for pattern in DEGREES if _asks_how_many(pattern.pattern, query)),
    )


def _asks_how_many(name: str, query: str) -> bool:
    return bool(
        re.search(rf"(?:多少|几)[名个位]*(?:{name})|(?:{name}).{{0,6}}(?:多少|几)[名个人位]", query)
    )


def is_of_another(asked: Classes, text: str, *, under: str = "") -> bool:
    """Whether a text names only others than the question of a group that tells things apart.

    Where it says "and higher" (本科以上), a lower one covers a higher one that is asked for.

    Args:
        asked: of the question.
        text: a sentence.
        under: the heading that it stands under, which counts where the sentence names none.
    """
    for group, wanted in zip(GROUPS, asked.named, strict=False):
        named = (_named(group, text) or _named(group, under)) if wanted else ()
        if not named or set(wanted) & set(named):
            continue
        covered = AND_HIGHER.search(text) and max(named) > min(wanted)
        if not covered:
            return True
    return any(
        wanted and _differ(wanted, pattern.findall(text) or pattern.findall(under))
        for pattern, wanted in zip(COUNTED, asked.counted, strict=False)
    )


def counts_another(asked: Classes, text: str) -> bool:
    """Whether a question asks how many there are of a class that a text does not name."""
    return bool(asked.how_many) and not any(pattern.search(text) for pattern in asked.how_many)


def _named(group: Sequence[re.Pattern[str]], text: str) -> tuple[int, ...]:
    return tuple(n for n, pattern in enumerate(group) if pattern.search(text))


def _differ(asked: Sequence[str], named: Sequence[str]) -> bool:
    return bool(asked and named) and not set(asked) & set(named)
