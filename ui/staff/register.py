"""The register at the desk: what is to be signed, each cell beside the clause that it rests on."""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from policyqa.index.conditions.types import Leaf, leaves
from policyqa.qa.eligibility.telling import demanded
from policyqa.qa.errors import RegisterError
from policyqa.qa.register.examining import AILMENTS, lint, touched
from policyqa.qa.register.standing import Standing
from policyqa.qa.register.types import FIELDS, KINDS, MAX_CHARS, PERIODS, Cell, Condition
from policyqa.ui.programmes.directory import row_of
from policyqa.ui.programmes.held import Held
from policyqa.ui.staff.desk import Editor, Reader, page
from policyqa.ui.staff.sessions import FOLDER, fields
from policyqa.ui.staff.signing import Place, Signing

HERE = f"{FOLDER}/register"
CONTEXT_CHARS = 160
GONE = "登记册里没有这一项。"
NO_ACT = "没有这个操作。"

Fields = Annotated[dict[str, str], Depends(fields)]


class Part(NamedTuple):
    """A single condition of a cell: its words, and what it demands in numbers ("" for none)."""

    leaf: Leaf
    words: str
    demanded: str


class Shown(NamedTuple):
    """A cell as the desk shows it: where it is, what it is worth, what stands around its words."""

    field: str
    number: int
    cell: Cell
    standing: Standing
    before: str
    after: str
    parts: tuple[Part, ...]


def build_register(held: Held, signing: Signing) -> APIRouter:
    """`/staff/register`, where files are read into it, `/staff/register/changes`, what new
    versions of files touch, and `/staff/register/{id}`, where cells are corrected and signed."""
    router = APIRouter(prefix=FOLDER)

    @router.get("/register")
    def queue(request: Request, found: Reader, read: int | None = None) -> HTMLResponse:
        return _queue_page(request, found, held, read=read)

    @router.post("/register")
    def propose(request: Request, found: Editor, form: Fields) -> Response:
        try:
            new = signing.read(found.account, [form.get("source", "")])
        except RegisterError as error:
            return _queue_page(request, found, held, wrong=str(error))
        return RedirectResponse(f"{HERE}?read={new}", 303)

    @router.get("/register/changes")
    def changes(request: Request, found: Reader) -> HTMLResponse:
        now = held.now()
        by_source = touched(now.shelf, now.standings)
        return page(request, "register_changes.html", found, by_source=by_source)

    @router.get("/register/{name}")
    def one(request: Request, found: Reader, name: str) -> HTMLResponse:
        return _programme_page(request, found, held, name)

    @router.post("/register/{name}")
    def change(request: Request, found: Editor, name: str, form: Fields) -> Response:
        number = form.get("number", "")
        place = Place(
            name, form.get("field", ""), int(number) if number.isdecimal() else -1,
            form.get("seal", ""),
        )  # fmt: skip
        try:
            if form.get("act") == "sign":
                signing.sign(found.account, place, form)
            elif form.get("act") == "drop":
                signing.drop(found.account, place)
            else:
                raise RegisterError(NO_ACT)
        except RegisterError as error:
            return _programme_page(request, found, held, name, wrong=str(error))
        return RedirectResponse(f"{HERE}/{name}#{place.field}-{place.number}", 303)

    return router


def _queue_page(
    request: Request, found: Reader, held: Held, *, read: int | None = None, wrong: str = ""
) -> HTMLResponse:
    now = held.now()
    rows = [row_of(each, now) for each in now.shelf.programmes]
    rows.sort(key=lambda row: (-bool(row.review), -row.proposed, row.programme.name))
    return page(
        request,
        "register.html",
        found,
        400 if wrong else 200,
        rows=rows,
        findings=lint(now.shelf, now.standings),
        ailments=AILMENTS,
        kinds=KINDS,
        sources=sorted(each.source for each in now.standings.corpus.documents()),
        read=read,
        wrong=wrong,
        may_sign=found.account.may("editor"),
    )


def _programme_page(
    request: Request, found: Reader, held: Held, name: str, *, wrong: str = ""
) -> HTMLResponse:
    now = held.now()
    programme = next((each for each in now.shelf.programmes if each.id == name), None)
    if programme is None:
        raise HTTPException(404, GONE)
    shown = [
        _shown(field, number, cell, now.standings.of(cell))
        for field, number, cell in programme.cells()
    ]
    return page(
        request,
        "register_programme.html",
        found,
        400 if wrong else 200,
        programme=programme,
        cells=shown,
        first=next((s for s in shown if s.standing.state == "proposed"), None),
        wrong=wrong,
        labels=FIELDS,
        kinds=KINDS,
        periods=PERIODS,
        max_chars=MAX_CHARS,
        may_sign=found.account.may("editor"),
    )


def _shown(field: str, number: int, cell: Cell, standing: Standing) -> Shown:
    text = standing.document.text if standing.document else ""
    start, end = standing.span or (0, 0)
    held = tuple(leaves(cell.tree)) if isinstance(cell, Condition) else ()
    parts = tuple(
        Part(
            leaf, cell.quote.text[leaf.start : leaf.end], demanded(leaf.limit) if leaf.limit else ""
        )
        for leaf in held
    )
    before = text[max(0, start - CONTEXT_CHARS) : start]
    after = text[end : end + CONTEXT_CHARS] if standing.span else ""
    return Shown(field, number, cell, standing, before, after, parts)
