"""Tables of a web page: which are data, which only lay the page out; merged cells resolved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Cell, Limits, Table
from policyqa.index.read.html.tree import Node

MAX_COLSPAN = 100
MAX_CELLS = 2_000_000
LONG_CELL_CHARS = 300
CellText = Callable[[Node], str]


@dataclass(frozen=True)
class Origin:
    """A cell where it begins: `row`, `column` and how far it reaches."""

    row: int
    column: int
    rows: int
    columns: int
    node: Node


def rows_of(table: Node) -> list[Node]:
    """The rows of a table itself, not those of tables inside."""
    found: list[Node] = []
    for child in table.elements():
        if child.tag == "tr":
            found.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            found += [row for row in child.elements() if row.tag == "tr"]
    return [row for row in found if any(True for _ in cells_of(row))]


def cells_of(row: Node) -> list[Node]:
    return [cell for cell in row.elements() if cell.tag in ("td", "th")]


def is_data(table: Node) -> bool:
    """Whether a table holds data; otherwise it lays out the page, and its cells are read as text.

    Data has two rows and two columns with words; a table whose words stand mostly in tables
    inside it, or in one long cell among few, is layout.
    """
    if table.attrs.get("role") in ("presentation", "none"):
        return False
    rows = [cells_of(row) for row in rows_of(table)]
    cells = [cell for row in rows for cell in row]
    if any(child.tag == "caption" for child in table.elements()) and cells:
        return True
    filled = [cell for cell in cells if cell.chars]
    wide = sum(1 for row in rows if sum(1 for cell in row if cell.chars) > 1)
    if not wide or sum(1 for row in rows if any(cell.chars for cell in row)) < 2:
        return False
    if _nested_chars(table) > 0.5 * table.chars:
        return False
    if any(cell.tag == "th" for cell in cells):
        return True
    longest = max(cell.chars for cell in filled)
    few = len(filled) <= 4 or wide == 1
    return not (few and longest > max(LONG_CELL_CHARS, 0.5 * table.chars))


def _nested_chars(table: Node) -> int:
    """Characters in the outermost tables inside a table."""
    total, stack = 0, list(table.elements())
    while stack:
        node = stack.pop()
        if node.tag == "table":
            total += node.chars
        else:
            stack.extend(node.elements())
    return total


def table_of(table: Node, cell_text: CellText, limits: Limits) -> Table:
    """A data table.

    Args:
        table: the element.
        cell_text: the words of a cell, its lines separated by line breaks.
        limits: bounds on rows.

    Raises:
        UnreadableFile: too many rows or cells.
    """
    rows = rows_of(table)
    if len(rows) > limits.max_rows:
        raise UnreadableFile(f"表格有 {len(rows)} 行，超过上限 {limits.max_rows} 行，请拆分")
    grid = _grid(_origins(rows), len(rows), cell_text)
    caption = next((child for child in table.elements() if child.tag == "caption"), None)
    title = caption.text() if caption is not None else ""
    return Table(grid, title=title, header_rows=_header_rows(rows), pairs=_has_pairs(rows))


def _header_rows(rows: Sequence[Node]) -> int | None:
    """How many rows on top the page marks as labels; None when it marks none."""
    count = 0
    for row in rows:
        marked = all(cell.tag == "th" for cell in cells_of(row))
        if not marked and (row.parent is None or row.parent.tag != "thead"):
            break
        count += 1
    return count or None


def _has_pairs(rows: Sequence[Node]) -> bool:
    """Whether the page marks every other cell as the label of the next one."""
    tags = [[cell.tag for cell in cells_of(row)] for row in rows if len(cells_of(row)) > 1]
    return len(tags) > 1 and all(row == ["th", "td"] * (len(row) // 2) for row in tags)


def _span(cell: Node, name: str, most: int) -> int:
    digits = cell.attrs.get(name, "").strip()
    return max(1, min(int(digits[:6]), most)) if digits.isdecimal() and digits.isascii() else 1


def _origins(rows: Sequence[Node]) -> list[Origin]:
    """Every cell with its place, as a browser lays them out."""
    found: list[Origin] = []
    busy: dict[int, int] = {}
    for number, row in enumerate(rows):
        column = 0
        for cell in cells_of(row):
            while busy.get(column, 0) > number:
                column += 1
            down = _span(cell, "rowspan", len(rows) - number)
            if cell.attrs.get("rowspan", "").strip() == "0":
                down = len(rows) - number
            across = _span(cell, "colspan", MAX_COLSPAN)
            found.append(Origin(number, column, down, across, cell))
            for covered in range(column, column + across) if down > 1 else ():
                busy[covered] = number + down
            column += across
    return found


def _grid(
    origins: Sequence[Origin], height: int, cell_text: CellText
) -> tuple[tuple[Cell, ...], ...]:
    """Rows of equal length. Columns in which no cell begins are of no use and are left out."""
    width = max((origin.column for origin in origins), default=-1) + 1
    if width * height > MAX_CELLS:
        raise UnreadableFile(f"表格有 {height} 行 {width} 列，超过上限 {MAX_CELLS} 格，请拆分")
    grid = [[Cell()] * width for _ in range(height)]
    for origin in origins:
        right = min(origin.column + origin.columns, width)
        for row in range(origin.row, min(origin.row + origin.rows, height)):
            covered = Cell(covered="above" if row > origin.row else "left")
            grid[row][origin.column : right] = [covered] * (right - origin.column)
            if row > origin.row and right - origin.column > 1:
                left = [Cell(covered="left")] * (right - origin.column - 1)
                grid[row][origin.column + 1 : right] = left
        grid[origin.row][origin.column] = Cell(cell_text(origin.node))
    return tuple(tuple(row) for row in grid)
