"""One web server for the page and the API, which asks no other host for anything."""

import asyncio
import errno
import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio when it is imported

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp

from policyqa.index.errors import PolicyQAError
from policyqa.qa.errors import SettingsError
from policyqa.qa.evaluations import Evaluations
from policyqa.qa.register.marking import Marker
from policyqa.qa.register.shelf import FOLDER
from policyqa.qa.settings import ServerSettings
from policyqa.ui.api import add_api, late
from policyqa.ui.assistant import Assistant
from policyqa.ui.bearers import Bearers
from policyqa.ui.chat.cited import build_cited
from policyqa.ui.chat.page import TITLE, build_page, i18n, script
from policyqa.ui.chat.papers import build_papers
from policyqa.ui.connections import bounded_protocol
from policyqa.ui.doorman import HEADERS, MCP, WORDS, Gate
from policyqa.ui.errors import RequestError, TryLater
from policyqa.ui.health import Check, Health, database_check
from policyqa.ui.logs import RequestIds
from policyqa.ui.metrics import CountedAssistant, Metrics
from policyqa.ui.openai.errors import PREFIX, refused_request, shape
from policyqa.ui.openai.routes import build_openai
from policyqa.ui.programmes.directory import build_directory, build_services
from policyqa.ui.programmes.held import Held
from policyqa.ui.programmes.linking import links_of
from policyqa.ui.programmes.selfcheck import build_check
from policyqa.ui.public import PublicAssistant
from policyqa.ui.rest.routes import PREFIX as REST
from policyqa.ui.rest.routes import build_rest
from policyqa.ui.staff.desk import Reader, build_absent, build_desk, refused
from policyqa.ui.staff.documents import body_bytes, build_documents
from policyqa.ui.staff.drafting import in_use
from policyqa.ui.staff.evaluations import build_evaluations
from policyqa.ui.staff.gaps import build_gaps
from policyqa.ui.staff.groups import Office, overdue
from policyqa.ui.staff.librarian import Librarian
from policyqa.ui.staff.log import build_log
from policyqa.ui.staff.numbers import build_numbers
from policyqa.ui.staff.people import HERE as PEOPLE
from policyqa.ui.staff.people import MAX_BYTES as PEOPLE_BYTES
from policyqa.ui.staff.people import build_people
from policyqa.ui.staff.register import build_register
from policyqa.ui.staff.review import Desk, build_review
from policyqa.ui.staff.sessions import Sessions
from policyqa.ui.staff.signing import Signing
from policyqa.ui.staff.tokens import build_tokens
from policyqa.ui.store.accounts import Accounts
from policyqa.ui.store.drafts import Drafts
from policyqa.ui.store.numbers import Numbers
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import Reviews
from policyqa.ui.store.tasks import Tasks
from policyqa.ui.store.tokens import Tokens
from policyqa.ui.turns import Turns
from policyqa.ui.widget import build_widget

FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "system-ui", "sans-serif")
NO_ADMIN = (
    "还没有管理员账号，不能在 {} 上提供服务：别的机器也到得了。"
    "请先运行 policyqa users add 名字 --role admin，或不加 --host。"
)
NO_TLS = (
    "注意：别的机器不经 HTTPS 也到得了这个地址，密码会明文传送。请放在带 HTTPS 的反向代理后面，"
    "并把 POLICYQA_SERVER__PROXIES 设为代理的地址。\n"
)
REASONS = {errno.EADDRINUSE: "端口已被占用", errno.EACCES: "没有使用这个端口的权限"}


class Service(NamedTuple):
    """What the application serves from: who answers, what is kept, who is at the staff desk, who
    keeps the documents, who tells of evaluations, under which names of hosts (empty: any), in the
    frames of which other origins, what raises where the index or the model is not well, where the
    register of programmes is (None: in the source folder), and what marks sentences for it."""

    assistant: Assistant
    records: Records
    sessions: Sessions
    librarian: Librarian
    evaluations: Evaluations
    hosts: frozenset[str] = frozenset()
    frames: tuple[str, ...] = ()
    check: Check = lambda: None
    register: Path | None = None
    marker: Callable[[], Marker | None] = lambda: None


def create_app(service: Service, settings: ServerSettings | None = None) -> FastAPI:
    """The application: the API's routes, the page at `/`, papers of what is kept, the staff desk,
    and the gate around all."""
    settings = settings or ServerSettings()
    assistant, records, sessions, librarian, evaluations, hosts, frames, check, folder, marker = (
        service
    )
    turns = Turns(settings)
    metrics = Metrics()
    metrics.watch(assistant, turns)
    counted = CountedAssistant(assistant, metrics)
    held = Held(folder or librarian.library.folder / FOLDER, lambda: public.corpus)
    public = PublicAssistant(counted, lambda: librarian.leaving, partial(links_of, held))
    tokens = Tokens(sessions.accounts.engine)
    bearers = Bearers(tokens, settings)
    door, life = None, None
    if settings.mcp:
        from policyqa.ui.mcp import Door, build_server  # may not be installed

        door = Door(build_server(public, turns), hosts, bearers)
        life = door.open
    app = FastAPI(title=TITLE, openapi_url=None, docs_url=None, redoc_url=None, lifespan=life)
    if door:
        app.routes.append(door.route)
    app.state.settings = settings

    @app.get("/metrics")
    def read_metrics(request: Request) -> Response:
        return metrics.reply(request, settings.metrics)

    @app.get("/staff/metrics")
    def staff_metrics(found: Reader) -> Response:
        return metrics.page()

    health = Health((check, database_check(sessions.accounts.engine)))
    app.mount(REST, build_rest(public, records, turns, bearers))
    add_api(app, public, turns, health, bearers)
    app.include_router(build_openai(public, turns, bearers))
    app.include_router(build_widget(frames))
    app.include_router(build_cited(public, turns))
    app.include_router(build_papers(public, records, librarian.library.folder))
    app.include_router(build_directory(held))
    app.include_router(build_services())
    app.include_router(build_check(held, turns))
    app.state.sessions = sessions
    drafts, reviews = Drafts(sessions.accounts.engine), Reviews(sessions.accounts.engine)
    answered = partial(_answered, assistant, librarian, drafts)
    tasks = Tasks(sessions.accounts.engine)
    app.include_router(build_desk(lambda: len(overdue(tasks.open(answered())))))
    app.include_router(build_review(Desk(assistant, records, reviews, answered)))
    app.include_router(build_documents(assistant, librarian))
    app.include_router(build_gaps(Office(assistant, drafts, librarian, tasks, sessions.accounts)))
    signing = Signing(sessions.accounts.engine, held, marker)
    app.include_router(build_people(held))  # before the pages by a programme's name
    app.include_router(build_register(held, signing))
    app.include_router(build_numbers(assistant, Numbers(sessions.accounts.engine)))
    app.include_router(build_evaluations(evaluations))
    app.include_router(build_tokens(tokens))
    app.include_router(build_log(sessions.accounts.engine))
    app.include_router(build_absent())
    for kind in (HTTPException, RequestValidationError, PolicyQAError):
        app.add_exception_handler(kind, refused)
    app.add_exception_handler(TryLater, late)
    app.add_exception_handler(RequestError, refused_request)
    app.add_exception_handler(Exception, broken)  # it is logged as it would be without
    page = build_page(public, records, turns)
    page.has_launched = True  # else Gradio opens any path that it is sent: mounting leaves it False
    with as_file(files(__package__).joinpath("icon.svg")) as icon:
        gr.mount_gradio_app(
            app,
            page,
            path="/",
            theme=gr.themes.Base(font=FONTS, font_mono=("ui-monospace", "monospace")),
            css=script("page.css"),
            favicon_path=str(icon),
            footer_links=[],
            run_history=False,
            i18n=i18n,
            show_error=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            max_file_size=1,
        )
    bodies = body_bytes(librarian) | {PEOPLE: PEOPLE_BYTES * 2}
    app.state.closing, app.state.turns, app.state.health = asyncio.Event(), turns, health
    app.add_middleware(
        Gate,
        title=TITLE,
        bodies=bodies,
        settings=settings,
        hosts=hosts,
        more=frozenset({MCP}) if door else frozenset(),
        frames=frames,
        closing=app.state.closing,
    )
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(RequestIds)
    return app


async def broken(request: Request, error: Exception) -> Response:
    """What is answered where something went wrong that nobody thought of."""
    if request.url.path.startswith(PREFIX):
        return JSONResponse(shape(500, WORDS[500]), 500, headers=HEADERS)
    return PlainTextResponse(WORDS[500], 500, headers=HEADERS)


def _answered(assistant: Assistant, librarian: Librarian, drafts: Drafts) -> set[str]:
    return drafts.answered(in_use(assistant, librarian.changes))


def listen(host: str, port: int) -> socket.socket:
    """Take the address before anything slow is loaded.

    Raises:
        SettingsError: the host is not of this machine, or the port is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = REASONS.get(error.errno or 0, "本机没有这个地址")
        line = f"无法在 {host}:{port} 上提供服务：{reason}。请换一个 --host 或 --port。"
        raise SettingsError(line) from error
    return listener


def is_local(listener: socket.socket) -> bool:
    """Whether only this machine reaches a listener."""
    return ipaddress.ip_address(listener.getsockname()[0]).is_loopback


def refuse_unowned(listener: socket.socket, accounts: Accounts) -> None:
    """Let nobody else in before somebody is in charge.

    Raises:
        SettingsError: other machines reach the listener, and no account is an admin's.
    """
    if not is_local(listener) and not accounts.has_admin():
        host = listener.getsockname()[0]
        listener.close()
        raise SettingsError(NO_ADMIN.format(host))


def serve(service: Service, listener: socket.socket, settings: ServerSettings) -> None:
    """Serve until interrupted, on the address that `listen` took."""
    app = create_app(service, settings)
    service.librarian.start()
    run(app, listener, settings)


def run(app: ASGIApp, listener: socket.socket, settings: ServerSettings, *, path: str = "") -> None:
    """Run an application until interrupted; `path` is where in it one begins."""
    config = configured(app, settings)
    if not is_local(listener) and not settings.proxies:
        sys.stderr.write(NO_TLS)
    sys.stderr.write(f"{TITLE}：{address_of(listener)}{path}（按 Ctrl-C 停止）\n")
    try:
        Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        sys.stderr.write("已停止。\n")


class Server(uvicorn.Server):
    """Ends as uvicorn does, which waits for what is being answered, streams among it; but not for
    pages that are merely open, nor, after that, for questions that nobody waits for any more."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        state = getattr(self.config.app, "state", None)
        if closing := getattr(state, "closing", None):
            closing.set()
        await super().shutdown(sockets)
        if turns := getattr(state, "turns", None):
            turns.close()


def configured(app: ASGIApp, settings: ServerSettings) -> uvicorn.Config:
    """How uvicorn serves: it believes what is said of a client's address to nobody but proxies
    that are set, and holds so many connections of one client."""
    return uvicorn.Config(
        app,
        log_config=None,  # as `ui.logs` has configured it
        log_level="warning",
        timeout_graceful_shutdown=settings.shutdown_s,
        http=bounded_protocol(settings.connections, settings.proxies),
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
    )


def address_of(listener: socket.socket) -> str:
    """The address to type into a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
