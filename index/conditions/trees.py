"""The rules of a whole document: its lists of demands, its sentences and its table rows."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from policyqa.index.conditions.catalogue import classes
from policyqa.index.conditions.clauses import (
    NAMES,
    SAYS,
    SUBJECT_SAYS,
    Read,
    begins,
    groups,
    read,
    some,
)
from policyqa.index.conditions.limits import PERSONS, limits
from policyqa.index.conditions.types import Branch, Group, Leaf, Node, Rule, leaves
from policyqa.index.conditions.wording import (
    ALTERNATIVE,
    ARTICLE,
    DEMANDS,
    EXCLUSIVE,
    GRADES,
    REFUSES,
)
from policyqa.index.structure.enumerations import Enumeration, Item, numbered, sentences_of
from policyqa.index.structure.headings import without_marker
from policyqa.index.text.numerals import TENS, value
from policyqa.index.text.quantities import plain
from policyqa.index.types import Document, Passage, Sentence, Span

VERSION = "3"
MAX_DEPTH = 4
COUNT = re.compile(
    r"之(?P<of>[二两三四五六])"
    r"|(?:任意?|至少(?:符合|满足|具备|达到|有)?|其?中(?:的|任意?)?|符合|满足|具备|达到|有)(?P<n>[一二两三四五六]|\d)(?:个|项|条|种)"
)
ANY_ONE = re.compile(r"之一|任一|任何一|其中一|一[项条种](?:即可|以上|条件)")
POINTED = re.compile(r"(?:下列|以下|如下)(?P<what>[^,，。;；:：]{0,16})")
NOUNS = re.compile(
    r"条件|情形|情况|要求|人员|对象|资格|之|者|家庭|企业|单位|群体|人才|规定|标准|范围|项"
)
PAPERS = re.compile(
    r"材料|资料|证件|手续|程序|流程|步骤|方式|渠道|待遇|便利|服务|职责|措施|内容|信息|事项|责任|义务|权利|用途|处理|处罚|罚款|程度|原则"
)
BRINGS = re.compile(r"(?:材料|资料|证件|证明|手续)(?:如下|包括|目录|清单)?[】）)\s:：]*$")
HEADED = re.compile(r"(?:条件|对象|资格|要求|人员范围)(?:如下|为|包括)?[】）)\s:：]*$")
KINDS = re.compile(
    r"^[^条要]*(?:人员|对象|家庭|企业|单位|项目|人才|情[形况]|者)(?!.*(?:条件|要求))"
)
NEGATED = re.compile(r"不(?:符合|具备|满足)|未(?:达到|满足)|不[是属]于?")
POINTS = re.compile(
    r"[积加计得扣减]\d+(?:\.\d+)?分|分值|积分(?:指标|标准|项目)|[加减扣计评得]分(?!配)|每[增满]"
)
# What a sentence has that may be a rule by itself: it is looked for before anything dear.
MAY_BIND = re.compile(
    rf"以[上下内]|[满足到过于低高是]\s*[\d{TENS}两半]|\d(?:周?岁)?\s*[-—–~至]|(?:{NAMES.pattern[:-1]}|后)(?:{SAYS}|[,，]{SUBJECT_SAYS})"
    r"|不受|放宽|除外|不[作做]"
)
IN_CELLS = re.compile(rf"[\d{TENS}两半]|学历|学位")
BARRED = re.compile(r"(?:的|者|人员)$")  # not 任何单位和个人, whom a prohibition is for
DEFINES = re.compile(r"所称|是指|指的是")
IDLE = re.compile(rf"{DEFINES.pattern}|{POINTS.pattern}")  # a sentence that is no rule
SUBJECT = re.compile(
    r"(?P<who>[^,，。;；:：]{2,40}?)(?=应当?|须|必须|需|可以?|符合|具备|满足|具有|有)"
)


class Listed(NamedTuple):
    """A list of demands, what introduces it, how many of its items must hold (None: all), and
    whether they must not."""

    lead: Span
    items: tuple[Item, ...]
    least: int | None
    barred: bool


class _Held:
    """What a document's rules are read from; `taken` are the sentences that a rule has, by where
    they begin."""

    def __init__(self, document: Document, passages: Sequence[Passage]) -> None:
        self.text, self.doc_id = document.text, document.doc_id
        self.sentences = sentences_of(passages)
        self.starts = [sentence.start for sentence in self.sentences]
        self.lists: list[Listed] = []
        self.others: list[Listed] = []
        self.taken: set[int] = set()
        for found in numbered(document, passages):
            listed = _listed(self.text, found)
            if listed:
                self.lists.append(listed)
            elif _is_of_papers(self.text, found):
                inside = self.inside(found.items[0].start, found.items[-1].end)
                self.taken |= {sentence.start for sentence in inside}
            elif found.lead:
                either = 1 if NAMES.search(self.text[slice(*found.lead)].rstrip(":： ")) else None
                self.others.append(Listed(found.lead, found.items, either, False))
        self.lists.sort(key=lambda listed: listed.lead)

    def below(self, item: Item) -> Listed | None:
        """The list that an item introduces: one of demands, else any."""
        every = (*self.lists, *self.others)
        return next((e for e in every if item.start <= e.lead[0] < item.end), None)

    def inside(self, start: int, end: int) -> tuple[Sentence, ...]:
        """The sentences that begin between two places."""
        return self.sentences[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


def rules(document: Document, passages: Sequence[Passage]) -> tuple[Rule, ...]:
    """The rules of a document in the order of its text. Every sentence is of one demand at most;
    what shuts out another benefit is an exclusion besides, wherever it stands.

    Args:
        document: has the words.
        passages: of this document.
    """
    held = _Held(document, passages)
    found: list[Rule] = []
    for listed in held.lists:
        if listed.items[0].start not in held.taken:
            found += _of_list(held, listed)
    for sentence in held.sentences:
        found += _of_sentence(held, sentence)
    return tuple(sorted(found, key=lambda rule: (rule.start, rule.end)))


def _listed(text: str, found: Enumeration) -> Listed | None:
    """A list whose introduction demands its items; None for one of papers, benefits or points."""
    lead = plain(text[slice(*found.lead)]) if found.lead else ""
    if any(item.heading or ARTICLE.match(text, item.start) for item in found.items):
        return None
    if found.lead is None or POINTS.search(lead) or _counts_points(text, found.items):
        return None
    pointed = POINTED.search(lead)
    if not _demands(lead, pointed):
        return None
    refused = REFUSES.search(lead[pointed.end() if pointed else 0 :])
    negated = NEGATED.search(lead[: pointed.start()]) if pointed else None
    least = None if refused and negated else _least(lead)
    return Listed(found.lead, found.items, least, bool(refused and not negated))


def _demands(lead: str, pointed: re.Match[str] | None) -> bool:
    """Whether an introduction names conditions, or whom they are of: where it points at what
    follows, else where it ends."""
    if pointed is None:
        named = HEADED.search(lead) or (DEMANDS.search(lead) and ANY_ONE.search(lead))
        return named is not None
    what, before = pointed["what"], lead[max(0, pointed.start() - 8) : pointed.start()]
    named = NOUNS.search(what) if what else DEMANDS.search(before)
    return named is not None and PAPERS.search(what or before) is None


def _is_of_papers(text: str, found: Enumeration) -> bool:
    """Whether a list names what to bring or counts points, and no item of it demands anything."""
    lead = plain(text[slice(*found.lead)]) if found.lead else ""
    brings = BRINGS.search(lead) and "条件" not in lead
    return bool(brings) or _counts_points(text, found.items)


def _counts_points(text: str, items: Sequence[Item]) -> bool:
    found = sum(bool(POINTS.search(plain(text[item.start : item.end]))) for item in items)
    return found * 2 >= len(items)


def how_many(lead: str) -> int | None:
    """How many of its items an introduction asks for in numbers (下列条件中的两项); None where it
    does not."""
    count = COUNT.search(lead)
    return value((count["of"] or count["n"]).replace("两", "二")) if count else None


def _least(lead: str) -> int | None:
    if count := how_many(lead):
        return count
    pointed = POINTED.search(lead)
    kinds = bool(pointed and KINDS.search(pointed["what"])) and "同时" not in lead
    return 1 if kinds or ANY_ONE.search(lead) or ALTERNATIVE.search(lead) else None


def _of_list(held: _Held, listed: Listed) -> Iterator[Rule]:
    root = _node(held, listed, 1)
    if root is None:
        return
    held.taken.add(listed.lead[0])
    said = read(held.text, listed.lead, listed=True)
    yield Rule(
        doc_id=held.doc_id,
        start=listed.lead[0],
        end=max(listed.items[-1].end, *(leaf.end for leaf in leaves(root))),
        groups=_groups(held.text, listed.lead),
        consequence=said.consequence,
        words=said.words,
        root=root,
    )


def _groups(text: str, lead: Span) -> tuple[Group, ...]:
    """Whom the introduction of a list speaks of: classes of the catalogue, else its subject."""
    named = [each for each in classes(plain(text[slice(*lead)])) if each.attribute not in PERSONS]
    if named:
        return tuple(groups(text, lead, named))
    start = begins(text, lead)
    who = SUBJECT.match(text, start, lead[1])
    return (Group(start=start, end=who.end()),) if who else ()


def _node(held: _Held, listed: Listed, depth: int) -> Node | None:
    """A list as a tree: what its introduction demands itself, and its items."""
    items = [node for item in listed.items if (node := _of_item(held, item, depth))]
    if not items:
        return None
    body = _counted(items, listed.least)
    if listed.barred:
        body = Branch(node="not", parts=(body,))
    lead = read(held.text, listed.lead, listed=True).root
    return some("all", [lead, body] if lead else [body])


def _counted(items: Sequence[Node], least: int | None) -> Node:
    """As many of the items as a list asks for; all of them where it asks for more than it has."""
    if least is None or least >= len(items):
        return some("all", items) or items[0]
    if least == 1:
        return Branch(node="any", parts=tuple(items))
    return Branch(node="at_least", parts=tuple(items), least=least)


def _of_item(held: _Held, item: Item, depth: int) -> Node | None:
    below = held.below(item) if depth < MAX_DEPTH else None
    parts: list[Node] = []
    for n, sentence in enumerate(held.inside(item.start, item.end)):
        span = (sentence.start, sentence.end)
        held.taken.add(sentence.start)
        if (below and span == below.lead) or (n and DEFINES.search(held.text[slice(*span)])):
            continue
        root = read(held.text, span).root
        parts += [root] if root else []
    if below and (node := _node(held, below, depth + 1)):
        parts.append(node)
    if not parts:  # an item that is not read counts all the same
        return _text(held.text, item)
    return some("all", parts)


def _text(text: str, item: Item) -> Leaf | None:
    words = without_marker(text[item.start : item.end]).rstrip("；;。，, \n")
    start = item.end - len(without_marker(text[item.start : item.end]))
    return Leaf(node="leaf", start=start, end=start + len(words)) if words else None


def _of_sentence(held: _Held, sentence: Sentence) -> Iterator[Rule]:
    """The rule that a sentence is by itself, unless it stands in a list; an exclusion anyway."""
    words = held.text[sentence.start : sentence.end]
    if sentence.kind not in ("text", "note", "row") or words.endswith(("？", "?")):
        return
    if sentence.kind == "row":
        yield from _of_row(held, sentence)
    elif EXCLUSIVE.search(words):
        leaf = Leaf(node="leaf", start=sentence.start, end=sentence.end)
        root = Branch(node="not", parts=(leaf,))
        yield _rule(held, sentence, Read(root, "refuses", (0, 0)), "exclusion")
    elif sentence.start not in held.taken and MAY_BIND.search(words) and not IDLE.search(words):
        yield from _alone(held, sentence)


def _alone(held: _Held, sentence: Sentence) -> Iterator[Rule]:
    """A sentence with limits, one that says what follows for whom, or one that spares some."""
    found = read(held.text, (sentence.start, sentence.end))
    own = list(leaves(found.root)) if found.root else []
    stated = [leaf for leaf in own if leaf.mark != "exception"]
    if own and not stated:
        yield _rule(held, sentence, found, "spare")
    elif any(leaf.attribute for leaf in own):
        yield _rule(held, sentence, found, "demand")
    elif stated and found.consequence != "other":
        last = held.text[stated[-1].start : stated[-1].end]
        if (NAMES if found.consequence == "grants" else BARRED).search(last):
            yield _rule(held, sentence, found, "demand")


def _rule(
    held: _Held, sentence: Sentence, found: Read, kind: Literal["demand", "exclusion", "spare"]
) -> Rule:
    if found.root is None:
        raise ValueError("a rule without conditions")
    return Rule(
        doc_id=held.doc_id,
        kind=kind,
        start=sentence.start,
        end=sentence.end,
        consequence=found.consequence,
        words=found.words,
        root=found.root,
    )


def _of_row(held: _Held, row: Sentence) -> Iterator[Rule]:
    """A table row whose cells hold limits: each is read with its label; the first cell without one
    says whom they are for. A table of points demands nothing."""
    cells = list(_cells(held.text, row))
    labels = held.text[slice(*row.head)].split("\t") if row.head else []
    labels = (labels + [""] * len(cells))[: len(cells)]
    words = held.text[row.start : row.end]
    if POINTS.search("".join(labels) + words) or GRADES.search(plain(words)):
        return
    found: list[Node] = []
    whom: tuple[Group, ...] = ()
    for label, (start, end) in zip(labels, cells, strict=True):
        own = list(_of_cell(held.text, label, (start, end)))
        found += own
        said = held.text[start:end].strip()
        if not own and not whom and said and not said.isdigit():
            whom = (Group(start=start, end=end),)
    root = some("all", found)
    if root:
        yield Rule(doc_id=held.doc_id, start=row.start, end=row.end, groups=whom, root=root)


def _of_cell(text: str, label: str, cell: Span) -> Iterator[Leaf]:
    words = text[slice(*cell)]
    for each in limits(f"{label}：{words}") if IN_CELLS.search(words) else ():
        yield Leaf(
            node="leaf",
            start=cell[0],
            end=cell[1],
            attribute=each.attribute,
            unit=each.unit,
            allowed=each.allowed,
            guards=tuple(groups(text, cell, [g._replace(start=0, end=0) for g in each.guards])),
        )


def _cells(text: str, row: Sentence) -> Iterator[Span]:
    start = row.start
    for cell in text[row.start : row.end].split("\t"):
        yield start, start + len(cell)
        start += len(cell) + 1
