"""The tables. A change here needs a migration in `migrations/versions`; a test compares both."""

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Integer, String, Text, false, text
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
    confidence: Mapped[float] = mapped_column(Float, server_default=text("0"))
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


class AccountRow(Table):
    """Somebody of the office."""

    __tablename__ = "accounts"

    name: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    password: Mapped[str] = mapped_column(String(256))  # its argon2 hash
    disabled: Mapped[bool] = mapped_column(Boolean)
    created: Mapped[str] = mapped_column(String(32))
    shown: Mapped[str] = mapped_column(String(ID_CHARS))  # to others, in place of the name
    second: Mapped[str] = mapped_column(String(64), server_default="")  # the secret of its codes
    second_on: Mapped[bool] = mapped_column(Boolean, server_default=false())
    second_step: Mapped[int] = mapped_column(Integer, server_default=text("0"))  # of the last code


class AttemptRow(Table):
    """Failures in a row to log in under a name from an address, whether there is such an account
    or not."""

    __tablename__ = "attempts"

    name: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    address: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    time: Mapped[str] = mapped_column(String(32), index=True)
    locked_until: Mapped[str] = mapped_column(String(32))


class SessionRow(Table):
    """Somebody who is logged in; `id` is the hash of what the browser holds."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.name", ondelete="CASCADE"))
    csrf: Mapped[str] = mapped_column(String(ID_CHARS))
    used: Mapped[str] = mapped_column(String(32))
    expires: Mapped[str] = mapped_column(String(32), index=True)


class TokenRow(Table):
    """What a program shows to be let in; `hash` is that of the token, which nobody keeps. "" in
    `revoked` while it is taken."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    hash: Mapped[str] = mapped_column(String(ID_CHARS), unique=True)
    name: Mapped[str] = mapped_column(String(ID_CHARS))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    per_minute: Mapped[int] = mapped_column(Integer)
    made_by: Mapped[str] = mapped_column(String(ID_CHARS))
    created: Mapped[str] = mapped_column(String(32))
    expires: Mapped[str] = mapped_column(String(32))
    revoked: Mapped[str] = mapped_column(String(32))


class TokenUseRow(Table):
    """How often a token was used on a day (UTC) for what its scope names."""

    __tablename__ = "token_uses"

    token: Mapped[str] = mapped_column(
        ForeignKey("tokens.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class AuditRow(Table):
    """Who changed what, when. Rows are only ever added."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    time: Mapped[str] = mapped_column(String(32), index=True)
    who: Mapped[str] = mapped_column(String(ID_CHARS), index=True)
    act: Mapped[str] = mapped_column(String(32), index=True)
    what: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, object]] = mapped_column(JSON)


class VerdictRow(Table):
    """What one reviewer thinks of one citation of an answer, or (0) of the whole answer; the first
    row of a review carries the comment and the passage that should have been cited."""

    __tablename__ = "verdicts"

    answer_id: Mapped[str] = mapped_column(
        ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True
    )
    reviewer: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    citation: Mapped[int] = mapped_column(Integer, primary_key=True)
    time: Mapped[str] = mapped_column(String(32), index=True)
    verdict: Mapped[str] = mapped_column(String(16))
    comment: Mapped[str] = mapped_column(Text)
    better: Mapped[dict[str, object] | None] = mapped_column(JSON)


class ChangeRow(Table):
    """What somebody wants done with the documents, kept before any of it is done."""

    __tablename__ = "changes"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    time: Mapped[str] = mapped_column(String(32), index=True)
    who: Mapped[str] = mapped_column(String(ID_CHARS))
    act: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(Text)
    finished: Mapped[str] = mapped_column(String(32))


class DraftRow(Table):
    """An answer that somebody of the office writes to questions on which the documents are silent;
    `asked` are the ids of those answers, `basis` permalinks. "" in `signed` while it is a draft."""

    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    time: Mapped[str] = mapped_column(String(32), index=True)
    author: Mapped[str] = mapped_column(String(ID_CHARS))
    question: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    basis: Mapped[list[str]] = mapped_column(JSON)
    asked: Mapped[list[str]] = mapped_column(JSON)
    expires: Mapped[str] = mapped_column(String(10))
    signed: Mapped[str] = mapped_column(String(32))
    signer: Mapped[str] = mapped_column(String(ID_CHARS))
    source: Mapped[str] = mapped_column(Text)


class TaskRow(Table):
    """That somebody is to answer a question on which the documents are silent, or that it is to be
    answered by a day; "" for neither. `asked` are ids of answers that were none."""

    __tablename__ = "tasks"

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    time: Mapped[str] = mapped_column(String(32), index=True)
    question: Mapped[str] = mapped_column(Text)
    asked: Mapped[list[str]] = mapped_column(JSON)
    owner: Mapped[str] = mapped_column(String(ID_CHARS))
    due: Mapped[str] = mapped_column(String(10))
