"""Lists of a document: the items that belong together, and what introduces them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.headings import Marker, marker
from index.types import Document, Passage, Sentence, Span

MAX_ITEMS = 20
MAX_SPREAD = 40  # sentences that an item may hold before its list is over
MAX_REACH = 12  # sentences to either side in which 一是 …… 二是 …… are looked for
SPOKEN = re.compile(r"(?:^|(?<=[，,；;。：:\s]))([一二三四五六七八九])是(?!否)")
DIGITS = "一二三四五六七八九"
GOES_ON = re.compile(
    "^(?:此外|另外|同时|还(?:包括|有|可|将|提供|设)|并(?:且|提供)|除此之外|除上述)"
)


@dataclass(frozen=True)
class Item:
    """One member of a list: its words are `document.text[start:end]`, `heading` where only its
    headline is given."""

    start: int
    end: int
    heading: bool = False


@dataclass(frozen=True)
class Enumeration:
    """The items of one list in order, after the `lead` that introduces them (None for none)."""

    lead: Span | None
    items: tuple[Item, ...]


def sentences_of(passages: Sequence[Passage]) -> tuple[Sentence, ...]:
    """All sentences of a document in reading order, each once; repeated leads left out."""
    found = {
        (s.start, s.end): s
        for p in passages
        for s in p.sentences
        if s.kind not in ("lead", "header")
    }
    return tuple(found[span] for span in sorted(found))


def around(
    document: Document, passages: Sequence[Passage], sentence: Sentence
) -> tuple[Enumeration, ...]:
    """The lists that a sentence is part of or introduces, the innermost first.

    Args:
        document: has the words.
        passages: of this document.
        sentence: one of theirs.
    """
    every = sentences_of(passages)
    spoken = _spoken(document, every, sentence)
    inside = [e for e in _numbered(document.text, every) if _holds(e, sentence)]
    inside.sort(key=lambda e: e.items[-1].end - e.items[0].start)
    return tuple(([spoken] if spoken else []) + inside)


def numbered(document: Document, passages: Sequence[Passage]) -> tuple[Enumeration, ...]:
    """Every list of a document whose items are numbered 1, 2, 3 …, in reading order."""
    return _numbered(document.text, sentences_of(passages))


def _holds(enumeration: Enumeration, sentence: Sentence) -> bool:
    lead = enumeration.lead
    if lead and lead[0] <= sentence.start and sentence.end <= lead[1]:
        return True
    return enumeration.items[0].start <= sentence.start < enumeration.items[-1].end


@lru_cache(maxsize=64)
def _numbered(text: str, sentences: tuple[Sentence, ...]) -> tuple[Enumeration, ...]:
    """Every list of a document whose items are numbered 1, 2, 3 …"""
    marks = [marker(text[s.start : s.end]) if s.kind != "row" else None for s in sentences]
    found = []
    for first, mark in enumerate(marks):
        if mark is None or mark.ordinal > 1 or (mark.ordinal == 0 and _goes_back(marks, first)):
            continue
        run = _run(sentences, marks, first)
        if len(run) > 1:
            lead = sentences[first - 1] if first else None
            span = (lead.start, lead.end) if lead else None
            found.append(Enumeration(span, tuple(run)))
    return tuple(found)


def _goes_back(marks: Sequence[Marker | None], at: int) -> bool:
    """Whether an unnumbered item (a bullet) is not the first of its list."""
    return at > 0 and marks[at - 1] == marks[at]


def _run(sentences: Sequence[Sentence], marks: Sequence[Marker | None], first: int) -> list[Item]:
    """The items of one family from a first one on; what stands between two belongs to the one
    before it."""
    begun = marks[first] or Marker("", 0)
    family, wanted = begun.family, begun.ordinal
    starts: list[int] = []
    for n in range(first, len(sentences)):
        mark = marks[n]
        if mark is not None and mark.family == family:
            if mark.ordinal != wanted:
                break
            starts.append(n)
            wanted += 1 if mark.ordinal else 0
        elif n - starts[-1] > MAX_SPREAD or (
            sentences[n].kind == "heading" and sentences[starts[-1]].kind != "heading"
        ):
            break
    return [
        Item(own.start, own.end, heading=own.kind == "heading")
        for own in (sentences[n] for n in starts[:MAX_ITEMS])
    ]


def _spoken(
    document: Document, sentences: Sequence[Sentence], sentence: Sentence
) -> Enumeration | None:
    """一是……二是…… within a sentence or over several, where the sentence is part of it."""
    order = [(s.start, s.end) for s in sentences]
    if (sentence.start, sentence.end) not in order:
        return None
    at = order.index((sentence.start, sentence.end))
    reach = range(max(0, at - MAX_REACH), min(len(sentences), at + MAX_REACH))
    marks = [
        (own.start + m.start(), DIGITS.index(m[1]) + 1, n)
        for n in reach
        for own in [sentences[n]]
        for m in SPOKEN.finditer(document.text[own.start : own.end])
    ]
    for run in _counted(marks):
        first, last = sentences[run[0][2]], sentences[run[-1][2]]
        if first.start <= sentence.start <= last.start:
            ends = [place for place, _, _ in run[1:]] + [last.end]
            items = [
                Item(place, min(end, _end_of(sentences[n], place, end)))
                for (place, _, n), end in zip(run, ends, strict=True)
            ]
            before = order[run[0][2] - 1] if run[0][2] else None
            inside = (first.start, run[0][0])
            return Enumeration(inside if run[0][0] > first.start else before, tuple(items))
    return None


def _counted(marks: Sequence[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """Runs of marks that count 1, 2, 3 …, of two at least."""
    runs: list[list[tuple[int, int, int]]] = []
    for mark in marks:
        if mark[1] == 1:
            runs.append([mark])
        elif runs and mark[1] == runs[-1][-1][1] + 1:
            runs[-1].append(mark)
    return [run for run in runs if len(run) > 1]


def _end_of(sentence: Sentence, place: int, end: int) -> int:
    """The end of an item that begins in a sentence: with it, or where the next one begins."""
    return sentence.end if sentence.end > place else end


def continued(
    document: Document, sentences: Sequence[Sentence], sentence: Sentence
) -> Sentence | None:
    """The sentence after this one, where it goes on with the same list (此外还有……)."""
    order = [(s.start, s.end) for s in sentences]
    if (sentence.start, sentence.end) not in order:
        return None
    at = order.index((sentence.start, sentence.end)) + 1
    if at == len(sentences) or sentences[at].kind != "text":
        return None
    following = sentences[at]
    goes_on = GOES_ON.match(document.text[following.start : following.end])
    return following if goes_on else None
