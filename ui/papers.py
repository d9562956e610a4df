"""Answers as pages of their own: the receipt to print, and the one behind a shared address."""

from datetime import datetime

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from qa.receipts import receipt_of, rendered
from ui.store.records import Records
from ui.store.types import KeptAnswer

GONE = "没有这个回答：链接不对，或已停止分享、超过保存期限。"
# Search engines and caches keep no answer that may be taken back.
HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}


def build_papers(records: Records) -> APIRouter:
    """`GET /receipt/{answer_id}` for who asked, `GET /a/{share}` for whoever has the address."""
    router = APIRouter()

    @router.get("/receipt/{answer_id}")
    def receipt(answer_id: str) -> Response:
        return _paper(records.answer(answer_id))

    @router.get("/a/{share}")
    def shared(share: str) -> Response:
        return _paper(records.shared(share))

    return router


def _paper(kept: KeptAnswer | None) -> Response:
    if kept is None:
        return Response(GONE, 404, media_type="text/plain; charset=utf-8", headers=HEADERS)
    receipt = receipt_of(kept.answer, now=datetime.fromisoformat(kept.time))
    return HTMLResponse(rendered(receipt, "html"), headers=HEADERS)
