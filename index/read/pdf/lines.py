"""Glyphs to lines: rows by baseline, words by gaps, small raised marks set apart."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from policyqa.index.read.pdf.glyphs import closed_up, ems, is_wide, spaced
from policyqa.index.read.pdf.shapes import Glyph, Rule

# Around a raised mark (¹, ①) in a line's text, until it is known whether a footnote answers it.
MARK_OPEN, MARK_CLOSE = "\ufdd0", "\ufdd1"
SAME_ROW_EM = 0.3
SAME_SIZE = 1.6
WORD_GAP_EM = 0.22
MIXED_GAP_EM = 0.75
HAN_GAP_EM = 0.45
DIGIT_PITCH_EM = 0.72
TYPED_GAP_EM = 0.2
PART_GAP_EM = 1.2
BOLD_SHARE = 0.9
CLOSERS = "，。、；：！？”’）》」』】〉〕…,.;:!?)"
HANGING = tuple("，。、；：！？”’）》")
TOKEN = re.compile(r"[A-Za-z0-9.,:/%_+@#&=?~-]+")
BROKEN_NUMBER = re.compile(r"\d[\d%‰]")
MARK = re.compile(r"\d{1,2}|\[\d{1,2}\]|〔\d{1,2}〕|[①-⑳]|\*{1,3}")


@dataclass(frozen=True)
class PdfLine:
    """A piece of one row of a page. `indent` and `slack` are its distances to its column's edges.

    `row` tells pieces of one row; `head` is the width of the first thing in it that cannot be
    broken; `column` numbers the columns in reading order; `gaps` are the ends of the white between
    the pieces of one row.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool = False
    page: int = 1
    row: int = 0
    column: int = 0
    indent: float = 0.0
    slack: float = 0.0
    gaps: tuple[tuple[float, float], ...] = ()

    @property
    def top(self) -> float:
        return self.base - 0.88 * self.size

    @property
    def bottom(self) -> float:
        return self.base + 0.12 * self.size

    @property
    def reach(self) -> float:
        """Where the line ends, punctuation that may hang over the margin left out."""
        return self.x1 - (self.size if self.text[-1:] in HANGING else 0.0)

    @property
    def head(self) -> float:
        text = self.text.lstrip("“‘（《「『【〈〔")
        opening = len(self.text) - len(text)
        token = TOKEN.match(text)
        core = ems(token.group()) if token else 1.0
        closing = 1 if text[1:2] and text[1] in CLOSERS else 0
        return (opening + core + closing) * self.size


def lines_of(glyphs: Iterable[Glyph], page: int) -> list[PdfLine]:
    """The pieces of rows that wide gaps part, from the top; pieces of a row from the left."""
    rows = _with_marks(_rows(glyphs))
    rows.sort(key=lambda row: _base(row))
    return [
        _line(piece, page, n)
        for n, row in enumerate(rows)
        for piece in _pieces(row)
        if any(not g.char.isspace() for g in piece)
    ]


def _base(row: Sequence[Glyph]) -> float:
    return median(g.base for g in row if not g.raised) if row else 0.0


def _rows(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs of about one baseline and size together, each row from left to right."""
    rows: list[list[Glyph]] = []
    recent: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.base):
        home = next((row for row in recent if _shares_row(row[0], glyph)), None)
        if home is None:
            home = [glyph]
            rows.append(home)
            recent = [*(row for row in recent[-7:]), home]
        else:
            home.append(glyph)
    for row in rows:
        row.sort(key=lambda g: g.x0)
    return [_undoubled(row) for row in rows]


def _shares_row(first: Glyph, glyph: Glyph) -> bool:
    small, large = sorted((first.size, glyph.size))
    return abs(glyph.base - first.base) <= SAME_ROW_EM * small and large <= SAME_SIZE * small


def _undoubled(row: list[Glyph]) -> list[Glyph]:
    """Without the second copy of a glyph that was drawn twice to look bold."""
    kept: list[Glyph] = []
    for glyph in row:
        twin = next((g for g in kept[-2:] if g.char == glyph.char), None)
        if twin is None or glyph.x0 - twin.x0 > 0.25 * min(twin.x1 - twin.x0, glyph.size):
            kept.append(glyph)
    return kept


def _with_marks(rows: list[list[Glyph]]) -> list[list[Glyph]]:
    """Rows with small raised marks put into the row that they stand in."""
    large = [row for row in rows if not _is_mark(row)]
    for row in rows:
        if not _is_mark(row):
            continue
        for mark in _pieces(row):
            host = next((other for other in large if _hosts(other, mark)), None)
            if host is None:
                large.append(list(mark))
                continue
            host += [g._replace(raised=True) for g in mark]
            host.sort(key=lambda g: g.x0)
    return large


def _is_mark(row: Sequence[Glyph]) -> bool:
    """Whether a row might be made of marks alone."""
    return all(MARK.fullmatch("".join(g.char for g in p).strip() or "1") for p in _pieces(row))


def _hosts(row: Sequence[Glyph], mark: Sequence[Glyph]) -> bool:
    glyph, size = mark[0], row[0].size
    rise = _base(row) - glyph.base
    if not (glyph.size < 0.85 * size and 0.08 * size < rise < 0.9 * size):
        return False
    return any(abs(g.x1 - glyph.x0) < 0.5 * size for g in row)


def _pieces(row: Sequence[Glyph]) -> list[list[Glyph]]:
    """A row cut at gaps wide enough to part columns; spaces at the ends left out."""
    pieces: list[list[Glyph]] = []
    last: Glyph | None = None
    space = False
    for glyph in row:
        if glyph.char.isspace():
            space = True
            continue
        if last is None or glyph.x0 - last.x1 > PART_GAP_EM * max(last.size, glyph.size):
            pieces.append([])
        pieces[-1].append(glyph._replace(spaced=space))
        last, space = glyph, False
    return pieces


def _line(glyphs: Sequence[Glyph], page: int, row: int) -> PdfLine:
    size = Counter(round(g.size, 1) for g in glyphs if not g.raised) or Counter({8.0: 1})
    bold = sum(g.bold for g in glyphs)
    return PdfLine(
        text=closed_up(_text(glyphs)),
        x0=glyphs[0].x0,
        x1=max(g.x1 for g in glyphs),
        base=_base(glyphs) if not all(g.raised for g in glyphs) else glyphs[0].base,
        size=size.most_common(1)[0][0],
        bold=bold >= BOLD_SHARE * len(glyphs),
        page=page,
        row=row,
    )


def _text(glyphs: Sequence[Glyph]) -> str:
    out = [_opened(glyphs[0], None)]
    for left, right in pairwise(glyphs):
        out.append(" " if _gap(left, right) else "")
        if left.raised and not right.raised:
            out.insert(-1, MARK_CLOSE)
        out.append(_opened(right, left))
    return "".join(out) + (MARK_CLOSE if glyphs[-1].raised else "")


def _opened(glyph: Glyph, before: Glyph | None) -> str:
    opens = glyph.raised and not (before is not None and before.raised)
    return MARK_OPEN + glyph.char if opens else glyph.char


def _gap(left: Glyph, right: Glyph) -> bool:
    """Whether the distance of two glyphs is a space; between Chinese and others it is layout."""
    gap = (right.x0 - left.x1) / max(left.size, right.size)
    wide = is_wide(left.char), is_wide(right.char)
    if all(wide):
        return gap > (TYPED_GAP_EM if right.spaced else HAN_GAP_EM)
    if any(wide):
        return gap > MIXED_GAP_EM
    if left.char.isdigit() and right.char.isdigit() and not right.spaced:
        # a narrow 1 may be as wide as its ink: from its beginning on digits are half an em apart
        return (right.x0 - left.x0) / max(left.size, right.size) > DIGIT_PITCH_EM
    return right.spaced or gap > WORD_GAP_EM


def merged(pieces: Sequence[PdfLine]) -> PdfLine:
    """Pieces of one row as one line."""
    if len(pieces) == 1:
        return pieces[0]
    ordered = sorted(pieces, key=lambda piece: piece.x0)
    longest = max(ordered, key=lambda piece: len(piece.text))
    return replace(
        longest,
        text=closed_up("  ".join(piece.text for piece in ordered)),
        x0=ordered[0].x0,
        x1=max(piece.x1 for piece in ordered),
        bold=all(piece.bold for piece in ordered),
        gaps=tuple((left.x1, right.x0) for left, right in pairwise(ordered)),
    )


def joined(lines: Sequence[PdfLine]) -> str:
    """Lines of one paragraph as one text."""
    text = ""
    for line in lines:
        broken = BROKEN_NUMBER.fullmatch(text[-1:] + line.text[:1])
        text = text + line.text if broken else spaced(text, line.text)
    return text


def boxed(glyphs: Iterable[Glyph], box: Rule) -> list[Glyph]:
    """The glyphs whose middle is in a box."""
    return [
        g
        for g in glyphs
        if box.x0 <= (g.x0 + g.x1) / 2 <= box.x1 and box.top <= g.base - 0.35 * g.size <= box.bottom
    ]
