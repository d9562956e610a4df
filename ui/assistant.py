"""What the pages and the API need of the thing that answers; `qa.assistant.Assistant` is one."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from policyqa.index.types import Document
from policyqa.qa.check.permalinks import Effort
from policyqa.qa.check.receipts import Claim, SentenceCheck
from policyqa.qa.corpus import Corpus
from policyqa.qa.explaining import Explanation
from policyqa.qa.types import Answer, Hit, Question


class Assistant(Protocol):
    """Answers questions from one index; `corpus` are the documents that it answers from.

    `ask` does not raise for a bad question: the answer says `error` or `abstained`. `search` gives
    the passages that an answer would rest on, `explain` tells how an answer came about, and what
    became of words that somebody expects; both raise `QuestionError` for a question without sense.
    `verify` tells whether sentences have their proof in documents. `suggestions` gives questions
    that may be asked after an answer, each of which is answered. `groups` puts questions together
    that ask the same in other words, by their places, the largest group first.
    """

    @property
    def corpus(self) -> Corpus: ...

    def ask(self, question: Question) -> Answer: ...

    def search(self, question: Question) -> tuple[Hit, ...]: ...

    def explain(self, question: Question, *, expect: str = "") -> Explanation: ...

    def verify(
        self, claims: Sequence[Claim], documents: Iterable[Document], effort: Effort | None = None
    ) -> tuple[SentenceCheck, ...]: ...

    def suggestions(self, answer: Answer) -> tuple[str, ...]: ...

    def groups(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]: ...

    def examples(self) -> tuple[str, ...]: ...


def in_force(assistant: Assistant, doc_id: str) -> bool:
    """Whether a document is answered from now; one that has left can still be read for a while."""
    return doc_id in assistant.corpus.by_id
