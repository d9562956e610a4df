"""How stored sentences are shown and quoted."""

from itertools import pairwise

from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.types import Document, Passage, Sentence, Span

SECTIONS = 2  # of the path of headings, its end


def quote_spans(document: Document, span: Span) -> list[Span]:
    """A span cut at the seams inside it: each part stands in one piece in the original."""
    start, end = span
    inner = [seam for seam in document.seams if start < seam < end]
    edges = [start, *inner, end]
    return list(pairwise(edges))


def heading_of(document: Document, passage: Passage) -> str:
    """What a passage stands under: title, place (unless the title names it), year and the last
    headings. It is embedded and read before the passage's own words."""
    about = document.metadata
    place = "" if about.region in about.title else about.region
    sections = passage.section.split(SECTION_SEPARATOR)[-SECTIONS:]
    return " ".join(filter(None, (about.title, place, about.date[:4], *sections)))


def in_context(document: Document, passage: Passage, *, end: int | None = None) -> str:
    """A passage as it can be read alone: the words of its context, a line each, then its own.

    Args:
        document: has the words.
        passage: of this document.
        end: offset in the document's text up to which it is read; all of it when None.
    """
    above = (document.text[slice(*span)] for span in passage.context)
    own = passage.text if end is None else document.text[passage.start : max(end, passage.start)]
    return "\n".join((*above, own))


def display(document: Document, sentence: Sentence) -> str:
    """A sentence as it is shown: white space closed up, a table row with its header's labels."""
    text = document.text[sentence.start : sentence.end]
    cells = text.split("\t")
    if sentence.head is None:
        return " ".join(text.split()) if sentence.kind != "row" else "；".join(filter(None, cells))
    labels = document.text[slice(*sentence.head)].split("\t")
    pairs = zip(labels[-len(cells) :], cells, strict=False)
    return "；".join(f"{label}：{cell}" if label else cell for label, cell in pairs if cell.strip())
