"""How much each signal counts for a query."""

from collections.abc import Mapping

WEIGHTS = {
    "dense": 1.0,
    "sentence": 1.0,
    "words": 0.5,
    "bigrams": 0.5,
    "title": 0.5,
    "document": 0.5,
}


def weights_for(query: str) -> Mapping[str, float]:
    """Weights by signal."""
    return WEIGHTS
