"""Questions on which the documents are silent, and what staff write in answer to them."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from index.errors import StoreError
from index.types import Value
from ui.store.audit import note
from ui.store.tables import AnswerRow, DraftRow, GapRow
from ui.store.transactions import Store, transaction

ID_BYTES = 8
MAX_TEXT_CHARS = 4000
SIGNED = "这份答复已经签发。"


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


class Drafts(Store):
    """The answers by staff of one service; the audit line of each method is in its transaction."""

    def unanswered(self, *, count: int) -> list[Unanswered]:
        """The newest questions that the documents did not answer, or on which a reader asked for
        documents, and to which staff have signed no answer."""
        reported = exists().where(GapRow.answer_id == AnswerRow.id)
        silent = (AnswerRow.status == "abstained") & (AnswerRow.reason == "no_evidence")
        wanted = select(AnswerRow.id, AnswerRow.time, AnswerRow.question, reported)
        wanted = wanted.where(or_(silent, reported)).order_by(AnswerRow.time.desc(), AnswerRow.id)
        with transaction(self._engine) as session:
            signed = session.scalars(select(DraftRow.asked).where(DraftRow.signed != ""))
            answered = {answer_id for asked in signed for answer_id in asked}
            rows = session.execute(wanted.limit(count + len(answered))).all()
        return [Unanswered(*row) for row in rows if row[0] not in answered][:count]

    def save(
        self,
        author: str,
        question: str,
        text: str,
        *,
        basis: Sequence[str],
        asked: Sequence[str],
        expires: str,
        draft_id: str = "",
    ) -> str:
        """Keep a draft, in place of an earlier one where its id is given; its id.

        Raises:
            StoreError: that one has been signed.
        """
        time = self._now().isoformat(timespec="milliseconds")
        with transaction(self._engine) as session:
            row = session.get(DraftRow, draft_id) if draft_id else None
            if row is not None and row.signed:
                raise StoreError(SIGNED)
            if row is None:
                row = DraftRow(id=secrets.token_hex(ID_BYTES), signed="", signer="", source="")
                session.add(row)
            row.time, row.author, row.question, row.text = time, author, question, text
            row.basis, row.asked, row.expires = list(basis), list(asked), expires
            note(session, self._now(), author, "answer_drafted", row.id, question=question)
            return row.id

    def sign(self, session: Session, draft_id: str, signer: str, source: str) -> None:
        """Sign a draft in the transaction that makes it a document.

        Raises:
            StoreError: it has been signed, or is not there.
        """
        row = session.get(DraftRow, draft_id, with_for_update=True)
        if row is None or row.signed:
            raise StoreError(SIGNED)
        row.signed = self._now().isoformat(timespec="milliseconds")
        row.signer, row.source = signer, source

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


def _draft(row: DraftRow) -> Draft:
    return Draft.model_validate({name: getattr(row, name) for name in Draft.model_fields})
