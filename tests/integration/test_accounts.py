"""Accounts over both databases: who may log in, for how long, who is kept out, what is noted."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from policyqa.qa.settings import StaffSettings
from policyqa.ui.errors import AccountError, KeptOut
from policyqa.ui.store.accounts import ROLES, Account, Accounts, Second
from policyqa.ui.store.audit import STRANGER, latest
from policyqa.ui.store.database import open_database, upgrade
from policyqa.ui.store.records import Records
from policyqa.ui.store.tables import AccountRow, AttemptRow, AuditRow, SessionRow

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PASSWORD = "长一点的密码才好呢。"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SETTINGS = StaffSettings(session_hours=2, lock_after=3, lock_minutes=10)


class Clock:
    """Tells a time that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **some: float) -> None:
        self.time += timedelta(**some)


@pytest.fixture
def engine(database: Engine) -> Engine:
    return database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(engine: Engine, clock: Clock) -> Accounts:
    made = Accounts(engine, SETTINGS, now=clock, hasher=QUICK)
    made.add("王主任", "admin", PASSWORD)
    made.add("li.wei", "reader", PASSWORD)
    return made


def acts(engine: Engine) -> list[tuple[str, str, str]]:
    """Who did what to what, oldest first."""
    return [(e.who, e.act, e.what) for e in reversed(latest(engine, count=1000))]


def test_accounts_are_listed_without_their_passwords(accounts: Accounts) -> None:
    created = NOON.isoformat(timespec="milliseconds")
    assert accounts.all() == [
        Account(name="li.wei", role="reader", created=created, shown="li.wei"),
        Account(name="王主任", role="admin", created=created, shown="王主任"),
    ]
    assert accounts.has_admin()


def test_no_password_and_no_token_is_stored_as_it_is(accounts: Accounts, engine: Engine) -> None:
    token = accounts.log_in("li.wei", PASSWORD)
    with Session(engine) as session:
        row = session.get(AccountRow, "li.wei")
        stored = session.scalar(select(SessionRow.id))
    assert row is not None
    assert row.password.startswith("$argon2id$")
    assert PASSWORD not in row.password
    assert stored != token
    assert len(stored or "") == 64


def test_who_logs_in_is_known_until_he_logs_out(accounts: Accounts) -> None:
    token = accounts.log_in("li.wei", PASSWORD)
    found = accounts.session(token)
    assert found is not None
    assert (found.account.name, found.account.role) == ("li.wei", "reader")
    assert len(found.csrf) > 30
    accounts.log_out(token)
    assert accounts.session(token) is None
    assert accounts.session("") is None


def test_every_log_in_has_a_token_of_its_own(accounts: Accounts) -> None:
    tokens = {accounts.log_in("li.wei", PASSWORD) for _ in range(3)}
    assert len(tokens) == 3
    assert all(accounts.session(token) for token in tokens)


def test_a_session_ends_after_its_hours_however_much_it_is_used(
    accounts: Accounts, clock: Clock
) -> None:
    token = accounts.log_in("li.wei", PASSWORD)
    for _ in range(3):
        clock.pass_(minutes=39)
        assert accounts.session(token) is not None
    clock.pass_(minutes=4)
    assert accounts.session(token) is None


def test_a_session_ends_when_it_is_not_used_for_an_hour(accounts: Accounts, clock: Clock) -> None:
    token = accounts.log_in("li.wei", PASSWORD)
    clock.pass_(minutes=59)
    assert accounts.session(token) is not None
    clock.pass_(minutes=61)
    assert accounts.session(token) is None


@pytest.mark.parametrize("name", ["li.wei", "nobody"])
def test_three_failures_keep_a_name_out_whether_it_exists_or_not(
    accounts: Accounts, clock: Clock, engine: Engine, name: str
) -> None:
    said = []
    for _ in range(4):
        with pytest.raises(AccountError) as refused:
            accounts.log_in(name, "不对的密码不对的密码")
        said.append(str(refused.value))
    locked = "连续输错次数太多，请 10 分钟后再试。"
    assert said[:3] == ["账号或密码不对。"] * 2 + [locked]
    assert said[3].startswith("连续输错次数太多，请 1")
    if name == "li.wei":
        with pytest.raises(AccountError, match="连续输错"):
            accounts.log_in(name, PASSWORD)  # the right one, too
    clock.pass_(minutes=10, seconds=1)
    if name == "li.wei":
        assert accounts.log_in(name, PASSWORD)
    who = name if name == "li.wei" else STRANGER
    assert [act for w, act, _ in acts(engine) if w == who][:4] == ["log_in_failed"] * 3 + ["locked"]


def test_a_right_password_forgets_the_failures_before_it(accounts: Accounts) -> None:
    for _ in range(3):
        for _ in range(2):
            with pytest.raises(AccountError, match="账号或密码不对"):
                accounts.log_in("li.wei", "x")
        accounts.log_in("li.wei", PASSWORD)


def test_failures_of_long_ago_are_forgotten(
    accounts: Accounts, clock: Clock, engine: Engine
) -> None:
    for name in ("a", "b"):
        with pytest.raises(AccountError):
            accounts.log_in(name, "x")
    clock.pass_(days=1, minutes=1)
    with pytest.raises(AccountError):
        accounts.log_in("c", "x")
    with Session(engine) as session:
        assert list(session.scalars(select(AttemptRow.name))) == ["c"]


def test_a_new_password_ends_what_was_begun_with_the_old(accounts: Accounts) -> None:
    token = accounts.log_in("li.wei", PASSWORD)
    accounts.change_password("li.wei", PASSWORD, "另外一个很长很长的密码")
    assert accounts.session(token) is None
    with pytest.raises(AccountError):
        accounts.log_in("li.wei", PASSWORD)
    assert accounts.log_in("li.wei", "另外一个很长很长的密码")
    with pytest.raises(AccountError, match="旧密码不对"):
        accounts.change_password("li.wei", PASSWORD, "第三个很长很长很长的密码")
    with pytest.raises(AccountError, match="相同"):
        accounts.change_password("li.wei", PASSWORD, PASSWORD)


def test_a_disabled_account_is_as_good_as_none_until_it_is_enabled(accounts: Accounts) -> None:
    token = accounts.log_in("li.wei", PASSWORD)
    accounts.disable("li.wei", by="王主任")
    assert accounts.session(token) is None
    with pytest.raises(AccountError, match="账号或密码不对"):
        accounts.log_in("li.wei", PASSWORD)
    accounts.enable("li.wei")
    assert accounts.session(token) is None
    assert accounts.log_in("li.wei", PASSWORD)


def test_the_last_admin_stays(accounts: Accounts) -> None:
    with pytest.raises(AccountError, match="最后一个管理员"):
        accounts.disable("王主任")
    accounts.add("second", "admin", PASSWORD)
    accounts.disable("王主任")
    assert accounts.has_admin()
    with pytest.raises(AccountError, match="最后一个管理员"):
        accounts.disable("second")


@pytest.mark.parametrize(("name", "password", "words"), [
    ("li.wei", PASSWORD, "已经有账号"),
    ("x", PASSWORD, "账号名须是"),
    ("<script>", PASSWORD, "账号名须是"),
    ("a" * 33, PASSWORD, "账号名须是"),
    ("ok", "短", "10 到 200 个字符"),
    ("ok", "长" * 201, "10 到 200 个字符"),
    ("ok", "1234567890", "太常见"),
    ("ok", "qwertyuiop", "太常见"),
    ("ok", "P@ssw0rd2024", "太常见"),
    ("ok", "aaaaaaaaaa", "太常见"),
    ("zhangwei", "zhangwei2024", "太常见"),
])  # fmt: skip
def test_what_is_no_account_is_refused(
    accounts: Accounts, engine: Engine, name: str, password: str, words: str
) -> None:
    before = acts(engine)
    with pytest.raises(AccountError, match=words):
        accounts.add(name, "reader", password)
    assert acts(engine) == before


def test_an_account_that_is_not_there_is_named(accounts: Accounts) -> None:
    for act in (accounts.disable, accounts.enable):
        with pytest.raises(AccountError, match="没有账号 nobody"):
            act("nobody")
    with pytest.raises(AccountError, match="没有账号 nobody"):
        accounts.set_password("nobody", PASSWORD)


def test_every_change_is_noted_in_its_order(accounts: Accounts, engine: Engine) -> None:
    token = accounts.log_in("王主任", PASSWORD)
    accounts.set_password("li.wei", "另外一个很长很长的密码", by="王主任")
    accounts.disable("li.wei", by="王主任")
    accounts.enable("li.wei", by="王主任")
    accounts.log_out(token)
    accounts.log_out(token)  # nothing more to end
    assert acts(engine) == [
        ("命令行", "account_added", "王主任"),
        ("命令行", "account_added", "li.wei"),
        ("王主任", "logged_in", ""),
        ("王主任", "password_changed", "li.wei"),
        ("王主任", "account_disabled", "li.wei"),
        ("王主任", "account_enabled", "li.wei"),
        ("王主任", "logged_out", ""),
    ]
    assert latest(engine, count=1)[0].time == NOON.isoformat(timespec="milliseconds")
    newest = latest(engine, count=3)
    assert [e.id for e in latest(engine, count=2, before=newest[-1].id)] == [
        newest[-1].id - 1, newest[-1].id - 2,
    ]  # fmt: skip


def test_purging_answers_leaves_accounts_and_the_log(accounts: Accounts, engine: Engine) -> None:
    Records(engine).purge(days=None)
    assert len(accounts.all()) == 2
    assert len(acts(engine)) == 2


def test_each_role_may_what_those_before_it_may() -> None:
    table = {role: [Account(name="x", role=role).may(other) for other in ROLES] for role in ROLES}
    assert table == {
        "reader": [True, False, False],
        "editor": [True, True, False],
        "admin": [True, True, True],
    }


def test_a_weaker_hash_is_made_anew_at_the_next_log_in(engine: Engine, clock: Clock) -> None:
    Accounts(engine, SETTINGS, now=clock, hasher=QUICK).add("ma", "admin", PASSWORD)
    strong = Accounts(engine, SETTINGS, now=clock, hasher=PasswordHasher(2, 16, 1))
    strong.log_in("ma", PASSWORD)
    with Session(engine) as session:
        row = session.get(AccountRow, "ma")
    assert row is not None
    assert "m=16,t=2" in row.password


def test_the_log_cannot_be_changed_by_this_program() -> None:
    """Rows are only added: nothing in the store deletes or updates them."""
    code = Path("ui/store").rglob("*.py")
    assert not any(
        f"{word}({AuditRow.__name__}" in path.read_text("utf-8")
        for path in code
        for word in ("delete", "update", "merge")
    )


def test_failures_from_one_address_keep_nobody_out_at_another(accounts: Accounts) -> None:
    for _ in range(3):
        with pytest.raises(AccountError):
            accounts.log_in("li.wei", "x", address="192.0.2.1")
    with pytest.raises(KeptOut) as refused:
        accounts.log_in("li.wei", PASSWORD, address="192.0.2.1")
    assert refused.value.headers == {"Retry-After": "600"}
    assert accounts.log_in("li.wei", PASSWORD, address="192.0.2.2")
    with pytest.raises(KeptOut):
        accounts.log_in("li.wei", PASSWORD, address="192.0.2.1")


def test_who_is_kept_out_costs_no_hash(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        with pytest.raises(AccountError):
            accounts.log_in("li.wei", "x")
    monkeypatch.setattr(accounts, "_fits", None)  # would fail, if it were called
    with pytest.raises(KeptOut):
        accounts.log_in("li.wei", PASSWORD)


def test_an_account_is_shown_under_a_name_of_its_own(accounts: Accounts, engine: Engine) -> None:
    accounts.add("zhao", "editor", PASSWORD, shown="赵 科长")
    accounts.rename("li.wei", "人才科 李")
    assert {each.name: each.shown for each in accounts.all()} == {
        "li.wei": "人才科 李", "zhao": "赵 科长", "王主任": "王主任",
    }  # fmt: skip
    assert accounts.log_in("li.wei", PASSWORD)
    with pytest.raises(AccountError):
        accounts.log_in("人才科 李", PASSWORD)
    for shown in ("", "<b>", "长" * 33, " x"):
        with pytest.raises(AccountError, match="显示名须是"):
            accounts.rename("li.wei", shown)
    assert ("命令行", "account_renamed", "li.wei") in acts(engine)


def test_old_accounts_show_the_name_that_they_log_in_with(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    old = create_engine(url)
    upgrade(old, "0004")
    with old.begin() as connection:
        connection.execute(
            text("INSERT INTO accounts VALUES ('old', 'admin', :hash, false, '2026-11-24')"),
            {"hash": QUICK.hash(PASSWORD)},
        )
    old.dispose()
    accounts = Accounts(open_database(tmp_path, url), SETTINGS, hasher=QUICK)
    assert [(each.name, each.shown, each.second_on) for each in accounts.all()] == [
        ("old", "old", False)
    ]
    assert accounts.log_in("old", PASSWORD)


def code_at(secret: str, clock: Clock, steps: int = 0) -> str:
    """What an app shows, so many half minutes from now."""
    codes = pyotp.TOTP(secret)
    return codes.generate_otp(codes.timecode(clock.time) + steps)


def with_second(accounts: Accounts, clock: Clock) -> str:
    """The secret of li.wei's second factor, which is on."""
    accounts.begin_second("li.wei")
    secret = accounts.second("li.wei").secret
    accounts.confirm_second("li.wei", code_at(secret, clock))
    clock.pass_(minutes=2)
    return secret


def test_a_second_factor_is_on_once_a_code_of_it_fits(accounts: Accounts, clock: Clock) -> None:
    assert accounts.second("li.wei") == Second(on=False)
    accounts.begin_second("li.wei")
    held = accounts.second("li.wei")
    assert re.fullmatch("[A-Z2-7]{32}", held.secret)
    assert pyotp.parse_uri(held.address).secret == held.secret
    assert accounts.log_in("li.wei", PASSWORD)  # not asked for yet
    with pytest.raises(AccountError, match="验证码不对"):
        accounts.confirm_second("li.wei", "12345")
    accounts.confirm_second("li.wei", code_at(held.secret, clock))
    assert accounts.second("li.wei") == Second(on=True)  # the secret is shown no more
    with pytest.raises(AccountError, match="已经设了"):
        accounts.begin_second("li.wei")


def test_log_in_takes_a_code_once_and_only_with_the_password(
    accounts: Accounts, clock: Clock
) -> None:
    code = code_at(with_second(accounts, clock), clock)
    with pytest.raises(AccountError, match=r"账号或密码不对。"):
        accounts.log_in("li.wei", PASSWORD)
    with pytest.raises(AccountError, match=r"账号或密码不对。"):
        accounts.log_in("li.wei", "x", code=code)  # does not use the code up
    assert accounts.log_in("li.wei", PASSWORD, code=f"{code[:3]} {code[3:]}")
    with pytest.raises(AccountError, match=r"账号或密码不对。"):
        accounts.log_in("li.wei", PASSWORD, code=code)


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_off_by_half_a_minute(
    accounts: Accounts, clock: Clock, steps: int, fits: bool
) -> None:
    code = code_at(with_second(accounts, clock), clock, steps)
    if fits:
        assert accounts.log_in("li.wei", PASSWORD, code=code)
    else:
        with pytest.raises(AccountError):
            accounts.log_in("li.wei", PASSWORD, code=code)


def test_wrong_codes_keep_out_as_wrong_passwords_do(accounts: Accounts, clock: Clock) -> None:
    secret = with_second(accounts, clock)
    for code in ("", "x", "１２３４５６"):
        with pytest.raises(AccountError):
            accounts.log_in("li.wei", PASSWORD, code=code)
    with pytest.raises(KeptOut):
        accounts.log_in("li.wei", PASSWORD, code=code_at(secret, clock))


def test_a_lost_phone_is_forgotten_by_command(accounts: Accounts, clock: Clock) -> None:
    secret = with_second(accounts, clock)
    token = accounts.log_in("li.wei", PASSWORD, code=code_at(secret, clock))
    accounts.reset_second("li.wei")
    assert accounts.session(token) is None
    assert accounts.log_in("li.wei", PASSWORD)


def test_a_second_factor_is_taken_off_with_a_code_unless_it_is_required(
    accounts: Accounts, clock: Clock, engine: Engine
) -> None:
    secret = with_second(accounts, clock)
    strict = StaffSettings(lock_after=3, second_factor=True)
    with pytest.raises(AccountError, match="不能撤去"):
        Accounts(engine, strict, now=clock, hasher=QUICK).stop_second("li.wei", "x")
    with pytest.raises(AccountError, match="验证码不对"):
        accounts.stop_second("li.wei", "x")
    accounts.stop_second("li.wei", code_at(secret, clock))
    assert accounts.second("li.wei") == Second(on=False)
    assert accounts.log_in("li.wei", PASSWORD)


def test_where_it_is_required_who_has_none_must_set_it_up_first(
    accounts: Accounts, clock: Clock, engine: Engine
) -> None:
    strict = Accounts(engine, StaffSettings(second_factor=True), now=clock, hasher=QUICK)
    found = strict.session(strict.log_in("li.wei", PASSWORD))
    assert found is not None
    assert found.unproved
    code = code_at(with_second(strict, clock), clock)
    found = strict.session(strict.log_in("li.wei", PASSWORD, code=code))
    assert found is not None
    assert not found.unproved
