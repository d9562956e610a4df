"""What the service writes to standard error, a line each: for people, or as JSON; and the id of the
request that a line belongs to, which the reply carries."""

import logging
import secrets
import sys
import time
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policyqa.qa.settings import LogSettings

logger = logging.getLogger(__name__)
HEADER = "x-request-id"
request_id: ContextVar[str] = ContextVar("request_id", default="-")


def configure(settings: LogSettings) -> None:
    """Write what is logged as the settings say, instead of as the commands do."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_with_id)
    if settings.form == "json":
        fields = "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s"
        handler.setFormatter(JsonFormatter(fields, json_ensure_ascii=False))
    else:
        handler.setFormatter(logging.Formatter("%(name)s: [%(request_id)s] %(message)s"))
    level = getattr(logging, settings.level.upper())
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("policyqa").setLevel(level)  # libraries tell of addresses in theirs


def _with_id(record: logging.LogRecord) -> bool:
    record.request_id = request_id.get()
    return True


class RequestIds:
    """ASGI middleware: an id of our own for each request (what a client says of itself is not
    believed), in the reply's head and in every line that is logged for it; and a line of method,
    path, status and time, without address or query."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        own, status, began = secrets.token_hex(8), 0, time.perf_counter()
        token = request_id.set(own)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = own
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            about = {
                "method": scope["method"],
                "path": ascii(scope["path"][:200])[1:-1],
                "status": status,
                "ms": round(1000 * (time.perf_counter() - began), 1),
            }
            line = "%(method)s %(path)s %(status)d %(ms).1f ms"
            logger.info(line, about, extra=about)
            request_id.reset(token)
