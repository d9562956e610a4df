"""What the pages and the API need of the thing that answers; `qa.assistant.Assistant` is one."""

from collections.abc import Sequence
from typing import Protocol

from policyqa.index.types import Document, FileReport, Passage
from policyqa.qa.types import Answer, OutlineEntry, Question


class Assistant(Protocol):
    """Answers questions from one index and gives the documents it answers from.

    `ask` does not raise for a bad question: the answer says `error` or `abstained`.
    `document`, `passages` and `outline` raise `index.errors.SourceError` for a `doc_id` that is not
    in the index.
    `suggestions` gives questions that may be asked after an answer, each of which is answered.
    `files` says what became of each file of the source folder. `groups` puts questions together
    that ask the same in other words, by their places, the largest group first.
    `corpus` is the fingerprint of the index.
    """

    @property
    def corpus(self) -> str: ...

    def ask(self, question: Question) -> Answer: ...

    def suggestions(self, answer: Answer) -> tuple[str, ...]: ...

    def documents(self) -> tuple[Document, ...]: ...

    def document(self, doc_id: str) -> Document: ...

    def passages(self, doc_id: str) -> tuple[Passage, ...]: ...

    def files(self) -> tuple[FileReport, ...]: ...

    def groups(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]: ...

    def outline(self, doc_id: str) -> tuple[OutlineEntry, ...]: ...

    def examples(self) -> tuple[str, ...]: ...


def in_force(assistant: Assistant, doc_id: str) -> bool:
    """Whether a document is answered from now; one that has left can still be read for a while."""
    return any(document.doc_id == doc_id for document in assistant.documents())
