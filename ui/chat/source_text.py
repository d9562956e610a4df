"""A stretch of a document as HTML: its quote marked, its tables as tables, places to jump to."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from policyqa.index.types import Span
from policyqa.ui.chat.render import escape

CELL = "\t"
LEFT_OUT = "…"
MIN_ROWS, MIN_CELLS = 2, 3  # fewer of both are no table


class _Line(NamedTuple):
    """One line of a document's text and where it starts."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Where it ends, without its line break."""
        return self.start + len(self.text)


def text_html(
    text: str,
    shown: Span,
    quote: Span,
    places: Iterable[int] = (),
    *,
    above: Sequence[Span] = (),
) -> str:
    """Part of a text as HTML.

    Args:
        text: of the document.
        shown: what to show of it; in a table whole rows are shown.
        quote: what to mark.
        places: offsets to be jumped to, each as an element `at-{offset}`.
        above: what it stands under and is shown first, each span before `shown`; the header of a
            table whose rows are shown becomes the first row of that table.
    """
    lines = list(_lines(text, shown))
    heads = [line for span in above for line in _lines(text, span)]
    return "".join(_blocks([*heads, *_gap(text, heads, lines), *lines], quote, frozenset(places)))


def _gap(text: str, heads: Sequence[_Line], lines: Sequence[_Line]) -> list[_Line]:
    """A line that says that something was left out, unless nothing was or a table goes on."""
    if not heads or not text[heads[-1].end : lines[0].start].strip():
        return []
    cells = heads[-1].text.count(CELL)
    return [] if cells and cells == lines[0].text.count(CELL) else [_Line(len(text), LEFT_OUT)]


def _lines(text: str, shown: Span) -> Iterator[_Line]:
    start, last = shown
    if CELL in text[text.rfind("\n", 0, start) + 1 : _line_end(text, start)]:
        start = text.rfind("\n", 0, start) + 1
    if CELL in text[text.rfind("\n", 0, last) + 1 : _line_end(text, last)]:
        last = _line_end(text, last)
    for line in text[start:last].split("\n"):
        yield _Line(start, line)
        start += len(line) + 1


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found


def _blocks(lines: list[_Line], quote: Span, places: frozenset[int]) -> Iterator[str]:
    """Runs of lines with as many cells are tables; the rest is running text."""
    at = 0
    while at < len(lines):
        rows = _rows(lines, at)
        here = lines[at : at + max(rows, 1)]
        yield from (f'<span id="at-{row.start}"></span>' for row in here if row.start in places)
        end = "\n" if at + 1 < len(lines) else ""
        yield _table(here, quote) if rows else _marked(here[0], quote) + end
        at += len(here)


def _rows(lines: list[_Line], at: int) -> int:
    """How many lines from here on are rows of one table; 0 where there is none."""
    cells = lines[at].text.count(CELL)
    count = 0
    while cells and at + count < len(lines) and lines[at + count].text.count(CELL) == cells:
        count += 1
    return count if count >= MIN_ROWS or cells + 1 >= MIN_CELLS else 0


def _table(rows: list[_Line], quote: Span) -> str:
    out = []
    for row in rows:
        start, cells = row.start, []
        for cell in row.text.split(CELL):
            cells.append(f"<td>{_marked(_Line(start, cell), quote)}</td>")
            start += len(cell) + 1
        out.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="wide" tabindex="0"><table>{"".join(out)}</table></div>'


def _marked(line: _Line, quote: Span) -> str:
    first = min(max(quote[0], line.start), line.end) - line.start
    last = min(max(quote[1], line.start), line.end) - line.start
    before, inside, after = line.text[:first], line.text[first:last], line.text[last:]
    mark = f"<mark>{escape(inside)}</mark>" if inside else ""
    return f"{escape(before)}{mark}{escape(after)}"
