"""Programmes as a document's sections, lists and trees of conditions tell of them: proposals, which
nobody has signed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from pypinyin import lazy_pinyin

from policyqa.index.conditions.catalogue import Named, attributes, classes
from policyqa.index.conditions.limits import PERSONS, RANKS_UP
from policyqa.index.conditions.types import Branch, Group, Leaf, Node, Rule
from policyqa.index.conditions.wording import BOUNDS, EXCLUSIVE, SAYS_NOTHING
from policyqa.index.structure.parsing import digest
from policyqa.index.structure.quotes import display
from policyqa.index.text.quantities import plain
from policyqa.index.types import Document, Passage, Span
from policyqa.qa.check.permalinks import permalink
from policyqa.qa.register.amounts import amount_of
from policyqa.qa.register.sections import NO_MARKS, Item, Part, items, parts, title_of
from policyqa.qa.register.types import (
    MAX_CELLS,
    MAX_CHARS,
    Benefit,
    Cell,
    Condition,
    Exclusion,
    Kind,
    Programme,
    Purpose,
    Quote,
)

Placed = TypeVar("Placed", Leaf, Group)
MAX_NAME_CHARS, MAX_SLUG_CHARS, HASH_CHARS = 200, 60, 4
PHONE = re.compile(
    r"(?<![\d-])(?:0\d{2,3}[-—－ ]?\d{7,8}|1[3-9]\d{9}|12\d{3}|400-?\d{3}-?\d{4}|\d{8})(?![\d-])"
)
CALLED = re.compile(r"电话|热线|咨询|联系|传真")
TERM = re.compile(r"\d+个?(?:工作日|自然日|日|天|月)")
WITHIN = re.compile(TERM.pattern + r"之?内|当[日天场]")
DECIDES = re.compile(r"办结|审[核批查定]|答复|作出|完成|决定|发放|核发")
ASIDE = re.compile("异议|补正|补齐|补充|公示(?!后)")  # what is no term of the office
BROUGHT = re.compile(r"提供|提交|出具|携带|递交|持")
SAYS_MONEY = re.compile(r"元|%|补贴|补助|奖励|资助|免费|减免|优惠")
AT = re.compile(r"地址|地点|窗口|中心|大厅|街道|路\d|号|室|楼|站|局|处")
PUNISHES = re.compile("罚款|骗取|弄虚作假|虚报|追回|责令|处罚|违反|违法|不予|停止发放|取消")
# A heading that names what is given, where no section announces any field.
GIVES = re.compile(r"补贴|补助|奖励|资助|津贴|待遇|落户|入户|安居|公寓|贷款|扶持|认定|优待|保障")
OWNS = re.compile(
    r"具有|具备|取得|持有|获得|拥有|学位|学历|毕业|职业资格|等级|证书|职称|专业技术|资格"
)
NUMBERS = re.compile(r"\d+(?:\.\d+)?(?:个月|年|周岁|岁|元|万元|平方米|分|人|月)?")
SENTENCE_FIELDS = ("for_whom", "steps", "fee", "window", "channel", "basis")


def proposed(
    document: Document,
    passages: Sequence[Passage],
    rules: Sequence[Rule],
    marked: Mapping[int, str] = NO_MARKS,
) -> tuple[Programme, ...]:
    """The programmes and services of one document, in the order of its text.

    What stands under headings that announce its fields (申请条件, 补贴标准, 申请材料, …) is one
    programme, by the heading above them; elsewhere a section or article that grants money is one.

    Args:
        document: has the words.
        passages: of this document.
        rules: its trees of conditions.
        marked: the field of sentences by where they begin, as `marking.Marker` finds them.
    """
    found = list(parts(document, passages, marked))
    owners: dict[tuple[str, ...], list[Part]] = {}
    for part in found:
        if part.field:
            owners.setdefault(part.owner, []).append(part)
    told = {owner: _of_sections(document, owner, own, rules) for owner, own in owners.items()}
    whole = [each for each in told.values() if each]
    # What is not enough for one by itself is of the document's own.
    single = [part for owner, own in owners.items() if not told[owner] for part in own]
    if general := _of_sections(document, (), single, rules):
        whole.append(general)
    taken = {(p.sentence.start, p.sentence.end) for own in owners.values() for p in own}
    free = [p for p in found if (p.sentence.start, p.sentence.end) not in taken]
    granted = _of_articles(document, free, rules)
    return _apart([*whole, *granted])


def _of_sections(
    document: Document, owner: tuple[str, ...], found: Sequence[Part], rules: Sequence[Rule]
) -> Programme | None:
    """A programme whose fields have headings of their own; None for what has less than two, or
    neither conditions nor anything that is given or asked for."""
    fields: dict[str, list[Any]] = {}
    refused = [(rule.start, rule.end) for rule in rules if rule.consequence == "refuses"]
    for (field, _, alone), own in groupby(found, key=lambda p: (p.field, p.path, p.alone)):
        section = [p for p in own if field != "steps" or not _stands_in(p, refused)]
        for each in [[p] for p in section] if alone else [section]:
            fields.setdefault(field, []).extend(_cells(document, field, each))
    held = _conditions(document, [p for p in found if p.field in ("conditions", "for_whom")], rules)
    bars = [rule for rule in rules if rule.kind == "exclusion"]
    held["exclusions"] = _conditions(document, found, bars).get("exclusions", [])
    for name, cells in (*held.items(), *_besides(document, found).items()):
        fields[name] = [*fields.get(name, []), *cells]
    held_spans = [c.quote.text for c in fields.get("conditions", [])]
    fields["for_whom"] = [
        cell
        for cell in fields.get("for_whom", [])
        if not any(cell.quote.text in words for words in held_spans)
    ]
    filled = [name for name, cells in fields.items() if cells]
    if len(filled) < 2 or not {"conditions", "benefits", "materials"} & set(filled):
        return None
    names = [title_of(each) for each in owner if title_of(each)]
    return _programme(document, names[-1] if names else "", " › ".join(owner), fields)


def _stands_in(part: Part, spans: Sequence[Span]) -> bool:
    """Whether a sentence is of one of these spans: why something is refused is no step."""
    return any(start <= part.sentence.start < end for start, end in spans)


def _of_articles(
    document: Document, found: Sequence[Part], rules: Sequence[Rule]
) -> Iterator[Programme]:
    """Articles and sections without fields of their own that grant something in money."""
    for (path, clause), own in groupby(found, key=lambda part: (part.path, part.clause)):
        section = list(own)
        benefits = _benefits(document, section)
        if not benefits:
            continue
        near = [p for p in section if _grants(document, p) or not p.clause]
        fields = {"benefits": benefits, **_conditions(document, near, rules)}
        fields |= {k: v for k, v in _besides(document, section).items() if k != "benefits"}
        heads = [title_of(each) for each in path if GIVES.search(title_of(each))]
        own_name = heads[-1] if heads else ""
        title = document.metadata.title
        above = tuple(each for each in path if each not in (title, clause))
        place = (*above, clause) if clause else above
        name = own_name or f"{title}{clause}"
        yield _programme(document, name, " › ".join(place), fields)


def _grants(document: Document, part: Part) -> bool:
    return amount_of(document.text[part.sentence.start : part.sentence.end]) is not None


def _cells(document: Document, field: str, section: Sequence[Part]) -> list[Any]:
    """What one section says of its field."""
    if field == "benefits":
        return _benefits(document, section, announced=True)
    if field == "phone":
        return [cell for p in section for cell in _phones(document, p, announced=True)]
    if field == "exclusions":
        return [Exclusion(**_said(document, each)) for each in items(document, section)]
    if field == "materials":
        return [_cell(document, each) for each in _materials(items(document, section))]
    if field == "time_limit":
        return [_cell(document, each) for each in items(document, section) if _timed(each.text)]
    if field == "place":
        return [_cell(document, each) for each in items(document, section) if AT.search(each.text)]
    if field in SENTENCE_FIELDS:
        return [_cell(document, each) for each in items(document, section)]
    return []


def _timed(words: str) -> bool:
    return TERM.search(plain(words)) is not None or "当场" in words


def _is_term(words: str) -> bool:
    """Whether a step says within which time the office decides."""
    within = WITHIN.search(plain(words)) and DECIDES.search(words)
    return bool(within) and not ASIDE.search(words)


def _materials(found: Sequence[Item]) -> list[Item]:
    """What is to be brought: the items of a list; of sentences those that say so."""
    listed = any(each.label for each in found) or len(found) > 2
    return [each for each in found if listed or BROUGHT.search(each.text) or len(each.text) < 40]


def _benefits(
    document: Document, section: Sequence[Part], *, announced: bool = False
) -> list[Benefit]:
    """The sentences and rows that grant a sum; under a heading that announces what is given also
    what is given otherwise."""
    found = []
    for part in section:
        words = document.text[part.sentence.start : part.sentence.end]
        if PUNISHES.search(words) or EXCLUSIVE.search(words):
            continue
        shown = display(document, part.sentence)
        amount = amount_of(shown if part.sentence.kind == "row" else words)
        if amount is None and announced and SAYS_MONEY.search(words):
            amount = amount_of(f"给予{words}")
        if amount is None and not (announced and SAYS_MONEY.search(words)):
            continue
        span = (part.sentence.start, part.sentence.end)
        who = _only_class(plain(words))
        said = {} if amount is None else amount._asdict()
        found.append(
            Benefit(
                text=shown.strip()[:MAX_CHARS],
                quote=_quote(document, span),
                attribute=who.attribute if who else "",
                rank=who.rank if who else 0,
                **said,
            )
        )
    return found


def _only_class(form: str) -> Named | None:
    """The one class that a sum is for; None where several are named, a class and those above it,
    or one that the catalogue counts with another (博士后)."""
    named = [each for each in classes(form) if each.attribute not in PERSONS]
    one = len({(each.attribute, each.rank) for each in named}) == 1
    wider = any(RANKS_UP.search(form[each.end :]) for each in named)
    return named[0] if one and not wider and "博士后" not in form else None


def _besides(document: Document, found: Sequence[Part]) -> Mapping[str, list[Cell]]:
    """Telephone numbers and terms that are told in sections of other fields."""
    phones = [c for p in found if p.field != "phone" for c in _phones(document, p)]
    terms = []
    for part in found:
        words = document.text[part.sentence.start : part.sentence.end]
        if part.field == "steps" and _is_term(words):
            span = (part.sentence.start, part.sentence.end)
            terms.append(Cell(text=" ".join(words.split()), quote=_quote(document, span)))
    return {"phone": phones, "time_limit": terms}


def _phones(document: Document, part: Part, *, announced: bool = False) -> list[Cell]:
    start, end = part.sentence.start, part.sentence.end
    words = document.text[start:end]
    if not (PHONE.search(words) and (announced or CALLED.search(words))):
        return []
    return [Cell(text=" ".join(words.split()), quote=_quote(document, (start, end)))]


def _conditions(
    document: Document, found: Sequence[Part], rules: Sequence[Rule]
) -> dict[str, list[Any]]:
    """The trees that stand in these sentences, whole."""
    starts = {part.sentence.start for part in found}
    held: dict[str, list[Any]] = {"conditions": [], "exclusions": []}
    for rule in rules:
        span = (rule.start, rule.end)
        if rule.start not in starts or rule.end - rule.start > MAX_CHARS:
            continue
        text = " ".join(document.text[slice(*span)].split())
        said: dict[str, Any] = {"text": text, "quote": _quote(document, span)}
        if rule.kind == "exclusion":
            held["exclusions"].append(Exclusion(**said))
            continue
        purpose: Purpose = "spare" if rule.kind == "spare" else "demand"
        tree = _read_whole(moved(rule.root, -rule.start), document.text[slice(*span)])
        held["conditions"].append(Condition(**said, purpose=purpose, tree=tree))
    return {name: cells for name, cells in held.items() if cells}


def _read_whole(node: Node, words: str) -> Node:
    """A tree whose leaves say so where their words demand nothing but their limit."""
    if isinstance(node, Branch):
        parts = tuple(_read_whole(part, words) for part in node.parts)
        return node.model_copy(update={"parts": parts})
    if not node.attribute or node.whole or node.guards:
        return node
    about = attributes()[node.attribute]
    named = filter(None, (*about.scale, about.has, about.none, about.words, about.label))
    rest = NUMBERS.sub("", plain(words[node.start : node.end]))
    for pattern in named:
        rest = re.sub(pattern, "", rest)
    rest = SAYS_NOTHING.sub("", BOUNDS.sub("", OWNS.sub("", rest)))
    whole = not re.search(r"[\u4e00-\u9fff\d]", rest)
    return node.model_copy(update={"whole": whole})


def moved(node: Node, by: int) -> Node:
    """A tree whose places are so many characters further on."""
    if isinstance(node, Branch):
        return node.model_copy(update={"parts": tuple(moved(part, by) for part in node.parts)})
    guards = tuple(_shifted(guard, by) for guard in node.guards)
    return _shifted(node, by).model_copy(update={"guards": guards})


def _shifted(place: Placed, by: int) -> Placed:
    return place.model_copy(update={"start": place.start + by, "end": place.end + by})


def _cell(document: Document, item: Item) -> Cell:
    return Cell(**_said(document, item))


def _said(document: Document, item: Item) -> dict[str, Any]:
    return {"text": item.said[:MAX_CHARS], "quote": _quote(document, item.span)}


def _quote(document: Document, span: Span) -> Quote:
    """The words of a span, without the white space around them."""
    words = document.text[slice(*span)]
    start = span[0] + len(words) - len(words.lstrip())
    end = min(start + len(words.strip()), start + MAX_CHARS)
    return Quote(text=document.text[start:end], link=str(permalink(document, (start, end))))


def _programme(
    document: Document, name: str, clause: str, fields: Mapping[str, Sequence[Any]]
) -> Programme:
    about = document.metadata
    title = about.title or document.source
    shown = (name or title)[:MAX_NAME_CHARS]
    kind: Kind = "programme" if fields.get("benefits") else "service"
    return Programme(
        id=identifier(shown, document.source, clause),
        version=1,
        kind=kind,
        name=shown,
        document=document.source,
        clause=clause[:300],
        region=about.region,
        issuer=about.issuer[:200],
        valid_from=about.effective,
        valid_to=about.expires,
        **{field: _distinct(cells)[:MAX_CELLS] for field, cells in fields.items() if cells},
    )


def _distinct(cells: Sequence[Any]) -> tuple[Any, ...]:
    return tuple({cell.quote.link: cell for cell in cells}.values())


def identifier(name: str, source: str, clause: str) -> str:
    """The id of a programme: its name in Latin letters, and what tells it from others of that
    name."""
    sounds = re.sub(r"[^a-z0-9]+", "-", "-".join(lazy_pinyin(name, errors="ignore")).lower())
    slug = sounds.strip("-")[:MAX_SLUG_CHARS].strip("-") or "programme"
    return f"{slug}-{digest(source, clause)[:HASH_CHARS]}"


def _apart(found: Sequence[Programme]) -> tuple[Programme, ...]:
    """Programmes of one id put together as they come first."""
    return tuple({each.id: each for each in reversed(found)}.values())[::-1]
