"""Ranked passages to ranked sentences: which words of the documents answer the question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from policyqa.index.store.search_index import SearchIndex
from policyqa.index.structure.headings import marker
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.structure.quotes import display, in_context
from policyqa.index.text.words import bigrams
from policyqa.index.types import Document, Passage, Sentence, Span
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.distinctions import counts_another, is_of_another
from policyqa.qa.question.expectation import FIGURES, holds
from policyqa.qa.question.forms import DENIES
from policyqa.qa.question.headings import is_of_other_kind
from policyqa.qa.retrieve.agreement import (
    agreement,
    edition_agreement,
    is_of_other_place,
    year_agreement,
)
from policyqa.qa.retrieve.fusion import z_scores
from policyqa.qa.retrieve.retrieval import Floats, Ranking

PASSAGES = 8
Barred = Literal["", "edition", "year", "place", "class", "count", "list", "row", "negated"]
DATE_ALONE = re.compile(r"(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?|(?:19|20)\d\d-\d\d?-\d\d?")
LEADS_IN = ("：", ":")  # what ends so announces what follows and says nothing itself
SAYS = re.compile(r"\d[^，,；;：:]*[，,；;]")  # a clause with a figure before the one that leads in
# 各区教育局、有关单位：
OFFICE = re.compile(
    "(?:[厅局委办会室府院校处]|部门?|单位|公司|机构|企业|中心|兵团|街道|镇|乡|区|县|市)$"
)
OFFICE_CHARS = 30
BETWEEN = re.compile(r"[、，,；;\s]+")
REMARK = re.compile(r"[（(][^（()）]{1,30}[）)]")
ORDERS = re.compile("以下|下列|如下|应当|[。：:\\d]")
ANNOUNCES = re.compile("(?:通知|公告|通告|批复|函复|答复|意见)如下[：:]$")
LEAD_CHARS = 24  # of what introduces a list, its end
INHERITED = 0.8  # how much words count that stand before the sentence and not in it
WEIGHTS = {
    "words": 0.5,
    "bigrams": 0.5,
    "passage": 0.6,
    "expected": 1.0,
    "agreement": 0.5,
}


@dataclass(frozen=True)
class Quote:
    """A sentence, row or part of one where it stands; `text` is how it is said."""

    document: Document
    passage: Passage
    sentence: Sentence
    text: str

    def part(self, span: Span) -> "Quote":
        """Another stretch of the same document."""
        sentence = self.sentence.model_copy(
            update={"start": span[0], "end": span[1], "kind": "text", "head": None}
        )
        return replace(self, sentence=sentence, text=_one_line(self.document.text[slice(*span)]))

    def beside(self, sentence: Sentence) -> "Quote":
        """Another sentence of the same document."""
        return replace(self, sentence=sentence, text=display(self.document, sentence))


@dataclass(frozen=True)
class Signals:
    """What says that a sentence answers (larger is better).

    `words` and `bigrams` are shares of the question's tokens, weighted by rarity, in [0, 1];
    `inherited` is the share that the section and the sentences before it add; `expected` says
    that it holds the kind of answer asked for; `agreement` is how far all of these fit the years,
    editions and places of the question (`retrieve.agreement`).
    """

    words: float
    bigrams: float
    inherited: float
    expected: bool
    agreement: float


@dataclass(frozen=True)
class Evidence:
    """One sentence that may answer, the signals that say so, and their weighed sum.

    `barred` says why it is never said: it speaks of another edition or class, gives the figure of
    another year, counts something else, or is of a list of other things. `score` orders the
    sentences: the sum, or, where a reader has marked the sentence (`read`, log-odds), the log-odds
    that it belongs to the answer. `behind` is by how much its passage's score is below that of the
    best passage, 0 or less, where a reader has marked it.
    """

    quote: Quote
    signals: Signals
    weighed: float = 0.0
    score: float = 0.0
    barred: Barred = ""
    read: float | None = None
    behind: float = 0.0

    @property
    def contradicts(self) -> bool:
        """Whether it speaks of something else than the question."""
        return bool(self.barred)

    @property
    def document(self) -> Document:
        return self.quote.document

    @property
    def passage(self) -> Passage:
        return self.quote.passage

    @property
    def sentence(self) -> Sentence:
        return self.quote.sentence

    @property
    def text(self) -> str:
        return self.quote.text

    def scored(self, score: float) -> "Evidence":
        """The same with another score."""
        return replace(self, score=score)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def find(
    index: SearchIndex, ranking: Ranking, asked: Asked, *, leads: bool = False
) -> list[Evidence]:
    """Sentences of the best passages, best first; headings only where there is nothing else, and
    sentences that only lead in what follows where `leads` says so."""
    found: list[Evidence] = []
    standing: list[float] = []
    for place, row in enumerate(ranking.rows[:PASSAGES]):
        inside = _of_passage(index, int(row), asked, leads)
        found += inside
        standing += [float(ranking.scores[place])] * len(inside)
    return _ranked(found, standing)


def _of_passage(index: SearchIndex, row: int, asked: Asked, leads: bool) -> list[Evidence]:
    """The usable sentences of one passage, in reading order."""
    passage, document = index.passages[row], index.documents[index.document_of[row]]
    usable = _usable(document, passage, asked, leads)
    rows = index.sentence_rows(row)
    shares = _shares(index, rows, passage, document, asked)
    return [
        _evidence(
            Quote(document, passage, sentence, display(document, sentence)),
            asked,
            _before(document, passage, n),
            Shares(*(float(each[n]) for each in shares)),
        )
        for n in usable
        for sentence in [passage.sentences[n]]
    ]


class Shares(NamedTuple):
    """What is computed of a sentence for all of a passage at once: its shares of the question's
    words and bigrams, and that of the bigrams with all that it stands under."""

    words: float
    bigrams: float
    around: float


def _shares(
    index: SearchIndex, rows: range, passage: Passage, document: Document, asked: Asked
) -> tuple[Floats, Floats, Floats]:
    """Of each sentence of a passage: its share of the question's words, of its bigrams, and of the
    bigrams with the section, the context and the sentences before it; each of shape (sentences,).
    """
    words = index.sentence_words.holds(tuple(asked.words.rarity), rows)
    own = index.sentence_bigrams.holds(tuple(asked.bigrams.rarity), rows)
    above = set(bigrams(f"{passage.section}\n{in_context(document, passage, end=passage.start)}"))
    head = np.array([token in above for token in asked.bigrams.rarity], dtype=np.bool_)
    around = np.logical_or.accumulate(own, axis=0) | head
    return asked.words.shares(words), asked.bigrams.shares(own), asked.bigrams.shares(around)


def anchors(found: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence of each passage, best passage first."""
    best: dict[str, Evidence] = {}
    for evidence in found:
        best.setdefault(evidence.passage.passage_id, evidence)
    return list(best.values())


def _usable(document: Document, passage: Passage, asked: Asked, leads: bool) -> list[int]:
    """Sentences that say something of their own: no headings, mere lead-ins only if they are
    wanted."""
    every = list(range(len(passage.sentences)))
    if not asked.uses("says_nothing"):
        return every
    kinds = ("text", "row", "note", "caption")
    usable = [
        n
        for n, s in enumerate(passage.sentences)
        if s.kind in kinds
        and not _says_nothing(document, document.text[s.start : s.end], asked, leads)
    ]
    return usable or every


def _says_nothing(document: Document, text: str, asked: Asked, leads: bool) -> bool:
    """Whether a sentence only names the document (its number, too, unless it is asked for) or whom
    it is sent to, is a date alone, or only leads in (unless such `leads` are wanted; what announces
    the whole document never is)."""
    about = document.metadata
    number = "" if "document_number" in asked.wants else about.doc_number
    names = {about.title, about.issuer, number} - {""}
    alone = text.strip(" 　。：:《》")
    only_leads = not leads and _only_leads_in(text)
    opens = _is_addressed(text) or ANNOUNCES.search(text)
    return bool(only_leads or opens or alone in names or DATE_ALONE.fullmatch(alone))


def _is_addressed(text: str) -> bool:
    """Whether a line is the list of offices that a document is sent to."""
    said = REMARK.sub("", text.strip())
    names = [name for name in BETWEEN.split(said[:-1]) if name]
    several = said.startswith("各") or len(names) > 1
    if not said.endswith(LEADS_IN) or not several or ORDERS.search(said[:-1]):
        return False
    return all(len(name) <= OFFICE_CHARS and OFFICE.search(name) for name in names)


def _only_leads_in(text: str) -> bool:
    """Whether a sentence announces what follows and says nothing itself, other than
    每年3月集中受理，程序如下：."""
    return text.endswith(LEADS_IN) and not SAYS.search(text)


def _before(document: Document, passage: Passage, n: int) -> str:
    """What a sentence stands under and after: the section and the passage up to it."""
    said = in_context(document, passage, end=passage.sentences[n].start)
    return f"{passage.section} {said}"


def _evidence(quote: Quote, asked: Asked, before: str, shares: Shares) -> Evidence:
    around = f"{before} {quote.text}"
    signals = Signals(
        words=shares.words,
        bigrams=shares.bigrams,
        inherited=shares.around - shares.bigrams if asked.uses("inherited") else 0.0,
        expected=holds(quote.text, asked.expectation),
        agreement=agreement(asked, quote.document, around),
    )
    barred = _contradicts(asked, quote.document, around) or _answers_another(asked, quote, before)
    return Evidence(quote, signals, barred=barred)


def _answers_another(asked: Asked, quote: Quote, before: str) -> Barred:
    """Whether a sentence is of another class than the question, counts something else, is an item
    of a list of another kind of things, or says what is where it is asked what is not."""
    heading = quote.passage.section.split(SECTION_SEPARATOR)[-1]
    if is_of_another(asked.classes, quote.text, under=heading):
        return "class"
    counts = asked.expectation.kind == "count"
    if counts and counts_another(asked.classes, f"{before} {quote.text}"):
        return "count"
    lead = before.rpartition("：")[0][-LEAD_CHARS:] if marker(quote.text) else ""
    if is_of_other_kind(asked.headings, lead):
        return "list"
    affirms = "negated" in asked.wants and not DENIES.search(f"{lead}{quote.text}")
    return "negated" if affirms else ""


def _contradicts(asked: Asked, document: Document, around: str) -> Barred:
    if edition_agreement(asked, document, around) < 0:
        return "edition"
    if is_of_other_place(asked, document, around):
        return "place"
    asks_figure = asked.expectation.kind in FIGURES
    other_year = asks_figure and year_agreement(asked, document, around) < 0
    return "year" if other_year else ""


def _ranked(found: Sequence[Evidence], standing: Sequence[float]) -> list[Evidence]:
    if not found:
        return []
    total = (
        WEIGHTS["words"] * z_scores(np.array([e.signals.words for e in found]))
        + WEIGHTS["bigrams"]
        * z_scores(np.array([e.signals.bigrams + INHERITED * e.signals.inherited for e in found]))
        + WEIGHTS["passage"] * z_scores(np.array(standing))
        + WEIGHTS["expected"] * np.array([float(e.signals.expected) for e in found])
        + WEIGHTS["agreement"] * np.array([e.signals.agreement for e in found])
    )
    order = np.lexsort((np.arange(len(found)), -total))
    return [replace(found[n], weighed=float(total[n]), score=float(total[n])) for n in order]
