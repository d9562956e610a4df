"""Footnotes: small type at the foot of a page whose mark stands once in the text above."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from policyqa.index.read.pdf.lines import MARK_CLOSE, MARK_OPEN, PdfLine, joined, merged
from policyqa.index.read.pdf.shapes import Rule

SMALL = 0.93
MAX_RULE_SHARE = 0.5
NOTE_START = re.compile(
    rf"{MARK_OPEN}?(\d{{1,2}}|\[\d{{1,2}}\]|〔\d{{1,2}}〕|[①-⑳])[.．、]?{MARK_CLOSE}?\s*(?=\S)"
)
RESOLVED = re.compile(rf"{MARK_OPEN}(\d+):([^{MARK_CLOSE}]+){MARK_CLOSE}")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Notes:
    """A page's text with its marks resolved, and its footnotes by `page:mark`."""

    pieces: list[PdfLine]
    texts: dict[str, str]


def notes_of(
    pieces: Sequence[PdfLine], rules: Sequence[Rule], width: float, body_size: float
) -> Notes:
    """Set a page's footnotes apart where every one is answered by one mark; else change nothing."""
    foot = _foot(pieces, body_size)
    found = _parsed(foot)
    above = [piece for piece in pieces if not any(piece is other for other in foot)]
    if not found or not above or not _is_ruled_off(above, foot, rules, width):
        return Notes(list(pieces), {})
    page, marked = pieces[0].page, list(above)
    for mark, _ in found:
        place = _only_place(marked, mark)
        if place is None:
            return Notes(list(pieces), {})
        n, start, end = place
        text = marked[n].text
        sign = f"{MARK_OPEN}{page}:{number(mark)}{MARK_CLOSE}"
        marked[n] = replace(marked[n], text=text[:start] + sign + text[end:])
    return Notes(marked, {f"{page}:{number(mark)}": text for mark, text in found})


def number(mark: str) -> str:
    """The number that ③, [3] or 3 writes."""
    digits = mark.strip("[]〔〕")
    return str(CIRCLED.index(digits) + 1) if digits in CIRCLED else digits


def _foot(pieces: Sequence[PdfLine], body_size: float) -> list[PdfLine]:
    """The small lines at the end of a page."""
    rows: dict[int, list[PdfLine]] = {}
    for piece in pieces:
        rows.setdefault(piece.row, []).append(piece)
    foot: list[PdfLine] = []
    for row in sorted(rows.values(), key=lambda r: -r[0].base):
        if any(piece.size > SMALL * body_size for piece in row):
            break
        foot = [*row, *foot]
    return foot


def _parsed(foot: Sequence[PdfLine]) -> list[tuple[str, str]]:
    """Marks with the text after them; empty unless the first line has one and none comes twice."""
    rows: dict[int, list[PdfLine]] = {}
    for piece in foot:
        rows.setdefault(piece.row, []).append(piece)
    notes: list[tuple[str, list[PdfLine]]] = []
    for row in rows.values():
        line = merged(row)
        start = NOTE_START.match(line.text)
        if start:
            notes.append((start.group(1), [replace(line, text=line.text[start.end() :])]))
        elif notes:
            notes[-1][1].append(line)
        else:
            return []
    numbers = [number(mark) for mark, _ in notes]
    ascending = all(int(a) + 1 == int(b) for a, b in pairwise(numbers))
    return [(mark, without_marks(joined(lines))) for mark, lines in notes] if ascending else []


def _is_ruled_off(
    above: Sequence[PdfLine], foot: Sequence[PdfLine], rules: Sequence[Rule], width: float
) -> bool:
    """Whether a short rule lies between the text and the notes, or raised marks say enough."""
    last, first = max(line.base for line in above), min(line.top for line in foot)
    short = [
        r for r in rules if 20 < r.x1 - r.x0 <= MAX_RULE_SHARE * width and r.bottom - r.top <= 3
    ]
    ruled = any(last - 2 <= rule.top <= first + 2 for rule in short)
    return ruled or any(MARK_OPEN in line.text for line in above)


def _only_place(lines: Sequence[PdfLine], mark: str) -> tuple[int, int, int] | None:
    """The one line and span where a mark stands: raised, or a circled number inside a line."""
    bare = mark.strip("[]〔〕")
    raised = rf"{MARK_OPEN}[\[〔]?{re.escape(bare)}[\]〕]?{MARK_CLOSE}"
    plain = rf"(?<=.){re.escape(mark)}" if mark in CIRCLED or mark != bare else "(?!)"
    for pattern in (raised, plain):
        found = [
            (n, hit.start(), hit.end())
            for n, line in enumerate(lines)
            for hit in re.finditer(pattern, line.text)
        ]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def marks_in(text: str) -> list[str]:
    """The `page:mark` keys of the footnotes that a text calls."""
    return [f"{found.group(1)}:{found.group(2)}" for found in RESOLVED.finditer(text)]


def without_marks(text: str) -> str:
    """A text without resolved marks; others are ordinary characters again."""
    return RESOLVED.sub("", text).replace(MARK_OPEN, "").replace(MARK_CLOSE, "")
