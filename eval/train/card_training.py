r"""Makes `qa/register/marks.json`: which sentences tell of materials, steps or terms.

    python -m policyqa.eval.train.card_training --index DIR

Learned is a logistic model of each field, over the vectors of a sentence and of what stands above
it, from the cards of `eval/datasets/cards/teach.jsonl`; an index of their documents is needed.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from policyqa.eval.sets.cards import FOLDER, is_same, load, spans
from policyqa.qa import wiring
from policyqa.qa.cli.listing import stored
from policyqa.qa.corpus import Corpus
from policyqa.qa.register.marking import FILE, Head, Marks, lines, vectors

LEARNED = ("materials", "steps", "time_limit")
LEAST = 0.8  # probability from which a sentence counts
STRENGTH = 9.0  # C of the logistic model
DIGITS = 4


def marks_of(index: Path) -> Marks:
    """The models, learned from the documents of an index that have a card."""
    corpus, embedder = Corpus.of(stored(index)), wiring.embedder()
    by_source = {document.source: document for document in corpus.documents()}
    cards = load(FOLDER / "teach.jsonl")
    seen, told = [], []
    for source, labels in cards.items():
        document = by_source[source]
        card = spans(labels, document.text)
        found = lines(document, corpus.passages(document.doc_id))
        seen.append(vectors(found, embedder))
        places = [(line.start, line.start + len(line.text)) for line in found]
        told += [
            [any(is_same(p, c) for c in card.get(field, ())) for field in LEARNED] for p in places
        ]
    every, right = np.vstack(seen), np.array(told)
    heads = {}
    for column, field in enumerate(LEARNED):
        model = LogisticRegression(C=STRENGTH, max_iter=1000, class_weight="balanced")
        model.fit(every, right[:, column])
        weights = tuple(round(float(each), DIGITS) for each in model.coef_[0])
        bias = round(float(model.intercept_[0]), DIGITS)
        heads[field] = Head(bias=bias, weights=weights, least=LEAST)
    size = {"documents": len(cards), "lines": len(every)}
    return Marks(model=embedder.fingerprint, heads=heads, trained_on=size)


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True, help="index of the policies")
    marks = marks_of(parser.parse_args().index)
    path = Path("qa/register") / FILE
    path.write_text(marks.model_dump_json() + "\n", encoding="utf-8")
    print(f"{path}: {dict(marks.trained_on)}")


if __name__ == "__main__":
    main()
