"""How the weights of the signals are fitted."""

import numpy as np
import pytest

from policyqa.eval.train.fusion import NAMES, Example, fit, found_at, scored_by

DENSE, WORDS = NAMES.index("dense"), NAMES.index("words")


def questions(count: int) -> list[Example]:
    """What dense likes answers, what words like has nothing to do with it."""
    draw = np.random.default_rng(1)
    made = []
    for _ in range(count):
        signals = draw.normal(size=(6, len(NAMES)))
        signals[0, DENSE] += 4.0
        signals[1, WORDS] += 4.0
        made.append(Example(signals, np.arange(6) == 0, np.zeros(6)))
    return made


def test_the_signal_that_finds_the_answers_counts() -> None:
    found = questions(120)
    weights = fit(found)
    assert weights["dense"] == 1.0 > 5 * weights["words"]
    assert min(weights.values()) >= 0
    assert found_at(found, scored_by(weights, found))["first"] > 0.9


def test_the_rank_of_the_best_right_passage_counts() -> None:
    example = Example(np.zeros((7, len(NAMES))), np.arange(7) == 6, np.zeros(7))
    fifth = np.array([9.0, 8, 7, 6, 0, 0, 5])
    assert found_at([example], [fifth]) == {"first": 0.0, "in_5": 1.0}
    sixth = np.array([9.0, 8, 7, 6, 5.5, 0, 5])
    assert found_at([example], [sixth]) == {"first": 0.0, "in_5": 0.0}


def test_a_score_is_the_weighted_sum() -> None:
    weights = dict.fromkeys(NAMES, 3.0)
    example = Example(np.ones((1, len(NAMES))), np.array([True]), np.zeros(1))
    (scores,) = scored_by(weights, [example])
    assert scores[0] == pytest.approx(3.0 * len(NAMES))
