"""Who is to answer what the documents are silent on, and by which day."""

import secrets
from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from policyqa.index.types import Value
from policyqa.ui.errors import StoreError
from policyqa.ui.store.audit import Act, note
from policyqa.ui.store.tables import TaskRow
from policyqa.ui.store.transactions import Store, transaction

ID_BYTES = 8
MAX_OPEN = 200  # of the list of gaps, which is bounded, they take their places first
MAX_ASKED = 50
FULL = f"已经安排了 {MAX_OPEN} 个缺口，请先答复或取消一些。"
CHANGED = "在您打开之后别人改过这个缺口的安排，请重新打开这一页，看过再改。"


class Task(Value):
    """A gap that somebody is to see to: `owner` is an account, `due` a day (ISO), either may be "".
    `question` is one wording of it, `asked` are ids of answers that were none, one a wording.
    `time` is UTC in ISO 8601. It gets another id whenever it is changed."""

    id: str = ""
    time: str = ""
    question: str
    asked: tuple[str, ...]
    owner: str = ""
    due: str = ""


class Tasks(Store):
    """The gaps of one service that are given to somebody; the audit line is in the transaction of
    each change."""

    def open(self, answered: Collection[str]) -> list[Task]:
        """Those that are not done, the latest first; no two have a question in common that has no
        answer. `answered` are the answers to whose questions staff have signed one."""
        with transaction(self._engine) as session:
            return _open(_all(session), answered)

    def give(self, task: Task, who: str, *, seen: str, answered: Collection[str]) -> None:
        """Give a gap to somebody, until a day, in place of what was said of its questions; nothing
        is kept of one with neither. `seen` is the id of what `who` saw, "" for nothing.

        Raises:
            StoreError: somebody has changed it since, or there are too many.
        """
        now, asked = self._now(), list(dict.fromkeys(task.asked))[:MAX_ASKED]
        said = {"question": task.question, "owner": task.owner, "due": task.due}
        keeps, wanted = bool(task.owner or task.due), set(asked).difference(answered)
        with transaction(self._engine) as session:
            every = _all(session)
            there = _open(every, answered)
            before = next((each for each in there if wanted & set(each.asked)), None)
            if seen != (before.id if before else ""):
                raise StoreError(CHANGED)
            if keeps and before is None and len(there) >= MAX_OPEN:
                raise StoreError(FULL)
            replaced = [each.id for each in every if wanted & set(each.asked)]
            session.execute(delete(TaskRow).where(TaskRow.id.in_(replaced)))
            if keeps:
                time = now.isoformat(timespec="milliseconds")
                row = TaskRow(id=secrets.token_hex(ID_BYTES), time=time, asked=asked, **said)
                session.add(row)
            was = {"was_owner": before.owner, "was_due": before.due} if before else {}
            act: Act = "gap_given" if keeps else "gap_released"
            note(session, now, who, act, asked[0], **said, **was)


def _all(session: Session) -> list[Task]:
    """All, the latest first."""
    rows = session.scalars(select(TaskRow).order_by(TaskRow.time.desc(), TaskRow.id))
    names = Task.model_fields
    return [Task.model_validate({name: getattr(row, name) for name in names}) for row in rows]


def _open(tasks: Sequence[Task], answered: Collection[str]) -> list[Task]:
    found, taken = [], set[str]()
    for task in tasks:
        left = set(task.asked).difference(answered)
        if left and not left & taken:  # else two were given at the same moment: the later counts
            found.append(task)
            taken |= left
    return found
