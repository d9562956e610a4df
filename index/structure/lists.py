"""Lists: which paragraphs are items, and which sentence introduces them."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from policyqa.index.structure.blocks import Raw
from policyqa.index.structure.headings import is_clause_title, marker
from policyqa.index.text.sentences import sentence_spans
from policyqa.index.types import Span

# An introduction ends with a colon, or holds a sentence that points at what follows.
POINTS = re.compile(r"如下|下列|以下(?!简称|称)|[：:]$")
SPOKEN = ("一是", "第一，")
MAX_HEADED_ITEM_CHARS = 120
SECTION_FAMILY, MIN_SECTION_CHARS = "一、", 60
MAX_DEPTH = 3


def join_lists(raws: Sequence[Raw]) -> None:
    """Give every item of a list its `lead`, and make it text where it looked like a heading. No
    list goes on beyond the text that it begins in (a cell, a sheet)."""
    starts = [n for n in range(1, len(raws)) if raws[n].begins or raws[n].base != raws[n - 1].base]
    for start, end in pairwise([0, *starts, len(raws)]):
        _join_in(raws[start:end])


def _join_in(raws: Sequence[Raw]) -> None:
    n = 0
    while n < len(raws):
        items = _items(raws, n, depth=1) if introduces(raws[n], raws[n + 1 : n + 2]) else []
        for item, lead in items:
            item.lead = lead
            if item.kind == "heading":
                item.kind = "text"
        n = raws.index(items[-1][0], n) if items else n + 1


def introduces(raw: Raw, after: Sequence[Raw]) -> bool:
    """Whether a block can introduce a list: a heading, a clause's title, a sentence that points at
    what follows, and any sentence before 一是 or 第一，."""
    text = raw.text.strip()
    if raw.kind != "text" or not text:
        return raw.kind == "heading"
    mark = marker(after[0].text) if after else None
    spoken = mark is not None and mark.family in SPOKEN and not marker(text)
    return spoken or is_clause_title(text) or bool(POINTS.search(text))


@lru_cache(maxsize=64)
def introduction(text: str) -> Span:
    """The sentence of a paragraph that introduces the list below it; remembered, since each
    sentence of a paragraph is compared with it."""
    spans = sentence_spans(text)
    pointing = [span for span in spans if POINTS.search(text[slice(*span)])]
    return (pointing or spans)[-1]


def _items(raws: Sequence[Raw], lead_at: int, *, depth: int) -> list[tuple[Raw, Raw]]:
    """The items after a lead with what introduces each, nested ones too; empty for no list."""
    lead = raws[lead_at]
    found: list[tuple[Raw, Raw]] = []
    n, last, family, count = lead_at + 1, 0, "", 0
    while n < len(raws) and raws[n].kind in ("text", "heading", "note"):
        item = raws[n]
        mark = None if item.kind == "note" else marker(item.text)
        if mark and count == 0 and mark.ordinal <= 1:
            family = mark.family
        if mark and mark.family == family and mark.ordinal == (last + 1 if mark.ordinal else 0):
            found.append((item, lead))
            last, count, n = mark.ordinal, count + 1, n + 1
            continue
        nested = _nested(raws, n, found, depth) if count and item.kind != "note" else []
        if nested:
            found += nested
            n = raws.index(nested[-1][0], n) + 1
        elif item.kind == "note" and count:
            n += 1
        elif (
            count
            and lead.kind == "text"
            and _goes_on(raws[n : n + 3], family, last + 1 if last else 0)
        ):
            found.append((item, lead))
            n += 1
        else:
            break
    if count == 0:
        return _unnumbered(raws, lead_at)
    after = raws[lead_at + 1 : n + 1]
    return found if count >= 2 and _is_list(lead, found, after, family) else []


def _goes_on(ahead: Sequence[Raw], family: str, wanted: int) -> bool:
    """Whether a paragraph that is no item, or the only one below an item, stands between two."""
    own = marker(ahead[0].text)
    if (own and own.family == family) or ahead[0].kind not in ("text", "heading"):
        return False
    if ahead[0].kind == "heading" and not own:
        return False
    marks = [marker(raw.text) for raw in ahead[1:]]
    return any(m is not None and m.family == family and m.ordinal == wanted for m in marks)


def _unnumbered(raws: Sequence[Raw], lead_at: int) -> list[tuple[Raw, Raw]]:
    """Items that only their semicolons mark, after a sentence that ends with a colon."""
    lead, n = raws[lead_at], lead_at + 1
    if lead.kind != "text" or lead.text.strip()[-1] not in "：:":
        return []
    while n < len(raws) and raws[n].kind == "text" and raws[n].text.strip()[-1:] in ("；", ";"):
        n += 1
    closed = n < len(raws) and raws[n].kind == "text" and n > lead_at + 1
    return [(raw, lead) for raw in raws[lead_at + 1 : n + closed]] if closed else []


def _nested(
    raws: Sequence[Raw], n: int, found: Sequence[tuple[Raw, Raw]], depth: int
) -> list[tuple[Raw, Raw]]:
    """Items below the last item, whose numbers are of another kind."""
    if depth >= MAX_DEPTH or raws[n - 1] is not found[-1][0]:
        return []
    return _items(raws, n - 1, depth=depth + 1)


def _is_list(
    lead: Raw, found: Sequence[tuple[Raw, Raw]], after: Sequence[Raw], family: str
) -> bool:
    """Under a sentence that introduces them, unless each is a heading with text below; under a
    heading, when they are short and the last one is not such a heading.

    Args:
        lead: introduces them.
        found: the items, each with what introduces it.
        after: all that follows the lead, to the first block behind the items.
        family: of the items' marks.
    """
    items = [item for item, _ in found]
    heads = [raw for raw, below in pairwise(after) if _heads(raw, below)]
    if lead.kind != "heading":
        marked = [item for item, its in found if its is lead and _family(item) == family]
        return any(item not in heads for item in marked)
    if items[-1] in heads:
        return False
    return sum(len(item.text) for item in items) <= MAX_HEADED_ITEM_CHARS * len(items)


def _heads(raw: Raw, below: Raw) -> bool:
    """Whether a heading has a text below it: without a number, or a sentence with one of another
    kind (（一） below 一、); or begins a paragraph of its own (一、合理划分。各区要……)."""
    if raw.kind == "text" and raw.path and _family(raw) == SECTION_FAMILY:
        return len(raw.text) > MIN_SECTION_CHARS
    if raw.kind != "heading" or below.kind != "text":
        return False
    mark = _family(below)
    return not mark or (mark != _family(raw) and below.text.strip()[-1] in "。：:")


def _family(raw: Raw) -> str:
    mark = marker(raw.text)
    return mark.family if mark else ""
