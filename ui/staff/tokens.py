"""Tokens of programs at the desk: made, revoked, and how often each is used."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from policyqa.ui.errors import TokenError
from policyqa.ui.staff.desk import Admin, Text, page
from policyqa.ui.staff.sessions import FOLDER, plain
from policyqa.ui.store.accounts import LoggedIn
from policyqa.ui.store.tokens import (
    DAYS,
    MAX_DAYS,
    MAX_PER_MINUTE,
    PER_MINUTE,
    SCOPE_NAMES,
    Tokens,
)

USED_DAYS = 30


def build_tokens(tokens: Tokens) -> APIRouter:
    """`/staff/tokens` and what its forms do."""
    router = APIRouter(prefix=FOLDER)

    def shown(request: Request, found: LoggedIn, status: int = 200, **said: str) -> HTMLResponse:
        return page(
            request, "tokens.html", found, status,
            tokens=tokens.all(),
            totals=tokens.totals(days=USED_DAYS),
            used_days=USED_DAYS,
            now=datetime.now(UTC).isoformat(),
            scopes=SCOPE_NAMES,
            bounds=(DAYS, MAX_DAYS, PER_MINUTE, MAX_PER_MINUTE),
            **{"wrong": "", "token": "", "name": "", **said},
        )  # fmt: skip

    @router.get("/tokens")
    def all_tokens(request: Request, found: Admin) -> HTMLResponse:
        return shown(request, found)

    @router.post("/tokens")
    def add(
        request: Request,
        found: Admin,
        name: Text = "",
        scope: Annotated[list[str], Form(max_length=20)] = [],  # noqa: B006
        days: Annotated[int, Form()] = DAYS,
        per_minute: Annotated[int, Form()] = PER_MINUTE,
    ) -> HTMLResponse:
        by, named = found.account.name, plain(name).strip()
        try:
            token, _ = tokens.add(named, scope, days=days, per_minute=per_minute, by=by)
        except TokenError as error:
            return shown(request, found, 400, wrong=str(error), name=named)
        return shown(request, found, token=token)  # no redirect: it is shown this once

    @router.post("/tokens/revoke")
    def revoke(request: Request, found: Admin, token: Text) -> Response:
        try:
            tokens.revoke(plain(token), by=found.account.name)
        except TokenError as error:
            return shown(request, found, 400, wrong=str(error))
        return RedirectResponse(f"{FOLDER}/tokens", 303)

    return router
