r"""Does a ranking learned from many signals beat the fixed weights on collections it has not seen?

    python -m policyqa.eval.train.ranker_training \\
        --output eval/results/ablations/learned_ranking.json \\
        --learn-from ../shared/data/cmrc2018_dev … eval/datasets/seeds:dev \\
        --only-judge ../shared/data/ncp_policies …

For each collection in turn, two models are fitted to the others and reorder its candidates: a
linear one on differences of features (RankNet without a hidden layer; Burges et al., ICML 2005)
and gradient-boosted trees. The fixed weights' order is what they are given and compared with.
Nothing is written but the figures: see `qa/README.md` for what was kept, and why.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from policyqa.eval.judge.dataset import Dataset, Query
from policyqa.eval.judge.evaluate import question_of
from policyqa.eval.judge.matching import answers_in, holds
from policyqa.eval.judge.statistics import permutation_p
from policyqa.eval.options import opened, set_of
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.structure.quotes import in_context
from policyqa.index.text.words import bigrams, words
from policyqa.qa.assistant import Assistant, Found
from policyqa.qa.retrieve.agreement import edition_agreement, place_missing, year_agreement
from policyqa.qa.retrieve.evidence import QueryTokens, anchors
from policyqa.qa.retrieve.fusion import z_scores
from policyqa.qa.retrieve.retrieval import SIGNALS

CANDIDATES = 20
SEED = 20261123
PAIRS_A_QUESTION = 8
FEATURES = (
    *SIGNALS,
    *(f"{name} x short" for name in SIGNALS),
    "fused",
    "cosine",
    "words share",
    "bigrams share",
    "inherited",
    "expected",
    "year",
    "edition",
    "place missing",
    "title words",
    "section words",
    "rarest",
    "position",
    "characters",
    "sentence score",
)
Floats = NDArray[np.float64]


class Case(NamedTuple):
    """One question's candidates in the order of the fixed weights: features of shape
    (candidates, features), and which of them are right."""

    features: Floats
    right: NDArray[np.bool_]


class Model(Protocol):
    """Scores rows of features; larger is better."""

    def __call__(self, features: Floats) -> Floats: ...


def cases(assistant: Assistant, dataset: Dataset) -> Iterator[Case]:
    """One case for each answerable question."""
    for query in dataset.queries:
        if query.answerable:
            text = assistant.queries_of(question_of(query))[-1].text
            found = assistant.find(text, assistant.embedder.encode_query(text))
            rows = found.ranking.rows[:CANDIDATES]
            grades = dataset.qrels.get(query.id, {})
            right = [_is_right(assistant.index, int(row), query, grades) for row in rows]
            yield Case(_features(assistant.index, found), np.array(right, dtype=bool))


def _is_right(index: SearchIndex, row: int, query: Query, grades: Mapping[str, int]) -> bool:
    """As success@k counts: the judged document, or a passage that holds the evidence."""
    document = index.documents[index.document_of[row]]
    if query.evidence:
        return any(holds(index.passages[row].text, item.quote) for item in query.evidence)
    return document.source in grades if grades else answers_in(document.text, query.answers)


def _features(index: SearchIndex, found: Found) -> Floats:
    """Shape (candidates, len(FEATURES))."""
    query = found.query
    tokens = QueryTokens(query, index.words, index.bigrams)
    rows = found.ranking.rows[:CANDIDATES]
    short = 1 / (1 + len(bigrams(query)) / 10)
    signals = [z_scores(found.ranking.signals[name])[: len(rows)] for name in SIGNALS]
    rarest = max(tokens.words, key=lambda w: tokens.words[w], default="")
    best = {each.passage.passage_id: each for each in anchors(found.evidence)}
    low = min((each.score for each in best.values()), default=0.0)
    table = []
    for place, row in enumerate(rows):
        passage = index.passages[row]
        document = index.documents[index.document_of[row]]
        said = in_context(document, passage)
        around = f"{document.metadata.title} {passage.section} {said}"
        evidence = best.get(passage.passage_id)
        own = [signal[place] for signal in signals]
        table.append(
            [
                *own,
                *(value * short for value in own),
                float(found.ranking.scores[place]),
                evidence.cosine if evidence else 0.0,
                tokens.word_share(around),
                tokens.bigram_share(around),
                evidence.inherited if evidence else 0.0,
                float(bool(evidence and evidence.expected)),
                year_agreement(query, document, around),
                edition_agreement(query, document, around),
                place_missing(query, document, around),
                tokens.word_share(document.metadata.title),
                tokens.word_share(passage.section),
                float(rarest in words(around)),
                passage.start / max(1, len(document.text)),
                len(said) / 200,
                evidence.score - low if evidence else 0.0,
            ]
        )
    return np.array(table, dtype=np.float64).reshape(len(rows), len(FEATURES))


def linear(taught: Sequence[Case]) -> Model:
    """Logistic regression on differences between a right and a wrong candidate."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    draw = np.random.default_rng(SEED)
    scale = StandardScaler().fit(np.concatenate([case.features for case in taught]))
    differences = []
    for case in taught:
        good, bad = np.flatnonzero(case.right), np.flatnonzero(~case.right)
        if len(good) and len(bad):
            table = scale.transform(case.features)
            chosen = draw.choice(bad[:10], PAIRS_A_QUESTION)
            differences.append(table[good[0]] - table[chosen])
    every = np.concatenate(differences)
    signs = np.where(np.arange(len(every)) % 2, 1.0, -1.0)
    model = LogisticRegression(C=0.1, fit_intercept=False, max_iter=1000)
    model.fit(every * signs[:, None], signs > 0)
    weights: Floats = model.coef_[0]
    return lambda features: scale.transform(features) @ weights


def trees(taught: Sequence[Case]) -> Model:
    """Gradient-boosted trees on single candidates (scikit-learn's histogram kind)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    table = np.concatenate([case.features for case in taught])
    labels = np.concatenate([case.right for case in taught])
    model = HistGradientBoostingClassifier(
        max_iter=200,
        learning_rate=0.06,
        max_leaf_nodes=15,
        l2_regularization=1.0,
        random_state=SEED,
    ).fit(table, labels)
    return lambda features: model.predict_proba(features)[:, 1]


def first_is_right(model: Model | None, judged: Sequence[Case]) -> Floats:
    """1 for each question whose best candidate is right; None is the order as it is."""
    return np.array(
        [
            bool(len(case.right) and case.right[int(model(case.features).argmax()) if model else 0])
            for case in judged
        ],
        dtype=np.float64,
    )


def compared(
    collections: Mapping[str, Sequence[Case]], learn_from: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Success@1 by collection: of the fixed weights, and of models that have not seen it."""
    figures = {}
    for name, judged in collections.items():
        taught = [case for other in learn_from if other != name for case in collections[other]]
        fixed = first_is_right(None, judged)
        figures[name] = {"n": len(judged), "fixed": round(float(fixed.mean()), 4)}
        for kind in (linear, trees):
            learned = first_is_right(kind(taught), judged)
            figures[name][kind.__name__] = round(float(learned.mean()), 4)
            figures[name][f"{kind.__name__} p"] = round(
                permutation_p(_parts(fixed), _parts(learned)), 4
            )
    return figures


def _parts(values: Floats) -> Floats:
    """A mean as a ratio of sums, shape (questions, 2)."""
    return np.stack([values, np.ones(len(values))], axis=1)


def main() -> None:
    """Compare and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learn-from", nargs="+", required=True, help="folder, or folder:split")
    parser.add_argument("--only-judge", nargs="*", default=[], help="folder, or folder:split")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    learn_from, only_judge = (
        dict(map(set_of, given)) for given in (arguments.learn_from, arguments.only_judge)
    )
    collections = {
        name: list(cases(opened(dataset, arguments.index), dataset))
        for name, dataset in (learn_from | only_judge).items()
    }
    figures = compared(collections, list(learn_from))
    arguments.output.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
