"""Textbook rankings over a small corpus, each against its own formula."""

from pathlib import Path

import numpy as np
import pytest

from policyqa.eval.runs.baselines import NAMES, Baseline
from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.errors import SourceError
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.text.words import bigrams, words
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings
from policyqa.qa.types import Question, Turn

EMBEDDER = HashingEmbedder(256)
TEXTS = {
    "grants.txt": "支持办法\n第一条 博士每年补贴50万元。\n第二条 硕士每年补贴20万元。",
    "park.txt": "公园管理办法\n第一条 公园免费开放。\n第二条 公园每天早上6点开门。",
}
QUESTION = "硕士每年补贴多少?"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("index")
    build_texts([SourceText(n, t, Metadata()) for n, t in TEXTS.items()], folder, EMBEDDER)
    index = search_index.load(folder, model=EMBEDDER.fingerprint)
    return Assistant(index, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0.0))


@pytest.mark.parametrize("name", NAMES)
def test_every_baseline_finds_the_clause_and_says_nothing(name: str, product: Assistant) -> None:
    answer = Baseline(name, product).ask(Question(question=QUESTION, id="q", k=3))
    assert (answer.id, answer.status, answer.answer, answer.sentences) == ("q", "abstained", "", ())
    assert "硕士每年补贴20万元" in answer.hits[0].text
    assert [hit.rank for hit in answer.hits] == [1, 2, 3]
    assert answer.corpus == product.corpus.fingerprint
    assert answer.timings_ms.total > 0


def test_scores_are_those_of_the_signal_alone(product: Assistant) -> None:
    index = product.index
    expected = {
        "bm25-words": index.words.scores(words(QUESTION)),
        "bm25-bigrams": index.bigrams.scores(bigrams(QUESTION)),
        "dense": index.passage_vectors.scores(EMBEDDER.encode_query(QUESTION), slice(None)),
    }
    for name, scores in expected.items():
        answer = Baseline(name, product).ask(Question(question=QUESTION, k=100))
        given = [hit.score for hit in answer.hits]
        assert given == pytest.approx(sorted((float(s) for s in scores), reverse=True), abs=1e-6)


def test_reciprocal_ranks_are_summed_over_the_three(product: Assistant) -> None:
    three = [Baseline(n, product).ask(Question(question=QUESTION, k=100)) for n in NAMES[:3]]
    sums: dict[str, float] = {}
    for answer in three:
        for hit in answer.hits:
            sums[hit.passage_id] = sums.get(hit.passage_id, 0.0) + 1 / (60 + hit.rank)
    fused = Baseline("rrf", product).ask(Question(question=QUESTION, k=100))
    assert {hit.passage_id: hit.score for hit in fused.hits} == pytest.approx(sums, abs=1e-6)


def test_what_came_before_is_not_looked_at(product: Assistant) -> None:
    history = (Turn(role="user", content="公园几点开门?"),)
    alone, after = (
        Baseline("dense", product).ask(Question(question=QUESTION, history=turns))
        for turns in ((), history)
    )
    assert np.array_equal([h.score for h in alone.hits], [h.score for h in after.hits])


def test_a_question_without_words_is_an_error_and_documents_are_the_products(
    product: Assistant,
) -> None:
    baseline = Baseline("rrf", product)
    assert baseline.ask(Question(question="  ")).status == "error"
    with pytest.raises(SourceError):
        baseline.corpus.document("made up")
