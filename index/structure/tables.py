"""Tables to rows that can be read alone: header labels, merged cells filled, long cells as text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

import numpy as np
from numpy.typing import NDArray

from policyqa.index.read.extract import Covered
from policyqa.index.structure.blocks import BOX, PLAIN, Raw
from policyqa.index.structure.headings import heading_level
from policyqa.index.text.traced import Traced, joined

MAX_LABEL_CHARS = 30
MAX_CELL_CHARS = 300
MAX_ROW_CHARS = 420
MAX_HEADER_ROWS = 4
MAX_NAME_CHARS = 40
MAX_FORM_CHARS = 12
MAX_PAIR_CELLS, MAX_PAIR_LABEL_CHARS, MIN_PARTICULARS = 6, 14, 0.6
PARTICULAR = re.compile(
    "(?:名称|编码|类型|类别|性质|主体|对象|条件|材料|流程|程序|环节|时限|期限|时间|日期|地点|地址|电话|热线|网址|邮箱|方式|渠道"
    "|窗口|部门|单位|机构|机关|依据|标准|范围|结果|频次|要求|内容|说明|数量|份数|金额|形式|备注|年限|来源|姓名|性别|学历|职称|次数"
    "|情况|字号|文号|标题|主题)$"
)
LINE_BREAK = re.compile(r"[\r\n\x0b\x0c\u2028\u2029]+")
SPACES = re.compile(r"[ \u3000\t\xa0]+")
UNIT = (
    "(?:[万千百亿]*(?:元|分|个月|月|年|日|天|周?岁|人|级|档|倍|平方米|㎡|[%％])|[万千百亿]+)"
    "(?:/[^\\W\\d]{1,3})?[)）]?"
)
BREAK = r"[ \t]*[\r\n\x0b\x0c\u2028\u2029]\s*+"
GOES_ON = "至到—–~、，。；：,;:/和或及与以起的内之后前元(（)）"
# The end of a line before one that is an item too: 本科8000元, 良好80 (both so), before 2.年龄.
ITEM_END = re.compile(
    rf"\d\s*+{UNIT}{BREAK}(?![{GOES_ON}])"
    rf"|\d{BREAK}(?![{GOES_ON}]|{UNIT})(?=.*\d[ \t]*$)"
    rf"|[^。；;，,、：:\s]{BREAK}(?=\d{{1,2}}[.、．)）](?!\d))",
    re.MULTILINE,
)
NAME = re.compile("[^。；;]{0,150}")
FIGURES_ONLY = re.compile(r"[\d\s.,，%％—/:-]+")
REMARK = re.compile(r"^\s*(注|备注|说明|附注|资料来源|数据来源)\s*[:：\d一]")

Paragraphs = Callable[[Sequence[Traced]], list[Raw]]


@dataclass(frozen=True)
class TracedCell:
    """A cell with its place in the file; `covered` as in `index.read.extract.Cell`."""

    body: Traced
    covered: Covered = ""

    @property
    def text(self) -> str:
        return self.body.text.strip()


@dataclass(frozen=True)
class Grid:
    """Rows of equal length and what is known of them; see `index.read.extract.Table`."""

    rows: Sequence[Sequence[TracedCell]]
    header_rows: int | None = None
    merges_known: bool = True
    page: int | None = None
    first_row: int | None = None
    base: tuple[str, ...] = ()
    pairs: bool = False
    pages: Sequence[int] = ()


def table_blocks(grid: Grid, paragraphs: Paragraphs) -> list[Raw]:
    """The blocks of one table: lines above it, its header, its rows, remarks below.

    Args:
        grid: the table.
        paragraphs: makes blocks of the lines of a cell that holds a whole text.
    """
    numbered = [(n, list(row)) for n, row in enumerate(grid.rows) if any(c.text for c in row)]
    above, numbered = _spanning(numbered)
    raws = [raw for n, row in above for raw in _across(grid, n, row, paragraphs)]
    if not numbered:
        return raws
    if _is_form([row for _, row in numbered]):
        return [*raws, *(_form_line(grid, n, row) for n, row in numbered)]
    if has_pairs([row for _, row in numbered], grid):
        for n, row in numbered:
            raws += _pairs(grid, n, row, paragraphs)
        return [*raws, Raw(Traced.of(""), "text", base=grid.base, closes_box=True)]
    rows = _filled([row for _, row in numbered], merges_known=grid.merges_known)
    count = header_count(rows, _without(above, grid))
    labels = _labels(rows[:count])
    header = Raw(_row(labels), "header", base=grid.base, page=grid.page)
    raws += [header] if count else []
    body = list(zip(numbered, rows, strict=True))[count:]
    names = _name_columns([row for (_, own), row in body if not _is_across(own)])
    for (n, original), row in body:
        name = " ".join(closed_up(cell.body).text for cell in row[:names] if cell.text)
        bases = [
            _named(grid.base, name, *(label.text for label in labels[i : i + 1]))
            for i in range(len(row))
        ]
        raws += _body(grid, n, original, row, header if count else None, bases, paragraphs)
    return [*raws, Raw(Traced.of(""), "text", base=grid.base, closes_box=True)]


def _spanning(
    numbered: list[tuple[int, list[TracedCell]]],
) -> tuple[list[tuple[int, list[TracedCell]]], list[tuple[int, list[TracedCell]]]]:
    """Rows of one cell above the table proper (its title, its unit), and the rest."""
    first = next((i for i, (_, row) in enumerate(numbered) if _count(row) > 1), len(numbered))
    return numbered[:first], numbered[first:]


def _without(above: Sequence[tuple[int, object]], grid: Grid) -> Grid:
    """The grid without lines above it that the format counts among its header rows."""
    if not grid.header_rows:
        return grid
    stated = grid.header_rows - sum(n < grid.header_rows for n, _ in above)
    return replace(grid, header_rows=stated or None)


def _count(row: Sequence[TracedCell]) -> int:
    return sum(1 for cell in row if cell.text)


def _line(grid: Grid, n: int, row: Sequence[TracedCell]) -> Raw:
    """A row of one cell: a line of text, or a heading inside the table."""
    body = closed_up(next(cell.body for cell in row if cell.text))
    heading = len(body) <= MAX_LABEL_CHARS and not REMARK.match(body.text)
    heading = heading and heading_level(body.text) is not None
    kind, level = ("heading", BOX) if heading else ("text", PLAIN)
    return _placed(Raw(body, kind, level, base=grid.base), grid, n)  # type: ignore[arg-type]


def _across(grid: Grid, n: int, row: Sequence[TracedCell], paragraphs: Paragraphs) -> list[Raw]:
    """A row of one cell: a line, or the text of several lines that the cell holds (a page laid
    out by a table)."""
    body = next(cell.body for cell in row if cell.text)
    lines = [line.strip() for line in body.split(LINE_BREAK) if line.text.strip()]
    if len(lines) < 2 or len(body) <= MAX_CELL_CHARS:
        return [_line(grid, n, row)]
    raws = [_placed(raw, grid, n) for raw in paragraphs(lines)]
    for raw in raws:
        raw.base = grid.base
    return raws


def _form_line(grid: Grid, n: int, row: Sequence[TracedCell]) -> Raw:
    raw = Raw(_row([closed_up(c.body) for c in row]), "row", base=grid.base)
    return _placed(raw, grid, n)


def has_pairs(rows: Sequence[Sequence[TracedCell]], grid: Grid) -> bool:
    """Whether labels stand to the left of their values, row by row, and no header above them: the
    format says so, or most of the cells in these places are words for particulars and the first
    value is none."""
    if grid.pairs or grid.header_rows is not None:
        return grid.pairs
    own = [cells for cells in map(_own, rows) if len(cells) > 1]
    if len(own) < 2 or any(len(cells) % 2 or len(cells) > MAX_PAIR_CELLS for cells in own):
        return False
    labels = [cell.text for cells in own for cell in cells[::2]]
    named = sum(bool(PARTICULAR.search(label)) for label in labels)
    short = all(0 < len(label) <= MAX_PAIR_LABEL_CHARS for label in labels)
    if not short or len(set(labels)) < len(labels) or named < MIN_PARTICULARS * len(labels):
        return False
    return not all(PARTICULAR.search(cell.text) for cell in own[0][1::2])


def _own(row: Sequence[TracedCell]) -> list[TracedCell]:
    """The cells of a row without those that merged cells cover."""
    return [cell for cell in row if not cell.covered]


def _pairs(grid: Grid, n: int, row: Sequence[TracedCell], paragraphs: Paragraphs) -> list[Raw]:
    """The blocks of one row of labels and values; a value of several lines is a text below its
    label."""
    cells = _own(row)
    if len(cells) % 2:
        return [_line(grid, n, row)] if _count(row) == 1 else [_form_line(grid, n, row)]
    raws: list[Raw] = []
    for label, value in zip(cells[::2], cells[1::2], strict=True):
        lines = [line.strip() for line in value.body.split(LINE_BREAK) if line.text.strip()]
        name = closed_up(label.body)
        head = _placed(Raw(name, "header", base=grid.base), grid, n)
        if len(lines) == 1 and len(lines[0]) <= MAX_CELL_CHARS:
            raws += [head, _placed(Raw(closed_up(lines[0]), "row", head=head), grid, n)]
            raws[-1].base = grid.base
        elif lines:
            below = [head, *(_placed(raw, grid, n) for raw in paragraphs(lines))]
            for raw in below:
                raw.base = (*grid.base, name.text[:MAX_NAME_CHARS])
            raws += below
    return raws


def _placed(raw: Raw, grid: Grid, n: int) -> Raw:
    raw.page = grid.pages[n] if grid.pages else grid.page
    raw.row = None if grid.first_row is None else grid.first_row + n
    return raw


def header_count(rows: Sequence[Sequence[TracedCell]], grid: Grid) -> int:
    """How many rows on top are labels: what the format says, else one row of short words without
    numbers, and the rows below it that its merged cells reach into."""
    if grid.header_rows is not None:
        return min(grid.header_rows, len(rows) - 1)
    texts = [cell.text for cell in rows[0] if cell.text and not cell.covered]
    wordy = [t for t in texts if len(t) <= MAX_LABEL_CHARS and not FIGURES_ONLY.fullmatch(t)]
    if len(rows) < 2 or len(texts) < 2 or len(wordy) < len(texts):
        return 0
    count = 1
    split = any(cell.covered == "left" for cell in rows[0])
    while split and count < min(MAX_HEADER_ROWS, len(rows) - 1) and _reached(rows[count]):
        count += 1
    return count


def _is_form(rows: Sequence[Sequence[TracedCell]]) -> bool:
    """Whether a table is a form to be filled in: short words with empty cells behind them, also
    in the first row, which heads nothing."""
    filled = [cell.text for row in rows for cell in row if cell.text and not cell.covered]
    wordy = all(len(t) <= MAX_FORM_CHARS and not re.search(r"\d", t) for t in filled)
    blank = [_blanks(row) for row in rows]
    return wordy and blank[0] > 0 and sum(n > 0 for n in blank) * 2 >= len(rows)


def _blanks(row: Sequence[TracedCell]) -> int:
    """Empty cells behind a word."""
    pairs = pairwise(row)
    return sum(bool(a.text) and not b.text and not b.covered for a, b in pairs)


def _reached(row: Sequence[TracedCell]) -> bool:
    """Whether a merged cell of the row above reaches into this one, and nothing here is long."""
    above = any(cell.covered == "above" for cell in row)
    return above and all(len(cell.text) <= MAX_LABEL_CHARS for cell in row)


def _filled(rows: Sequence[Sequence[TracedCell]], *, merges_known: bool) -> list[list[TracedCell]]:
    """Cells that a merged cell covers from above, with its words; where the format cannot tell,
    the empty cells before a row's first word are taken for covered."""
    result: list[list[TracedCell]] = []
    for row in rows:
        first = next(i for i, cell in enumerate(row) if cell.text or cell.covered)
        above = result[-1] if result else []
        result.append(
            [
                TracedCell(above[i].body, "above")
                if i < len(above) and (cell.covered == "above" or (not merges_known and i < first))
                else cell
                for i, cell in enumerate(row)
            ]
        )
    return result


def _labels(rows: Sequence[Sequence[TracedCell]]) -> list[Traced]:
    """One label a column: the distinct words of the header rows, from top to bottom."""
    labels: list[Traced] = []
    for column in range(len(rows[0]) if rows else 0):
        parts: list[Traced] = []
        for row in rows:
            cell = row[column]
            if cell.covered == "left":
                cell = next(c for c in reversed(row[: column + 1]) if c.covered != "left")
            body = closed_up(cell.body)
            if body.text and body.text not in [part.text for part in parts]:
                parts.append(body)
        labels.append(_spaced(parts))
    return labels


def _spaced(parts: Sequence[Traced]) -> Traced:
    """Parts of one label with a space between."""
    spaced: list[Traced] = []
    for part in parts:
        spaced += [Traced(" ", spaced[-1].at[-1:]), part] if spaced else [part]
    return joined(spaced)


def _body(
    grid: Grid,
    n: int,
    original: Sequence[TracedCell],
    row: Sequence[TracedCell],
    header: Raw | None,
    bases: Sequence[tuple[str, ...]],
    paragraphs: Paragraphs,
) -> list[Raw]:
    """The blocks of one row: itself, or a line across the table; then the texts in its cells. What
    merged cells cover is no row of its own, nor is their text written below it once more.

    Args:
        bases: the names above the text of each cell.
    """
    if _is_across(original):
        return _across(grid, n, original, paragraphs)
    long = _long_cells(row)
    short = list(row)
    for column in long:
        short[column] = replace(row[column], body=row[column].body[:0])
    raws: list[Raw] = []
    if _count(_own(short)):
        raws.append(_placed(Raw(_row([closed_up(c.body) for c in short]), "row"), grid, n))
        raws[0].head, raws[0].base = header, grid.base
    for column in (column for column in long if not row[column].covered):
        lines = [line.strip() for line in row[column].body.split(LINE_BREAK) if line.text.strip()]
        text = [_placed(raw, grid, n) for raw in paragraphs(lines)]
        for at, raw in enumerate(text):
            raw.base, raw.begins = bases[column], at == 0
        raws += text
    return raws


def _is_across(row: Sequence[TracedCell]) -> bool:
    """Whether a row is one line across the table: its only cell stands first or is merged wide."""
    alone = _count(row) == 1 and len(row) > 2 and not any(c.covered == "above" for c in row)
    return alone and (bool(row[0].text) or any(c.covered == "left" for c in row))


def _name_columns(rows: Sequence[Sequence[TracedCell]]) -> int:
    """How many columns at the left name their rows: no cell of theirs is a text or a sentence."""
    columns = zip(*rows, strict=True)
    named = (all(NAME.fullmatch(closed_up(cell.body).text) for cell in cells) for cells in columns)
    return sum(1 for _ in takewhile(bool, named))


def _named(base: tuple[str, ...], *names: str) -> tuple[str, ...]:
    return (*base, *(name[:MAX_NAME_CHARS] for name in names if name))


def _long_cells(row: Sequence[TracedCell]) -> list[int]:
    """Columns whose cells are texts of their own: beyond 300 characters, or the longest ones of a
    row that would be too long to be read as one."""
    sizes = [len(cell.text) for cell in row]
    left = sum(size for size in sizes if size <= MAX_CELL_CHARS)
    long: list[int] = []
    for i in sorted(range(len(sizes)), key=lambda i: -sizes[i]):
        if sizes[i] <= MAX_CELL_CHARS:
            if left <= MAX_ROW_CHARS:
                break
            left -= sizes[i]
        long.append(i)
    return sorted(long)


def closed_up(body: Traced) -> Traced:
    """A cell on one line; spaces that only stretch a short Chinese cell (指 标) are taken out, one
    stands between lines with figures that are items of their own."""
    items, last = [], 0
    if sum(bool(re.search(r"\d", line)) for line in LINE_BREAK.split(body.text)) > 1:
        for match in ITEM_END.finditer(body.text):
            items.append(_on_one_line(body[last : match.end()]))
            last = match.end()
    return _spaced([item for item in (*items, _on_one_line(body[last:])) if item.text])


def _on_one_line(body: Traced) -> Traced:
    stripped = body.strip()
    if not re.search(r"[A-Za-z0-9]\s+[A-Za-z0-9]", stripped.text):
        stripped = stripped.without(LINE_BREAK)
    else:
        stripped = Traced(
            LINE_BREAK.sub(lambda m: " " * len(m.group()), stripped.text), stripped.at
        )
    short = len(stripped) <= 24 and not re.search(r"[A-Za-z0-9] +[A-Za-z0-9]", stripped.text)
    return stripped.without(SPACES) if short else _untabbed(stripped)


def _untabbed(body: Traced) -> Traced:
    return Traced(body.text.replace("\t", " "), body.at)


def _row(cells: Sequence[Traced]) -> Traced:
    """One row, its cells separated by tabs; the tab keeps the place of the character before."""
    parts: list[Traced] = []
    for number, cell in enumerate(cells):
        if number:
            parts.append(Traced("\t", cell.at[:1] if len(cell) else _last(parts)))
        parts.append(cell)
    return joined(parts)


def _last(parts: Sequence[Traced]) -> NDArray[np.int32]:
    for part in reversed(parts):
        if len(part):
            return part.at[-1:]
    return Traced.of(" ").at
