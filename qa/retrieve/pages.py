"""What a reader sees of a passage: who says it, what it stands under, and its sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policyqa.index.structure.quotes import display, heading_of
from policyqa.index.text.words import normalise
from policyqa.index.types import Document, Passage
from policyqa.qa.retrieve.evidence import LEADS_IN

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = 384  # of a window; 99 of 100 passages are shorter
TOKENIZER = "tokenizer.json"  # in the folder of a reader
BEGIN, END = 0, 2  # ids of the marks around each part, as of XLM-R
QUESTION_TOKENS, HEAD_TOKENS, ABOVE_TOKENS, LEAD_TOKENS = 48, 56, 64, 40
ASKED_TOKENS, TITLE_TOKENS, RULE_TOKENS = 64, 32, 160  # of what is ruled on


@dataclass(frozen=True)
class Page:
    """A passage to be read. `head` is title, place, year and section, `above` what it needs to be
    read alone; all normalised. `sentences` are all of the passage, in order."""

    head: str
    above: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """As much of a page as is read at once: token ids, and of each sentence in it its number on
    the page and the half-open span of its tokens."""

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int, int], ...]


def tokenizer_in(folder: Path) -> "Tokenizer":
    """The tokenizer of a reader, that neither pads nor cuts: a file may say that it does both.

    Raises:
        Exception: the file is no tokenizer (the library has no narrower error).
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str((folder / TOKENIZER).read_text(encoding="utf-8"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def page_of(document: Document, passage: Passage) -> Page:
    """A passage as it is read."""
    head = heading_of(document, passage)
    above = "\n".join(document.text[slice(*span)] for span in passage.context)
    sentences = (normalise(display(document, sentence)) for sentence in passage.sentences)
    return Page(normalise(head), normalise(above), tuple(sentences))


def windows(tokenizer: "Tokenizer", query: str, page: Page) -> list[Window]:
    """A page beside a question, cut between sentences where it is longer than `MAX_TOKENS`; what
    introduces its list stands before each later part."""
    asked, head, above, *sentences = _ids(
        tokenizer, (query, page.head, page.above, *page.sentences)
    )
    before = [BEGIN, *asked[:QUESTION_TOKENS], END, END, *head[:HEAD_TOKENS], END]
    over = above[-ABOVE_TOKENS:]
    found: list[Window] = []
    ids, spans = [*before, *over], list[tuple[int, int, int]]()
    for number, own in enumerate(sentences):
        if spans and len(ids) + len(own) >= MAX_TOKENS:
            found.append(Window((*ids, END), tuple(spans)))
            ids, spans = [*before, *over], []
        kept = own[: MAX_TOKENS - len(ids) - 1]
        spans.append((number, len(ids), len(ids) + len(kept)))
        ids += kept
        if page.sentences[number].endswith(LEADS_IN):
            over = own[-LEAD_TOKENS:]
    return [*found, Window((*ids, END), tuple(spans))]


def _ids(tokenizer: "Tokenizer", texts: Sequence[str]) -> list[list[int]]:
    return [each.ids for each in tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def rule_window(tokenizer: "Tokenizer", query: str, title: str, sentences: Sequence[str]) -> Window:
    """A question beside the sentences of a rule, as one span with its document's title."""
    asked, head, rule = _ids(tokenizer, (query, normalise(title), normalise(" ".join(sentences))))
    before = [BEGIN, *asked[:ASKED_TOKENS], END, END]
    about = [*head[:TITLE_TOKENS], END, *rule[:RULE_TOKENS], END]
    ids = (*before, *about)
    return Window(ids, ((0, len(before), len(ids)),))
