"""One transaction: done whole or not at all, and what a database says turned into one line; what
all stores have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from policyqa.ui.errors import StoreError


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session whose work is kept when the block ends, and none of it when it fails.

    Raises:
        StoreError: the database does not take or give what is asked.
    """
    try:
        with Session(engine) as session, session.begin():
            yield session
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StoreError(f"数据库读写失败：{cause}。") from error


class Store:
    """What keeps something of one service in its database. Every method is one transaction: it is
    done whole or not at all. All raise `ui.errors.StoreError` where the database does not take
    or give what is asked.

    Args:
        engine: as `ui.store.database.open_database` gives it.
        now: tells the time.
    """

    def __init__(
        self, engine: Engine, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine = engine
        self._now = now
