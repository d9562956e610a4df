"""What each family of rules is worth: switched off, and everything asked again.

Questions and readers' scores are computed once and remembered, so that only what the rules do is
done anew.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from policyqa.eval.judge.dataset import Dataset
from policyqa.eval.judge.evaluate import question_of
from policyqa.eval.judge.judging import Row, judge
from policyqa.eval.judge.statistics import Interval, difference_interval
from policyqa.index.store.embedding import Embedder
from policyqa.index.store.vectors import Vectors
from policyqa.index.types import Value
from policyqa.qa.assistant import Assistant
from policyqa.qa.retrieve.pages import Page
from policyqa.qa.retrieve.reading import Read, Reader, ReadingStage

GONE = "已去掉"  # of a rule that was weighed and found to change nothing
Progress = Callable[[str, int, int], None]
Score = Callable[[Row], float | None]


class Worth(Value):
    """One rule on one set: the product with the rule less the product without it, with the 95 %
    interval of the paired difference, None where no question has the measure.

    `right` is judged by `right_of`, `first` is success@1; `changed` counts the answers that differ.
    """

    rule: str
    dataset: str
    n: int
    changed: int
    right: float | None
    right_low: float | None = None
    right_high: float | None = None
    first: float | None = None
    first_low: float | None = None
    first_high: float | None = None


class RememberingEmbedder:
    """An embedder that embeds each question once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    @property
    def fingerprint(self) -> str:
        """See `Embedder`."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """See `Embedder`."""
        return self._embedder.dimension

    def encode_query(self, text: str) -> Vectors:
        """See `Embedder`."""
        if text not in self._known:
            self._known[text] = self._embedder.encode_query(text)
        return self._known[text]

    def encode_documents(
        self, texts: Sequence[str], *, on_batch: Callable[[int], None] | None = None
    ) -> Vectors:
        """See `Embedder`."""
        return self._embedder.encode_documents(texts, on_batch=on_batch)


class RememberingReader:
    """A reader that reads each page once for a question."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, Page], Read] = {}

    def read(self, query: str, pages: Sequence[Page]) -> list[Read]:
        """See `Reader`."""
        new = [page for page in dict.fromkeys(pages) if (query, page) not in self._known]
        for page, said in zip(new, self._reader.read(query, new), strict=True):
            self._known[query, page] = said
        return [self._known[query, page] for page in pages]


def remembering(stage: ReadingStage | None) -> ReadingStage | None:
    """A second stage that reads each page once for a question."""
    return stage and replace(stage, reader=RememberingReader(stage.reader))


def right_of(row: Row) -> float | None:
    """How right an answer is, 0 to 1: the facts asked for, where they are given as strings; else
    F1 of what is cited against the evidence. A question that the documents do not answer is right
    where it is kept silent. None where nothing is known of it.
    """
    if row.answerable is False:
        return float(row.status == "abstained")
    if row.answers.accuracy is not None:
        return row.answers.accuracy
    precision, recall = row.answers.citation_precision, row.answers.citation_recall
    if recall is None:
        return None
    shared = (precision or 0.0) + recall
    return 2 * (precision or 0.0) * recall / shared if shared else 0.0


def first_of(row: Row) -> float | None:
    """Success@1."""
    return row.retrieval.success_at_1


def worth(
    assistants: Mapping[str, Assistant],
    dataset: Dataset,
    *,
    progress: Progress | None = None,
) -> Iterator[Worth]:
    """What each rule adds on one set.

    Args:
        assistants: the whole product under "", and by the name of a rule the product without it.
        dataset: at least one question.
        progress: receives a stage's name, rules done and rules in all.
    """
    whole = rows_of(assistants[""], dataset)
    rules = [name for name in assistants if name]
    for number, rule in enumerate(rules, start=1):
        without = rows_of(assistants[rule], dataset)
        yield compared(rule, dataset.name, whole, without)
        if progress:
            progress(dataset.name, number, len(rules))


def rows_of(assistant: Assistant, dataset: Dataset) -> list[Row]:
    """Every question asked and judged, in order."""
    return [
        judge(
            query,
            dataset.qrels.get(query.id, {}),
            assistant.ask(question_of(query, by_document=query.id in dataset.qrels)),
            assistant.corpus.document,
        )
        for query in dataset.queries
    ]


def compared(rule: str, dataset: str, whole: Sequence[Row], without: Sequence[Row]) -> Worth:
    """The difference that a rule makes, question by question."""
    pairs = list(zip(whole, without, strict=True))
    right, right_bounds = _difference(pairs, right_of)
    first, first_bounds = _difference(pairs, first_of)
    return Worth(
        rule=rule,
        dataset=dataset,
        n=len(pairs),
        changed=sum(one.answer != other.answer for one, other in pairs),
        right=right,
        right_low=right_bounds and right_bounds.low,
        right_high=right_bounds and right_bounds.high,
        first=first,
        first_low=first_bounds and first_bounds.low,
        first_high=first_bounds and first_bounds.high,
    )


def _difference(
    pairs: Sequence[tuple[Row, Row]], score: Score
) -> tuple[float | None, Interval | None]:
    scored = [(score(one), score(other)) for one, other in pairs]
    known = [(a, b) for a, b in scored if a is not None and b is not None]
    if not known:
        return None, None
    with_it, without_it = (
        np.array([[value, 1.0] for value in side]) for side in zip(*known, strict=True)
    )
    difference = float(with_it[:, 0].mean() - without_it[:, 0].mean())
    return difference, difference_interval(without_it, with_it)


def read(path: Path) -> list[Worth]:
    """What `policyqa eval rules --json` printed."""
    return [Worth.model_validate(each) for each in json.loads(path.read_text(encoding="utf-8"))]


def table(found: Sequence[Worth], meanings: Mapping[str, str]) -> str:
    """A line a rule and set as Markdown; what changes no answer anywhere is one line.

    Args:
        found: rules in the order in which they are listed.
        meanings: of each rule that there is; others are `GONE`.
    """
    lines = [
        "| 规则 | 作用 | 题集 | n | 变了 | 回答正确 | 排第一 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for rule in dict.fromkeys(each.rule for each in found):
        own = [each for each in found if each.rule == rule]
        moved = [each for each in own if each.changed or each.first]
        if not moved:
            n = sum(each.n for each in own)
            lines.append(f"| {rule} | {meanings.get(rule, GONE)} | 全部 | {n} | 0 | – | – |")
        for each in moved:
            right = _written(each.right, each.right_low, each.right_high)
            first = _written(each.first, each.first_low, each.first_high)
            about = f"| {rule} | {meanings.get(rule, GONE)} | {each.dataset} | {each.n}"
            lines.append(f"{about} | {each.changed} | {right} | {first} |")
    return "\n".join(lines)


def _written(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "–"
    bounds = f" ({low:+.3f}, {high:+.3f})" if low is not None and high is not None else ""
    return f"{value:+.3f}{bounds}"
