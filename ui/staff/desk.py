"""The desk's frame: start page, log-in and log-out, one's own password, accounts."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from importlib.resources import files
from typing import Annotated, Any, NamedTuple

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import HTMLResponse, PlainTextResponse

from policyqa.qa.templates import templates
from policyqa.ui.api import failed, malformed
from policyqa.ui.clients import client_of
from policyqa.ui.errors import AccountError, StoreError, TryLater
from policyqa.ui.staff.passages import place_of
from policyqa.ui.staff.sessions import (
    API,
    FOLDER,
    LOG_IN,
    SECOND,
    Sessions,
    at_least,
    came_from,
    local,
    plain,
    refuse_foreign,
    who,
)
from policyqa.ui.store.accounts import MIN_PASSWORD_CHARS, LoggedIn, Role
from policyqa.ui.store.tables import ID_CHARS
from policyqa.ui.users import ROLE_NAMES

logger = logging.getLogger(__name__)

HASHES_AT_ONCE = 2  # each takes 64 MiB and a core for a moment

SCRIPTS = ("keys.js", "keep.js", "documents.js")
WRONG_FIELDS = "地址或表单里的 {} 不对，请从工作台重新打开这一页。"
LATE = "登录已过期，刚才提交的没有保存。登录后填写的还在，请核对后再提交；选的文件要重新选。"
NO_DATABASE = "数据库暂时连不上，请稍后再试；一直这样，请找管理员。"
NO_PAGE = "没有这个页面。"
NOT_SO = "请求不完整或不对，请从工作台重新打开这一页。"
NO_ACT = "没有这个操作。"
DIFFERENT = "两次输入的新密码不一样。"

Reader = Annotated[LoggedIn, Depends(at_least("reader"))]
Editor = Annotated[LoggedIn, Depends(at_least("editor"))]
Admin = Annotated[LoggedIn, Depends(at_least("admin"))]
Text = Annotated[str, Form(max_length=2000)]


class Room(NamedTuple):
    """A page of the desk: its address, its name, what is done there, and for whom it is."""

    path: str
    name: str
    purpose: str
    role: Role


ROOMS = (
    Room(f"{FOLDER}/review", "审阅", "逐句核对回答和引文", "reader"),
    Room(f"{FOLDER}/gaps", "缺口", "文件没有答案的问题，起草和签发答复", "reader"),
    Room(f"{FOLDER}/register", "登记册", "核对、更正和签政策与服务的条目", "reader"),
    Room(f"{FOLDER}/documents", "文件", "放入、更正、比较和撤下文件", "reader"),
    Room(f"{FOLDER}/numbers", "数字", "提问、评价、用时和引用的统计", "reader"),
    Room(f"{FOLDER}/evaluations", "评测", "各次评测的指标，改动以后变好还是变差", "reader"),
    Room(f"{FOLDER}/accounts", "账号", "停用和恢复账号", "admin"),
    Room(f"{FOLDER}/tokens", "令牌", "给程序用的令牌：新增、吊销、用了多少", "admin"),
    Room(f"{FOLDER}/log", "日志", "谁在什么时候改了什么", "admin"),
    Room(f"{FOLDER}/password", "密码", "更改自己的密码，设两步验证", "reader"),
)
# Nothing of these pages runs or loads from anywhere else.
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
HEADERS = {
    "content-security-policy": POLICY + "frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",  # without it a browser hides where a form comes from
}
# A picture is a document of its own: it may style itself, and load nothing.
PICTURE = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
}
LASTING = {"cache-control": "max-age=31536000"}  # their address changes with what they say

_templates = templates("policyqa.ui.staff")


def build_desk(overdue: Callable[[], int]) -> APIRouter:
    """`/staff`, `/staff/login`, `/staff/logout`, `/staff/password`, `/staff/second`,
    `/staff/accounts`. The application holds `state.sessions`; `overdue` says how many gaps are."""
    router = APIRouter(prefix=FOLDER)
    hashing = anyio.CapacityLimiter(HASHES_AT_ONCE)

    @router.get("")
    def start(request: Request, found: Reader) -> HTMLResponse:
        return page(request, "start.html", found, overdue=overdue())

    _add_entrance(router, hashing)
    _add_own_page(router, hashing)
    _add_second(router)
    _add_accounts(router)
    return router


def page(
    request: Request, template: str, found: LoggedIn | None, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page of the desk for whoever is there."""
    rooms = [r for r in ROOMS if found and not found.unproved and found.account.may(r.role)]
    shown = _templates.get_template(template).render(
        account=found.account if found else None,
        csrf=found.csrf if found else "",
        unproved=bool(found and found.unproved),
        rooms=rooms,
        here=request.url.path,
        edition=fingerprint(),
        roles=ROLE_NAMES,
        orphaned=not _sessions(request).accounts.has_admin(),
        **values,
    )
    return HTMLResponse(shown, status, headers=HEADERS)


def _refused_try(
    request: Request, template: str, found: LoggedIn | None, error: AccountError, **values: Any
) -> HTMLResponse:
    """The page again, with what was wrong; 429 where one has to wait."""
    status = 400 if found else 403
    if isinstance(error, TryLater):
        status = error.status
    shown = page(request, template, found, status, wrong=str(error), **values)
    shown.headers.update(error.headers if isinstance(error, TryLater) else {})
    return shown


def build_absent() -> APIRouter:
    """Whatever else is asked of the desk; to be put behind all its pages."""
    router = APIRouter(prefix=FOLDER)

    @router.get("/{rest:path}")
    def absent(rest: str) -> Response:
        if rest:
            raise HTTPException(404, NO_PAGE)
        return RedirectResponse(FOLDER)

    return router


async def refused(request: Request, error: Exception) -> Response:
    """What is answered where something is refused: a page at the desk, a line for programs."""
    path = request.url.path
    at_desk = path == FOLDER or path.startswith(f"{FOLDER}/")
    if at_desk and not path.startswith(API):
        return await _refusal(request, error)
    if isinstance(error, RequestValidationError):
        return await malformed(request, error)
    if isinstance(error, StarletteHTTPException):
        return await http_exception_handler(request, error)
    return await failed(request, error)


async def _refusal(request: Request, error: Exception) -> Response:
    status, words = 500, str(error)
    if isinstance(error, RequestValidationError):
        fields = "、".join(str(each["loc"][-1]) for each in error.errors())
        status, words = 422, WRONG_FIELDS.format(fields)
    elif isinstance(error, StarletteHTTPException):
        if place := (error.headers or {}).get("Location"):
            return RedirectResponse(place, error.status_code)
        status = error.status_code
        ours = isinstance(error, HTTPException) and not error.detail.isascii()  # else a library's
        none = status == 404
        words = error.detail if ours else NO_PAGE if none else NOT_SO
    try:
        found = await run_in_threadpool(who, request)
        return page(request, "refused.html", found, status, words=words, back=came_from(request))
    except StoreError:
        logger.exception("the database cannot be reached")
        return PlainTextResponse(NO_DATABASE, 503, headers=HEADERS)


@cache
def style() -> str:
    """The style of all pages of the desk."""
    return files(__package__).joinpath("staff.css").read_text(encoding="utf-8")


@cache
def script(name: str) -> str:
    """What a page does beyond what its forms and links do; it works without."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def local_time(moment: str) -> str:
    """A UTC time of the store as a clock of this place shows it, to the minute."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""


_templates.filters |= {"local": local_time, "place": place_of}


@cache
def fingerprint() -> str:
    """Changes with style and script, so that no browser keeps an old one."""
    return hashlib.sha256("".join((style(), *map(script, SCRIPTS))).encode()).hexdigest()[:12]


def _sessions(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


def _add_entrance(router: APIRouter, hashing: anyio.CapacityLimiter) -> None:
    @router.get("/style.css")
    def style_sheet() -> Response:
        return Response(style(), media_type="text/css", headers=LASTING)

    for name in SCRIPTS:
        router.add_api_route(f"/{name}", partial(_script, name))

    @router.get("/login")
    def log_in_form(request: Request, next: str = FOLDER, late: bool = False) -> HTMLResponse:
        wrong = LATE if late else ""
        return page(request, "login.html", None, next=local(next), name="", wrong=wrong)

    @router.post("/login", dependencies=[Depends(refuse_foreign)])
    async def log_in(
        request: Request,
        name: Text = "",
        password: Text = "",
        code: Text = "",
        next: Text = "",
    ) -> Response:
        response, sessions = RedirectResponse(local(next), 303), _sessions(request)
        named = plain(name).strip()[:ID_CHARS]
        try:
            sessions.tries.count(named, client_of(request))
            begin = partial(sessions.begin, request, response, named, password, code)
            await run_sync(begin, limiter=hashing)
        except AccountError as error:
            values = {"next": local(next), "name": named}
            again = partial(_refused_try, request, "login.html", None, error, **values)
            return await run_in_threadpool(again)
        return response

    @router.post("/logout")
    def log_out(request: Request, found: Reader) -> Response:
        response = RedirectResponse(LOG_IN, 303)
        _sessions(request).end(request, response)
        return response


def _script(name: str) -> Response:
    return Response(script(name), media_type="text/javascript", headers=LASTING)


def _add_own_page(router: APIRouter, hashing: anyio.CapacityLimiter) -> None:
    @router.get("/password")
    def password_form(request: Request, found: Reader) -> HTMLResponse:
        return page(request, "password.html", found, least=MIN_PASSWORD_CHARS, wrong="")

    @router.post("/password")
    async def new_password(
        request: Request, found: Reader, old: Text = "", new: Text = "", again: Text = ""
    ) -> Response:
        sessions, name, address = _sessions(request), found.account.name, client_of(request)
        try:
            if new != again:
                raise AccountError(DIFFERENT)
            sessions.tries.count(name, address)
            change = partial(sessions.accounts.change_password, name, old, new, address=address)
            await run_sync(change, limiter=hashing)
        except AccountError as error:
            values = {"least": MIN_PASSWORD_CHARS}
            again_ = partial(_refused_try, request, "password.html", found, error, **values)
            return await run_in_threadpool(again_)
        return RedirectResponse(LOG_IN, 303)  # every session of the account has ended


def _add_second(router: APIRouter) -> None:
    @router.get("/second")
    def second(request: Request, found: Reader) -> HTMLResponse:
        held = _sessions(request).accounts.second(found.account.name)
        return page(request, "second.html", found, second=held, wrong="")

    @router.post("/second")
    def change_second(request: Request, found: Reader, act: Text, code: Text = "") -> Response:
        sessions, name, address = _sessions(request), found.account.name, client_of(request)
        accounts = sessions.accounts
        acts = {"confirm": accounts.confirm_second, "stop": accounts.stop_second}
        try:
            if act == "begin":
                accounts.begin_second(name)
            elif act in acts:
                sessions.tries.count(name, address)
                acts[act](name, code, address=address)
            else:
                raise AccountError(NO_ACT)
        except AccountError as error:
            held = accounts.second(name)
            return _refused_try(request, "second.html", found, error, second=held)
        return RedirectResponse(SECOND, 303)


def _add_accounts(router: APIRouter) -> None:
    @router.get("/accounts")
    def all_accounts(request: Request, found: Admin) -> HTMLResponse:
        accounts = _sessions(request).accounts.all()
        return page(request, "accounts.html", found, accounts=accounts, wrong="")

    @router.post("/accounts")
    def one_account(request: Request, found: Admin, name: Text, act: Text) -> Response:
        accounts = _sessions(request).accounts
        acts = {"disable": accounts.disable, "enable": accounts.enable}
        try:
            if act not in acts:
                raise AccountError(NO_ACT)
            acts[act](name, by=found.account.name)
        except AccountError as error:
            values = {"accounts": accounts.all(), "wrong": str(error)}
            return page(request, "accounts.html", found, 400, **values)
        return RedirectResponse(f"{FOLDER}/accounts", 303)
