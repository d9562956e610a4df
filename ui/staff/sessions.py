"""Who is at the desk: the signed cookie, the roles that pages ask for, and forms that are ours."""

import os
import secrets
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request, Response
from itsdangerous import BadSignature, TimestampSigner

from policyqa.ui.clients import client_of
from policyqa.ui.errors import StoreError
from policyqa.ui.staff.tries import Tries
from policyqa.ui.store.accounts import Accounts, LoggedIn, Role

COOKIE = "policyqa_session"
FOLDER = "/staff"
LOG_IN = f"{FOLDER}/login"
SECOND = f"{FOLDER}/second"
WITHOUT_SECOND = (SECOND, f"{FOLDER}/logout")  # what is open before one is set up
API = f"{FOLDER}/api/"
KEY_FILE = "session.key"
KEY_BYTES = 32
NO_SECOND = "请先在工作台设好两步验证。"
NOT_YOURS = "您的账号没有这项权限，请找管理员。"
FORGED = "这个表单已过期或不是从本页提交的，请返回重试。"
MAX_NEXT_CHARS = 300


def signing_key(folder: Path) -> bytes:
    """The key that session cookies are signed with, made at its first use.

    Raises:
        StoreError: the folder of the data cannot be written, the key cannot be read, or it is too
            short to keep anybody from signing for us.
    """
    path = folder / KEY_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
        except FileExistsError:
            pass
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(f"读不到或写不进 {path.name}：{error.strerror or error}。") from error
    if len(key) < KEY_BYTES:
        raise StoreError(
            f"{path} 只有 {len(key)} 字节，应有 {KEY_BYTES}；删掉它再启动会另做一个，都要重新登录。"
        )
    return key


class Sessions:
    """The cookie of a browser and the account behind it.

    Args:
        accounts: who is who.
        key: that cookies are signed with.
        hours: after which a cookie is refused, whatever the database says.
        tries_per_minute: of logging in from one address.
    """

    def __init__(
        self, accounts: Accounts, key: bytes, hours: int, *, tries_per_minute: int = 30
    ) -> None:
        self.accounts = accounts
        self.tries = Tries(tries_per_minute)
        self._signer = TimestampSigner(key, salt="policyqa.staff")
        self._seconds = hours * 3600

    def begin(
        self, request: Request, response: Response, name: str, password: str, code: str = ""
    ) -> None:
        """Log in, with a new cookie; `AccountError` where it is refused. Slow: it hashes."""
        self.end(request, response)
        token = self.accounts.log_in(name, password, code=code, address=client_of(request))
        self.tries.fitted(name)
        response.set_cookie(
            COOKIE,
            self._signer.sign(token).decode(),
            max_age=self._seconds,
            path=FOLDER,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",  # strict would ask whoever follows a link of a mail to log in again
        )

    def end(self, request: Request, response: Response) -> None:
        """Log out; nothing where nobody is logged in."""
        if token := self._token(request):
            self.accounts.log_out(token)
        response.delete_cookie(COOKIE, path=FOLDER)

    def who(self, request: Request) -> LoggedIn | None:
        """Who asks."""
        token = self._token(request)
        return self.accounts.session(token) if token else None

    def _token(self, request: Request) -> str:
        try:
            signed = request.cookies.get(COOKIE, "")
            return self._signer.unsign(signed, max_age=self._seconds).decode()
        except (BadSignature, UnicodeError):
            return ""


def who(request: Request) -> LoggedIn | None:
    """Who asks, as a dependency of routes that are for everybody."""
    sessions: Sessions = request.app.state.sessions
    return sessions.who(request)


def at_least(role: Role) -> Callable[..., Awaitable[LoggedIn]]:
    """A dependency that lets in who may do what a role may: strangers are sent to log in (401 for
    the API), others get 403."""

    async def let_in(request: Request, found: Annotated[LoggedIn | None, Depends(who)]) -> LoggedIn:
        if found is None:
            raise _sent_to_log_in(request)
        if found.unproved and request.url.path not in WITHOUT_SECOND:
            if request.url.path.startswith(API):
                raise HTTPException(403, NO_SECOND)
            raise HTTPException(303, headers={"Location": SECOND})
        if not found.account.may(role):
            raise HTTPException(403, NOT_YOURS)
        if request.method == "POST":
            await refuse_forged(request, found.csrf)
        return found

    return let_in


async def refuse_forged(request: Request, csrf: str) -> None:
    """Refuse a form that does not carry the session's own secret, in a field or a header."""
    given = request.headers.get("x-csrf-token") or (await request.form()).get("csrf") or ""
    if not compare_digest(str(given).encode(), csrf.encode()):
        raise HTTPException(403, FORGED)


async def fields(request: Request) -> dict[str, str]:
    """The fields of a form, as a dependency of routes whose fields have no fixed names."""
    said = (await request.form()).items()
    return {n: plain(value) for n, value in said if isinstance(value, str)}


def plain(text: str) -> str:
    """Text without the character that no database takes."""
    return text.replace("\x00", "")


def refuse_foreign(request: Request) -> None:
    """Refuse a form that another site sent, by what the browser says of where it comes from. For
    forms without a session (log-in)."""
    origin = request.headers.get("origin")
    own = urlsplit(str(request.base_url)).netloc
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none") or (origin and urlsplit(origin).netloc != own):
        raise HTTPException(403, FORGED)


def local(address: str) -> str:
    """An address of the desk to go on to after log-in; the start page for any other."""
    parts = urlsplit(address[:MAX_NEXT_CHARS])
    ours = parts.path == FOLDER or parts.path.startswith(f"{FOLDER}/")
    plain = not (parts.scheme or parts.netloc) and not set(address) & set("\\\r\n\t")
    return address if ours and plain and ".." not in parts.path else FOLDER


def came_from(request: Request) -> str:
    """The page of the desk from which a form or a link came, "" where it was none."""
    page = urlsplit(request.headers.get("referer", ""))
    ours = page.netloc == urlsplit(str(request.base_url)).netloc
    desk = page.path == FOLDER or page.path.startswith(f"{FOLDER}/")
    return page.path + (f"?{page.query}" if page.query else "") if ours and desk else ""


def _sent_to_log_in(request: Request) -> HTTPException:
    if request.url.path.startswith(API):
        return HTTPException(401, "请先登录。")
    # A form leads back to the page that it stands on, where what was filled in waits.
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = asked if request.method == "GET" else came_from(request)
    late = "" if request.method == "GET" else "&late=1"
    place = f"{LOG_IN}?next={quote(back or FOLDER, safe='')}{late}"
    return HTTPException(303, headers={"Location": place})
