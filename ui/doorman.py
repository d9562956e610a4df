"""What may pass between a browser and Gradio: only what the page needs, and no other host.

Gradio serves far more than a chat page needs (uploads, files, a proxy, direct calls, a monitor).
`Gate` lets through what is named here and answers 404 to the rest, bounds request bodies, keeps
out what Gradio would take for a file, tells the browser to load from nowhere else, and puts our
head on the page.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policyqa.qa.settings import ServerSettings
from policyqa.ui.chat.language import Language, english, language_of
from policyqa.ui.clients import Rate, client_of
from policyqa.ui.errors import TryLater
from policyqa.ui.openai.errors import PREFIX, in_shape
from policyqa.ui.refusals import rewritten
from policyqa.ui.rest.problems import problem

MAX_BODY_BYTES = 1_000_000

MCP = "/mcp"  # where programs call tools, where that is wanted
PATHS = frozenset(
    {
        "/",
        "/healthz",
        "/cite",
        "/programmes",
        "/services",
        "/check",
        "/check/receipt",
        "/widget.js",
        "/readyz",
        "/metrics",
        "/staff",
        "/config",
        "/theme.css",
        "/favicon.ico",
        "/manifest.json",
        "/pwa_icon",
        "/robots.txt",
        "/gradio_api/theme.css",
        "/gradio_api/startup-events",
        "/gradio_api/app_id",
        "/gradio_api/run/predict",  # what is not queued: Gradio itself refuses the rest here
        "/gradio_api/queue/join",
        "/gradio_api/queue/data",
        "/gradio_api/cancel",
        "/gradio_api/reset",
    }
)
# What these are sent goes through Gradio's components, which open, hash and copy what looks like a
# file of theirs, whatever the path or address in it; the page has no files.
JOIN = "/gradio_api/queue/join"
COMPONENTS = (JOIN, "/gradio_api/run/predict")
STREAMS = ("/gradio_api/heartbeat/", "/gradio_api/queue/data")
HEARTBEAT = "/gradio_api/heartbeat/"  # open as long as a page is, and says nothing
STREAM_WAIT_S = 10
JOINS_AN_ASK = 3  # asking, opening it anew, a new conversation
TOO_MUCH = "请求太多，请稍后再试。"
REST = "/api/v1/"  # where a refusal is problem details
FOLDERS = (
    "/api/", PREFIX, "/a/", "/files/", "/programmes/", "/receipt/", "/staff/", "/assets/",
    "/static/", "/gradio_api/heartbeat/",
)  # fmt: skip

# Gradio's client compiles its templates, hence 'unsafe-eval'; its styles and start-up are inline.
# No other page needs a script that stands in it: their policy is `NOTHING`, or one of their own.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": NOTHING,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
TLS_ONLY = {"strict-transport-security": "max-age=31536000"}
OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})  # who looks whether the service is there

# What is said for what the libraries say in English.
WORDS = {
    403: "别的网站的页面不能用这里的接口。",
    404: "没有这个地址。",
    405: "这个地址不收这种请求。",
    421: "这里不是您要找的网站。",
    500: "系统出错，请稍后再试；一直这样，请找管理员。",
    503: "提问的人太多，请稍后再试。",
}
OTHER_WORDS = "请求不完整或不对。"

_FOREIGN = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*')


class Gate:
    """ASGI middleware around the whole application.

    Args:
        app: what is behind it.
        title: of the page.
        bodies: bytes that a request's body may have, by path; `MAX_BODY_BYTES` elsewhere.
        settings: what one client may do.
        hosts: names under which the service is asked, besides `OWN_HOSTS`; empty for any.
        more: what may be asked for beside `PATHS` and `FOLDERS`.
        frames: origins whose pages may show the page in a frame, besides our own.
        closing: set when the service ends: what only shows that a page is open ends then.
    """

    def __init__(
        self,
        app: ASGIApp,
        title: str,
        bodies: Mapping[str, int],
        settings: ServerSettings,
        hosts: frozenset[str],
        more: frozenset[str] = frozenset(),
        frames: tuple[str, ...] = (),
        closing: asyncio.Event | None = None,
    ) -> None:
        self.closing = closing or asyncio.Event()
        self.paths = PATHS | more
        self.policy = " ".join((POLICY, *frames))  # `frame-ancestors` stands last
        self.streams = settings.streams
        self.open: Counter[str] = Counter()  # streams of each client
        self.joins = Rate(JOINS_AN_ASK * settings.asks_per_minute, 60)
        self.app = app
        self.hosts = hosts
        self.bodies = bodies
        self.title = title

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = rewritten(send, in_shape) if scope["path"].startswith(PREFIX) else send
        send = with_headers(rewritten(send, in_chinese), scope, self.policy)
        refusal: Response | None = refused_host(scope, self.hosts) or refused(
            scope, self.bodies.get(scope["path"], MAX_BODY_BYTES), self.paths
        )
        if refusal is not None:
            if scope["path"].startswith(REST):
                refusal = problem(refusal.status_code, bytes(refusal.body).decode())
            await refusal(scope, receive, send)
            return
        who = client_of(HTTPConnection(scope))
        if scope["path"] == JOIN and (wait_s := self.joins.wait_s(who)):
            await _late(wait_s)(scope, receive, send)
            return
        if scope["path"].startswith(STREAMS):
            await self._stream(who, scope, receive, send)
            return
        receive = counted(receive, self.bodies.get(scope["path"], MAX_BODY_BYTES))
        if scope["path"] in COMPONENTS and scope["method"] == "POST":
            body = await whole(receive)
            refusal = refused_body(body)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
            receive = again(body, receive)
        if scope["path"] == "/":
            scope = without_encoding(scope)
            send = PageSender(send, self.title, language_of(HTTPConnection(scope).cookies))
        await self.app(scope, receive, send)

    async def _stream(self, who: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Let what stays open pass while its client has not too much open."""
        if self.open[who] >= self.streams:
            await _late(STREAM_WAIT_S)(scope, receive, send)
            return
        self.open[who] += 1
        try:
            if scope["path"].startswith(HEARTBEAT):
                await self._until_closing(scope, receive, send)
            else:
                await self.app(scope, receive, send)
        except RuntimeError as error:  # Gradio ends the stream of a session that is gone by a 404
            if not isinstance(error.__cause__, HTTPException):
                raise
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self.open[who] -= 1
            if not self.open[who]:
                del self.open[who]

    async def _until_closing(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve until the service ends."""
        serving = asyncio.ensure_future(self.app(scope, receive, send))
        ending = asyncio.ensure_future(self.closing.wait())
        try:
            await asyncio.wait((serving, ending), return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                await serving
        finally:
            ending.cancel()
            serving.cancel()


def refused_host(scope: Scope, hosts: frozenset[str]) -> PlainTextResponse | None:
    """The refusal of a request under a name that is not the service's, or None."""
    if not hosts:
        return None
    try:
        name = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname
    except ValueError:
        name = None
    known = name in hosts or name in OWN_HOSTS
    return None if known else PlainTextResponse(WORDS[421], 421)


def _late(wait_s: float) -> JSONResponse:
    """What Gradio's page shows of a refusal is its detail."""
    late = TryLater(TOO_MUCH, wait_s)
    return JSONResponse({"detail": str(late)}, late.status, headers=late.headers)


def refused(
    scope: Scope, most: int = MAX_BODY_BYTES, paths: frozenset[str] = PATHS
) -> PlainTextResponse | None:
    """The refusal of a request that has no business here, or None."""
    path = scope["path"]
    if "\x00" in path or b"%00" in scope.get("query_string", b""):  # no database takes it
        return PlainTextResponse("没有这个地址。", 404)
    if path not in paths and not path.startswith(FOLDERS):
        return PlainTextResponse("没有这个地址。", 404)
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    if scope["method"] not in ("POST", "PUT", "PATCH"):
        return None
    if not length.isdecimal() or "transfer-encoding" in headers:  # else the length says nothing
        return PlainTextResponse("请求须注明长度（Content-Length）。", 411)
    if int(length) > most:
        return PlainTextResponse(f"请求过大，最多 {most} 字节。", 413)
    return None


def counted(receive: Receive, most: int) -> Receive:
    """`receive` that ends a body of more than so many bytes, as if its sender had gone."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return message if read <= most else {"type": "http.disconnect"}

    return bounded


async def whole(receive: Receive) -> bytes:
    """The body of a request; what came of it, where its sender is gone."""
    parts: list[bytes] = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    return b"".join(parts)


def again(body: bytes, receive: Receive) -> Receive:
    """`receive` that gives a body that was read, and then what comes after it."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def refused_body(body: bytes) -> PlainTextResponse | None:
    """The refusal of what is no JSON object, is nested beyond reason, or holds something that
    Gradio would take for a file; else None."""
    try:
        sent = json.loads(body)
        if not isinstance(sent, dict) or any(map(_is_file, _objects(sent))):
            return PlainTextResponse("这里不收文件。", 400)
    except (ValueError, RecursionError):
        return PlainTextResponse("请求不是可读的 JSON。", 400)
    return None


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object within a value, however deep."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _is_file(value: Mapping[str, Any]) -> bool:
    """Whether Gradio may take an object for a file: by its mark, or by a path or an address with
    something said about it."""
    marked = value.get("_type") == "gradio.FileData"
    return marked or (("path" in value or "url" in value) and "meta" in value)


def own_page(html: str, title: str, language: Language) -> str:
    """Gradio's page without what it says of itself to link previews, with our name, the reader's
    language, `head.css` and `head.js`."""
    english_too = dict(english()) if language == "en" else {}
    words = json.dumps(english_too, ensure_ascii=False).replace("<", "\\u003c")
    script = files(__package__).joinpath("head.js").read_text("utf-8")
    script = script.replace("POLICYQA_ENGLISH", words)
    lang = 'lang="en"' if language == "en" else 'lang="zh-CN"'
    html = _FOREIGN.sub("", html).replace('lang="en"', lang, 1)
    style = files(__package__).joinpath("head.css").read_text("utf-8")
    head = f"<head><title>{title}</title><style>{style}</style><script>{script}</script>"
    return html.replace("<head>", head, 1)


def without_encoding(scope: Scope) -> Scope:
    """The scope of a client that takes no compression, so that the page can be read here."""
    headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
    return {**scope, "headers": headers}


def with_headers(send: Send, scope: Scope, policy: str) -> Send:
    """`send` that adds `HEADERS` to every response, `TLS_ONLY` where it goes over TLS, `policy` to
    the page; one that has its own keeps them."""
    wanted = {**HEADERS, **(TLS_ONLY if scope["scheme"] == "https" else {})}
    if scope["path"] == "/":
        wanted["content-security-policy"] = policy

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = MutableHeaders(scope=message)
            for name, value in wanted.items():
                given.setdefault(name, value)
        await send(message)

    return send_with_headers


def in_chinese(status: int, kind: str, said: bytes) -> tuple[bytes, str]:
    """A refusal in our words where a library says it in English, for `rewritten`: as JSON where
    that was, else as a line."""
    if not _is_english(said):
        return said, kind
    words = WORDS.get(status, OTHER_WORDS)
    if kind.startswith("application/json"):
        return json.dumps({"detail": words}, ensure_ascii=False).encode(), kind
    return words.encode(), "text/plain; charset=utf-8"


def _is_english(body: bytes) -> bool:
    """Whether there is no Chinese in what is said, as it is or escaped as JSON does. An error of
    JSON-RPC is not said to people: clients go by its number and its data."""
    return body.isascii() and b"\\u" not in body and not body.startswith(b'{"jsonrpc"')


class PageSender:
    """Collects the page and sends it on as `own_page`."""

    def __init__(self, send: Send, title: str, language: Language) -> None:
        self.send = send
        self.title = title
        self.language = language
        self.start: Message = {}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        if message["type"] != "http.response.body":
            await self.send(message)
            return
        self.body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = own_page(self.body.decode(), self.title, self.language).encode()
        if self.body:
            MutableHeaders(scope=self.start)["content-length"] = str(len(body))
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": body})
