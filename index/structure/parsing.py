"""One file's parts to a document: its stored text, passages with offsets into it, metadata."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from policyqa.index.metadata.readings import merged
from policyqa.index.metadata.readings import readings as metadata_readings
from policyqa.index.read.extract import Extract
from policyqa.index.structure.blocks import Block
from policyqa.index.structure.blocks_of import blocks_of, original_of
from policyqa.index.structure.headings import number_level
from policyqa.index.structure.passages import Group, Unit, groups_of
from policyqa.index.text.cleaning import FOOTNOTE_REF, INVISIBLE, LAYOUT_MARK
from policyqa.index.text.suspicion import warnings_of
from policyqa.index.types import Document, Metadata, Passage, Sentence, Span

VERSION = "2"
SECTION_SEPARATOR = " › "
MAX_TITLE_START, MAX_TITLE_CHARS = 200, 60


def digest(*parts: str) -> str:
    """A 16-digit hash that identifies content."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def parse(
    extract: Extract, *, source: str, metadata: Metadata, sha256: str
) -> tuple[Document, tuple[Passage, ...]]:
    """Clean one file's text and cut it into passages.

    `document.text[p.start:p.end] == p.text` for each passage; passages are disjoint and ascending
    and hold every sentence once.

    Args:
        extract: what the file's loader gave.
        source: path relative to the source folder, with `/`.
        metadata: from the catalogue; what it leaves open is read from the text.
        sha256: of the file's bytes.
    """
    stored = StoredText(original_of(extract))
    groups = groups_of(blocks_of(extract))
    drafts = [_Draft(group, *stored.write(group)) for group in groups]
    readings = metadata_readings(
        stored.text, headings=stored.headings, source=source, said=extract.said
    )
    about, kept = merged(readings, metadata)
    if not about.title:
        about = about.model_copy(update={"title": _first_heading(stored) or _stem(source)})
    document = Document(
        doc_id=digest(source, sha256),
        source=source,
        sha256=sha256,
        metadata=about,
        readings=kept,
        text=stored.text,
        seams=tuple(stored.seams),
        warnings=(*extract.warnings, *warnings_of(stored.text)),
    )
    indexed = [draft for draft in drafts if draft.group.indexed]
    return document, tuple(_passages(document, indexed))


def _first_heading(stored: "StoredText") -> str:
    """The heading that a document begins with, "" when it begins with something else."""
    start, end = next(iter(stored.headings), (0, 0))
    near = start < MAX_TITLE_START and end - start <= MAX_TITLE_CHARS
    text = stored.text[start:end]
    part = text.startswith("【") or number_level(text)  # 【办理条件】, 第一章 总则
    return " ".join(text.split()) if near and not part else ""


def _stem(source: str) -> str:
    """A file's name without folder and suffix."""
    return source.rsplit("/", 1)[-1].rsplit(".", 1)[0]


class _Draft(NamedTuple):
    """A group that is written: its sentences and its context, with their place in the text."""

    group: Group
    sentences: tuple[Sentence, ...]
    context: tuple[Span, ...]


class StoredText:
    """The text that is kept of a file, written a group at a time: a line a paragraph, each once."""

    def __init__(self, original: str) -> None:
        self.seams: list[int] = []
        self.headings: list[Span] = []
        self._original = original
        self._parts: list[str] = []
        self._length = 0
        self._last: Unit | None = None
        self._places: dict[int, list[tuple[Span, int]]] = {}

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def write(self, group: Group) -> tuple[tuple[Sentence, ...], tuple[Span, ...]]:
        """Add a group; its sentences with their place in the text, and where its context is, which
        was written with earlier groups."""
        sentences = tuple(self._sentence(unit) for unit in group.units)
        return sentences, tuple(sorted(self._place(unit) for unit in group.context))

    def _sentence(self, unit: Unit) -> Sentence:
        start = self._placed(unit)
        end = self._length
        block = unit.block
        if block.kind == "heading":
            self.headings.append((start, end))
        head = block.head
        return Sentence(
            start=start,
            end=end,
            kind=block.kind,
            head=self._place(Unit(head, (0, len(head.body)), True)) if head else None,
            label=block.label,
            page=block.page,
            row=block.row,
        )

    def _placed(self, unit: Unit) -> int:
        """Write a unit, on the line of its paragraph where that goes on; where it begins."""
        left, right = unit.span
        last = self._last
        goes_on = last is not None and last.block is unit.block
        if last is not None and goes_on:
            self._add(unit.block.body.text[last.span[1] : left])
        elif self._length:
            self._add("\n")
        start = self._length
        self._add(unit.block.body.text[left:right])
        first = left if goes_on else left + 1
        self.seams += [
            start + seam - left for seam in self._seams(unit.block) if first <= seam < right
        ]
        self._last = unit
        self._places.setdefault(id(unit.block), []).append((unit.span, start))
        return start

    def _place(self, unit: Unit) -> Span:
        """Where words of a block that is written stand in the text."""
        first, last = unit.span
        held = self._places[id(unit.block)]
        span, start = next(place for place in held if place[0][0] <= first < place[0][1])
        return start + first - span[0], start + last - span[0]

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _seams(self, block: Block) -> Iterator[int]:
        """Offsets in a block before which words of the file were taken out or moved away."""
        at = block.body.at
        text = block.body.text
        for offset in np.flatnonzero(np.diff(at) != 1) + 1:
            before, after = int(at[offset - 1]), int(at[offset])
            if after <= before:
                if after < before or "\t" not in text[offset - 1 : offset + 1]:
                    yield int(offset)
                continue
            gap = LAYOUT_MARK.sub("", INVISIBLE.sub("", self._original[before + 1 : after]))
            if FOOTNOTE_REF.sub("", gap).strip():
                yield int(offset)


def _passages(document: Document, drafts: Sequence[_Draft]) -> Iterator[Passage]:
    """Passages with ids that stay as long as their words do."""
    times: Counter[str] = Counter()
    for group, sentences, context in drafts:
        start, end = sentences[0].start, sentences[-1].end
        text = document.text[start:end]
        times[text] += 1
        yield Passage(
            passage_id=digest(document.source, text, str(times[text])),
            doc_id=document.doc_id,
            start=start,
            end=end,
            text=text,
            section=SECTION_SEPARATOR.join(_section(group)),
            sentences=sentences,
            context=context,
            page=group.units[0].block.page,
        )


def _section(group: Group) -> tuple[str, ...]:
    first, last = group.units[0].block, group.units[-1].block
    return last.section if first.kind == "heading" else first.section
