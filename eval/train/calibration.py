r"""Makes `confidence.json` and `confidence_read.json`: when an answer is sure enough.

    python -m policyqa.eval.train.calibration eval/datasets/seeds:dev eval/datasets/domain \\
        --readings ../shared/data/policy_reading --readings-index DIR \\
        --off-topic ../shared/data/dureader_robust_dev ../shared/data/cmrc2018_dev

As the settings are, with a reader (`POLICYQA_READER__MODEL=small`) or without (then with
`--off-topic-weight 1`: the signals alone tell less of what is far away).

Questions with an answer are positive, unless the sentence that would be said first is none of
their evidence; those without are negative. Each answerable question serves
once more as a negative, with the passages that hold its evidence hidden: then everything near is
there and the answer is not, which is the hardest kind of silence. So does each question that names
a year, an edition or a place, asked for one that no document names. Questions of other collections
(those whose licence allows it) are negatives that are far away. Of the sets after the first, and of
all where a reader reads, only those questions count that it was not taught. A logistic model over
standardised features keeps the result small, readable and calibrated.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policyqa.eval.judge.dataset import Dataset, Query, load
from policyqa.eval.judge.evaluate import question_of
from policyqa.eval.judge.matching import holds
from policyqa.eval.options import opened, set_of
from policyqa.eval.sets import readings
from policyqa.eval.sets.readings import part_of
from policyqa.eval.train.lessons import key_of
from policyqa.eval.train.mixture import TUNING
from policyqa.index.store.search_index import SearchIndex
from policyqa.index.text.marks import EDITION, YEAR, places
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.assistant import Assistant
from policyqa.qa.conversation.resolver import Resolved
from policyqa.qa.found import Found
from policyqa.qa.retrieve.confidence import FILE, FILE_WITH_READER, Model, Term

IGNORED = frozenset({"length", "asks_form"})  # say who wrote the questions, not who can answer
AGAINST = frozenset(
    {
        "unknown",
        "rarest_missing",
        "form_missing",
        "form_missing_best",
        "form_missing_near",
        "read_doubted",
        "place_missing",
        "other_year",
        "other_edition",
    }
)
ELSEWHERE = ("成都", "杭州", "深圳", "武汉", "西安", "南京", "青岛", "厦门", "长沙", "昆明", "大连")
OTHER_SETS = 0.5  # how much the questions of other sets count
OFF_TOPIC_WEIGHT = 0.2
OFF_TOPIC_QUESTIONS = 150  # of each collection
Floats = NDArray[np.float64]
HIDDEN_WEIGHT = 0.25
SILENT_WEIGHT = 2.0
WRONG_WEIGHT = 0.5  # of questions with an answer of which another sentence would be said
REGULARISATION = 0.3  # scikit-learn's C


class Example(NamedTuple):
    """Features of one question, whether it is answered rightly, and how much it counts."""

    features: dict[str, float]
    right: bool
    weight: float


def examples(
    assistant: Assistant, queries: Sequence[Query], *, factor: float = 1.0
) -> Iterator[Example]:
    """One example of each question of which it is known whether the documents answer it; of an
    answerable one also those with its evidence hidden or its year, edition or place altered.
    `factor` multiplies how much each counts."""
    for example in _examples(assistant, [q for q in queries if q.answerable is not None]):
        yield example._replace(weight=example.weight * factor)


def _examples(assistant: Assistant, queries: Sequence[Query]) -> Iterator[Example]:
    for query in queries:
        asked = assistant.asked_of(question_of(query))
        vector = assistant.vector_of(asked)
        found = assistant.find(asked, vector)
        right = bool(query.answerable) and is_right(query, found)
        weight = SILENT_WEIGHT if not query.answerable else 1.0 if right else WRONG_WEIGHT
        yield Example(dict(found.features), right, weight)
        if query.answerable and query.evidence:
            hidden = evidence_rows(assistant, query)
            silent = assistant.find(asked, vector, hidden=hidden)
            yield Example(dict(silent.features), False, HIDDEN_WEIGHT)
        if query.answerable:
            for altered in counterfactuals(asked.text, assistant.index):
                vector = assistant.embedder.encode_query(altered)
                other = assistant.find(assistant.understood(Resolved(altered)), vector)
                yield Example(dict(other.features), False, HIDDEN_WEIGHT)


def is_right(query: Query, found: Found) -> bool:
    """Whether the sentence that would be said first is of the evidence; of a question without any
    (prose, phrases) nobody knows, and it counts as right."""
    if not query.evidence:
        return True
    best = max(found.picked, key=lambda each: each.score, default=None)
    if best is None:
        return False
    text = best.document.text[best.sentence.start : best.sentence.end]
    sources = {item.source for item in query.evidence} - {""}
    own = not sources or best.document.source in sources
    return own and any(holds(text, e.quote) or holds(e.quote, text) for e in query.evidence)


def counterfactuals(query: str, index: SearchIndex) -> Iterator[str]:
    """The question for a year, an edition and a place that no document names, and for another
    place that one does; at most four."""
    said = " ".join(document.text + document.metadata.date for document in index.documents)
    year = next((str(y) for y in range(2018, 1948, -1) if str(y) not in said), "")
    if year and YEAR.search(query):
        yield YEAR.sub(year, query)
    if EDITION.search(query):
        yield EDITION.sub(r"第八十一\2", query)
    for place in places(query)[:1]:
        elsewhere = next((other for other in ELSEWHERE if other not in said), place)
        yield query.replace(place, elsewhere)
        named = (p for document in index.documents for p in places(document.text))
        yield query.replace(place, next((p for p in named if p not in query), elsewhere))


def evidence_rows(assistant: Assistant, query: Query) -> NDArray[np.int64]:
    """Rows of the passages of its documents that hold a piece of the question's evidence."""
    index = assistant.index
    sources = {item.source for item in query.evidence}
    rows = [
        row
        for row, passage in enumerate(index.passages)
        if ("" in sources or index.documents[index.document_of[row]].source in sources)
        and any(holds(passage.text, item.quote) for item in query.evidence)
    ]
    return np.array(rows, dtype=np.int64)


def off_topic(
    assistant: Assistant, queries: Sequence[Query], *, weight: float = OFF_TOPIC_WEIGHT
) -> Iterator[Example]:
    """Examples of questions of another collection, which these documents are silent on."""
    for query in queries:
        asked = assistant.asked_of(question_of(query))
        found = assistant.find(asked, assistant.vector_of(asked))
        yield Example(dict(found.features), False, weight)


def fit(found: Sequence[Example], trained_on: dict[str, int]) -> Model:
    """The logistic model of these examples (weighted, L2-regularised, signs as they must be).

    A feature that speaks for an answer never counts against it, nor the other way round, however
    the examples happen to fall: that is what holds on questions of another kind.
    """
    names = [name for name in found[0].features if name not in IGNORED]
    table = np.array([[example.features[name] for name in names] for example in found])
    labels = np.array([1.0 if example.right else -1.0 for example in found])
    weights = np.array([example.weight for example in found])
    mean, spread = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-4)
    solved = _minimised((table - mean) / spread, labels, weights, [n in AGAINST for n in names])
    terms = {
        name: Term(weight=round(w, 5), mean=round(m, 5), spread=round(s, 5))
        for name, w, m, s in zip(
            names, solved[1:].tolist(), mean.tolist(), spread.tolist(), strict=True
        )
    }
    return Model(bias=round(float(solved[0]), 5), terms=terms, trained_on=trained_on)


def _minimised(
    table: Floats, labels: Floats, weights: Floats, against: Sequence[bool]
) -> NDArray[np.float64]:
    """Bias and weights of least penalised log loss, within their signs."""
    from scipy.optimize import minimize

    def loss(parameters: Floats) -> float:
        margins = labels * (parameters[0] + table @ parameters[1:])
        penalty = float(parameters[1:] @ parameters[1:]) / (2 * REGULARISATION)
        return float(weights @ np.logaddexp(0, -margins)) + penalty

    bounds = [(None, None), *((None, 0.0) if negative else (0.0, None) for negative in against)]
    start = np.zeros(table.shape[1] + 1)
    solved: NDArray[np.float64] = minimize(loss, start, method="L-BFGS-B", bounds=bounds).x
    return solved


def cross_validated(found: Sequence[Example], *, folds: int = 10) -> float:
    """Area under the ROC curve on questions that a fold did not see; hidden ones left out."""
    from sklearn.metrics import roc_auc_score

    from policyqa.qa.retrieve.confidence import probability

    groups, group = [], -1
    for example in found:
        group += example.weight != HIDDEN_WEIGHT
        groups.append(group)
    scores: list[float] = []
    labels: list[bool] = []
    for fold in range(folds):
        train = [e for e, g in zip(found, groups, strict=True) if g % folds != fold]
        model = fit(train, {})
        for example, g in zip(found, groups, strict=True):
            if g % folds == fold and example.weight != HIDDEN_WEIGHT:
                scores.append(probability(model, example.features))
                labels.append(example.right)
    return round(float(roc_auc_score(labels, scores)), 4)


def untaught(dataset: Dataset) -> list[Query]:
    """The questions that tune and that the reader was not taught: of those it is too sure."""
    return [query for query in dataset.queries if part_of(key_of(dataset, query)) == "tuning"]


def main() -> None:
    """Fit on data sets and write the model beside the code that uses it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", help="folder, or folder:split; the first one leads")
    parser.add_argument("--off-topic", type=Path, nargs="*", default=[])
    parser.add_argument("--off-topic-weight", type=float, default=OFF_TOPIC_WEIGHT)
    parser.add_argument("--readings", type=Path, help="folder of questions on real policies")
    parser.add_argument("--readings-index", type=Path, help="index of their documents")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--output", type=Path, default=Path("qa/retrieve"))
    arguments = parser.parse_args()
    (name, leading), *others = map(set_of, arguments.sets)
    assistant = opened(leading, arguments.index)
    reads = configuration.load().reader.model != wiring.OFF
    queries = untaught(leading) if reads else list(leading.queries)
    found = list(examples(assistant, queries))
    trained_on = {name: len(queries)}
    auc = cross_validated(found)
    for name, dataset in others:
        queries = untaught(dataset)
        found += examples(opened(dataset, arguments.index), queries, factor=OTHER_SETS)
        trained_on[name] = len(queries)
    if arguments.readings:
        real = readings.load(arguments.readings, parts=TUNING, per_document=None)
        found += examples(wiring.open_assistant(arguments.readings_index), real.queries)
        trained_on[f"{real.name}-tuning"] = len(real.queries)
    for folder in arguments.off_topic:
        away = load(folder, limit=OFF_TOPIC_QUESTIONS).queries
        found += off_topic(assistant, away, weight=arguments.off_topic_weight)
        trained_on[folder.name] = len(away)
    model = fit(found, trained_on)
    file = FILE_WITH_READER if "read_best" in found[0].features else FILE
    (arguments.output / file).write_text(model.model_dump_json(indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"file": file, "sets": trained_on, "examples": len(found), "auc": auc}))


if __name__ == "__main__":
    main()
