"""Tables that a text export wrote one cell a line, found by their serial numbers or by the kinds
of their cells."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from policyqa.index.text.lines import SENTENCE_END, TextLine

SERIAL = re.compile(r"序\s*号|编\s*号|项\s*次|次\s*序|No\.?|#", re.IGNORECASE)
YEAR_LABEL = re.compile(r"(?:19|20)\d{2}年?度?")
UNIT = re.compile(r"^[（(][^（）()]{1,12}[）)]$")
MIN_COLUMNS, MAX_COLUMNS = 2, 12
MIN_KIND_COLUMNS, MIN_KIND_ROWS = 3, 3  # without serial numbers
MAX_LABEL_CHARS, MAX_CELL_CHARS = 24, 20


class Stacked(NamedTuple):
    """A table among lines: `rows` hold the numbers of the lines of each cell, labels first."""

    first: int
    last: int
    rows: list[list[list[int]]]


def stacked_tables(lines: Sequence[TextLine]) -> Iterator[Stacked]:
    """The tables among lines, from top to bottom; `last` is the line after a table."""
    filled = [n for n, line in enumerate(lines) if line.kind == "text" and line.text.strip()]
    texts = [lines[n].text.strip() for n in filled]
    ends = _run_ends(texts)
    at = 0
    while at < len(texts):
        rows = _serial(texts, at) or _alike(texts, at, ends[at])
        if not rows:
            at += 1
            continue
        end = rows[-1][-1][-1] + 1
        places = [[[filled[i] for i in cell] for cell in row] for row in rows]
        yield Stacked(filled[at], filled[end - 1] + 1, places)
        at = end


def _serial(texts: Sequence[str], at: int) -> list[list[list[int]]]:
    """The rows of a table whose first column is 序号 and counts from 1."""
    if not SERIAL.fullmatch(texts[at]):
        return []
    ahead = range(at + 1, min(at + 1 + 2 * MAX_COLUMNS, len(texts)))
    first = next((n for n in ahead if texts[n] == "1"), None)
    if first is None or any(len(texts[n]) > MAX_LABEL_CHARS for n in range(at, first)):
        return []
    labels = _labels(texts, at, first)
    width = len(labels)
    rows = [labels]
    n = first
    while n + width <= len(texts) and texts[n] == str(len(rows)):
        more = n + width < len(texts) and texts[n + width] == str(len(rows) + 1)
        if not more and any(_ends(texts[i]) for i in range(n, n + width)):
            break
        rows.append([[i] for i in range(n, n + width)])
        n += width
    enough = MIN_COLUMNS <= width <= MAX_COLUMNS and len(rows) >= 3
    return rows if enough and not _goes_on(texts, n, len(rows)) else []


def _labels(texts: Sequence[str], start: int, end: int) -> list[list[int]]:
    """The labels, each with the line of its unit."""
    labels: list[list[int]] = []
    for n in range(start, end):
        if labels and UNIT.match(texts[n]):
            labels[-1].append(n)
        else:
            labels.append([n])
    return labels


def _ends(text: str) -> bool:
    """Whether a line is a remark below a table and no cell."""
    return text.startswith(("注：", "注:", "备注：", "说明："))


def _goes_on(texts: Sequence[str], n: int, serial: int) -> bool:
    """Whether the next serial number comes later than it should: cells broken over lines, whose
    columns nobody can tell."""
    return str(serial) in texts[n : n + 2 * MAX_COLUMNS]


def _run_ends(texts: Sequence[str]) -> list[int]:
    """For each line where the run of short lines that it begins ends; itself where it is none."""
    ends = list(range(len(texts)))
    for n in range(len(texts) - 1, -1, -1):
        if _is_cell(texts[n]):
            ends[n] = ends[n + 1] if n + 1 < len(texts) and ends[n + 1] > n + 1 else n + 1
    return ends


def _alike(texts: Sequence[str], at: int, end: int) -> list[list[list[int]]]:
    """The rows of a table without serial numbers whose rows are of the same kinds of cells, up to
    the end of a run of short lines."""
    for width in range(MIN_KIND_COLUMNS, MAX_COLUMNS + 1):
        count, left = divmod(end - at, width)
        if count < MIN_KIND_ROWS + 1:
            break
        if left == 0 and _is_table(texts, at, end, width):
            return [[[i] for i in range(row, row + width)] for row in range(at, end, width)]
    return []


def _is_cell(text: str) -> bool:
    ended = text[-1] in SENTENCE_END + "：:，," or _ends(text)
    return len(text) <= MAX_CELL_CHARS and not ended


def _is_table(texts: Sequence[str], at: int, end: int, width: int) -> bool:
    """Whether the first row are words, and each column below holds figures throughout or words
    throughout, at least one of each."""
    labels = texts[at : at + width]
    if len(set(labels)) < width or any(
        _has_figure(t) and not YEAR_LABEL.fullmatch(t) for t in labels
    ):
        return False
    kinds = [_has_figure(texts[at + width + column]) for column in range(width)]
    if all(kinds) or not any(kinds):
        return False
    for n in range(at + 2 * width, end):
        if _has_figure(texts[n]) != kinds[(n - at) % width]:
            return False
    columns = (texts[at + width + c : end : width] for c in range(width) if not kinds[c])
    return any(len(set(column)) > 1 for column in columns)


def _has_figure(text: str) -> bool:
    return bool(re.search(r"\d", text))
