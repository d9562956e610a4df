"""Makes `qa/confidence.json`: when an answer is sure enough to be given.

    python -m eval.calibration --dataset eval/datasets/seeds --split dev

Questions with an answer are positive; those without are negative. Each answerable question serves
once more as a negative, with the passages that hold its evidence hidden: then everything near is
there and the answer is not, which is the hardest kind of silence. A logistic model over
standardised features keeps the result small, readable and calibrated.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eval.dataset import Query, load
from eval.matching import holds
from qa import wiring
from qa.assistant import Assistant
from qa.confidence import FILE, Model, Term
from qa.query import normalise_query, with_history

IGNORED = frozenset({"length"})  # says who wrote the questions, not whether they have an answer
HIDDEN_WEIGHT = 0.25
SILENT_WEIGHT = 2.0
REGULARISATION = 0.3  # scikit-learn's C


class Example(NamedTuple):
    """Features of one question, whether it can be answered, and how much it counts."""

    features: dict[str, float]
    answerable: bool
    weight: float


def examples(assistant: Assistant, queries: Sequence[Query]) -> Iterator[Example]:
    """Two examples of each answerable question, one of each other."""
    for query in queries:
        text = with_history(normalise_query(query.text), query.history)
        vector = assistant.embedder.encode_query(text)
        found = assistant.find(text, vector)
        weight = 1.0 if query.answerable else SILENT_WEIGHT
        yield Example(dict(found.features), query.answerable, weight)
        if query.answerable and query.evidence:
            hidden = evidence_rows(assistant, query)
            silent = assistant.find(text, vector, hidden=hidden)
            yield Example(dict(silent.features), False, HIDDEN_WEIGHT)


def evidence_rows(assistant: Assistant, query: Query) -> NDArray[np.int64]:
    """Rows of the passages that hold a piece of the question's evidence."""
    rows = [
        row
        for row, passage in enumerate(assistant.index.passages)
        if any(holds(passage.text, item.quote) for item in query.evidence)
    ]
    return np.array(rows, dtype=np.int64)


def fit(found: Sequence[Example], trained_on: dict[str, int]) -> Model:
    """The logistic model of these examples (L2-regularised, weighted)."""
    from sklearn.linear_model import LogisticRegression

    names = [name for name in found[0].features if name not in IGNORED]
    table = np.array([[example.features[name] for name in names] for example in found])
    labels = np.array([example.answerable for example in found])
    weights = np.array([example.weight for example in found])
    mean, spread = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-6)
    model = LogisticRegression(C=REGULARISATION, max_iter=1000)
    model.fit((table - mean) / spread, labels, sample_weight=weights)
    terms = {
        name: Term(weight=round(w, 5), mean=round(m, 5), spread=round(s, 5))
        for name, w, m, s in zip(
            names, map(float, model.coef_[0]), map(float, mean), map(float, spread), strict=True
        )
    }
    return Model(bias=round(float(model.intercept_[0]), 5), terms=terms, trained_on=trained_on)


def cross_validated(found: Sequence[Example], *, folds: int = 10) -> float:
    """Area under the ROC curve on questions that a fold did not see; hidden ones left out."""
    from sklearn.metrics import roc_auc_score

    from qa.confidence import probability

    groups, group = [], -1
    for example in found:
        group += example.weight != HIDDEN_WEIGHT
        groups.append(group)
    scores: list[float] = []
    labels: list[bool] = []
    for fold in range(folds):
        train = [e for e, g in zip(found, groups, strict=True) if g % folds != fold]
        model = fit(train, {})
        for example, g in zip(found, groups, strict=True):
            if g % folds == fold and example.weight != HIDDEN_WEIGHT:
                scores.append(probability(model, example.features))
                labels.append(example.answerable)
    return float(roc_auc_score(labels, scores))


def main() -> None:
    """Fit on a data set and write the model beside the code that uses it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, default=Path("eval/datasets/seeds"))
    parser.add_argument("--split", default="dev")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--output", type=Path, default=Path("qa") / FILE)
    arguments = parser.parse_args()
    queries = load(arguments.dataset, split=arguments.split).queries
    found = list(examples(wiring.open_assistant(arguments.index), queries))
    auc = cross_validated(found)
    model = fit(found, {f"{arguments.dataset.name}/{arguments.split}": len(queries)})
    arguments.output.write_text(model.model_dump_json(indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"questions": len(queries), "examples": len(found), "auc": round(auc, 4)}))


if __name__ == "__main__":
    main()
