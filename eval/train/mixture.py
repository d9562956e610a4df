r"""Makes `qa/retrieve/mixture.json`: how much a sentence's own mark counts beside the signals and
how its passage stands.

    python -m policyqa.eval.train.mixture --index DIR

Of questions on real policies that taught nothing (`eval.sets.readings`, part `tuning`), every
sentence that was looked at is an example; those of other documents count as wrong only where the
question names its place or policy.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from policyqa.eval.judge.dataset import Query
from policyqa.eval.judge.evaluate import question_of
from policyqa.eval.judge.matching import holds
from policyqa.eval.runs.readings import SHARED
from policyqa.eval.sets import readings
from policyqa.index.types import Value
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.reading import MIXTURE, Mixture

PARTS = ("sentence", "signals", "behind")
TUNING: tuple[readings.Part, ...] = ("tuning",)


class Example(Value):
    """What is known of one sentence, and whether it belongs to the answer."""

    sentence: float
    signals: float
    behind: float
    belongs: bool


def examples(assistant: Assistant, queries: Sequence[Query]) -> Iterator[Example]:
    """The sentences that a reader marked for each question."""
    for query in queries:
        asked = assistant.asked_of(question_of(query))
        found = assistant.find(asked, assistant.vector_of(asked))
        extra = query.model_extra or {}
        quotes = [item.quote for item in query.evidence]
        for each in found.evidence:
            own = each.document.source == extra["source"]
            if each.read is None or not (own or extra["named"]):
                continue
            text = each.document.text[each.sentence.start : each.sentence.end]
            yield Example(
                sentence=each.read,
                signals=each.weighed,
                behind=each.behind,
                belongs=own and any(holds(text, q) or holds(q, text) for q in quotes),
            )


def fit(found: Sequence[Example], trained_on: dict[str, int]) -> Mixture:
    """The logistic model of least log loss."""
    from sklearn.linear_model import LogisticRegression

    table = np.array([[getattr(each, name) for name in PARTS] for each in found])
    model = LogisticRegression(C=1.0, max_iter=1000).fit(table, [each.belongs for each in found])
    weights = {name: round(float(w), 4) for name, w in zip(PARTS, model.coef_[0], strict=True)}
    return Mixture(bias=round(float(model.intercept_[0]), 4), trained_on=trained_on, **weights)


def main() -> None:
    """Fit, write the model beside the code that uses it, and print it."""
    from policyqa.qa import wiring

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=Path, default=SHARED)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("qa/retrieve"))
    arguments = parser.parse_args()
    dataset = readings.load(arguments.readings, parts=TUNING, per_document=None)
    found = list(examples(wiring.open_assistant(arguments.index), dataset.queries))
    model = fit(found, {f"{dataset.name}-tuning": len(dataset.queries)})
    (arguments.output / MIXTURE).write_text(model.model_dump_json(indent=1) + "\n", "utf-8")
    print(model.model_dump_json())


if __name__ == "__main__":
    main()
