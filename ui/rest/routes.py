"""The addresses of `/api/v1`, an application of its own: its refusals are problem details, and its
description is in two languages."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar
from uuid import uuid4

from fastapi import Body, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from policyqa.index.errors import SourceError
from policyqa.index.types import Document, Passage
from policyqa.qa.check.permalinks import (
    STRANGERS_EFFORT,
    Effort,
    parse,
    permalink,
    refuse_long,
    resolve,
)
from policyqa.qa.check.receipts import Claim, claims_of, is_altered, parsed
from policyqa.qa.corpus import Corpus
from policyqa.qa.errors import ReceiptError
from policyqa.qa.types import Answer, Hit, Question
from policyqa.ui.api import status_of
from policyqa.ui.assistant import Assistant
from policyqa.ui.bearers import Bearers
from policyqa.ui.clients import Caller
from policyqa.ui.rest.description import described
from policyqa.ui.rest.problems import HANDLERS, problem
from policyqa.ui.rest.types import (
    MAX_CLAIMS,
    Asked,
    Cited,
    DocumentInfo,
    DocumentPage,
    DocumentText,
    Found,
    Judged,
    Link,
    Paging,
    PassageInfo,
    PassagePage,
    Proof,
    Verified,
    Wanted,
)
from policyqa.ui.store.records import Records
from policyqa.ui.store.types import Feedback
from policyqa.ui.turns import Turns

PREFIX = "/api/v1"
STREAM = "text/event-stream"
MAX_SENTENCE_CHARS = 5_000
NO_DOCUMENT = "没有编号为 {} 的文件。"
NO_PASSAGE = "这份文件里没有编号为 {} 的段落。"
NO_ANSWER = "没有保存编号为 {} 的回答；提问时带 keep，才会保存。"
MAX_SHOWN = 40

T = TypeVar("T")


def build_rest(assistant: Assistant, records: Records, turns: Turns, bearers: Bearers) -> FastAPI:
    """What is to be mounted at `PREFIX`.

    Args:
        assistant: as strangers have it.
        records: where kept answers and what is thought of them are.
        turns: the queue of all who ask.
        bearers: who may do what.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    _add_asking(app, assistant, records, turns, bearers)
    _add_reading(app, assistant, bearers)
    _add_proving(app, assistant, turns, bearers)
    _add_feedback(app, records, bearers)
    described(app, needs_token=bearers.required)
    return app


async def taken(turns: Turns, caller: Caller, work: Callable[..., T], *args: Any) -> T:
    """What comes of work that waits for its turn."""
    return await asyncio.wrap_future(turns.submit(caller, work, *args))


def _add_asking(
    app: FastAPI, assistant: Assistant, records: Records, turns: Turns, bearers: Bearers
) -> None:
    def answered(asked: Asked) -> Answer:
        said = {name: getattr(asked, name) for name in Question.model_fields}
        if asked.keep:
            said["id"] = uuid4().hex  # who knows it may open the receipt: nobody else chooses it
        answer = assistant.ask(Question(**said))
        if asked.keep and answer.status != "error":
            records.keep(answer)
        return answer

    @app.post("/ask", response_model=Answer)
    async def ask(
        request: Request,
        asked: Annotated[Asked, Body()],
        caller: Annotated[Caller, Depends(bearers.allowed("ask"))],
    ) -> Response:
        if asked.keep:
            bearers.refuse_without(caller, "feedback")
        answer = await taken(turns, caller, answered, asked)
        if (status := status_of(answer)) != 200:
            return problem(status, answer.answer)
        if STREAM in request.headers.get("accept", ""):
            headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
            return StreamingResponse(events(answer), media_type=STREAM, headers=headers)
        return JSONResponse(answer.model_dump(mode="json"))

    @app.post("/search")
    async def search(
        wanted: Annotated[Wanted, Body()],
        caller: Annotated[Caller, Depends(bearers.allowed("search"))],
    ) -> Found:
        def look() -> tuple[Hit, ...]:
            return assistant.search(Question(**dict(wanted)))

        hits = await taken(turns, caller, look)
        return Found(hits=hits, corpus=assistant.corpus.fingerprint)


def events(answer: Answer) -> Iterator[str]:
    """An answer as server-sent events: its citations, its sentences, and then the whole."""
    for citation in answer.citations:
        yield _event("citation", citation.model_dump(mode="json"))
    for sentence in answer.sentences:
        yield _event("sentence", sentence.model_dump(mode="json"))
    yield _event("answer", answer.model_dump(mode="json"))


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _add_reading(app: FastAPI, assistant: Assistant, bearers: Bearers) -> None:
    reader = [Depends(bearers.allowed("documents"))]

    @app.get("/documents", dependencies=reader)
    def documents(paging: Annotated[Paging, Query()]) -> DocumentPage:
        corpus = assistant.corpus
        every = corpus.documents()
        items = tuple(_info(corpus, each) for each in _page(every, paging))
        return DocumentPage(items=items, total=len(every), **dict(paging))

    @app.get("/documents/{doc_id}", dependencies=reader)
    def document(doc_id: str) -> DocumentText:
        corpus = assistant.corpus
        found = _document(corpus, doc_id)
        about = dict(_info(corpus, found))
        return DocumentText(**about, readings=found.readings, text=found.text)

    @app.get("/documents/{doc_id}/passages", dependencies=reader)
    def passages(doc_id: str, paging: Annotated[Paging, Query()]) -> PassagePage:
        corpus = assistant.corpus
        found = _document(corpus, doc_id)
        every = corpus.passages(doc_id)
        items = tuple(_passage(found, each) for each in _page(every, paging))
        return PassagePage(items=items, total=len(every), **dict(paging))

    @app.get("/documents/{doc_id}/passages/{passage_id}", dependencies=reader)
    def passage(doc_id: str, passage_id: str) -> PassageInfo:
        corpus = assistant.corpus
        found = _document(corpus, doc_id)
        for each in corpus.passages(doc_id):
            if each.passage_id == passage_id:
                return _passage(found, each)
        raise HTTPException(404, NO_PASSAGE.format(passage_id[:MAX_SHOWN]))


def _page(every: tuple[T, ...], paging: Paging) -> tuple[T, ...]:
    start = (paging.page - 1) * paging.page_size
    return every[start : start + paging.page_size]


def _document(corpus: Corpus, doc_id: str) -> Document:
    try:
        return corpus.document(doc_id)
    except SourceError as error:
        raise HTTPException(404, NO_DOCUMENT.format(doc_id[:MAX_SHOWN])) from error


def _info(corpus: Corpus, document: Document) -> DocumentInfo:
    held = corpus.validity(document, date.today().isoformat())
    return DocumentInfo(
        **dict(document.metadata),
        doc_id=document.doc_id,
        source=document.source,
        validity=held.state,
        validity_because=held.because,
        warnings=document.warnings,
    )


def _passage(document: Document, passage: Passage) -> PassageInfo:
    return PassageInfo(
        **passage.model_dump(exclude={"sentences", "context"}),
        context=tuple(document.text[slice(*span)] for span in passage.context),
    )


def _add_proving(app: FastAPI, assistant: Assistant, turns: Turns, bearers: Bearers) -> None:
    @app.get("/cite")
    async def cite(
        link: Annotated[Link, Query()],
        caller: Annotated[Caller, Depends(bearers.allowed("verify"))],
    ) -> Cited:
        return await taken(turns, caller, cited, assistant.corpus, link.permalink)

    @app.post("/verify")
    async def verify(
        proof: Annotated[Proof, Body()],
        caller: Annotated[Caller, Depends(bearers.allowed("verify"))],
    ) -> Verified:
        return await taken(turns, caller, verified, assistant, proof)


def cited(corpus: Corpus, text: str) -> Cited:
    """Where a permalink leads in a corpus.

    Raises:
        PermalinkError: it is none, or of too many words.
        EffortError: it is not in its place, and finding it elsewhere takes too long.
    """
    refuse_long([text])
    found = resolve(parse(text), corpus.documents(), Effort(STRANGERS_EFFORT))
    document, span = found.document, found.span
    if document is None or span is None:
        return Cited(state=found.state)
    return Cited(
        state=found.state,
        doc_id=document.doc_id,
        source=document.source,
        title=document.metadata.title,
        start=span[0],
        end=span[1],
        quote=found.quote,
        permalink="" if found.state == "changed" else str(permalink(document, span)),
    )


def verified(assistant: Assistant, proof: Proof) -> Verified:
    """What is left of a proof.

    Raises:
        ReceiptError: what is given as a receipt is none, or has more than an answer has.
        PermalinkError: a permalink is of too many words.
        EffortError: finding what is not in its place takes too long.
    """
    corpus, receipt = assistant.corpus, None
    claims = tuple(Claim(text=each.text, permalinks=each.permalinks) for each in proof.sentences)
    if proof.receipt:
        receipt = parsed(proof.receipt, "receipt")
        claims = claims_of(receipt)
    if len(claims) > MAX_CLAIMS or any(len(each.text) > MAX_SENTENCE_CHARS for each in claims):
        raise ReceiptError(f"最多核对 {MAX_CLAIMS} 句，每句最多 {MAX_SENTENCE_CHARS} 字。")
    refuse_long(link for claim in claims for link in claim.permalinks)
    checks = assistant.verify(claims, corpus.documents(), Effort(STRANGERS_EFFORT))
    altered = is_altered(proof.receipt, receipt) if receipt else None
    held = all(each.held in ("unchanged", "moved") for each in checks)
    return Verified(
        holds=held and not altered,
        sentences=checks,
        altered=altered,
        same_corpus=receipt.corpus == corpus.fingerprint if receipt else None,
    )


def _add_feedback(app: FastAPI, records: Records, bearers: Bearers) -> None:
    @app.post("/feedback", dependencies=[Depends(bearers.allowed("feedback"))], status_code=204)
    def feedback(judged: Annotated[Judged, Body()]) -> None:
        if records.answer(judged.answer_id) is None:
            raise HTTPException(404, NO_ANSWER.format(judged.answer_id[:MAX_SHOWN]))
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        records.judge(Feedback(time=now, **dict(judged)))
