"""How sure an answer is: features of the evidence to a calibrated probability."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from pydantic import Field

from index.search_index import SearchIndex
from index.types import Value
from index.words import bigrams, is_place, normalise, words
from qa.agreement import editions, year_agreement
from qa.evidence import Evidence, QueryTokens
from qa.query import content_words
from qa.retrieval import Floats, Ranking

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
    regions = " ".join(e.document.metadata.region for e in picked)
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
        "place_missing": _place_missing(query, f"{context} {around} {said} {regions}"),
        "other_year": _other_year(query, picked),
        "other_edition": _other_edition(query, picked),
    }


def _margin(dense: Floats) -> float:
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


def _place_missing(query: str, text: str) -> float:
    """Share of the places that the query names and neither evidence nor its region does."""
    places = [w for w in dict.fromkeys(words(query)) if is_place(w)]
    plain = normalise(text)
    return sum(p not in plain for p in places) / len(places) if places else 0.0


def _other_year(query: str, picked: Sequence[Evidence]) -> float:
    """1 when the query names a year and the best sentence's passage is of another."""
    if not picked:
        return 0.0
    best = max(picked, key=lambda e: e.score)
    return float(year_agreement(query, best.document, best.passage.text) < 0)


def _other_edition(query: str, picked: Sequence[Evidence]) -> float:
    """Share of the editions that the query names and neither the best sentence's passage nor its
    document's title does."""
    asked = editions(query)
    if not picked or not asked:
        return 0.0
    best = max(picked, key=lambda e: e.score)
    said = editions(best.passage.text) | editions(best.document.metadata.title)
    return len(asked - said) / len(asked)


def _agree(ranking: Ranking) -> bool:
    """Whether the dense and the bigram signal have the same best passage."""
    if not len(ranking.rows):
        return False
    return int(ranking.signals["dense"].argmax()) == int(ranking.signals["bigrams"].argmax())


class Term(Value):
    """One feature of the model: its weight, and the mean and spread it is standardised by."""

    weight: float
    mean: float
    spread: float


class Model(Value):
    """A logistic model; `trained_on` says how many questions of which sets made it."""

    bias: float
    terms: dict[str, Term]
    trained_on: dict[str, int] = Field(default_factory=dict)


def confidence(values: Mapping[str, float]) -> float:
    """Probability that the evidence answers, by the logistic model in `confidence.json`."""
    return probability(_model(), values)


def probability(model: Model, values: Mapping[str, float]) -> float:
    """1 / (1 + exp(-(bias + sum of weight times standardised feature)))."""
    total = model.bias
    for name, term in model.terms.items():
        total += term.weight * (values[name] - term.mean) / term.spread
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def _model() -> Model:
    text = resources.files("qa").joinpath(FILE).read_text(encoding="utf-8")
    return Model.model_validate_json(text)
