"""How a sentence's mark, its page's and the signals are weighed."""

import random
from pathlib import Path

import pytest

from policyqa.eval.judge.dataset import Query
from policyqa.eval.train.mixture import Example, examples, fit
from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.reading import OverlapReader, ReadingStage
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings, ReaderSettings

TEXTS = {
    "a.txt": "博士后支持办法\n博士后每年资助20万元。资助期两年。",
    "b.txt": "硕士每年资助5万元。",
}


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    embedder = HashingEmbedder(256)
    sources = [SourceText(name, text, Metadata()) for name, text in TEXTS.items()]
    build_texts(sources, tmp_path, embedder)
    stored = search_index.load(tmp_path, model=embedder.fingerprint)
    stage = ReadingStage(OverlapReader(), ReaderSettings())
    return Assistant(stored, embedder, WEIGHTS, AnswerSettings(), stage)


def query(*, named: bool) -> Query:
    fields = {"source": "a.txt", "named": named, "evidence": [{"quote": "每年资助20万元"}]}
    return Query.model_validate({"id": "1", "text": "博士后每年资助多少", **fields})


def test_every_sentence_looked_at_is_an_example(assistant: Assistant) -> None:
    found = list(examples(assistant, [query(named=True)]))
    assert [each.belongs for each in found].count(True) == 1
    assert len(found) == 3
    best = max(found, key=lambda each: each.sentence)
    assert best.belongs


def test_other_documents_are_wrong_only_for_questions_that_name_theirs(
    assistant: Assistant,
) -> None:
    assert len(list(examples(assistant, [query(named=False)]))) == 2


def test_what_tells_is_weighed_and_what_does_not_is_not() -> None:
    draw = random.Random(1)
    found = [
        Example(sentence=mark, signals=draw.gauss(), behind=0.0, belongs=mark > 0)
        for mark in (draw.gauss() for _ in range(400))
    ]
    model = fit(found, {"set": 400})
    assert model.sentence > 5 * abs(model.signals)
    assert model.trained_on == {"set": 400}
