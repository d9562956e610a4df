"""What a .docx says of looks and ranks: styles with their inheritance, headings, contents."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from policyqa.index.read.ooxml import Element, local

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OFF = ("0", "false", "off", "none")
MAX_CHAIN = 30
HEADING = re.compile(r"^(?:heading|标题|標題)\s*([1-9])$", re.IGNORECASE)
TITLE = re.compile(r"^(title|标题|標題)$", re.IGNORECASE)
LIGHT = re.compile(r"|auto|(?:[ef][0-9a-f]){3}")
CONTENTS = re.compile(
    r"^(toc\s*(\d|heading)|目录\s*\d?|目錄\s*\d?|table of figures)$", re.IGNORECASE
)


def child(node: Element | None, *path: str) -> Element | None:
    """The element at this path of local names below the node, or None."""
    for name in path:
        if node is None:
            return None
        node = node.find(W + name)
    return node


def value(node: Element | None, name: str = "val") -> str:
    """An attribute of the node, "" without."""
    return "" if node is None else str(node.get(W + name, ""))


def number(node: Element | None, default: int, name: str = "val") -> int:
    """A whole number in an attribute; the default where there is none."""
    text = value(node, name)
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else default


def is_on(node: Element | None) -> bool:
    """A switch such as `w:b`: on by its presence, off by its value."""
    return node is not None and value(node).lower() not in OFF


@dataclass(frozen=True)
class Styles:
    """The styles by id, and the document's defaults."""

    by_id: dict[str, Element] = field(default_factory=dict)
    default_id: str = ""
    defaults: Element | None = None

    @classmethod
    def of(cls, root: Element | None) -> "Styles":
        """From `styles.xml`, or none at all."""
        if root is None:
            return cls()
        found = {value(style, "styleId"): style for style in root.findall(W + "style")}
        default = next(
            (key for key, style in found.items() if _is_default_paragraph(style)),
            "",
        )
        return cls(found, default, root.find(W + "docDefaults"))

    def chain(self, style_id: str) -> Iterator[Element]:
        """The style and what it is based on, nearest first; a ring of styles ends."""
        for _ in range(MAX_CHAIN):
            style = self.by_id.get(style_id)
            if style is None:
                return
            yield style
            style_id = value(child(style, "basedOn"))

    def find(self, style_id: str, *path: str) -> Element | None:
        """The nearest element at this path along the chain of styles."""
        for style in self.chain(style_id):
            found = child(style, *path)
            if found is not None:
                return found
        return None

    def paragraph_style(self, paragraph: Element) -> str:
        """The id of the paragraph's style, the default one where it names none."""
        return value(child(paragraph, "pPr", "pStyle")) or self.default_id

    def of_paragraph(self, paragraph: Element, *path: str) -> Element | None:
        """A property of the paragraph (`jc`, `outlineLvl`), its own or its style's."""
        own = child(paragraph, "pPr", *path)
        if own is not None:
            return own
        return self.find(self.paragraph_style(paragraph), "pPr", *path)

    def of_run(self, run: Element, style_id: str, name: str) -> Element | None:
        """A property of a run (`b`, `sz`, `vanish`) in a paragraph of this style."""
        own = child(run, "rPr", name)
        if own is not None:
            return own
        of_character = self.find(value(child(run, "rPr", "rStyle")), "rPr", name)
        if of_character is not None:
            return of_character
        of_paragraph = self.find(style_id, "rPr", name)
        if of_paragraph is not None:
            return of_paragraph
        return child(self.defaults, "rPrDefault", "rPr", name)

    def is_shaded(self, run: Element, style_id: str) -> bool:
        """Whether white words of a run can be read: on a dark ground, or in a box whose ground is
        not known here."""
        if value(self.of_run(run, style_id, "highlight")) not in ("", "none", "white"):
            return True
        grounds = [self.of_run(run, style_id, "shd"), self.find(style_id, "pPr", "shd")]
        for above in run.iterancestors():
            name = local(above)
            if name in ("txbxContent", "background"):
                return True
            if name in ("p", "tc", "tbl"):
                grounds.append(child(above, f"{name}Pr", "shd"))
            if name == "tbl":
                for style in self.chain(value(child(above, "tblPr", "tblStyle"))):
                    grounds += style.iter(W + "shd")
        return any(_is_dark(ground) for ground in grounds)

    def heading_level(self, paragraph: Element) -> int:
        """1 to 9 for a heading or title, 0 for another paragraph.

        The built-in names are English in every edition of Word and WPS; ids differ.
        """
        style_id = self.paragraph_style(paragraph)
        outline = number(child(paragraph, "pPr", "outlineLvl"), -1)
        for style in self.chain(style_id):
            if outline >= 0:
                break
            named = _named_level(style)
            if named:
                return named
            outline = number(child(style, "pPr", "outlineLvl"), -1)
        return outline + 1 if 0 <= outline <= 8 else 0

    def is_contents(self, paragraph: Element) -> bool:
        """Whether the paragraph's style is one of a table of contents."""
        style = self.by_id.get(value(child(paragraph, "pPr", "pStyle")))
        return style is not None and bool(CONTENTS.match(value(child(style, "name"))))


def _is_dark(ground: Element | None) -> bool:
    fill = value(ground, "fill").lower()
    pattern = value(ground).lower() not in ("", "clear", "nil")
    return pattern or not LIGHT.fullmatch(fill)


def _named_level(style: Element) -> int:
    for name in (value(child(style, "name")), value(style, "styleId")):
        if match := HEADING.match(name):
            return int(match[1])
        if TITLE.match(name):
            return 1
    return 0


def _is_default_paragraph(style: Element) -> bool:
    return (
        local(style) == "style"
        and value(style, "type") == "paragraph"
        and value(style, "default").lower() in ("1", "true", "on")
    )
