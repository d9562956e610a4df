"""Lines to paragraphs by geometry, and which of them are headings. Text pages and scans alike."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from policyqa.index.read.pdf.lines import PdfLine, joined
from policyqa.index.text.numerals import HAN, TENS, YEAR_DIGITS

CELL_GAP_EM = 1.2
INDENT_EM = 1.2
SAME_X_EM = 0.5
REACH_EM = 0.6
GAP_RATIO = 1.4
SIZE_RATIO = 1.12
LARGER = 1.12
CENTRED_EM = 2.0
MAX_HEADING_CHARS = 80
MAX_CENTRED_CHARS = 40
MAX_RANKS = 4
MARKED = re.compile(
    rf"第[{HAN}\d]{{1,6}}[编章节条]|[{TENS}]{{1,3}}[、.．]"
    rf"|[（(][{TENS}\d]{{1,3}}[）)]|\d{{1,2}}(?:[.．](?!\d)|、)|\d{{1,2}}[）)]|[①-⑳]|[●■◆▪•➢□·]"
    r"|附件\s*\d*\s*[:：]"
)
SENTENCE_END = "。！？；：!?;:"
NO_HEADING = re.compile(
    rf"[〔\[（(【]\s*\d{{4}}\s*[〕\]）)】]\s*(?:第\s*)?\d+\s*号$|^[（(].*[）)]$|^[{YEAR_DIGITS}\d]{{4}}\s*年.{{1,12}}[日月]$"
    r"|^.{0,24}文\s*件$|[。；，：;,:]$|^[\W\d_]*$|^目\s*[录錄次]$|^签发人|^来源[:：]|^发布时间|^https?:"
)


def begins_marked(text: str) -> bool:
    """Whether a line begins with a number or a bullet of its own."""
    return bool(MARKED.match(text))


def ends_sentence(text: str) -> bool:
    return text.rstrip("”’）)》」』】").endswith(tuple(SENTENCE_END))


@dataclass(frozen=True)
class Body:
    """What most of a document's text looks like; `pitch` is from baseline to baseline, in ems."""

    size: float
    bold: bool
    pitch: float


@dataclass
class Draft:
    """A paragraph while its lines are gathered."""

    lines: list[PdfLine] = field(default_factory=list)

    @property
    def text(self) -> str:
        return joined(self.lines)

    @property
    def size(self) -> float:
        return max(self.lines, key=lambda line: len(line.text)).size

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def page(self) -> int:
        return self.lines[0].page


def body_of(lines: Sequence[PdfLine]) -> Body:
    """The usual type of a document, by characters."""
    sizes: Counter[float] = Counter()
    bold = 0
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
        bold += len(line.text) if line.bold else 0
    size = sizes.most_common(1)[0][0] if sizes else 10.5
    return Body(size, bold * 2 > sizes.total(), _pitch(lines))


def _pitch(lines: Sequence[PdfLine]) -> float:
    """The usual distance of two lines of one paragraph."""
    steps = [
        (b.base - a.base) / b.size
        for a, b in pairwise(lines)
        if _same_column(a, b) and b.base > a.base and a.slack < 1.6 * a.size and _alike(a, b)
    ]
    usual = [step for step in steps if step < 3.5]
    return median(usual) if usual else 1.8


def paragraphs_of(lines: Iterable[PdfLine], body: Body) -> list[Draft]:
    """Lines in reading order as paragraphs; one goes on over the end of a column or page."""
    drafts: list[Draft] = []
    for line in lines:
        if drafts and _goes_on(drafts[-1], line, body):
            drafts[-1].lines.append(line)
        else:
            drafts.append(Draft([line]))
    return drafts


def _same_column(a: PdfLine, b: PdfLine) -> bool:
    return a.page == b.page and a.column == b.column


def _alike(a: PdfLine, b: PdfLine) -> bool:
    return max(a.size, b.size) <= SIZE_RATIO * min(a.size, b.size)


def _goes_on(draft: Draft, line: PdfLine, body: Body) -> bool:
    above = draft.lines[-1]
    if not _alike(above, line) or _tabled(above, line):
        return False
    if _is_centred(line) and (_is_centred(above) or line.size > LARGER * body.size):
        return _titles_join(above, line, body)
    if _same_column(above, line) and line.base - above.base > GAP_RATIO * body.pitch * line.size:
        return False
    if above.slack >= line.head + REACH_EM * line.size:
        return False
    if begins_marked(line.text) and (ends_sentence(above.text) or line.indent > line.size):
        return False
    return _aligned(draft, line)


def _tabled(above: PdfLine, line: PdfLine) -> bool:
    """Whether lines are rows of a table without rules: the white in one goes on in the other."""
    few, many = sorted((above.gaps, line.gaps), key=len)
    return bool(few) and all(
        any(min(a[1], b[1]) - max(a[0], b[0]) > CELL_GAP_EM * line.size for b in many) for a in few
    )


def _titles_join(above: PdfLine, line: PdfLine, body: Body) -> bool:
    """Whether two centred lines are one title: larger type, close together."""
    close = _same_column(above, line) and line.base - above.base < 2.4 * line.size
    return close and line.size > LARGER * body.size and not NO_HEADING.search(above.text)


def _aligned(draft: Draft, line: PdfLine) -> bool:
    """Whether a line begins where the next line of its paragraph would."""
    em = line.size
    settled = len(draft.lines) > 1
    left = draft.lines[-1].indent if settled else 0.0
    if abs(line.indent - left) <= INDENT_EM * em and (settled or line.indent <= INDENT_EM * em):
        return True
    above = draft.lines[-1]
    if begins_marked(line.text) or ends_sentence(above.text) or line.indent < left:
        return False
    flush = abs(line.indent - above.indent) <= SAME_X_EM * em
    hanging = begins_marked(above.text) and not settled and line.indent <= above.indent + 4 * em
    return flush or (hanging and line.indent > above.indent)


def _is_centred(line: PdfLine) -> bool:
    em = line.size
    apart = min(line.indent, line.slack)
    even = abs(line.indent - line.slack) < max(1.5 * em, 0.12 * apart)
    # An indent of two ems with a line that almost reaches the margin is a paragraph's first.
    return even and apart > CENTRED_EM * em * (1.2 if line.indent < 2.3 * em else 1.0)


def is_heading(draft: Draft, body: Body, *, sure_sizes: bool = True) -> bool:
    """Whether a paragraph is set as a heading: larger, bold, or one centred short line.

    Args:
        sure_sizes: False for recognised images, whose sizes are guesses.
    """
    text = draft.text
    if NO_HEADING.search(text) or len(text) > MAX_HEADING_CHARS or len(text) < 2:
        return False
    larger = draft.size >= (LARGER if sure_sizes else 1.3) * body.size
    bold = draft.bold and not body.bold and len(draft.lines) <= 2 and draft.size >= 0.95 * body.size
    single = (
        len(draft.lines) == 1 and _is_centred(draft.lines[0]) and draft.size >= 0.95 * body.size
    )
    return larger or bold or (single and len(text) <= MAX_CENTRED_CHARS)


def ranks_of(headings: Sequence[Draft], body: Body) -> dict[float, int]:
    """The level of each larger type size, 1 for the largest; empty when there are too many."""
    sizes = sorted({d.size for d in headings if d.size >= LARGER * body.size}, reverse=True)
    ranks: dict[float, int] = {}
    last, level = 0.0, 0
    for size in sizes:
        if not level or size < 0.95 * last:
            last, level = size, level + 1
        ranks[size] = level
    return ranks if level <= MAX_RANKS else {}
