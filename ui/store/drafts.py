"""Questions on which the documents are silent, and what staff write in answer to them."""

import hashlib
import json
import secrets
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from policyqa.index.types import Value
from policyqa.qa.wording import NOTES, SMALL_TALK
from policyqa.ui.errors import StoreError
from policyqa.ui.store.audit import note
from policyqa.ui.store.tables import AnswerRow, DraftRow, GapRow
from policyqa.ui.store.transactions import Store, transaction

ID_BYTES = 8
FINGERPRINT_CHARS = 16
MAX_TEXT_CHARS = 4000
MAX_QUESTIONS = 20_000
SIGNED = "这份答复已经签发。"
GONE = "没有这份草稿，可能已被删去。"
CHANGED = "{author} 在您打开之后改过这份草稿，写的是：“{text}”。再保存一次，就用您写的替换它。"
UNSEEN = "这份草稿在您打开之后有改动，请重新看一遍再签发。"
SHOWN_CHARS = 300
SILENT = ("no_evidence", "out_of_scope")


class Unanswered(NamedTuple):
    """A question that was not answered; `reported`: its reader asked for documents on it."""

    id: str
    time: str
    question: str
    reported: bool


class Draft(Value):
    """An answer by staff. `basis` are permalinks, `asked` ids of the answers that were none,
    `expires` a day (ISO); `signed` and `signer` are "" while it is a draft, `source` the file that
    it became. Times are UTC in ISO 8601."""

    id: str
    time: str
    author: str
    question: str
    text: str
    basis: tuple[str, ...]
    asked: tuple[str, ...]
    expires: str
    signed: str = ""
    signer: str = ""
    source: str = ""

    @property
    def fingerprint(self) -> str:
        """Tells what was shown from what has been written since."""
        said = [self.question, self.text, self.basis, self.asked, self.expires]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:FINGERPRINT_CHARS]


class Drafts(Store):
    """The answers by staff of one service; the audit line of each method is in its transaction."""

    def unanswered(self, used: Collection[str]) -> list[Unanswered]:
        """The questions that the documents did not answer, or on which a reader asked for
        documents, the newest first; small talk is none, nor those to which staff have signed an
        answer that readers get (`used`, by its file)."""
        reported = exists().where(GapRow.answer_id == AnswerRow.id)
        said = AnswerRow.answer["answer"].as_string()
        silent = (AnswerRow.status == "abstained") & AnswerRow.reason.in_(SILENT)
        silent &= said.not_in([NOTES[kind] for kind in SMALL_TALK])
        return self._unanswered(_questions().where(or_(silent, reported)), used)

    def those(self, answer_ids: Sequence[str], used: Collection[str]) -> list[Unanswered]:
        """As `unanswered`, of some answers whatever they were."""
        return self._unanswered(_questions().where(AnswerRow.id.in_(answer_ids)), used)

    def answered(self, used: Collection[str]) -> set[str]:
        """The answers to whose questions staff have signed one that readers get."""
        signed = select(DraftRow.asked).where(DraftRow.signed != "", DraftRow.source.in_(used))
        with transaction(self._engine) as session:
            return {answer_id for asked in session.scalars(signed) for answer_id in asked}

    def _unanswered(
        self, wanted: Select[str, str, str, bool], used: Collection[str]
    ) -> list[Unanswered]:
        newest = wanted.order_by(AnswerRow.time.desc(), AnswerRow.id).limit(MAX_QUESTIONS)
        answered = self.answered(used)
        with transaction(self._engine) as session:
            rows = session.execute(newest).all()
        return [Unanswered(*row) for row in rows if row[0] not in answered]

    def save(self, draft: Draft, *, seen: str | None = None) -> str:
        """Keep a draft, in place of an earlier one where it has its id; its id. What is saved twice
        at once is one draft. `seen` is the fingerprint of what its writer saw of the earlier one,
        None does not ask.

        Raises:
            StoreError: that one has been signed, or somebody has changed it since it was seen.
        """
        time = self._now().isoformat(timespec="milliseconds")
        with transaction(self._engine) as session:
            row = _earlier(session, draft)
            if row is not None and row.signed:
                raise StoreError(SIGNED)
            if row is not None and draft.fingerprint == _draft(row).fingerprint and not draft.id:
                return row.id
            if row is not None and seen not in (None, _draft(row).fingerprint):
                raise StoreError(CHANGED.format(author=row.author, text=row.text[:SHOWN_CHARS]))
            if row is None:
                row = DraftRow(id=secrets.token_hex(ID_BYTES), signed="", signer="", source="")
                session.add(row)
            said = {name: getattr(draft, name) for name in ("question", "text", "expires")}
            lists = {name: list(getattr(draft, name)) for name in ("basis", "asked")}
            for name, value in {"time": time, "author": draft.author, **said, **lists}.items():
                setattr(row, name, value)
            note(session, self._now(), draft.author, "answer_drafted", row.id, **said, **lists)
            return row.id

    def sign(
        self, session: Session, draft_id: str, signer: str, source: str, seen: str | None = None
    ) -> None:
        """Sign a draft in the transaction that makes it a document. `seen` is the fingerprint of
        what its signer saw; None does not ask.

        Raises:
            StoreError: it has been signed, is not there, or somebody has changed it since.
        """
        row = session.get(DraftRow, draft_id, with_for_update=True)
        if row is None or row.signed:
            raise StoreError(SIGNED if row else GONE)
        if seen not in (None, _draft(row).fingerprint):
            raise StoreError(UNSEEN)
        row.signed = self._now().isoformat(timespec="milliseconds")
        row.signer, row.source = signer, source

    def discard(self, draft_id: str, who: str) -> None:
        """Delete a draft; its words stay in the log.

        Raises:
            StoreError: it has been signed, or is not there.
        """
        with transaction(self._engine) as session:
            row = session.get(DraftRow, draft_id, with_for_update=True)
            if row is None or row.signed:
                raise StoreError(SIGNED if row else GONE)
            said = {"question": row.question, "text": row.text}
            note(session, self._now(), who, "answer_discarded", draft_id, **said)
            session.delete(row)

    def get(self, draft_id: str) -> Draft | None:
        """One of them."""
        with transaction(self._engine) as session:
            row = session.get(DraftRow, draft_id)
            return _draft(row) if row else None

    def all(self) -> list[Draft]:
        """All, newest first."""
        wanted = select(DraftRow).order_by(DraftRow.time.desc(), DraftRow.id)
        with transaction(self._engine) as session:
            return [_draft(row) for row in session.scalars(wanted)]


def _earlier(session: Session, draft: Draft) -> DraftRow | None:
    """The draft that one replaces, or that somebody begins at the same moment to one of the same
    questions; its rows are held until the transaction ends."""
    if draft.id:
        return session.get(DraftRow, draft.id, with_for_update=True)
    held = select(AnswerRow.id).where(AnswerRow.id.in_(draft.asked)).order_by(AnswerRow.id)
    session.execute(held.with_for_update()).all()
    unsigned = session.scalars(select(DraftRow).where(DraftRow.signed == ""))
    return next((row for row in unsigned if set(row.asked) & set(draft.asked)), None)


def _questions() -> Select[str, str, str, bool]:
    reported = exists().where(GapRow.answer_id == AnswerRow.id)
    return select(AnswerRow.id, AnswerRow.time, AnswerRow.question, reported)


def _draft(row: DraftRow) -> Draft:
    return Draft.model_validate({name: getattr(row, name) for name in Draft.model_fields})
