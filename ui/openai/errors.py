"""What goes wrong under `/v1`, in OpenAI's shape, whoever says it."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from policyqa.ui.errors import RequestError

PREFIX = "/v1/"
_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


def shape(status: int, message: str, param: str | None = None, code: str | None = None) -> Any:
    """The body of a refusal."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    kind = "requests" if status == 429 else kind
    code = code or _CODES.get(status)
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


async def refused_request(request: Request, error: Exception) -> Response:
    """What is answered to a request at fault."""
    found = error if isinstance(error, RequestError) else RequestError(str(error))
    return JSONResponse(shape(found.status, str(found), found.param, found.code), found.status)


def in_shape(status: int, kind: str, said: bytes) -> tuple[bytes, str]:
    """A refusal of the gate, of the framework or of the queue in the shape, for `rewritten`."""
    return json.dumps(_shaped(status, said), ensure_ascii=False).encode(), "application/json"


def _shaped(status: int, said: bytes) -> Any:
    try:
        found = json.loads(said)
    except ValueError:
        return shape(status, said.decode("utf-8", "replace"))
    if isinstance(found, dict) and "error" in found:
        return found
    return shape(status, str(found.get("detail", "")) if isinstance(found, dict) else str(found))
