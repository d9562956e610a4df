"""Which lines of a page are its article: the element that holds most of the running text, and
what stands round it without being furniture. A sentence lost is worse than a line too many."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policyqa.index.read.html.blocks import HtmlLine, joined
from policyqa.index.read.html.chrome import (
    FILE_NAME,
    FOOT_MATE,
    PAGE_NUMBER,
    RELATED,
    SENTENCE,
    WORD_SECTION,
    is_content,
    is_foot,
    is_furniture,
    is_info,
    is_own,
)
from policyqa.index.read.html.particulars import (
    awaits_value,
    dated_line,
    is_certain,
    is_closing,
    only_label,
    shown,
    split_line,
    table_pairs,
)
from policyqa.index.read.html.tree import Node

CORE_SHARE, NAMED_SHARE = 0.8, 0.5
NEAR_LEVELS = 2
LATIN_WEIGHT = 0.05
FEW_LINKS = 0.05
MIN_SENTENCE_CHARS = 10
MAX_VALUE_CHARS = 60
WRAPPERS = frozenset(
    ("div", "section", "article", "main", "td", "body", "form", "center", "fieldset", "ucapcontent")
)
ENDED = re.compile(r"[。；：！？…”）)》.;:!?]$")
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Article:
    """The lines of an article and the particulars that stand round it."""

    lines: list[HtmlLine]
    pairs: Pairs


@dataclass(frozen=True)
class Zone:
    """How far above the content's element (0: inside it) the nearest element is that holds both
    it and a line, and which of that element's children holds the line."""

    level: int
    branch: Node
    outermost: bool


def article_of(body: Node, lines: Sequence[HtmlLine]) -> Article:
    """The article of a page.

    Args:
        body: the page's root.
        lines: all its lines, with what their elements' names say of them.
    """
    zones = _zones(core_of(body, lines), lines)
    first, last = _bounds(lines, zones)
    pairs: Pairs = []
    kept: list[HtmlLine] = []
    skipped = -1
    for n, line in enumerate(lines):
        if n <= skipped or line.chrome == "hard":
            continue
        found, used = _particulars(lines, n, zones, first, last)
        if found is not None:
            pairs += found
            skipped = n + used - 1
        elif _belongs(line, zones[n], before=n < first):
            kept.append(line)
    return Article(_tidied(kept), pairs)


def core_of(body: Node, lines: Sequence[HtmlLine]) -> Node:
    """The element that is named as sites name their content, if half of the page's running text
    stands in it; else the deepest that holds four fifths; the whole page if it has hardly a link,
    as a document saved by Word."""
    weights: dict[Node, float] = {}
    for line in lines:
        weight = weight_of(line)
        for node in line.node.ancestors() if weight else ():
            weights[node] = weights.get(node, 0.0) + weight
    total, core = weights.get(body, 0.0), body
    while heavy := [n for n in core.elements() if weights.get(n, 0.0) >= CORE_SHARE * total > 0]:
        core = heavy[0]
    if body.linked < FEW_LINKS * body.chars or WORD_SECTION.fullmatch(core.attrs.get("class", "")):
        return body
    named = [n for n in weights if weights[n] >= NAMED_SHARE * total and is_content(n)]
    named = [n for n in named if n.linked < 0.5 * n.chars]
    if named:
        return min(named, key=lambda node: node.depth)
    while core.tag not in WRAPPERS and core.parent is not None:
        core = core.parent
    return core


def weight_of(line: HtmlLine) -> float:
    """How much a line speaks for its element: sentences fully, a table by half, labels little."""
    if line.chrome == "hard":
        return 0.0
    if line.table is not None:
        return 0.5 * line.plain
    if is_furniture(line.text) or is_foot(line.text):
        return 0.0
    return float(_real(line)) if is_sentence(line) else 0.3 * _real(line)


def _real(line: HtmlLine) -> float:
    """Characters outside links; Latin letters hardly count: a page with no more than a few English
    lines is the error message of some site."""
    letters = sum(1 for char in line.text if char.isascii() and not char.isdigit())
    return line.plain * (1 - (1 - LATIN_WEIGHT) * letters / max(1, len(line.text)))


def is_sentence(line: HtmlLine) -> bool:
    """Whether a line is running text and no link."""
    return (
        line.plain >= MIN_SENTENCE_CHARS
        and line.linked < 0.5 * line.chars
        and bool(SENTENCE.search(line.text) or line.chars >= 40)
    )


def _zones(core: Node, lines: Sequence[HtmlLine]) -> list[Zone]:
    levels = {node: level for level, node in enumerate(core.ancestors())}
    cache: dict[Node, Zone] = {}
    zones: list[Zone] = []
    for line in lines:
        if line.node not in cache:
            branch = node = line.node
            while node not in levels and node.parent is not None:
                branch, node = node, node.parent
            level = levels.get(node, 99)
            cache[line.node] = Zone(level, branch, outermost=node.tag == "body")
        zones.append(cache[line.node])
    return zones


def _bounds(lines: Sequence[HtmlLine], zones: Sequence[Zone]) -> tuple[int, int]:
    """The first and the last line inside the content that is a sentence or data."""
    found = [
        n
        for n, line in enumerate(lines)
        if zones[n].level == 0 and line.chrome != "hard" and _is_body(line)
    ]
    return (found[0], found[-1]) if found else (0, len(lines) - 1)


def _is_body(line: HtmlLine) -> bool:
    if line.table is not None:
        return table_pairs(line.table) is None
    if is_foot(line.text) or is_furniture(line.text):
        return False
    return is_sentence(line) and split_line(line.text) is None


def _particulars(
    lines: Sequence[HtmlLine], n: int, zones: Sequence[Zone], first: int, last: int
) -> tuple[Pairs | None, int]:
    """The particulars that begin at a line, and how many lines they take; None for a line of the
    article. Inside the content only lines before the first sentence, or below the last, count."""
    line, inside = lines[n], zones[n].level == 0
    if first <= n <= last or (not inside and n > last + 30):
        return None, 1
    if line.table is not None:
        found = table_pairs(line.table)
        return (shown(found), 1) if found and n < first else (None, 1)
    name = awaits_value(line.text) if n < first else ""
    if name and n + 1 < len(lines) and _is_value(lines[n + 1]):
        return shown([(name, lines[n + 1].text)]), 2
    pairs = _pairs_of(line)
    if pairs is None and n < first:
        return _dated(line, inside=inside), 1
    if pairs is None or (inside and n < first and not is_certain(pairs)):
        return None, 1
    if n > last and not (is_closing(pairs) or (not inside and is_certain(pairs))):
        return None, 1
    return shown(pairs), 1


def _dated(line: HtmlLine, *, inside: bool) -> Pairs | None:
    """A line below the title without labels (原创 人才办 2021-07-13 18:00)."""
    if SENTENCE.search(line.text) or (inside and not is_info(line.node)):
        return None
    dated = dated_line(line.spaced)
    return [("", dated)] if dated else None


def _pairs_of(line: HtmlLine) -> Pairs | None:
    """The particulars of a line; labels may stand side by side without a blank between."""
    tight, spaced = split_line(line.text), split_line(line.spaced)
    return spaced if spaced and len(spaced) > len(tight or ()) else tight


def _is_value(line: HtmlLine) -> bool:
    short = line.table is None and len(line.text) <= MAX_VALUE_CHARS
    return (
        short
        and not SENTENCE.search(line.text)
        and not only_label(line.text)
        and split_line(line.text) is None
    )


def _belongs(line: HtmlLine, zone: Zone, *, before: bool) -> bool:
    """Whether a line is part of the article."""
    if line.table is None and is_furniture(line.text) and not RELATED.match(line.text):
        return False
    mostly_links = line.linked > 0.5 * line.chars
    if line.table is not None:
        return zone.level == 0 or (not mostly_links and not line.chrome)
    if is_foot(line.text) and (zone.level > 0 or not is_sentence(line) or line.chrome == "soft"):
        return False
    if line.chrome == "soft":
        own = is_own(line.text) and not line.linked
        return (own or is_sentence(line)) and not _links_around(zone)
    if zone.level == 0:
        return not (before and mostly_links) or bool(FILE_NAME.search(line.text))
    if FILE_NAME.search(line.text) and zone.level <= NEAR_LEVELS + 1 and not before:
        return True
    if zone.level <= NEAR_LEVELS and not zone.outermost:
        return not mostly_links and not _links_around(zone)
    return is_sentence(line) and line.linked == 0 and not _links_around(zone)


def _links_around(zone: Zone) -> bool:
    """Whether a line outside the content stands among links: a list of other articles."""
    branch = zone.branch
    return zone.level > 0 and branch.linked > 0.3 * branch.chars


def _tidied(lines: list[HtmlLine]) -> list[HtmlLine]:
    return _rejoined(_without_lists(_without_feet(lines)))


def _without_feet(lines: list[HtmlLine]) -> list[HtmlLine]:
    """Lines without the site's owner, address and telephone at the end."""
    feet = [n for n, line in enumerate(lines) if line.table is None and is_foot(line.text)]
    tail = {n for n in feet if n >= len(lines) - 8 and len(lines[n].text) <= 120}
    for n in sorted(tail):
        for step in (-1, 1):
            at = n + step
            while 0 <= at < len(lines) and at not in tail and FOOT_MATE.match(lines[at].text):
                tail.add(at)
                at += step
    return [line for n, line in enumerate(lines) if n not in tail]


def _without_lists(lines: list[HtmlLine]) -> list[HtmlLine]:
    """Lines without 相关阅读 and the links below it, and without three links or more in a row at
    the end."""
    kept: list[HtmlLine] = []
    related = False
    for line in lines:
        link = line.table is None and line.linked > 0.7 * line.chars
        if line.table is None and RELATED.match(line.text):
            related = True
        elif not (related and link):
            related = False
            kept.append(line)
    end = len(kept)
    while end and kept[end - 1].linked > 0.8 * kept[end - 1].chars:
        if FILE_NAME.search(kept[end - 1].text) or kept[end - 1].table is not None:
            break
        end -= 1
    return kept if len(kept) - end < 3 else kept[:end]


def _rejoined(lines: list[HtmlLine]) -> list[HtmlLine]:
    """Lines without page numbers (－ 1 －); a sentence that the page's end broke is made whole."""
    kept: list[HtmlLine] = []
    broken = False
    for line in lines:
        if line.table is None and PAGE_NUMBER.fullmatch(line.text):
            broken = bool(kept)
            continue
        last = kept[-1] if kept else None
        if broken and last is not None and _continues(last, line):
            last.text = joined(last.text, line.text)
        else:
            kept.append(line)
        broken = False
    return kept


def _continues(last: HtmlLine, line: HtmlLine) -> bool:
    running = last.table is None and line.table is None and line.heading is None
    return running and not line.indented and not line.bold and not ENDED.search(last.text)
