"""Answers as pages of their own: the receipt to print, and the one behind a shared address; and
the files that documents were read from."""

import hashlib
from base64 import b64encode
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse

from policyqa.index.errors import SourceError
from policyqa.qa.check.receipts import receipt_of, rendered
from policyqa.ui.assistant import Assistant
from policyqa.ui.doorman import NOTHING
from policyqa.ui.public import may_be_shown
from policyqa.ui.store.records import Records
from policyqa.ui.store.types import KeptAnswer

GONE = "没有这个回答：链接不对，或已停止分享、超过保存期限。"
WITHDRAWN = "这个回答引用的文件已撤下，不再显示。"
NO_FILE = "原文件已不在，或在收录之后有改动。"
# Search engines and caches keep no answer that may be taken back.
HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}


def build_papers(assistant: Assistant, records: Records, source: Path) -> APIRouter:
    """`GET /receipt/{answer_id}` for who asked, `GET /a/{share}` for whoever has the address,
    `GET /files/{doc_id}` the file in the source folder that a document was read from."""
    router = APIRouter()

    @router.get("/receipt/{answer_id}")
    def receipt(answer_id: str) -> Response:
        return _paper(assistant, records.answer(answer_id))

    @router.get("/a/{share}")
    def shared(share: str) -> Response:
        return _paper(assistant, records.shared(share))

    @router.get("/files/{doc_id}")
    def file(doc_id: str) -> Response:
        try:
            document = assistant.corpus.document(doc_id)
        except SourceError:
            return absent(NO_FILE)
        path = source / document.source
        if not path.is_file() or _sha256(path) != document.sha256:
            return absent(NO_FILE)
        return FileResponse(path, media_type="application/octet-stream", filename=path.name)

    return router


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def absent(words: str) -> Response:
    """What is answered where there is nothing to show, or no more."""
    return Response(words, 404, media_type="text/plain; charset=utf-8", headers=HEADERS)


def _paper(assistant: Assistant, kept: KeptAnswer | None) -> Response:
    if kept is None:
        return absent(GONE)
    if not may_be_shown(assistant, kept.answer):
        return absent(WITHDRAWN)
    receipt = receipt_of(kept.answer, now=datetime.fromisoformat(kept.time))
    page = rendered(receipt, "html")
    return HTMLResponse(page, headers={**HEADERS, "content-security-policy": policy(page)})


def policy(page: str) -> str:
    """What a receipt may do in a browser: wear its own style (the first of the page)."""
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"{NOTHING}; style-src 'sha256-{digest}'"
