"""Rankings of the textbook, asked beside the product: what its own ranking earns.

They search the question as it is typed, normalised and nothing else: no follow-ups, no spelling.
"""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

import numpy as np

from policyqa.index.store.embedding import Embedder
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.text.words import bigrams, cutting, words
from policyqa.qa.assistant import Assistant, Clock
from policyqa.qa.corpus import Corpus
from policyqa.qa.errors import QuestionError
from policyqa.qa.question.query import normalise_query
from policyqa.qa.retrieve.fusion import reciprocal_rank
from policyqa.qa.retrieve.retrieval import Floats, Ranking, hits_of
from policyqa.qa.types import Answer, Hit, Question, Reason

Name = Literal["bm25-words", "bm25-bigrams", "dense", "rrf"]
NAMES: tuple[Name, ...] = get_args(Name)
POOL = 100  # ranks of each list that reciprocal ranks are summed over


class Baseline:
    """Ranks passages by one method and says nothing: only its hits and times count."""

    def __init__(self, name: Name, product: Assistant) -> None:
        self.name = name
        self._index: SearchIndex = product.index
        self._embedder: Embedder = product.embedder
        self._product = product
        methods: Mapping[Name, Callable[[str, Clock], Floats]] = {
            "bm25-words": self._words,
            "bm25-bigrams": self._bigrams,
            "dense": self._dense,
            "rrf": self._fused,
        }
        self._score = methods[name]

    @property
    def corpus(self) -> Corpus:
        """The documents that are searched."""
        return self._product.corpus

    def ask(self, question: Question) -> Answer:
        """The passages in the baseline's order, as a silent answer."""
        clock = Clock()
        try:
            query = normalise_query(question.question)
        except QuestionError as error:
            return self._silent(question, "", clock, reason="bad_question", answer=str(error))
        scores = self._score(query, clock)
        rows = np.lexsort((np.arange(len(scores)), -scores)).astype(np.int64)[: question.k]
        clock.lap("retrieve")
        hits = hits_of(self._index, Ranking(rows, scores[rows], {}), question.k)
        return self._silent(question, query, clock, hits=hits)

    def _silent(
        self,
        question: Question,
        query: str,
        clock: Clock,
        *,
        reason: Reason = "no_evidence",
        answer: str = "",
        hits: tuple[Hit, ...] = (),
    ) -> Answer:
        return Answer(
            id=question.id,
            question=question.question,
            query=query,
            status="error" if reason == "bad_question" else "abstained",
            reason=reason,
            answer=answer,
            hits=hits,
            timings_ms=clock.timings(),
            corpus=self.corpus.fingerprint,
        )

    def _words(self, query: str, clock: Clock) -> Floats:
        with cutting(self._index.manifest.office.terms):
            return self._index.words.scores(words(query)).astype(np.float64)

    def _bigrams(self, query: str, clock: Clock) -> Floats:
        return self._index.bigrams.scores(bigrams(query)).astype(np.float64)

    def _dense(self, query: str, clock: Clock) -> Floats:
        vector = self._embedder.encode_query(query)
        clock.lap("embed")
        return self._index.passage_vectors.scores(vector, slice(None)).astype(np.float64)

    def _fused(self, query: str, clock: Clock) -> Floats:
        """Reciprocal ranks of the three, summed."""
        lists = [method(query, clock) for method in (self._dense, self._words, self._bigrams)]
        rankings = [np.argsort(-scores, kind="stable")[:POOL] for scores in lists]
        fused = reciprocal_rank([[str(row) for row in rows] for rows in rankings])
        scores = np.zeros(len(self._index.passages))
        for row, value in fused.items():
            scores[int(row)] = value
        return scores
