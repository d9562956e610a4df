"""Tokens of programs: what each may do, until when, and how often it is used."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import Update, func, select, update

from policyqa.index.types import Value
from policyqa.ui.errors import StoreError, TokenError
from policyqa.ui.store.audit import COMMAND, note
from policyqa.ui.store.tables import TokenRow, TokenUseRow
from policyqa.ui.store.transactions import Store, transaction

Scope = Literal["ask", "search", "documents", "verify", "feedback"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
SCOPE_NAMES: dict[Scope, str] = {
    "ask": "提问", "search": "查段落", "documents": "读文件", "verify": "核对引文",
    "feedback": "保存和评价回答",
}  # fmt: skip

NAME = re.compile(r"[\w.·（）()-][\w.·（）() -]{0,31}")
PREFIX = "pqa_"  # so that a token that got out is known for what it is
TOKEN_BYTES, ID_BYTES = 32, 5
MAX_TOKEN_CHARS = 200
NO_TOKEN = "没有编号为 {} 的令牌；policyqa tokens list 列出全部。"
DAYS, MAX_DAYS = 365, 3650
PER_MINUTE, MAX_PER_MINUTE = 60, 100_000


class Token(Value):
    """What is known of a token: not itself. Times are UTC in ISO 8601, "" in `revoked` while it is
    taken; `per_minute` is how often it may ask."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    per_minute: int
    made_by: str
    created: str
    expires: str
    revoked: str = ""


class Use(Value):
    """How often a token was used on a day (UTC) for what a scope names."""

    token: str
    day: str
    scope: Scope
    count: int


class Tokens(Store):
    """The tokens of one service. What is refused raises `ui.errors.TokenError`."""

    def add(
        self,
        name: str,
        scopes: Sequence[str],
        *,
        days: int = DAYS,
        per_minute: int = PER_MINUTE,
        by: str = COMMAND,
    ) -> tuple[str, Token]:
        """Make a token: itself, which is told this once, and what is kept of it.

        Args:
            name: of the program that gets it.
            scopes: what it may do, one at least.
            days: for which it is taken, to `MAX_DAYS`.
            per_minute: how often it may ask, to `MAX_PER_MINUTE`.
            by: who makes it.
        """
        wanted = [scope for scope in SCOPES if scope in scopes]
        if not NAME.fullmatch(name):
            raise TokenError("令牌名须是 1 到 32 个字，可用文字、数字、空格、点、横线和括号。")
        if not wanted or len(wanted) < len(set(scopes)):
            raise TokenError(f"令牌可以做的是：{'、'.join(SCOPES)}，至少一样。")
        if not 1 <= days <= MAX_DAYS or not 1 <= per_minute <= MAX_PER_MINUTE:
            raise TokenError(
                f"有效天数须在 1 到 {MAX_DAYS} 之间，每分钟次数须在 1 到 {MAX_PER_MINUTE} 之间。"
            )
        token, now = PREFIX + secrets.token_urlsafe(TOKEN_BYTES), self._now()
        made = Token(
            id=secrets.token_hex(ID_BYTES),
            name=name,
            scopes=tuple(wanted),
            per_minute=per_minute,
            made_by=by,
            created=_written(now),
            expires=_written(now + timedelta(days=days)),
        )
        row = TokenRow(**made.model_dump(exclude={"scopes"}), scopes=wanted, hash=_hash(token))
        with transaction(self._engine) as session:
            session.add(row)
            until, may = made.expires[:10], "、".join(SCOPE_NAMES[scope] for scope in wanted)
            said = {"comment": name, "scopes": may, "expires": until}
            note(session, now, by, "token_added", made.id, **said)
        return token, made

    def all(self) -> list[Token]:
        """Every token, the newest first."""
        newest = select(TokenRow).order_by(TokenRow.created.desc(), TokenRow.id)
        with transaction(self._engine) as session:
            return [_token(row) for row in session.scalars(newest)]

    def found(self, token: str) -> Token | None:
        """What is known of a token that somebody shows; None where it is none, or is taken no
        more."""
        fits = TokenRow.hash == _hash(token[:MAX_TOKEN_CHARS])
        with transaction(self._engine) as session:
            row = session.scalar(select(TokenRow).where(fits))
            is_over = row is None or row.revoked or row.expires <= _written(self._now())
            return None if row is None or is_over else _token(row)

    def revoke(self, token_id: str, *, by: str = COMMAND) -> Token:
        """Take a token no more, from now on and for ever."""
        with transaction(self._engine) as session:
            row = session.get(TokenRow, token_id)
            if row is None:
                raise TokenError(NO_TOKEN.format(token_id[:32]))
            if not row.revoked:
                row.revoked = _written(self._now())
                note(session, self._now(), by, "token_revoked", token_id, comment=row.name)
            return _token(row)

    def count(self, token_id: str, scope: str) -> None:
        """Count a use of today."""
        day = _written(self._now())[:10]
        mine = (TokenUseRow.token == token_id, TokenUseRow.day == day, TokenUseRow.scope == scope)
        once_more = update(TokenUseRow).where(*mine).values(count=TokenUseRow.count + 1)
        if self._changed(once_more):
            return
        try:
            with transaction(self._engine) as session:
                session.add(TokenUseRow(token=token_id, day=day, scope=scope, count=1))
        except StoreError:  # another was the first at the same moment
            self._changed(once_more)

    def _changed(self, change: Update) -> bool:
        with transaction(self._engine) as session:
            return session.connection().execute(change).rowcount == 1

    def uses(self, *, days: int, token_id: str = "") -> list[Use]:
        """How often tokens were used in the last so many days, the newest first."""
        since = _written(self._now() - timedelta(days=days - 1))[:10]
        wanted = select(TokenUseRow).where(TokenUseRow.day >= since)
        if token_id:
            wanted = wanted.where(TokenUseRow.token == token_id)
        ordered = wanted.order_by(TokenUseRow.day.desc(), TokenUseRow.token, TokenUseRow.scope)
        with transaction(self._engine) as session:
            rows = session.scalars(ordered)
            return [
                Use.model_validate({name: getattr(row, name) for name in Use.model_fields})
                for row in rows
            ]

    def totals(self, *, days: int) -> dict[str, int]:
        """How often each token was used in the last so many days, by its id."""
        since = _written(self._now() - timedelta(days=days - 1))[:10]
        summed = select(TokenUseRow.token, func.sum(TokenUseRow.count))
        wanted = summed.where(TokenUseRow.day >= since).group_by(TokenUseRow.token)
        with transaction(self._engine) as session:
            return {token: int(count) for token, count in session.execute(wanted)}


def _token(row: TokenRow) -> Token:
    return Token.model_validate({name: getattr(row, name) for name in Token.model_fields})


def _hash(token: str) -> str:
    """Of 256 random bits: nothing to guess, so nothing slow."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
