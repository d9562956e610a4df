"""How sure an answer is: features of the evidence to a calibrated probability."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

from pydantic import Field

from policyqa.index.store.search_index import SearchIndex
from policyqa.index.structure.quotes import in_context
from policyqa.index.text.marks import editions
from policyqa.index.text.words import bigrams, normalise, words
from policyqa.index.types import Value
from policyqa.qa.question.asked import Asked
from policyqa.qa.retrieve.agreement import place_missing, year_agreement
from policyqa.qa.retrieve.evidence import Evidence
from policyqa.qa.retrieve.reading import BOUND, Marks
from policyqa.qa.retrieve.retrieval import Floats, Ranking

FILE = "confidence.json"
FILE_WITH_READER = "confidence_read.json"
DOUBTED = -3.0  # log-odds: of right answers one in fifty has no sentence that is marked higher


def features(
    index: SearchIndex,
    ranking: Ranking,
    found: Sequence[Evidence],
    picked: Sequence[Evidence],
    asked: Asked,
    marks: Marks | None = None,
) -> dict[str, float]:
    """What tells an answered question from one the documents are silent on.

    Those called `read…` are there only where a reader has marked sentences.

    Args:
        marks: what a reader said of the passages (`retrieve.reading`).
    """
    values = _of_signals(index, ranking, found, picked, asked)
    if marks and any(said.sentences for said in marks.values()):
        values |= _of_reading(ranking, picked, marks)
    return values


def _of_reading(ranking: Ranking, picked: Sequence[Evidence], marks: Marks) -> dict[str, float]:
    """The best mark of any sentence, how far it lies below `DOUBTED`, the score of the best that is
    said and what of it the signals give, the score of the first passage, the mark of the page that
    is said, the best page's, and by how much this is ahead of the next: where several places seem
    to answer, it is less sure which does."""
    best = max(picked, key=lambda e: e.score, default=None)
    own = marks.get(best.passage.passage_id) if best else None
    first, second, *_ = *sorted((said.answers for said in marks.values()), reverse=True), -BOUND
    marked = max(max(said.sentences, default=-BOUND) for said in marks.values())
    return {
        "read_best": marked,
        "read_doubted": max(0.0, DOUBTED - marked),
        "read_signals": best.weighed if best else -BOUND,
        "read_first": float(ranking.scores.max()) if len(ranking.scores) else 0.0,
        "read_said": best.score if best else -BOUND,
        "read_page": own.answers if own else -BOUND,
        "read_pages": first,
        "read_ahead": first - second,
    }


def _of_signals(
    index: SearchIndex,
    ranking: Ranking,
    found: Sequence[Evidence],
    picked: Sequence[Evidence],
    asked: Asked,
) -> dict[str, float]:
    best = max(picked, key=lambda e: e.score, default=None)
    around = _around(best) if best else ""
    said_words, said_bigrams = _tokens(index, [_row_of(index, each) for each in picked])
    near_words, near_bigrams = _tokens(index, _rows_beside(index, best), _above(best))
    named = [w for w in asked.content if len(w) > 1 or w.isascii()]
    dense = ranking.signals["dense"]
    return {
        "dense": float(dense.max()) if len(dense) else 0.0,
        "margin": _margin(dense),
        "words": max((e.signals.words for e in picked), default=0.0),
        "bigrams": max((e.signals.bigrams for e in picked), default=0.0),
        "said_words": asked.words.share(said_words),
        "said_bigrams": asked.bigrams.share(said_bigrams),
        "near_words": asked.words.share(near_words),
        "near_bigrams": asked.bigrams.share(near_bigrams),
        "unknown": _unknown(index, asked),
        "rarest_missing": _rarest_missing(asked, around, named),
        "asks_form": float(bool(asked.expectation)),
        "form_missing": float(not any(e.signals.expected for e in picked)),
        "form_missing_best": float(best is None or not best.signals.expected),
        "form_missing_near": float(not any(e.signals.expected for e in found[:6])),
        "length": math.log1p(len(asked.text)),
        "agree": float(_agree(ranking)),
        "place_missing": _place_missing(asked, best or next(iter(found), None)),
        "other_year": float(best is not None and _of_other_year(asked, best)),
        "other_edition": _edition_missing(asked, around),
    }


def _place_missing(asked: Asked, best: Evidence | None) -> float:
    """Of what is said, or of the nearest where nothing is."""
    return place_missing(asked, best.document, _around(best)) if best else 0.0


def _tokens(
    index: SearchIndex, rows: Iterable[int], above: str = ""
) -> tuple[frozenset[str], frozenset[str]]:
    """Words and bigrams of some sentences, by their rows, and of a text that they stand under."""
    known = tuple(rows)
    return (
        frozenset(words(above)).union(*(index.sentence_words.of(row) for row in known)),
        frozenset(bigrams(above)).union(*(index.sentence_bigrams.of(row) for row in known)),
    )


def _row_of(index: SearchIndex, evidence: Evidence) -> int:
    rows = index.sentence_rows(index.row_of(evidence.passage))
    return rows[evidence.passage.sentences.index(evidence.sentence)]


def _rows_beside(index: SearchIndex, best: Evidence | None) -> Iterable[int]:
    """The sentences of the best one's passage."""
    if best is None:
        return ()
    return index.sentence_rows(index.row_of(best.passage))


def _above(best: Evidence | None) -> str:
    """What a sentence's passage stands under: its document's title, its section, its context."""
    if best is None:
        return ""
    context = in_context(best.document, best.passage, end=best.passage.start)
    return f"{best.document.metadata.title} {best.passage.section} {context}"


def _margin(dense: Floats) -> float:
    """Best passage cosine above the mean of the candidates."""
    return float(dense.max() - dense.mean()) if len(dense) else 0.0


def _unknown(index: SearchIndex, asked: Asked) -> float:
    """Share of the query's bigrams, by rarity, that no document has."""
    rarity = asked.bigrams.rarity
    total = sum(rarity.values())
    lost = sum(w for t, w in rarity.items() if not index.bigrams.knows(t))
    return lost / total if total else 1.0


def _rarest_missing(asked: Asked, text: str, named: Sequence[str]) -> float:
    """Rarity of the rarest naming word that the evidence and its surroundings lack, over that of
    the rarest naming word."""
    plain = normalise(text)
    weights = {w: asked.words.rarity.get(w, 0.0) for w in named}
    top = max(weights.values(), default=0.0)
    missing = [v for w, v in weights.items() if w not in plain]
    return max(missing, default=0.0) / top if top else 0.0


def _around(best: Evidence) -> str:
    """The best sentence with what it stands in: its passage, section and document's title."""
    title, section = best.document.metadata.title, best.passage.section
    return f"{title} {section} {in_context(best.document, best.passage)} {best.text}"


def _of_other_year(asked: Asked, best: Evidence) -> bool:
    said = in_context(best.document, best.passage)
    return year_agreement(asked, best.document, said) < 0


def _edition_missing(asked: Asked, around: str) -> float:
    """Share of the editions that the question names and the text does not."""
    missing = asked.editions - editions(around)
    return len(missing) / len(asked.editions) if asked.editions else 0.0


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
    """Probability that the evidence answers, by the logistic model of these features: there is
    one for those of the signals, and one for these and what a reader marked."""
    return probability(_model(FILE_WITH_READER if "read_best" in values else FILE), values)


def probability(model: Model, values: Mapping[str, float]) -> float:
    """1 / (1 + exp(-(bias + sum of weight times standardised feature)))."""
    total = model.bias
    for name, term in model.terms.items():
        total += term.weight * (values[name] - term.mean) / term.spread
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def _model(name: str) -> Model:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return Model.model_validate_json(text)
