"""An assistant that follows its index: a new version is loaded aside, then takes over."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from policyqa.index.errors import IndexDamaged, PolicyQAError
from policyqa.index.store import search_index
from policyqa.index.types import Document
from policyqa.qa.assistant import Assistant
from policyqa.qa.check.permalinks import Effort
from policyqa.qa.check.receipts import Claim, SentenceCheck
from policyqa.qa.corpus import Corpus
from policyqa.qa.explaining import Explanation
from policyqa.qa.types import Answer, Hit, Question

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
        self._whole: frozenset[tuple[str, int, int]] = frozenset()
        self._current = load()
        self._corpus = self._current.corpus
        self._turn = threading.Lock()

    @property
    def corpus(self) -> Corpus:
        """The documents in force, and behind them those of the version before."""
        self._latest()
        return self._corpus

    def ask(self, question: Question) -> Answer:
        """See `Assistant.ask`."""
        return self._latest().ask(question)

    def search(self, question: Question) -> tuple[Hit, ...]:
        """See `Assistant.search`."""
        return self._latest().search(question)

    def explain(self, question: Question, *, expect: str = "") -> Explanation:
        """See `Assistant.explain`."""
        return self._latest().explain(question, expect=expect)

    def verify(
        self, claims: Sequence[Claim], documents: Iterable[Document], effort: Effort | None = None
    ) -> tuple[SentenceCheck, ...]:
        """See `Assistant.verify`."""
        return self._latest().verify(claims, documents, effort)

    def suggestions(self, answer: Answer) -> tuple[str, ...]:
        """See `Assistant.suggestions`."""
        return self._latest().suggestions(answer)

    def groups(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """See `Assistant.groups`."""
        return self._latest().groups(questions)

    def examples(self) -> tuple[str, ...]:
        """See `Assistant.examples`."""
        return self._latest().examples()

    def check(self) -> None:
        """Do nothing where the index folder holds, whole, what is answered from or takes over, and
        the model gives vectors.

        Raises:
            IndexError_: the index is gone, damaged, or could not be taken.
            ModelError: the model gives no numbers.
        """
        version = search_index.version_in_force(self._folder)
        if version == self._refused:
            raise IndexDamaged(f"新的索引 {version} 用不了，仍用原来的回答，请看服务器的日志")
        looks = search_index.looks(self._folder)
        if looks != self._whole:  # hashing takes a while: only when something was touched
            search_index.check(self._folder)
            self._whole = looks
        self._current.embedder.encode_query("人才")

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
            self._corpus = loaded.corpus.after(self._current.corpus)
            self._current, self._version = loaded, version
            logger.info("switched to index %s", loaded.corpus.fingerprint)
        except PolicyQAError as error:
            self._refused = version
            logger.warning("the new index is left aside: %s", error)
        except Exception:  # whatever is wrong with it, the one in force goes on
            self._refused = version
            logger.exception("the new index is left aside")
        finally:
            self._turn.release()
