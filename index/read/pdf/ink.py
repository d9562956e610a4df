"""What a PDF page shows, in points from its top left corner: glyphs, ruled lines, pictures.

The only module that talks to pdfium's C interface. pdfium and not pdfplumber: it is Chrome's own
reader (fuzzed for years against hostile files), and its paths are enough to
find ruled tables. pdfium's own order and spaces are not used; geometry decides.
"""

import ctypes
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as c

from policyqa.index.read.pdf.fields import fields_of
from policyqa.index.read.pdf.glyphs import UNMAPPED, is_rubbish, is_wide, plain
from policyqa.index.read.pdf.shapes import Glyph, Rule

MAX_OBJECTS = 40_000
MAX_SEGMENTS = 2_000
MAX_FORM_DEPTH = 4
THICK = 3.0
BOLD_NAMES = ("bold", "heavy", "black", "simhei", "heiti", "黑体", "小标宋", "xiaobiaosong", "xbs")
BOLD_WEIGHT = 600
FILL_AND_STROKE = 2
FILLING, STROKING = (0, 2, 4, 6), (1, 2, 5, 6)
WHITE, CLEAR = 240, 20  # of 255
MIN_VERTICAL, VERTICAL_SHARE = 8, 0.6
TINY, MIN_PAGE = 2.5, 300.0  # points

Matrix = tuple[float, float, float, float, float, float]
Turn = Callable[[float, float], tuple[float, float]]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
NOWHERE = Rule(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Ink:
    """What one page shows. `pictured` is the share of the page under images, from 0 to 1.

    `hidden` counts the characters that nobody sees (white on white, tiny), `unmapped` those of
    fonts that do not say what they write; neither are in `glyphs`. `remarks` counts comments.
    """

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    pictured: float
    paths: int
    hidden: int = 0
    unmapped: int = 0
    remarks: int = 0


class _Style(NamedTuple):
    size: float
    bold: bool
    angle: int | None
    faint: bool
    font: int | None


_Raw = tuple[str, float, float, float, float]
_Found = tuple[_Raw, _Style]


class _Drawn(NamedTuple):
    rules: list[Rule]
    panels: list[Rule]
    pictured: float
    paths: int


def ink_of(page: pdfium.PdfPage, *, max_chars: int) -> Ink:
    """Everything a page shows, upright, whatever the page's or the text's rotation.

    Raises:
        OverflowError: the page has more than `max_chars` characters.
    """
    left, bottom, right, top = page.get_bbox()
    found = list(_glyphs(page, max_chars))
    # Text is in user space already: only a page without any must be turned as it is seen.
    quarter = (_text_angle(found) if found else page.get_rotation()) // 90 % 4
    turn = turned((left, bottom, right, top), quarter)
    wide, high = right - left, top - bottom
    width, height = (high, wide) if quarter % 2 else (wide, high)
    drawn = _drawn(page, turn, width, height)
    mapped = _mapped(found)
    upright = [(_upright(g, s, turn), s) for g, s in mapped if s.angle is not None and g[0]]
    inside = [(g, s) for g, s in upright if -9 < g.x0 < width + 9 and -9 < g.base < height + 9]
    tiny = TINY if min(width, height) >= MIN_PAGE else 0.0
    seen = tuple(g for g, s in inside if g.size >= tiny and not (s.faint and _bare(g, drawn)))
    added, remarks = fields_of(page, turn, seen)
    shown, rules = (*seen, *added), tuple(drawn.rules)
    if _is_vertical(seen):
        shown, rules = tuple(_laid(g, width) for g in shown), tuple(_lie(r, width) for r in rules)
        width, height = height, width
    return Ink(
        width=width,
        height=height,
        glyphs=shown,
        rules=rules,
        pictured=drawn.pictured,
        paths=drawn.paths,
        hidden=_printed(g for g, _ in inside) - _printed(seen),
        unmapped=len(found) - len(mapped),
        remarks=remarks,
    )


def _is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Whether most characters stand below the one before, none beside it."""
    han = [g for g in glyphs if is_wide(g.char)]
    steps = [(abs(b.x0 - a.x0) / a.size, (b.base - a.base) / a.size) for a, b in pairwise(han)]
    down = sum(across < 0.3 and 0.7 < below < 2.2 for across, below in steps)
    return len(steps) >= MIN_VERTICAL and down > VERTICAL_SHARE * len(steps)


def _laid(glyph: Glyph, width: float) -> Glyph:
    """A character of a column as one of a row: columns go from the right, rows from the top."""
    middle, top = (glyph.x0 + glyph.x1) / 2, glyph.base - 0.88 * glyph.size
    base = width - middle + 0.38 * glyph.size
    return glyph._replace(x0=top, x1=top + glyph.size, base=base)


def _lie(rule: Rule, width: float) -> Rule:
    return Rule(rule.top, width - rule.x1, rule.bottom, width - rule.x0)


def _printed(glyphs: Iterable[Glyph]) -> int:
    return sum(not glyph.char.isspace() for glyph in glyphs)


def _bare(glyph: Glyph, drawn: _Drawn) -> bool:
    """Whether nothing but the paper is behind a glyph."""
    x, y = (glyph.x0 + glyph.x1) / 2, glyph.base - 0.35 * glyph.size
    return not any(p.x0 <= x <= p.x1 and p.top <= y <= p.bottom for p in drawn.panels)


def _mapped(found: Sequence[_Found]) -> list[_Found]:
    """Characters without those of fonts that do not say what they write."""
    texts: dict[int | None, list[str]] = defaultdict(list)
    for raw, style in found:
        texts[style.font].append(raw[0] if raw[0] in ("", UNMAPPED) else "x")
    dumb = {font for font, chars in texts.items() if is_rubbish("".join(chars))}
    return [(raw, style) for raw, style in found if style.font not in dumb]


def turned(box: tuple[float, float, float, float], quarter: int) -> Turn:
    """From PDF user space to points from the top left of the page as it is seen."""
    left, bottom, right, top = box
    return (
        lambda x, y: (x - left, top - y),
        lambda x, y: (y - bottom, x - left),
        lambda x, y: (right - x, y - bottom),
        lambda x, y: (top - y, right - x),
    )[quarter]


def _upright(raw: _Raw, style: _Style, turn: Turn) -> Glyph:
    char, ox, oy, ex, ey = raw
    x0, base = turn(ox, oy)
    x1, _ = turn(ex, ey)
    x0, x1 = min(x0, x1), max(x0, x1)
    return Glyph(char, x0, max(x1, x0 + 0.1), base, style.size, style.bold)


def _glyphs(page: pdfium.PdfPage, max_chars: int) -> Iterator[_Found]:
    """Characters with the start and the end of their advance, in user space, and their style."""
    textpage = page.get_textpage()
    count = c.FPDFText_CountChars(textpage)
    if count > max_chars:
        raise OverflowError(count)
    styles: dict[int | None, _Style] = {}
    box, x, y = c.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for n in range(count):
        code = c.FPDFText_GetUnicode(textpage, n)
        if c.FPDFText_IsGenerated(textpage, n) == 1 or code in (10, 13):
            continue
        key = ctypes.cast(c.FPDFText_GetTextObject(textpage, n), ctypes.c_void_p).value
        style = styles.get(key)
        if style is None:
            style = styles[key] = _style(textpage, n)
        c.FPDFText_GetLooseCharBox(textpage, n, box)
        c.FPDFText_GetCharOrigin(textpage, n, x, y)
        char = UNMAPPED if c.FPDFText_HasUnicodeMapError(textpage, n) == 1 else plain(code)
        yield _advance(char, box, x.value, y.value, style), style


def _advance(char: str, box: c.FS_RECTF, x: float, y: float, style: _Style) -> _Raw:
    """Where the pen was before and after a character, along its direction."""
    if not all(map(math.isfinite, (x, y, box.left, box.right, box.top, box.bottom))):
        return "", 0.0, 0.0, 0.0, 0.0
    if style.angle in (90, 270):
        ends = (box.bottom, box.top) if style.angle == 90 else (box.top, box.bottom)
        return char, x, ends[0], x, ends[1]
    ends = (box.left, box.right) if style.angle != 180 else (box.right, box.left)
    return char, ends[0], y, ends[1], y


def _style(textpage: pdfium.PdfTextPage, n: int) -> _Style:
    """Size, weight and direction of the text object of a character; angle None when oblique."""
    matrix = c.FS_MATRIX()
    c.FPDFText_GetMatrix(textpage, n, matrix)
    nominal = c.FPDFText_GetFontSize(textpage, n)
    scale = math.hypot(matrix.c, matrix.d)
    size = nominal * scale if math.isfinite(scale) and scale > 0 else nominal
    size = size if math.isfinite(size) and 0.5 < size < 2000 else 10.0
    font = ctypes.cast(
        c.FPDFTextObj_GetFont(c.FPDFText_GetTextObject(textpage, n)), ctypes.c_void_p
    )
    angle = _angle(matrix.a, matrix.b)
    return _Style(size, _bold(textpage, n), angle, _faint(textpage, n), font.value)


def _faint(textpage: pdfium.PdfTextPage, n: int) -> bool:
    """Whether a character is painted in white, or not at all (as a recognised scan's are)."""
    mode = c.FPDFTextObj_GetTextRenderMode(c.FPDFText_GetTextObject(textpage, n))
    filled = mode in FILLING and not _white(c.FPDFText_GetFillColor, textpage, n)
    return not filled and not (
        mode in STROKING and not _white(c.FPDFText_GetStrokeColor, textpage, n)
    )


def _white(colour_of: Callable[..., int], *thing: object) -> bool:
    parts = [ctypes.c_uint() for _ in range(4)]
    known = colour_of(*thing, *parts)
    *colour, alpha = (part.value for part in parts)
    return bool(known) and (min(colour) >= WHITE or alpha < CLEAR)


def _angle(a: float, b: float) -> int | None:
    if not (math.isfinite(a) and math.isfinite(b)) or (a == 0 and b == 0):
        return 0
    degrees = math.degrees(math.atan2(b, a)) % 360
    nearest = round(degrees / 90) * 90
    return nearest % 360 if abs(degrees - nearest) < 5 else None


def _bold(textpage: pdfium.PdfTextPage, n: int) -> bool:
    buffer = ctypes.create_string_buffer(128)
    length = c.FPDFText_GetFontInfo(textpage, n, buffer, 128, ctypes.c_int())
    name = buffer.raw[: max(0, min(length, 128) - 1)].decode("utf-8", "replace").casefold()
    if any(word in name for word in BOLD_NAMES):
        return True
    if c.FPDFText_GetFontWeight(textpage, n) >= BOLD_WEIGHT:
        return True
    text_object = c.FPDFText_GetTextObject(textpage, n)
    return bool(text_object) and (c.FPDFTextObj_GetTextRenderMode(text_object) == FILL_AND_STROKE)


def _text_angle(found: Sequence[_Found]) -> int:
    """The direction of most characters, so that a page with turned text is read turned."""
    angles = Counter(style.angle for _, style in found if style.angle is not None)
    return angles.most_common(1)[0][0] if angles else 0


def _drawn(page: pdfium.PdfPage, turn: Turn, width: float, height: float) -> _Drawn:
    area = max(width * height, 1.0)
    rules: list[Rule] = []
    panels: list[Rule] = []
    pictured, paths = 0.0, 0
    for kind, raw, matrix in _objects(page):
        if kind == c.FPDF_PAGEOBJ_PATH:
            paths += 1
            rules += _rules(raw, matrix, turn)
            panels += [_box(raw, matrix, turn)] if _is_coloured(raw) else []
        elif kind in (c.FPDF_PAGEOBJ_IMAGE, c.FPDF_PAGEOBJ_SHADING):
            panels.append(_box(raw, matrix, turn))
            pictured += _area(panels[-1], width, height) / area
    return _Drawn(rules, panels, min(pictured, 1.0), paths)


def _is_coloured(raw: c.FPDF_PAGEOBJECT) -> bool:
    """Whether a path is filled with something that white letters stand out from."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    c.FPDFPath_GetDrawMode(raw, fill, stroke)
    return bool(fill.value) and not _white(c.FPDFPageObj_GetFillColor, raw)


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[int, c.FPDF_PAGEOBJECT, Matrix]]:
    """Objects of a page and of the forms in it, each with the matrix of its form."""
    stack = [(page.raw, 0, IDENTITY, 0)]
    seen = 0
    while stack:
        holder, start, matrix, depth = stack.pop()
        count, get = (
            (c.FPDFFormObj_CountObjects, c.FPDFFormObj_GetObject)
            if depth
            else (c.FPDFPage_CountObjects, c.FPDFPage_GetObject)
        )
        for n in range(start, count(holder)):
            seen += 1
            if seen > MAX_OBJECTS:
                return
            raw = get(holder, n)
            kind = c.FPDFPageObj_GetType(raw)
            if kind == c.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
                stack.append((raw, 0, _times(_matrix(raw), matrix), depth + 1))
            else:
                yield kind, raw, matrix


def _matrix(raw: c.FPDF_PAGEOBJECT) -> Matrix:
    m = c.FS_MATRIX()
    if not c.FPDFPageObj_GetMatrix(raw, m):
        return IDENTITY
    return (m.a, m.b, m.c, m.d, m.e, m.f)


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First `m`, then `n`."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _at(matrix: Matrix, turn: Turn, x: float, y: float) -> tuple[float, float]:
    a, b, cc, d, e, f = matrix
    return turn(a * x + cc * y + e, b * x + d * y + f)


def _box(raw: c.FPDF_PAGEOBJECT, matrix: Matrix, turn: Turn) -> Rule:
    edges = [ctypes.c_float() for _ in range(4)]
    if not c.FPDFPageObj_GetBounds(raw, *edges):
        return NOWHERE
    left, bottom, right, top = (edge.value for edge in edges)
    x0, y0 = _at(matrix, turn, left, bottom)
    x1, y1 = _at(matrix, turn, right, top)
    if not all(map(math.isfinite, (x0, y0, x1, y1))):
        return NOWHERE
    return Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _area(box: Rule, width: float, height: float) -> float:
    """The area of the part of a box that is on the page, in square points."""
    across = min(box.x1, width) - max(box.x0, 0.0)
    down = min(box.bottom, height) - max(box.top, 0.0)
    return max(across, 0.0) * max(down, 0.0)


def _rules(raw: c.FPDF_PAGEOBJECT, matrix: Matrix, turn: Turn) -> Iterator[Rule]:
    """The straight lines of a path: its strokes, or a filled box so thin that it is a line."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    c.FPDFPath_GetDrawMode(raw, fill, stroke)
    if not fill.value and not stroke.value:
        return
    whole = _times(_matrix(raw), matrix)
    for outline in _outlines(raw, whole, turn):
        xs, ys = [p[0] for p in outline], [p[1] for p in outline]
        box = Rule(min(xs), min(ys), max(xs), max(ys))
        if min(box.x1 - box.x0, box.bottom - box.top) <= THICK:
            yield box
        elif stroke.value:
            yield from _sides(outline)


def _sides(outline: list[tuple[float, float]]) -> Iterator[Rule]:
    for (ax, ay), (bx, by) in pairwise(outline):
        side = Rule(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
        if min(side.x1 - side.x0, side.bottom - side.top) <= 1.0:
            yield side


def _outlines(
    raw: c.FPDF_PAGEOBJECT, matrix: Matrix, turn: Turn
) -> Iterator[list[tuple[float, float]]]:
    """The polygons of a path; one with curves is cut at them."""
    points: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for n in range(min(c.FPDFPath_CountSegments(raw), MAX_SEGMENTS)):
        segment = c.FPDFPath_GetPathSegment(raw, n)
        c.FPDFPathSegment_GetPoint(segment, x, y)
        point = _at(matrix, turn, x.value, y.value)
        kind = c.FPDFPathSegment_GetType(segment)
        if not all(map(math.isfinite, point)):
            continue
        if kind != c.FPDF_SEGMENT_LINETO and points:
            if len(points) > 1:
                yield points
            points = []
        points.append(point)
        if c.FPDFPathSegment_GetClose(segment) and len(points) > 1:
            points.append(points[0])
    if len(points) > 1:
        yield points
