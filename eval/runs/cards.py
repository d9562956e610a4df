"""What is read out of documents into the register, against cards written by hand: of each field how
much of what is proposed is on the card, and how much of the card is proposed."""

from collections.abc import Iterator, Mapping, Sequence

from policyqa.eval.runs.readings import Figure, figures_table, mean
from policyqa.eval.sets.cards import Label, is_same, spans
from policyqa.index.conditions.types import leaves
from policyqa.index.types import Document, Span, Value
from policyqa.qa.corpus import Corpus
from policyqa.qa.errors import DatasetError
from policyqa.qa.register.marking import Marker
from policyqa.qa.register.proposing import proposed
from policyqa.qa.register.types import FIELDS, Condition, Programme

MEASURED = ("conditions", "benefits", "materials", "steps", "time_limit", "place")
CONDITIONAL = ("for_whom", "exclusions")  # a card has them among its conditions


class Compared(Value):
    """One document: of each field whether each of what is proposed is on the card (`right`), and
    each of what is on the card is proposed (`found`)."""

    source: str
    right: Mapping[str, tuple[bool, ...]]
    found: Mapping[str, tuple[bool, ...]]


def compared(
    corpus: Corpus, cards: Mapping[str, Sequence[Label]], marker: Marker | None
) -> Iterator[Compared]:
    """Each document of a set.

    Raises:
        DatasetError: the index lacks one.
    """
    by_source = {document.source: document for document in corpus.documents()}
    for source, labels in cards.items():
        document = by_source.get(source)
        if document is None:
            raise DatasetError(f"索引里没有 {source}，请用存放这些文件的索引")
        passages = corpus.passages(document.doc_id)
        marks = marker.marked(document, passages) if marker else {}
        found = proposed(document, passages, corpus.rules(document.doc_id), marks)
        yield of_document(document, labels, found)


def of_document(
    document: Document, labels: Sequence[Label], found: Sequence[Programme]
) -> Compared:
    """One document with its card and what is proposed."""
    card, read = spans(labels, document.text), _read(found)
    return Compared(
        source=document.source,
        right={
            field: tuple(any(is_same(s, c) for c in card.get(field, ())) for s in read[field])
            for field in MEASURED
        },
        found={
            field: tuple(any(is_same(c, s) for s in read[field]) for c in card.get(field, ()))
            for field in MEASURED
        },
    )


def _read(found: Sequence[Programme]) -> Mapping[str, Sequence[Span]]:
    """Where what is proposed stands, by field; of a condition each single one."""
    read: dict[str, dict[Span, None]] = {field: {} for field in MEASURED}
    for programme in found:
        for field, _, cell in programme.cells():
            start, end = cell.quote.place.start, cell.quote.place.end
            name = "conditions" if field in CONDITIONAL else field
            if isinstance(cell, Condition):
                own = [(start + leaf.start, start + leaf.end) for leaf in leaves(cell.tree)]
                read[name].update(dict.fromkeys(own))
            elif name in read:
                read[name][start, end] = None
    return {field: list(own) for field, own in read.items()}


def figures(rows: Sequence[Compared]) -> Mapping[str, Mapping[str, Figure]]:
    """Precision and recall of each field, over all that is proposed and all that is written."""
    return {
        name: {
            field: mean([one for row in rows for one in getattr(row, kind)[field]])
            for field in MEASURED
        }
        for name, kind in (("精确率", "right"), ("召回率", "found"))
    }


def table(found: Mapping[str, Mapping[str, Figure]]) -> str:
    """The figures as a table."""
    return figures_table(found, {field: FIELDS[field] for field in MEASURED})
