"""Delimited text (.csv, .tsv) to one table; a file that is no table to plain text."""

import csv
import io
from collections import Counter

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.encoding import decode
from policyqa.index.read.extract import Cell, Extract, Limits, Plain, Table

DELIMITERS = ",\t;|，"
SAMPLE_ROWS = 200
MAX_CELL = 1_000_000

Rows = list[list[str]]


def read(data: bytes, limits: Limits) -> Extract:
    """One table, its shorter rows filled up with empty cells.

    Raises:
        UnreadableFile: binary, of unknown encoding, empty, too many rows, or a quote never ends.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not text.strip():
        raise UnreadableFile("文件是空的")
    delimiter, text = _declared(text)
    rows = _rows(text, delimiter or delimiter_of(text))
    if len(rows) > limits.max_rows:
        raise UnreadableFile(
            f"表格有 {len(rows)} 行，超过上限 {limits.max_rows} 行，请拆成几个文件"
        )
    if sum(_width(row) > 1 for row in rows) * 2 <= sum(_width(row) > 0 for row in rows):
        return Extract((Plain(text),))
    return Extract((_table(rows, text),))


def delimiter_of(text: str) -> str:
    """The sign that parts most rows into the same number (over one) of cells; "," without one.

    `csv.Sniffer` was refused: it takes a Chinese text for parted by any frequent character.
    """
    sample = "\n".join(text.split("\n", SAMPLE_ROWS)[:SAMPLE_ROWS])
    return max(DELIMITERS, key=lambda sign: _agreement(_parsed(sample, sign)))


def _agreement(rows: Rows) -> tuple[float, int]:
    """How many rows have the commonest width over one, as a share; and that width."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count / max(1, sum(map(any, rows))), width


def _declared(text: str) -> tuple[str, str]:
    """Excel's first line `sep=;`, and the text below it."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], rest
    return "", text


def _rows(text: str, delimiter: str) -> Rows:
    """The rows; with quotes as plain signs where a quote that never ends has eaten the rest."""
    rows = _parsed(text, delimiter)
    lines = text.count("\n") + 1
    eaten = max((sum(cell.count("\n") for cell in row) for row in rows), default=0)
    if eaten > 100 and eaten * 2 > lines:
        rows = _parsed(text, delimiter, quoted=False)
    return rows


def _parsed(text: str, delimiter: str, *, quoted: bool = True) -> Rows:
    csv.field_size_limit(MAX_CELL)
    lines = io.StringIO(text, newline="")
    try:
        if quoted:
            return list(csv.reader(lines, delimiter=delimiter))
        return list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    except csv.Error as error:
        if quoted:
            return _parsed(text, delimiter, quoted=False)
        raise UnreadableFile("表格的分隔或引号有误，请用 Excel 或 WPS 另存为 .xlsx") from error


def _width(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _table(rows: Rows, text: str) -> Table:
    """Empty rows at the edges and empty columns at the right are left out."""
    filled = [at for at, row in enumerate(rows) if _width(row)]
    kept = rows[filled[0] : filled[-1] + 1]
    width = max(at + 1 for row in kept for at, cell in enumerate(row) if cell.strip())
    cells = tuple(
        tuple(Cell(row[at].strip() if at < len(row) else "") for at in range(width)) for row in kept
    )
    return Table(cells, merges_known=False, first_row=filled[0] + 1)
