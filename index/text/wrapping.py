"""Plain text whose lines an editor broke at a fixed width, back to paragraphs."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from policyqa.index.text.lines import CIRCLED, NUMBERED, SENTENCE_END, TERMINAL, TextLine, glued

MIN_WIDTH, MAX_WIDTH = 32, 110  # columns; a Chinese character takes two
RAGGED = 4  # how many columns a full line may be short: punctuation never begins a line
MIN_OPEN = 3  # full lines that break off, fewer are chance
OUTLIERS = 0.05  # share of lines that may be wider, such as addresses of pages
BEGINS = re.compile(rf"[{CIRCLED}]|[-—_=*~─━]{{5,}}")  # a note, a rule
RUNNING = re.compile("[，。；、：]")


def unwrapped(lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines that only the width of the page ended, joined with the next; all lines where the text
    is not wrapped."""
    width = wrap_width(lines)
    if not width:
        return list(lines)
    base, indents = _indents(lines, width)
    result: list[TextLine] = []
    open_line = False
    for line in lines:
        if open_line and _goes_on(result[-1], line, base, indents=indents):
            result[-1] = replace(result[-1], body=glued(result[-1].body, line.body))
        else:
            result.append(line)
        open_line = line.kind == "text" and _is_full(line, width)
    return result


def wrap_width(lines: Sequence[TextLine]) -> int:
    """The columns at which lines were broken, 0 where they were not: many lines of this width
    that end within a sentence, and hardly any that are wider."""
    widths = sorted(line.columns for line in lines if line.kind == "text" and line.text)
    if not widths:
        return 0
    width = widths[-1 - int(len(widths) * OUTLIERS)]
    if not MIN_WIDTH <= width <= MAX_WIDTH:
        return 0
    pairs = [
        (line, below)
        for line, below in pairwise(lines)
        if line.kind == below.kind == "text" and _is_full(line, width)
    ]
    broken = [pair for pair in pairs if pair[0].text[-1] not in TERMINAL]
    running = [
        pair for pair in broken if RUNNING.search(pair[0].text) or RUNNING.search(pair[1].text)
    ]
    numbered = [below for _, below in broken if NUMBERED.match(below.text)]
    enough = len(broken) >= MIN_OPEN and len(broken) * 2 >= len(pairs)
    return width if enough and len(running) > len(broken) / 2 > len(numbered) else 0


def _is_full(line: TextLine, width: int) -> bool:
    return line.columns >= width - RAGGED


def _indents(lines: Sequence[TextLine], width: int) -> tuple[int, bool]:
    """The indent of lines that go on, and whether paragraphs begin deeper."""
    below = Counter(
        after.indent
        for line, after in pairwise(lines)
        if line.kind == after.kind == "text"
        and _is_full(line, width)
        and line.text[-1] not in TERMINAL
    )
    base = below.most_common(1)[0][0] if below else 0
    return base, any(line.indent > base + 1 for line in lines if line.kind == "text")


def _goes_on(line: TextLine, below: TextLine, base: int, *, indents: bool) -> bool:
    """Whether a line goes on with the words of the full one above it."""
    if below.kind != "text" or below.indent > base + 1 or BEGINS.match(below.text):
        return False
    if line.text[-1] in SENTENCE_END:
        return indents and not NUMBERED.match(below.text)
    return indents or not NUMBERED.match(below.text)
