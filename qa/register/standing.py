"""Whether a cell may be relied on: signed, proposed, or to be looked at again (待核)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from policyqa.index.metadata.dates import first_day, last_day
from policyqa.index.types import Document, Span
from policyqa.qa.check.permalinks import resolve
from policyqa.qa.corpus import Corpus
from policyqa.qa.register.types import Cell, Programme, Quote

State = Literal["signed", "proposed", "review"]
STATES: Mapping[State, str] = {"signed": "已签", "proposed": "未签", "review": "待核"}
ENDED = ("已过期", "被替代", "征求意见")  # states of a document on which nothing can rest
GONE, CHANGED = "原文件已不在库中", "原文已改动"


class Standing(NamedTuple):
    """What a cell is worth, why (one line, "" for a signed one), and where its words stand now."""

    state: State
    because: str = ""
    document: Document | None = None
    span: Span | None = None

    @property
    def label(self) -> str:
        """In a word, for readers."""
        return STATES[self.state]

    @property
    def remark(self) -> str:
        """What must be said beside a cell that may not be relied on: （待核）."""
        return "" if self.state == "signed" else f"（{self.label}）"


@dataclass
class Standings:
    """Cells against the documents of an index on one day (ISO).

    Words that stand in their document still, wherever in it, are as they were signed.
    """

    corpus: Corpus
    day: str
    _by_source: dict[str, Document] = field(init=False)
    _ended: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_source = {each.source: each for each in self.corpus.documents()}

    def of(self, cell: Cell) -> Standing:
        """What a cell is worth."""
        document = self._by_source.get(cell.quote.place.source)
        if document is None:
            return Standing("review", GONE)
        span = found(cell.quote, document)
        if span is None:
            return Standing("review", CHANGED, document)
        if ended := self._why_ended(document):
            return Standing("review", ended, document, span)
        if cell.is_signed:
            return Standing("signed", "", document, span)
        because = "签过以后又有改动" if cell.signed else "还没有工作人员核对"
        return Standing("proposed", because, document, span)

    def ended(self, programme: Programme) -> str:
        """Why a programme is not to be had any more, "" where it may be."""
        if programme.valid_to and last_day(programme.valid_to) < self.day:
            return f"已于{programme.valid_to}到期"
        return ""

    def pending(self, programme: Programme) -> str:
        """Why a programme is not to be had yet, "" where it may be."""
        if programme.valid_from and first_day(programme.valid_from) > self.day:
            return f"自{programme.valid_from}起施行，现在还不能享受"
        return ""

    def _why_ended(self, document: Document) -> str:
        if document.doc_id not in self._ended:
            held = self.corpus.validity(document, self.day)
            self._ended[document.doc_id] = held.because if held.state in ENDED else ""
        return self._ended[document.doc_id]


def found(quote: Quote, document: Document) -> Span | None:
    """Where the words of a quote stand in a document now, white space aside; None for nowhere."""
    link = quote.place
    if document.text[link.start : link.end] == quote.text:
        return link.start, link.end
    at = document.text.find(quote.text)
    if at >= 0:
        return at, at + len(quote.text)
    now = resolve(link, [document])
    same = now.state in ("unchanged", "moved") and _squeezed(now.quote) == _squeezed(quote.text)
    return now.span if same else None


def _squeezed(text: str) -> str:
    return "".join(text.split())
