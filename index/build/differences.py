"""What differs between two versions of a document, clause by clause."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from policyqa.index.text.marks import HEADING_NUMBER
from policyqa.index.text.words import cut
from policyqa.index.types import Document, Value

Change = Literal["same", "changed", "added", "removed"]
NEAR = 20  # lines that are looked at for one that was changed
ALIKE = 0.5  # of what two lines have in common, to be one line that was changed
MAX_LINE_CHARS = 2000  # beyond which a changed line is shown whole


class Piece(Value):
    """A run of words that both versions have (`same`), or that one of them has."""

    kind: Literal["same", "added", "removed"]
    text: str


class Difference(Value):
    """A line of one version or of both: `old` and `new` are its words there, "" for none.

    `clause` is the number that it begins with (第三条), "" for none.
    """

    change: Change
    clause: str
    old: str
    new: str
    pieces: tuple[Piece, ...] = ()


class _Pair(NamedTuple):
    old: str
    new: str


def differences(old: Document, new: Document) -> tuple[Difference, ...]:
    """Every line of both versions in their order, what was changed beside what it was.

    Lines of one clause number, or which have at least half of their words in common, are one line
    that was changed.
    """
    return tuple(_difference(pair) for pair in _paired(_lines(old), _lines(new)))


def _lines(document: Document) -> list[str]:
    return [line.strip() for line in document.text.split("\n") if line.strip()]


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[_Pair]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from map(_Pair, old[i1:i2], new[j1:j2])
        else:
            yield from _aligned(old[i1:i2], new[j1:j2])


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[_Pair]:
    """Lines that differ, each with the next that is like it; what comes between stands alone. A
    clause is found by its number however far it has moved, other lines within `NEAR`."""
    done = 0
    numbers = [_number(line) for line in new]
    for line in old:
        place = _place(line, new, numbers, done)
        if place is None:
            yield _Pair(line, "")
            continue
        yield from (_Pair("", added) for added in new[done:place])
        yield _Pair(line, new[place])
        done = place + 1
    yield from (_Pair("", added) for added in new[done:])


def _place(line: str, new: Sequence[str], numbers: Sequence[str], done: int) -> int | None:
    if (number := _number(line)) and number in numbers[done:]:
        return numbers.index(number, done)
    near = range(done, min(done + NEAR, len(new)))
    return next((n for n in near if _alike(line, new[n])), None)


def _number(line: str) -> str:
    """The number of a clause (第三条), "" for what is none; one of a list (1.) comes again."""
    clause = _clause(line)
    return clause if clause.startswith("第") else ""


def _alike(old: str, new: str) -> bool:
    matcher = SequenceMatcher(None, old[:MAX_LINE_CHARS], new[:MAX_LINE_CHARS], autojunk=False)
    return min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= ALIKE <= matcher.ratio()


def _clause(line: str) -> str:
    found = HEADING_NUMBER.match(line)
    return found[1] if found else ""


def _difference(pair: _Pair) -> Difference:
    old, new = pair
    clause = _clause(new or old)
    if old == new:
        return Difference(change="same", clause=clause, old=old, new=new)
    if not old or not new:
        change: Change = "added" if new else "removed"
        return Difference(change=change, clause=clause, old=old, new=new)
    return Difference(
        change="changed", clause=clause, old=old, new=new, pieces=tuple(_pieces(old, new))
    )


def _pieces(old: str, new: str) -> Iterator[Piece]:
    """Both versions of a line as one, word by word."""
    if max(len(old), len(new)) > MAX_LINE_CHARS:
        yield from (Piece(kind="removed", text=old), Piece(kind="added", text=new))
        return
    before, after = cut(old), cut(new)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(kind="same", text="".join(before[i1:i2]))
            continue
        if i2 > i1:
            yield Piece(kind="removed", text="".join(before[i1:i2]))
        if j2 > j1:
            yield Piece(kind="added", text="".join(after[j1:j2]))
