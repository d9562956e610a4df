"""What goes wrong under `/v1`, in OpenAI's shape, whoever says it."""

import json
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Send

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


def in_shape(send: Send) -> Send:
    """`send` that puts a refusal of the gate, of the framework or of the queue into the shape."""
    start: Message = {}
    said = b""

    async def send_in_shape(message: Message) -> None:
        nonlocal start, said
        if message["type"] == "http.response.start" and message["status"] >= 400:
            start = message
            return
        if not start or message["type"] != "http.response.body":
            await send(message)
            return
        said += message.get("body", b"")
        if message.get("more_body"):
            return
        body = json.dumps(_shaped(start["status"], said), ensure_ascii=False).encode()
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(body))
        headers["content-type"] = "application/json"
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return send_in_shape


def _shaped(status: int, said: bytes) -> Any:
    try:
        found = json.loads(said)
    except ValueError:
        return shape(status, said.decode("utf-8", "replace"))
    if isinstance(found, dict) and "error" in found:
        return found
    return shape(status, str(found.get("detail", "")) if isinstance(found, dict) else str(found))
