"""Whether the service can do what it is for: looked at when somebody asks, and not more often than
once in some seconds."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from policyqa.index.errors import PolicyQAError
from policyqa.ui.errors import StoreError
from policyqa.ui.store.database import write_once

FRESH_S = 2.0
PATIENCE_S = 3.0
SLOW = f"检查了 {PATIENCE_S:.0f} 秒还没有结果，磁盘或数据库可能太忙。"
BROKEN = "检查时出错，请看服务器的日志。"

Check = Callable[[], None]


class Health:
    """What is wrong, of all that has to be well.

    Args:
        checks: each raises PolicyQAError where something is wrong. They run one after the other
            beside what is served, and never twice at once.
        fresh_s: how long a finding is given again.
        patience_s: after which a check that has not ended is itself what is wrong.
    """

    def __init__(
        self, checks: Sequence[Check], *, fresh_s: float = FRESH_S, patience_s: float = PATIENCE_S
    ) -> None:
        self._checks = checks
        self._fresh_s = fresh_s
        self._patience_s = patience_s
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._looked: Future[str] | None = None
        self._since = 0.0

    async def fault(self) -> str:
        """One line of what is wrong, "" where all is well."""
        found = self._looked
        old = time.monotonic() - self._since > self._fresh_s
        if found is None or (found.done() and old):
            found = self._looked = self._thread.submit(self._look)
            self._since = time.monotonic()
        waiting = asyncio.shield(asyncio.wrap_future(found))
        try:
            return await asyncio.wait_for(waiting, self._patience_s)
        except TimeoutError:
            return SLOW

    def _look(self) -> str:
        for check in self._checks:
            try:
                check()
            except PolicyQAError as error:
                return " ".join(str(error).split())
            except Exception:
                return BROKEN
        return ""


def database_check(engine: Engine) -> Check:
    """That the database takes what is written."""

    def check() -> None:
        try:
            write_once(engine)
        except SQLAlchemyError as error:
            raise StoreError("数据库写不进去，回答照常，但问答和评价保存不了。") from error

    return check
