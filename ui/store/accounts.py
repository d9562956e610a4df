"""Accounts of the office: their passwords, who is logged in, and who is kept out for a while."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from policyqa.index.types import Value
from policyqa.qa.settings import StaffSettings
from policyqa.ui.errors import AccountError, KeptOut
from policyqa.ui.store.audit import COMMAND, STRANGER, note
from policyqa.ui.store.tables import ID_CHARS, AccountRow, AttemptRow, SessionRow
from policyqa.ui.store.transactions import transaction

Role = Literal["reader", "editor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may

NAME = re.compile(r"[\w.-]{2,32}")
SHOWN = re.compile(r"[\w.·（）()-][\w.·（）() -]{0,31}")
MIN_PASSWORD_CHARS, MAX_PASSWORD_CHARS = 10, 200
# What is guessed in fewer tries than this is refused, as zxcvbn counts: 2 is a million.
LEAST_STRENGTH, JUDGED_CHARS = 2, 72
ISSUER = "渝才问策"  # beside the codes in an app
STEPS = (0, -1, 1)  # of 30 s by which a phone's clock may be off
TOKEN_BYTES = 32
IDLE = timedelta(minutes=60)
USED_AGAIN = timedelta(minutes=1)  # how often a session's last use is written down
FORGOTTEN = timedelta(days=1)  # after which failures count no more
WRONG = "账号或密码不对。"
LOCKED = "连续输错次数太多，请 {minutes} 分钟后再试。"


class Account(Value):
    """Somebody of the office. `name` is for log-in and the log, `shown` is what others read;
    `second_on` says whether log-in asks for a code, too. `created` is UTC in ISO 8601."""

    name: str
    role: Role
    disabled: bool = False
    created: str = ""
    shown: str = ""
    second_on: bool = False

    def may(self, role: Role) -> bool:
        """Whether this account may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class LoggedIn(Value):
    """Who is logged in, and what each of their forms must carry; `unproved` must set up a second
    factor before anything else."""

    account: Account
    csrf: str
    unproved: bool = False


class Second(Value):
    """The second factor of an account: its secret while it is being set up, and the address that
    an app on a phone takes."""

    on: bool
    secret: str = ""
    address: str = ""


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

    def add(
        self, name: str, role: Role, password: str, *, shown: str = "", by: str = COMMAND
    ) -> None:
        """Make an account; it is shown under its name where nothing else is given."""
        if not NAME.fullmatch(name):
            raise AccountError("账号名须是 2 到 32 个字，可用文字、数字、点、横线和下划线。")
        shown, hashed = _fit_to_show(shown or name), self._hashed(password, name)
        with transaction(self.engine) as session:
            if session.get(AccountRow, name) is not None:
                raise AccountError(f"已经有账号 {name}；改密码请用 policyqa users passwd。")
            created = self._time()
            row = AccountRow(name=name, role=role, password=hashed, disabled=False)
            row.created, row.shown = created, shown
            session.add(row)
            note(session, self._now(), by, "account_added", name, role=role)

    def rename(self, name: str, shown: str, *, by: str = COMMAND) -> None:
        """Show an account under another name; it logs in as before."""
        with transaction(self.engine) as session:
            _found(session, name).shown = _fit_to_show(shown)
            note(session, self._now(), by, "account_renamed", name, comment=shown)

    def set_password(self, name: str, password: str, *, by: str = COMMAND) -> None:
        """Give an account another password; whoever is logged in under it is so no more."""
        hashed = self._hashed(password, name)
        with transaction(self.engine) as session:
            _found(session, name).password = hashed
            _end_sessions(session, name)
            session.execute(delete(AttemptRow).where(AttemptRow.name == name))
            note(session, self._now(), by, "password_changed", name)

    def change_password(self, name: str, old: str, new: str, *, address: str = "") -> None:
        """Give oneself another password. Wrong old ones count as failures to log in do."""
        if new == old:
            raise AccountError("新密码与旧密码相同。")
        refusal = None
        with transaction(self.engine) as session:
            held = _found(session, name).password
            self._refuse_kept_out(session, name, address)
            if not self._fits(held, old[: MAX_PASSWORD_CHARS + 1]):
                refusal = self._failed(session, name, address, known=True, wrong="旧密码不对。")
        if refusal:
            raise refusal
        self.set_password(name, new, by=name)

    def second(self, name: str) -> Second:
        """The second factor of an account."""
        with transaction(self.engine) as session:
            row = _found(session, name)
            if row.second_on or not row.second:
                return Second(on=row.second_on)
            app = pyotp.TOTP(row.second).provisioning_uri(name=name, issuer_name=ISSUER)
            return Second(on=False, secret=row.second, address=app)

    def begin_second(self, name: str) -> None:
        """Make a secret, to be put into an app; it counts once a code of it was given."""
        with transaction(self.engine) as session:
            row = _found(session, name)
            if row.second_on:
                raise AccountError("已经设了两步验证；换手机请先撤去。")
            row.second = pyotp.random_base32()

    def confirm_second(self, name: str, code: str, *, address: str = "") -> None:
        """Ask for codes from now on, since a first one fits."""
        self._with_code(name, code, address, on=True)

    def stop_second(self, name: str, code: str, *, address: str = "") -> None:
        """Ask for codes no more, since one fits."""
        if self._settings.second_factor:
            raise AccountError("本单位要求两步验证，不能撤去。")
        self._with_code(name, code, address, on=False)

    def reset_second(self, name: str, *, by: str = COMMAND) -> None:
        """Take the second factor off an account whose phone is lost, and end its sessions."""
        with transaction(self.engine) as session:
            row = _found(session, name)
            row.second, row.second_on = "", False
            _end_sessions(session, name)
            note(session, self._now(), by, "second_reset", name)

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

    def log_in(self, name: str, password: str, *, code: str = "", address: str = "") -> str:
        """A new session's token. What is wrong is not told apart: neither in words nor in time.

        Args:
            name: of the account.
            password: in full.
            code: of the second factor, which is used up by it; "" where the account has none.
            address: of the client. Failures count for it alone, so that nobody can keep another
                out.

        Raises:
            KeptOut: too many failures in a row from this address.
        """
        name = name[:ID_CHARS]
        with transaction(self.engine) as session:
            self._refuse_kept_out(session, name, address)
            row = session.get(AccountRow, name)
            held = row.password if row else self._nobody
            fits = self._fits(held, password[: MAX_PASSWORD_CHARS + 1])
            if row and fits and not row.disabled and self._proved(session, row, code):
                return self._begun(session, row, password, address)
            refusal = self._failed(session, name, address, known=row is not None)
        raise refusal

    def session(self, token: str) -> LoggedIn | None:
        """Who holds a token; None where it is none, too old, or not used for an hour."""
        with transaction(self.engine) as session:
            row = session.get(SessionRow, _id(token))
            if row is None or self._is_over(row):
                return None
            if datetime.fromisoformat(row.used) + USED_AGAIN < self._now():
                row.used = self._time()
            account = _account(_found(session, row.account))
            unproved = self._settings.second_factor and not account.second_on
            found = LoggedIn(account=account, csrf=row.csrf, unproved=unproved)
            return None if account.disabled else found

    def log_out(self, token: str) -> None:
        """End a session."""
        with transaction(self.engine) as session:
            row = session.get(SessionRow, _id(token))
            if row is not None:
                note(session, self._now(), row.account, "logged_out")
                session.delete(row)

    def _proved(self, session: Session, row: AccountRow, code: str) -> bool:
        """Whether a code is the account's of now and was not used; it is so from here on."""
        return not row.second_on or self._used(session, row, code)

    def _used(self, session: Session, row: AccountRow, code: str) -> bool:
        codes, given = pyotp.TOTP(row.second), code.replace(" ", "")[:16]
        now = codes.timecode(self._now())
        fitting = [now + step for step in STEPS if secrets.compare_digest(
            codes.generate_otp(now + step).encode(), given.encode("utf-8", "replace")
        )]  # fmt: skip
        if not fitting:
            return False
        unused = (AccountRow.name == row.name, AccountRow.second_step < fitting[0])
        used = update(AccountRow).where(*unused).values(second_step=fitting[0])
        return session.connection().execute(used).rowcount == 1  # one of two at the same moment

    def _with_code(self, name: str, code: str, address: str, *, on: bool) -> None:
        """Turn the second factor on or off. Wrong codes count as failures to log in do."""
        refusal = None
        with transaction(self.engine) as session:
            row = _found(session, name)
            if row.second_on == on or not row.second:
                raise AccountError("请重新打开这一页。")
            self._refuse_kept_out(session, name, address)
            if self._used(session, row, code):
                row.second_on, row.second = on, row.second if on else ""
                note(session, self._now(), name, "second_set" if on else "second_reset", name)
            else:
                wrong = "验证码不对，请等手机上换一个再输。"
                refusal = self._failed(session, name, address, known=True, wrong=wrong)
        if refusal:
            raise refusal

    def _begun(self, session: Session, row: AccountRow, password: str, address: str) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._now()
        if self._hasher.check_needs_rehash(row.password):
            row.password = self._hasher.hash(password)
        mine = (AttemptRow.name == row.name, AttemptRow.address == address[:ID_CHARS])
        session.execute(delete(AttemptRow).where(*mine))
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

    def _refuse_kept_out(self, session: Session, name: str, address: str) -> None:
        """Refuse whoever failed too often under this name from this address."""
        row = session.get(AttemptRow, (name, address[:ID_CHARS]))
        if row is None or row.locked_until <= self._time():
            return
        left = datetime.fromisoformat(row.locked_until) - self._now()
        minutes = int(left.total_seconds() // 60) + 1
        raise KeptOut(LOCKED.format(minutes=minutes), left.total_seconds())

    def _failed(
        self, session: Session, name: str, address: str, *, known: bool, wrong: str = WRONG
    ) -> AccountError:
        """Count a failure, and what is said to it."""
        now, who = self._now(), name if known else STRANGER
        session.execute(delete(AttemptRow).where(AttemptRow.time < _written(now - FORGOTTEN)))
        address = address[:ID_CHARS]
        row = session.get(AttemptRow, (name, address), with_for_update=True)
        if row is None:
            row = AttemptRow(name=name, address=address, failures=0, time="", locked_until="")
            session.add(row)
        row.failures, row.time = row.failures + 1, self._time()
        note(session, now, who, "log_in_failed")
        if row.failures < self._settings.lock_after:
            return AccountError(wrong)
        row.failures = 0
        row.locked_until = _written(now + timedelta(minutes=self._settings.lock_minutes))
        note(session, now, who, "locked", minutes=self._settings.lock_minutes)
        minutes = self._settings.lock_minutes
        return KeptOut(LOCKED.format(minutes=minutes), 60 * minutes)

    def _is_over(self, row: SessionRow) -> bool:
        idle = datetime.fromisoformat(row.used) + IDLE < self._now()
        return idle or row.expires <= self._time()

    def _fits(self, held: str, password: str) -> bool:
        try:
            return self._hasher.verify(held, password)
        except (VerificationError, InvalidHashError):
            return False

    def _hashed(self, password: str, name: str) -> str:
        if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
            raise AccountError(f"密码须有 {MIN_PASSWORD_CHARS} 到 {MAX_PASSWORD_CHARS} 个字符。")
        if zxcvbn(password[:JUDGED_CHARS], [name])["score"] < LEAST_STRENGTH:
            raise AccountError("这个密码太常见或太好猜，请换一个，如几个不相干的词连在一起。")
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


def _fit_to_show(shown: str) -> str:
    if not SHOWN.fullmatch(shown):
        raise AccountError("显示名须是 1 到 32 个字，可用文字、数字、空格、点、横线和括号。")
    return shown


def _account(row: AccountRow) -> Account:
    return Account.model_validate({name: getattr(row, name) for name in Account.model_fields})


def _end_sessions(session: Session, name: str) -> None:
    session.execute(delete(SessionRow).where(SessionRow.account == name))


def _other_admins(session: Session, name: str) -> int:
    """How many others are admins; the rows are locked until the transaction ends."""
    admins = select(AccountRow.name).where(AccountRow.role == "admin", ~AccountRow.disabled)
    return sum(each != name for each in session.scalars(admins.with_for_update()))
