"""Why there is no answer: not a question for these documents, or one on which they are silent."""

from collections.abc import Mapping

from policyqa.qa.question.asked import Asked

UNKNOWN = 0.7  # share of the question's bigrams, by rarity, from which no document speaks of it
TALK_UNKNOWN = 0.9
NEAR = 0.1  # share of them near the best sentence, below which nothing is near
ELSEWHERE = 0.5  # share of the question's places that the evidence is not about


def is_talk(asked: Asked, unknown: float) -> bool:
    """Whether somebody only talks: nothing else is said, or nothing that any document speaks of.

    Args:
        asked: the question.
        unknown: share of its bigrams that no document has.
    """
    return "talk" in asked.wants or (unknown >= TALK_UNKNOWN and "chat" in asked.wants)


def is_out_of_scope(features: Mapping[str, float]) -> bool:
    """Whether nothing near the question is in the documents, or only of another place.

    Args:
        features: as `qa.retrieve.confidence.features` gives them.
    """
    if features["place_missing"] >= ELSEWHERE:
        return True
    return features["unknown"] >= UNKNOWN and features["near_bigrams"] < NEAR
