"""What a PDF page shows, in points from its top left corner: glyphs, ruled lines, pictures.

The only module that talks to pdfium's C interface. pdfium and not pdfplumber: it is Chrome's own
reader (fuzzed for years against hostile files), and its paths are enough to
find ruled tables. pdfium's own order and spaces are not used; geometry decides.
"""

import ctypes
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as c

from policyqa.index.read.pdf.glyphs import plain

MAX_OBJECTS = 40_000
MAX_SEGMENTS = 2_000
MAX_FORM_DEPTH = 4
THICK = 3.0
BOLD_NAMES = ("bold", "heavy", "black", "simhei", "heiti", "黑体", "小标宋", "xiaobiaosong", "xbs")
BOLD_WEIGHT = 600
FILL_AND_STROKE = 2

Matrix = tuple[float, float, float, float, float, float]
Turn = Callable[[float, float], tuple[float, float]]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Glyph(NamedTuple):
    """One character; `base` is its baseline, `size` its em, `spaced` after a space of the file."""

    char: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool = False
    raised: bool = False
    spaced: bool = False


class Rule(NamedTuple):
    """A drawn line; it lies when `x1 - x0 >= bottom - top`, else it stands."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True)
class Ink:
    """What one page shows. `pictured` is the share of the page under images, from 0 to 1."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...]
    pictured: float
    paths: int


class _Style(NamedTuple):
    size: float
    bold: bool
    angle: int | None


class _Drawn(NamedTuple):
    rules: list[Rule]
    pictured: float
    paths: int


def ink_of(page: pdfium.PdfPage, *, max_chars: int) -> Ink:
    """Everything a page shows, upright, whatever the page's or the text's rotation.

    Raises:
        OverflowError: the page has more than `max_chars` characters.
    """
    left, bottom, right, top = page.get_bbox()
    found = list(_glyphs(page, max_chars))
    angle = _text_angle(found)
    quarter = (page.get_rotation() + angle) // 90 % 4
    box = (left, bottom, right, top)
    turn = turned(box, quarter)
    wide, high = right - left, top - bottom
    width, height = (high, wide) if quarter % 2 else (wide, high)
    drawn = _drawn(page, turn, width, height)
    glyphs = tuple(
        _upright(g, style, turn) for g, style in found if style.angle is not None and g[0]
    )
    inside = tuple(g for g in glyphs if -9 < g.x0 < width + 9 and -9 < g.base < height + 9)
    return Ink(width, height, inside, tuple(drawn.rules), drawn.pictured, drawn.paths)


def turned(box: tuple[float, float, float, float], quarter: int) -> Turn:
    """From PDF user space to points from the top left of the page as it is seen."""
    left, bottom, right, top = box
    return (
        lambda x, y: (x - left, top - y),
        lambda x, y: (y - bottom, x - left),
        lambda x, y: (right - x, y - bottom),
        lambda x, y: (top - y, right - x),
    )[quarter]


def _upright(raw: tuple[str, float, float, float, float], style: _Style, turn: Turn) -> Glyph:
    char, ox, oy, ex, ey = raw
    x0, base = turn(ox, oy)
    x1, _ = turn(ex, ey)
    x0, x1 = min(x0, x1), max(x0, x1)
    return Glyph(char, x0, max(x1, x0 + 0.1), base, style.size, style.bold)


def _glyphs(
    page: pdfium.PdfPage, max_chars: int
) -> Iterator[tuple[tuple[str, float, float, float, float], _Style]]:
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
        yield _advance(plain(code), box, x.value, y.value, style), style


def _advance(
    char: str, box: c.FS_RECTF, x: float, y: float, style: _Style
) -> tuple[str, float, float, float, float]:
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
    return _Style(size, _bold(textpage, n), _angle(matrix.a, matrix.b))


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


def _text_angle(found: list[tuple[tuple[str, float, float, float, float], _Style]]) -> int:
    """The direction of most characters, so that a page with turned text is read turned."""
    angles = Counter(style.angle for _, style in found if style.angle is not None)
    return angles.most_common(1)[0][0] if angles else 0


def _drawn(page: pdfium.PdfPage, turn: Turn, width: float, height: float) -> _Drawn:
    area = max(width * height, 1.0)
    rules: list[Rule] = []
    pictured, paths = 0.0, 0
    for kind, raw, matrix in _objects(page):
        if kind == c.FPDF_PAGEOBJ_PATH:
            paths += 1
            rules += _rules(raw, matrix, turn)
        elif kind in (c.FPDF_PAGEOBJ_IMAGE, c.FPDF_PAGEOBJ_SHADING):
            pictured += _covered(raw, matrix, turn, width, height) / area
    return _Drawn(rules, min(pictured, 1.0), paths)


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


def _covered(
    raw: c.FPDF_PAGEOBJECT, matrix: Matrix, turn: Turn, width: float, height: float
) -> float:
    """The area of the part of an object's box that is on the page, in square points."""
    edges = [ctypes.c_float() for _ in range(4)]
    if not c.FPDFPageObj_GetBounds(raw, *edges):
        return 0.0
    left, bottom, right, top = (edge.value for edge in edges)
    x0, y0 = _at(matrix, turn, left, bottom)
    x1, y1 = _at(matrix, turn, right, top)
    if not all(map(math.isfinite, (x0, y0, x1, y1))):
        return 0.0
    across = min(max(x0, x1), width) - max(min(x0, x1), 0.0)
    down = min(max(y0, y1), height) - max(min(y0, y1), 0.0)
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
