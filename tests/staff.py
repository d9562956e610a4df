"""The office's people as tests need them: quick hashes, short sessions, one of each role."""

from collections.abc import Callable
from datetime import UTC, datetime

from argon2 import PasswordHasher
from sqlalchemy import Engine

from qa.settings import StaffSettings
from ui.staff.sessions import Sessions
from ui.store.accounts import ROLES, Accounts

PASSWORD = "长一点的密码才好呢。"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SETTINGS = StaffSettings(session_hours=2, lock_after=3, lock_minutes=10)


def sessions_of(
    engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Sessions:
    """Sessions over accounts that are named as their roles, all with one password."""
    accounts = Accounts(engine, SETTINGS, now=now, hasher=QUICK)
    for role in ROLES:
        accounts.add(f"{role}1", role, PASSWORD)
    return Sessions(accounts, b"k" * 32, SETTINGS.session_hours)
