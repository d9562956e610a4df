"""Documents and passages out of blocks: the stored text, its offsets, and runs of sentences."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from index.cleaning import FOOTNOTE_REF, INVISIBLE, LAYOUT_MARK
from index.sentences import sentence_spans
from index.structure import ARTICLE, PLAIN, Block, blocks_of
from index.types import Document, Metadata, Passage, Sentence, Span

VERSION = "1"
TARGET_CHARS = 200
MAX_CHARS = 320
MIN_CHARS = 60
LEAD_CHARS = 24
SECTION_SEPARATOR = " › "


@dataclass(frozen=True)
class _Unit:
    """A sentence with what decides where a passage may end."""

    sentence: Sentence
    section: tuple[str, ...]
    level: int
    ends_paragraph: bool

    @property
    def chars(self) -> int:
        return self.sentence.end - self.sentence.start


def digest(*parts: str) -> str:
    """A 16-digit hash that identifies content."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def parse(
    original: str, *, source: str, metadata: Metadata, sha256: str
) -> tuple[Document, tuple[Passage, ...]]:
    """Clean one file's text and cut it into passages.

    `document.text[p.start:p.end] == p.text` for each passage; passages are disjoint and ascending
    and hold every sentence once.

    Args:
        original: the decoded file.
        source: path relative to the source folder, with `/`.
        metadata: from the catalogue; an empty title is taken from the text.
        sha256: of the file's bytes.
    """
    blocks = blocks_of(original)
    text, starts, seams = _assembled(original, blocks)
    doc_id = digest(source, sha256)
    if not metadata.title:
        metadata = metadata.model_copy(update={"title": _title(blocks, source)})
    document = Document(
        doc_id=doc_id,
        source=source,
        sha256=sha256,
        metadata=metadata,
        text=text,
        seams=seams,
    )
    units = list(_units(blocks, starts))
    groups = list(_groups(units))
    return document, tuple(_passage(document, group) for group in groups)


def _title(blocks: Sequence[Block], source: str) -> str:
    """The first heading, else the first line if it is short, else the file's name."""
    for block in blocks[:6]:
        if block.kind == "heading" and block.level in (ARTICLE, 1, PLAIN):
            return block.body.text.strip()
    first = blocks[0].body.text.strip() if blocks else ""
    return first if 0 < len(first) <= 60 else source.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _assembled(original: str, blocks: Sequence[Block]) -> tuple[str, list[int], tuple[int, ...]]:
    """The stored text (a line a block), where each block starts, and the seams inside blocks."""
    parts: list[str] = []
    starts: list[int] = []
    seams: list[int] = []
    length = 0
    for block in blocks:
        starts.append(length)
        seams += [length + offset for offset in _seams(original, block)]
        parts.append(block.body.text)
        length += len(block.body.text) + 1
    return "\n".join(parts), starts, tuple(seams)


def _seams(original: str, block: Block) -> Iterator[int]:
    """Offsets in a block before which words of the original were taken out or moved away."""
    at = block.body.at
    for offset in np.flatnonzero(np.diff(at) != 1) + 1:
        before, after = int(at[offset - 1]), int(at[offset])
        if after <= before:
            if block.body.text[offset] != "\t" and block.body.text[offset - 1] != "\t":
                yield int(offset)
            continue
        gap = LAYOUT_MARK.sub("", INVISIBLE.sub("", original[before + 1 : after]))
        if FOOTNOTE_REF.sub("", gap).strip():
            yield int(offset)


def _units(blocks: Sequence[Block], starts: Sequence[int]) -> Iterator[_Unit]:
    spans = {id(b): (s, s + len(b.body.text)) for b, s in zip(blocks, starts, strict=True)}
    for block, start in zip(blocks, starts, strict=True):
        if block.kind == "text":
            inside = sentence_spans(block.body.text)
        else:
            inside = [(0, len(block.body.text))] if block.body.text.strip() else []
        for number, (left, right) in enumerate(inside):
            sentence = Sentence(
                start=start + left,
                end=start + right,
                kind=block.kind,
                head=spans[id(block.head)] if block.head else None,
                label=block.label,
            )
            last = number == len(inside) - 1
            yield _Unit(sentence, block.section, block.level, last)


def _groups(units: Iterable[_Unit]) -> Iterator[list[_Unit]]:
    """Runs of sentences of one section, each of about 200 characters."""
    section: list[_Unit] = []
    for unit in units:
        if section and _opens_section(unit, section):
            yield from _balanced(section)
            section = []
        section.append(unit)
    if section:
        yield from _balanced(section)


def _opens_section(unit: _Unit, section: list[_Unit]) -> bool:
    """Whether a passage must end before this unit: a heading, once there is something to part."""
    if unit.sentence.kind != "heading" and unit.section == section[-1].section:
        return False
    body = sum(u.chars for u in section if u.sentence.kind != "heading")
    if unit.sentence.kind == "heading" and unit.level == PLAIN:
        return body >= MIN_CHARS
    return body > 0


def _balanced(section: list[_Unit]) -> Iterator[list[_Unit]]:
    """Cut one section into passages of like size, at ends of paragraphs where they are near."""
    left = sum(u.chars for u in section)
    group: list[_Unit] = []
    chars = 0
    target = _share(left)
    for unit in section:
        if group and _is_full(chars, unit, group[-1], target):
            kept = [group.pop()] if len(group) > 1 and _leads(group[-2], group[-1]) else []
            yield group
            left -= sum(u.chars for u in group)
            group, chars, target = kept, sum(u.chars for u in kept), _share(left)
        group.append(unit)
        chars += unit.chars
    yield group


def _leads(before: _Unit, unit: _Unit) -> bool:
    """Whether a sentence is the short lead of its paragraph, which belongs to what follows."""
    return before.ends_paragraph and not unit.ends_paragraph and unit.chars <= LEAD_CHARS


def _share(chars: int) -> float:
    """The size that parts this many characters evenly."""
    return chars / max(1, round(chars / TARGET_CHARS))


def _is_full(chars: int, unit: _Unit, last: _Unit, target: float) -> bool:
    if unit.sentence.kind == "note" and unit.sentence.label and chars + unit.chars <= MAX_CHARS:
        return False
    if chars + unit.chars > MAX_CHARS and last.sentence.kind != "heading":
        return True
    if last.ends_paragraph and chars >= 0.6 * target and chars + unit.chars > target:
        return True
    return chars + unit.chars / 2 > target and last.sentence.kind != "heading"


def _passage(document: Document, group: Sequence[_Unit]) -> Passage:
    start, end = group[0].sentence.start, group[-1].sentence.end
    deepest = group[-1].section if group[0].sentence.kind == "heading" else group[0].section
    return Passage(
        passage_id=digest(document.doc_id, str(start), str(end)),
        doc_id=document.doc_id,
        start=start,
        end=end,
        text=document.text[start:end],
        section=SECTION_SEPARATOR.join(deepest),
        sentences=tuple(unit.sentence for unit in group),
    )


def quote_spans(document: Document, span: Span) -> list[Span]:
    """A span cut at the seams inside it: each part stands in one piece in the original."""
    start, end = span
    inner = [seam for seam in document.seams if start < seam < end]
    edges = [start, *inner, end]
    return list(pairwise(edges))


def display(document: Document, sentence: Sentence) -> str:
    """A sentence as it is shown: white space closed up, a table row with its header's labels."""
    text = document.text[sentence.start : sentence.end]
    if sentence.head is None:
        return " ".join(text.split())
    labels = document.text[slice(*sentence.head)].split("\t")
    cells = text.split("\t")
    pairs = zip(labels[-len(cells) :], cells, strict=False)
    return "；".join(f"{label}：{cell}" for label, cell in pairs if cell.strip())
