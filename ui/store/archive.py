"""All that is kept, out of one database and into another: a line of JSON a row. Accounts, who is
logged in, and that something was put in stay where they are."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, inspect, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from policyqa.ui.errors import StoreError
from policyqa.ui.store.audit import COMMAND, Act, note
from policyqa.ui.store.records import answer_row, kept_answer
from policyqa.ui.store.tables import (
    AnswerRow,
    AuditRow,
    ChangeRow,
    DraftRow,
    FeedbackRow,
    GapRow,
    Table,
    TaskRow,
    VerdictRow,
)
from policyqa.ui.store.transactions import transaction
from policyqa.ui.store.types import KeptAnswer

IMPORTED: Act = "imported"
# Answers before what belongs to them.
KINDS: dict[str, type[Table]] = {
    "answer": AnswerRow, "feedback": FeedbackRow, "gap": GapRow, "verdict": VerdictRow,
    "draft": DraftRow, "task": TaskRow, "change": ChangeRow, "audit": AuditRow,
}  # fmt: skip


def exported(engine: Engine) -> Iterator[str]:
    """Every row as a line, in the order of kinds and keys."""
    with transaction(engine) as session:
        for kind, table in KINDS.items():
            for row in session.scalars(select(table).order_by(*inspect(table).primary_key)):
                if isinstance(row, AuditRow) and row.act == IMPORTED:
                    continue  # of this database's own story
                line = {"kind": kind, **_values(row)}
                yield json.dumps(line, ensure_ascii=False, sort_keys=True)


def restored(engine: Engine, lines: Iterable[str]) -> tuple[int, int]:
    """Put exported rows back: how many were new, how many were there already (and stay as they
    are). All of them, or none.

    Raises:
        StoreError: a line is none of an export; it is named.
    """
    new = known = 0
    with transaction(engine) as session:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = _row(json.loads(line))
                if not _is_there(session, row):
                    session.add(row)
                    session.flush()
                    new += 1
                else:
                    known += 1
            except (ValueError, TypeError, KeyError, AttributeError, StatementError) as error:
                raise StoreError(f"第 {number} 行不是 policyqa data export 写出的。") from error
        _count_on(session)
        if new:
            note(session, datetime.now(UTC), COMMAND, IMPORTED, lines=new)
    return new, known


def _is_there(session: Session, row: Table) -> bool:
    """Whether a row is there. The lines of two logs have the same numbers: they are told apart by
    what they say, and one whose number is taken gets another."""
    there = session.get(type(row), inspect(type(row)).primary_key_from_instance(row))
    if not isinstance(row, AuditRow) or there is None:
        return there is not None
    same = (AuditRow.time == row.time, AuditRow.who == row.who, AuditRow.act == row.act)
    if session.scalar(select(AuditRow.id).where(*same, AuditRow.what == row.what).limit(1)):
        return True
    row.id = (session.scalar(select(func.max(AuditRow.id))) or 0) + 1
    return False


def _count_on(session: Session) -> None:
    """Let the log's numbers go on after those that were put in; SQLite does so by itself."""
    if session.get_bind().dialect.name == "postgresql":
        last = select(func.coalesce(func.max(AuditRow.id), 1)).scalar_subquery()
        place = func.pg_get_serial_sequence("audit", "id")
        session.execute(select(func.setval(place, last)))


def _values(row: Table) -> dict[str, Any]:
    if isinstance(row, AnswerRow):
        return kept_answer(row).model_dump(mode="json")
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def _row(said: dict[str, Any]) -> Table:
    table = KINDS[said.pop("kind")]
    if table is AnswerRow:
        return answer_row(KeptAnswer.model_validate(said))
    if set(said) != {column.name for column in table.__table__.columns}:
        raise ValueError("other columns")
    if table is ChangeRow and not str(said["id"]).isalnum():
        raise ValueError("the id of a change is the name of a folder")
    return table(**said)
