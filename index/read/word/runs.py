"""The lines of one paragraph of a .docx: runs, fields, marks of notes, boxes beside it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from policyqa.index.read.ooxml import Element, local
from policyqa.index.read.word.styles import Styles, W, child, is_on, number, value

DEFAULT_SIZE = 20  # half points, when a file names no size at all
TINY = 4  # half points
CONTENTS_FIELD = re.compile(r"^\s*TOC\b", re.IGNORECASE)
# Deleted or moved text, properties, ruby above the line.
DROPPED = frozenset(
    ["del", "moveFrom", "pPr", "rPr", "delText", "delInstrText", "rt", "sdtPr", "sdtEndPr"]
)
GLYPHS = {
    "F0FE": "☑", "F052": "☑", "F0FC": "√", "F0A8": "□", "F06F": "□", "F0A3": "□", "F071": "□",
    "F0FD": "☒", "F054": "☒", "F0FB": "×", "F06C": "●", "F06E": "■", "F0B7": "•", "F0D8": "➢",
    "F0B3": "≥", "F0A2": "′", "F0B1": "±", "F0B4": "×",
}  # fmt: skip


@dataclass
class Fields:
    """The open fields, innermost last. A field may run over paragraphs (a table of contents)."""

    open: list[tuple[str, bool]] = field(default_factory=list)
    keep_contents: bool = False

    @property
    def muted(self) -> bool:
        """Inside a field's code, or inside the result of a table of contents."""
        return any(not shown or self._is_contents(code) for code, shown in self.open)

    @property
    def in_contents(self) -> bool:
        return any(self._is_contents(code) for code, _ in self.open)

    def mark(self, kind: str) -> None:
        """A `w:fldChar`: begin, separate or end."""
        if kind == "begin":
            self.open.append(("", False))
        elif kind == "separate" and self.open:
            self.open[-1] = (self.open[-1][0], True)
        elif kind == "end" and self.open:
            self.open.pop()

    def code(self, text: str) -> None:
        if self.open and not self.open[-1][1]:
            self.open[-1] = (self.open[-1][0] + text, False)

    def _is_contents(self, code: str) -> bool:
        return not self.keep_contents and bool(CONTENTS_FIELD.match(code))


@dataclass
class WordLine:
    """Text up to a break, its look, and the notes whose marks stand in it (`footnote`, id, and
    how much text is before the mark)."""

    text: str = ""
    strong: int = 0
    inked: int = 0
    sizes: dict[int, int] = field(default_factory=dict)
    notes: list[tuple[str, str, int]] = field(default_factory=list)
    level: int = 0
    centred: bool = False

    @property
    def bold(self) -> bool:
        return self.inked > 0 and self.strong == self.inked

    @property
    def size(self) -> int:
        return max(self.sizes, key=lambda size: self.sizes[size], default=0)

    def begin(self, label: str) -> None:
        """Put a number before the text."""
        before = len(self.text)
        self.text = label + self.text.lstrip()
        shift = len(self.text) - before
        self.notes = [(kind, note_id, max(at + shift, 0)) for kind, note_id, at in self.notes]

    def add(self, text: str, bold: bool, size: int) -> None:
        inked = len("".join(text.split()))
        self.text += text
        self.inked += inked
        self.strong += inked if bold else 0
        self.sizes[size] = self.sizes.get(size, 0) + inked


@dataclass
class Runs:
    """Walks one paragraph. `lines` has one line at least, `boxes` the text boxes anchored in it,
    `struck` its struck-out words, `unseen` those hidden, white or tiny."""

    styles: Styles
    fields: Fields
    style_id: str
    lines: list[WordLine] = field(default_factory=lambda: [WordLine()])
    boxes: list[Element] = field(default_factory=list)
    bold: bool = False
    size: int = DEFAULT_SIZE
    hidden: bool = False
    crossed: bool = False
    struck: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    handlers: ClassVar[dict[str, Callable[["Runs", Element], None]]] = {}

    def walk(self, node: Element) -> None:
        """Take in the children of a node; unknown wrappers are looked through."""
        for item in node:
            name = local(item)
            if not name or name in DROPPED:
                continue
            self.handlers.get(name, Runs.walk)(self, item)

    def add(self, text: str) -> None:
        if self.crossed:
            self.struck.append(text)
        elif self.hidden and not self.fields.muted:
            self.unseen.append(text)
        if not self.hidden and not self.fields.muted:
            self.lines[-1].add(text, self.bold, self.size)

    def _run(self, run: Element) -> None:
        if run.tag != W + "r":
            return self.walk(run)
        styles, style_id = self.styles, self.style_id
        self.size = number(styles.of_run(run, style_id, "sz"), DEFAULT_SIZE)
        white = value(styles.of_run(run, style_id, "color")).upper() == "FFFFFF"
        vanished = is_on(styles.of_run(run, style_id, "vanish")) or self.size <= TINY
        vanished = vanished or (white and not styles.is_shaded(run, style_id))
        strikes = (styles.of_run(run, style_id, name) for name in ("strike", "dstrike"))
        self.crossed = not vanished and any(map(is_on, strikes))
        self.hidden = vanished or self.crossed
        self.bold = is_on(styles.of_run(run, style_id, "b"))
        self.walk(run)
        self.hidden = self.crossed = False
        return None

    def _text(self, item: Element) -> None:
        self.add(re.sub(r"[\t\r\n]+", " ", item.text or ""))

    def _gap(self, item: Element) -> None:
        self.add(" ")

    def _break(self, item: Element) -> None:
        if not self.hidden and not self.fields.muted:
            self.lines.append(WordLine())

    def _hyphen(self, item: Element) -> None:
        self.add("-")

    def _symbol(self, item: Element) -> None:
        code = value(item, "char").upper()
        if code in GLYPHS:
            self.add(GLYPHS[code])
        elif re.fullmatch("[0-9A-F]{4}", code) and not "E000" <= code <= "F8FF":
            self.add(chr(int(code, 16)))

    def _field_mark(self, item: Element) -> None:
        self.fields.mark(value(item, "fldCharType"))

    def _field_code(self, item: Element) -> None:
        self.fields.code(item.text or "")

    def _simple_field(self, item: Element) -> None:
        self.fields.open.append((value(item, "instr"), True))
        self.walk(item)
        self.fields.open.pop()

    def _note(self, item: Element) -> None:
        if not self.hidden and not self.fields.muted:
            kind = local(item).removesuffix("Reference")
            line = self.lines[-1]
            line.notes.append((kind, value(item, "id"), len(line.text)))

    def _alternative(self, item: Element) -> None:
        """The same box is written twice, for new and for old readers: take one."""
        branches = [branch for branch in item if local(branch) in ("Choice", "Fallback")]
        told = [b for b in branches if next(b.iter(W + "t", W + "sym"), None) is not None]
        for branch in (told or branches)[:1]:
            self.walk(branch)

    def _box(self, item: Element) -> None:
        if not self.fields.muted:
            self.boxes.append(item)

    def _control(self, item: Element) -> None:
        if child(item, "sdtPr", "showingPlcHdr") is None:
            self.walk(item)

    def _fraction(self, item: Element) -> None:
        for index, part in enumerate(p for p in item if local(p) in ("num", "den")):
            self.add("/" if index else "")
            self.walk(part)

    def _power(self, item: Element) -> None:
        for part in item:
            self.add("^" if local(part) == "sup" else "")
            self.walk(part)


Runs.handlers.update(
    r=Runs._run,
    t=Runs._text,
    tab=Runs._gap,
    ptab=Runs._gap,
    br=Runs._break,
    cr=Runs._break,
    noBreakHyphen=Runs._hyphen,
    sym=Runs._symbol,
    fldChar=Runs._field_mark,
    instrText=Runs._field_code,
    fldSimple=Runs._simple_field,
    footnoteReference=Runs._note,
    endnoteReference=Runs._note,
    AlternateContent=Runs._alternative,
    txbxContent=Runs._box,
    sdt=Runs._control,
    f=Runs._fraction,
    sSup=Runs._power,
)
