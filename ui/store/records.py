"""What is written and read: answers, what readers think of them, and gaps."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, func, select

from policyqa.qa.types import MAX_QUESTION_CHARS, MAX_TYPED_CHARS, Answer, Note
from policyqa.ui.masking import masked
from policyqa.ui.store.audit import COMMAND, READER, Act, note
from policyqa.ui.store.tables import AnswerRow, FeedbackRow, GapRow, Table
from policyqa.ui.store.transactions import Store, transaction
from policyqa.ui.store.types import Feedback, Gap, KeptAnswer

SHARE_BYTES = 16
KINDS: dict[str, type[Table]] = {"answer": AnswerRow, "feedback": FeedbackRow, "gap": GapRow}


class Records(Store):
    """The answers of one service, and what their readers say of them."""

    def keep(self, answer: Answer) -> None:
        """Keep an answer, once, with personal numbers masked."""
        kept = without_person(answer)
        with transaction(self._engine) as session:
            if session.get(AnswerRow, kept.id) is None:
                session.add(answer_row(KeptAnswer(id=kept.id, time=self._time(), answer=kept)))

    def answer(self, answer_id: str) -> KeptAnswer | None:
        """An answer by its id."""
        with transaction(self._engine) as session:
            row = session.get(AnswerRow, answer_id)
            return kept_answer(row) if row else None

    def latest(self, *, count: int) -> list[KeptAnswer]:
        """The newest answers, newest first."""
        newest = select(AnswerRow).order_by(AnswerRow.time.desc(), AnswerRow.id).limit(count)
        with transaction(self._engine) as session:
            return [kept_answer(row) for row in session.scalars(newest)]

    def judge(self, feedback: Feedback) -> None:
        """Keep what a reader thinks of an answer in place of what was thought before; of an
        answer that is not kept nothing is."""
        said = feedback.model_copy(update={"comment": _plain(feedback.comment)})
        row = FeedbackRow(**said.model_dump(exclude={"reasons"}), reasons=list(said.reasons))
        self._put(row, "judged", verdict=said.verdict)

    def report(self, gap: Gap) -> None:
        """Keep that the documents should answer this."""
        said = gap.model_copy(update={"comment": _plain(gap.comment)})
        self._put(GapRow(**said.model_dump()), "reported")

    def _put(self, row: FeedbackRow | GapRow, act: Act, **details: object) -> None:
        with transaction(self._engine) as session:
            if session.get(AnswerRow, row.answer_id) is not None:
                session.merge(row)
                note(session, self._now(), READER, act, row.answer_id, **details)

    def share(self, answer_id: str) -> str:
        """The secret part of an answer's public address, made where there is none; "" for an
        answer that is not kept."""
        with transaction(self._engine) as session:
            row = session.get(AnswerRow, answer_id)
            if row is None:
                return ""
            if not row.share:
                row.share = secrets.token_urlsafe(SHARE_BYTES)
                note(session, self._now(), READER, "shared", answer_id)
            return row.share

    def unshare(self, answer_id: str) -> None:
        """Take an answer's public address away."""
        with transaction(self._engine) as session:
            row = session.get(AnswerRow, answer_id)
            if row is not None and row.share:
                row.share = None
                note(session, self._now(), READER, "unshared", answer_id)

    def shared(self, share: str) -> KeptAnswer | None:
        """The answer behind a public address."""
        with transaction(self._engine) as session:
            row = session.scalar(select(AnswerRow).where(AnswerRow.share == share))
            return kept_answer(row) if row and share else None

    def feedback(self, answer_id: str) -> Feedback | None:
        """What a reader thinks of an answer."""
        with transaction(self._engine) as session:
            row = session.get(FeedbackRow, answer_id)
            return Feedback.model_validate(_values(row)) if row else None

    def gap(self, answer_id: str) -> Gap | None:
        """What a reader said of an answer that was none."""
        with transaction(self._engine) as session:
            row = session.get(GapRow, answer_id)
            return Gap.model_validate(_values(row)) if row else None

    def counts(self) -> dict[str, int]:
        """How many of each kind there are."""
        with transaction(self._engine) as session:
            return {
                kind: session.scalar(select(func.count()).select_from(table)) or 0
                for kind, table in KINDS.items()
            }

    def purge(self, *, days: int | None, by: str = COMMAND) -> int:
        """Delete answers older than so many days, and what belongs to them; all where `days` is
        None. How many answers went; the log says by whom."""
        wanted = select(AnswerRow.id)
        if days is not None:
            before = (self._now() - timedelta(days=days)).isoformat(timespec="milliseconds")
            wanted = wanted.where(AnswerRow.time < before)
        with transaction(self._engine) as session:
            gone = list(session.scalars(wanted))
            if gone:
                session.execute(delete(AnswerRow).where(AnswerRow.id.in_(wanted)))
                note(session, self._now(), by, "purged", f"{len(gone)} 条", days=days)
        return len(gone)

    def _time(self) -> str:
        return self._now().isoformat(timespec="milliseconds")


def without_person(answer: Answer) -> Answer:
    """An answer without the personal numbers of whoever asked. What the documents say stays."""
    text = answer.answer
    for said in (*answer.missing, *answer.notes):
        for part, kept in zip(said.parts, _unnamed(said).parts, strict=True):
            text = text.replace(part, kept)
    return answer.model_copy(
        update={
            "question": _plain(answer.question[:MAX_QUESTION_CHARS]),
            "query": _plain(answer.query[:MAX_TYPED_CHARS]),
            "missing": tuple(map(_unnamed, answer.missing)),
            "notes": tuple(map(_unnamed, answer.notes)),
            "answer": text if answer.status == "answered" else _plain(text),
        }
    )


def _unnamed(said: Note) -> Note:
    """A note without personal numbers, but for those with which a document says whom to ask."""
    parts = said.parts if said.kind == "contact" else tuple(map(_plain, said.parts))
    return said.model_copy(update={"parts": parts})


def _plain(text: str) -> str:
    """Text as it is kept: without personal numbers, nor the character that PostgreSQL refuses."""
    return masked(text).replace("\x00", "")


def answer_row(kept: KeptAnswer) -> AnswerRow:
    """An answer as the table has it."""
    answer = kept.answer
    return AnswerRow(
        id=kept.id,
        time=kept.time,
        question=answer.question,
        status=answer.status,
        reason=answer.reason or "",
        corpus=answer.corpus,
        total_ms=answer.timings_ms.total,
        confidence=answer.confidence,
        answer=answer.model_dump(mode="json"),
        share=kept.share or None,
    )


def kept_answer(row: AnswerRow) -> KeptAnswer:
    """A row of the table as an answer."""
    answer = Answer.model_validate(row.answer)
    return KeptAnswer(id=row.id, time=row.time, answer=answer, share=row.share or "")


def _values(row: Table) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}
