"""An assistant that follows its index: a new version is loaded aside, then takes over."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from policyqa.index.errors import PolicyQAError, SourceError
from policyqa.index.store import search_index
from policyqa.index.types import Document, FileReport, Passage
from policyqa.qa.assistant import Assistant
from policyqa.qa.types import Answer, OutlineEntry, Question

logger = logging.getLogger(__name__)


class LiveAssistant:
    """Answers from the version in force when it was last looked; see `qa.assistant.Assistant`.

    Each call looks whether the index folder points to another version. That one is loaded in a
    thread while the old one goes on answering; one that cannot be loaded is left, and said in the
    log. Documents of the version before stay readable, for answers that were given from it.
    """

    def __init__(self, folder: Path, load: Callable[[], Assistant]) -> None:
        self._folder = folder
        self._load = load
        self._version = search_index.version_in_force(folder)
        self._refused = ""
        self._current = load()
        self._before: Assistant | None = None
        self._turn = threading.Lock()

    @property
    def corpus(self) -> str:
        """Fingerprint of the index that answers now."""
        return self._latest().corpus

    def ask(self, question: Question) -> Answer:
        """See `Assistant.ask`."""
        return self._latest().ask(question)

    def suggestions(self, answer: Answer) -> tuple[str, ...]:
        """See `Assistant.suggestions`."""
        return self._latest().suggestions(answer)

    def documents(self) -> tuple[Document, ...]:
        """See `Assistant.documents`."""
        return self._latest().documents()

    def document(self, doc_id: str) -> Document:
        """See `Assistant.document`; also of the version before."""
        current, before = self._latest(), self._before
        try:
            return current.document(doc_id)
        except SourceError:
            if before is None:
                raise
            return before.document(doc_id)

    def outline(self, doc_id: str) -> tuple[OutlineEntry, ...]:
        """See `Assistant.outline`; also of the version before."""
        current, before = self._latest(), self._before
        try:
            return current.outline(doc_id)
        except SourceError:
            if before is None:
                raise
            return before.outline(doc_id)

    def passages(self, doc_id: str) -> tuple[Passage, ...]:
        """See `Assistant.passages`; also of the version before."""
        current, before = self._latest(), self._before
        try:
            return current.passages(doc_id)
        except SourceError:
            if before is None:
                raise
            return before.passages(doc_id)

    def files(self) -> tuple[FileReport, ...]:
        """See `Assistant.files`."""
        return self._latest().files()

    def groups(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """See `Assistant.groups`."""
        return self._latest().groups(questions)

    def examples(self) -> tuple[str, ...]:
        """See `Assistant.examples`."""
        return self._latest().examples()

    def _latest(self) -> Assistant:
        """The assistant in force; starts loading the next one if there is one."""
        try:
            version = search_index.version_in_force(self._folder)
        except PolicyQAError:
            return self._current
        new = version not in (self._version, self._refused)
        if new and self._turn.acquire(blocking=False):
            threading.Thread(target=self._switch, args=(version,), daemon=True).start()
        return self._current

    def _switch(self, version: str) -> None:
        try:
            loaded = self._load()
            self._before, self._current, self._version = self._current, loaded, version
            logger.info("switched to index %s", loaded.corpus)
        except PolicyQAError as error:
            self._refused = version
            logger.warning("the new index is left aside: %s", error)
        except Exception:  # whatever is wrong with it, the one in force goes on
            self._refused = version
            logger.exception("the new index is left aside")
        finally:
            self._turn.release()
