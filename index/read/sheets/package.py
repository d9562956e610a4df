"""What the package of an .xlsx says beyond its values: number formats, header rows, odd merges."""

import io
import re
import zipfile
from dataclasses import dataclass, field

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Limits
from policyqa.index.read.ooxml import Package

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
LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@dataclass(frozen=True)
class Hints:
    """What the package says of a sheet: number formats by (row, column) from 0, and the number
    of its last header row from 1, 0 when it is silent."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    header_row: int = 0


def prepared(data: bytes, limits: Limits) -> tuple[bytes, dict[str, Hints]]:
    """The file, mended where calamine needs it, and the hints by sheet name."""
    package = Package.open(data, limits)
    if (broken := package.archive.testzip()) is not None:
        raise zipfile.BadZipFile(broken)
    codes = _number_formats(package)
    hints: dict[str, Hints] = {}
    mended: dict[str, bytes] = {}
    for name, part in _sheet_parts(package).items():
        xml = package.bytes_of(part) or b""
        hints[name] = _hints(xml, codes)
        whole = WHOLE_ROWS.sub(rb'\1A\2:%s\3"' % LAST_COLUMN.encode(), xml)
        whole = WHOLE_COLUMNS.sub(rb'\g<1>\g<2>1:\g<3>%d"' % LAST_ROW, whole)
        if whole != xml:
            mended[part.lower()] = whole
    return (_rewritten(package, mended) if mended else data), hints


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


def _number_formats(package: Package) -> dict[bytes, str]:
    """The formats that change how a value reads, by style number."""
    root = package.xml("xl/styles.xml")
    if root is None:
        return {}
    codes = BUILT_IN | {
        item.get("numFmtId", ""): item.get("formatCode", "") for item in root.iter("{*}numFmt")
    }
    styles = root.findall("{*}cellXfs/{*}xf")
    found = {at: codes.get(item.get("numFmtId", ""), "") for at, item in enumerate(styles)}
    return {str(at).encode(): code for at, code in found.items() if _matters(code)}


def _matters(code: str) -> bool:
    return "%" in code or is_month(code)


def is_month(code: str) -> bool:
    signs = LITERAL.sub("", code).lower()
    return "y" in signs and "m" in signs and "d" not in signs and "h" not in signs


def _hints(xml: bytes, codes: dict[bytes, str]) -> Hints:
    formats: dict[tuple[int, int], str] = {}
    rows = columns = 0
    for cell in CELL.finditer(xml):
        if place := REFERENCE.search(cell[1]):
            column, row = _column(place[1]), int(place[2])
            rows, columns = max(rows, row), max(columns, column)
            style = STYLE.search(cell[1])
            if style and style[1] in codes:
                formats[row - 1, column - 1] = codes[style[1]]
    if rows * columns > MAX_AREA:
        raise UnreadableFile(f"工作表有 {rows} 行 × {columns} 列，太大，请删去多余的行列后另存")
    return Hints(formats, _header_row(xml))


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
