"""Where sentences end in Chinese text."""

import re
from collections.abc import Iterator

from policyqa.index.types import Span

# An end mark, further end marks, and the quotation marks or brackets that close after it.
END = re.compile(r"[。！？!?；;…]+[”’」』）)】》\"']*")
OPENERS, CLOSERS = "（(【《“「『", "）)】》”」』"
MAX_CHARS = 400
QUOTE_WINDOW = 150
SOFT = re.compile("[，,、：:]")


def sentence_spans(text: str) -> list[Span]:
    """Half-open spans of the sentences of one paragraph; they tile it up to white space.

    A semicolon ends a sentence (each item of a policy's enumeration is a statement); an end mark
    inside brackets or quotation marks does not, unless the mark closes them. A sentence beyond
    400 characters is cut at a comma, so that no passage grows without bound.
    """
    spans: list[Span] = []
    start = 0
    for end in _ends(text):
        spans += _trimmed(text, start, end)
        start = end
    spans += _trimmed(text, start, len(text))
    return [piece for span in spans for piece in _bounded(text, span)]


def _ends(text: str) -> Iterator[int]:
    for match in END.finditer(text):
        before = text[max(0, match.end() - QUOTE_WINDOW) : match.end()]
        if match.group()[0] in ";；" or _depth(before) <= 0:
            yield match.end()


def _depth(text: str) -> int:
    """Brackets and quotation marks opened and not closed, within what is looked at."""
    depth = 0
    for char in text:
        if char in OPENERS:
            depth += 1
        elif char in CLOSERS:
            depth = max(depth - 1, 0)
    return depth


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    part = text[start:end]
    left = start + len(part) - len(part.lstrip())
    right = end - (len(part) - len(part.rstrip()))
    return [(left, right)] if left < right else []


def _bounded(text: str, span: Span) -> Iterator[Span]:
    start, end = span
    while end - start > MAX_CHARS:
        soft = [m.end() for m in SOFT.finditer(text, start + MAX_CHARS // 2, start + MAX_CHARS)]
        cut = soft[-1] if soft else start + MAX_CHARS
        yield (start, cut)
        start = cut
    yield (start, end)
