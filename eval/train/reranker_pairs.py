r"""Questions with passages that answer and near ones that do not: what a reranker is taught from.

    python -m policyqa.eval.train.reranker_pairs --output pairs.jsonl \\
        ../shared/data/cmrc2018_dev ../shared/data/drcd_dev … eval/datasets/seeds:dev

A passage is wanted when it holds the answer. Near ones are what the ranking put on top and does
not hold it, and the wanted passage with the sentences of the answer taken out: the same programme
without the asked detail. Only sets whose licence allows it may be named (see `qa/README.md`).
"""

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from policyqa.eval.judge.dataset import Dataset, Query
from policyqa.eval.judge.evaluate import question_of
from policyqa.eval.judge.matching import answers_in, holds
from policyqa.eval.options import opened, set_of
from policyqa.index.structure.quotes import in_context
from policyqa.index.text.words import normalise
from policyqa.index.types import Document, Passage, Sentence, Value
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.evidence import Evidence, anchors
from policyqa.qa.retrieve.reranking import passage_input

NEAR, FARTHER = 3, 2  # negatives from the top of the ranking, and from below it
HELD_OUT = 4  # one document of so many is kept out of training


class Group(Value):
    """One question with passages, as the reranker reads them. `held_out` groups judge."""

    source: str
    query: str
    positives: tuple[str, ...]
    negatives: tuple[str, ...]
    held_out: bool = False


def groups(assistant: Assistant, dataset: Dataset) -> Iterator[Group]:
    """One group a question, in order; without positives where nothing ranked answers."""
    for query in dataset.queries:
        yield _group(assistant, dataset, query)


def _group(assistant: Assistant, dataset: Dataset, query: Query) -> Group:
    asked = assistant.readings_of(question_of(query))[-1]
    found = assistant.find(asked, assistant.embedder.encode_query(asked.text))
    grades = dataset.qrels.get(query.id, {})
    positives, near, without = [], [], []
    for best in anchors(found.evidence):
        document, passage = best.document, best.passage
        answering = _answering(query, grades, best)
        if answering:
            anchor = best.sentence if best.sentence in answering else answering[0]
            positives.append(passage_input(document, passage, anchor))
            without += _without(query, best, answering)
        elif not _may_answer(query, document, passage):
            near.append(passage_input(document, passage, best.sentence))
    return Group(
        source=dataset.name,
        query=normalise(asked.text),
        positives=tuple(positives[:2]),
        negatives=tuple(dict.fromkeys([*without[:1], *near[:NEAR], *near[NEAR:][-FARTHER:]])),
        held_out=is_held_out(key_of(dataset, query)),
    )


def key_of(dataset: Dataset, query: Query) -> str:
    """What a question is held out by: the document that answers it or comes near, else itself."""
    near = (query.model_extra or {}).get("near", query.id)
    return next(iter(dataset.qrels.get(query.id, {})), str(near))


def is_held_out(key: str) -> bool:
    """Whether the questions of this document are kept out of training; by its hash alone."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % HELD_OUT == 0


def _answering(query: Query, grades: Mapping[str, int], best: Evidence) -> list[Sentence]:
    """Sentences of the passage that hold (a part of) the answer; none where it has none."""
    document, passage = best.document, best.passage
    if query.evidence:
        wanted = [i.quote for i in query.evidence if i.source in ("", document.source)]
        return [s for s in passage.sentences if any(_meet(document, s, q) for q in wanted)]
    if grades and document.source not in grades:
        return []
    if query.answer_kind == "free_text":
        return [best.sentence]
    return [s for s in passage.sentences if answers_in(_text(document, s), query.answers)]


def _meet(document: Document, sentence: Sentence, quote: str) -> bool:
    text = _text(document, sentence)
    return holds(text, quote) or holds(quote, text)


def _may_answer(query: Query, document: Document, passage: Passage) -> bool:
    """A passage that is not judged and holds the answer's words is neither wanted nor not."""
    phrases = query.answer_kind != "free_text" and query.answers
    return bool(phrases) and answers_in(in_context(document, passage), query.answers)


def _without(query: Query, best: Evidence, answering: Sequence[Sentence]) -> list[str]:
    """The passage without the sentences of the answer, where another one is left."""
    left = [s for s in best.passage.sentences if s not in answering and s.kind != "header"]
    if query.answer_kind == "free_text" or not left:
        return []
    near = min(left, key=lambda s: abs(s.start - answering[0].start))
    return [passage_input(best.document, best.passage, near, without=answering)]


def _text(document: Document, sentence: Sentence) -> str:
    return document.text[sentence.start : sentence.end]


def main() -> None:
    """Write the groups of some data sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", help="folder, or folder:split")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    with arguments.output.open("w", encoding="utf-8") as out:
        for _, dataset in map(set_of, arguments.sets):
            for group in groups(opened(dataset, arguments.index), dataset):
                out.write(json.dumps(group.model_dump(), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
