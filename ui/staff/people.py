"""People of a table held against the register at the desk: who is due what. Nothing is kept."""

import csv
import io
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from policyqa.qa.errors import RegisterError
from policyqa.qa.register.matching import COLUMNS, Summary, matched, rows_of, safe, table_of
from policyqa.ui.programmes.held import Held
from policyqa.ui.staff.desk import Reader, page
from policyqa.ui.staff.sessions import FOLDER

HERE = f"{FOLDER}/register/people"
MAX_BYTES, MAX_PEOPLE = 2_000_000, 1000
NO_FILE = "请选择一个 CSV 文件。"
TOO_LONG = "文件太大，最多 2 MB；更长的名单请用 policyqa register match。"
TOO_MANY = "名单有 {} 人，网页上最多 {} 人；更长的请用 policyqa register match。"
OPEN = ("符合", "还差")


def build_people(held: Held) -> APIRouter:
    """`/staff/register/people`: a table is sent, and the result is a page or a table."""
    router = APIRouter(prefix=FOLDER)

    @router.get("/register/people")
    def empty(request: Request, found: Reader) -> Response:
        return _page(request, found)

    @router.post("/register/people")
    async def sent(request: Request, found: Reader) -> Response:
        form = await request.form()
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return _page(request, found, wrong=NO_FILE)
        data = await file.read(MAX_BYTES + 1)
        try:
            if len(data) > MAX_BYTES:
                raise RegisterError(TOO_LONG)
            rows, summary = await run_in_threadpool(_held_against, held, file.filename, data)
        except RegisterError as error:
            return _page(request, found, wrong=str(error))
        if form.get("act") == "csv":
            return _table(rows)
        return _page(request, found, rows, summary)

    return router


def _page(
    request: Request,
    found: Reader,
    rows: Sequence[Sequence[str]] = (),
    summary: Summary | None = None,
    *,
    wrong: str = "",
) -> Response:
    shown = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    counts = [(summary.names[n], n, words) for n, words in summary.words.items()] if summary else []
    return page(
        request,
        "register_people.html",
        found,
        400 if wrong else 200,
        rows=[row for row in shown if row["结论"] in OPEN],
        summary=summary,
        counts=counts,
        wrong=wrong,
    )


def _held_against(held: Held, name: str, data: bytes) -> tuple[list[tuple[str, ...]], Summary]:
    """A row for each person and programme, as `COLUMNS`, and how many are due what."""
    engine = held.now().engine
    table = table_of(name[:100], data, engine)
    if len(table.rows) > MAX_PEOPLE:
        raise RegisterError(TOO_MANY.format(len(table.rows), MAX_PEOPLE))
    rows: list[tuple[str, ...]] = []
    summary = Summary()
    for each in matched(table, engine):
        summary.add(each)
        rows += rows_of(each)
    return rows, summary


def _table(rows: list[tuple[str, ...]]) -> Response:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return Response(
        file.getvalue().encode("utf-8-sig"),  # as Excel reads it
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="matched.csv"'},
    )
