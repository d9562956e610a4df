"""The register looked over: what is wrong with it, what differs, and what of the documents no cell
covers."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from policyqa.index.conditions.types import Rule, leaves
from policyqa.index.metadata.dates import first_day, last_day
from policyqa.index.types import Document, Span
from policyqa.qa.corpus import Corpus
from policyqa.qa.register.shelf import Shelf
from policyqa.qa.register.standing import Standings, found
from policyqa.qa.register.types import FIELDS, Benefit, Cell, Condition, Programme

Ailment = Literal["invalid", "ended", "review", "unsealed", "conflict", "unknown"]
AILMENTS: dict[Ailment, str] = {
    "invalid": "不能用", "ended": "已到期", "review": "待核", "unsealed": "签后有改动",
    "conflict": "互相矛盾", "unknown": "没有这个编号",
}  # fmt: skip
Change = Literal["added", "removed", "changed"]
LAST_DAY = "9999-12-31"


class Finding(NamedTuple):
    """Something to look at: what it is, of which programme (or file), where in it, and why."""

    ailment: Ailment
    programme: str
    place: str
    because: str


class Difference(NamedTuple):
    """A cell that one version has and the other has not, or otherwise."""

    change: Change
    field: str
    old: str
    new: str


class Uncovered(NamedTuple):
    """A rule of a document that stands in no cell."""

    document: Document
    rule: Rule

    @property
    def quote(self) -> str:
        """Its words."""
        return self.document.text[self.rule.start : self.rule.end]


class Touched(NamedTuple):
    """A cell that rests on words that have changed, are gone, or hold no more: what it rests on
    (`was`), what stands in that place now ("" for nothing or for the same), and why it is to be
    looked at."""

    programme: Programme
    field: str
    number: int
    cell: Cell
    was: str
    now: str
    because: str

    @property
    def place(self) -> str:
        """As people name it: 条件 1."""
        return place_of(self.field, self.number)


class Coverage(NamedTuple):
    """Of one document: how many of its rules stand in cells, how many there are, and the others."""

    document: Document
    covered: int
    rules: int
    uncovered: tuple[Uncovered, ...]


def lint(shelf: Shelf, standings: Standings) -> list[Finding]:
    """All that is wrong with a register: files that cannot be used, programmes that have ended,
    cells whose words have changed or that were changed after they were signed, exclusions that name
    no programme, and programmes of one name that say different things."""
    findings = [
        Finding("invalid", f.file, str(f.line) if f.line else "", f.reason) for f in shelf.faults
    ]
    known = {each.id for each in shelf.programmes}
    for programme in shelf.programmes:
        if ended := standings.ended(programme):
            findings.append(Finding("ended", programme.id, "", ended))
        findings += _of_cells(programme, standings, known)
    return findings + list(_conflicts(shelf.programmes))


def _of_cells(programme: Programme, standings: Standings, known: set[str]) -> Iterator[Finding]:
    for field, number, cell in programme.cells():
        place = place_of(field, number)
        standing = standings.of(cell)
        if standing.state == "review":
            yield Finding("review", programme.id, place, standing.because)
        elif cell.signed and not cell.is_signed:
            yield Finding("unsealed", programme.id, place, standing.because)
        for other in getattr(cell, "others", ()):
            if other not in known:
                yield Finding("unknown", programme.id, place, other)


def touched(shelf: Shelf, standings: Standings) -> dict[str, list[Touched]]:
    """The cells that new versions, replacements and expiry of documents touch, by the file, in the
    order of the text."""
    by_source: dict[str, list[Touched]] = {}
    for programme in shelf.programmes:
        for field, number, cell in programme.cells():
            standing, link = standings.of(cell), cell.quote.place
            if standing.state != "review":
                continue
            now = ""
            if standing.document and not standing.span:
                now = standing.document.text[link.start : link.end]
            each = Touched(programme, field, number, cell, cell.quote.text, now, standing.because)
            by_source.setdefault(link.source, []).append(each)
    for cells in by_source.values():
        cells.sort(key=lambda each: each.cell.quote.place.start)
    return dict(sorted(by_source.items()))


def _conflicts(programmes: Sequence[Programme]) -> Iterator[Finding]:
    """Programmes of one name and place, in force together, that pay or demand different things."""
    for one, other in combinations(programmes, 2):
        if (one.name, one.region) != (other.name, other.region) or not _overlap(one, other):
            continue
        for field, said in (("benefits", _paid), ("conditions", _demanded)):
            mine, theirs = said(one), said(other)
            if mine and theirs and mine != theirs:
                because = f"与 {other.id} 同名，{FIELDS[field]}不同"
                yield Finding("conflict", one.id, FIELDS[field], because)


def _overlap(one: Programme, other: Programme) -> bool:
    spans = [
        (
            first_day(each.valid_from) if each.valid_from else "",
            last_day(each.valid_to) if each.valid_to else LAST_DAY,
        )
        for each in (one, other)
    ]
    return spans[0][0] <= spans[1][1] and spans[1][0] <= spans[0][1]


def _paid(programme: Programme) -> set[tuple[object, ...]]:
    return {(b.attribute, b.rank, b.group, b.amount, b.unit, b.period) for b in programme.benefits}


def _demanded(programme: Programme) -> set[tuple[object, ...]]:
    found = (leaf for cell in programme.conditions for leaf in leaves(cell.tree) if leaf.attribute)
    return {(leaf.attribute, leaf.allowed) for leaf in found}


def place_of(field: str, number: int) -> str:
    """A cell's place as people name it: 条件 1."""
    return f"{FIELDS[field]} {number + 1}"


def differences(old: Programme, new: Programme) -> list[Difference]:
    """What differs between two versions, cell by cell; signatures aside. Cells of one quote are one
    that was changed, as are those in one place."""
    found: list[Difference] = []
    for name in ("name", "document", "clause", "region", "issuer", "valid_from", "valid_to"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            found.append(Difference("changed", name, was, now))
    for field in FIELDS:
        found += _of_field(field, getattr(old, field), getattr(new, field))
    return found


def _of_field(field: str, old: Sequence[Cell], new: Sequence[Cell]) -> Iterator[Difference]:
    gone = [cell for cell in old if all(_said(cell) != _said(other) for other in new)]
    come = [cell for cell in new if all(_said(cell) != _said(other) for other in old)]
    for cell in gone:
        same = [c for c in come if c.quote.text == cell.quote.text] or (
            come if len(gone) == len(come) == 1 else []
        )
        if same:
            other = same[0]
            come.remove(other)
            yield Difference("changed", field, _words(cell), _words(other))
        else:
            yield Difference("removed", field, _words(cell), "")
    yield from (Difference("added", field, "", _words(cell)) for cell in come)


def _said(cell: Cell) -> dict[str, object]:
    """What a cell says, wherever its words stand."""
    return {**cell.model_dump(exclude={"signed", "quote"}), "words": cell.quote.text}


def _words(cell: Cell) -> str:
    if isinstance(cell, Benefit) and cell.amount is not None:
        return f"{cell.text}（{cell.amount.normalize():f}{cell.unit}）"
    if isinstance(cell, Condition):
        known = sum(bool(leaf.attribute) for leaf in leaves(cell.tree))
        return f"{cell.text}（{known} 项可以比对）"
    return cell.text


def coverage(corpus: Corpus, programmes: Sequence[Programme]) -> list[Coverage]:
    """Of each document that has rules: those on which something follows (可以申请, 不予受理), and
    lists of conditions; how many of them stand in some cell."""
    spans = _spans(corpus, programmes)
    found_in = []
    for document in corpus.documents():
        rules = [each for each in corpus.rules(document.doc_id) if _counts(each)]
        own = spans.get(document.source, [])
        left = [r for r in rules if not any(a < r.end and r.start < b for a, b in own)]
        if rules:
            uncovered = tuple(Uncovered(document, rule) for rule in left)
            found_in.append(Coverage(document, len(rules) - len(left), len(rules), uncovered))
    return found_in


def _counts(rule: Rule) -> bool:
    return rule.kind == "demand" and (rule.consequence != "other" or bool(rule.groups))


def _spans(corpus: Corpus, programmes: Sequence[Programme]) -> dict[str, list[Span]]:
    """Where cells stand in each file."""
    by_source = {document.source: document for document in corpus.documents()}
    spans: dict[str, list[Span]] = {}
    for programme in programmes:
        for _, _, cell in programme.cells():
            document = by_source.get(cell.quote.place.source)
            span = found(cell.quote, document) if document else None
            if document and span:
                spans.setdefault(document.source, []).append(span)
    return spans
