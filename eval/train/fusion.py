r"""Fits how much each signal of the ranking counts.

    python -m policyqa.eval.train.fusion --index DIR

Of questions on real policies that taught nothing (`eval.sets.readings`, part `tuning`) and that
name their place or policy, the passages with the evidence are to come before all other candidates:
the weights of least cross-entropy (softmax over the candidates; none below nothing). It prints the
weight of each signal, dense as 1, and how often the right passage is first and among five with
them and with those of the settings.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from policyqa.eval.judge.dataset import Query
from policyqa.eval.judge.evaluate import question_of
from policyqa.eval.runs.readings import SHARED, is_of
from policyqa.eval.sets import readings
from policyqa.eval.train.mixture import TUNING
from policyqa.index.structure.quotes import in_context
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve import retrieval
from policyqa.qa.retrieve.fusion import z_scores

NAMES = (*retrieval.SIGNALS, "agreement")
REGULARISATION = 0.01
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """The candidates of one question: their signals, standardised over them, shape
    (candidates, signals); which of them answer; and their scores by the weights in force."""

    signals: Floats
    right: NDArray[np.bool_]
    scores: Floats


def examples(assistant: Assistant, queries: Sequence[Query]) -> Iterator[Example]:
    """The candidates of each question that names its place or policy and has an answer."""
    index = assistant.index
    for query in queries:
        if not (query.answerable and (query.model_extra or {}).get("named")):
            continue
        asked = assistant.asked_of(question_of(query))
        vector = assistant.vector_of(asked)
        found = assistant.find(asked, vector)
        rows = found.ranking.rows
        standard = [z_scores(found.signals[name][rows]) for name in retrieval.SIGNALS]
        near = retrieval.agreement_of(index, asked, rows)
        source, quotes = query.evidence[0].source, [item.quote for item in query.evidence]
        right = [
            index.documents[index.document_of[row]].source == source
            and any(
                is_of(
                    quote,
                    [in_context(index.documents[index.document_of[row]], index.passages[row])],
                )
                for quote in quotes
            )
            for row in rows
        ]
        plain = retrieval.rank(index, asked, found.signals, retrieval.WEIGHTS)
        scores = dict(zip(plain.rows.tolist(), plain.scores.tolist(), strict=True))
        if any(right):
            yield Example(
                np.stack([*standard, near], axis=1),
                np.array(right, dtype=np.bool_),
                np.array([scores[int(row)] for row in rows]),
            )


def fit(found: Sequence[Example]) -> Mapping[str, float]:
    """Weight of each signal, dense as 1."""
    from scipy.optimize import minimize

    def loss(weights: Floats) -> float:
        total = 0.0
        for each in found:
            scores = each.signals @ weights
            shares = np.exp(scores - scores.max())
            total -= float(np.log(shares[each.right].sum() / shares.sum()))
        return total / len(found) + REGULARISATION * float(weights @ weights)

    start = np.full(len(NAMES), 0.5)
    solved = minimize(loss, start, method="L-BFGS-B", bounds=[(0.0, None)] * len(NAMES)).x
    unit = solved[NAMES.index("dense")] or 1.0
    return {name: round(float(w / unit), 3) for name, w in zip(NAMES, solved, strict=True)}


def found_at(found: Sequence[Example], scored: Sequence[Floats]) -> dict[str, float]:
    """How often the right passage is first, and among five."""
    ranks = [
        int((scores > scores[each.right].max()).sum())
        for each, scores in zip(found, scored, strict=True)
    ]
    return {
        "first": round(float(np.mean([rank == 0 for rank in ranks])), 4),
        "in_5": round(float(np.mean([rank < 5 for rank in ranks])), 4),
    }


def scored_by(weights: Mapping[str, float], found: Sequence[Example]) -> list[Floats]:
    """Scores of the candidates of each question by these weights."""
    counts = np.array([weights[name] for name in NAMES])
    return [each.signals @ counts for each in found]


def main() -> None:
    """Fit and print."""
    from policyqa.qa import wiring

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=Path, default=SHARED)
    parser.add_argument("--index", type=Path, required=True)
    arguments = parser.parse_args()
    dataset = readings.load(arguments.readings, parts=TUNING, per_document=None)
    found = list(examples(wiring.open_assistant(arguments.index), dataset.queries))
    weights = fit(found)
    print(
        json.dumps(
            {
                "n": len(found),
                "weights": weights,
                "fitted": found_at(found, scored_by(weights, found)),
                "before": found_at(found, [each.scores for each in found]),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
