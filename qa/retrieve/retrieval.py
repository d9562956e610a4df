"""A query to ranked passages: four signals over one set of candidates, fused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policyqa.index.store.lexical import LexicalIndex
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.store.vectors import EXACT_ROWS, FaissStore, Rows, Vectors
from policyqa.index.structure.quotes import in_context
from policyqa.index.text.words import bigrams, words
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.headings import heading_agreement
from policyqa.qa.retrieve.agreement import agreement
from policyqa.qa.retrieve.fusion import weighted_sum, z_scores
from policyqa.qa.settings import RankingSettings
from policyqa.qa.types import Hit

SIGNALS = ("dense", "words", "bigrams", "document")
WEIGHTS: Mapping[str, float] = RankingSettings().model_dump()
AGREEMENT_WEIGHT = 0.2
CITED_WEIGHT = 1.25  # of the likelihood that a document which answered before answers again
WORDS_COMPLETED = 0.4  # how much words count in a question that was completed, against others
BY_WORDS = ("words", "bigrams")
OTHER_NAMES = 0.5  # how much the words of another name count, against those asked
COMPARED = 50  # best candidates whose years, editions and places are compared with the query's
POOL = 100  # candidates that each signal may propose

BLOCK = 256  # passages whose best score says whether one of them may be among the best of all

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Near:
    """How near the passages of a large index are to a question, computed where it is asked for."""

    store: FaissStore
    vector: Vectors

    def __len__(self) -> int:
        return len(self.store)

    def __getitem__(self, rows: Rows | slice) -> Floats:
        return self.store.scores(self.vector, rows).astype(np.float64)

    def best(self, k: int, seen: Rows | None) -> Rows:
        """The nearest k of those that are seen."""
        return self.store.search(self.vector, k=k, among=seen)[0]


@dataclass(frozen=True, eq=False)
class OfDocument:
    """What is said of documents, for their passages: `values` (documents,), `document_of` the
    document row of each passage."""

    values: Floats
    document_of: Rows

    def __len__(self) -> int:
        return len(self.document_of)

    def __getitem__(self, rows: Rows | slice) -> Floats:
        return self.values[self.document_of[rows]]


Signal = Floats | Near | OfDocument


@dataclass(frozen=True)
class Ranking:
    """Candidate passages, best first. `rows` and `scores` have one shape (n,); `signals` holds
    what each signal says of each candidate, before it is standardised."""

    rows: Rows
    scores: Floats
    signals: Mapping[str, Floats]

    def ordered(self, order: Rows) -> "Ranking":
        """The candidates at these places, in this order."""
        signals = {name: values[order] for name, values in self.signals.items()}
        return Ranking(self.rows[order], self.scores[order], signals)


def rank(
    index: SearchIndex,
    asked: Asked,
    signals: Mapping[str, Signal],
    weights: Mapping[str, float],
    *,
    hidden: Rows | None = None,
) -> Ranking:
    """Order the passages that any signal proposes; ties go to the earlier passage.

    Args:
        index: what is searched.
        asked: the question.
        signals: each of `SIGNALS` for every passage, as `signals_of` gives them.
        weights: how much each of them counts.
        hidden: rows of passages that are not proposed.
    """
    seen = _seen(len(index.passages), hidden)
    if not len(index.passages if seen is None else seen):
        return Ranking(np.zeros(0, np.int64), np.zeros(0), {name: np.zeros(0) for name in signals})
    rows = _candidates(signals, seen)
    if asked.completed:  # words of before are in the vector already, and drown what is asked
        weights = {n: (WORDS_COMPLETED if n in BY_WORDS else 1) * w for n, w in weights.items()}
    fused = weighted_sum({name: z_scores(each[rows]) for name, each in signals.items()}, weights)
    if asked.years or asked.editions or asked.places or asked.headings:
        best = np.argsort(-fused, kind="stable")[:COMPARED]
        fused[best] += AGREEMENT_WEIGHT * agreement_of(index, asked, rows[best])
    if asked.cited:
        fused += CITED_WEIGHT * _cited(index, asked, rows)
    found = Ranking(rows, fused, {name: each[rows] for name, each in signals.items()})
    return found.ordered(np.lexsort((rows, -fused)))


def _cited(index: SearchIndex, asked: Asked, rows: Rows) -> Floats:
    """How likely the documents of passages answer, of those that answered before, shape (n,)."""
    likely = np.zeros(len(index.documents))
    for name, share in asked.cited.items():
        if name in index.document_rows:
            likely[index.document_rows[name]] = share
    return likely[index.document_of[rows]]


def signals_of(
    index: SearchIndex, asked: Asked, vector: Vectors, *, also: str = ""
) -> dict[str, Signal]:
    """Each signal for every passage, to be asked for by their rows.

    Args:
        index: what is searched.
        asked: the question.
        vector: of the question, shape (dimension,).
        also: other names for what it names (`question.lexicon`), for the signals of words.
    """
    two, other_two = asked.bigrams.every, bigrams(also)
    near, every = Near(index.passage_vectors, vector), slice(None)
    return {
        "dense": near.store.scores(vector, every).astype(np.float64)
        if near.store.is_exact
        else near,
        "words": _lexical(index.words, asked.words.every, words(also)),
        "bigrams": _lexical(index.bigrams, two, other_two),
        "document": OfDocument(_lexical(index.document_bigrams, two, other_two), index.document_of),
    }


def agreement_of(index: SearchIndex, asked: Asked, rows: Rows) -> Floats:
    """How far passages fit the years, editions, places and headings of a question, shape (n,)."""
    passages = [index.passages[row] for row in rows]
    documents = [index.documents[index.document_of[row]] for row in rows]
    pairs = list(zip(documents, passages, strict=True))
    texts = [f"{passage.section} {in_context(document, passage)}" for document, passage in pairs]
    return np.array(
        [
            agreement(asked, document, text) + heading_agreement(asked.headings, passage.section)
            for (document, passage), text in zip(pairs, texts, strict=True)
        ]
    )


def _lexical(lexical: LexicalIndex, tokens: Sequence[str], also: Sequence[str]) -> Floats:
    """BM25 of the query's tokens, and of those of other names that the query has not itself."""
    scores = lexical.scores(list(tokens)).astype(np.float64)
    more = [token for token in also if token not in tokens]
    return scores + OTHER_NAMES * lexical.scores(more) if more else scores


def _seen(count: int, hidden: Rows | None) -> Rows | None:
    """The rows that are not hidden, ascending; None is every row."""
    if hidden is None:
        return None
    kept = np.ones(count, np.bool_)
    kept[hidden] = False
    return np.flatnonzero(kept)


def _candidates(raw: Mapping[str, Signal], seen: Rows | None) -> Rows:
    """Those rows that are among the best of them by a signal that looks at the passage itself."""
    chosen = [_best(raw[name], seen) for name in ("dense", "words", "bigrams")]
    return np.unique(np.concatenate(chosen)).astype(np.int64)


def _best(signal: Signal, seen: Rows | None) -> Rows:
    """The best `POOL` rows by a signal, in any order."""
    if isinstance(signal, Near):
        return signal.best(POOL, seen)
    values = signal[slice(None) if seen is None else seen]
    at = largest(values, POOL) if len(values) >= EXACT_ROWS else _parted(values, POOL)
    return at if seen is None else seen[at]


def _parted(values: Floats, k: int) -> Rows:
    k = min(k, len(values))
    return np.argpartition(-values, k - 1)[:k]


def largest(values: Floats, k: int) -> Rows:
    """Places of the k largest of many values that are above 0, in any order; fewer where there are
    fewer. As many blocks as are wanted have one of at least some value: the rest is looked at no
    further."""
    blocks = len(values) // BLOCK
    tops = values[: blocks * BLOCK].reshape(blocks, BLOCK).max(axis=1)
    bound = np.partition(tops, blocks - k)[blocks - k] if blocks > k else 0.0
    places = np.flatnonzero(values >= bound if bound > 0 else values > 0)
    return places[_parted(values[places], k)] if len(places) else places


def reordered(ranking: Ranking, bonus: Mapping[int, float]) -> Ranking:
    """The ranking with something added to the scores of some passages.

    Args:
        ranking: as `rank` gives it.
        bonus: by row of the passage; others keep their score.
    """
    scores = ranking.scores + np.array([bonus.get(int(row), 0.0) for row in ranking.rows])
    order = np.lexsort((ranking.rows, -scores))
    return Ranking(ranking.rows, scores, ranking.signals).ordered(order)


def hits_of(index: SearchIndex, ranking: Ranking, k: int) -> tuple[Hit, ...]:
    """The first k passages of a ranking as they are handed out."""
    hits = []
    for place, row in enumerate(ranking.rows[:k]):
        passage = index.passages[row]
        document = index.documents[index.document_of[row]]
        hits.append(
            Hit(
                rank=place + 1,
                passage_id=passage.passage_id,
                doc_id=passage.doc_id,
                source=document.source,
                start=passage.start,
                end=passage.end,
                score=round(float(ranking.scores[place]), 6),
                text=passage.text,
                section=passage.section,
                title=document.metadata.title,
                context=tuple(document.text[slice(*span)] for span in passage.context),
            )
        )
    return tuple(hits)
