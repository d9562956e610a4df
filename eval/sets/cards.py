"""What a service card would say of a document, by its words, written by hand.

A file has a line a label: `source` (the file that it is of), `field` (as `qa.register.types.FIELDS`
names it), `quote` (words of the document).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from policyqa.index.types import Span, Value
from policyqa.qa.errors import DatasetError

FOLDER = Path("eval/datasets/cards")
SHARE = 0.5  # of the shorter of two spans that stands in the other: they are of the same words


class Label(Value):
    """One thing that a card says, as above."""

    source: str
    field: str
    quote: str


def load(path: Path) -> Mapping[str, tuple[Label, ...]]:
    """The labels of a file, by the document.

    Raises:
        DatasetError: there is no such file, or a line is no label.
    """
    found: dict[str, list[Label]] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise DatasetError(f"读不了 {path}：{error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        try:
            label = Label.model_validate_json(line)
        except ValidationError as error:
            raise DatasetError(f"{path.name}:{number}：不是一条标注") from error
        found.setdefault(label.source, []).append(label)
    return {source: tuple(labels) for source, labels in found.items()}


def spans(labels: Iterable[Label], text: str) -> Mapping[str, tuple[Span, ...]]:
    """Where the words of each field stand in their document, each once; those that do not stand in
    it are left out."""
    found: dict[str, dict[Span, None]] = {}
    for label in labels:
        at = text.find(label.quote)
        if at >= 0:
            found.setdefault(label.field, {})[at, at + len(label.quote)] = None
    return {field: tuple(own) for field, own in found.items()}


def is_same(one: Span, other: Span) -> bool:
    """Whether two spans are of the same words: half of the shorter one stands in the other."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    shorter = min(one[1] - one[0], other[1] - other[0])
    return shared > 0 and shared >= SHARE * shorter
