"""Over how many questions each figure is, and between what bounds it lies."""

from collections.abc import Sequence

import numpy as np

from policyqa.eval.judge.figures import (
    AbstentionFigures,
    AnswerFigures,
    Certainty,
    RetrievalFigures,
)
from policyqa.eval.judge.judging import Row, is_wrong
from policyqa.eval.judge.statistics import intervals, median_interval

Part = tuple[float, float]  # what a question adds above and below the line

NOTHING: Part = (0.0, 0.0)
MEANS = [
    *(f"retrieval.{name}" for name in RetrievalFigures.model_fields),
    *(f"answers.{name}" for name in AnswerFigures.model_fields if not name.endswith("p50")),
]
RATIOS = [f"abstention.{name}" for name in AbstentionFigures.model_fields]


def certainty(rows: Sequence[Row]) -> dict[str, Certainty]:
    """By figure (`retrieval.success_at_1`), with a 95 % bootstrap interval over the questions.

    Times have none, they are the machine's. Figures that apply to no question are left out.
    """
    if not rows:
        return {}
    names = [*MEANS, *RATIOS]
    parts = np.array([[*_means(row), *_ratios(row)] for row in rows], dtype=np.float64)
    above, below = parts[:, :, 0], parts[:, :, 1]
    bounds = intervals(above, below)
    counts = np.count_nonzero(below, axis=0)
    found = {
        name: Certainty(n=int(count), low=bound.low, high=bound.high)
        for name, count, bound in zip(names, counts, bounds, strict=True)
        if bound is not None
    }
    return found | _length(rows)


def _length(rows: Sequence[Row]) -> dict[str, Certainty]:
    lengths = [row.answers.answer_chars for row in rows if row.answers.answer_chars is not None]
    if not lengths:
        return {}
    low, high = median_interval(lengths)
    return {"answers.answer_chars_p50": Certainty(n=len(lengths), low=low, high=high)}


def parts_of(row: Row) -> dict[str, Part]:
    """What one question adds above and below the line of each figure that is a ratio."""
    return dict(zip([*MEANS, *RATIOS], [*_means(row), *_ratios(row)], strict=True))


def _means(row: Row) -> list[Part]:
    values = []
    for name in MEANS:
        part, _, field = name.partition(".")
        value = getattr(row.retrieval if part == "retrieval" else row.answers, field)
        values.append(NOTHING if value is None else (float(value), 1.0))
    return values


def _ratios(row: Row) -> list[Part]:
    """As `eval.judge.metrics.abstention`: precision, recall, F1; then the share answered of those
    that can be; coverage and error."""
    silent = float(row.status == "abstained" and row.answerable is not None)
    unanswerable = float(row.answerable is False)
    both = silent * unanswerable
    answered = float(row.status == "answered")
    wrong = is_wrong(row)
    told = 0.0 if wrong is None else 1.0
    return [
        (both, silent),
        (both, unanswerable),
        (2 * both, silent + unanswerable),
        (answered, 1.0) if row.answerable else NOTHING,
        (answered * told, told),
        (float(wrong or False), answered * told),
    ]
