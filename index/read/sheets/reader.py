"""Spreadsheets (.xlsx, .xlsm, .xls) to tables and the lines round them, by calamine.

Calamine reads values and merged cells, also of files that openpyxl refuses. What it leaves out of
an .xlsx is read from the package itself: formats that change what a value says, frozen header
rows, what is hidden, struck out or white on white and therefore not read, formulas without a
value. Merges of whole rows (`4:4`), which calamine refuses, are written out before it opens a file.
A column without any text of its own is dropped; so are empty rows at the edges of a table.
"""

import datetime
import io
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import dropwhile, groupby

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Cell, Extract, Limits, Paragraph, Part, Table
from policyqa.index.read.ooxml import DAMAGE, is_encrypted
from policyqa.index.read.sheets.formats import formatted, is_month, number
from policyqa.index.read.sheets.package import Hints, prepared
from policyqa.index.text.numerals import TENS

Row = list[Cell]
Merge = tuple[tuple[int, int], tuple[int, int]]
Value = (
    int
    | float
    | str
    | bool
    | datetime.time
    | datetime.date
    | datetime.datetime
    | datetime.timedelta
)

PASSWORD = "文件有密码保护，请先去掉密码再上传"
DAMAGED = "表格文件已损坏或不完整，请用 Excel 或 WPS 打开后另存为 .xlsx"
MAX_EXACT = 10**15
MAX_NAMED = 5
MAX_TITLE = 60
MAX_HEADER_ROWS = 4
MAX_LABEL = 30
MAX_GAP = 20
MAX_TITLE_GAP = 2
LONG_NOTE = 40
ATTACHMENT = re.compile(rf"^附[件表录]?\s*[\d{TENS}]*\s*[:：]?$")
NOTE = re.compile(
    r"^\s*([(（【]?(注|备注|说明|附注|填表|制表|资料来源|数据来源|来源|联系)|[※*＊①-⑳]"
    r"|[(（]?\d{1,2}[)）.、．].{6})"
)
SECOND_LABEL = re.compile(r"[(（].*[)）]|[A-Za-z][^\u4e00-\u9fff]*")  # (万元); Amount


def read(data: bytes, limits: Limits) -> Extract:
    """The tables of a workbook.

    Raises:
        UnreadableFile: behind a password, damaged, too many rows, too large, or without text.
    """
    if is_encrypted(data):
        raise UnreadableFile(PASSWORD)
    try:
        hints: dict[str, Hints] = {}
        struck = 0
        if data.startswith(b"PK"):
            data, hints, struck = prepared(data, limits)
        warnings = [f"单元格里有 {struck} 处文字带删除线，没有读"] if struck else []
        return _extract(CalamineWorkbook.from_filelike(io.BytesIO(data)), hints, limits, warnings)
    except UnreadableFile:
        raise
    except PasswordError as error:
        raise UnreadableFile(PASSWORD) from error
    except (CalamineError, *DAMAGE) as error:
        raise UnreadableFile(DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of Rust, no `Exception` and not importable
            raise
        raise UnreadableFile(DAMAGED) from error


def _extract(
    book: CalamineWorkbook, hints: dict[str, Hints], limits: Limits, warnings: list[str]
) -> Extract:
    parts: list[Part] = []
    rows = 0
    for sheet in book.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible != SheetVisibleEnum.Visible:
            warnings.append(f"工作表“{sheet.name}”是隐藏的，已跳过")
            continue
        try:
            opened = book.get_sheet_by_name(sheet.name)
        except CalamineError:
            warnings.append(f"工作表“{sheet.name}”读不出来，已跳过")
            continue
        said = hints.get(sheet.name, Hints())
        values = opened.to_python(skip_empty_area=False)
        warnings += (f"工作表“{sheet.name}”{line}" for line in _warnings(values, said))
        grid = _grid(values, opened.merged_cell_ranges or (), said)
        rows += sum(map(_has_text, grid))
        if rows > limits.max_rows:
            raise UnreadableFile(f"表格超过上限 {limits.max_rows} 行，请拆成几个文件")
        parts += _parts(grid, sheet.name, said)
    if not parts:
        raise UnreadableFile("；".join(["表格文件里没有文字", *warnings]))
    return Extract(tuple(parts), warnings=tuple(warnings))


# Values and merged cells


def _warnings(values: list[list[Value]], hints: Hints) -> Iterator[str]:
    """What staff should know of a sheet: what was not read, and what is not in the file."""
    filled = [
        (at, n) for at, row in enumerate(values) for n, value in enumerate(row) if value != ""
    ]
    rows = {at for at, _ in filled if at in hints.hidden_rows}
    columns = {n for _, n in filled if n in hints.hidden_columns}
    if rows or columns:
        yield f"有隐藏的 {len(rows)} 行、{len(columns)} 列，没有读；需要时请取消隐藏后再上传"
    if struck := hints.struck.intersection(filled):
        yield f"有 {len(struck)} 个单元格带删除线，没有读"
    if unseen := hints.unseen.intersection(filled):
        yield f"有 {len(unseen)} 个单元格的字与底色相同，看不见，没有读；需要时请改字的颜色后再上传"
    if hints.unsolved:
        yield f"的公式没有保存结果，单元格是空的（{_some(hints.unsolved)}），请打开后重新保存"
    if rounded := [_place(at, n) for at, n in filled if _is_rounded(values[at][n])]:
        yield f"的数字超过 15 位，后面的数位已变成 0（{_some(rounded)}），请改成文本格式重填"


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:MAX_NAMED]) + (f" 等 {len(names)} 个" if len(names) > MAX_NAMED else "")


def _place(row: int, column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, last = divmod(column - 1, 26)
        letters = chr(ord("A") + last) + letters
    return f"{letters}{row + 1}"


def _is_rounded(value: Value) -> bool:
    return isinstance(value, int | float) and abs(value) >= MAX_EXACT


def _grid(values: list[list[Value]], merges: Iterable[Merge], hints: Hints) -> list[Row]:
    """All rows from row 1 on, without columns of which nothing is to be read. A merged cell without
    a value is none; one that begins in what is hidden stands where it can be seen."""
    rows = [
        [Cell(_read(value, at, n, hints)) for n, value in enumerate(row)]
        for at, row in enumerate(values)
    ]
    for (top, left), (bottom, right) in merges:
        if top >= len(rows) or left >= len(rows[top]) or not rows[top][left].text:
            continue
        merged = rows[top][left]
        down = [n for n in range(top, min(bottom + 1, len(rows))) if n not in hints.hidden_rows]
        across = [
            n for n in range(left, min(right + 1, len(rows[top]))) if n not in hints.hidden_columns
        ]
        for at in down:
            for n in across:
                rows[at][n] = Cell(covered="left" if at == down[0] else "above")
        if down and across:
            rows[down[0]][across[0]] = merged
    faded = {n for _, n in hints.struck | hints.unseen}
    gone = hints.hidden_columns | {n for n in faded if not any(r[n].text for r in rows if r[n:])}
    return [
        [Cell() if at in hints.hidden_rows else c for n, c in cells if n not in gone]
        for at, cells in enumerate(map(enumerate, rows))
    ]


def _read(value: Value, at: int, column: int, hints: Hints) -> str:
    left_out = (at, column) in hints.struck or (at, column) in hints.unseen
    return "" if left_out else shown(value, hints.formats.get((at, column), ""))


def shown(value: Value, code: str = "") -> str:
    """A value as text, by its number format where that changes what it says."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return re.sub(r"_x000D_|\r\n?", "\n", value).replace("\n\n", "\n").strip()
    if isinstance(value, int | float):
        return formatted(value, code) if code else number(value)
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, datetime.time):
        return value.isoformat("auto" if value.second else "minutes")[:8]
    return _date(value, code)


def _date(value: datetime.date, code: str) -> str:
    if code and is_month(code):
        return f"{value:%Y-%m}"
    if isinstance(value, datetime.datetime) and (value.hour, value.minute) != (0, 0):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}"


# Tables of a sheet


def _parts(grid: list[Row], sheet: str, hints: Hints) -> Iterator[Part]:
    left_out = hints.hidden_rows | {at for at, _ in hints.struck | hints.unseen}
    for first, rows in _joined(list(_blocks(grid, left_out))):
        yield from _block_parts(first, rows, sheet, hints.header_row)


def _has_text(row: Row) -> bool:
    return any(cell.text for cell in row)


def _blocks(grid: list[Row], left_out: Set[int]) -> Iterator[tuple[int, list[Row]]]:
    """Runs of rows between wholly empty ones, with the number of the first row, from 1; a row that
    was left out parts none."""
    start = 0
    for at in range(len(grid) + 1):
        if at == len(grid) or not any(cell.text or cell.covered for cell in grid[at]):
            if start < at < len(grid) and at in left_out:
                continue
            if at > start:
                yield start + 1, grid[start:at]
            start = at + 1


def _joined(blocks: list[tuple[int, list[Row]]]) -> list[tuple[int, list[Row]]]:
    """Put together what an empty row parts, unless the second piece has a header of its own."""
    joined: list[tuple[int, list[Row]]] = []
    for first, rows in blocks:
        if joined:
            before, above = joined[-1]
            gap = first - before - len(above)
            if gap <= MAX_GAP and _belongs(above, rows, gap):
                empty = [[Cell() for _ in rows[0]] for _ in range(gap)]
                joined[-1] = (before, above + empty + rows)
                continue
        joined.append((first, rows))
    return joined


def _belongs(above: list[Row], rows: list[Row], gap: int) -> bool:
    """Whether rows below a gap go on with the table above it, or `above` is their title."""
    if _is_lines(above):
        notes = any(NOTE.match(cell.text) for row in above for cell in row)
        return gap <= MAX_TITLE_GAP and not notes and not _is_lines(rows)
    return not _has_own_header(above, rows)


def _filled(row: Row) -> list[int]:
    return [at for at, cell in enumerate(row) if cell.text]


def _is_line(row: Row) -> bool:
    """Whether one cell is all the row has."""
    return len(_filled(row)) == 1 and not any(cell.covered == "above" for cell in row)


def _is_lines(rows: Sequence[Row]) -> bool:
    return all(_is_line(row) for row in rows if _has_text(row))


def _has_own_header(above: list[Row], rows: list[Row]) -> bool:
    if _is_line(rows[0]):
        return True
    heads = [[cell.text for cell in row] for row in above[:MAX_HEADER_ROWS]]
    head = rows[0]
    if [cell.text for cell in head] in heads:
        return True
    if any(cell.covered == "above" or _is_number(cell.text) for cell in head):
        return False
    used, filled = _used(rows), _filled(head)
    other_span = (used[0], used[-1]) != (_used(above)[0], _used(above)[-1])
    over_numbers = any(rows[1:]) and any(
        all(_is_number(row[at].text) for row in rows[1:]) for at in filled
    )
    return filled == used and (other_span or (len(rows) > 1 and over_numbers))


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?[\d.,]+%?|\d{4}-\d{2}(-\d{2})?", text))


def _used(rows: list[Row]) -> list[int]:
    """The columns with text of their own."""
    return sorted({at for row in rows for at in _filled(row)})


def _block_parts(
    first: int, rows: list[Row], sheet: str, header_row: int, above: Sequence[str] = ()
) -> Iterator[Part]:
    """The lines over a block, its table or those that stand side by side, and the notes below.

    Args:
        above: titles that the block shares with others.
    """
    used = _used(rows)
    top, bottom = 0, len(rows)
    if _is_lines(rows):
        top = bottom
    while top < bottom - 1 and (not _has_text(rows[top]) or _spans(rows[top], used)):
        top += 1
    while bottom > top + 1 and (
        not _has_text(rows[bottom - 1]) or _is_note(rows[bottom - 1], used)
    ):
        bottom -= 1
    is_table = bottom > top
    lead = [(n, row[at].text) for n, row in enumerate(rows[:top], first) for at in _filled(row)]
    title = [line for _, line in lead if is_table and _is_title(line)]
    yield from (p for n, line in lead if line not in title for p in _lines(line, sheet, n))
    title = [*above, *title]
    kept = rows[top:bottom]
    if len(beside := _beside(kept)) > 1:
        for piece in beside:
            yield from _block_parts(first + top, piece, sheet, header_row, title)
    elif is_table:
        yield _table(first + top, kept, sheet, header_row, title)
    for n, row in enumerate(rows[bottom:] if is_table else (), first + bottom):
        yield from (line for at in _filled(row) for line in _lines(row[at].text, sheet, n))


def _table(first: int, rows: list[Row], sheet: str, header_row: int, title: Sequence[str]) -> Table:
    columns = _used(rows)
    header_rows = header_row - first + 1
    below = range(1, min(header_rows, MAX_HEADER_ROWS + 1, len(rows)))
    header_rows = next((n for n in below if _is_data(rows, n)), header_rows)
    return Table(
        rows=tuple(tuple(row[at] for at in columns) for row in _uncovered(rows)),
        title=" ".join(" ".join(title).split()),
        header_rows=header_rows if 1 <= header_rows <= MAX_HEADER_ROWS else None,
        sheet=sheet,
        first_row=first,
    )


def _beside(rows: list[Row]) -> list[list[Row]]:
    """The tables of a block that stand side by side: an empty column parts them, each has its own
    header, and the first column of those to the right names their rows."""
    columns = list(zip(*rows, strict=True))
    runs = groupby(range(len(columns)), lambda n: any(c.text or c.covered for c in columns[n]))
    spans = [list(run) for filled, run in runs if filled]
    pieces = [[[row[n] for n in span] for row in rows] for span in spans]
    if len(pieces) < 2 or not all(map(_head, pieces)):
        return [rows]
    first, *others = pieces
    own = all(_head(piece)[0] in _head(first) or _names_rows(piece) for piece in others)
    return pieces if own else [rows]


def _head(rows: list[Row]) -> list[str]:
    """The labels over all columns of a table of two or more; none where its first row has none."""
    head, *below = _proper(rows) or [[]]
    labels = [cell.text for cell in head]
    words = all(0 < len(text) <= MAX_LABEL and not _is_number(text) for text in labels)
    return labels if len(labels) > 1 and words and any(map(_has_text, below)) else []


def _names_rows(rows: list[Row]) -> bool:
    """Whether the first column has a word for each of some rows, no two alike, none a figure."""
    names = [row[0].text for row in _proper(rows)[1:] if _has_text(row)]
    return 1 < len(set(names)) == len(names) and all(
        re.match(r"[^\d¥￥.-]", name) for name in names
    )


def _proper(rows: list[Row]) -> list[Row]:
    """The rows without lines above them."""
    return list(dropwhile(lambda row: len(_filled(row)) < 2, rows))


def _is_data(rows: list[Row], at: int) -> bool:
    """Whether a row that is frozen under a header is a row of data: it has a text; or it fills
    columns that have their label already, with a number, or all that the row below fills too."""
    row, below = rows[at], next(filter(_has_text, rows[at + 1 :]), [])
    if any(cell.covered == "above" for cell in row):
        return False
    texts = [row[n].text for n in _filled(row)]
    if any(len(text) > MAX_LABEL or re.search("[。；]", text) for text in texts):
        return True
    grouped = {
        n
        for above in rows[:at]
        for n, (cell, after) in enumerate(zip(above, [*above[1:], Cell()], strict=True))
        if "left" in (cell.covered, after.covered)
    }
    labelled = set(_used(rows[:at])) - grouped
    stacked = labelled.intersection(_filled(row))
    if not stacked or all(map(SECOND_LABEL.fullmatch, texts)):
        return False
    whole = labelled >= set(_used(rows)) and len(texts) >= len(_filled(below))
    return whole or any(map(_is_number, texts))


def _uncovered(rows: list[Row]) -> list[Row]:
    """The rows, the first without cells that a title line above the table covers."""
    return [[Cell() if cell.covered == "above" else cell for cell in rows[0]], *rows[1:]]


def _spans(row: Row, used: list[int]) -> bool:
    """Whether the row's only cell stands over the whole block: at its left, or merged wide."""
    if not _is_line(row):
        return False
    merged = sum(cell.covered == "left" for cell in row)
    return _filled(row)[0] == used[0] or merged * 2 >= len(row)


def _is_note(row: Row, used: list[int]) -> bool:
    if not _is_line(row) or not _spans(row, used):
        return False
    text = row[_filled(row)[0]].text
    merged = sum(cell.covered == "left" for cell in row)
    return bool(NOTE.match(text)) or len(text) > LONG_NOTE or merged * 2 >= len(row) > 2


def _is_title(line: str) -> bool:
    return len(line) <= MAX_TITLE and not ATTACHMENT.match(line) and not line.endswith("。")


def _lines(text: str, sheet: str, row: int) -> Iterator[Paragraph]:
    lines = (line.strip() for line in text.split("\n"))
    return (Paragraph(line, sheet=sheet, row=row) for line in lines if line)
