"""What the package of an .xlsx says beyond its values: number formats, header rows, odd merges,
what is hidden, struck out or of the colour of its ground, formulas that were never worked out."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Limits
from policyqa.index.read.ooxml import Element, Package
from policyqa.index.read.sheets.formats import matters

MAX_AREA = 20_000_000
LAST_COLUMN, LAST_ROW = "XFD", 1_048_576
BUILT_IN = {"9": "0%", "10": "0.00%", "17": "mmm-yy", "55": "yyyy/m", "57": "yyyy/m"}
CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/])>(?!</)")  # not one that has a style only
REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
STYLE = re.compile(rb'\bs="(\d+)"')
PANE = re.compile(rb"<(?:\w+:)?pane\s([^>]*)>")
FROZEN_ROWS = re.compile(rb'\bySplit="(\d+)')
FILTER = re.compile(rb'<(?:\w+:)?autoFilter\s[^>]*?\bref="\$?[A-Z]+\$?(\d+)')
WHOLE_ROWS = re.compile(rb'(<(?:\w+:)?mergeCell\s[^>]*?\bref=")(\d+):(\d+)"')
WHOLE_COLUMNS = re.compile(rb'(<(?:\w+:)?mergeCell\s[^>]*?\bref=")([A-Z]+):([A-Z]+)"')
HIDDEN_ROW = re.compile(
    rb'<(?:\w+:)?row\s(?=[^>]*?\s(?:hidden="(?:1|true)"|ht="0(?:\.0*)?"))[^>]*?\br="(\d+)"'
)
COLUMNS = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
NUMBERS = re.compile(rb'\b(min|max|hidden|width)="([\w.]+)"')
# What may give cells a ground that their own style does not name.
GROUNDS = re.compile(rb"<(?:\w+:)?(?:tablePart|conditionalFormatting|picture)\s")
WHITE = "FFFFFF"
INDEXED = {"1": WHITE, "9": WHITE, "65": WHITE, "0": "000000", "8": "000000", "64": "000000"}
# A formula and nothing that it gives; t="str" says that it gives an empty text.
UNSOLVED = re.compile(
    rb'<(?:\w+:)?c\s((?:(?!\st="str")[^>])*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</[^>]*>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</[^>]*>)?\s*</(?:\w+:)?c>"
)
LONG = re.compile(rb'(<(?:\w+:)?c\s[^>]*?)(?:\st="n")?(>\s*<(?:\w+:)?v>-?\d{15}0*[1-9]\d*</)')
STRUCK_RUN = re.compile(
    rb"<((?:\w+:)?)r>\s*<\1rPr>(?:(?!</\1rPr>).)*?<\1strike(?:\sval=\"(?:1|true)\")?\s*/>"
    rb".*?</\1r>",
    re.DOTALL,
)


@dataclass(frozen=True)
class Hints:
    """What the package says of a sheet: number formats, struck out cells and those whose words have
    the colour of their ground, by (row, column) from 0; hidden rows and columns, the number of its
    last header row from 1 (0 when it is silent), the names of cells whose formula has no value."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    header_row: int = 0
    struck: frozenset[tuple[int, int]] = frozenset()
    unseen: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    unsolved: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Styles:
    """Style numbers: those whose format changes how a value reads, those that strike it out, those
    that write in the colour of their own fill, and in white without one."""

    codes: dict[bytes, str] = field(default_factory=dict)
    struck: frozenset[bytes] = frozenset()
    unseen: frozenset[bytes] = frozenset()
    white: frozenset[bytes] = frozenset()


def prepared(data: bytes, limits: Limits) -> tuple[bytes, dict[str, Hints], int]:
    """The file, mended where calamine needs it and without struck out words, the hints by sheet
    name, and how many pieces of text were struck out inside their cells."""
    package = Package.open(data, limits)
    if (broken := package.archive.testzip()) is not None:
        raise zipfile.BadZipFile(broken)
    styles = _styles(package)
    hints: dict[str, Hints] = {}
    mended: dict[str, bytes] = {}
    struck = 0
    parts = _sheet_parts(package)
    for part in {*parts.values(), *_shared_strings(package)}:
        xml = package.bytes_of(part) or b""
        hints |= {name: _hints(xml, styles) for name, sheet in parts.items() if sheet == part}
        whole, runs = STRUCK_RUN.subn(b"", _mended(xml))
        struck += runs
        if whole != xml:
            mended[part.lower()] = whole
    return (_rewritten(package, mended) if mended else data), hints, struck


def _mended(xml: bytes) -> bytes:
    """Merges of whole rows and columns as ranges, long numbers as text: calamine loses digits."""
    xml = WHOLE_ROWS.sub(rb'\1A\2:%s\3"' % LAST_COLUMN.encode(), xml)
    xml = WHOLE_COLUMNS.sub(rb'\g<1>\g<2>1:\g<3>%d"' % LAST_ROW, xml)
    return LONG.sub(rb'\1 t="str">\2', xml)


def _shared_strings(package: Package) -> Iterator[str]:
    book = package.related("", "officeDocument") or "xl/workbook.xml"
    if part := package.related(book, "sharedStrings"):
        yield part


def _sheet_parts(package: Package) -> dict[str, str]:
    book = package.related("", "officeDocument") or "xl/workbook.xml"
    root = package.xml(book)
    targets = package.targets(book)
    if root is None:
        return {}
    ids = {item.get("name", ""): _relationship(item.attrib) for item in root.iter("{*}sheet")}
    return {name: targets[key][1] for name, key in ids.items() if key in targets}


def _relationship(attributes: dict[str, str]) -> str:
    return next((value for key, value in attributes.items() if key.endswith("}id")), "")


def _styles(package: Package) -> _Styles:
    root = package.xml("xl/styles.xml")
    if root is None:
        return _Styles()
    codes = BUILT_IN | {
        item.get("numFmtId", ""): item.get("formatCode", "") for item in root.iter("{*}numFmt")
    }
    fonts = {str(at): font for at, font in enumerate(root.findall("{*}fonts/{*}font"))}
    fills = {str(at): _ground(fill) for at, fill in enumerate(root.findall("{*}fills/{*}fill"))}
    struck = {at for at, font in fonts.items() if _strikes(font)}
    inks = {at: _colour(font.find("{*}color"), "000000") for at, font in fonts.items()}
    styles = {str(n).encode(): xf for n, xf in enumerate(root.findall("{*}cellXfs/{*}xf"))}
    found = {at: codes.get(item.get("numFmtId", ""), "") for at, item in styles.items()}
    worn = {
        at: (inks.get(item.get("fontId", "")), fills.get(item.get("fillId", "")))
        for at, item in styles.items()
    }
    return _Styles(
        {at: code for at, code in found.items() if matters(code)},
        frozenset(at for at, item in styles.items() if item.get("fontId") in struck),
        frozenset(at for at, (ink, ground) in worn.items() if ink and ink == ground),
        frozenset(at for at, (ink, ground) in worn.items() if ink == WHITE and ground == ""),
    )


def _ground(fill: Element) -> str | None:
    """The colour of a solid fill; empty without a fill, None where it has more."""
    pattern = fill.find("{*}patternFill")
    kind = None if pattern is None else pattern.get("patternType", "none")
    if pattern is None or kind not in ("none", "solid"):
        return None
    return "" if kind == "none" else _colour(pattern.find("{*}fgColor"), None)


def _colour(node: Element | None, default: str | None) -> str | None:
    """A colour as a word that is equal for equal colours: RRGGBB where it is known."""
    if node is None or not node.attrib or "auto" in node.attrib:
        return default
    if rgb := node.get("rgb"):
        return str(rgb)[-6:].upper()
    known = INDEXED if "indexed" in node.attrib else {"0": WHITE, "1": "000000"}
    number = node.get("indexed") or node.get("theme") or ""
    plain = not node.get("tint", "").strip("0.")
    return known[number] if number in known and plain else f"{sorted(node.attrib.items())}"


def _strikes(font: Element) -> bool:
    strike = font.find("{*}strike")
    return strike is not None and strike.get("val", "1") in ("1", "true")


def _hints(xml: bytes, styles: _Styles) -> Hints:
    formats: dict[tuple[int, int], str] = {}
    struck: set[tuple[int, int]] = set()
    unseen: set[tuple[int, int]] = set()
    pale = styles.unseen if GROUNDS.search(xml) else styles.unseen | styles.white
    rows = columns = 0
    for cell in CELL.finditer(xml):
        if place := REFERENCE.search(cell[1]):
            column, row = _column(place[1]), int(place[2])
            rows, columns = max(rows, row), max(columns, column)
            style = STYLE.search(cell[1])
            if style and style[1] in styles.codes:
                formats[row - 1, column - 1] = styles.codes[style[1]]
            if style and style[1] in styles.struck:
                struck.add((row - 1, column - 1))
            if style and style[1] in pale:
                unseen.add((row - 1, column - 1))
    if rows * columns > MAX_AREA:
        raise UnreadableFile(f"工作表有 {rows} 行 × {columns} 列，太大，请删去多余的行列后另存")
    return Hints(
        formats,
        _header_row(xml),
        frozenset(struck),
        frozenset(unseen),
        frozenset(int(number) - 1 for number in HIDDEN_ROW.findall(xml)),
        frozenset(_hidden_columns(xml)),
        tuple(_unsolved(xml)),
    )


def _hidden_columns(xml: bytes) -> Iterator[int]:
    for columns in COLUMNS.finditer(xml):
        said = dict(NUMBERS.findall(columns[1]))
        if said.get(b"hidden") in (b"1", b"true") or not said.get(b"width", b"1").strip(b"0."):
            yield from range(int(said[b"min"]) - 1, int(said[b"max"]))


def _unsolved(xml: bytes) -> Iterator[str]:
    for cell in UNSOLVED.finditer(xml):
        if place := REFERENCE.search(cell[1]):
            yield place[1].decode() + place[2].decode()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _header_row(xml: bytes) -> int:
    """The row of the filter's arrows, or the last one that is frozen at the top."""
    if found := FILTER.search(xml):
        return int(found[1])
    pane = PANE.search(xml)
    if pane is None or b"frozen" not in pane[1]:
        return 0
    rows = FROZEN_ROWS.search(pane[1])
    return int(rows[1]) if rows else 0


def _rewritten(package: Package, mended: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in package.archive.infolist():
            content = mended.get(info.filename.lower())
            archive.writestr(
                info.filename, package.archive.read(info) if content is None else content
            )
    return made.getvalue()
