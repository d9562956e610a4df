"""Ranked passages to ranked sentences: which words of the documents answer the question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from policyqa.index.store.embedding import Vectors
from policyqa.index.store.lexical import LexicalIndex
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.structure.headings import marker
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.structure.quotes import display, in_context
from policyqa.index.text.words import bigrams, words
from policyqa.index.types import Document, Passage, Sentence
from policyqa.qa.question.attributes import is_of_other_kind
from policyqa.qa.question.distinctions import counts_another, is_of_another
from policyqa.qa.question.expectation import FIGURES, Expectation, expected, holds
from policyqa.qa.retrieve.agreement import agreement, edition_agreement, year_agreement
from policyqa.qa.retrieve.fusion import z_scores
from policyqa.qa.retrieve.retrieval import Ranking

PASSAGES = 8
DATE_ALONE = re.compile(r"(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?|(?:19|20)\d\d-\d\d?-\d\d?")
ASKS_NUMBER = re.compile("文号|发文|几号文|编号")
LEADS_IN = ("：", ":")  # what ends so announces what follows and says nothing itself
SAYS = re.compile(r"\d[^，,；;：:]*[，,；;]")  # a clause with a figure before the one that leads in
LEAD_CHARS = 24  # of what introduces a list, its end
SENTENCE_BONUS = 0.7
OWN = 4.0  # how often a follow-up's own words count, against those of its topic
INHERITED = 0.8  # how much words count that stand before the sentence and not in it
WEIGHTS = {
    "sentence": 1.0,
    "words": 0.5,
    "bigrams": 0.5,
    "passage": 0.6,
    "expected": 1.0,
    "agreement": 0.5,
}


@dataclass(frozen=True)
class Evidence:
    """One sentence that may answer, with the signals that say so (larger is better).

    `words` and `bigrams` are shares of the query's tokens, weighted by rarity, in [0, 1];
    `inherited` is the share that the section and the sentences before it add; `agreement` is how
    far all of these fit the years, editions and places of the query (`qa.retrieve.agreement`);
    `contradicts` says that it speaks of another edition or class, or gives the figure of another
    year.
    """

    document: Document
    passage: Passage
    sentence: Sentence
    text: str
    score: float
    cosine: float
    words: float
    bigrams: float
    inherited: float
    expected: bool
    agreement: float
    contradicts: bool = False


class QueryTokens:
    """The tokens of a query with their rarity, to be found again in texts."""

    def __init__(
        self, query: str, word_index: LexicalIndex, bigram_index: LexicalIndex, *, own: str = ""
    ) -> None:
        """`own` is what was asked, where the query was completed by what came before: its tokens
        count `OWN` times, since the others say where to look and not what to find."""
        self.query = query
        self.words = _weighted(words(query), word_index, words(own))
        self.bigrams = _weighted(bigrams(query), bigram_index, bigrams(own))
        self.expectation: Expectation = expected(own) or expected(query)

    def word_share(self, text: str) -> float:
        """Share of the query's words that a text has, by rarity."""
        return _share(self.words, set(words(text)))

    def bigram_share(self, text: str) -> float:
        """Share of the query's bigrams that a text has, by rarity."""
        return _share(self.bigrams, set(bigrams(text)))


def _weighted(tokens: Sequence[str], lexical: LexicalIndex, own: Sequence[str]) -> dict[str, float]:
    mine = set(own)
    return {
        token: lexical.idf(token) * (OWN if token in mine else 1.0)
        for token in dict.fromkeys(tokens)
    }


def _share(weights: dict[str, float], present: set[str]) -> float:
    total = sum(weights.values())
    return sum(w for t, w in weights.items() if t in present) / total if total else 0.0


def find(
    index: SearchIndex, ranking: Ranking, tokens: QueryTokens, vector: Vectors
) -> list[Evidence]:
    """Sentences of the best passages, best first; headings only where there is nothing else."""
    found: list[Evidence] = []
    standing: list[float] = []
    for place, row in enumerate(ranking.rows[:PASSAGES]):
        passage = index.passages[row]
        document = index.documents[index.document_of[row]]
        first = int(index.sentence_starts[row])
        usable = _usable(document, passage, tokens.query)
        rows = np.array([first + n for n in usable], dtype=np.int64)
        cosines = index.sentence_vectors.scores(vector, rows)
        for n, cosine in zip(usable, cosines, strict=True):
            before = _before(document, passage, n)
            found.append(
                _evidence(document, passage, passage.sentences[n], float(cosine), tokens, before)
            )
            standing.append(float(ranking.scores[place]))
    return _ranked(found, standing)


def anchors(found: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence of each passage, best passage first."""
    best: dict[str, Evidence] = {}
    for evidence in found:
        best.setdefault(evidence.passage.passage_id, evidence)
    return list(best.values())


def passage_bonus(
    index: SearchIndex, ranking: Ranking, found: Sequence[Evidence]
) -> dict[int, float]:
    """What its best sentence adds to each passage that was looked into, by row.

    Passages that were not looked into lie below; what is added is never negative, so that none
    of those looked into falls behind them.
    """
    best: dict[str, float] = {}
    for evidence in found:
        best.setdefault(evidence.passage.passage_id, evidence.score)
    low = min(best.values(), default=0.0)
    rows = ranking.rows[:PASSAGES]
    return {
        int(row): SENTENCE_BONUS * (best[index.passages[row].passage_id] - low)
        for row in rows
        if index.passages[row].passage_id in best
    }


def _usable(document: Document, passage: Passage, query: str) -> list[int]:
    """Sentences that say something of their own: no headings, no mere lead-ins."""
    kinds = ("text", "row", "note", "caption")
    usable = [
        n
        for n, s in enumerate(passage.sentences)
        if s.kind in kinds and not _says_nothing(document, document.text[s.start : s.end], query)
    ]
    return usable or list(range(len(passage.sentences)))


def _says_nothing(document: Document, text: str, query: str) -> bool:
    """Whether a sentence only names the document (its number, too, unless it is asked for), is a
    date alone, or only leads in."""
    about = document.metadata
    number = "" if ASKS_NUMBER.search(query) else about.doc_number
    names = {about.title, about.issuer, number} - {""}
    alone = text.strip(" 　。：:《》")
    return _only_leads_in(text) or alone in names or DATE_ALONE.fullmatch(alone) is not None


def _only_leads_in(text: str) -> bool:
    """Whether a sentence announces what follows and says nothing itself, other than
    每年3月集中受理，程序如下：."""
    return text.endswith(LEADS_IN) and not SAYS.search(text)


def _before(document: Document, passage: Passage, n: int) -> str:
    """What a sentence stands under and after: the section and the passage up to it."""
    said = in_context(document, passage, end=passage.sentences[n].start)
    return f"{passage.section} {said}"


def _evidence(
    document: Document,
    passage: Passage,
    sentence: Sentence,
    cosine: float,
    tokens: QueryTokens,
    before: str,
) -> Evidence:
    text = display(document, sentence)
    around = f"{before} {text}"
    return Evidence(
        document=document,
        passage=passage,
        sentence=sentence,
        text=text,
        score=0.0,
        cosine=cosine,
        words=tokens.word_share(text),
        bigrams=tokens.bigram_share(text),
        inherited=tokens.bigram_share(around) - tokens.bigram_share(text),
        expected=holds(text, tokens.expectation),
        agreement=agreement(tokens.query, document, around),
        contradicts=_contradicts(tokens, document, around)
        or _answers_another(tokens, passage, before, text),
    )


def _answers_another(tokens: QueryTokens, passage: Passage, before: str, text: str) -> bool:
    """Whether a sentence is of another class than the question, counts something else, or is an
    item of a list of another kind of things."""
    query, heading = tokens.query, passage.section.split(SECTION_SEPARATOR)[-1]
    if is_of_another(query, text, under=heading):
        return True
    if tokens.expectation.kind == "count" and counts_another(query, f"{before} {text}"):
        return True
    lead = before.rpartition("：")[0][-LEAD_CHARS:] if marker(text) else ""
    return is_of_other_kind(query, lead)


def _contradicts(tokens: QueryTokens, document: Document, around: str) -> bool:
    if edition_agreement(tokens.query, document, around) < 0:
        return True
    asks_figure = tokens.expectation.kind in FIGURES
    return asks_figure and year_agreement(tokens.query, document, around) < 0


def _ranked(found: Sequence[Evidence], standing: Sequence[float]) -> list[Evidence]:
    if not found:
        return []
    total = (
        WEIGHTS["sentence"] * z_scores(np.array([e.cosine for e in found]))
        + WEIGHTS["words"] * z_scores(np.array([e.words for e in found]))
        + WEIGHTS["bigrams"]
        * z_scores(np.array([e.bigrams + INHERITED * e.inherited for e in found]))
        + WEIGHTS["passage"] * z_scores(np.array(standing))
        + WEIGHTS["expected"] * np.array([float(e.expected) for e in found])
        + WEIGHTS["agreement"] * np.array([e.agreement for e in found])
    )
    order = np.lexsort((np.arange(len(found)), -total))
    return [_with_score(found[n], float(total[n])) for n in order]


def _with_score(evidence: Evidence, score: float) -> Evidence:
    return replace(evidence, score=score)
