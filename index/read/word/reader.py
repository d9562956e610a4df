"""Word files (.docx, .docm, .dotx) to paragraphs, tables and notes in reading order.

Decision: `lxml` on the package's own parts. python-docx was refused: it turns .docm and files with
a dangling relationship away, and knows neither notes, numbers, content controls nor text boxes.
Text is taken as a reader sees it in the final version: insertions kept, deletions, struck-out and
hidden text dropped, automatic numbers written out. Of page headers and footers only what says
something (a telephone, a document's number) is kept; comments and the table of contents are not
the document's own words. Staff are told what was left out. Macros are never looked at.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import (
    Extract,
    Limits,
    Paragraph,
    Part,
    Table,
    hidden_warning,
    struck_warning,
)
from policyqa.index.read.ooxml import DAMAGE, Element, Package, local
from policyqa.index.read.word.numbering import Numbering
from policyqa.index.read.word.runs import Fields, Runs, WordLine
from policyqa.index.read.word.styles import Styles, child, is_on, number, value
from policyqa.index.read.word.tables import hidden_rows, sole_cell, table_of
from policyqa.index.text.numerals import TENS, YEAR_DIGITS

MAX_HEADING = 40
MAX_STYLED_HEADING = 80
CLEARLY_LARGER = 1.15
NO_HEADING = re.compile(
    r"[。！？；…：，、.!?;:,]$"  # a sentence, a salutation, a list going on
    r"|^[（(].*[）)]$|[〔\[［【(（]\d{4}[〕\]］】)）].{0,8}号$"  # (1月1日通过), 国发〔2016〕1号
    rf"|^[\d{YEAR_DIGITS}十]+年[\d{TENS}]+月.{{0,8}}$|^[\d\W]+$"
)
NO_TITLE = re.compile(
    r"\.(docx?|dotx?|wps|rtf|txt|pdf|html?)$|^microsoft word|^document ?\d*$|^文档 ?\d*$|^\W*$"
    r"|^(无标题|未命名|untitled|template|模板|normal|title|标题)",
    re.IGNORECASE,
)
WHOLE_TITLE = re.compile(
    r"(通知|办法|规定|细则|意见|方案|条例|公告|通告|公示|决定|措施|指南|规划|计划|纲要|政策|标准|目录"
    r"|清单|批复|函|规则|章程|制度|解读|问答|手册|须知|说明|表|要点|报告)([（(].{1,12}[）)])?$"
)
PAGE_NUMBER = re.compile(r"([\W\d_]|[第共总页]|pages?|of)*", re.IGNORECASE)
SAYS = re.compile(
    r"\d{3,4}[-—－]\d{7,8}|(?<!\d)1\d{10}(?!\d)|[〔\[［]\d{4}[〕\]］].{0,8}号|[\u4e00-\u9fff][：:]\s*\S"
)
SAID = re.compile(r"[^\W_]")
FORM_EDGE = re.compile("窗体(顶|底)端|(Top|Bottom) of Form")  # what Word makes of a copied web page
NOTE_NAMES = {"footnote": "脚注", "endnote": "尾注"}
TITLE_WITHIN = 2000
Block = WordLine | Paragraph | Table


def read(data: bytes, limits: Limits) -> Extract:
    """The parts of a .docx.

    Raises:
        UnreadableFile: behind a password, damaged, too large once unpacked, or without text.
    """
    package = Package.open(data, limits)
    try:
        return _extract(package)
    except DAMAGE as error:
        raise UnreadableFile("Word 文件已损坏，请用 Word 或 WPS 打开后另存为 .docx") from error


def _extract(package: Package) -> Extract:
    main = package.related("", "officeDocument") or "word/document.xml"
    root = package.xml(main)
    body = None if root is None else child(root, "body")
    if body is None:
        raise UnreadableFile("不是 Word 文件（没有正文部分），请用 Word 打开后另存为 .docx")
    reader, blocks = _blocks(package, main, body)
    parts = tuple(_parts(blocks))
    if not parts:
        raise UnreadableFile(_why_empty(body))
    text = _bare("".join(body.itertext()))
    above, below = (_margin(package, main, kind, text) for kind in ("header", "footer"))
    left = [line for line in (*above, *below) if not SAYS.search(line)]
    dropped = (*struck_warning(reader.struck), *hidden_warning(reader.unseen))
    warnings = (*_warnings(package, main, body, left), *dropped)
    parts = (*_saying(above), *parts, *_saying(below))
    return Extract(parts, _said(package, parts), warnings)


def _margin(package: Package, main: str, kind: str, text: str) -> list[str]:
    """The lines of all page headers or footers, each once, but for page numbers and what the text
    says too."""
    reader = Reader.of(package, main)
    names = [name for found, name in package.targets(main).values() if found == kind]
    roots = [root for name in names if (root := package.xml(name)) is not None]
    lines = dict.fromkeys(line for root in roots for line in reader.flat(root).split("\n"))
    told = [x for x in lines if SAYS.search(x) or not PAGE_NUMBER.fullmatch(x)]
    return [x for x in told if _bare(x) not in text]


def _saying(lines: list[str]) -> list[Paragraph]:
    return [Paragraph(line) for line in lines if SAYS.search(line)]


def _blocks(package: Package, main: str, body: Element) -> tuple["Reader", list[Block]]:
    """Read once; once more with its contents kept if their field never ends."""
    reader = Reader.of(package, main)
    blocks = list(reader.blocks(body))
    if reader.fields.in_contents:
        reader = Reader.of(package, main)
        reader.fields.keep_contents = True
        blocks = list(reader.blocks(body))
    return reader, blocks


def _why_empty(body: Element) -> str:
    if next(body.iter("{*}blip", "{*}imagedata"), None) is not None:
        return "Word 文件里只有图片，没有文字，请先做文字识别（OCR）再上传"
    return "Word 文件里没有文字"


def _warnings(package: Package, main: str, body: Element, left: list[str]) -> Iterator[str]:
    if next(body.iter("{*}altChunk"), None) is not None:
        yield "文件里嵌入了另一个文件，其中的文字没有读，请在 Word 里打开后另存一次"
    if left:
        yield f"页眉页脚里有文字没有读：“{'”“'.join(line[:MAX_HEADING] for line in left[:3])}”"
    comments = package.xml(package.related(main, "comments") or "word/comments.xml")
    written = [c for c in (() if comments is None else comments) if "".join(c.itertext()).strip()]
    if written:
        yield f"有 {len(written)} 处批注没有读"


@dataclass
class Reader:
    """What reading a document in order needs: its styles, counters, open fields and notes."""

    styles: Styles
    numbering: Numbering
    notes: dict[tuple[str, str], Element]
    fields: Fields = field(default_factory=Fields)
    counts: Counter[str] = field(default_factory=Counter)
    carried: str = ""
    struck: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, package: Package, main: str) -> "Reader":
        """With the parts that the main one points to, whichever there are."""
        styles, numbering, footnotes, endnotes = (
            package.related(main, kind) or f"word/{kind}.xml"
            for kind in ("styles", "numbering", "footnotes", "endnotes")
        )
        notes = {
            (local(note), value(note, "id")): note
            for root in (package.xml(footnotes), package.xml(endnotes))
            if root is not None
            for note in root
        }
        return cls(Styles.of(package.xml(styles)), Numbering.of(package.xml(numbering)), notes)

    def blocks(self, node: Element) -> Iterator[Block]:
        """Paragraphs and tables below a body, a cell, a box or a note, wrappers looked through."""
        for item in node:
            name = local(item)
            if name == "p":
                yield from self._paragraph(item)
            elif name == "tbl":
                yield from self._table(item)
            elif name == "AlternateContent":
                yield from self.blocks(next(iter(item), ()))
            elif name == "sdt" and _is_contents_control(item):
                continue
            elif name not in ("del", "moveFrom", "tcPr", "sectPr", "sdtPr"):
                yield from self.blocks(item)

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        runs = Runs(self.styles, self.fields, self.styles.paragraph_style(paragraph))
        runs.walk(paragraph)
        self.struck += ["".join(runs.struck)] if runs.struck else []
        unseen = "".join(runs.unseen)
        if SAID.search(unseen) and not FORM_EDGE.fullmatch(unseen.strip()):
            self.unseen.append(unseen)
        if self.styles.is_contents(paragraph) and not self.fields.keep_contents:
            return
        if is_on(child(paragraph, "pPr", "rPr", "del")):
            self.carried += runs.lines[0].text  # its end was deleted: it runs into the next one
            return
        runs.lines[0].begin(self._label(paragraph) + self.carried)
        self.carried = ""
        centred = value(self.styles.of_paragraph(paragraph, "jc")) == "center"
        for line in runs.lines:
            line.level, line.centred = self.styles.heading_level(paragraph), centred
            yield line
            yield from self._notes(line)
        for box in runs.boxes:
            yield from self.blocks(box)

    def _label(self, paragraph: Element) -> str:
        if self.fields.in_contents:
            return ""
        own = child(paragraph, "pPr", "numPr")
        styled = self.styles.find(self.styles.paragraph_style(paragraph), "pPr", "numPr")
        num_id = value(child(own, "numId")) or value(child(styled, "numId"))
        if not num_id or num_id == "0":
            return ""
        chain = self.styles.chain(self.styles.paragraph_style(paragraph))
        tied = self.numbering.level_of_style(num_id, [value(style, "styleId") for style in chain])
        level = number(child(own, "ilvl"), number(child(styled, "ilvl"), tied))
        return self.numbering.label(num_id, level)

    def _notes(self, line: WordLine) -> Iterator[Paragraph]:
        for kind, note_id, mark in line.notes:
            self.counts[kind] += 1
            label = f"{NOTE_NAMES[kind]}{self.counts[kind]}"
            note = self.notes.get((kind, note_id))
            text = "" if note is None else self.flat(note).replace("\n", " ")
            if text:
                yield Paragraph(text, kind="note", label=label, mark=mark)

    def _table(self, node: Element) -> Iterator[Block]:
        if self.fields.in_contents:
            for _ in self.blocks(node):  # only to meet the end of the field
                pass
            return
        self.unseen += hidden_rows(node)
        framed = sole_cell(node)
        if framed is not None:
            yield from self.blocks(framed)
            return
        notes: list[Paragraph] = []
        table = table_of(node, lambda cell: self.flat(cell, notes))
        if table.rows:
            yield table
        yield from notes

    def flat(self, node: Element, notes: list[Paragraph] | None = None) -> str:
        """All text below a node as lines; notes go to the list when there is one."""
        lines: list[str] = []
        for block in self.blocks(node):
            if isinstance(block, WordLine):
                lines.append(block.text.strip())
            elif isinstance(block, Table):
                lines += (" ".join(c.text for c in row if c.text) for row in block.rows)
            elif notes is not None:
                notes.append(block)
        return "\n".join(line for line in lines if line)


def _is_contents_control(control: Element) -> bool:
    gallery = child(control, "sdtPr", "docPartObj", "docPartGallery")
    return value(gallery).lower() == "table of contents"


def _parts(blocks: list[Block]) -> Iterator[Part]:
    """Lines to paragraphs, with headings told by what stands out from the body."""
    lines = [block for block in blocks if isinstance(block, WordLine)]
    inked = sum(line.inked for line in lines)
    common = Counter[int]()
    for line in lines:
        common.update(line.sizes)
    size = common.most_common(1)[0][0] if common else 0
    bold_tells = sum(line.strong for line in lines) * 2 < inked
    centre_tells = sum(line.inked for line in lines if line.centred) * 2 < inked
    for block in blocks:
        if not isinstance(block, WordLine):
            yield block
        elif block.text.strip() and block.inked:
            stands_out = (
                (bold_tells and block.bold)
                or (centre_tells and block.centred)
                or block.size >= size * CLEARLY_LARGER
            )
            yield _paragraph_of(block, stands_out)


def _paragraph_of(line: WordLine, stands_out: bool) -> Paragraph:
    text = line.text.strip()
    if line.level and len(text) <= MAX_STYLED_HEADING and not text.endswith(("。", "；")):
        return Paragraph(text, kind="heading", level=line.level)
    if stands_out and len(text) <= MAX_HEADING and not NO_HEADING.search(text):
        return Paragraph(text, kind="heading")
    return Paragraph(text)


def _said(package: Package, parts: tuple[Part, ...]) -> dict[str, str]:
    """The title of the file's properties, only if it is whole and the text's beginning has it.

    Word fills it with the first line of the text, often half a title, and it is copied from file
    to file: of four real files one named another document and one half of its own title.
    """
    name = package.related("", "core-properties") or "docProps/core.xml"
    root = package.xml(name)
    found = None if root is None else root.find("{http://purl.org/dc/elements/1.1/}title")
    title = "" if found is None else " ".join((found.text or "").split())
    opening = "".join(part.text for part in parts[:40] if isinstance(part, Paragraph))
    known = _bare(title) in _bare(opening[:TITLE_WITHIN])
    if len(title) > 3 and known and WHOLE_TITLE.search(title) and not NO_TITLE.search(title):
        return {"title": title}
    return {}


def _bare(text: str) -> str:
    return "".join(text.split())
