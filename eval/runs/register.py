"""People held against programmes whose conditions somebody has written out, as the register would
have them completed and signed: is the verdict right, and is it left open where a fact is missing?

Each tree of a set becomes a `Programme` of one condition. An attribute that is the label of one of
the catalogue becomes a limit of it, where the catalogue can say the very same; any other condition
stands by its own words, and the person's fact, compared, is the answer to it. The register has
nothing that holds until somebody says otherwise: of an assumed condition that is not told of, the
profile says yes. What an office decides nobody tells the register of himself: it stays open.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from policyqa.eval.runs.readings import Figure, figures_table, is_of, mean
from policyqa.eval.sets.circumstances import (
    APPLIES,
    NOT_KNOWN,
    Demand,
    Demands,
    Person,
    Ruling,
    Said,
    Scheme,
    leaves,
)
from policyqa.index.conditions.catalogue import attributes
from policyqa.index.conditions.intervals import Interval
from policyqa.index.conditions.types import Branch, Leaf, Node
from policyqa.index.types import Document, Metadata, Value
from policyqa.qa.check.permalinks import permalink
from policyqa.qa.corpus import Corpus
from policyqa.qa.eligibility.facts import Fact
from policyqa.qa.eligibility.logic import Truth
from policyqa.qa.eligibility.replies import key_of
from policyqa.qa.errors import DatasetError, QuestionError
from policyqa.qa.register.answering import asked, fact_of
from policyqa.qa.register.checking import Engine, Point, Profile
from policyqa.qa.register.standing import Standings
from policyqa.qa.register.types import MAX_CHARS, Condition, Programme, Quote, Signature

SAYS = {
    ">=": "不少于", "<=": "不超过", ">": "超过", "<": "低于", "=": "等于", "is": "是",
    "in": "是其中一种：", "not in": "不是其中任何一种：",
}  # fmt: skip
WORDS: Mapping[str, Ruling] = {"符合": "符合", "不符合": "不符合", "还差": "还不能判断"}
SIGNER, SIGNED = "评测", "2026-01-01T00:00:00.000+00:00"
NO_DAY = "9999-12-31"  # for what has no dates


class Registered(Value):
    """One person and what the register says. `wrong` is a verdict that says the opposite, or
    settles what is not settled; `open` what it names as not known, by attribute; `asks` whether all
    that is missing is among it, of those who leave something out; `clause` whether a condition that
    refuses stands in a clause that decides, of those who are refused."""

    person: Person
    said: Ruling
    right: bool
    wrong: bool
    open: tuple[str, ...]
    asks: bool | None
    clause: bool | None


def registered(person: Person, scheme: Scheme) -> Registered:
    """What the register says to one person, on the day of which he tells, else on the last on which
    the programme holds.

    Raises:
        DatasetError: a fact cannot be held against its condition.
    """
    demands = leaves(scheme.root)
    text = "\n".join(dict.fromkeys(map(_words, demands)))
    document = Document(
        doc_id="0" * 16, source=scheme.source, sha256="0" * 64, text=text,
        metadata=Metadata(title=scheme.name, kind="policy"),
    )  # fmt: skip
    day = str(person.facts.get(APPLIES) or scheme.valid_to or scheme.valid_from or NO_DAY)
    engine = Engine([_programme(scheme, document)], Standings(Corpus.holding([document]), day))
    found = next(iter(engine.verdicts(_profile(person, demands))), None)
    said = WORDS[found.word] if found else "还不能判断"
    unknown = {each.attribute for each in _named(found.open, demands)} if found else set()
    quotes = [each.quote for each in _named(found.failed, demands)] if found else []
    return Registered(
        person=person,
        said=said,
        right=said == person.verdict,
        wrong=said in ("符合", "不符合") and said != person.verdict,
        open=tuple(sorted(unknown)),
        asks={*person.missing} <= unknown if person.missing and found else None,
        clause=any(is_of(b, quotes) for b in person.because) if quotes else None,
    )


def _named(points: Sequence[Point], demands: Sequence[Demand]) -> list[Demand]:
    words = {point.words for point in points}
    return [each for each in demands if _words(each) in words]


def rows(
    people: Sequence[Person], schemes: Mapping[tuple[str, str], Scheme]
) -> Iterator[Registered]:
    """Every person who tells facts of a programme, in order.

    Raises:
        DatasetError: nobody does, or a programme is not there.
    """
    told = [person for person in people if person.programme]
    if not told:
        raise DatasetError("题集里没有写明政策（programme）和事实（facts）的人")
    for person in told:
        scheme = schemes.get((person.source, person.programme))
        if scheme is None:
            raise DatasetError(f"{person.id}：{person.source} 里没有政策 {person.programme}")
        yield registered(person, scheme)


def _words(demand: Demand) -> str:
    """A condition by its own words; two of one attribute differ by what they demand."""
    value = demand.value
    said = "、".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{demand.attribute}{SAYS[demand.operator]}{said}{demand.unit}"


def _programme(scheme: Scheme, document: Document) -> Programme:
    """A scheme completed and signed, whose document has a line for each condition."""
    quote = Quote(text=document.text, link=str(permalink(document, (0, len(document.text)))))
    cell = Condition(
        text=scheme.quote[:MAX_CHARS], quote=quote, tree=_tree(scheme.root, document.text)
    )
    signature = Signature(by=SIGNER, time=SIGNED, seal=cell.seal)
    return Programme(
        id="programme", version=1, name=scheme.name, document=scheme.source,
        valid_from=scheme.valid_from, valid_to=scheme.valid_to,
        conditions=(cell.model_copy(update={"signed": signature}),),
    )  # fmt: skip


def _tree(node: Demand | Demands, text: str) -> Node:
    if isinstance(node, Demand):
        return _leaf(node, text)
    parts = tuple(_tree(part, text) for part in node.parts)
    if node.node == "not" and len(parts) > 1:
        parts = (Branch(node="any", parts=parts),)
    return Branch(node=node.node, parts=parts, least=node.least)


def _leaf(demand: Demand, text: str) -> Leaf:
    words = _words(demand)
    start = f"\n{text}\n".index(f"\n{words}\n")
    end = start + len(words)
    name, allowed = _limited(demand)
    if not allowed:
        return Leaf(node="leaf", start=start, end=end, mark="office" if demand.office else "")
    unit = attributes()[name].unit
    return Leaf(
        node="leaf", start=start, end=end, attribute=name, unit=unit, allowed=allowed, whole=True
    )


def _limited(demand: Demand) -> tuple[str, Interval | None]:
    """The attribute of the catalogue that a condition is about, and what it allows; None where the
    catalogue has none of this name or would allow something else: classes that it counts as one
    (中专, 技校), or that say more than it knows of (全日制本科). What an office decides, or holds
    unless something else is told, is none."""
    if demand.office or demand.assumed:
        return "", None
    name = next((n for n, each in asked().items() if each.label == demand.attribute), "")
    value = demand.value
    values = value if isinstance(value, tuple) else (value,)
    read = [_number(name, each, demand.unit) for each in values] if name else []
    ranks = sorted(each for each in read if each is not None)
    if not ranks or len(ranks) < len(read) or any(b - a != 1 for a, b in pairwise(ranks)):
        return name, None
    if demand.operator in ("in", "is", "="):
        return name, Interval(ranks[0], ranks[-1])
    bound = ranks[0]
    return name, {
        ">=": Interval(low=bound), ">": Interval(low=bound, low_in=False),
        "<=": Interval(high=bound), "<": Interval(high=bound, high_in=False),
    }.get(demand.operator)  # fmt: skip


def _number(name: str, said: Said, unit: str) -> Decimal | None:
    """What a word or number is on the catalogue's own scale; None where it does not say it so."""
    scale = attributes()[name].scale
    if scale:
        found = (rank for words, rank in scale.items() if re.fullmatch(words, str(said)))
        return next(map(Decimal, found), None)
    fact = None if isinstance(said, str) else fact_of(name, str(said), unit=unit)
    return fact.told.low if fact else None


def _profile(person: Person, demands: Sequence[Demand]) -> Profile:
    """What somebody tells: facts of the catalogue, and an answer to every other condition."""
    facts: dict[str, Fact | None] = {}
    replies: dict[str, Truth] = {}
    try:
        for demand in demands:
            name, allowed = _limited(demand)
            told = person.facts.get(demand.attribute, NOT_KNOWN)
            if allowed:
                facts[name] = fact_of(name, str(told), unit=demand.unit)
            else:
                replies[key_of(_words(demand))] = demand.met(person.facts)
    except (QuestionError, TypeError) as error:
        raise DatasetError(f"{person.id}：{demand.attribute} 的事实看不懂：{error}") from error
    return Profile(tuple(fact for fact in facts.values() if fact), replies)


LABELS = {
    "right": "判断正确", "wrong": "判断错误", "open": "缺事实时说还不能判断",
    "asks": "缺的事实都问到", "clause": "不符合时指出起决定作用的条款",
}  # fmt: skip


def figures(found: Sequence[Registered]) -> Mapping[str, Figure]:
    """Shares with n."""
    missing = [row for row in found if row.person.missing]
    return {
        "right": mean([row.right for row in found]),
        "wrong": mean([row.wrong for row in found]),
        "open": mean([row.said == "还不能判断" for row in missing]),
        "asks": mean([row.asks for row in found]),
        "clause": mean([row.clause for row in found]),
    }


def table(name: str, found: Mapping[str, Figure]) -> str:
    """The figures of a set as a table."""
    return figures_table({name: found}, LABELS)


def amiss(found: Sequence[Registered]) -> Iterator[str]:
    """A line for each whose verdict is wrong or left open though all is told."""
    for row in found:
        if not row.right:
            kind = "错" if row.wrong else "没说死"
            asks = f"，还差 {'、'.join(row.open)}" if row.open else ""
            yield f"{kind} {row.person.id} 应为{row.person.verdict}，说成{row.said}{asks}"
