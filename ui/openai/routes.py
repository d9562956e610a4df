"""`/v1/chat/completions`, `/v1/responses` and `/v1/models`.

An answer is put together before any of it is said, and it is only then that a status is sent: what
goes wrong has the right one in a stream, too.
"""

import asyncio
import time
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from policyqa.qa.types import Question
from policyqa.ui.api import status_of
from policyqa.ui.assistant import Assistant
from policyqa.ui.bearers import Bearers
from policyqa.ui.clients import Caller
from policyqa.ui.errors import RequestError
from policyqa.ui.openai.asked import ChatAsked, ResponseAsked, question_of, read
from policyqa.ui.openai.said import (
    MODEL,
    Said,
    chunks,
    completion,
    event_stream,
    events,
    response,
    said_of,
)
from policyqa.ui.turns import Turns

NO_MODEL = "没有模型 {}，这里只有 {}。"
MODEL_CARD = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
MAX_SHOWN = 60


def build_openai(assistant: Assistant, turns: Turns, bearers: Bearers) -> APIRouter:
    """The routes over one assistant and the queue that all questions stand in, for those who may
    ask."""
    asker = Depends(bearers.allowed("ask", any_key=True))
    Asker = Annotated[Caller, asker]
    router = APIRouter(prefix="/v1", dependencies=[asker])

    async def said(request: Request, caller: Caller, question: Question, param: str) -> Said:
        name = uuid4().hex
        question = question.model_copy(update={"id": name})
        coming = turns.submit(caller, assistant.ask, question)
        answer = await asyncio.wrap_future(coming)
        if answer.status == "error":
            raise RequestError(answer.answer, param, status=status_of(answer))
        return said_of(answer, name, int(time.time()), str(request.base_url))

    @router.post("/chat/completions")
    async def chat(request: Request, caller: Asker) -> Response:
        asked = await read(request, ChatAsked)
        _check_name(asked.model)
        found = await said(request, caller, question_of(asked.messages, "messages"), "messages")
        if not asked.stream:
            return JSONResponse(completion(found))
        usage = bool(asked.stream_options and asked.stream_options.include_usage)
        parts = chunks(found, usage=usage)
        return _streamed(event_stream(parts, named=False, end="data: [DONE]\n\n"))

    @router.post("/responses")
    async def responses(request: Request, caller: Asker) -> Response:
        asked = await read(request, ResponseAsked)
        _check_name(asked.model)
        found = await said(request, caller, question_of(asked.input, "input"), "input")
        if not asked.stream:
            return JSONResponse(response(found))
        return _streamed(event_stream(events(found), named=True))

    @router.get("/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [MODEL_CARD]}

    @router.get("/models/{name}")
    async def model(name: str) -> dict[str, Any]:
        _check_name(name)
        return MODEL_CARD

    return router


def _check_name(name: str) -> None:
    if name != MODEL:
        words = NO_MODEL.format(name[:MAX_SHOWN], MODEL)
        raise RequestError(words, "model", "model_not_found", status=404)


def _streamed(text: str) -> Response:
    return Response(text, media_type="text/event-stream", headers={"cache-control": "no-store"})
