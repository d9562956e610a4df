"""Lists of a document: the items that belong together, and what introduces them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from policyqa.index.structure.headings import CLAUSE_NUMBER, Marker, marker
from policyqa.index.text.numerals import ONES, value
from policyqa.index.types import Document, Passage, Sentence, Span

ENDS = ("。", "；", ";", "！", "，")
LED = re.compile(r"[：:]\s*(?=[（(](?:一|1)[）)]|1\s*[.、．]|①|一是)")
MAX_SPREAD = 40  # sentences that an item may hold before its list is over
MAX_REACH = 12  # sentences to either side in which 一是 …… 二是 …… are looked for
SPOKEN = re.compile(rf"(?:^|(?<=[，,；;。：:\s]))([{ONES}])是(?!否)")
GOES_ON = re.compile(
    "^(?:此外|另外|同时|还(?:包括|有|可|将|提供|设)|并(?:且|提供)|除此之外|除上述)"
    "|^[^。；]{0,40}(?:还|另|同时)(?:[需应须]|要提|要交|附|提供|提交|有)"
)
# What limits the sentence before it, or says what holds otherwise.
EXCEPTS = re.compile(
    "^(?:但|不过|其中|否则)|的[，,](?:不|可|应|须|按|视|重新|由|予以|给予|从)|只能|仅限|除外|放宽|暂不|不予|不得|不再|方可"
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
    """All sentences of a document in reading order, without the headers of its tables."""
    every = (s for p in passages for s in p.sentences if s.kind != "header")
    return tuple(sorted(every, key=lambda s: s.start))


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
    marks = [_mark(text, s) for s in sentences]
    found = []
    for first, mark in enumerate(marks):
        if mark is None or mark.marker.ordinal > 1:
            continue
        if mark.marker.ordinal == 0 and _goes_back(marks, first):
            continue
        run = _run(text, sentences, marks, first)
        if len(run) > 1:
            before = sentences[first - 1] if first else None
            lead = (before.start, before.end) if before else None
            own = sentences[first].start
            found.append(Enumeration((own, mark.start) if own < mark.start else lead, tuple(run)))
    return tuple(found)


class Mark(NamedTuple):
    """The number of an item, and where the item begins: after the lead in its own sentence, if
    one stands there (应提交下列材料：（一）身份证；)."""

    marker: Marker
    start: int


def _mark(text: str, sentence: Sentence) -> Mark | None:
    if sentence.kind == "row":
        return None
    words = text[sentence.start : sentence.end]
    own = marker(words)
    if own:
        return Mark(own, sentence.start)
    led = LED.search(words)
    inner = marker(words[led.end() :]) if led else None
    return Mark(inner, sentence.start + led.end()) if led and inner else None


def _goes_back(marks: Sequence[Mark | None], at: int) -> bool:
    """Whether an unnumbered item (a bullet) is not the first of its list."""
    before, own = (marks[at - 1] if at else None), marks[at]
    return before is not None and own is not None and before.marker == own.marker


def _run(
    text: str, sentences: Sequence[Sentence], marks: Sequence[Mark | None], first: int
) -> list[Item]:
    """The items of one family from a first one on; what stands between two belongs to the one
    before it."""
    begun = marks[first]
    if begun is None:
        return []
    family, wanted = begun.marker.family, begun.marker.ordinal
    starts: list[int] = []
    for n in range(first, len(sentences)):
        mark = marks[n]
        if mark is not None and mark.marker.family == family:
            if mark.marker.ordinal != wanted:
                break
            starts.append(n)
            wanted += 1 if mark.marker.ordinal else 0
        elif n - starts[-1] > MAX_SPREAD or (
            sentences[n].kind == "heading" and sentences[starts[-1]].kind != "heading"
        ):
            break
    return [_item(text, sentences, marks, starts, n) for n in range(len(starts))]


def _item(
    text: str,
    sentences: Sequence[Sentence],
    marks: Sequence[Mark | None],
    starts: Sequence[int],
    n: int,
) -> Item:
    """One item; it is a headline where it ends without a mark and something else follows it, or a
    list of its own."""
    at = starts[n]
    own, mark = sentences[at], marks[at]
    follows = marks[at + 1] if at + 1 < len(sentences) else None
    begins = follows is None or follows.marker.ordinal == 1
    bodied = at + 1 < len(sentences) and at + 1 not in starts and begins
    bare = not text[own.start : own.end].rstrip().endswith(ENDS)
    start = mark.start if mark else own.start
    heading = own.kind == "heading" or (bare and bodied)
    return Item(start, own.end if heading else _end(text, sentences, marks, at), heading=heading)


def _end(text: str, sentences: Sequence[Sentence], marks: Sequence[Mark | None], at: int) -> int:
    """The end of an item: that of the last sentence on its line that begins none itself."""
    end = sentences[at].end
    for following, mark in zip(sentences[at + 1 :], marks[at + 1 :], strict=True):
        if mark is not None or following.kind != "text" or "\n" in text[end : following.start]:
            break
        end = following.end
    return end


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
        (own.start + m.start(), value(m[1]) or 0, n)
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


def continued(document: Document, sentences: Sequence[Sentence], end: int) -> Sentence | None:
    """The sentence from `end` on, where it goes on with the list before it (此外还有……;
    ……的，还需提交……)."""
    return _following(document, sentences, end, GOES_ON)


def excepted(document: Document, sentences: Sequence[Sentence], end: int) -> Sentence | None:
    """The sentence from `end` on in the same paragraph, where it limits the one before it or says
    what holds otherwise (但……除外; ……的，不予受理)."""
    found = _following(document, sentences, end, EXCEPTS)
    return found if found and "\n" not in document.text[end : found.start] else None


def _following(
    document: Document, sentences: Sequence[Sentence], end: int, said: re.Pattern[str]
) -> Sentence | None:
    """The first sentence from a place on, where it says so and opens no item or article."""
    found = next((s for s in sentences if s.start >= end), None)
    if found is None or found.kind != "text":
        return None
    words = document.text[found.start : found.end]
    opens = marker(words) is not None or CLAUSE_NUMBER.match(words) is not None
    return found if said.search(words) and not opens else None
