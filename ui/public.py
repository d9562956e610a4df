"""The assistant as strangers have it: what the office has withdrawn is gone for them at once, while
the index still holds it, and from the answers that were kept; staff have the assistant itself."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from policyqa.index.types import Document
from policyqa.qa.check.permalinks import Effort
from policyqa.qa.check.receipts import Claim, SentenceCheck
from policyqa.qa.corpus import Corpus
from policyqa.qa.errors import QuestionError
from policyqa.qa.explaining import Explanation
from policyqa.qa.types import Answer, Citation, Hit, PageLink, Question
from policyqa.ui.assistant import Assistant

LEAVING = "所引文件正在撤下，请稍后再问。"


class Cites(Protocol):
    """A citation or a hit: names the document that it is of, and the file of that."""

    @property
    def doc_id(self) -> str: ...

    @property
    def source(self) -> str: ...


class PublicAssistant:
    """See `ui.assistant.Assistant`.

    Args:
        assistant: who answers.
        leaving: the files that are withdrawn and that the index may still hold.
        links: the pages that go on from an answer.
    """

    def __init__(
        self,
        assistant: Assistant,
        leaving: Callable[[], frozenset[str]],
        links: Callable[[Answer], tuple[PageLink, ...]] = lambda answer: (),
    ) -> None:
        self._assistant = assistant
        self._leaving = leaving
        self._links = links

    @property
    def corpus(self) -> Corpus:
        """What is not withdrawn; the version before of a file, where that is still there."""
        return self._assistant.corpus.without(self._leaving())

    def ask(self, question: Question) -> Answer:
        """As the assistant, with the pages that go on from the answer, but for one out of what is
        leaving, which is an error."""
        answer, leaving = self._assistant.ask(question), self._leaving()
        if any(each.source in leaving for each in _quoted(answer)):
            return Answer(
                id=answer.id,
                question=answer.question,
                query=answer.query,
                status="error",
                reason="failed",
                answer=LEAVING,
                corpus=answer.corpus,
            )
        answer = answer.model_copy(update={"links": self._links(answer)})
        if not leaving:
            return answer
        hits, left_out = answer.hits, answer.left_out
        stay = tuple(hit for hit in left_out.hits if hit.source not in leaving)
        return answer.model_copy(
            update={
                "hits": tuple(hit for hit in hits if hit.source not in leaving),
                "left_out": left_out.model_copy(update={"hits": stay}),
            }
        )

    def search(self, question: Question) -> tuple[Hit, ...]:
        """As the assistant, without what is leaving."""
        hits, leaving = self._assistant.search(question), self._leaving()
        return tuple(hit for hit in hits if hit.source not in leaving)

    def explain(self, question: Question, *, expect: str = "") -> Explanation:
        """As the assistant; not while something is leaving."""
        if self._leaving():
            raise QuestionError(LEAVING)
        return self._assistant.explain(question, expect=expect)

    def verify(
        self, claims: Sequence[Claim], documents: Iterable[Document], effort: Effort | None = None
    ) -> tuple[SentenceCheck, ...]:
        """As the assistant, of those of the documents that are not leaving."""
        leaving = self._leaving()
        stay = [document for document in documents if document.source not in leaving]
        return self._assistant.verify(claims, stay, effort)

    def suggestions(self, answer: Answer) -> tuple[str, ...]:
        """See `Assistant.suggestions`."""
        return self._assistant.suggestions(answer)

    def groups(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """See `Assistant.groups`."""
        return self._assistant.groups(questions)

    def examples(self) -> tuple[str, ...]:
        """See `Assistant.examples`."""
        return self._assistant.examples()


def _quoted(answer: Answer) -> tuple[Citation, ...]:
    """All that an answer or a silence quotes."""
    contact = answer.contact.citation if answer.contact else None
    return (*answer.citations, *answer.nearest, *((contact,) if contact else ()))


def is_there(assistant: Assistant, cited: Cites) -> bool:
    """Whether a document that is cited, or another version of its file, is among the documents."""
    corpus = assistant.corpus
    return cited.doc_id in corpus.by_id or any(
        document.source == cited.source for document in corpus.documents()
    )


def may_be_shown(assistant: Assistant, answer: Answer) -> bool:
    """Whether nothing that an answer quotes is withdrawn: its sentences are the documents' own."""
    return all(is_there(assistant, citation) for citation in answer.citations)
