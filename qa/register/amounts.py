"""What is paid, as a sentence says it: 一次性给予15万元, 每月2000元, 最高50万元, 最长24个月."""

import re
from decimal import Decimal
from typing import NamedTuple

from policyqa.index.text.quantities import plain, quantities
from policyqa.qa.register.types import Period

PAYS = re.compile(
    r"补贴|补助|奖励|资助|津贴|给予|发放|支持|扶持|安家费|生活费|奖金|购房款|减免|贴息|报销"
)
PERIODS: tuple[tuple[Period, re.Pattern[str]], ...] = (
    ("monthly", re.compile(r"每人?每?个?月|按月|/月")),
    ("yearly", re.compile(r"每人?每?年|按年|/年")),
    ("once", re.compile(r"一次性")),
)
CAPPED = re.compile(r"(?:最高|不超过|不高于|上限|封顶|总额|累计)[^,，。；\d]{0,10}$")
LASTS = re.compile(r"(?:最长|期限|为期|连续|不超过|发放)[^,，。；\d]{0,8}(\d{1,3})个?(月|年)")
OTHER_SUMS = re.compile(  # what is earned, owned or charged, and not paid out
    r"(?:收入|注册资本|投资|资产|产值|纳税|营业额|年薪|工资|租金|押金|罚款|工本费|收费)[^,，。；]{0,10}$"
)
MOST_MONTHS = 1200


class Amount(NamedTuple):
    """A sum in its unit (元 or %): what is paid, how often, at most, and for how many months."""

    amount: Decimal | None
    unit: str
    period: Period
    cap: Decimal | None
    months: int | None


def amount_of(sentence: str) -> Amount | None:
    """The first sum that a sentence grants, and its bound; None where it grants none in money."""
    form = plain(sentence)
    if not PAYS.search(form):
        return None
    paid: Decimal | None = None
    cap: Decimal | None = None
    unit, at = "", 0
    for found in quantities(sentence):
        if found.unit not in ("元", "%") or OTHER_SUMS.search(form[: found.start]):
            continue
        if unit and found.unit != unit:
            continue
        if CAPPED.search(form[: found.start]):
            cap = found.value if cap is None else cap
        elif paid is None:
            paid = found.value
        unit, at = unit or found.unit, at or found.start
    if not unit:
        return None
    return Amount(paid, unit, _period(form, at), cap, _months(form))


def _months(form: str) -> int | None:
    lasts = LASTS.search(form)
    months = int(lasts[1]) * (12 if lasts[2] == "年" else 1) if lasts else 0
    return months if 0 < months <= MOST_MONTHS else None


def _period(form: str, at: int) -> Period:
    """How often: by the clause of the sum, else by the whole sentence."""
    start = max(form.rfind(mark, 0, at) for mark in ",，。；;") + 1
    ends = [n for n in (form.find(mark, at) for mark in ",，。；;") if n >= 0]
    for words in (form[start : min(ends, default=len(form))], form):
        for period, pattern in PERIODS:
            if pattern.search(words):
                return period
    return ""
