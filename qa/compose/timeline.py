"""One thing at different times: values of other dates, conflicts of one date, and targets."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policyqa.index.structure.quotes import display, in_context
from policyqa.index.text.marks import is_place
from policyqa.index.text.quantities import SAME_UNIT, Quantity, plain, quantities
from policyqa.index.text.words import bigrams
from policyqa.index.types import Document, Passage
from policyqa.qa.corpus import Citable
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.expectation import FIGURES
from policyqa.qa.retrieve.evidence import Quote

TARGET = re.compile(
    r"到(?:20\d\d年|本世纪)[^。;；]{0,40}"
    r"(?:达|超|增|实现|建成|力争|完成|占|培养|引进|不低|提高|突破|左右|以上|形成)"
    r"|力争|目标(?:值|为|是)|规划(?:到|期末)|将(?:达到?|突破|超过|新增|引进|培养)"
    r"|计划(?:引进|培养|新增|到|投入|建设|于)|拟(?:引进|新增|招)"
)
# Words that make of a stock a flow: 新增高技能人才 are not 高技能人才.
FLOW = re.compile("新增|增加|引进|引育|培养|培育|招收|每年|年均|累计|遴选|同比|净增|增长|以来")
VALUED = (*FIGURES, "money", "duration", "age", "fee")
CALENDAR = frozenset(
    {"", "年", "月", "日", "第届", "第批", "第次", "第章", "第条", "号", "时", "点"}
)
# What a question says of reaching a number, not of what is counted.
NO_NAMES = frozenset(
    {"达到", "突破", "超过", "完成", "实现", "现在", "目前", "如今", "已经", "现有"}
)
DISTRICT_ABOUT = re.compile("[\u4e00-\u9fff]{2}(?:新区|高新区|自治县|区|县)")
SAME = 0.5  # share of bigrams from which two clauses, or sentences, give values of one thing
CLAUSE_MARKS = "，,；;。：:"
AFTER_CHARS = 12  # what follows a number within its clause and says what it counts


@dataclass(frozen=True)
class DatedValue:
    """What one sentence says of the thing asked.

    `near` are the words of the question in the clause of the number, `wide` those in the sentence
    and the one before it; `flow` are words that make it a change and not a state; `when` is the
    year that the clause names, else the document's date (ISO, "" unknown); `clause` are the words
    around the number.
    """

    quote: Quote
    quantity: Quantity
    near: frozenset[str]
    wide: frozenset[str]
    flow: frozenset[str]
    when: str
    clause: str
    target: bool

    @property
    def date(self) -> str:
        """The document's date."""
        return self.quote.document.metadata.date


@dataclass(frozen=True)
class Timeline:
    """Values of one thing, the newest first. `conflicting` are values of the newest one's date
    that differ from it, out of other documents; `target` is what is to be reached, where the
    others are what is."""

    newest: DatedValue
    earlier: tuple[DatedValue, ...] = ()
    conflicting: tuple[DatedValue, ...] = ()
    target: DatedValue | None = None


def is_target(text: str, document: Document) -> bool:
    """Whether a sentence says what is to be reached and not what is."""
    found = TARGET.search(plain(text))
    if not found:
        return False
    named = re.search(r"到(20\d\d)年", found.group())
    date = document.metadata.date
    return not (named and date and int(named[1]) < int(date[:4]))


def aims(quote: Quote) -> bool:
    """Whether a sentence says what is to be reached, or goes into the parts of one that does
    (其中，引进……)."""
    if is_target(quote.text, quote.document):
        return True
    return quote.text.startswith("其中") and is_target(_before(quote), quote.document)


def timeline(asked: Asked, best: Quote, corpus: Citable) -> Timeline | None:
    """What documents of other dates, or others of the same date, give for the value that the best
    sentence gives; None where it gives none. Of a question that names a year only values of that
    year count.

    Args:
        asked: the question.
        best: the sentence that answers best.
        corpus: what may be cited.
    """
    if asked.expectation.kind not in VALUED or not asked.uses("timeline"):
        return None
    names = frozenset(
        w
        for w in asked.content
        if len(w) > 1 and w not in NO_NAMES and not is_place(w) and not w[0].isdigit()
    )
    own = value_of(best, asked, names)
    if own is None or not own.near:
        return None
    if own.target and "target" not in asked.wants:
        wanted = replace(own, wide=own.near, target=False)
        reached = _values_like(wanted, asked, names, corpus.documents.values(), corpus)
        newest_first = _distinct([value for value in reached if _of_years(value, asked.years)])
        if newest_first:
            return replace(_ordered(newest_first), target=own)
    others = [each for each in corpus.documents.values() if each is not best.document]
    found = [own, *_values_like(own, asked, names, others, corpus)]
    newest_first = _distinct([value for value in found if _of_years(value, asked.years)])
    return _ordered(newest_first) if len(newest_first) > 1 else None


def _of_years(value: DatedValue, asked: frozenset[str]) -> bool:
    return not asked or value.when[:4] in asked or value.date[:4] in asked


def _values_like(
    own: DatedValue,
    asked: Asked,
    names: frozenset[str],
    documents: Iterable[Document],
    corpus: Citable,
) -> list[DatedValue]:
    """What documents say of the thing that a value is of."""
    return [
        value
        for document in documents
        if all(word in document.text for word in own.near)
        and _comparable(document, own.quote.document)
        for quote in _quotes(document, corpus.passages[document.doc_id], own.near)
        if (value := value_of(quote, asked, names, unit=own.quantity.unit))
        and _same_thing(own, value)
    ]


def _quotes(
    document: Document, passages: Sequence[Passage], named: frozenset[str]
) -> Iterator[Quote]:
    """Sentences of the passages that have all these words."""
    for passage in passages:
        said = in_context(document, passage)
        if not all(word in said for word in named):
            continue
        for sentence in passage.sentences:
            if sentence.kind in ("text", "note") and sentence.head is None:
                yield Quote(document, passage, sentence, display(document, sentence))


def _comparable(one: Document, other: Document) -> bool:
    """Whether two documents speak for one region and one district, and both say when."""
    a, b = one.metadata, other.metadata
    districts = [set(DISTRICT_ABOUT.findall(f"{about.title} {about.issuer}")) for about in (a, b)]
    return a.region == b.region and districts[0] == districts[1] and bool(a.date and b.date)


def _same_thing(own: DatedValue, other: DatedValue) -> bool:
    return (
        max(_alike(own.clause, other.clause), _alike(own.quote.text, other.quote.text)) >= SAME
        and own.near <= other.near
        and own.wide <= other.wide
        and own.flow == other.flow
        and own.target == other.target
    )


def _alike(one: str, other: str) -> float:
    """Share of the bigrams of the shorter text that both have, numbers left out."""
    a, b = (set(bigrams(re.sub(r"[\d.,]+", "", text))) for text in (one, other))
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def value_of(
    quote: Quote,
    asked: Asked,
    names: frozenset[str],
    *,
    unit: str | None = None,
) -> DatedValue | None:
    """The quantity of a sentence in whose clause most of the question's words stand.

    Args:
        quote: the sentence.
        asked: the question.
        names: content words of the question.
        unit: only of this unit; of what the question asks for when None.
    """
    form = plain(quote.text)
    found = [
        _value(quote, each, form, names)
        for each in quantities(quote.text)
        if (each.unit == unit if unit is not None else _is_asked(each, asked))
    ]
    return max(found, key=lambda v: len(v.near), default=None)


def _is_asked(quantity: Quantity, asked: Asked) -> bool:
    kind, named = asked.expectation.kind, asked.expectation.unit
    if kind == "percent":
        return quantity.unit in ("%", "‰")
    if kind == "money":
        return quantity.unit == "元"
    unit = SAME_UNIT.get(named, named)
    if unit in ("", "个"):
        return quantity.unit not in CALENDAR
    return quantity.unit == unit


def _value(quote: Quote, quantity: Quantity, form: str, names: frozenset[str]) -> DatedValue:
    start = max((form.rfind(mark, 0, quantity.start) for mark in CLAUSE_MARKS), default=-1) + 1
    before = form[start : quantity.start]
    after = re.match(rf"[^{CLAUSE_MARKS}、]{{0,{AFTER_CHARS}}}", form[quantity.end :])
    clause = before.rpartition("、")[2] + (after.group() if after else "")
    whole = f"{_before(quote)}{form}"
    named = sorted(re.findall(r"(?<!\d)(20\d\d)年", before))
    return DatedValue(
        quote=quote,
        quantity=quantity,
        near=frozenset(w for w in names if w in clause.lower()),
        wide=frozenset(w for w in names if w in whole.lower()),
        flow=frozenset(FLOW.findall(before)),
        when=named[-1] if named else quote.document.metadata.date,
        clause=clause,
        target=aims(quote),
    )


def _before(quote: Quote) -> str:
    """The sentence before, in the same passage or in what that stands under."""
    passage = quote.passage
    spans = [*passage.context, *((s.start, s.end) for s in passage.sentences)]
    earlier = [span for span in spans if span[1] <= quote.sentence.start]
    return plain(quote.document.text[slice(*earlier[-1])]) if earlier else ""


def _distinct(values: Sequence[DatedValue]) -> list[DatedValue]:
    """The first value of each document, and of those that say the same the newest only."""
    kept: dict[str, DatedValue] = {}
    for each in values:
        kept.setdefault(each.quote.document.doc_id, each)
    newest_first = sorted(kept.values(), key=lambda v: (v.date, v.when), reverse=True)
    seen: dict[tuple[object, ...], DatedValue] = {}
    for each in newest_first:
        seen.setdefault(each.quantity.key, each)
    return list(seen.values())


def _ordered(values: Sequence[DatedValue]) -> Timeline:
    newest, *others = values
    same = tuple(v for v in others if v.date == newest.date)
    earlier = tuple(v for v in others if v.date < newest.date)
    return Timeline(newest, earlier, same)


def written(value: DatedValue) -> str:
    """The number of a value with its unit, as its text has it."""
    return plain(value.quote.text)[value.quantity.start : value.quantity.end].strip()
