"""The figure or the date that a question asks for, to be said before its sentence."""

import re
from collections.abc import Sequence

from policyqa.index.text.quantities import SAME_UNIT, plain, quantities
from policyqa.index.text.words import bigrams
from policyqa.index.types import Span
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.forms import ASKING_WORDS, SEVERAL, Kind
from policyqa.qa.retrieve.evidence import Quote

MIN_SHARE = 0.5  # of the question's bigrams that the clause up to the figure must hold
DATE = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:[至到—–-]+(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日)?|\d{4}年\d{1,2}月(?!\d)"
)
LONE_YEAR = re.compile(r"(?<!\d)\d{4}年(?!\d{1,2}月)")
UNITS_OF: dict[Kind, frozenset[str]] = {
    "money": frozenset({"元", "美元", "欧元", "港元"}),
    "percent": frozenset({"%", "‰"}),
    "age": frozenset({"岁"}),
}
QUALIFIES = re.compile(
    r"(?:不(?:得)?(?:超过|低于|少于|高于)|超过|突破|达到?|逾|近|约|最高|最低|至少|累计|共计?|总计)$"
)
CALENDAR = frozenset({"年", "月", "日", "第届", "第批", "第条", "第章", "号"})


def lead(quote: Quote, asked: Asked) -> Span | None:
    """Where in the document the one figure or date stands that the question asks for.

    None where the question asks for more than one thing, where the sentence has several that may
    be meant, or where it is no figure: a wrong one in front would be worse than none.
    """
    if not asked.uses("leads"):
        return None
    kind = asked.expectation.kind
    several = asked.parts or len(SEVERAL.findall(asked.text)) > 1
    if several or quote.sentence.head is not None:
        return None
    raw = quote.document.text[quote.sentence.start : quote.sentence.end]
    if kind in ("date", "day"):
        return _only(quote, raw, [m.span() for m in DATE.finditer(raw)], asked)
    if kind == "year":
        return _only(quote, raw, [m.span() for m in LONE_YEAR.finditer(raw)], asked)
    if kind not in ("count", "percent", "money", "age"):
        return None
    return _figure(quote, raw, asked)


def _only(quote: Quote, raw: str, spans: Sequence[Span], asked: Asked) -> Span | None:
    if len(spans) != 1 or _share(raw, *spans[0], asked) < MIN_SHARE:
        return None
    if raw[slice(*spans[0])] in asked.text:
        return None
    start = quote.sentence.start
    return start + spans[0][0], start + spans[0][1]


def _figure(quote: Quote, raw: str, asked: Asked) -> Span | None:
    form = plain(raw)
    wanted = SAME_UNIT.get(asked.expectation.unit, asked.expectation.unit)
    allowed = UNITS_OF.get(asked.expectation.kind)
    found = []
    for each in quantities(raw):
        fits = each.unit in allowed if allowed else each.unit not in CALENDAR
        if asked.expectation.kind == "count" and wanted not in ("", "个"):
            fits = each.unit == wanted
        elif asked.expectation.kind == "count":
            fits = fits and each.unit not in ("", "%", "个百分点", "元")
        if fits:
            found.append((_share(form, each.start, each.end, asked), each))
    if len(found) != 1 or found[0][0] < MIN_SHARE:
        return None
    best = found[0][1]
    if best.key in {each.key for each in asked.numbers}:
        return None
    return _located(quote, raw, form[best.start : best.end])


def _share(form: str, start: int, end: int, asked: Asked) -> float:
    """Share of the question's bigrams in the clause up to a figure, and what follows it there."""
    first = max((form.rfind(mark, 0, start) for mark in "，,；;。、：:"), default=-1) + 1
    after = re.match(r"[^，,；;。、：:]{0,12}", form[end:])
    held = set(bigrams(form[first:end] + (after.group() if after else "")))
    asking = {pair for m in ASKING_WORDS.finditer(asked.text) for pair in bigrams(m.group())}
    weights = {t: w for t, w in asked.bigrams.rarity.items() if t not in asking}
    total = sum(weights.values())
    return sum(w for t, w in weights.items() if t in held) / total if total else 0.0


def _located(quote: Quote, raw: str, written: str) -> Span | None:
    """The figure in the document, with a word that qualifies it; None if it stands there twice or
    is written otherwise."""
    at = raw.find(written)
    if at < 0 or raw.find(written, at + 1) >= 0:
        return None
    qualified = QUALIFIES.search(raw[:at])
    start = qualified.start() if qualified else at
    offset = quote.sentence.start
    return offset + start, offset + at + len(written)
