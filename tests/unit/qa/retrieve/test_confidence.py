"""The probability by hand, and features that point the right way."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from policyqa.index.build.building import SourceText, build_texts
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.types import Metadata
from policyqa.qa.assistant import Assistant
from policyqa.qa.conversation.resolver import Resolved
from policyqa.qa.retrieve.confidence import (
    DOUBTED,
    FILE,
    FILE_WITH_READER,
    Model,
    Term,
    _model,
    _of_reading,
    confidence,
    probability,
)
from policyqa.qa.retrieve.reading import BOUND, Read
from policyqa.qa.retrieve.retrieval import WEIGHTS, Ranking
from policyqa.qa.settings import AnswerSettings

EMBEDDER = HashingEmbedder(256)
NOTHING = Ranking(np.zeros(0, dtype=np.int64), np.zeros(0), {})
GRANTS = "人才支持办法\n博士每年补贴50万元。\n到2025年招收博士100人。"
MODEL = Model(
    bias=0.5,
    terms={
        "a": Term(weight=2.0, mean=1.0, spread=0.5),
        "b": Term(weight=-1.0, mean=0.0, spread=2.0),
    },
)


def features_of(
    folder: Path, query: str, *, hidden: Sequence[int] | None = None
) -> dict[str, float]:
    build_texts([SourceText("a.txt", GRANTS, Metadata(region="重庆市"))], folder, EMBEDDER)
    index = search_index.load(folder, model=EMBEDDER.fingerprint)
    assistant = Assistant(index, EMBEDDER, WEIGHTS, AnswerSettings())
    rows = None if hidden is None else np.array(hidden)
    return dict(
        assistant.find(
            assistant.understood(Resolved(query)), EMBEDDER.encode_query(query), hidden=rows
        ).features
    )


def test_probability_by_hand() -> None:
    # 0.5 + 2 (1.25 - 1) / 0.5 - 1 (3 - 0) / 2 = 0
    assert probability(MODEL, {"a": 1.25, "b": 3.0}) == 0.5
    # 0.5 + 2 (1.25 - 1) / 0.5 = 1.5
    assert probability(MODEL, {"a": 1.25, "b": 0.0}) == pytest.approx(0.8175744761936437)


def test_probability_never_overflows() -> None:
    assert probability(MODEL, {"a": 1e9, "b": 0.0}) == pytest.approx(1.0)
    assert 0 < probability(MODEL, {"a": -1e9, "b": 0.0}) < 1e-12


@pytest.mark.parametrize("file", [FILE, FILE_WITH_READER])
def test_each_feature_moves_the_probability_its_way(file: str) -> None:
    shipped = _model(file)
    middle = {name: term.mean for name, term in shipped.terms.items()}
    assert confidence(middle) == pytest.approx(1 / (1 + math.exp(-shipped.bias)))
    for name, term in shipped.terms.items():
        low, high = (confidence(middle | {name: term.mean + d * term.spread}) for d in (-1, 1))
        assert (high > low) == (term.weight > 0), name


def test_the_shipped_model_asks_for_features_that_are_made(tmp_path: Path) -> None:
    made = features_of(tmp_path, "博士每年补贴多少万元")
    assert set(_model(FILE).terms) <= set(made)
    assert set(_model(FILE_WITH_READER).terms) - set(made) == {
        "read_best", "read_doubted", "read_said", "read_signals", "read_first", "read_page",
        "read_pages", "read_ahead",
    }  # fmt: skip
    assert made["length"] == pytest.approx(math.log(11))  # ten characters
    assert (made["asks_form"], made["form_missing"], made["place_missing"]) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(("query", "feature", "value"), [
    ("北京的博士补贴多少", "place_missing", 1.0),
    ("重庆的博士补贴多少", "place_missing", 0.0),  # of the region that the catalogue names
    ("2030年招收博士的目标", "other_year", 1.0),
    ("2025年招收博士多少人", "other_year", 0.0),
    ("博士的咨询电话是什么", "form_missing", 1.0),
    ("怎样申请", "asks_form", 1.0),
    ("有哪些申请", "asks_form", 0.0),
    ("火锅底料", "unknown", 1.0),
    ("博士", "unknown", 0.0),
    ("博士", "agree", 1.0),
])  # fmt: skip
def test_a_feature_says_what_is_missing(
    tmp_path: Path, query: str, feature: str, value: float
) -> None:
    assert features_of(tmp_path, query)[feature] == value


def test_without_evidence_every_feature_is_still_a_number(tmp_path: Path) -> None:
    values = features_of(tmp_path, "博士每年补贴多少", hidden=[0])
    assert all(math.isfinite(value) for value in values.values())
    assert (values["dense"], values["margin"], values["form_missing"]) == (0.0, 0.0, 1.0)
    assert 0 < confidence(values) < 1


def test_the_best_page_is_ahead_of_the_next_by_the_difference_of_their_marks() -> None:
    marks = {"p1": Read(-1.0, (0.5,)), "p2": Read(2.0, (1.5, -3.0)), "p3": Read(-4.0, ())}
    values = _of_reading(NOTHING, [], marks)
    assert (values["read_pages"], values["read_ahead"], values["read_best"]) == (2.0, 3.0, 1.5)
    assert (values["read_said"], values["read_page"]) == (-BOUND, -BOUND)  # nothing is said
    alone = _of_reading(NOTHING, [], {"p1": Read(2.0, (1.0,))})
    assert (alone["read_ahead"], alone["read_first"]) == (2.0 + BOUND, 0.0)


@pytest.mark.parametrize(("mark", "doubted"), [(-5.5, 2.5), (DOUBTED, 0.0), (2.0, 0.0)])
def test_a_best_mark_that_is_very_low_is_doubted(mark: float, doubted: float) -> None:
    marks = {"p1": Read(-6.0, (mark, -8.0))}
    assert _of_reading(NOTHING, [], marks)["read_doubted"] == doubted


def test_the_first_passage_says_its_score() -> None:
    ranking = Ranking(np.array([4, 2]), np.array([5.5, 1.0]), {})
    assert _of_reading(ranking, [], {"p1": Read(2.0, (1.0,))})["read_first"] == 5.5
