"""Lines of a plain text: what they are, where they began, how they end."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from policyqa.index.text.numerals import HAN, TENS
from policyqa.index.text.traced import Traced, joined

LineKind = Literal["text", "cell", "blank", "byline", "caption", "note"]

TERMINAL = "。！？；：…!?;:”’」』）)】》"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
SENTENCE_END = "。！？!?；;…"
# What begins with a number or a bullet of its own, and is no line that goes on.
NUMBERED = re.compile(
    rf"^\s*(第[{HAN}\d]{{1,6}}[编章节節条條]|[{TENS}]{{1,3}}[、.．]"
    rf"|[（(][{TENS}\d]{{1,3}}[）)]|\d{{1,2}}[.．、](?!\d)|专栏\s*\d|表\s*\d|[-●■◆▪•]\s*)"
)


@dataclass(frozen=True)
class TextLine:
    """One line of the original; `label` names a footnote, whose mark stood at `anchor`. `indent`
    and `columns` are how far in it began and ended, in columns of the page."""

    body: Traced
    kind: LineKind = "text"
    label: str = ""
    anchor: int | None = None
    indent: int = 0
    columns: int = 0

    @property
    def text(self) -> str:
        return self.body.text


def columns(text: str) -> int:
    """How wide a text is shown, in columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def glued(left: Traced, right: Traced) -> Traced:
    """Two parts of one sentence; a space only between two Latin words."""
    if left.text[-1:].isascii() and left.text[-1:].isalnum() and right.text[:1].isascii():
        return joined([left, Traced(" ", left.at[-1:]), right])
    return left + right
