"""Accounts of the office: their passwords, who is logged in, and who is kept out for a while."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from policyqa.index.types import Value
from policyqa.qa.settings import StaffSettings
from policyqa.ui.errors import AccountError
from policyqa.ui.store.audit import COMMAND, STRANGER, note
from policyqa.ui.store.tables import AccountRow, AttemptRow, SessionRow
from policyqa.ui.store.transactions import transaction

Role = Literal["reader", "editor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may

NAME = re.compile(r"[\w.-]{2,32}")
MIN_PASSWORD_CHARS, MAX_PASSWORD_CHARS = 10, 200
TOKEN_BYTES = 32
IDLE = timedelta(minutes=60)
USED_AGAIN = timedelta(minutes=1)  # how often a session's last use is written down
FORGOTTEN = timedelta(days=1)  # after which failures count no more
WRONG = "账号或密码不对。"
LOCKED = "连续输错次数太多，请 {minutes} 分钟后再试。"


class Account(Value):
    """Somebody of the office. `created` is UTC in ISO 8601."""

    name: str
    role: Role
    disabled: bool = False
    created: str = ""

    def may(self, role: Role) -> bool:
        """Whether this account may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class LoggedIn(Value):
    """Who is logged in, and what each of their forms must carry."""

    account: Account
    csrf: str


class Accounts:
    """The accounts of one service. Every method is one transaction, its audit line in it.

    All raise `ui.errors.AccountError` where something is refused, and `StoreError` where the
    database fails.

    Args:
        engine: as `ui.store.database.open_database` gives it.
        settings: how long a session lasts, and when somebody is kept out.
        now: tells the time.
        hasher: of passwords.
    """

    def __init__(
        self,
        engine: Engine,
        settings: StaffSettings,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        hasher: PasswordHasher | None = None,
    ) -> None:
        self.engine = engine
        self._settings = settings
        self._now = now
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex())  # so that no name is told by its time

    def all(self) -> list[Account]:
        """Every account, by name."""
        with transaction(self.engine) as session:
            rows = session.scalars(select(AccountRow).order_by(AccountRow.name))
            return [_account(row) for row in rows]

    def has_admin(self) -> bool:
        """Whether anybody can manage accounts."""
        return any(each.role == "admin" and not each.disabled for each in self.all())

    def add(self, name: str, role: Role, password: str, *, by: str = COMMAND) -> None:
        """Make an account."""
        if not NAME.fullmatch(name):
            raise AccountError("账号名须是 2 到 32 个字，可用文字、数字、点、横线和下划线。")
        hashed = self._hashed(password)
        with transaction(self.engine) as session:
            if session.get(AccountRow, name) is not None:
                raise AccountError(f"已经有账号 {name}；改密码请用 policyqa users passwd。")
            created = self._time()
            session.add(
                AccountRow(name=name, role=role, password=hashed, disabled=False, created=created)
            )
            note(session, self._now(), by, "account_added", name, role=role)

    def set_password(self, name: str, password: str, *, by: str = COMMAND) -> None:
        """Give an account another password; whoever is logged in under it is so no more."""
        hashed = self._hashed(password)
        with transaction(self.engine) as session:
            _found(session, name).password = hashed
            _end_sessions(session, name)
            session.execute(delete(AttemptRow).where(AttemptRow.name == name))
            note(session, self._now(), by, "password_changed", name)

    def change_password(self, name: str, old: str, new: str) -> None:
        """Give oneself another password. Wrong old ones count as failures to log in do."""
        if new == old:
            raise AccountError("新密码与旧密码相同。")
        with transaction(self.engine) as session:
            held = _found(session, name).password
            refusal = self._refusal(session, name)
            if not refusal and not self._fits(held, old[: MAX_PASSWORD_CHARS + 1]):
                failed = self._failed(session, name, True)
                refusal = "旧密码不对。" if failed == WRONG else failed
        if refusal:
            raise AccountError(refusal)
        self.set_password(name, new, by=name)

    def disable(self, name: str, *, by: str = COMMAND) -> None:
        """Keep an account from being used; the last admin stays."""
        with transaction(self.engine) as session:
            row = _found(session, name)
            if row.role == "admin" and _other_admins(session, name) == 0:
                raise AccountError(f"{name} 是最后一个管理员，不能停用。")
            row.disabled = True
            _end_sessions(session, name)
            note(session, self._now(), by, "account_disabled", name)

    def enable(self, name: str, *, by: str = COMMAND) -> None:
        """Let a disabled account be used again."""
        with transaction(self.engine) as session:
            _found(session, name).disabled = False
            note(session, self._now(), by, "account_enabled", name)

    def log_in(self, name: str, password: str) -> str:
        """A new session's token. What is wrong is not told apart: neither in words nor in time."""
        name = name[:64]
        with transaction(self.engine) as session:
            row = session.get(AccountRow, name)
            held = row.password if row else self._nobody
            fits = self._fits(held, password[: MAX_PASSWORD_CHARS + 1])
            refusal = self._refusal(session, name)
            if not refusal and row and fits and not row.disabled:
                return self._begun(session, row, password)
            if not refusal:
                refusal = self._failed(session, name, row is not None)
        raise AccountError(refusal)

    def session(self, token: str) -> LoggedIn | None:
        """Who holds a token; None where it is none, too old, or not used for an hour."""
        with transaction(self.engine) as session:
            row = session.get(SessionRow, _id(token))
            if row is None or self._is_over(row):
                return None
            if datetime.fromisoformat(row.used) + USED_AGAIN < self._now():
                row.used = self._time()
            account = _account(_found(session, row.account))
            return None if account.disabled else LoggedIn(account=account, csrf=row.csrf)

    def log_out(self, token: str) -> None:
        """End a session."""
        with transaction(self.engine) as session:
            row = session.get(SessionRow, _id(token))
            if row is not None:
                note(session, self._now(), row.account, "logged_out")
                session.delete(row)

    def _begun(self, session: Session, row: AccountRow, password: str) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._now()
        if self._hasher.check_needs_rehash(row.password):
            row.password = self._hasher.hash(password)
        session.execute(delete(AttemptRow).where(AttemptRow.name == row.name))
        session.execute(delete(SessionRow).where(SessionRow.expires < self._time()))
        session.add(
            SessionRow(
                id=_id(token),
                account=row.name,
                csrf=secrets.token_urlsafe(TOKEN_BYTES),
                used=self._time(),
                expires=_written(now + timedelta(hours=self._settings.session_hours)),
            )
        )
        note(session, now, row.name, "logged_in")
        return token

    def _refusal(self, session: Session, name: str) -> str:
        """Why nobody may try under this name now, "" where one may."""
        row = session.get(AttemptRow, name)
        if row is None or row.locked_until <= self._time():
            return ""
        left = datetime.fromisoformat(row.locked_until) - self._now()
        return LOCKED.format(minutes=int(left.total_seconds() // 60) + 1)

    def _failed(self, session: Session, name: str, known: bool) -> str:
        """Count a failure, and what is said to it."""
        now, who = self._now(), name if known else STRANGER
        session.execute(delete(AttemptRow).where(AttemptRow.time < _written(now - FORGOTTEN)))
        row = session.get(AttemptRow, name, with_for_update=True)
        if row is None:
            row = AttemptRow(name=name, failures=0, time="", locked_until="")
            session.add(row)
        row.failures, row.time = row.failures + 1, self._time()
        note(session, now, who, "log_in_failed")
        if row.failures < self._settings.lock_after:
            return WRONG
        row.failures = 0
        row.locked_until = _written(now + timedelta(minutes=self._settings.lock_minutes))
        note(session, now, who, "locked", minutes=self._settings.lock_minutes)
        return LOCKED.format(minutes=self._settings.lock_minutes)

    def _is_over(self, row: SessionRow) -> bool:
        idle = datetime.fromisoformat(row.used) + IDLE < self._now()
        return idle or row.expires <= self._time()

    def _fits(self, held: str, password: str) -> bool:
        try:
            return self._hasher.verify(held, password)
        except (VerificationError, InvalidHashError):
            return False

    def _hashed(self, password: str) -> str:
        if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
            raise AccountError(f"密码须有 {MIN_PASSWORD_CHARS} 到 {MAX_PASSWORD_CHARS} 个字符。")
        return self._hasher.hash(password)

    def _time(self) -> str:
        return _written(self._now())


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _id(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _found(session: Session, name: str) -> AccountRow:
    row = session.get(AccountRow, name)
    if row is None:
        raise AccountError(f"没有账号 {name[:32]}；policyqa users list 列出全部。")
    return row


def _account(row: AccountRow) -> Account:
    return Account.model_validate({name: getattr(row, name) for name in Account.model_fields})


def _end_sessions(session: Session, name: str) -> None:
    session.execute(delete(SessionRow).where(SessionRow.account == name))


def _other_admins(session: Session, name: str) -> int:
    """How many others are admins; the rows are locked until the transaction ends."""
    admins = select(AccountRow.name).where(AccountRow.role == "admin", ~AccountRow.disabled)
    return sum(each != name for each in session.scalars(admins.with_for_update()))
