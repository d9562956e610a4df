"""Cleaned lines to blocks: headings with their level, paragraphs, table rows, notes, captions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.cleaning import NUMBERED, SENTENCE_END, Line, lines_of, mended
from index.traced import Traced, joined
from index.types import SentenceKind

MAX_HEADING_CHARS = 40
ARTICLE, BOX, PLAIN = 0, 8, 9
LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (1, r"第[一二三四五六七八九十百零〇\d]{1,6}[编章]"),
        (2, r"第[一二三四五六七八九十百零〇\d]{1,6}节"),
        (3, r"[一二三四五六七八九十]{1,3}[、.．]"),
        (4, r"[（(][一二三四五六七八九十]{1,3}[）)]"),
        (5, r"\d{1,2}[.．、](?!\d)"),
        (6, r"[（(]\d{1,2}[）)]"),
        (7, r"表\s*\d"),
        (BOX, r"专栏\s*\d"),
    )
)
MARKDOWN = re.compile(r"^(#{1,6})\s+")
REPORTER = re.compile("记者|通讯员")
DATE = re.compile(
    r"^[一二〇零○\d]{2,4}\s*年[一二三四五六七八九十\d]{1,3}月([一二三四五六七八九十\d]{1,3}日)?$"
)
SPACES = re.compile(r"[ \u3000\t\xa0]+")


@dataclass(frozen=True)
class Block:
    """One paragraph, heading, table row, note or caption, with the headings above it.

    `head` is the block of the table's header row, for a row.
    """

    body: Traced
    kind: SentenceKind
    section: tuple[str, ...] = ()
    level: int = PLAIN
    head: "Block | None" = None
    label: str = ""


@dataclass(frozen=True)
class _Raw:
    """A block before its section is known."""

    body: Traced
    kind: SentenceKind
    level: int = PLAIN
    label: str = ""
    head: "_Raw | None" = None
    closes_box: bool = False


def blocks_of(original: str) -> list[Block]:
    """The structure of one document's text, in reading order."""
    return list(_sectioned(_raw_blocks(lines_of(original))))


def _raw_blocks(lines: list[Line]) -> list[_Raw]:
    raw: list[_Raw] = []
    for group in _table_groups(lines):
        if group and group[0].kind == "cell":
            raw += _table_or_box(group)
        else:
            raw += _paragraphs(mended(group))
    return raw


def _table_groups(lines: list[Line]) -> Iterator[list[Line]]:
    """Split into runs of tabbed lines (with what continues their cells) and runs of others."""
    group: list[Line] = []
    tabbed, blanks = False, 0
    for line in lines:
        if line.kind == "cell" and not tabbed:
            yield group
            group, tabbed = [], True
        elif tabbed and line.kind == "text" and not _in_table(group, line, blanks):
            yield group
            group, tabbed = [], False
        blanks = blanks + 1 if line.kind == "blank" else 0
        group.append(line)
    yield group


def _in_table(group: list[Line], line: Line, blanks: int) -> bool:
    """Whether an untabbed line continues the table or box above it."""
    if blanks == 0:
        return True
    width = _width(group)
    cells = sum(1 for x in group if x.kind == "cell")
    return width > 1 and cells % width != 0 and blanks < 2 and not NUMBERED.match(line.text)


def _width(group: list[Line]) -> int:
    """Cells of the first row: tabbed lines before the first blank."""
    width = 0
    for line in group:
        if line.kind == "blank" and width:
            break
        width += line.kind == "cell"
    return width


def _table_or_box(group: list[Line]) -> list[_Raw]:
    cells = _cells(group)
    width = _width(group)
    notes = [_Raw(x.body, "note", label=x.label) for x in group if x.kind == "note"]
    rows = [cells[i : i + width] for i in range(0, len(cells), max(width, 1))]
    if width > 1 and len(rows) > 1 and len(cells) % width == 0:
        header = _Raw(_row(rows[0]), "header")
        return [header, *(_Raw(_row(r), "row", head=header) for r in rows[1:]), *notes]
    lines = [Line(x.body.strip(), "text") if x.kind == "cell" else x for x in group]
    filled = [x for x in lines if x.kind != "note"]
    raw = _paragraphs(mended([x for x in filled if x.text.strip() or x.kind == "blank"]))
    return [*raw, *notes, _Raw(Traced.of(""), "text", closes_box=True)]


def _cells(group: list[Line]) -> list[Traced]:
    """The cells of a table whose rows are written one cell a line."""
    cells: list[Traced] = []
    for line in group:
        if line.kind == "cell":
            cells.append(line.body.strip())
        elif line.kind == "text" and cells:
            cells[-1] = joined([cells[-1], line.body.strip()])
    return [cell.without(SPACES) if _is_short_name(cell.text) else cell for cell in cells]


def _is_short_name(text: str) -> bool:
    """Spaces inside a short Chinese cell only stretch it (指 标)."""
    return len(text) <= 24 and not re.search(r"[A-Za-z0-9] [A-Za-z0-9]", text)


def _row(cells: list[Traced]) -> Traced:
    """One row, its cells separated by tabs; the tab keeps the place of the character before."""
    parts: list[Traced] = []
    for number, cell in enumerate(cells):
        if number:
            parts.append(Traced("\t", cell.at[:1] if len(cell) else _last(parts)))
        parts.append(cell)
    return joined(parts)


def _last(parts: list[Traced]) -> NDArray[np.int32]:
    for part in reversed(parts):
        if len(part):
            return part.at[-1:]
    return Traced.of(" ").at


def _paragraphs(lines: list[Line]) -> list[_Raw]:
    raw: list[_Raw] = []
    texts = [line for line in lines if line.kind in ("text", "byline", "note", "caption")]
    for n, line in enumerate(texts):
        if line.kind == "byline" and REPORTER.search(line.text):
            _promote_title(raw)
        elif line.kind == "byline":
            continue
        elif line.kind == "note":
            raw.append(_Raw(line.body, "note", label=line.label))
        elif line.kind == "caption":
            raw.append(_Raw(line.body, "caption"))
        elif line.text.strip():
            raw.append(_paragraph(line, texts[n + 1] if n + 1 < len(texts) else None))
    return raw


def _promote_title(raw: list[_Raw]) -> None:
    """A heading right above a reporter's name is an article's title."""
    if raw and raw[-1].kind == "heading" and raw[-1].level == PLAIN:
        last = raw[-1]
        raw[-1] = _Raw(last.body, "heading", ARTICLE)


def _paragraph(line: Line, following: Line | None) -> _Raw:
    body = line.body.strip()
    marked = MARKDOWN.match(body.text)
    if marked:
        return _Raw(body[marked.end() :], "heading", min(len(marked.group(1)), 7))
    level = heading_level(body.text)
    if level is None or (level == PLAIN and following is None):
        return _Raw(body, "text")
    return _Raw(body, "heading", level)


def heading_level(text: str) -> int | None:
    """Level of a heading (1 the chapter, PLAIN without a number); None for running text."""
    stripped = text.strip()
    if len(stripped) > MAX_HEADING_CHARS or stripped[-1] in SENTENCE_END + "：:，,、.":
        return None
    for level, pattern in LEVELS:
        if pattern.match(stripped):
            return level
    if NUMBERED.match(stripped) or len(stripped) > 32 or DATE.match(stripped):
        return None
    if re.fullmatch(r"[\d\W]+", stripped):
        return None
    return PLAIN


def _sectioned(raw: list[_Raw]) -> Iterator[Block]:
    """Give every block the path of headings above it."""
    path: list[tuple[int, str]] = []
    heads: dict[int, Block] = {}
    for item in raw:
        if item.closes_box:
            path = [p for p in path if p[0] < BOX]
            continue
        if item.kind == "heading":
            path = [p for p in path if p[0] < item.level]
            path.append((item.level, SPACES.sub(" ", item.body.text.strip())))
        section = tuple(title for _, title in path)
        head = heads.get(id(item.head)) if item.head else None
        block = Block(item.body, item.kind, section, item.level, head, item.label)
        if item.kind == "header":
            heads[id(item)] = block
        yield block
