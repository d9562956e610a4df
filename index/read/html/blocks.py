"""The tree of a page to its lines: paragraphs, headings, list items and tables in reading order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Limits, Table
from policyqa.index.read.html.chrome import Chrome, chrome_of, is_part_head
from policyqa.index.read.html.tables import is_data, table_of
from policyqa.index.read.html.tree import Node
from policyqa.index.text.numerals import HAN, TENS

BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p "
    "pre section summary table tbody td tfoot th thead tr ucapcontent ucaptitle ul"
)
BLOCKS = frozenset(BLOCK_NAMES.split())
HEADINGS = {f"h{level}": level for level in range(1, 7)}
CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—"
WRAP = re.compile(rf"(?<=[{CJK}])[ \t\r\f]*\n[ \t\r\f\n]*(?=[{CJK}])")
NOTHING = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
BOLD = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
NOT_BOLD = re.compile(r"font-weight\s*:\s*(normal|[1-5]00)", re.IGNORECASE)
SIZE = re.compile(r"(?<![-\w])(width|height)\s*:\s*(\d{1,5})(?:px)?\s*(?:;|$)", re.IGNORECASE)
ORNAMENT = re.compile(r"\.(gif|svg)|logo|icon|qr|ewm|banner|blank|spacer", re.IGNORECASE)
LEAST = {"width": 300, "height": 100}  # of a picture that may hold text
MAX_NAME_CHARS, MAX_PAIR_CHARS = 20, 300
NO_MARKER = re.compile(r"list-style(-type)?\s*:[^;]*\bnone", re.IGNORECASE)
MARKED = re.compile(rf"[（(]?(\d{{1,3}}|[{TENS}]{{1,3}})[）)、.．]|第[{HAN}\d]+[章节条]|[①-⑳]")
ROMAN = (
    (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"),
    (4, "iv"), (1, "i"),
)  # fmt: skip


class Place(NamedTuple):
    """Where in the page the words being read stand."""

    block: Node
    chrome: Chrome = ""
    bold: bool = False
    link: bool = False
    heading: Node | None = None
    pre: bool = False


@dataclass(eq=False, slots=True)
class HtmlLine:
    """A paragraph or a table (`table`, then without `text`).

    `linked` counts characters in links, `chars` all without blanks; `indented` says whether the
    line begins with blanks, `heading` is the element `h1`–`h6` around it. `spaced` is the text
    with a blank wherever an element ends: labels side by side stand apart on the screen only.
    `note` is the label of a footnote, `images` counts the large pictures right after the line.
    """

    text: str
    node: Node
    chrome: Chrome = ""
    chars: int = 0
    linked: int = 0
    bold: bool = False
    indented: bool = False
    spaced: str = ""
    heading: Node | None = None
    table: Table | None = None
    note: str = ""
    images: int = 0

    @property
    def plain(self) -> int:
        return self.chars - self.linked


def lines_of(root: Node, limits: Limits, prose: int = 0) -> list[HtmlLine]:
    """The lines of an element in reading order.

    Args:
        root: the element.
        limits: bounds on characters and rows.
        prose: the page's characters of running text, for telling furniture; 0 marks none.

    Raises:
        UnreadableFile: a bound is passed.
    """
    writer = _Writer(limits, prose)
    writer.visit(root, Place(root))
    writer.flush(Place(root))
    return _paired(writer.lines)


def cell_text(cell: Node, limits: Limits) -> str:
    """The words of a cell, its lines separated by line breaks; a table inside is read by rows."""
    texts: list[str] = []
    for line in lines_of(cell, limits):
        if line.table is not None:
            texts += [" ".join(c.text for c in row if c.text) for row in line.table.rows]
        else:
            texts.append(line.text)
    return "\n".join(text for text in texts if text)


def collapsed(raw: str) -> str:
    """Text as a browser shows it: blanks collapsed, none where a Chinese line was only wrapped."""
    return " ".join(WRAP.sub("", NOTHING.sub("", raw)).split())


class _Writer:
    """Collects words until a block ends."""

    def __init__(self, limits: Limits, prose: int) -> None:
        self.lines: list[HtmlLine] = []
        self._limits, self._prose = limits, prose
        self._pieces: list[tuple[str, bool, bool]] = []
        self._marker = ""
        self._chars = self._rows = 0

    def visit(self, node: Node, place: Place) -> None:
        """Write an element and all below it."""
        for child in node.children:
            if isinstance(child, str):
                self._write(child, place)
            elif child.tag == "br":
                self.flush(place)
            elif child.tag == "img":
                self._image(child, place)
            elif child.tag not in BLOCKS:
                self.visit(child, _inside(child, place, self._prose))
            else:
                self._block(child, place)

    def _block(self, node: Node, place: Place) -> None:
        self.flush(place)
        inside = _inside(node, place, self._prose)._replace(block=node)
        if node.tag == "table" and is_data(node):
            self._table(node, inside)
            return
        if node.tag == "li":
            self._marker = marker_of(node)
        self.visit(node, inside)
        self.flush(inside)
        if node.tag == "li":
            self._marker = ""

    def _image(self, node: Node, place: Place) -> None:
        if self.lines and not place.chrome and _is_large(node, place):
            self.lines[-1].images += 1

    def _table(self, node: Node, place: Place) -> None:
        table = table_of(node, lambda cell: cell_text(cell, self._limits), self._limits)
        self._rows += len(table.rows)
        if self._rows > self._limits.max_rows:
            raise UnreadableFile(f"表格的行数超过上限 {self._limits.max_rows} 行，请拆分")
        self._count(node.chars)
        line = HtmlLine("", node, place.chrome, node.chars, node.linked, table=table)
        self.lines.append(line)

    def _write(self, text: str, place: Place) -> None:
        if not place.pre:
            self._pieces.append((text, place.bold, place.link))
            return
        for number, piece in enumerate(text.splitlines()):
            if number:
                self.flush(place)
            self._pieces.append((piece, place.bold, place.link))

    def flush(self, place: Place) -> None:
        """End the paragraph."""
        pieces, self._pieces = self._pieces, []
        raw = "".join(text for text, _, _ in pieces)
        text = collapsed(raw)
        if not text:
            return
        sizes = [(len("".join(piece.split())), bold, link) for piece, bold, link in pieces]
        marker = "" if MARKED.match(text) else self._marker
        self._marker = ""
        line = HtmlLine(marker + text, place.block, place.chrome, heading=place.heading)
        line.chars = sum(size for size, _, _ in sizes)
        line.linked = sum(size for size, _, link in sizes if link)
        line.bold = all(bold for size, bold, _ in sizes if size)
        line.spaced = " ".join(" ".join(piece for piece, _, _ in pieces).split())
        line.indented = raw.lstrip("\r\n\t")[:1] in "\u3000\xa0 "
        self._count(line.chars)
        self.lines.append(line)

    def _count(self, chars: int) -> None:
        self._chars += chars
        if self._chars > self._limits.max_chars:
            raise UnreadableFile(f"文字超过上限 {self._limits.max_chars} 字，请拆分")


def _inside(node: Node, place: Place, prose: int) -> Place:
    """The place inside an element."""
    tag, style = node.tag, node.style
    bold = place.bold or tag in ("b", "strong") or bool(style and BOLD.search(style))
    bold = bold or is_part_head(node)
    chrome = place.chrome
    if prose and chrome != "hard" and tag not in ("p", "td", "tr", "span", "a"):
        chrome = chrome_of(node, prose) or chrome
    return place._replace(
        chrome=chrome,
        bold=bold and not (style and NOT_BOLD.search(style)),
        link=place.link or node.is_link,
        heading=node if tag in HEADINGS else place.heading,
        pre=place.pre or tag == "pre",
    )


def marker_of(item: Node) -> str:
    """The number that a browser shows before an item of a list (`1. `), "" for none."""
    parent = item.parent
    if parent is None or parent.tag != "ol":
        return ""
    if NO_MARKER.search(parent.style) or NO_MARKER.search(item.style):
        return ""
    value = _value(item, parent)
    return f"{_numeral(value, parent.attrs.get('type', '1'))}. " if value is not None else ""


def _value(item: Node, parent: Node) -> int | None:
    """An item's number; counted once for the whole list and kept as its `value`."""
    if "data-number" not in item.attrs:
        number = _number(parent.attrs.get("start", ""), 1)
        for child in parent.elements():
            if child.tag == "li":
                number = _number(child.attrs.get("value", ""), number)
                child.attrs["data-number"] = str(number)
                number += 1
    return _number(item.attrs.get("data-number", ""), 1)


def _number(digits: str, default: int) -> int:
    return int(digits) if re.fullmatch(r"-?[0-9]{1,6}", digits.strip()) else default


def _numeral(value: int, kind: str) -> str:
    if kind in ("a", "A") and 1 <= value <= 26:
        return chr(ord(kind) + value - 1)
    if kind in ("i", "I") and 1 <= value < 400:
        text = ""
        for size, letters in ROMAN:
            count, value = divmod(value, size)
            text += letters * count
        return text.upper() if kind == "I" else text
    return str(value)


def merged_headings(lines: Sequence[HtmlLine]) -> list[HtmlLine]:
    """Lines with those of one heading element (broken by `br`) put together."""
    result: list[HtmlLine] = []
    for line in lines:
        last = result[-1] if result else None
        if last is not None and _same_heading(last, line):
            last.text = joined(last.text, line.text)
            last.images += line.images
            last.chars, last.linked = last.chars + line.chars, last.linked + line.linked
        else:
            result.append(line)
    return result


def _is_large(image: Node, place: Place) -> bool:
    """Whether a picture is as large as one of text; one of unknown size must stand alone."""
    said = "".join(f"{name}:{value};" for name, value in image.attrs.items() if name != "style")
    sizes = {name: int(size) for name, size in SIZE.findall(f"{said}{image.style}")}
    name = image.attrs.get("data-src") or image.attrs.get("src", "")
    alone = not place.block.chars and place.block.tag != "body" and not place.link
    known = sizes or (alone and name and not ORNAMENT.search(name))
    return bool(known) and all(sizes.get(side, least) >= least for side, least in LEAST.items())


def _paired(lines: Sequence[HtmlLine]) -> list[HtmlLine]:
    """Lines with the short values of a definition list (`dd`) joined to their name (`dt`)."""
    result: list[HtmlLine] = []
    for is_value, run in groupby(lines, key=lambda line: _entry(line, "dd") is not None):
        values = list(run)
        name = result[-1] if is_value and result else None
        if name is None or not _is_pair(name, values):
            result += values
            continue
        said = "；".join(line.text.rstrip("；;") for line in values)
        name.text = name.spaced = f"{name.text.rstrip('：: ')}：{said}"
        name.chars += sum(line.chars for line in values)
        name.linked += sum(line.linked for line in values)
        name.images += sum(line.images for line in values)
        name.bold = False
    return result


def _entry(line: HtmlLine, tag: str) -> Node | None:
    """The name (`dt`) or value (`dd`) of a list that a line stands in."""
    near = (node for node, _ in zip(line.node.ancestors(), range(3), strict=False))
    return next((node for node in near if node.tag == tag), None)


def _is_pair(name: HtmlLine, values: Sequence[HtmlLine]) -> bool:
    """Whether a name can be a label, and its values are short, one line each and no links."""
    told = [line for line in values if line.table is None and line.linked <= 0.5 * line.chars]
    each = len(values) == len(told) == len({_entry(line, "dd") for line in values})
    short = len(name.text) <= MAX_NAME_CHARS and name.text[-1:] not in "。？?！"
    fits = each and sum(len(line.text) for line in values) <= MAX_PAIR_CHARS
    return _entry(name, "dt") is not None and name.table is None and short and fits


def _same_heading(one: HtmlLine, other: HtmlLine) -> bool:
    same = one.heading is not None and one.heading is other.heading and one.node is other.node
    return same and one.table is None and other.table is None


def joined(left: str, right: str) -> str:
    """Two pieces of one text; with a blank between unless one of them is Chinese there."""
    chinese = re.match(f"[{CJK}]", left[-1:]) or re.match(f"[{CJK}]", right[:1])
    return f"{left}{'' if chinese else ' '}{right}"
