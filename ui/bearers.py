"""Who calls one of the interfaces for programs, and what that caller may do: the one place where
`Authorization: Bearer …` is looked at."""

import logging
import math
from collections.abc import Callable

from fastapi import HTTPException, Request

from policyqa.qa.settings import ServerSettings
from policyqa.ui.clients import Caller, Rate, client_of
from policyqa.ui.errors import StoreError, TryLater
from policyqa.ui.store.tokens import PREFIX, SCOPE_NAMES, Scope, Tokens

logger = logging.getLogger(__name__)

CALLS_AN_ASK = 10  # reading documents is quicker than asking
NO_TOKEN = "需要令牌：请带 Authorization: Bearer 令牌，令牌找管理员要。"
NO_SUCH_TOKEN = "令牌不对、已到期或已吊销，请找管理员换一个。"
NOT_ALLOWED = "这个令牌不能{}，请找管理员换一个。"
TOO_FAST = "请求太频繁了，请 {} 秒后再来。"


class Bearers:
    """Lets callers in: by their token, or by their address where none is asked for.

    Args:
        tokens: that are known.
        settings: whether a token is asked for, and how often an address may ask.
    """

    def __init__(self, tokens: Tokens, settings: ServerSettings) -> None:
        self.required = settings.token_required
        self._tokens = tokens
        self._per_minute = settings.asks_per_minute
        self._calls = Rate(CALLS_AN_ASK * self._per_minute, 60)

    def allowed(self, scope: Scope, *, any_key: bool = False) -> Callable[[Request], Caller]:
        """A dependency of routes: gives the caller, where that may do what a scope names.

        Args:
            scope: what is to be done.
            any_key: as `caller`.

        Raises:
            HTTPException: 401 for a token that is missing or not taken, 403 for one that may not.
            TryLater: the caller calls too often, whatever it calls.
        """

        def let_in(request: Request) -> Caller:
            return self.admitted(self.caller(request, any_key=any_key), scope)

        return let_in

    def admitted(self, caller: Caller, scope: Scope) -> Caller:
        """A caller that may do what a scope names, which is counted.

        Raises:
            HTTPException: 403 for a token that may not.
            TryLater: the caller calls too often, whatever it calls.
        """
        self.refuse_without(caller, scope)
        count = CALLS_AN_ASK * (caller.per_minute or self._per_minute)
        if wait_s := self._calls.wait_s(caller.name, count=count):
            raise TryLater(TOO_FAST.format(math.ceil(wait_s)), wait_s)
        if caller.token:
            self._count(caller, scope)
        return caller

    def caller(self, request: Request, *, any_key: bool = False) -> Caller:
        """Who calls. A token that is shown must be one, also where none is asked for.

        Args:
            request: with its headers.
            any_key: whether a key that does not begin as ours do is taken for none, since there are
                programs that insist on some key.

        Raises:
            HTTPException: 401 for a token that is missing or not taken.
        """
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip() if kind.lower() == "bearer" else ""
        if not token or (any_key and not token.startswith(PREFIX)):
            if self.required:
                raise HTTPException(401, NO_TOKEN, {"WWW-Authenticate": "Bearer"})
            return Caller(client_of(request))
        found = self._tokens.found(token)
        if found is None:
            refused = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise HTTPException(401, NO_SUCH_TOKEN, refused)
        return Caller(f"token {found.id}", found.per_minute, found.id, found.scopes)

    def refuse_without(self, caller: Caller, scope: Scope) -> None:
        """Refuse a token that may not do what a scope names; an address may do all."""
        if caller.token and scope not in caller.scopes:
            refused = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
            raise HTTPException(403, NOT_ALLOWED.format(SCOPE_NAMES[scope]), refused)

    def _count(self, caller: Caller, scope: Scope) -> None:
        try:
            self._tokens.count(caller.token, scope)
        except StoreError:  # who asks is answered all the same
            logger.exception("the use of a token was not counted")
