"""Passages: runs of whole sentences of one section, none of which says half of a thing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from policyqa.index.structure.blocks import CLAUSE, PLAIN, Block
from policyqa.index.structure.headings import clause_name
from policyqa.index.structure.lists import introduction
from policyqa.index.text.sentences import sentence_spans
from policyqa.index.types import Span

VERSION = "3"
TARGET_CHARS = 200
MAX_CHARS = 320
MAX_LIST_CHARS = 600
MIN_CHARS = 60
LEAD_CHARS = 24
MAX_CONTEXT_CHARS = 200  # of introductions


@dataclass(frozen=True, eq=False)
class Unit:
    """A sentence, row or heading: `block.body[span]`, before the stored text is written."""

    block: Block
    span: Span
    ends_paragraph: bool

    @property
    def chars(self) -> int:
        return self.span[1] - self.span[0]

    @property
    def is_heading(self) -> bool:
        return self.block.kind == "heading"


@dataclass(frozen=True, eq=False)
class Group:
    """What becomes one passage: its units, and what they need of earlier passages to be read
    alone (`context`): their article's number, their table's header, their list's introduction.
    A byline is written and not `indexed`."""

    units: tuple[Unit, ...]
    context: tuple[Unit, ...] = ()
    indexed: bool = True


@dataclass(eq=False)
class _Atom:
    """Units that stay together: a sentence with its notes, or a whole list."""

    units: list[Unit] = field(default_factory=list)

    @property
    def chars(self) -> int:
        return sum(unit.chars for unit in self.units)

    @property
    def first(self) -> Unit:
        return self.units[0]

    @property
    def last(self) -> Unit:
        return self.units[-1]


def groups_of(blocks: Sequence[Block]) -> list[Group]:
    """The groups of a document's units in reading order."""
    groups: list[Group] = []
    article: Block | None = None
    for is_byline, run in groupby(blocks, key=lambda block: block.kind == "byline"):
        if is_byline:
            groups += [Group((_whole(block),), indexed=False) for block in run]
            continue
        for section in _sections(_units(list(run))):
            for units in _balanced(section):
                groups.append(Group(tuple(units), tuple(_needed(units, article))))
                article = next((u.block for u in reversed(units) if _is_article(u.block)), article)
    return groups


def _whole(block: Block) -> Unit:
    return Unit(block, (0, len(block.body)), True)


def _units(blocks: Sequence[Block]) -> Iterator[Unit]:
    """The sentences of each block; a note whose mark is known follows the sentence of its mark."""
    n = 0
    while n < len(blocks):
        block, n = blocks[n], n + 1
        notes: list[Block] = []
        while n < len(blocks) and blocks[n].anchor is not None:
            notes.append(blocks[n])
            n += 1
        yield from _with_notes(block, notes)


def _with_notes(block: Block, notes: list[Block]) -> Iterator[Unit]:
    spans = sentence_spans(block.body.text) if block.kind == "text" else [(0, len(block.body))]
    for number, (start, end) in enumerate(spans):
        last = number == len(spans) - 1
        due = [x for x in notes if last or _is_before(x, block, spans[number + 1][0])]
        yield Unit(block, (start, end), last)
        yield from map(_whole, due)
        notes = [x for x in notes if x not in due]


def _is_before(note: Block, block: Block, offset: int) -> bool:
    """Whether a note's mark stood before an offset of its block."""
    place = np.searchsorted(block.body.at, note.anchor or 0)
    return int(place) <= offset


def _sections(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Units of one section, a heading with what is below it."""
    section: list[Unit] = []
    chars = body = 0
    for unit in units:
        if section and (
            _opens_section(unit, section[-1], body) or (not body and chars > MAX_CHARS)
        ):
            yield section
            section, chars, body = [], 0, 0
        section.append(unit)
        chars += unit.chars
        body += 0 if unit.is_heading else unit.chars
    if section:
        yield section


def _opens_section(unit: Unit, last: Unit, body: int) -> bool:
    """Whether a passage must end before this unit: a heading, once there is something to part.

    Args:
        unit: comes next.
        last: is before it.
        body: characters of the section so far, without headings.
    """
    if not unit.is_heading and unit.block.section == last.block.section:
        return False
    if unit.is_heading and unit.block.level == PLAIN:
        return body >= MIN_CHARS
    return body > 0


def _balanced(section: list[Unit]) -> Iterator[list[Unit]]:
    """Cut one section into passages of like size, at ends of paragraphs where they are near."""
    left = sum(unit.chars for unit in section)
    group: list[_Atom] = []
    chars = 0
    target = _share(left)
    for atom in _atoms(section):
        if group and _is_full(chars, atom, group[-1], target):
            kept = [group.pop()] if len(group) > 1 and _leads(group[-2], group[-1]) else []
            yield [unit for part in group for unit in part.units]
            left -= sum(part.chars for part in group)
            group, chars, target = kept, sum(part.chars for part in kept), _share(left)
        group.append(atom)
        chars += atom.chars
    yield [unit for part in group for unit in part.units]


def _atoms(section: Sequence[Unit]) -> list[_Atom]:
    """Units that may be parted from each other; a list is one where it fits."""
    atoms: list[_Atom] = []
    n = 0
    while n < len(section):
        size = _list_size(section, n)
        chars = sum(unit.chars for unit in section[n : n + size])
        if size > 1 and chars <= MAX_LIST_CHARS:
            atoms.append(_Atom(list(section[n : n + size])))
            n += size
            continue
        unit, n = section[n], n + 1
        if atoms and _belongs(unit, atoms[-1]):
            atoms[-1].units.append(unit)
        else:
            atoms.append(_Atom([unit]))
    return atoms


def _belongs(unit: Unit, atom: _Atom) -> bool:
    """Whether a unit stays with what is before it: a note, or the rest of a sentence that goes on
    after a semicolon, within a passage's length."""
    if unit.block.kind == "note" and unit.block.label:
        return True
    before = [u for u in atom.units if u.block is unit.block]
    goes_on = bool(before) and unit.block.body.text[before[-1].span[1] - 1] in "；;"
    return goes_on and sum(u.chars for u in atom.units) + unit.chars <= MAX_CHARS


def _list_size(section: Sequence[Unit], n: int) -> int:
    """How many units a list has that this unit introduces, itself among them; 1 for none."""
    lead = section[n].block
    if lead.kind == "text" and section[n].span != introduction(lead.body.text):
        return 1
    inside = {id(lead)}
    end, items = n + 1, 0
    while end < len(section):
        block = section[end].block
        if block is not lead and block.kind != "note" and id(block.lead) not in inside:
            break
        items += block is not lead and block.kind != "note"
        inside.add(id(block))
        end += 1
    return end - n if items else 1


def _leads(before: _Atom, atom: _Atom) -> bool:
    """Whether a sentence is the short lead of its paragraph, which belongs to what follows."""
    unit = atom.last
    parts = before.last.ends_paragraph and not unit.ends_paragraph
    return parts and atom.chars <= LEAD_CHARS


def _share(chars: int) -> float:
    """The size that parts this many characters evenly."""
    return chars / max(1, round(chars / TARGET_CHARS))


def _is_full(chars: int, atom: _Atom, last: _Atom, target: float) -> bool:
    if last.last.is_heading:
        return False
    if chars + atom.chars > MAX_CHARS:
        return True
    if last.last.ends_paragraph and chars >= 0.6 * target and chars + atom.chars > target:
        return True
    return chars + atom.chars / 2 > target


def _is_article(block: Block) -> bool:
    """Whether a block is a numbered article (第三条), or its title, and no item of a list."""
    return block.kind == "text" and block.level == CLAUSE and block.lead is None


def _needed(units: Sequence[Unit], article: Block | None) -> list[Unit]:
    """What stands above some units and not among them, and says what they belong to.

    Args:
        units: of one passage.
        article: the last one that begins in an earlier passage.
    """
    above = _header(units) or _introductions(units[0].block)
    return [*_number(units, article, above), *above]


def _header(units: Sequence[Unit]) -> list[Unit]:
    """The header of the table whose rows were cut off from it."""
    here = {id(unit.block) for unit in units}
    heads = [unit.block.head for unit in units if unit.block.head is not None]
    return [_whole(head) for head in heads if id(head) not in here][:1]


def _introductions(item: Block) -> list[Unit]:
    """The sentences that introduce an item's list, and the list that this one is an item of."""
    leads: list[Unit] = []
    lead = item.lead
    while lead is not None and lead.kind == "text":
        start, end = introduction(lead.body.text)
        if sum(x.chars for x in leads) + end - start > MAX_CONTEXT_CHARS:
            break
        leads.insert(0, Unit(lead, (start, end), True))
        lead = lead.lead
    return leads


def _number(units: Sequence[Unit], article: Block | None, above: Sequence[Unit]) -> list[Unit]:
    """The number of the article that a passage goes on with, or its title, unless an introduction
    holds it."""
    opens = any(_is_article(unit.block) and unit.block is not article for unit in units)
    if article is None or opens or not _is_within(units[0].block, article):
        return []
    start, end = clause_name(article.body.text)
    held = any(unit.block is article and unit.span[0] <= start for unit in above)
    return [] if held else [Unit(article, (start, end), False)]


def _is_within(block: Block, article: Block) -> bool:
    return block.section[: len(article.section)] == article.section
