"""The documents: what there is, what was read of each, and how one comes, is corrected and goes."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Annotated, Any, NamedTuple
from unicodedata import normalize
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.datastructures import UploadFile

from policyqa.index.build.differences import Difference, differences
from policyqa.index.errors import PolicyQAError, SourceError, UnreadableFile
from policyqa.index.metadata.validity import normal_title
from policyqa.index.types import Document, FileReport
from policyqa.qa.cli.present import ORIGINS
from policyqa.qa.eligibility.showing import shown
from policyqa.qa.question.filters import KINDS
from policyqa.ui.api import described
from policyqa.ui.assistant import Assistant
from policyqa.ui.staff.desk import Editor, Reader, page
from policyqa.ui.staff.drafting import STATES, rests_on
from policyqa.ui.staff.librarian import LAST, Librarian
from policyqa.ui.staff.metadata import (
    CHOICES,
    MAX_VALUE_CHARS,
    as_corrected,
    cleaned,
    corrections,
    fields_of,
)
from policyqa.ui.staff.sessions import API, FOLDER, fields
from policyqa.ui.store.changes import Change

HERE = f"{FOLDER}/documents"
CHANGES = 60
SEEN_AT_ONCE = 12
MAX_FILES = 50
MAX_NAME_CHARS = 100
AT_ONCE = 10  # as many files of the largest size may come in one request
OTHERS = 3
GONE = "这份文件已不在库中，可能已被撤下或替换。"

Fields = Annotated[dict[str, str], Depends(fields)]


class Listed(NamedTuple):
    """A file of the source folder in the list; `document` is None where it was not read."""

    report: FileReport
    document: Document | None
    about: Mapping[str, Any]
    passages: int


def build_documents(assistant: Assistant, librarian: Librarian) -> APIRouter:
    """`/staff/documents` to see and to send files, `/staff/documents/{doc_id}` with `/metadata`,
    `/withdraw`, `/differences`, `/restore`; `/staff/api/changes` how far the work is."""
    router = APIRouter(prefix=FOLDER)
    _add_list(router, assistant, librarian)
    _add_document(router, assistant, librarian)
    _add_differences(router, assistant, librarian)
    return router


def body_bytes(librarian: Librarian) -> dict[str, int]:
    """What requests to these pages may be long, for the gate."""
    return {HERE: librarian.max_bytes * AT_ONCE}


def _add_list(router: APIRouter, assistant: Assistant, librarian: Librarian) -> None:
    @router.get("/documents")
    def listed(request: Request, found: Reader) -> HTMLResponse:
        return _list_page(request, found, assistant, librarian)

    @router.post("/documents")
    async def sent(request: Request, found: Editor) -> Response:
        form = await request.form()
        sent = [each for each in form.getlist("files") if isinstance(each, UploadFile)]
        named = [(name_of(each.filename or ""), each) for each in sent if each.filename]
        if not named or len(named) > MAX_FILES:
            words = f"请选择 1 到 {MAX_FILES} 个文件。"
            return await run_in_threadpool(
                _list_page, request, found, assistant, librarian, words, 400
            )
        who, replace = found.account.name, "replace" in form
        for name, each in named:
            try:
                await run_in_threadpool(librarian.add, who, name, each.file, replace=replace)
            except SourceError as error:
                shown = cleaned(name, "title")[:MAX_NAME_CHARS]
                await run_in_threadpool(librarian.changes.refuse, who, shown, str(error))
        return RedirectResponse(HERE, 303)

    @router.get("/api/changes")
    def changes(found: Reader) -> JSONResponse:
        latest, step = librarian.changes.latest(count=CHANGES), librarian.step
        busy = _is_busy(librarian, latest)
        body = {
            "busy": busy,
            "step": step._asdict() if step and busy else None,
            "changes": [change.model_dump(include=SAID) for change in latest],
        }
        return JSONResponse(body, headers={"cache-control": "no-store"})


SAID = {"id", "act", "source", "state", "reason", "who", "time"}


def _list_page(
    request: Request,
    found: Reader,
    assistant: Assistant,
    librarian: Librarian,
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    changes = librarian.changes.latest(count=CHANGES)
    return page(
        request,
        "documents.html",
        found,
        status,
        files=_listed(assistant),
        kinds=KINDS,
        changes=changes,
        at_once=SEEN_AT_ONCE,
        busy=_is_busy(librarian, changes),
        step=librarian.step,
        link=_link_of(assistant, changes),
        max_mb=librarian.max_bytes // 2**20,
        max_total_mb=librarian.max_bytes * AT_ONCE // 2**20 - 1,  # the form's own lines take some
        max_files=MAX_FILES,
        api=f"{API}changes",
        shelf=[v for v in librarian.library.versions() if v.source not in _sources(assistant)],
        wrong=wrong,
    )


def _is_busy(librarian: Librarian, shown: Sequence[Change]) -> bool:
    """Whether a page that shows these changes will have to be shown anew."""
    return any(change.state == "waiting" for change in shown) or bool(librarian.changes.waiting())


def _sources(assistant: Assistant) -> set[str]:
    return {document.source for document in assistant.corpus.documents()}


def _listed(assistant: Assistant) -> list[Listed]:
    documents = assistant.corpus.documents()
    by_source = {document.source: document for document in documents}
    found = []
    for report in assistant.corpus.files():
        document = by_source.get(report.source)
        about = described(document, documents) if document else {}
        count = len(assistant.corpus.passages(document.doc_id)) if document else 0
        found.append(Listed(report, document, about, count))
    return found


def _link_of(assistant: Assistant, changes: Sequence[Change]) -> dict[str, str]:
    """Where the file of a change is shown, for those that are there."""
    wanted = {change.source for change in changes}
    return {
        d.source: f"{HERE}/{d.doc_id}" for d in assistant.corpus.documents() if d.source in wanted
    }


def name_of(said: str) -> str:
    """The name of a file that a browser sends, without the folders of its machine."""
    return normalize("NFC", PurePosixPath(said.replace("\\", "/")).name.strip())


def _add_document(router: APIRouter, assistant: Assistant, librarian: Librarian) -> None:
    @router.get("/documents/{doc_id}")
    def one(request: Request, found: Reader, doc_id: str) -> HTMLResponse:
        return _document_page(request, found, _document(assistant, doc_id), assistant, librarian)

    @router.post("/documents/{doc_id}/metadata")
    def correct(request: Request, found: Editor, doc_id: str, form: Fields) -> Response:
        document = _current(assistant, doc_id)
        now = as_corrected(document.metadata, librarian.changes.waiting(), document.source)
        try:
            wanted = corrections(form, now)
        except SourceError as error:
            wrong = str(error)
            return _document_page(
                request, found, document, assistant, librarian, typed=form, wrong=wrong, status=400
            )
        if wanted:
            before = now.model_dump(mode="json", include=set(wanted))
            librarian.correct(found.account.name, document.source, wanted, before)
        return RedirectResponse(HERE if wanted else f"{HERE}/{doc_id}", 303)

    @router.get("/documents/{doc_id}/metadata")
    def corrected(doc_id: str, found: Reader) -> Response:
        return RedirectResponse(f"{HERE}/{quote(doc_id)}")  # where a refused form stands

    @router.post("/documents/{doc_id}/withdraw")
    def withdraw(found: Editor, doc_id: str) -> Response:
        document = _current(assistant, doc_id)
        if len(assistant.corpus.documents()) < 2:
            raise HTTPException(400, LAST)
        librarian.withdraw(found.account.name, document.source)
        return RedirectResponse(HERE, 303)

    @router.post("/documents/restore")
    def restore(found: Editor, form: Fields) -> Response:
        version = next(
            (v for v in librarian.library.versions() if v.name == form.get("version")), None
        )
        if version is None:
            raise HTTPException(404, "没有这个旧版本。")
        librarian.restore(found.account.name, version)
        return RedirectResponse(HERE, 303)


def _document_page(
    request: Request,
    found: Reader,
    document: Document,
    assistant: Assistant,
    librarian: Librarian,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    documents = assistant.corpus.documents()
    current = any(each.doc_id == document.doc_id for each in documents)
    waiting = [c for c in librarian.changes.waiting() if c.source == document.source]
    return page(
        request,
        "document.html",
        found,
        status,
        document=document,
        about=described(document, documents),
        may_change=current and found.account.may("editor"),
        current=current,
        typed=typed is not None,
        shown=fields_of(
            document, as_corrected(document.metadata, waiting, document.source), typed or {}
        ),
        waiting=len(waiting),
        origins=ORIGINS,
        max_value=MAX_VALUE_CHARS,
        kinds=CHOICES,
        passages=assistant.corpus.passages(document.doc_id),
        rules=[shown(document, rule) for rule in assistant.corpus.rules(document.doc_id)],
        versions=[v for v in librarian.library.versions() if v.source == document.source],
        editions=_editions(document, documents),
        basis=rests_on(document.metadata.basis, documents),
        states=STATES,
        file=f"/files/{quote(document.doc_id)}",
        wrong=wrong,
    )


def _document(assistant: Assistant, doc_id: str) -> Document:
    try:
        return assistant.corpus.document(doc_id)
    except SourceError as error:
        raise HTTPException(404, GONE) from error


def _current(assistant: Assistant, doc_id: str) -> Document:
    """A document to change: not the version before, which can still be read."""
    for document in assistant.corpus.documents():
        if document.doc_id == doc_id:
            return document
    raise HTTPException(404, GONE)


def _add_differences(router: APIRouter, assistant: Assistant, librarian: Librarian) -> None:
    @router.get("/documents/{doc_id}/differences")
    def compare(
        request: Request,
        found: Reader,
        doc_id: str,
        against: Annotated[str, Query(max_length=300)],
    ) -> HTMLResponse:
        document = _document(assistant, doc_id)
        other, name = _other(assistant, librarian, against)
        rows = differences(other, document)
        return page(
            request,
            "differences.html",
            found,
            document=document,
            older=name,
            rows=folded(rows),
            counts={
                change: sum(row.change == change for row in rows)
                for change in ("changed", "added", "removed", "same")
            },
        )


def _other(assistant: Assistant, librarian: Librarian, against: str) -> tuple[Document, str]:
    """What a document is compared with: a version on the shelf, or another document."""
    version = next((v for v in librarian.library.versions() if v.name == against), None)
    if version is None:
        other = _document(assistant, against)
        return other, f"《{other.metadata.title or other.source}》"
    try:
        parsed = librarian.library.read(version)
    except (PolicyQAError, UnreadableFile) as error:
        raise HTTPException(409, f"这个旧版本读不出来：{error}") from error
    return parsed.document, f"{version.left.replace('T', ' ')} 换下的 {version.source}"


def folded(rows: Sequence[Difference]) -> list[Difference | int]:
    """The rows that differ, each with its neighbours; how many equal ones lie between."""
    near = {n + d for n, row in enumerate(rows) if row.change != "same" for d in (-1, 0, 1)}
    shown: list[Difference | int] = []
    for n, row in enumerate(rows):
        if n in near:
            shown.append(row)
        elif shown and isinstance(shown[-1], int):
            shown[-1] += 1
        else:
            shown.append(1)
    return shown


def _editions(document: Document, documents: Sequence[Document]) -> list[Document]:
    """Other documents that may be editions of the same text, the nearest title first."""
    title = normal_title(document.metadata.title)
    others = {d.doc_id: normal_title(d.metadata.title) for d in documents if d is not document}
    near = get_close_matches(title, list(others.values()), n=OTHERS, cutoff=0.6) if title else []
    return [d for words in dict.fromkeys(near) for d in documents if others.get(d.doc_id) == words]
