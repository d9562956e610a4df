"""How much each signal counts for a query.

No fixed mix is best everywhere: a short question of a few common words ("爬行垫什么材质的好") is
found by its meaning, and its words mislead; a long one names its document ("《…办法》第X条 …"), and
its words decide. So the lexical signals count in proportion to how many bigrams the query has.
"""

from collections.abc import Callable, Mapping
from functools import partial

from policyqa.qa.question.asked import Asked
from policyqa.qa.settings import RankingSettings

WEIGHTS: Mapping[str, float] = RankingSettings().model_dump()
LEXICAL = frozenset({"words", "bigrams", "document"})
NO_WORDS_BELOW, ALL_WORDS_ABOVE = 7, 20  # bigrams of a query


def weights_by(settings: RankingSettings) -> Callable[[Asked], Mapping[str, float]]:
    """`weights_for` with other full values."""
    return partial(weights_for, full=settings.model_dump())


def length_of(asked: Asked) -> float:
    """How long a question is, from 0 to 1."""
    share = (len(asked.bigrams.every) - NO_WORDS_BELOW) / (ALL_WORDS_ABOVE - NO_WORDS_BELOW)
    return min(max(share, 0.0), 1.0)


def weights_for(asked: Asked, *, full: Mapping[str, float] = WEIGHTS) -> Mapping[str, float]:
    """Weights by signal; the lexical ones rise from 0 to their full value with the length."""
    gate = length_of(asked) if asked.uses("by_length") else 1.0
    return {name: w * gate if name in LEXICAL else w for name, w in full.items()}
