"""What one reading of a question brought up, before anything is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policyqa.qa.question.asked import Asked
from policyqa.qa.retrieve.evidence import Evidence
from policyqa.qa.retrieve.reading import Marks
from policyqa.qa.retrieve.retrieval import Ranking, Signal


@dataclass(frozen=True)
class Found:
    """All that one query brought up.

    `signals` are of every passage, `ranking` and `evidence` (best first) those that were looked
    at; `marks` are what a reader said of them, `picked` the sentences to be said.
    """

    asked: Asked
    signals: Mapping[str, Signal]
    ranking: Ranking
    marks: Marks
    evidence: Sequence[Evidence]
    picked: Sequence[Evidence]
    features: Mapping[str, float]
    confidence: float
