"""PDF files: text pages by geometry, tables by their rules, scanned pages by recognition.

Steps, each in its own module: what the page shows (`pdf_ink`), lines (`pdf_lines`), ruled tables
(`pdf_tables`), what is not text (`pdf_furniture`), footnotes (`pdf_notes`), columns (`pdf_order`),
paragraphs and headings (`pdf_paragraphs`). Here they are put together.
"""

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
import pypdfium2.raw as c

from policyqa.index.errors import MissingTool, UnreadableFile
from policyqa.index.read.extract import Extract, Limits, Paragraph, ParagraphKind, Part
from policyqa.index.read.pdf.furniture import (
    Sheet,
    chrome_of,
    is_stamped,
    without_contents,
    without_furniture,
)
from policyqa.index.read.pdf.glyphs import MIN_JUDGED_CHARS, UNMAPPED, is_rubbish
from policyqa.index.read.pdf.info import is_web_print, title_of
from policyqa.index.read.pdf.ink import Ink, ink_of
from policyqa.index.read.pdf.lines import PdfLine, lines_of
from policyqa.index.read.pdf.notes import marks_in, notes_of, without_marks
from policyqa.index.read.pdf.ocr import Image, Recogniser, evened, lines_seen
from policyqa.index.read.pdf.order import Item, flowed, leaves_of
from policyqa.index.read.pdf.paragraphs import (
    Body,
    Draft,
    body_of,
    is_heading,
    paragraphs_of,
    ranks_of,
)
from policyqa.index.read.pdf.tables import Ruled, appended, continues, tables_of

logger = logging.getLogger(__name__)

LOCKED = "PDF 有密码保护，请先去掉密码"
DAMAGED = "PDF 文件已损坏，无法打开：请重新下载，或用 PDF 阅读器打开后另存一份再试"
INSTALL = "pip install 'policyqa[ocr]' 后重新运行 policyqa index"
SCANNED = f"扫描件，没有文字层，需要文字识别：{INSTALL}"
GARBLED = f"字体没有文字编码，读出来是乱码，需要文字识别：{INSTALL}"
EMPTY = "PDF 里没有文字，也没有可识别的图像"
MAX_STAMP_CHARS = 30
MIN_PICTURED = 0.3
MIN_OUTLINES = 200
POINTS_AN_INCH = 72
DOTS_AN_INCH = 150
MAX_PIXELS = 12_000_000
MAX_SIDE = 6_000
TAIL_BYTES = 2048


@dataclass(frozen=True)
class Page:
    """One page while it is read. `image` tells that its text must be, or was, recognised."""

    number: int
    ink: Ink
    pieces: tuple[PdfLine, ...] = ()
    tables: tuple[Ruled, ...] = ()
    image: bool = False
    dropped: int = 0


def read(data: bytes, limits: Limits, *, recognise: Recogniser | None = None) -> Extract:
    """The paragraphs, headings, tables and notes of a PDF in reading order, with their pages.

    Args:
        recognise: reads pages that are images; None when the ocr extra is not there.

    Raises:
        UnreadableFile: locked, damaged, over a limit, or a scan and nothing to recognise it.
    """
    if len(data) > limits.max_bytes:
        raise UnreadableFile(f"文件 {len(data)} 字节，超过上限 {limits.max_bytes} 字节")
    try:
        with _opened(data) as document:
            return _read(document, data, limits, recognise)
    except (pdfium.PdfiumError, OSError, ValueError, ArithmeticError, LookupError) as error:
        raise UnreadableFile(DAMAGED) from error


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
        document.init_forms()
        return document
    except pdfium.PdfiumError as error:
        locked = error.err_code in (c.FPDF_ERR_PASSWORD, c.FPDF_ERR_SECURITY)
        raise UnreadableFile(LOCKED if locked else DAMAGED) from error


def _read(
    document: pdfium.PdfDocument, data: bytes, limits: Limits, recognise: Recogniser | None
) -> Extract:
    count = len(document)
    if count > limits.max_pages:
        raise UnreadableFile(f"PDF 有 {count} 页，超过上限 {limits.max_pages} 页：请拆成几个文件")
    pages, broken = _pages(document, limits)
    if not pages:
        raise UnreadableFile(DAMAGED)
    printed = is_web_print(document) or is_stamped(_sheets(pages))
    pages = _judged(pages)
    scans = [page.number for page in pages if page.image]
    if scans and recognise is None and not any(p.pieces or p.tables for p in pages if not p.image):
        garbled = any(_is_garbled(page) for page in pages)
        raise MissingTool(GARBLED if garbled else SCANNED, "ocr")
    read_pages = _evened([_recognised(document, page, recognise) for page in pages])
    parts = _parts(read_pages, printed=printed)
    if not parts:
        raise UnreadableFile(EMPTY)
    title = title_of(document, printed=printed)
    return Extract(
        parts=parts,
        said={"title": title} if title else {},
        warnings=tuple(_warnings(read_pages, broken, data, recognised=recognise is not None)),
    )


def _pages(document: pdfium.PdfDocument, limits: Limits) -> tuple[list[Page], list[int]]:
    """Every page that can be loaded, and the numbers of the others."""
    pages: list[Page] = []
    broken: list[int] = []
    left = limits.max_chars
    for number in range(1, len(document) + 1):
        try:
            page = _page(document, number, left)
        except pdfium.PdfiumError:
            logger.debug("page %d cannot be loaded", number)
            broken.append(number)
            continue
        except OverflowError as error:
            raise UnreadableFile(f"PDF 超过 {limits.max_chars} 字的上限：请拆成几个文件") from error
        left -= len(page.ink.glyphs)
        pages.append(replace(page, ink=replace(page.ink, glyphs=())))
    return pages, broken


def _page(document: pdfium.PdfDocument, number: int, max_chars: int) -> Page:
    page = document[number - 1]
    try:
        ink = ink_of(page, max_chars=max_chars)
    finally:
        page.close()
    tables, rest = tables_of(ink.glyphs, ink.rules, number)
    return Page(number, ink, tuple(lines_of(rest, number)), tuple(tables))


def _judged(pages: Sequence[Page]) -> list[Page]:
    """Pages without their furniture, those that are images marked."""
    clean = [
        replace(page, pieces=tuple(pieces))
        for page, pieces in zip(pages, _furnished(pages), strict=True)
    ]
    return [replace(page, image=_is_image(page)) for page in clean]


def _furnished(pages: Sequence[Page]) -> list[list[PdfLine]]:
    return without_furniture(_sheets(pages), _body_size(pages))


def _sheets(pages: Sequence[Page]) -> list[Sheet]:
    return [(page.pieces, page.ink.width, page.ink.height) for page in pages]


def _body_size(pages: Sequence[Page]) -> float:
    return body_of([piece for page in pages for piece in page.pieces]).size


def _is_image(page: Page) -> bool:
    """Whether the words of a page are in a picture, in outlines, or in a broken text layer."""
    text = _text_of(page)
    if _is_garbled(page):
        return True
    if len(text) > MAX_STAMP_CHARS:
        return False
    outlined = not text and page.ink.paths >= MIN_OUTLINES
    return page.ink.pictured >= MIN_PICTURED or outlined


def _text_of(page: Page) -> str:
    text = "".join(piece.text for piece in page.pieces)
    return text + "".join(cell.text for t in page.tables for row in t.table.rows for cell in row)


def _is_garbled(page: Page) -> bool:
    """Whether the fonts of a page do not say what they write."""
    return is_rubbish(_text_of(page) + UNMAPPED * page.ink.unmapped)


def _recognised(document: pdfium.PdfDocument, page: Page, recognise: Recogniser | None) -> Page:
    """A page that is an image with what is recognised in it; others as they are."""
    if not page.image or recognise is None:
        return replace(page, pieces=(), tables=()) if _is_garbled(page) else page
    image, scale = _rendered(document, page.number)
    lines, dropped = lines_seen(recognise(image), page=page.number, scale=scale)
    return replace(page, pieces=tuple(lines), tables=(), dropped=dropped)


def _evened(pages: Sequence[Page]) -> list[Page]:
    """Recognised pages with type sizes made alike; what is measured on an image is a guess."""
    among = [piece for page in pages if page.image for piece in page.pieces]
    return [
        replace(page, pieces=tuple(evened(page.pieces, among))) if page.image else page
        for page in pages
    ]


def _rendered(document: pdfium.PdfDocument, number: int) -> tuple[Image, float]:
    """A page as pixels, and pixels a point; never more than `MAX_PIXELS`, however large it is."""
    page = document[number - 1]
    try:
        width, height = (max(side, 1.0) for side in page.get_size())
        scale = min(
            DOTS_AN_INCH / POINTS_AN_INCH,
            math.sqrt(MAX_PIXELS / (width * height)),
            MAX_SIDE / max(width, height),
        )
        bitmap = page.render(
            scale=scale, draw_annots=False, may_draw_forms=False, maybe_alpha=False
        )
        image: Image = bitmap.to_numpy()[:, :, :3].copy()
        bitmap.close()
        return image, scale
    finally:
        page.close()


def _parts(pages: Sequence[Page], *, printed: bool) -> tuple[Part, ...]:
    """All pages together in reading order; `printed` by a browser: without the site's chrome."""
    clean = [
        replace(page, pieces=tuple(pieces))
        for page, pieces in zip(pages, without_contents(_furnished(pages)), strict=True)
    ]
    size, texts = _body_size(clean), dict[str, str]()
    leaves = []
    for page in clean:
        notes = notes_of(page.pieces, page.ink.rules, page.ink.width, size)
        texts |= notes.texts
        leaves += leaves_of(notes.pieces, page.tables, page.number, page.ink.width)
    flow = _tables_joined(flowed(leaves))
    scanned = {page.number for page in pages if page.image}
    parts = list(_written(flow, texts, scanned))
    return tuple(_without_chrome(parts) if printed else parts)


def _tables_joined(flow: Sequence[Item]) -> list[Item]:
    """Items with tables that go on at the top of the next page made one."""
    out: list[Item] = []
    for item in flow:
        last = out[-1] if out else None
        if isinstance(item, Ruled) and isinstance(last, Ruled) and continues(last, item):
            out[-1] = appended(last, item)
        else:
            out.append(item)
    return out


def _written(flow: Sequence[Item], texts: dict[str, str], scanned: set[int]) -> Iterator[Part]:
    body = body_of([item for item in flow if isinstance(item, PdfLine)])
    drafts = list(_drafted(flow, body))
    headings = {
        id(d)
        for d in drafts
        if isinstance(d, Draft) and is_heading(d, body, sure_sizes=d.page not in scanned)
    }
    ranks = ranks_of(
        [d for d in drafts if isinstance(d, Draft) and id(d) in headings and d.page not in scanned],
        body,
    )
    for draft in drafts:
        if isinstance(draft, Ruled):
            yield draft.table
            continue
        heading = id(draft) in headings
        level = ranks.get(draft.size, 0) if heading else 0
        yield from _paragraph(draft, texts, heading=heading, level=level)


def _drafted(flow: Sequence[Item], body: Body) -> Iterator[Draft | Ruled]:
    """Paragraphs between tables, tables between paragraphs."""
    run: list[PdfLine] = []
    for item in flow:
        if isinstance(item, PdfLine):
            run.append(item)
            continue
        yield from paragraphs_of(run, body)
        run = []
        yield item
    yield from paragraphs_of(run, body)


def _paragraph(
    draft: Draft, texts: dict[str, str], *, heading: bool, level: int
) -> Iterator[Paragraph]:
    """A paragraph, then the footnotes that it calls."""
    text = draft.text
    plain = without_marks(text)
    if plain:
        kind: ParagraphKind = "heading" if heading else "text"
        yield Paragraph(plain, kind=kind, level=level, page=draft.page)
    for mark in marks_in(text):
        page, _, number = mark.partition(":")
        yield Paragraph(texts[mark], kind="note", label=f"脚注{number}", page=int(page))


def _without_chrome(parts: Sequence[Part]) -> Iterator[Part]:
    texts = [part.text if isinstance(part, Paragraph) else "。" for part in parts]
    gone = chrome_of(texts)
    yield from (part for n, part in enumerate(parts) if n not in gone)


def _warnings(
    pages: Sequence[Page], broken: Sequence[int], data: bytes, *, recognised: bool
) -> Iterator[str]:
    """Lines for staff on what was guessed or left out."""
    images = page_ranges(
        [page.number for page in pages if page.image and (recognised or not page.ink.unmapped)]
    )
    if images and recognised:
        yield f"第 {images} 页由图像识别，请核对"
    elif images:
        yield f"第 {images} 页是图像，没有文字层，未能读取：{INSTALL}"
    yield from _unread([page for page in pages if not (page.image and recognised)])
    dropped = sum(page.dropped for page in pages)
    if dropped:
        yield f"图像识别有 {dropped} 行把握太低，已略去，请对照原件"
    if broken:
        yield f"第 {page_ranges(broken)} 页已损坏，未能读取"
    if b"%%EOF" not in data[-TAIL_BYTES:]:
        yield "PDF 缺少结尾，可能不完整，请核对"


def _unread(pages: Sequence[Page]) -> Iterator[str]:
    """Lines for staff on what stands in the file and was not read, page by page."""
    for reason, found in (
        ("有看不见的文字（白色或极小），没有读", [p for p in pages if p.ink.hidden]),
        (
            "有的字体没有文字编码，读出来是乱码，没有读",
            [p for p in pages if p.ink.unmapped >= MIN_JUDGED_CHARS],
        ),
        ("有批注没有读", [p for p in pages if p.ink.remarks]),
    ):
        if found:
            yield f"第 {page_ranges([page.number for page in found])} 页{reason}，请对照原件"


def page_ranges(numbers: Sequence[int]) -> str:
    """`[3, 4, 5, 8]` as `3–5、8`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
