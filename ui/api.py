"""The HTTP API: questions and documents as JSON. An error is never inside a 200."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from policyqa.index.errors import PolicyQAError, SourceError
from policyqa.index.metadata.validity import validity
from policyqa.index.types import Document
from policyqa.qa.errors import QuestionError, meaning
from policyqa.qa.explaining import Explanation
from policyqa.qa.types import MAX_QUESTION_CHARS, Answer, Question, Text
from policyqa.ui.assistant import Assistant
from policyqa.ui.bearers import Bearers
from policyqa.ui.clients import Caller
from policyqa.ui.errors import TryLater
from policyqa.ui.health import Health
from policyqa.ui.turns import Turns

_STATUS_OF_REASON = {"bad_question": 400, "failed": 500}


T = TypeVar("T")


class Explained(Question):
    """A question whose answer is to be explained, and words that ought to be said."""

    expect: Text = Field(default="", max_length=MAX_QUESTION_CHARS)


def add_api(
    app: FastAPI, assistant: Assistant, turns: Turns, health: Health, bearers: Bearers
) -> None:
    """Put the routes on an application, with one clear line for each thing that goes wrong."""
    app.include_router(build_router(assistant, turns, health, bearers))
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(PolicyQAError, failed)
    app.add_exception_handler(TryLater, late)


def build_router(assistant: Assistant, turns: Turns, health: Health, bearers: Bearers) -> APIRouter:
    """`POST /api/ask`, `POST /api/explain`, `POST /api/suggestions`, `GET /api/documents`,
    `GET /api/documents/{doc_id}`, `GET /healthz` (the process lives; it says how it stands),
    `GET /readyz` (503 while it does not stand well).
    """
    router = APIRouter()
    reader = [Depends(bearers.allowed("documents"))]
    Asking = Annotated[Caller, Depends(bearers.allowed("ask"))]

    async def taken(caller: Caller, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.wrap_future(turns.submit(caller, work, *args))

    @router.post("/api/ask")
    async def ask(caller: Asking, question: Annotated[Question, Body()]) -> JSONResponse:
        answer = await taken(caller, assistant.ask, question)
        return JSONResponse(answer.model_dump(mode="json"), status_of(answer))

    @router.post("/api/explain")
    async def explain(caller: Asking, question: Annotated[Explained, Body()]) -> JSONResponse:
        def look() -> Explanation:
            asked = Question(**{name: getattr(question, name) for name in Question.model_fields})
            return assistant.explain(asked, expect=question.expect)

        try:
            found = await taken(caller, look)
        except QuestionError as error:
            return JSONResponse({"detail": str(error)}, 400)
        return JSONResponse(found.model_dump(mode="json"))

    @router.post("/api/suggestions")
    async def suggestions(caller: Asking, question: Annotated[Question, Body()]) -> dict[str, Any]:
        def look() -> tuple[str, ...]:
            return assistant.suggestions(assistant.ask(question))

        found = await taken(caller, look)
        return {"id": question.id, "suggestions": list(found)}

    @router.get("/api/documents", dependencies=reader)
    def documents() -> list[dict[str, Any]]:
        every = assistant.corpus.documents()
        return [described(document, every) for document in every]

    @router.get("/api/documents/{doc_id}", dependencies=reader)
    def document(doc_id: str) -> dict[str, Any]:
        try:
            found = assistant.corpus.document(doc_id)
        except SourceError as error:
            raise HTTPException(404, f"没有编号为 {doc_id} 的文件。") from error
        readings = [reading.model_dump() for reading in found.readings]
        return {
            **described(found, assistant.corpus.documents()),
            "readings": readings,
            "text": found.text,
        }

    async def standing() -> dict[str, Any]:
        fault, corpus = await health.fault(), assistant.corpus
        about = {"corpus": corpus.fingerprint, "documents": len(corpus.documents())}
        return (
            {"status": "not_ready", **about, "detail": fault}
            if fault
            else {"status": "ready", **about}
        )

    @router.get("/healthz")
    async def healthz() -> dict[str, Any]:
        return await standing()

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        found = await standing()
        return JSONResponse(found, 200 if found["status"] == "ready" else 503)

    return router


def status_of(answer: Answer) -> int:
    """200 for an answer or an abstention, 400 for a question at fault, 500 for us at fault."""
    return _STATUS_OF_REASON.get(answer.reason or "", 500) if answer.status == "error" else 200


def described(document: Document, documents: Iterable[Document]) -> dict[str, Any]:
    """What a document is and whether it holds today among the others, without its text; the
    offsets of the API point into `text`."""
    held = validity(document, documents, date.today().isoformat())
    return {
        "doc_id": document.doc_id,
        "source": document.source,
        **document.metadata.model_dump(),
        "validity": held.state,
        "validity_because": held.because,
        "warnings": list(document.warnings),
    }


async def malformed(request: Request, error: Exception) -> Response:
    """What is answered where a request is not as it should be."""
    details = error.errors() if isinstance(error, RequestValidationError) else []
    return JSONResponse({"detail": malformed_line(details)}, 422)


async def failed(request: Request, error: Exception) -> Response:
    """What is answered where we are at fault."""
    return JSONResponse({"detail": str(error)}, 500)


async def late(request: Request, error: Exception) -> Response:
    """What is answered where too much is asked."""
    if not isinstance(error, TryLater):
        return await failed(request, error)
    return JSONResponse({"detail": str(error)}, error.status, headers=error.headers)


def malformed_line(details: Any, known: Iterable[str] = tuple(Question.model_fields)) -> str:
    """One Chinese line for pydantic's errors: which field, and what was expected of it; `known`
    are the fields that there are."""
    if not details:
        return "请求不是所要的 JSON。"
    kind, place = details[0]["type"], details[0]["loc"]
    field = ".".join(str(part) for part in place if part != "body")
    if kind == "json_invalid" or not field:
        return '请求须是一个 JSON 对象，如 {"question": "……"}。'
    if kind == "missing":
        return f"请求缺少字段 {field}。"
    if kind == "extra_forbidden":
        return f"请求里有不认识的字段 {field}；可用的是 {'、'.join(known)}。"
    return f"字段 {field} 的值不对：{meaning(details[0])}。"
