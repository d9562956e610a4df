"""The directory of programmes and services, a page for each, and what several of them ask for."""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from policyqa.qa.errors import RegisterError
from policyqa.qa.register.papers import papers_of
from policyqa.qa.register.standing import Standing
from policyqa.qa.register.types import FIELDS, Cell, Programme
from policyqa.qa.register.windows import STATES, Window, window_of
from policyqa.ui.programmes.held import Held, InForce
from policyqa.ui.programmes.pages import page, style

MAX_WORDS = 100
GONE = "没有这一项：地址不对，或已从登记册里去掉。"
NO_DAY = "没有写明截止的日子。"
MAX_TOGETHER = 20  # programmes whose papers are put together


class Row(NamedTuple):
    """One programme of the directory: why it has ended ("" where it has not), how many of its
    cells are signed, proposed and to be looked at, and when it may be applied for (None: not said;
    in words, with the days that are left)."""

    programme: Programme
    ended: str
    signed: int
    proposed: int
    review: int
    window: Window | None
    when: str

    @property
    def is_open(self) -> bool:
        """Whether it says that it may be applied for now."""
        return self.when.startswith((STATES["open"], STATES["always"]))


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
        q: Words = "",
        kind: Words = "",
        region: Words = "",
        ended: bool = False,
        open_now: Annotated[bool, Query(alias="open")] = False,
    ) -> Response:
        now = held.now()
        rows = [row_of(each, now) for each in now.shelf.programmes]
        shown = [
            row
            for row in rows
            if (ended or not row.ended)
            and (row.is_open or not open_now)
            and kind in ("", row.programme.kind)
            and region in ("", row.programme.region)
            and all(word in said_by(row.programme) for word in q.split())
        ]
        regions = sorted({row.programme.region for row in rows if row.programme.region})
        chosen = {"q": q, "kind": kind, "region": region, "ended": ended, "open": open_now}
        return page("directory.html", rows=shown, total=len(rows), regions=regions, chosen=chosen)

    @router.get("/style.css")
    def style_sheet() -> Response:
        return Response(style(), media_type="text/css", headers={"cache-control": "max-age=600"})

    @router.get("/materials")
    def materials(
        chosen: Annotated[list[str] | None, Query(alias="id", max_length=MAX_TOGETHER)] = None,
    ) -> Response:
        now = held.now()
        try:
            programmes = [now.shelf.of(name) for name in dict.fromkeys(chosen or ())]
        except RegisterError:
            return page("absent.html", 404, words=GONE)
        papers = papers_of(programmes)
        standings = {cell: now.standings.of(cell) for p in papers for _, cell in p.asked}
        return page("materials.html", programmes=programmes, papers=papers, standings=standings)

    @router.get("/{name}.ics")
    def entry(name: str, request: Request) -> Response:
        from policyqa.ui.programmes.calendars import calendar_of  # costs an import

        now = held.now()
        try:
            programme = now.shelf.of(name)
        except RegisterError:
            return page("absent.html", 404, words=GONE)
        window = window_of(programme, now.standings)
        if window is None or not window.closes:
            return page("absent.html", 404, words=NO_DAY)
        address = str(request.url_for("one", name=programme.id))
        return Response(
            calendar_of(programme, window, address),
            media_type="text/calendar; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{programme.id}.ics"'},
        )

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
    signed, proposed = states.count("signed"), states.count("proposed")
    window = window_of(programme, now.standings)
    when = _when(window, now.standings.day) if window else ""
    ended = now.standings.ended(programme)
    return Row(programme, ended, signed, proposed, states.count("review"), window, when)


def _when(window: Window, day: str) -> str:
    """How a window stands, with its next day and the days that are left."""
    state, left = window.state(day), window.left(day)
    if state == "soon":
        return f"{STATES[state]}，{window.opens} 开始"
    if left is None:
        return STATES[state]
    return f"{STATES[state]}，{window.closes} 截止，" + (f"还有 {left} 天" if left else "就在今天")


def build_services() -> APIRouter:
    """`GET /services`: the services of the directory."""
    router = APIRouter()

    @router.get("/services")
    def services() -> RedirectResponse:
        return RedirectResponse("/programmes?kind=service", 307)

    return router


def said_by(programme: Programme) -> str:
    """All that can be searched of a programme."""
    cells = (cell.text for _, _, cell in programme.cells())
    return " ".join((programme.name, programme.issuer, programme.region, *cells))
