"""The numbers of a text with what they count: amounts, shares, dates, ages, editions, numbers of
documents. Two ways of writing one quantity are equal: ５０万元, 50 万元 and 五十万元."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from policyqa.index.text.marks import PLAN
from policyqa.index.text.numerals import (
    ARABIC,
    FROM_FORMAL,
    HAN,
    ONES,
    TENS,
    decimal,
    value,
)
from policyqa.index.text.words import simplified

Bound = Literal["", "at_most", "at_least", "within", "more", "less", "about"]

MULTIPLIERS = {"百": 100, "千": 1000, "万": 10_000, "百万": 10**6, "千万": 10**7, "亿": 10**8}

# Longest first. What counts the same things has one name.
SAME_UNIT = {
    "人民币元": "元", "块钱": "元", "块": "元", "名": "人", "位": "人", "口人": "人",
    "周岁": "岁", "个工作日": "工作日", "号": "日", "天": "日", "小时": "小时", "个小时": "小时",
    "个月": "个月", "月份": "月", "年度": "年", "平米": "平方米", "㎡": "平方米", "％": "%",
    "所": "家", "项目": "项", "周年": "年",
}  # fmt: skip
_UNITS = [
    "个百分点", "百分点", "工作日", "个工作日", "平方米", "平方公里", "公里", "平米", "人民币元",
    "块钱", "个小时", "小时", "分钟", "个月", "月份", "年度", "周岁", "人次", "件次", "家次",
    "周年", "学分", "学时", "课时", "毫升", "公斤", "千克", "元", "块", "%", "‰", "㎡", "人", "名",
    "位", "家", "所", "项", "个", "岁", "年", "月", "日", "号", "天", "周", "件", "篇", "次", "倍",
    "级", "类", "场", "款", "套", "台", "张", "户", "届", "批", "期", "条", "章", "节", "种", "门",
    "支", "座", "栋", "间", "亩", "米", "吨", "度", "档", "轮", "步", "层", "站", "班", "课", "队",
    "组", "份", "册", "部", "本", "处", "点", "成", "折", "分", "株", "版", "美元", "欧元", "港元",
]  # fmt: skip
UNITS = sorted(set(_UNITS), key=len, reverse=True)
_UNIT = "|".join(map(re.escape, UNITS))
_HAN = f"[{HAN}]+(?:点[〇零{ONES}]+)?"
_SCALE = "[百千]?万亿|[百千]?[万亿]|百(?!分)|千(?!米|克)"
RANGE = r"\s*(?:至|到|—+|-+|–|~|～|、|和|或)\s*"
QUANTITY = re.compile(
    rf"(?P<share>百分之)?(?P<ordinal>第)?(?P<number>{ARABIC}|{_HAN})[ ]?(?P<scale>{_SCALE})?"
    rf"(?P<more>余|多|来)?[ ]?(?P<scale2>[万亿](?=[余多]?(?:{_UNIT})))?(?P<more2>余|多)?[ ]?"
    rf"(?P<unit>{_UNIT})?"
)
WRITTEN_YEAR = re.compile(f"[〇零{ONES}]{{4}}(?=年)")
ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
# The 一 of 一个, 一站式 and 一次性 counts nothing.
A_YEAR = re.compile("(?:(?<=[上下这前])一年|一年(?=[有里度一来的中]))")
ARTICLE = re.compile("一(?!个?月|年|周|小时|个工作日|个小时)")
PLAN_NAMED = re.compile(rf"[“\"]?{PLAN}[”\"]?")

# What stands before a number or after it, within its clause, and bounds it.
_BOUNDS: tuple[tuple[Bound, str, str], ...] = (
    (
        "at_most",
        r"(?:不(?:得|能|可|可以|应|会|允许)?(?:超过|高于|多于|大于|超出)|未超过|最高|最多|最长|至多"
        r"|上限为?|封顶)[^\d,，。;；]{0,12}$|(?<![期年时权])限(?!定|制|期)[^\d,，。;；]{0,4}$",
        r"^[^\d,，。;；]{0,4}(?:以下|及以下|封顶|为上限|为限)",
    ),
    (
        "at_least",
        r"(?:不(?:得|能|可|可以|应|会|允许)?(?:少于|低于|小于|短于)|至少|最低|最少|起码|下限为?"
        r"|(?<![未不没])满)[^\d,，。;；]{0,12}$",
        r"^[^\d,，。;；前]{0,4}(?:以上|及以上|起(?!来|步|点|草|始|降|诉|连))",
    ),
    ("within", "", r"^[^\d,，。;；]{0,3}内(?!容|地|部|涵)"),
    ("more", r"(?:超过?|突破|逾|多于|高于|大于)[^\d,，。;；]{0,4}$", r"^多"),
    ("less", r"(?:低于|少于|小于|未满|不满|不足|不到|没满)[^\d,，。;；]{0,4}$", ""),
    (
        "about",
        r"(?:近|约|大约|接近|将近|左右)[^\d,，。;；]{0,2}$",
        r"^[^\d,，。;；]{0,2}(?:左右|上下)",
    ),
)
BOUNDS = tuple(
    (name, re.compile(before) if before else None, re.compile(after) if after else None)
    for name, before, after in _BOUNDS
)


class Quantity(NamedTuple):
    """One number of a text.

    `value` is with its multiplier (50万 is 500000), `bare` without; `unit` is the canonical name
    of what it counts, "" for none; `scale` is the multiplier as written. `start` and `end` are a
    span of the plain text (see `plain`), not of the text itself.
    """

    value: Decimal
    unit: str
    bare: Decimal
    scale: str
    bound: Bound
    start: int
    end: int

    @property
    def key(self) -> tuple[Decimal, str]:
        """What makes two quantities the same."""
        return self.value, self.unit


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The form that quantities are read in: NFKC, simplified, no thousands commas, no space."""
    form = unicodedata.normalize("NFKC", simplified(text)).translate(FROM_FORMAL)
    form = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", form)
    form = re.sub(rf"(?<=[\d{TENS}])[ ]+(?=[\u4e00-\u9fff%])", "", form)
    form = re.sub(r"(?<=[\u4e00-\u9fff])[ ]+(?=\d)", "", form)
    form = WRITTEN_YEAR.sub(lambda m: f"{value(m.group()):04}", form)
    form = re.sub("首(?=[个家批届次])", "第一", form)
    form = ISO.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", form)
    return PLAN_NAMED.sub(lambda m: f"《{m[1]}又五》", form)


@lru_cache(maxsize=4096)
def quantities(text: str, *, articles: bool = False) -> tuple[Quantity, ...]:
    """The quantities of a text, in order.

    Args:
        text: as it stands in a document.
        articles: whether the 一 of 一个 and 一次 counts too.
    """
    form = plain(text)
    found = [each for m in QUANTITY.finditer(form) if (each := _quantity(form, m, articles))]
    return tuple(_ranged(form, found))


def _quantity(form: str, match: re.Match[str], articles: bool) -> Quantity | None:
    written, unit = match["number"], match["unit"] or ""
    if not written[0].isdigit() and not _counts(form, match, articles):
        return None
    bare = decimal(written)
    if bare is None:
        return None
    scale = (match["scale"] or "") + (match["scale2"] or "")
    if match["share"]:
        unit = "%"
    canonical = SAME_UNIT.get(unit, unit)
    if unit == "号" and not re.search(r"月\s*$", form[: match.start()]):
        canonical = "号"
    if canonical == "日" and unit == "天":
        canonical = "日"
    if match["ordinal"]:
        canonical = "第" + canonical
    value = bare * _times(scale)
    more: Bound = "more" if match["more"] or match["more2"] else ""
    bound = _bound(form, match.start(), match.end()) or more
    return Quantity(value, canonical, bare, scale, bound, match.start(), match.end())


def _counts(form: str, match: re.Match[str], articles: bool) -> bool:
    """Whether Chinese numerals count something, rather than stand in a word."""
    if match["share"] or match["ordinal"]:
        return True
    if not match["unit"] and not match["scale"]:
        return False
    if match["number"] == "十" and match["unit"] == "分":
        return False
    one = match["number"] == "一" and not match["scale"]
    article = ARTICLE.match(form, match.start()) or A_YEAR.match(form, match.start())
    if one and not articles and article:
        return False
    before = form[match.start() - 1 : match.start()]
    return before not in tuple("统唯单同专万第之逐初")


def _times(scale: str) -> Decimal:
    product = Decimal(1)
    for part in re.findall("百万|千万|[百千万亿]", scale):
        product *= MULTIPLIERS[part]
    return product


def _bound(form: str, start: int, end: int) -> Bound:
    before, after = form[max(0, start - 18) : start], form[end : end + 8]
    for name, ahead, behind in BOUNDS:
        if (ahead and ahead.search(before)) or (behind and behind.search(after)):
            return name
    return ""


def _ranged(form: str, found: list[Quantity]) -> Iterator[Quantity]:
    """The first number of a range takes unit and multiplier of the second: 3至5年, 50—80万元."""
    for n, each in enumerate(found):
        following = found[n + 1] if n + 1 < len(found) else None
        if (
            following
            and not each.unit
            and re.fullmatch(RANGE, form[each.end : following.start])
            and following.unit
        ):
            scale = each.scale or following.scale
            yield each._replace(unit=following.unit, scale=scale, value=each.bare * _times(scale))
        else:
            yield each
