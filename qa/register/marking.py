"""What a sentence of a document tells of where no heading says so: learned from documents whose
service cards were written by hand (`eval.train.card_training`)."""

from collections.abc import Mapping, Sequence
from importlib import resources

import numpy as np
from pydantic import Field

from policyqa.index.store.embedding import Embedder
from policyqa.index.store.vectors import Vectors
from policyqa.index.structure.enumerations import numbered
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.types import Document, Passage, Value

FILE = "marks.json"
NOTHING = "无"  # above a sentence that stands under nothing


class Line(Value):
    """A sentence, row or item of a document by its place, and what it stands under: the
    introduction of its list, else its heading."""

    start: int
    text: str
    above: str


class Head(Value):
    """One field: a logistic model over the vectors of a line and of what stands above it, and the
    least probability that counts."""

    bias: float
    weights: tuple[float, ...]
    least: float


class Marks(Value):
    """A model of each field that is learned; `model` is the embedding model that it was taught
    with, `trained_on` says on how many documents and lines."""

    model: str
    heads: Mapping[str, Head]
    trained_on: Mapping[str, int] = Field(default_factory=dict)


def lines(document: Document, passages: Sequence[Passage]) -> list[Line]:
    """The sentences, rows and items of a document, in the text's order."""
    leads = {
        n: document.text[slice(*found.lead)].strip()
        for found in numbered(document, passages)
        if found.lead
        for item in found.items
        for n in range(item.start, item.end)
    }
    return [
        Line(
            start=sentence.start,
            text=document.text[sentence.start : sentence.end],
            above=leads.get(sentence.start, "")
            or passage.section.split(SECTION_SEPARATOR)[-1]
            or NOTHING,
        )
        for passage in passages
        for sentence in passage.sentences
        if sentence.kind in ("text", "row", "note")
    ]


def vectors(found: Sequence[Line], embedder: Embedder) -> Vectors:
    """What the models see of lines, shape (lines, 2 * dimension)."""
    above = list(dict.fromkeys(line.above for line in found))
    texts = embedder.encode_documents([*(line.text for line in found), *above])
    place = {words: len(found) + n for n, words in enumerate(above)}
    own = texts[: len(found)]
    return np.hstack([own, texts[[place[line.above] for line in found]]])


class Marker:
    """Marks the lines of documents.

    Args:
        embedder: that the models were taught with.
        marks: the models.
    """

    def __init__(self, embedder: Embedder, marks: Marks) -> None:
        self._embedder = embedder
        self._marks = marks

    @classmethod
    def load(cls, embedder: Embedder) -> "Marker | None":
        """The models that are shipped; None with another embedding model."""
        text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
        marks = Marks.model_validate_json(text)
        return cls(embedder, marks) if marks.model == embedder.fingerprint else None

    def marked(self, document: Document, passages: Sequence[Passage]) -> dict[int, str]:
        """The field of each line that surely tells of one, by where the line begins; of several
        the surest."""
        found = lines(document, passages)
        if not found:
            return {}
        seen = vectors(found, self._embedder)
        sure: dict[int, tuple[float, str]] = {}
        for field, head in self._marks.heads.items():
            odds = seen @ np.asarray(head.weights) + head.bias
            for line, chance in zip(found, 1 / (1 + np.exp(-odds)), strict=True):
                if chance >= head.least and chance > sure.get(line.start, (0.0, ""))[0]:
                    sure[line.start] = (float(chance), field)
        return {start: field for start, (_, field) in sure.items()}
