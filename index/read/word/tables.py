"""A `w:tbl` to rows of equal length, merged cells told apart from empty ones."""

from collections.abc import Callable, Iterator

from policyqa.index.read.extract import Cell, Table
from policyqa.index.read.ooxml import Element, local
from policyqa.index.read.word.styles import W, child, is_on, number, value

MAX_SPAN = 200
WRAPPERS = ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")
LEFT = Cell(covered="left")
ABOVE = Cell(covered="above")


def table_of(node: Element, text_of: Callable[[Element], str]) -> Table:
    """The table as it is shown; `text_of` reads one `w:tc`. Wholly empty rows are left out.

    A column without any text of its own, left over by spans, is dropped. `rows` may be empty.
    """
    headed: list[bool] = []
    rows: list[list[Cell]] = []
    lost: set[int] = set()  # the columns whose merged cell began in a row that is left out
    for row in _inside(node, "tr"):
        if child(row, "trPr", "del") is not None or is_hidden(row):
            cells = list(_cells(row, lambda _: "", first=False))
            lost |= {at for at, cell in enumerate(cells) if cell != ABOVE}
            continue
        cells = list(_cells(row, text_of, first=not rows))
        lost -= {at for at, cell in enumerate(cells) if cell != ABOVE}
        cells = [Cell() if at in lost else cell for at, cell in enumerate(cells)]
        if any(cell.text or cell.covered for cell in cells):
            rows.append(cells)
            headed.append(is_on(child(row, "trPr", "tblHeader")))
    leading = next((at for at, is_head in enumerate(headed) if not is_head), len(headed))
    return Table(rows=_even(rows), header_rows=leading or None)


def is_hidden(row: Element) -> bool:
    """Whether a row is not shown."""
    return is_on(child(row, "trPr", "hidden"))


def hidden_rows(node: Element) -> list[str]:
    """The words of each row that is not shown."""
    rows = (row for row in _inside(node, "tr") if is_hidden(row))
    return [" ".join(text.text or "" for text in row.iter(W + "t")) for row in rows]


def sole_cell(node: Element) -> Element | None:
    """The cell of a table that is only a frame round text, else None."""
    rows = [row for row in _inside(node, "tr") if not is_hidden(row)]
    cells = [cell for row in rows for cell in _inside(row, "tc")]
    return cells[0] if len(cells) == 1 else None


def _inside(node: Element, name: str) -> Iterator[Element]:
    for item in node:
        tag = local(item)
        if tag == name:
            yield item
        elif tag in WRAPPERS:
            yield from _inside(item, name)


def _cells(row: Element, text_of: Callable[[Element], str], *, first: bool) -> Iterator[Cell]:
    for _ in range(min(number(child(row, "trPr", "gridBefore"), 0), MAX_SPAN)):
        yield Cell()
    for cell in _inside(row, "tc"):
        span = max(1, min(number(child(cell, "tcPr", "gridSpan"), 1), MAX_SPAN))
        if _continues(cell, "vMerge") and not first:
            yield from [ABOVE] * span
        elif _continues(cell, "hMerge"):
            yield from [LEFT] * span
        else:
            yield Cell(text_of(cell))
            yield from [LEFT] * (span - 1)


def _continues(cell: Element, name: str) -> bool:
    merge = child(cell, "tcPr", name)
    return merge is not None and value(merge) != "restart"


def _even(rows: list[list[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    width = max(map(len, rows), default=0)
    padded = [row + [Cell()] * (width - len(row)) for row in rows]
    kept = [at for at in range(width) if any(row[at].text or not row[at].covered for row in padded)]
    return tuple(tuple(row[at] for at in kept) for row in padded)
