"""The tables. A change here needs a migration in `migrations/versions`; a test compares both."""

from sqlalchemy import JSON, Float, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ID_CHARS = 64


class Table(DeclarativeBase):
    """All tables of the store."""


class AnswerRow(Table):
    """One answer as it was given, with what lists and figures ask for beside it."""

    __tablename__ = "answers"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    time: Mapped[str] = mapped_column(String(32), index=True)
    question: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(32))
    corpus: Mapped[str] = mapped_column(String(ID_CHARS))
    total_ms: Mapped[float] = mapped_column(Float)
    answer: Mapped[dict[str, object]] = mapped_column(JSON)
    share: Mapped[str | None] = mapped_column(String(ID_CHARS), unique=True)


class FeedbackRow(Table):
    """What a reader thinks of an answer: one row an answer, which a later word replaces."""

    __tablename__ = "feedback"

    answer_id: Mapped[str] = mapped_column(
        ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True
    )
    time: Mapped[str] = mapped_column(String(32), index=True)
    verdict: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(Text)


class GapRow(Table):
    """That the documents should answer what they do not: one row an abstention."""

    __tablename__ = "gaps"

    answer_id: Mapped[str] = mapped_column(
        ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True
    )
    time: Mapped[str] = mapped_column(String(32), index=True)
    comment: Mapped[str] = mapped_column(Text)
