"""How sure an answer is: features of the evidence to a calibrated probability."""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np

from index.search_index import SearchIndex
from index.words import bigrams, normalise, words
from qa.evidence import Evidence, QueryTokens
from qa.query import content_words
from qa.retrieval import Ranking

FILE = "confidence.json"


def features(
    index: SearchIndex,
    ranking: Ranking,
    found: Sequence[Evidence],
    picked: Sequence[Evidence],
    tokens: QueryTokens,
    query: str,
) -> dict[str, float]:
    """What tells an answered question from one the documents are silent on."""
    said = " ".join(e.text for e in picked)
    around = " ".join(e.passage.text for e in picked[:1])
    context = " ".join(f"{e.document.metadata.title} {e.passage.section}" for e in picked)
    named = [w for w in content_words(query) if len(w) > 1 or w.isascii()]
    dense = ranking.signals["dense"]
    return {
        "cosine": max((e.cosine for e in found), default=0.0),
        "dense": float(dense.max()) if len(dense) else 0.0,
        "margin": _margin(dense),
        "words": max((e.words for e in picked), default=0.0),
        "bigrams": max((e.bigrams for e in picked), default=0.0),
        "said_words": tokens.word_share(said),
        "said_bigrams": tokens.bigram_share(said),
        "near_words": tokens.word_share(f"{context} {around} {said}"),
        "near_bigrams": tokens.bigram_share(f"{context} {around} {said}"),
        "unknown": _unknown(index, tokens),
        "rarest_missing": _rarest_missing(tokens, f"{context} {around} {said}", named),
        "asks_form": float(bool(tokens.expectation)),
        "form_missing": float(not any(e.expected for e in picked)),
        "form_missing_near": float(not any(e.expected for e in found[:6])),
        "length": math.log1p(len(query)),
        "agree": float(_agree(ranking)),
    }


def _margin(dense: np.ndarray) -> float:  # type: ignore[type-arg]
    """Best passage cosine above the mean of the candidates."""
    return float(dense.max() - dense.mean()) if len(dense) else 0.0


def _unknown(index: SearchIndex, tokens: QueryTokens) -> float:
    """Share of the query's bigrams, by rarity, that no document has."""
    total = sum(tokens.bigrams.values())
    lost = sum(w for t, w in tokens.bigrams.items() if not index.bigrams.knows(t))
    return lost / total if total else 1.0


def _rarest_missing(tokens: QueryTokens, text: str, named: Sequence[str]) -> float:
    """Rarity of the rarest naming word that the evidence and its surroundings lack, over that of
    the rarest naming word."""
    present = set(words(text)) | set(bigrams(text))
    plain = normalise(text)
    weights = {w: tokens.words.get(w, 0.0) for w in named}
    top = max(weights.values(), default=0.0)
    missing = [v for w, v in weights.items() if w not in present and w not in plain]
    return max(missing, default=0.0) / top if top else 0.0


def _agree(ranking: Ranking) -> bool:
    """Whether the dense and the bigram signal have the same best passage."""
    if not len(ranking.rows):
        return False
    return int(ranking.signals["dense"].argmax()) == int(ranking.signals["bigrams"].argmax())


def confidence(values: Mapping[str, float]) -> float:
    """Probability that the evidence answers, by the logistic model in `confidence.json`."""
    model = _model()
    total = float(model["bias"])
    for name, weight in model["weights"].items():
        mean, spread = model["scale"][name]
        total += weight * (values[name] - mean) / spread
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def _model() -> dict[str, dict[str, float]]:
    text = resources.files("qa").joinpath(FILE).read_text(encoding="utf-8")
    model: dict[str, dict[str, float]] = json.loads(text)
    return model
