"""The directory of programmes and services, and a page for each."""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Response

from policyqa.qa.errors import RegisterError
from policyqa.qa.register.standing import Standing
from policyqa.qa.register.types import FIELDS, Cell, Programme
from policyqa.ui.programmes.held import Held, InForce
from policyqa.ui.programmes.pages import page, style

MAX_WORDS = 100
GONE = "没有这一项：地址不对，或已从登记册里去掉。"
NOT_SHOWN = ("conditions",)  # as a tree, on their own


class Row(NamedTuple):
    """One programme of the directory: why it has ended ("" where it has not), and how many of its
    cells are signed, proposed and to be looked at."""

    programme: Programme
    ended: str
    signed: int
    proposed: int
    review: int


class Shown(NamedTuple):
    """A cell with what it is worth, and its conditions as a tree where it has some."""

    cell: Cell
    standing: Standing


def build_directory(held: Held) -> APIRouter:
    """`GET /programmes` with its filters, `/programmes/{id}`, and the style of these pages."""
    router = APIRouter(prefix="/programmes")
    Words = Annotated[str, Query(max_length=MAX_WORDS)]

    @router.get("")
    def listed(
        q: Words = "", kind: Words = "", region: Words = "", ended: bool = False
    ) -> Response:
        now = held.now()
        rows = [row_of(each, now) for each in now.shelf.programmes]
        shown = [
            row
            for row in rows
            if (ended or not row.ended)
            and kind in ("", row.programme.kind)
            and region in ("", row.programme.region)
            and all(word in said_by(row.programme) for word in q.split())
        ]
        regions = sorted({row.programme.region for row in rows if row.programme.region})
        chosen = {"q": q, "kind": kind, "region": region, "ended": ended}
        return page("directory.html", rows=shown, total=len(rows), regions=regions, chosen=chosen)

    @router.get("/style.css")
    def style_sheet() -> Response:
        return Response(style(), media_type="text/css", headers={"cache-control": "max-age=600"})

    @router.get("/{name}")
    def one(name: str) -> Response:
        now = held.now()
        try:
            programme = now.shelf.of(name)
        except RegisterError:
            return page("absent.html", 404, words=GONE)
        cells = {
            field: [Shown(cell, now.standings.of(cell)) for cell in getattr(programme, field)]
            for field in FIELDS
        }
        row = row_of(programme, now)
        versions = [each.version for each in now.shelf.versions if each.id == programme.id]
        return page("programme.html", row=row, cells=cells, programme=programme, versions=versions)

    return router


def row_of(programme: Programme, now: InForce) -> Row:
    """A programme as the directory lists it."""
    states = [now.standings.of(cell).state for _, _, cell in programme.cells()]
    counts = (states.count(state) for state in ("signed", "proposed", "review"))
    return Row(programme, now.standings.ended(programme), *counts)


def said_by(programme: Programme) -> str:
    """All that can be searched of a programme."""
    cells = (cell.text for _, _, cell in programme.cells())
    return " ".join((programme.name, programme.issuer, programme.region, *cells))
