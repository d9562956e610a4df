"""The office as tests need it: people with quick hashes and short sessions, one of each role, and a
source folder with an index that is quick to make."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from policyqa.eval.report.kept import KeptRuns
from policyqa.index.build.library import Library
from policyqa.index.read.extract import Limits
from policyqa.index.store import search_index
from policyqa.index.store.embedding import HashingEmbedder
from policyqa.qa.assistant import Assistant as RealAssistant
from policyqa.qa.live import LiveAssistant
from policyqa.qa.retrieve.retrieval import WEIGHTS
from policyqa.qa.settings import AnswerSettings, StaffSettings
from policyqa.ui.assistant import Assistant
from policyqa.ui.server import Service
from policyqa.ui.staff.librarian import Librarian
from policyqa.ui.staff.sessions import Sessions
from policyqa.ui.store.accounts import ROLES, Accounts
from policyqa.ui.store.changes import Changes
from policyqa.ui.store.drafts import Draft
from policyqa.ui.store.records import Records
from policyqa.ui.store.tables import Table
from tests.ui_fake import FakeAssistant

EMBEDDER = HashingEmbedder(64)
LIMITS = Limits(max_bytes=2**20, recognise_scans=False)

PASSWORD = "长一点的密码才好呢。"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SETTINGS = StaffSettings(session_hours=2, lock_after=3, lock_minutes=10)


def sessions_of(
    engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Sessions:
    """Sessions over accounts that are named as their roles, all with one password."""
    accounts = Accounts(engine, SETTINGS, now=now, hasher=QUICK)
    for role in ROLES:
        accounts.add(f"{role}1", role, PASSWORD)
    return Sessions(accounts, b"k" * 32, SETTINGS.session_hours)


def empty(engine: Engine) -> None:
    """Take all rows out of a database, which is far quicker than to make another."""
    with Session(engine) as session, session.begin():
        for table in reversed(Table.metadata.sorted_tables):
            session.execute(delete(table))


def draft_by(author: str, asked: tuple[str, ...] = ()) -> Draft:
    """An answer that somebody has begun to write."""
    return Draft(
        id="", time="", author=author, question="停车吗", text="免费。", basis=("x",),
        asked=asked, expires="2030-01-01",
    )  # fmt: skip


def librarian_of(engine: Engine, source: Path) -> Librarian:
    """Who keeps a folder; its index lies beside it, and nobody answers from it."""
    index = source.with_name("index")
    library = Library(source, index, EMBEDDER, LIMITS)
    corpus = lambda: search_index.read_manifest(index).fingerprint  # noqa: E731
    return Librarian(library, Changes(engine), source.with_name("uploads"), corpus)


def service_of(
    engine: Engine,
    source: Path,
    assistant: Assistant | None = None,
    *,
    sessions: Sessions | None = None,
) -> Service:
    """All that the application serves from."""
    return Service(
        assistant or FakeAssistant(),
        Records(engine),
        sessions or sessions_of(engine),
        librarian_of(engine, source),
        KeptRuns(source.with_name("runs")),
    )


class WithExamples(LiveAssistant):
    """Has a question to start with even where the documents are too few for one."""

    def examples(self) -> tuple[str, ...]:
        return ("博士每人补助多少？",)


def office(engine: Engine, source: Path) -> tuple[LiveAssistant, Librarian]:
    """Who answers from a folder, by any evidence at all, and who keeps it."""
    librarian = librarian_of(engine, source)
    librarian.library.update()
    folder = source.with_name("index")

    def load() -> RealAssistant:
        stored = search_index.load(folder, model=EMBEDDER.fingerprint)
        return RealAssistant(stored, EMBEDDER, WEIGHTS, AnswerSettings(threshold=0))

    assistant = WithExamples(folder, load)
    changes, staging = librarian.changes, source.with_name("uploads")
    return assistant, Librarian(
        librarian.library, changes, staging, lambda: assistant.corpus.fingerprint
    )
