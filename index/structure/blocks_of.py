"""The parts of a file to blocks: headings with their level, paragraphs, rows, notes, captions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from policyqa.index.metadata.numbers import is_number_line
from policyqa.index.metadata.page import organs
from policyqa.index.read.extract import Extract, Paragraph, Part, Plain, Table
from policyqa.index.structure.blocks import ARTICLE, BOX, CLAUSE, PLAIN, Block, Raw
from policyqa.index.structure.headings import DATE, heading_level, marker, number_level, opened
from policyqa.index.structure.lists import join_lists
from policyqa.index.structure.tables import Grid, TracedCell, table_blocks
from policyqa.index.text.cleaning import LAYOUT_MARK, cleaned, lines_of, mended
from policyqa.index.text.lines import NUMBERED, SENTENCE_END, TextLine
from policyqa.index.text.stacked import stacked_tables
from policyqa.index.text.traced import Traced, joined

VERSION = "7"

MARKDOWN = re.compile(r"^(#{1,6})\s+")
REPORTER = re.compile("记者|通讯员")
SPACES = re.compile(r"[ \u3000\t\xa0]+")
MAX_TITLE_CHARS = 60
FIRST = re.compile(r"(第[一1][编章节節条條]|[（(]?[一1][）)、.．])")
MAX_NOTE_DISTANCE = 60  # blocks
ATTACHED = re.compile(r"\s*附\s*件\s*[:：]\s*\S")
MAX_SIGNATURES = 12  # lines
QUESTION = re.compile(r"[^。；！]+[？?]")
MIN_QUESTIONS, MAX_QUESTION_CHARS = 3, 80
QUESTION_LEVEL = 6  # as of 1.
MAX_MARK_GAP = 3  # characters


def original_of(extract: Extract) -> str:
    """The file's text as it was read, which all offsets of its blocks point into."""
    return "\n".join(_written(part) for part in extract.parts)


def _written(part: Part) -> str:
    if isinstance(part, Table):
        rows = ["\t".join(cell.text for cell in row) for row in part.rows]
        return "\n".join([*([part.title] if part.title else []), *rows])
    return part.text


def blocks_of(extract: Extract) -> list[Block]:
    """The structure of one document, in reading order."""
    whole = Traced.of(original_of(extract))
    raws: list[Raw] = []
    at = marked = 0
    for part in extract.parts:
        length = len(_written(part))
        raws += _raw_part(part, whole[at : at + length])
        if isinstance(part, Paragraph) and part.mark is not None:
            raws[-1].anchor = marked + part.mark
        elif not (isinstance(part, Paragraph) and part.kind == "note"):
            marked = at
        at += length + 1
    raws = [raw for raw in raws if raw.text.strip() or raw.closes_box]
    _level_styles(raws)
    _raise_parents(raws)
    raws = _notes_placed(_bylines_first(raws))
    _unhead_signatures(raws)
    _unhead_attachments(raws)
    _unname_items(raws)
    _head_questions(raws)
    join_lists(raws)
    return list(_sectioned(raws))


def _raw_part(part: Part, body: Traced) -> list[Raw]:
    if isinstance(part, Plain):
        return _raw_lines(lines_of(body))
    if isinstance(part, Table):
        return _raw_table(part, body)
    return [_placed_paragraph(part, cleaned(body))]


def _placed_paragraph(part: Paragraph, body: Traced) -> Raw:
    body = body.without(LAYOUT_MARK).strip()
    if part.kind == "heading":
        raw = Raw(body, "heading", number_level(body.text) or PLAIN, style=part.level)
    elif part.kind == "text":
        raw = _paragraph(body)
    else:
        raw = Raw(body, part.kind, label=part.label)
    raw.page, raw.row = part.page, part.row
    raw.base = (part.sheet,) if part.sheet else ()
    return raw


def _raw_table(part: Table, body: Traced) -> list[Raw]:
    at = len(part.title) + 1 if part.title else 0
    above = [Raw(body[: len(part.title)], "heading", BOX)] if part.title else []
    rows: list[list[TracedCell]] = []
    for row in part.rows:
        cells = []
        for cell in row:
            cells.append(TracedCell(cleaned(body[at : at + len(cell.text)]), cell.covered))
            at += len(cell.text) + 1
        rows.append(cells)
    base = (part.sheet,) if part.sheet else ()
    first_row = part.first_row if part.sheet else None
    grid = Grid(
        rows,
        part.header_rows,
        part.merges_known,
        part.page,
        first_row,
        base,
        pairs=part.pairs,
        pages=part.pages,
    )
    for raw in above:
        raw.base, raw.page = base, part.page
    return [*above, *table_blocks(grid, _cell_paragraphs)]


def _cell_paragraphs(lines: Sequence[Traced]) -> list[Raw]:
    return [_paragraph(line) for line in lines]


def _raw_lines(lines: list[TextLine]) -> list[Raw]:
    raws: list[Raw] = []
    for group in _table_groups(lines):
        raws += _table_or_box(group) if group and group[0].kind == "cell" else _stacked(group)
    return raws


def _stacked(lines: list[TextLine]) -> list[Raw]:
    """Paragraphs, and the tables among them that have one cell a line."""
    raws: list[Raw] = []
    done = 0
    for table in stacked_tables(lines):
        raws += _paragraphs(mended(lines[done : table.first]), last_heads=True)
        rows = [
            [TracedCell(joined([lines[n].body for n in cell])) for cell in row]
            for row in table.rows
        ]
        raws += table_blocks(Grid(rows, 1, merges_known=False), _cell_paragraphs)
        inside = lines[table.first : table.last]
        aside = [line for line in inside if line.kind in ("note", "caption", "byline")]
        raws += _paragraphs(aside)
        done = table.last
    return [*raws, *_paragraphs(mended(lines[done:]))]


def _table_groups(lines: list[TextLine]) -> Iterator[list[TextLine]]:
    """Split into runs of tabbed lines (with what continues their cells) and runs of others."""
    group: list[TextLine] = []
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


def _in_table(group: list[TextLine], line: TextLine, blanks: int) -> bool:
    """Whether an untabbed line continues the table or box above it."""
    if blanks == 0:
        return True
    width = _width(group)
    cells = sum(1 for x in group if x.kind == "cell")
    return width > 1 and cells % width != 0 and blanks < 2 and not NUMBERED.match(line.text)


def _width(group: list[TextLine]) -> int:
    """Cells of the first row: tabbed lines before the first blank."""
    width = 0
    for line in group:
        if line.kind == "blank" and width:
            break
        width += line.kind == "cell"
    return width


def _table_or_box(group: list[TextLine]) -> list[Raw]:
    cells = _cells(group)
    width = _width(group)
    notes = [Raw(x.body, "note", label=x.label, anchor=x.anchor) for x in group if x.kind == "note"]
    rows = [cells[i : i + width] for i in range(0, len(cells), max(width, 1))]
    if width > 1 and len(rows) > 1 and len(cells) % width == 0:
        grid = Grid([[TracedCell(c) for c in row] for row in rows], 1, merges_known=False)
        return [*table_blocks(grid, _cell_paragraphs), *notes]
    lines = [replace(x, body=x.body.strip(), kind="text") if x.kind == "cell" else x for x in group]
    filled = [x for x in lines if x.kind != "note"]
    raws = _paragraphs(mended([x for x in filled if x.text.strip() or x.kind == "blank"]))
    for raw in raws:
        if raw.kind == "text":
            raw.level, raw.path = PLAIN, ""  # the box is the section of all that stands in it
    return [*raws, *notes, Raw(Traced.of(""), "text", closes_box=True)]


def _cells(group: list[TextLine]) -> list[Traced]:
    """The cells of a table whose rows are written one cell a line."""
    cells: list[Traced] = []
    for line in group:
        if line.kind == "cell":
            cells.append(line.body.strip())
        elif line.kind == "text" and cells:
            cells[-1] = cells[-1] + line.body.strip()
    return cells


def _paragraphs(lines: list[TextLine], *, last_heads: bool = False) -> list[Raw]:
    """The blocks of running lines; the last one may head what follows, or nothing does."""
    raws: list[Raw] = []
    texts = [line for line in lines if line.kind not in ("blank", "cell")]
    for n, line in enumerate(texts):
        if line.kind == "byline" and REPORTER.search(line.text):
            _promote_title(raws)
        if line.kind in ("byline", "caption", "note"):
            raws.append(Raw(line.body.strip(), line.kind, label=line.label, anchor=line.anchor))
        elif line.text.strip():
            raws.append(_paragraph(line.body.strip(), last=n + 1 == len(texts) and not last_heads))
    return raws


def _promote_title(raws: list[Raw]) -> None:
    """A heading or a short line without an end right above a reporter's name is an article's
    title."""
    if not raws or raws[-1].level != PLAIN:
        return
    text = raws[-1].text.strip()
    short = len(text) <= MAX_TITLE_CHARS and text[-1] not in SENTENCE_END and not marker(text)
    if raws[-1].kind == "heading" or (raws[-1].kind == "text" and short):
        raws[-1].kind, raws[-1].level = "heading", ARTICLE


def _paragraph(body: Traced, *, last: bool = False) -> Raw:
    """A heading or running text; a last line without a number heads nothing."""
    marked = MARKDOWN.match(body.text)
    if marked:
        return Raw(body[marked.end() :], "heading", min(len(marked.group(1)), PLAIN - 1))
    level = heading_level(body.text) if body.text else None
    if level is None or (level == PLAIN and last):
        opens, name = opened(body.text)
        return Raw(body, "text", opens, path=name)
    return Raw(body, "heading", level)


def _level_styles(raws: Sequence[Raw]) -> None:
    """Levels of headings that only their format ranks, among those that have numbers too."""
    known: dict[int, int] = {}
    for raw in raws:
        if raw.style and raw.kind == "heading" and raw.level < PLAIN:
            known[raw.style] = min(raw.level, known.get(raw.style, PLAIN))
    for raw in raws:
        if raw.style and raw.kind == "heading" and raw.level == PLAIN:
            raw.level = _style_level(raw.style, known)


def _style_level(style: int, known: dict[int, int]) -> int:
    if style in known:
        return known[style]
    above = [s for s in known if s < style]
    if above:
        return min(known[max(above)] + style - max(above), PLAIN)
    return max(min([style, *(level - 1 for level in known.values())]), ARTICLE)


def _raise_parents(raws: Sequence[Raw]) -> None:
    """A heading without a number right above the first one of a numbered row stands above all of
    them."""
    for raw, below in pairwise([raw for raw in raws if not is_number_line(raw.text)]):
        if raw.kind != "heading" or raw.level != PLAIN or not FIRST.match(below.text):
            continue
        if below.kind == "heading" and below.level < BOX:
            raw.level = below.level - 1
        elif below.kind == "text" and below.level == CLAUSE:
            raw.level = ARTICLE


def _bylines_first(raws: list[Raw]) -> list[Raw]:
    """A byline below a title goes above it, so that the title stays with its text."""
    result: list[Raw] = []
    for raw in raws:
        at = len(result)
        while raw.kind == "byline" and at and result[at - 1].kind == "heading":
            at -= 1
        result.insert(at, raw)
    return result


def _notes_placed(raws: list[Raw]) -> list[Raw]:
    """A note whose mark is known goes after the block that holds the mark."""
    result: list[Raw] = []
    for raw in raws:
        at = len(result)
        if raw.anchor is not None:
            at = _place_of(raw.anchor, result)
        result.insert(at, raw)
    return result


def _place_of(anchor: int, raws: Sequence[Raw]) -> int:
    """Behind the first block that ends at a place in the file or after it, and its notes."""
    found = len(raws)
    for n in range(len(raws) - 1, max(len(raws) - MAX_NOTE_DISTANCE, -1), -1):
        raw = raws[n]
        if raw.kind in ("note", "caption", "byline") or not len(raw.body):
            continue
        if int(raw.body.at[-1]) + MAX_MARK_GAP < anchor:
            break
        found = n + 1
    while found < len(raws) and raws[found].kind == "note":
        found += 1
    return found


def _unhead_signatures(raws: Sequence[Raw]) -> None:
    """A name right above a day is a signature and heads nothing, nor do the organs above it."""
    for n, below in enumerate(raws):
        if not DATE.match(below.text.strip()):
            continue
        for above in reversed(raws[max(n - MAX_SIGNATURES, 0) : n]):
            if above.kind != "heading" or above.level != PLAIN:
                break
            if above is not raws[n - 1] and not organs(above.text):
                break
            above.kind = "text"


def _unhead_attachments(raws: Sequence[Raw]) -> None:
    """The list of what is attached (附件：1.… 2.…) heads nothing."""
    inside = False
    for raw in raws:
        inside = bool(ATTACHED.match(raw.text)) or (
            inside and number_level(raw.text) == number_level("1.")
        )
        if inside and raw.kind in ("heading", "text"):
            raw.kind, raw.level, raw.path = "text", PLAIN, ""


def _unname_items(raws: Sequence[Raw]) -> None:
    """A short numbered sentence names a section only when a text follows that is not the next
    item."""
    for raw, below in pairwise([*raws, Raw(Traced.of(""), "byline")]):
        alone = raw.kind == "text" and raw.path == raw.text.strip().rstrip("。")
        goes_on = below.kind == "text" and below.text.strip() and not marker(below.text)
        if alone and raw.level != CLAUSE and not goes_on:
            raw.path = ""


def _head_questions(raws: Sequence[Raw]) -> None:
    """In a text of questions and answers each question heads its answer."""
    asking = [
        raw
        for raw, below in pairwise(raws)
        if raw.kind == "text" and _asks(raw.text) and below.kind == "text" and not _asks(below.text)
    ]
    if len(asking) >= MIN_QUESTIONS:
        for raw in asking:
            raw.kind, raw.path = "heading", ""
            raw.level = number_level(raw.text) or QUESTION_LEVEL


def _asks(text: str) -> bool:
    return len(text) <= MAX_QUESTION_CHARS and QUESTION.fullmatch(text.strip()) is not None


class _Sections:
    """The headings in force."""

    def __init__(self) -> None:
        self._base: tuple[str, ...] = ()
        self._paths: dict[tuple[str, ...], list[tuple[int, str]]] = {(): []}

    def enter(self, base: tuple[str, ...], *, begins: bool = False) -> None:
        """Into or out of a text of its own (a sheet, a cell), whose headings are its own."""
        if (begins and base) or len(base) > len(self._base) or base not in self._paths:
            self._paths[base] = []
        self._base = base

    def open(self, level: int, name: str) -> None:
        """A heading, or (without a name) a paragraph that ends the sections of its level."""
        path = [p for p in self._paths[self._base] if p[0] < level]
        named = [(level, SPACES.sub(" ", name.strip()))] if name else []
        self._paths[self._base] = path + named

    def close_box(self) -> None:
        """Leave a box, or a table with its title."""
        path = self._paths[self._base]
        box = next((n for n, (level, _) in enumerate(path) if level == BOX), len(path))
        titled = box == len(path) and bool(path) and path[-1][0] == PLAIN
        self._paths[self._base] = path[: box - (titled and path[-1][1].endswith("表"))]

    @property
    def path(self) -> tuple[str, ...]:
        outer = self._paths[()] if self._base else []
        own = self._paths[self._base]
        return (*(name for _, name in outer), *self._base, *(name for _, name in own))


def _sectioned(raws: Sequence[Raw]) -> Iterator[Block]:
    """Give every block the path of headings above it."""
    sections = _Sections()
    made: dict[int, Block] = {}
    for raw in raws:
        sections.enter(raw.base, begins=raw.begins)
        if raw.closes_box:
            sections.close_box()
            continue
        if raw.kind == "byline" and REPORTER.search(raw.text):
            sections.open(ARTICLE, "")  # another article begins; its title may follow
        if raw.kind == "heading":
            sections.open(raw.level, raw.text)
        elif raw.level < PLAIN and not raw.lead:
            sections.open(raw.level, raw.path)
        made[id(raw)] = Block(
            raw.body,
            raw.kind,
            sections.path,
            raw.level,
            head=made.get(id(raw.head)),
            lead=made.get(id(raw.lead)),
            label=raw.label,
            page=raw.page,
            row=raw.row,
            anchor=raw.anchor,
        )
        yield made[id(raw)]
