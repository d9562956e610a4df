"""What staff do with the documents: kept with its line of the log before any of it is done, so that
what a killed process left is taken up again."""

import secrets
from collections.abc import Callable, Mapping
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from policyqa.index.types import Value
from policyqa.ui.store.audit import note
from policyqa.ui.store.tables import ChangeRow, DraftRow
from policyqa.ui.store.transactions import Store, transaction

ChangeAct = Literal[
    "document_added", "document_withdrawn", "document_restored", "metadata_corrected",
    "answer_signed",
]  # fmt: skip
State = Literal["waiting", "done", "failed"]
ID_BYTES = 12


class Change(Value):
    """One thing to do with one file. Times are UTC in ISO 8601; `reason` says why it failed."""

    id: str
    time: str
    who: str
    act: ChangeAct
    source: str
    details: dict[str, object]
    state: State
    reason: str
    finished: str


class Changes(Store):
    """The changes of one service; the audit line of each method is in its transaction."""

    def begin(
        self,
        act: ChangeAct,
        who: str,
        source: str,
        *,
        change_id: str = "",
        also: Callable[[Session], None] | None = None,
        **details: object,
    ) -> str:
        """Keep what is to be done; its id. `also` writes more in the same transaction."""
        row = ChangeRow(
            id=change_id or new_id(),
            time=self._now().isoformat(timespec="milliseconds"),
            who=who,
            act=act,
            source=source,
            details=details,
            state="waiting",
            reason="",
            finished="",
        )
        with transaction(self._engine) as session:
            session.add(row)
            note(session, self._now(), who, act, source, change=row.id, **details)
            if also:
                also(session)
            return row.id

    def refuse(self, who: str, source: str, reason: str) -> None:
        """Keep that a file was sent and not taken."""
        now, change_id = self._now(), new_id()
        moment = now.isoformat(timespec="milliseconds")
        row = ChangeRow(
            id=change_id,
            time=moment,
            who=who,
            act="document_added",
            source=source,
            details={},
            state="failed",
            reason=reason,
            finished=moment,
        )
        with transaction(self._engine) as session:
            session.add(row)
            note(session, now, who, "document_added", source, change=change_id)
            note(session, now, who, "change_failed", source, change=change_id, reason=reason)

    def done(self, change_id: str) -> None:
        """It has been done, and the index has it."""
        self._end(change_id, "done", "")

    def failed(self, change_id: str, reason: str) -> None:
        """It could not be done."""
        self._end(change_id, "failed", reason)

    def _end(self, change_id: str, state: State, reason: str) -> None:
        with transaction(self._engine) as session:
            row = session.get(ChangeRow, change_id)
            if row is None or row.state != "waiting":
                return
            row.state, row.reason = state, reason
            row.finished = self._now().isoformat(timespec="milliseconds")
            act: Literal["change_done", "change_failed"] = (
                "change_done" if state == "done" else "change_failed"
            )
            details: Mapping[str, object] = {"reason": reason} if reason else {}
            note(session, self._now(), row.who, act, row.source, change=change_id, **details)
            if row.act == "answer_signed" and state == "failed":  # it is a draft again
                undone = {"signed": "", "signer": "", "source": ""}
                where = DraftRow.source == row.source
                session.execute(update(DraftRow).where(where).values(**undone))

    def waiting(self) -> list[Change]:
        """What is left to do, the earliest first."""
        wanted = select(ChangeRow).where(ChangeRow.state == "waiting")
        return self._all(wanted.order_by(ChangeRow.time, ChangeRow.id))

    def withdrawn(self) -> list[Change]:
        """What was or is to be withdrawn, the earliest first."""
        wanted = select(ChangeRow).where(
            ChangeRow.act == "document_withdrawn", ChangeRow.state != "failed"
        )
        return self._all(wanted.order_by(ChangeRow.time, ChangeRow.id))

    def latest(self, *, count: int) -> list[Change]:
        """The newest, newest first."""
        order = (ChangeRow.time.desc(), ChangeRow.id)
        return self._all(select(ChangeRow).order_by(*order).limit(count))

    def _all(self, wanted: object) -> list[Change]:
        with transaction(self._engine) as session:
            return [
                Change.model_validate({name: getattr(row, name) for name in Change.model_fields})
                for row in session.scalars(wanted)  # type: ignore[call-overload]
            ]


def new_id() -> str:
    """A new id of a change."""
    return secrets.token_hex(ID_BYTES)
