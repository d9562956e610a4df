"""How the weights of the signals are fitted."""

import numpy as np
import pytest

from policyqa.eval.train.fusion import NAMES, Example, fit, found_at, scored_by

DENSE, WORDS = NAMES.index("dense"), NAMES.index("words")


def questions(count: int) -> list[Example]:
    """Short questions are answered by what dense likes, long ones by what words like."""
    draw = np.random.default_rng(1)
    made = []
    for n in range(count):
        long = float(n % 2)
        signals = draw.normal(size=(6, len(NAMES)))
        signals[0, WORDS if long else DENSE] += 4.0
        right = np.arange(6) == 0
        made.append(Example(signals, right, long, np.zeros(6)))
    return made


def test_each_length_gets_the_signal_that_finds_its_answers() -> None:
    found = questions(120)
    weights = fit(found)
    assert weights["dense"][0] > 3 * weights["words"][0]
    assert weights["words"][1] > 3 * weights["dense"][1]
    assert min(min(pair) for pair in weights.values()) >= 0
    assert found_at(found, scored_by(weights, found))["first"] > 0.9


def test_the_rank_of_the_best_right_passage_counts() -> None:
    example = Example(np.zeros((7, len(NAMES))), np.arange(7) == 6, 1.0, np.zeros(7))
    fifth = np.array([9.0, 8, 7, 6, 0, 0, 5])
    assert found_at([example], [fifth]) == {"first": 0.0, "in_5": 1.0}
    sixth = np.array([9.0, 8, 7, 6, 5.5, 0, 5])
    assert found_at([example], [sixth]) == {"first": 0.0, "in_5": 0.0}


def test_scores_lie_between_those_of_short_and_long_questions() -> None:
    weights = dict.fromkeys(NAMES, (1.0, 3.0))
    example = Example(np.ones((1, len(NAMES))), np.array([True]), 0.5, np.zeros(1))
    (scores,) = scored_by(weights, [example])
    assert scores[0] == pytest.approx(2.0 * len(NAMES))
