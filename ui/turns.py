"""Whose question is next: few at once, a bounded queue, and clients by turns, so that nobody who
asks much keeps others waiting."""

import math
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from policyqa.qa.settings import ServerSettings
from policyqa.ui.clients import Caller, Rate
from policyqa.ui.errors import TryLater

AT_ONCE = 2
SOON_S = 5  # when there is room again, about
TOO_FAST = "问得太频繁了，请 {} 秒后再问。"
TOO_MANY = "您还有 {} 个问题在等，请等它们答完再问。"
FULL = "现在提问的人太多，请 {} 秒后再问。"

P = ParamSpec("P")
T = TypeVar("T")


class Turns:
    """The questions of one service, from the page and from programs.

    Args:
        settings: how often a client may ask, and how many questions may wait.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._rate = Rate(settings.asks_per_minute, 60)
        # Threads that stay: a model's first work in a new thread takes longer than all after it.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ask")
        self._lock = Lock()
        self._waiting: dict[str, deque[Callable[[], None]]] = {}

    def submit(
        self, asks: str | Caller, work: Callable[P, T], *args: P.args, **named: P.kwargs
    ) -> Future[T]:
        """Have something done for a client when it is its turn.

        Args:
            asks: an address, or a caller with a rate of its own.
            work: what is done, with what is given to it.

        Raises:
            TryLater: the client asks too often (429) or has too much waiting (429), or all
                together have (503).
        """
        who, per_minute, *_ = asks if isinstance(asks, Caller) else Caller(asks)
        if wait_s := self._rate.wait_s(who, count=per_minute):
            raise TryLater(TOO_FAST.format(math.ceil(wait_s)), wait_s)
        coming: Future[T] = Future()
        context = copy_context()  # the id of the request, for what is logged

        def done() -> None:
            if not coming.set_running_or_notify_cancel():
                return
            try:
                coming.set_result(context.run(work, *args, **named))
            except BaseException as error:
                coming.set_exception(error)

        with self._lock:
            mine = self._waiting.get(who, ())
            if len(mine) >= self._settings.waiting_each:
                raise TryLater(TOO_MANY.format(len(mine)), SOON_S)
            if sum(map(len, self._waiting.values())) >= self._settings.waiting:
                raise TryLater(FULL.format(SOON_S), SOON_S, 503)
            self._waiting.setdefault(who, deque()).append(done)
        self._threads.submit(self._next)
        return coming

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def close(self) -> None:
        """Take nothing up any more; what is being done goes on."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _next(self) -> None:
        """Do what is first of the client whose turn it is, who then stands last."""
        with self._lock:
            who = next(iter(self._waiting))
            mine = self._waiting.pop(who)
            work = mine.popleft()
            if mine:
                self._waiting[who] = mine
        work()


Submit = Callable[..., Future[Any]]
