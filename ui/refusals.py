"""Refusals that leave the server in other words than they came in."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

# Status, content type and body of a refusal → the body and its content type instead.
Words = Callable[[int, str, bytes], tuple[bytes, str]]


def rewritten(send: Send, words: Words) -> Send:
    """`send` that holds each refusal (a status from 400 on) back until its body is whole, and sends
    it on in other words."""
    start: Message = {}
    said = b""

    async def send_rewritten(message: Message) -> None:
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
        headers = MutableHeaders(scope=start)
        body, kind = words(start["status"], headers.get("content-type", ""), said)
        if body != said:
            headers["content-length"] = str(len(body))
            headers["content-type"] = kind
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return send_rewritten
