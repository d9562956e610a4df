"""A name for the words of a citation, which outlives re-indexing:
`pq1:SOURCE:VERSION:START-END:HASH`.

`VERSION` is the beginning of the hash of the document's text, `START-END` where the words stood in
it, `HASH` that of the words without white space. So it is known whether they still stand there,
have moved, or are gone.
"""

import hashlib
import math
from collections.abc import Iterable
from typing import Literal

from policyqa.index.types import Document, Span, Value
from policyqa.qa.errors import EffortError, PermalinkError

PREFIX = "pq1"
VERSION_CHARS, HASH_CHARS = 10, 16
MAX_CHARS = 2000
# What looking for moved words costs, in what hashing one character takes (about 4 ns).
OF_A_CHARACTER, OF_A_PLACE = 100, 300
STRANGERS_EFFORT = 5e8  # about two seconds
MAX_QUOTE_CHARS = 20_000  # that a stranger's link may name

State = Literal["unchanged", "moved", "changed", "gone"]


class Permalink(Value):
    """The parts of a permalink; the text is `str(permalink)`."""

    source: str
    version: str
    start: int
    end: int
    words: str

    def __str__(self) -> str:
        return f"{PREFIX}:{self.source}:{self.version}:{self.start}-{self.end}:{self.words}"


class Resolution(Value):
    """Where a permalink leads now. `document` and `span` are None where nothing is left of it;
    of `changed` words the span is that of what stands in their place."""

    state: State
    document: Document | None = None
    span: Span | None = None

    @property
    def quote(self) -> str:
        """The words that stand there now."""
        return self.document.text[slice(*self.span)] if self.document and self.span else ""


class Effort:
    """What may be spent on looking for words that have moved, and on comparing words.

    Args:
        most: in hashed characters.
    """

    def __init__(self, most: float = math.inf) -> None:
        self._left = most

    def spend(self, cost: float) -> None:
        """Spend some of it.

        Raises:
            EffortError: there is none left.
        """
        self._left -= cost
        if self._left < 0:
            raise EffortError("查这些引文太费时，一次少查一些，或用 policyqa cite、verify 查")


def permalink(document: Document, span: Span) -> Permalink:
    """The name of a span of a document."""
    return Permalink(
        source=document.source,
        version=version_of(document),
        start=span[0],
        end=span[1],
        words=_hash(document.text[slice(*span)]),
    )


def version_of(document: Document) -> str:
    """What tells one text of a document from another."""
    return hashlib.sha256(document.text.encode()).hexdigest()[:VERSION_CHARS]


def parse(text: str) -> Permalink:
    """A permalink from its text.

    Raises:
        PermalinkError: it is none.
    """
    parts = text.strip()[:MAX_CHARS].rsplit(":", 3)
    head, _, source = parts[0].partition(":")
    start, _, end = parts[2].partition("-") if len(parts) == 4 else ("", "", "")
    plain = len(parts) == 4 and head == PREFIX and source and start.isdecimal() and end.isdecimal()
    if not plain or int(start) >= int(end):
        raise PermalinkError(
            f"不是引文链接：{text[:60]!r}，应形如 {PREFIX}:文件名:版本:起-止:校验，"
            "可从答案的引文里复制"
        )
    return Permalink(
        source=source, version=parts[1], start=int(start), end=int(end), words=parts[3]
    )


def refuse_long(texts: Iterable[str]) -> None:
    """Refuse links to more words than a citation has, which are dear to look at; what is no link is
    left to whoever reads it.

    Raises:
        PermalinkError: one names more than `MAX_QUOTE_CHARS`.
    """
    for text in texts:
        try:
            link = parse(text)
        except PermalinkError:
            continue
        if link.end - link.start > MAX_QUOTE_CHARS:
            raise PermalinkError(f"引文链接指的文字太长，最多 {MAX_QUOTE_CHARS} 字。")


def resolve(
    link: Permalink, documents: Iterable[Document], effort: Effort | None = None
) -> Resolution:
    """Where the words of a permalink stand now: in their file, else in any other.

    Raises:
        EffortError: it takes more than `effort`, which is without bound where none is given.
    """
    every, effort = list(documents), effort or Effort()
    own = [d for d in every if d.source == link.source]
    for document in own:
        if _hash(document.text[link.start : link.end]) == link.words:
            same = version_of(document) == link.version
            return Resolution(
                state="unchanged" if same else "moved",
                document=document,
                span=(link.start, link.end),
            )
    for document in [*own, *(d for d in every if d.source != link.source)]:
        span = _found(document.text, link, effort)
        if span:
            return Resolution(state="moved", document=document, span=span)
    if own:
        start = min(link.start, max(len(own[0].text) - 1, 0))
        end = min(link.end, len(own[0].text))
        return Resolution(state="changed", document=own[0], span=(start, max(start, end)))
    return Resolution(state="gone")


def _hash(words: str) -> str:
    """The number of characters without white space, and the beginning of their hash."""
    squeezed = "".join(words.split())
    return f"{len(squeezed)}x{_digest(squeezed)}"


def _digest(squeezed: str) -> str:
    return hashlib.sha256(squeezed.encode()).hexdigest()[:HASH_CHARS]


def _found(text: str, link: Permalink, effort: Effort) -> Span | None:
    """Where words of this hash stand in a text, those nearest to their old place first."""
    size, _, digest = link.words.partition("x")
    if not size.isdecimal() or not 0 < int(size) <= min(len(text), link.end - link.start):
        return None
    effort.spend(OF_A_CHARACTER * len(text))
    places = [n for n, char in enumerate(text) if not char.isspace()]
    squeezed = "".join(text[n] for n in places)
    starts = range(len(squeezed) - int(size) + 1)
    for at in sorted(starts, key=lambda n: abs(places[n] - link.start)):
        effort.spend(OF_A_PLACE + int(size))
        if _digest(squeezed[at : at + int(size)]) == digest:
            return places[at], places[at + int(size) - 1] + 1
    return None
