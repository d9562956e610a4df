"""What is written on a page beside its text: values of form fields, text boxes of annotations."""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as c

from policyqa.index.read.pdf.glyphs import ems, plain
from policyqa.index.read.pdf.shapes import Glyph, Rule

MAX_ANNOTATIONS = 5_000
MAX_VALUE_CHARS = 20_000
USUAL_SIZE = 10.5
LINE_EM = 1.2
HIDDEN = c.FPDF_ANNOT_FLAG_HIDDEN | c.FPDF_ANNOT_FLAG_NOVIEW
VALUED = (c.FPDF_FORMFIELD_TEXTFIELD, c.FPDF_FORMFIELD_COMBOBOX, c.FPDF_FORMFIELD_LISTBOX)
TICKED = (c.FPDF_FORMFIELD_CHECKBOX, c.FPDF_FORMFIELD_RADIOBUTTON)
UNREMARKABLE = (c.FPDF_ANNOT_LINK, c.FPDF_ANNOT_POPUP, c.FPDF_ANNOT_WIDGET)

Turn = Callable[[float, float], tuple[float, float]]


def fields_of(page: pdfium.PdfPage, turn: Turn, glyphs: Sequence[Glyph]) -> tuple[list[Glyph], int]:
    """What forms and text boxes show, as glyphs at their place; and how many comments stand
    beside the page, which are opened with a click and are not read."""
    added: list[Glyph] = []
    remarks = 0
    for annotation in _annotations(page):
        kind = c.FPDFAnnot_GetSubtype(annotation)
        shown = kind in (c.FPDF_ANNOT_WIDGET, c.FPDF_ANNOT_FREETEXT)
        text = _value(page, annotation) if shown else _contents(annotation)
        if shown and text.strip():
            added += _set(text, _box(annotation, turn), glyphs)
        remarks += bool(text.strip()) and not shown and kind not in UNREMARKABLE
    return added, remarks


def _annotations(page: pdfium.PdfPage) -> Iterator[c.FPDF_ANNOTATION]:
    for n in range(min(c.FPDFPage_GetAnnotCount(page), MAX_ANNOTATIONS)):
        annotation = c.FPDFPage_GetAnnot(page, n)
        if annotation and not c.FPDFAnnot_GetFlags(annotation) & HIDDEN:
            yield annotation
        c.FPDFPage_CloseAnnot(annotation)


def _value(page: pdfium.PdfPage, annotation: c.FPDF_ANNOTATION) -> str:
    """What a field or a text box shows; a box to be ticked is one character."""
    if c.FPDFAnnot_GetSubtype(annotation) == c.FPDF_ANNOT_FREETEXT:
        return _contents(annotation)
    if page.formenv is None:
        return ""
    field = c.FPDFAnnot_GetFormFieldType(page.formenv, annotation)
    if field in TICKED:
        return "☑" if c.FPDFAnnot_IsChecked(page.formenv, annotation) else "☐"
    get = c.FPDFAnnot_GetFormFieldValue
    return _text(lambda *to: get(page.formenv, annotation, *to)) if field in VALUED else ""


def _contents(annotation: c.FPDF_ANNOTATION) -> str:
    return _text(lambda *to: c.FPDFAnnot_GetStringValue(annotation, b"Contents", *to))


def _text(get: Callable[..., int]) -> str:
    """The UTF-16 text that a function of pdfium writes into a buffer."""
    length = min(get(None, 0), 2 * MAX_VALUE_CHARS)
    buffer = (c.FPDF_WCHAR * (length // 2 + 1))()
    get(buffer, length)
    return bytes(buffer)[: max(length - 2, 0)].decode("utf-16-le", "ignore")


def _box(annotation: c.FPDF_ANNOTATION, turn: Turn) -> Rule:
    rect = c.FS_RECTF()
    c.FPDFAnnot_GetRect(annotation, ctypes.byref(rect))
    (x0, y0), (x1, y1) = turn(rect.left, rect.bottom), turn(rect.right, rect.top)
    return Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _set(text: str, box: Rule, glyphs: Sequence[Glyph]) -> Iterator[Glyph]:
    """A value in the lines of its box; one line stands in the row of the words beside it."""
    usual = median(g.size for g in glyphs) if glyphs else USUAL_SIZE
    lines = list(_wrapped(text, max((box.x1 - box.x0) / usual, 1.0)))
    pitch = (box.bottom - box.top) / len(lines)
    size = min(usual, pitch / LINE_EM)
    beside = [g for g in glyphs if box.top <= g.base - 0.35 * g.size <= box.bottom]
    near = min(beside, key=lambda g: abs(g.x1 - box.x0), default=None)
    for n, line in enumerate(lines):
        base = box.top + (n + 0.5) * pitch + 0.35 * size
        if near is not None and len(lines) == 1:
            base, size = near.base, near.size
        x = box.x0
        for char in line:
            yield Glyph(plain(ord(char)), x, x + ems(char) * size, base, size)
            x += ems(char) * size


def _wrapped(text: str, width: float) -> Iterator[str]:
    """The lines of a text, none wider than `width` ems."""
    for line in text.splitlines():
        held = ""
        for char in line:
            if ems(held + char) > width and held:
                yield held
                held = ""
            held += char
        yield held
