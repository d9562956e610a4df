"""One thing at different times: values of other dates, conflicts of one date, and targets."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from policyqa.index.structure.quotes import display
from policyqa.index.text.marks import is_place, years
from policyqa.index.text.words import bigrams
from policyqa.index.types import Document, Passage, Sentence
from policyqa.qa.check.quantities import SAME_UNIT, Quantity, plain, quantities
from policyqa.qa.question.expectation import FIGURES
from policyqa.qa.question.query import content_words
from policyqa.qa.retrieve.evidence import Evidence, QueryTokens

TARGET = re.compile(
    r"到(?:20\d\d年|本世纪)[^。;；]{0,40}"
    r"(?:达|超|增|实现|建成|力争|完成|占|培养|引进|不低|提高|突破|左右|以上|形成)"
    r"|力争|目标(?:值|为|是)|规划(?:到|期末)|将(?:达到?|突破|超过|新增|引进|培养)"
    r"|计划(?:引进|培养|新增|到|投入|建设|于)|拟(?:引进|新增|招)"
)
ASKS_TARGET = re.compile(
    r"目标|规划|计划|到(?:20\d\d|[“\"]?十[四五六]五)|要(?:达|增|做|引|培|占|建|提|到)"
    r"|力争|拟|将(?:要|会|达)|打算|预期|预计|will|target|plan",
    re.I,
)
ASKS_CHANGE = re.compile(
    r"变化|变动|历年|这几年|近几年|逐年|比起?以前|对比|各年|走势|趋势|how .*chang", re.I
)
ASKS_VERSIONS = re.compile(
    r"新[老旧]|[老旧原](?:的)?(?:办法|政策|规定|标准|版)|(?:跟|和|与|比起?|较)(?:以前|之前|过去|原来|从前|去年)"
    r"|(?:以前|之前|过去|原来)(?:的|是|相比)|有(?:什么|哪些|没有|无)?(?:变化|调整|不同|修改)|(?:改|调整|修订)了(?:什么|哪|多)"
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
class Value:
    """What one sentence says of the thing asked.

    `near` are the words of the question in the clause of the number, `wide` those in the sentence
    and the one before it; `flow` are words that make it a change and not a state; `when` is the
    year that the clause names, else the document's date (ISO, "" unknown); `clause` are the words
    around the number.
    """

    evidence: Evidence
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
        return self.evidence.document.metadata.date


@dataclass(frozen=True)
class Timeline:
    """Values of one thing, the newest first. `conflicting` are values of the newest one's date
    that differ from it, out of other documents; `target` is what is to be reached, where the
    others are what is."""

    newest: Value
    earlier: tuple[Value, ...] = ()
    conflicting: tuple[Value, ...] = ()
    target: Value | None = None


def is_target(text: str, document: Document) -> bool:
    """Whether a sentence says what is to be reached and not what is."""
    found = TARGET.search(plain(text))
    if not found:
        return False
    named = re.search(r"到(20\d\d)年", found.group())
    date = document.metadata.date
    return not (named and date and int(named[1]) < int(date[:4]))


def aims(evidence: Evidence) -> bool:
    """Whether a sentence says what is to be reached, or goes into the parts of one that does
    (其中，引进……)."""
    if is_target(evidence.text, evidence.document):
        return True
    return evidence.text.startswith("其中") and is_target(_before(evidence), evidence.document)


def asks_target(query: str) -> bool:
    """Whether a question asks for what is to be reached."""
    return ASKS_TARGET.search(query) is not None


def asks_change(query: str) -> bool:
    """Whether a question asks how something changed."""
    return ASKS_CHANGE.search(query) is not None


def asks_versions(query: str) -> bool:
    """Whether a question asks what a new rule changes in the old one."""
    return ASKS_VERSIONS.search(query) is not None


def timeline(
    query: str,
    best: Evidence,
    tokens: QueryTokens,
    documents: Mapping[str, Document],
    passages: Mapping[str, Sequence[Passage]],
) -> Timeline | None:
    """What documents of other dates, or others of the same date, give for the value that the best
    sentence gives; None where it gives none. Of a question that names a year only values of that
    year count.

    Args:
        query: as searched.
        best: the sentence that answers best.
        tokens: of the query.
        documents: that may be cited, by id.
        passages: of each of them.
    """
    if tokens.expectation.kind not in VALUED and not asks_change(query):
        return None
    names = frozenset(
        w
        for w in content_words(query)
        if len(w) > 1 and w not in NO_NAMES and not is_place(w) and not w[0].isdigit()
    )
    own = value_of(best, tokens, names)
    if own is None or not own.near:
        return None
    if own.target and not asks_target(query):
        wanted = replace(own, wide=own.near, target=False)
        reached = _values_like(wanted, tokens, names, documents, passages)
        newest_first = _distinct([value for value in reached if _of_years(value, years(query))])
        if newest_first:
            return replace(_ordered(newest_first), target=own)
    others = {name: each for name, each in documents.items() if each is not best.document}
    found = [own, *_values_like(own, tokens, names, others, passages)]
    newest_first = _distinct([value for value in found if _of_years(value, years(query))])
    return _ordered(newest_first) if len(newest_first) > 1 else None


def _of_years(value: Value, asked: frozenset[str]) -> bool:
    return not asked or value.when[:4] in asked or value.date[:4] in asked


def _values_like(
    own: Value,
    tokens: QueryTokens,
    names: frozenset[str],
    documents: Mapping[str, Document],
    passages: Mapping[str, Sequence[Passage]],
) -> list[Value]:
    """What documents say of the thing that a value is of."""
    return [
        value
        for name, document in documents.items()
        if all(word in document.text for word in own.near)
        for value in _values_in(document, passages[name], own, tokens, names)
    ]


def _values_in(
    document: Document,
    passages: Sequence[Passage],
    own: Value,
    tokens: QueryTokens,
    names: frozenset[str],
) -> Iterator[Value]:
    """The values of a document for the same thing."""
    if not _comparable(document, own.evidence.document):
        return
    for passage in passages:
        if not all(word in passage.text for word in own.near):
            continue
        for sentence in passage.sentences:
            if sentence.kind not in ("text", "note") or sentence.head is not None:
                continue
            evidence = _evidence(own.evidence, document, passage, sentence)
            value = value_of(evidence, tokens, names, unit=own.quantity.unit)
            if value and _same_thing(own, value):
                yield value


def _comparable(one: Document, other: Document) -> bool:
    """Whether two documents speak for one region and one district, and both say when."""
    a, b = one.metadata, other.metadata
    districts = [set(DISTRICT_ABOUT.findall(f"{about.title} {about.issuer}")) for about in (a, b)]
    return a.region == b.region and districts[0] == districts[1] and bool(a.date and b.date)


def _same_thing(own: Value, other: Value) -> bool:
    return (
        max(_alike(own.clause, other.clause), _alike(own.evidence.text, other.evidence.text))
        >= SAME
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
    evidence: Evidence,
    tokens: QueryTokens,
    names: frozenset[str],
    *,
    unit: str | None = None,
) -> Value | None:
    """The quantity of a sentence in whose clause most of the question's words stand.

    Args:
        evidence: the sentence.
        tokens: of the question.
        names: content words of the question.
        unit: only of this unit; of what the question asks for when None.
    """
    form = plain(evidence.text)
    found = [
        _value(evidence, each, form, names)
        for each in quantities(evidence.text)
        if (each.unit == unit if unit is not None else _is_asked(each, tokens))
    ]
    return max(found, key=lambda v: len(v.near), default=None)


def _is_asked(quantity: Quantity, tokens: QueryTokens) -> bool:
    kind, asked = tokens.expectation.kind, tokens.expectation.unit
    if kind == "percent":
        return quantity.unit in ("%", "‰")
    if kind == "money":
        return quantity.unit == "元"
    unit = SAME_UNIT.get(asked, asked)
    if unit in ("", "个"):
        return quantity.unit not in CALENDAR
    return quantity.unit == unit


def _value(evidence: Evidence, quantity: Quantity, form: str, names: frozenset[str]) -> Value:
    start = max((form.rfind(mark, 0, quantity.start) for mark in CLAUSE_MARKS), default=-1) + 1
    before = form[start : quantity.start]
    after = re.match(rf"[^{CLAUSE_MARKS}、]{{0,{AFTER_CHARS}}}", form[quantity.end :])
    clause = before.rpartition("、")[2] + (after.group() if after else "")
    whole = f"{_before(evidence)}{form}"
    named = sorted(re.findall(r"(?<!\d)(20\d\d)年", before))
    return Value(
        evidence=evidence,
        quantity=quantity,
        near=frozenset(w for w in names if w in clause.lower()),
        wide=frozenset(w for w in names if w in whole.lower()),
        flow=frozenset(FLOW.findall(before)),
        when=named[-1] if named else evidence.document.metadata.date,
        clause=clause,
        target=aims(evidence),
    )


def _before(evidence: Evidence) -> str:
    """The sentence before, in the same passage."""
    earlier = [s for s in evidence.passage.sentences if s.end <= evidence.sentence.start]
    return plain(evidence.document.text[earlier[-1].start : earlier[-1].end]) if earlier else ""


def _evidence(like: Evidence, document: Document, passage: Passage, sentence: Sentence) -> Evidence:
    return replace(
        like,
        document=document,
        passage=passage,
        sentence=sentence,
        text=display(document, sentence),
        contradicts=False,
    )


def _distinct(values: Sequence[Value]) -> list[Value]:
    """The first value of each document, and of those that say the same the newest only."""
    kept: dict[str, Value] = {}
    for each in values:
        kept.setdefault(each.evidence.document.doc_id, each)
    newest_first = sorted(kept.values(), key=lambda v: (v.date, v.when), reverse=True)
    seen: dict[tuple[object, ...], Value] = {}
    for each in newest_first:
        seen.setdefault(each.quantity.key, each)
    return list(seen.values())


def _ordered(values: Sequence[Value]) -> Timeline:
    newest, *others = values
    same = tuple(v for v in others if v.date == newest.date)
    earlier = tuple(v for v in others if v.date < newest.date)
    return Timeline(newest, earlier, same)


def written(value: Value) -> str:
    """The number of a value with its unit, as its text has it."""
    return plain(value.evidence.text)[value.quantity.start : value.quantity.end].strip()
