r"""Questions with pages and, of every sentence, whether it belongs to the answer: what the reader
is taught from.

    python -m policyqa.eval.train.lessons --output lessons.jsonl \
        --readings ../shared/data/policy_reading --policies ../shared/policies \
        ../shared/data/cmrc2018_dev ../shared/data/stard_law … eval/datasets/domain-dev

Beside the pages that answer stand those that tempt: what a careless reader would take (`near` of a
labelled question), the likest of the same document, and, where the question names its place or
policy, the likest of other documents and those that are like the right page itself (the same rule
of another city). With `--index` in place of `--policies`, the wrong pages are those that the
assistant itself would read (hard negatives of the own first stage; Xiong et al., ICLR 2021), but
for those that say the same. Documents are parted by their hash: `eval.sets.readings.part_of`.
"""

import argparse
import json
import random
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from policyqa.eval.judge.dataset import Dataset, Query
from policyqa.eval.judge.matching import answers_in, holds, squeezed
from policyqa.eval.options import set_of
from policyqa.eval.sets.readings import Part, part_of
from policyqa.index.build.building import build
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.index.store.search_index import SearchIndex, load
from policyqa.index.store.vectors import Rows
from policyqa.index.structure.quotes import display
from policyqa.index.text.words import bigrams, normalise
from policyqa.index.types import Document, Passage, Sentence, Span, Value
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.pages import Page, page_of
from policyqa.qa.retrieve.retrieval import WEIGHTS, rank, signals_of
from policyqa.qa.types import Question

SEED = 31
RIGHT, TEMPTING = 3, 2  # pages of a question at most
SAME_DOCUMENT, OTHER_DOCUMENTS, LIKE_THE_RIGHT = 3, 3, 3
ROWS = 3  # of a passage that are asked for
CELL_CHARS = 20  # of a label, or of a cell that names its row, fewer
READ = 8  # first passages of a ranking
THE_SAME = 0.8  # share of a quote's bigrams from which a passage of the same place says it, too
PATTERNS = (
    "{name}的{label}是多少？", "{name}{label}", "{name}的{label}是什么", "{label}：{name}是多少",
    "请问{name}对应的{label}是哪些？", "{label}里{name}怎么规定的",
)  # fmt: skip
ALSO = 0.3  # label of what a clerk might add
UNKNOWN = -1.0  # label of a sentence that nobody judged


class Labelled(Value):
    """A page, how surely each sentence belongs to the answer, and whether the page answers."""

    head: str
    above: str
    sentences: tuple[str, ...]
    labels: tuple[float, ...]
    answers: float

    def page(self) -> Page:
        return Page(self.head, self.above, self.sentences)


class Lesson(Value):
    """One question with its pages, those that answer first."""

    id: str
    source: str
    query: str
    part: Part
    pages: tuple[Labelled, ...]


@dataclass(frozen=True)
class Collection:
    """Documents whose passages are found by their bigrams alone."""

    index: SearchIndex

    @cached_property
    def _rows(self) -> Mapping[str, Sequence[int]]:
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(self.index.passages):
            rows.setdefault(passage.doc_id, []).append(row)
        return rows

    @cached_property
    def by_source(self) -> Mapping[str, Document]:
        return {document.source: document for document in self.index.documents}

    def rows_of(self, document: Document) -> Sequence[int]:
        return self._rows.get(document.doc_id, ())

    def document(self, row: int) -> Document:
        document: Document = self.index.documents[self.index.document_of[row]]
        return document

    def likest(self, text: str, rows: Sequence[int] | Rows | None, count: int) -> list[int]:
        """Rows whose passages are likest to a text, best first.

        Args:
            text: question or passage.
            rows: to choose among; all when None.
            count: at most so many.
        """
        scores = self.index.bigrams.scores(bigrams(text))
        among = np.arange(len(scores)) if rows is None else np.array(rows, np.int64)
        order = among[np.argsort(-scores[among], kind="stable")]
        return [int(row) for row in order[:count] if scores[row] > 0]


@dataclass(frozen=True)
class Place:
    """A document's text without white space, and where each character of it stands."""

    text: str
    at: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Place":
        kept = [(n, c) for n, c in enumerate(text) if not c.isspace()]
        return cls("".join(c for _, c in kept), tuple(n for n, _ in kept))

    def span(self, quote: str, near: int) -> Span | None:
        """Where a quote stands, white space aside: the place nearest to an offset."""
        wanted, found, start = squeezed(quote), list[int](), -1
        while wanted and (start := self.text.find(wanted, start + 1)) >= 0:
            found.append(start)
        if not found:
            return None
        goal = bisect_left(self.at, near)
        best = min(found, key=lambda n: abs(n - goal))
        return self.at[best], self.at[best + len(wanted) - 1] + 1


def readings(
    folder: Path, collection: Collection, assistant: Assistant | None = None
) -> Iterator[Lesson]:
    """Lessons of hand-labelled questions (`questions.jsonl`, see `eval.sets.readings`).

    Args:
        folder: of the questions.
        collection: their documents.
        assistant: over the same index; when given, what it would read tempts.
    """
    by_source = collection.by_source
    places: dict[str, Place] = {}
    draw = random.Random(SEED)
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        source = record["source"]
        if source not in by_source:
            continue
        document = by_source[source]
        place = places.setdefault(source, Place.of(document.text))
        spans = {
            name: [s for e in record[name] if (s := place.span(e["quote"], e["start"]))]
            for name in ("evidence", "plus", "near")
        }
        if len(spans["evidence"]) < len(record["evidence"]):
            continue  # the text is stored otherwise today
        own = collection.rows_of(document)
        if assistant:
            tempting = _first_read(assistant, record, document)
            yield _lesson(collection, record, document, own, spans, draw, tempting)
        else:
            yield _lesson(collection, record, document, own, spans, draw)


def _first_read(assistant: Assistant, record: Mapping[str, Any], document: Document) -> list[int]:
    """Rows that the assistant would read, without those that nobody judged: of other documents
    where the question names none, and such of the same place as say the same."""
    index, asked = assistant.index, assistant.asked_of(Question(question=record["question"]))
    signals = signals_of(index, asked, assistant.vector_of(asked))
    said = [set(bigrams(each["quote"])) for each in record["evidence"]]
    rows = []
    for row in rank(index, asked, signals, WEIGHTS).rows[:READ]:
        other: Document = index.documents[index.document_of[row]]
        if other.doc_id != document.doc_id:
            here = other.metadata.region == document.metadata.region
            held = set(bigrams(index.passages[row].text)) if here else set[str]()
            same = (here and not said) or any(len(q & held) >= THE_SAME * len(q) for q in said)
            if not record["named"] or same:
                continue
        rows.append(int(row))
    return rows


def _lesson(
    collection: Collection,
    record: Mapping[str, Any],
    document: Document,
    own: Sequence[int],
    spans: Mapping[str, Sequence[Span]],
    draw: random.Random,
    read: Sequence[int] | None = None,
) -> Lesson:
    passages = collection.index.passages
    right = [r for r in own if _meets(passages[r], spans["evidence"])]
    tempting = [r for r in own if _meets(passages[r], spans["near"]) and r not in right]
    query = normalise(record["question"])
    others = [r for r in own if r not in right and r not in tempting]
    if read is not None:
        chosen = [row for row in read if row not in right]
    else:
        chosen = collection.likest(query, others, SAME_DOCUMENT)
    if record["named"] and read is None:
        foreign = np.setdiff1d(np.arange(len(passages)), own)
        chosen += collection.likest(query, foreign, OTHER_DOCUMENTS)
        for row in draw.sample(right or tempting, min(1, len(right or tempting))):
            chosen += collection.likest(passages[row].text, foreign, LIKE_THE_RIGHT)
    kept = sorted(draw.sample(right, min(RIGHT, len(right))))
    rows = dict.fromkeys([*kept, *tempting[:TEMPTING], *chosen])
    return Lesson(
        id=record["id"],
        source=document.source,
        query=query,
        part=part_of(document.source),
        pages=tuple(_labelled(collection, row, document.doc_id, spans) for row in rows),
    )


def _meets(passage: Passage, spans: Sequence[Span]) -> bool:
    return any(_share((s.start, s.end), spans) for s in passage.sentences)


def _share(sentence: Span, spans: Sequence[Span]) -> bool:
    """Whether a sentence and one of the spans are about the same words: half of the shorter."""
    return any(
        2 * (min(sentence[1], end) - max(sentence[0], start))
        > min(sentence[1] - sentence[0], end - start)
        for start, end in spans
    )


def _labelled(
    collection: Collection, row: int, doc_id: str, spans: Mapping[str, Sequence[Span]]
) -> Labelled:
    passage = collection.index.passages[row]
    here = passage.doc_id == doc_id
    labels = tuple(_label((s.start, s.end), spans) if here else 0.0 for s in passage.sentences)
    return _page(collection, row, labels, float(1.0 in labels))


def _label(sentence: Span, spans: Mapping[str, Sequence[Span]]) -> float:
    if _share(sentence, spans["evidence"]):
        return 1.0
    return ALSO if _share(sentence, spans["plus"]) else 0.0


def _page(collection: Collection, row: int, labels: Sequence[float], answers: float) -> Labelled:
    page = page_of(collection.document(row), collection.index.passages[row])
    return Labelled(
        head=page.head,
        above=page.above,
        sentences=page.sentences,
        labels=tuple(labels),
        answers=answers,
    )


def rows_of_tables(collection: Collection) -> Iterator[Lesson]:
    """Lessons of the rows of tables, which people seldom ask for and readers overlook: a question
    by pattern for a cell of some rows, which only that row answers."""
    draw = random.Random(SEED)
    for at, passage in enumerate(collection.index.passages):
        document = collection.document(at)
        rows = [s for s in passage.sentences if s.kind == "row" and s.head is not None]
        for sentence in draw.sample(rows, min(ROWS, len(rows))):
            if asked := _of_row(document, sentence, draw):
                yield _of_table(collection, at, asked, sentence)


def _of_row(document: Document, sentence: Sentence, draw: random.Random) -> str:
    """A question for one cell of a row by the cell that names it; "" where none does."""
    parts = (part.partition("：") for part in display(document, sentence).split("；"))
    cells = {label: said for label, _, said in parts if 1 < len(label) < CELL_CHARS}
    names = (n for n, said in cells.items() if 1 < len(said) < CELL_CHARS and said[0].isalpha())
    of = next(names, None)
    labels = [label for label in cells if label != of]
    if of is None or not labels:
        return ""
    return draw.choice(PATTERNS).format(name=cells[of], label=draw.choice(labels))


def _of_table(collection: Collection, at: int, asked: str, sentence: Sentence) -> Lesson:
    passage, document = collection.index.passages[at], collection.document(at)
    query = normalise(asked)
    labels = [float(each == sentence) for each in passage.sentences]
    own = [row for row in collection.rows_of(document) if row != at]
    others = collection.likest(query, own, SAME_DOCUMENT)
    pages = [
        _page(collection, row, [0.0] * len(collection.index.passages[row].sentences), 0.0)
        for row in others
    ]
    return Lesson(
        id=f"{passage.passage_id}-{sentence.start}",
        source=document.source,
        query=query,
        part=part_of(document.source),
        pages=(_page(collection, at, labels, 1.0), *pages),
    )


def judged(dataset: Dataset, collection: Collection) -> Iterator[Lesson]:
    """Lessons of a set whose answers are phrases, quotes, or whole documents."""
    for query in dataset.queries:
        lesson = _of_query(dataset, query, collection)
        if lesson.pages:
            yield lesson


def _of_query(dataset: Dataset, query: Query, collection: Collection) -> Lesson:
    text = normalise(query.text)
    grades = dataset.qrels.get(query.id, {})
    pages, wanted = [], list(grades) or [e.source for e in query.evidence]
    own = [
        row
        for source in dict.fromkeys(wanted)
        if source in collection.by_source
        for row in collection.rows_of(collection.by_source[source])
    ]
    for row in own:
        labels = _labels_of(query, collection, row)
        if max(labels, default=0.0) == 1.0 or UNKNOWN in labels:
            pages.append(_page(collection, row, labels, 1.0))
    for row in collection.likest(text, None, SAME_DOCUMENT + OTHER_DOCUMENTS + len(own)):
        passage = collection.index.passages[row]
        may = bool(query.answers) and answers_in(passage.text, query.answers)
        if not may and (row not in own or not _is_right(query, collection, row)):
            pages.append(_page(collection, row, [0.0] * len(passage.sentences), 0.0))
    return Lesson(
        id=query.id,
        source=dataset.name,
        query=text,
        part=part_of(key_of(dataset, query)),
        pages=tuple(pages[: RIGHT + SAME_DOCUMENT]),
    )


def key_of(dataset: Dataset, query: Query) -> str:
    """What a question is parted by: the document that answers it or comes near, else itself."""
    extra = query.model_extra or {}
    sources = [item.source for item in query.evidence if item.source]
    known = (*dataset.qrels.get(query.id, {}), *sources, extra.get("source"), extra.get("near"))
    return next((str(key) for key in known if key), query.id)


def _is_right(query: Query, collection: Collection, row: int) -> bool:
    labels = _labels_of(query, collection, row)
    return max(labels, default=0.0) == 1.0 or UNKNOWN in labels


def _labels_of(query: Query, collection: Collection, row: int) -> list[float]:
    passage, text = collection.index.passages[row], collection.document(row).text
    said = [text[s.start : s.end] for s in passage.sentences]
    if query.evidence:
        quotes = [e.quote for e in query.evidence]
        return [float(any(holds(s, q) or holds(q, s) for q in quotes)) for s in said]
    if query.answer_kind == "free_text":  # the whole document answers, nobody said which sentence
        return [UNKNOWN] * len(said)
    return [float(answers_in(s, query.answers)) for s in said]


def collected(corpus: Path, folder: Path) -> Collection:
    """The documents of a folder, or of a `corpus.jsonl`."""
    from policyqa.index.build.building import build_texts
    from policyqa.qa.wiring import collection_texts

    embedder = HashingEmbedder(8)  # vectors that nothing looks at
    if corpus.is_dir():
        build(corpus, folder, embedder)
    else:
        build_texts(collection_texts(corpus, corpus.read_bytes()), folder, embedder)
    return Collection(load(folder, model=embedder.fingerprint))


def main() -> None:
    """Write the lessons of some sets."""
    from policyqa.qa import wiring

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", help="folder, or folder:split")
    parser.add_argument("--readings", type=Path)
    parser.add_argument("--policies", type=Path)
    parser.add_argument("--index", type=Path, help="of the policies: what it ranks first tempts")
    parser.add_argument("--tables", type=Path, help="folder of documents whose tables are asked")
    parser.add_argument("--seeds", type=Path, default=Path("seeds"))
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    with arguments.output.open("w", encoding="utf-8") as out, tempfile.TemporaryDirectory() as work:

        def write(lessons: Iterator[Lesson]) -> None:
            for lesson in lessons:
                out.write(json.dumps(lesson.model_dump(), ensure_ascii=False) + "\n")

        if arguments.readings and arguments.index:
            assistant = wiring.open_assistant(arguments.index)
            write(readings(arguments.readings, Collection(assistant.index), assistant))
        elif arguments.readings:
            write(
                readings(arguments.readings, collected(arguments.policies, Path(work) / "policies"))
            )
        if arguments.tables:
            write(rows_of_tables(collected(arguments.tables, Path(work) / "tables")))
        for name, dataset in map(set_of, arguments.sets):
            write(
                judged(
                    dataset,
                    collected(
                        dataset.corpus or arguments.seeds, Path(work) / name.replace("/", "-")
                    ),
                )
            )


if __name__ == "__main__":
    main()
