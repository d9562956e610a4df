"""One sentence of a rule: what it demands, as a tree, and what follows from it."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from policyqa.index.conditions.limits import Limit, limits
from policyqa.index.conditions.types import Branch, Consequence, Group, Leaf, Mark, Node
from policyqa.index.conditions.wording import (
    BUT,
    GRADES,
    OFFICE,
    PUNISHES,
    REFUSES,
    SPARES,
    is_read,
)
from policyqa.index.structure.headings import CLAUSE_NUMBER, without_marker
from policyqa.index.text.quantities import plain
from policyqa.index.text.sentences import CLOSERS, OPENERS
from policyqa.index.types import Span

BREAKS = re.compile("[，,。;；:：!！?？\n\t（(【《“「『）)】》”」』]")
GRANTED = (
    r"可以|可(?=[申享报按领参办向在凭选入优直继购承租获纳]|给予|予以|提[出交前])|准予|允许|予以|给予"
    r"|享受(?![^,，。;；]*的(?:家庭|人|单位|企业|对象))|发给|受理(?!机构|部门|窗口|中心|单位|人)|方可"
)
REFUSED = (
    r"不予|不得(?![超低高少大小多短])|不能(?![超低高少])|不可以?|不再|不享受|不纳入|不在|不属于|禁止|取消"
    r"|停止|终止|不发给|注销|收回|退回"
)
SAYS = rf"(?:均|都|即|方|才|也|则|一律|应当?|将)?(?:{GRANTED}|{REFUSED})"
# A clause that says who (……的, ……人员) and goes on with what follows.
WHO = re.compile(rf"(?:的|者|人员|人|居民|家庭|单位|企业|生|子女|儿童)(?={SAYS})")
NAMES = re.compile(r"(?:的|者|人员|人才?|家庭|对象|生|子女)$")
SUBJECT_SAYS = rf"[^,，。;；]{{0,24}}?{SAYS}"  # an office may stand before what it does
# What says why or for what, or only names or points at conditions.
IDLE = re.compile(
    r"^(?:由|根据|按照?|依照|依据|结合|加[大强快]|推[进动]|为(?:了|进一步|贯彻|加强|规范)|申请(?![人者家])|本[办细法规].?[则定所自])"
    r"|^[^具符取获有满]{0,10}(?:条件|对象|要求|范围)$"
)
POINTS = re.compile(
    r"(?:下列|以下|如下|上述)|(?:条件|情形|情况|要求)(?:之[一二两三四五]|的)?$"
    r"|[一二两三四五六\d]项(?:条件)?$"
)
EXCEPTS = re.compile(r"除[^,，。;；]{1,40}[外除]|除外")
OR = re.compile(r"(?:或者?|抑或)(?!许|多|少)|之一|任[何意]?一")
AND = re.compile(r"[、且]|并且|以及|及(?!以|其)")
AFTER_LIMIT = 6  # characters between a limit and the mark that ends its words
MIN_CHARS = 2  # Chinese characters that a condition in words has
QUOTED = re.compile(r"《[^》]*》|[（(][^（）()]*[)）]|[“\"][^”\"]*[”\"]")


class Read(NamedTuple):
    """A sentence as a rule: its conditions (None for none), whom they are for by its own words,
    what follows and in which words."""

    root: Node | None
    consequence: Consequence
    words: Span


class Clause(NamedTuple):
    """Words between two marks: `text[start:end]` of the document, and the limits in them."""

    start: int
    end: int
    found: tuple[Limit, ...]  # by their place in the plain form of these words


def read(text: str, span: Span, *, listed: bool = False) -> Read:
    """What a sentence demands.

    Args:
        text: of the document.
        span: the sentence, an item of a list with its mark or a clause with its number.
        listed: whether it introduces a list, whose items are not read here.
    """
    held: list[Clause] = []
    follows: Span = (0, 0)
    excepted: list[Node] = []
    for clause in clauses(text, begins(text, span), span[1]):
        words = text[clause.start : clause.end]
        first = _follows(words, _last(text, held)) if not follows[1] else -1
        if follows[1] or first == 0:
            if not follows[1] and not _is_exception(words):
                follows = (clause.start, clause.end)
            elif _is_exception(words):
                excepted.append(_leaf(clause, "exception"))
            elif clause.found and not REFUSES.search(words):
                held.append(clause)
        elif first > 0:
            follows = (clause.start + first, clause.end)
            held.append(Clause(clause.start, clause.start + first, clause.found))
        elif _is_exception(words):
            excepted.append(_leaf(clause, "exception"))
        else:
            held.append(clause)
    root = _joined(text, [each for each in held if _demands(text, each, listed)])
    said = text[slice(*follows)]
    refused = bool(follows[1]) and re.search(REFUSED, said) is not None
    if refused and root is not None and not listed:
        root = Branch(node="not", parts=(root,))
    if excepted:
        root = some("any", [*([root] if root else []), *excepted])
    return Read(root, _consequence(said, refused), follows)


def _consequence(said: str, refused: bool) -> Consequence:
    if refused:
        return "refuses"
    return "grants" if re.search(GRANTED, said) and not PUNISHES.search(said) else "other"


def some(kind: Literal["all", "any"], parts: Sequence[Node]) -> Node | None:
    """The parts under `all` or `any`, those of its own kind without a level of their own; one alone
    stands for itself, None for none."""
    own: list[Node] = []
    for part in parts:
        own += part.parts if isinstance(part, Branch) and part.node == kind else (part,)
    if len(own) < 2:
        return own[0] if own else None
    return Branch(node=kind, parts=tuple(own))


def clauses(text: str, start: int, end: int) -> list[Clause]:
    """The clauses of a sentence with their limits. A mark in brackets or between digits ends none.

    Args:
        text: of the document.
        start: of the sentence.
        end: of the sentence.
    """
    spans = list(_spans(text, start, end))
    found = limits(text[start:end])
    if not found or len(spans) < 2:
        return [_behind(text, each, start, found) for each in spans]
    between = [start, *(edge for span in spans for edge in span), end]
    parts = [plain(text[left:right]) for left, right in pairwise(between)]
    if sum(map(len, parts)) != len(plain(text[start:end])):  # read each by itself
        return [Clause(*each, tuple(limits(text[slice(*each)]))) for each in spans]
    at = [0, *accumulate(map(len, parts))]
    return [
        Clause(*each, tuple(_moved(one, first) for one in found if first <= one.start < last))
        for each, first, last in zip(spans, at[1:-1:2], at[2::2], strict=True)
    ]


def _behind(text: str, span: Span, start: int, found: Sequence[Limit]) -> Clause:
    """The only clause of a sentence, or one of a sentence without limits."""
    before = len(plain(text[start : span[0]])) if found else 0
    return Clause(*span, tuple(_moved(each, before) for each in found))


def _moved(limit: Limit, by: int) -> Limit:
    return limit._replace(start=limit.start - by, end=limit.end - by)


def _spans(text: str, start: int, end: int) -> Iterator[Span]:
    depth, first = 0, start
    for mark in BREAKS.finditer(text, start, end):
        at, char = mark.start(), mark.group()
        if char in OPENERS:
            depth += 1
        elif char in CLOSERS:
            depth = max(depth - 1, 0)
        elif depth == 0 and not _in_number(text, at):
            if text[first:at].strip():
                yield _trimmed(text, first, at)
            first = at + 1
    if text[first:end].strip():
        yield _trimmed(text, first, end)


def _in_number(text: str, at: int) -> bool:
    return text[at] in ",，:：" and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def begins(text: str, span: Span) -> int:
    """Where a sentence begins behind its number (（一）, 第八条)."""
    words = text[slice(*span)]
    number = CLAUSE_NUMBER.match(words)
    rest = words[number.end() :].lstrip("】）) \u3000") if number else without_marker(words)
    return span[1] - len(rest)


def _last(text: str, held: Sequence[Clause]) -> str:
    return text[held[-1].start : held[-1].end] if held else ""


def _follows(words: str, before: str) -> int:
    """Where the words of what follows begin in a clause, by the clause before it; -1 for
    nowhere."""
    says = SUBJECT_SAYS if NAMES.search(before) else SAYS
    if before and re.match(says, words):
        return 0
    who = WHO.search(_covered(words))
    return who.end() if who else -1


def _is_exception(words: str) -> bool:
    but = BUT.match(words.lstrip())
    return bool(
        EXCEPTS.search(words)
        or ((but or "放宽" in words or "不受" in words) and SPARES.search(words))
    )


def _demands(text: str, clause: Clause, listed: bool) -> bool:
    """Whether a clause says something of who applies, and does not only point at a list."""
    words = text[clause.start : clause.end]
    if clause.found:
        return not GRADES.search(plain(words))
    if IDLE.search(words) or (POINTS.search(words) and listed):
        return False
    return len(re.findall(r"[\u4e00-\u9fff]", words)) >= MIN_CHARS


def _joined(text: str, held: Sequence[Clause]) -> Node | None:
    """Clauses that all hold, unless one begins with 或: what stands before it would do, too."""
    ways: list[list[Node]] = [[]]
    for clause in held:
        if ways[-1] and OR.match(text[clause.start : clause.end]):
            ways.append([])
        ways[-1].append(_of_clause(text, clause))
    return some("any", [node for way in ways if (node := some("all", way))])


def _of_clause(text: str, clause: Clause) -> Node:
    words = text[clause.start : clause.end]
    mark: Mark = "office" if OFFICE.search(words) else ""
    if not clause.found:
        return _leaf(clause, mark)
    form = plain(words)
    if len(clause.found) == 1:
        other = OR.search(_covered(form))
        whole = not other and is_read(form, clause.found)
        leaf = _limited(text, clause, clause.found[0], whole, mark)
        return Branch(node="any", parts=(leaf, _leaf(clause, mark))) if other else leaf
    between = [form[a.end : b.start] for a, b in zip(clause.found, clause.found[1:], strict=False)]
    either = any(OR.search(part) for part in between) or bool(OR.search(_covered(form)))
    both = any(AND.search(part) for part in between)
    whole = not (either and both) and is_read(form, clause.found)
    parts = [_limited(text, clause, each, whole, mark) for each in clause.found]
    if either and not is_read(form, clause.found):
        return Branch(node="any", parts=(*parts, _leaf(clause, mark)))
    return Branch(node="any" if either else "all", parts=tuple(parts))


def _covered(form: str) -> str:
    """Words without titles, brackets and quotations, whose 或 joins no conditions."""
    return QUOTED.sub(lambda m: "〇" * len(m.group()), form)


def _leaf(clause: Clause, mark: Mark) -> Leaf:
    return Leaf(node="leaf", start=clause.start, end=clause.end, mark=mark)


def _limited(text: str, clause: Clause, limit: Limit, whole: bool, mark: Mark) -> Leaf:
    return Leaf(
        node="leaf",
        start=clause.start,
        end=clause.end,
        attribute=limit.attribute,
        unit=limit.unit,
        allowed=limit.allowed,
        guards=tuple(groups(text, (clause.start, clause.end), limit.guards)),
        whole=whole,
        mark=mark,
    )


def groups(text: str, span: Span, named: Sequence[tuple[str, int, int, int]]) -> Iterator[Group]:
    """Classes that words of a document name, with their place where they stand as they are named;
    else that of all the words."""
    words = text[slice(*span)]
    form = plain(words)
    for attribute, rank, first, last in named:
        at = words.find(form[first:last]) if form[first:last] else -1
        start, end = (span[0] + at, span[0] + at + last - first) if at >= 0 else span
        yield Group(start=start, end=end, attribute=attribute, rank=rank)
