"""Passages that staff look for and pick: in a form each is `doc_id:start:end`."""

from typing import Protocol

from policyqa.index.errors import PolicyQAError, SourceError
from policyqa.index.types import Document, Span
from policyqa.qa.types import Hit, Question
from policyqa.ui.assistant import Assistant

FOUND = 6
MAX_SEARCH_CHARS = 200


class Placed(Protocol):
    """A span of a document."""

    @property
    def doc_id(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def place_of(passage: Placed) -> str:
    """How a form names a passage."""
    return f"{passage.doc_id}:{passage.start}:{passage.end}"


def searched(assistant: Assistant, words: str) -> list[Hit]:
    """The passages nearest to some words; none where there are no words."""
    if not words.strip():
        return []
    try:
        return list(assistant.ask(Question(question=words, k=FOUND)).hits)
    except PolicyQAError:
        return []


def picked(place: str, assistant: Assistant) -> tuple[Document, Span] | None:
    """The passage that a form names; None where it names none that is there."""
    doc_id, _, span = place.partition(":")
    first, _, last = span.partition(":")
    if not (first.isdecimal() and last.isdecimal()):
        return None
    try:
        document = assistant.corpus.document(doc_id)
    except SourceError:
        return None
    start, end = int(first), int(last)
    return (document, (start, end)) if document.text[start:end] else None
