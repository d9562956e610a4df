"""The review desk: the stream of answers, each sentence beside its quote, and a verdict on both."""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from policyqa.index.errors import SourceError
from policyqa.qa.types import Answer, AnswerSentence, Citation
from policyqa.ui.assistant import Assistant, in_force
from policyqa.ui.staff.cases import Case, case_of, cases, searched_otherwise
from policyqa.ui.staff.desk import Editor, Reader, page
from policyqa.ui.staff.passages import MAX_SEARCH_CHARS, picked, place_of, searched
from policyqa.ui.staff.sessions import FOLDER, fields
from policyqa.ui.store.accounts import LoggedIn
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import (
    MAX_COMMENT_CHARS,
    OF_ANSWERS,
    OF_CITATIONS,
    SHOWN,
    WHOLE,
    Better,
    Review,
    Reviews,
    Show,
    disagreements,
)
from policyqa.ui.store.types import KeptAnswer

HERE = f"{FOLDER}/review"
ITEMS = 50
CONTEXT_CHARS = 160
MOVED = "您选的段落已不在库中，没有保存。请重新查找一段，或选“不另选”。"
GONE = "这个回答已不在，可能超过了保存期限。"
COLUMNS = (
    "answer_id", "time", "question", "status", "reviewer", "reviewed", "citation", "verdict",
    "comment", "better",
)  # fmt: skip
# A table program would run a cell that begins so; some take the full-width ones for the others.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

Filter = Annotated[Show, Query()]
Fields = Annotated[dict[str, str], Depends(fields)]


class Shown(NamedTuple):
    """A citation with the text around its quote; `remark` where that is not there any more."""

    citation: Citation
    before: str
    after: str
    remark: str


class Desk(NamedTuple):
    """What the review pages are made from: who answers, what was kept of it, what reviewers said,
    and the ids of answers to which staff have signed one since."""

    assistant: Assistant
    records: Records
    reviews: Reviews
    answered: Callable[[], Collection[str]]


class Said(NamedTuple):
    """In which stream a reviewer is, what was looked for, said so far and not saved, and what is
    wrong with it."""

    show: Show
    search: str = ""
    review: Review | None = None
    wrong: str = ""


def build_review(desk: Desk) -> APIRouter:
    """`/staff/review`, `/staff/review/{answer_id}`, `/staff/review.csv`, `/staff/review.jsonl`,
    and `/staff/review/cases.jsonl`, the reviewed answers as a data set for `policyqa eval`."""
    router = APIRouter(prefix=FOLDER)
    _add_stream(router, desk.reviews)
    _add_cases(router, desk)
    _add_answer(router, desk)
    return router


def _add_stream(router: APIRouter, reviews: Reviews) -> None:
    @router.get("/review")
    def stream(
        request: Request, found: Reader, show: Filter = "unreviewed", before: str = ""
    ) -> HTMLResponse:
        items = reviews.stream(show, count=ITEMS + 1, before=before[:64])
        older = items[ITEMS - 1].id if len(items) > ITEMS else ""
        return page(
            request,
            "review.html",
            found,
            items=items[:ITEMS],
            older=older,
            show=show,
            shown=SHOWN,
            counts=reviews.counts(),
        )

    @router.get("/review.jsonl")
    def lines(found: Reader) -> StreamingResponse:
        records = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows_of(reviews))
        return _download(records, "application/x-ndjson", "review.jsonl")

    @router.get("/review.csv")
    def table(found: Reader) -> StreamingResponse:
        return _download(csv_lines(rows_of(reviews)), "text/csv; charset=utf-8", "review.csv")


def _add_cases(router: APIRouter, desk: Desk) -> None:
    @router.get("/review/cases.jsonl")
    def judged(found: Reader) -> StreamingResponse:
        every = cases(desk.reviews, desk.records, desk.assistant, desk.answered())
        lines = (f"{case.model_dump_json()}\n" for case in every)
        return _download(lines, "application/x-ndjson", "queries.jsonl")

    @router.get("/review/{answer_id}/case.jsonl")
    def one(found: Reader, answer_id: str) -> StreamingResponse:
        answer, every = _kept(desk, answer_id).answer, desk.reviews.of(answer_id)
        case = case_of(answer, every, desk.assistant, desk.answered())
        if not isinstance(case, Case):
            raise HTTPException(404, f"还不是评测题：{case.reason}。")
        lines = iter([f"{case.model_dump_json()}\n"])
        return _download(lines, "application/x-ndjson", "queries.jsonl")


def _add_answer(router: APIRouter, desk: Desk) -> None:
    @router.get("/review/{answer_id}")
    def one(
        request: Request,
        found: Reader,
        answer_id: str,
        show: Filter = "unreviewed",
        search: Annotated[str, Query(max_length=MAX_SEARCH_CHARS)] = "",
    ) -> HTMLResponse:
        return _answer_page(request, found, desk, _kept(desk, answer_id), Said(show, search))

    @router.post("/review/{answer_id}")
    def judge(
        request: Request, found: Editor, answer_id: str, form: Fields, show: Filter = "unreviewed"
    ) -> Response:
        kept, name = _kept(desk, answer_id), found.account.name
        older = desk.reviews.stream(show, count=1, before=answer_id)
        mine = by(name, desk.reviews.of(answer_id))
        typed = typed_review(form, kept.answer, name, desk.assistant, mine)
        said = Said(show, form.get("search", "").strip()[:MAX_SEARCH_CHARS], typed)
        if form.get("act") == "search":
            return _answer_page(request, found, desk, kept, said)
        try:
            desk.reviews.put(review_of(form, kept.answer, name, desk.assistant, mine))
        except HTTPException as refusal:
            said, status = said._replace(wrong=str(refusal.detail)), refusal.status_code
            return _answer_page(request, found, desk, kept, said, status=status)
        place = f"{HERE}/{older[0].id}" if older else HERE
        return RedirectResponse(f"{place}?show={show}", 303)


def _kept(desk: Desk, answer_id: str) -> KeptAnswer:
    kept = desk.records.answer(answer_id)
    if kept is None:
        raise HTTPException(404, GONE)
    return kept


def _answer_page(
    request: Request,
    found: LoggedIn,
    desk: Desk,
    kept: KeptAnswer,
    said: Said,
    *,
    status: int = 200,
) -> HTMLResponse:
    """The page of one answer, with what its reviewer has said and not saved."""
    older = desk.reviews.stream(said.show, count=1, before=kept.id)
    every = desk.reviews.of(kept.id)
    mine = by(found.account.name, every)
    return page(
        request,
        "review_answer.html",
        found,
        status,
        kept=kept,
        sentences=_pairs(desk.assistant, kept.answer),
        feedback=desk.records.feedback(kept.id),
        gap=desk.records.gap(kept.id),
        others=[each for each in every if each is not mine],
        mine=said.review or mine,
        typed=said.review is not None,
        disputed=disagreements(every),
        case=case_of(kept.answer, every, desk.assistant, desk.answered()),
        searched=searched_otherwise(kept.answer),
        of_citations=OF_CITATIONS,
        of_answers=OF_ANSWERS,
        verdict_names={**OF_CITATIONS, **OF_ANSWERS},
        show=said.show,
        shown=SHOWN,
        newer=desk.reviews.newer(said.show, kept.id),
        older=older[0].id if older else "",
        search=said.search,
        hits=searched(desk.assistant, said.search),
        wrong=said.wrong,
        max_comment=MAX_COMMENT_CHARS,
    )


def by(reviewer: str, reviews: Iterable[Review]) -> Review | None:
    """What somebody thinks of an answer."""
    return next((each for each in reviews if each.reviewer == reviewer), None)


def review_of(
    form: Mapping[str, str],
    answer: Answer,
    reviewer: str,
    assistant: Assistant,
    earlier: Review | None = None,
) -> Review:
    """A review out of a form: `verdict-0` for the whole, `verdict-2` for citation 2; `earlier` is
    what the same reviewer thought before.

    Raises:
        HTTPException: 400 where the form holds what it did not offer, or no verdict at all; 409
            where the passage that it names is not there any more.
    """
    typed = typed_review(form, answer, reviewer, assistant, earlier)
    given = {name for name, value in form.items() if name.startswith("verdict-") and value}
    if not typed.verdicts or given != {f"verdict-{n}" for n in typed.verdicts}:
        raise HTTPException(400, "请先给出判断：整个回答，或至少一条引文。")
    if form.get("better") and typed.better is None:
        raise HTTPException(409, MOVED)
    return typed


def typed_review(
    form: Mapping[str, str],
    answer: Answer,
    reviewer: str,
    assistant: Assistant,
    earlier: Review | None,
) -> Review:
    """What a form says so far, as far as it makes sense."""
    offered = {WHOLE: OF_ANSWERS} | {each.n: OF_CITATIONS for each in answer.citations}
    said = {n: form.get(f"verdict-{n}") for n in offered}
    return Review.model_validate(
        {
            "answer_id": answer.id,
            "reviewer": reviewer,
            "verdicts": {n: verdict for n, verdict in said.items() if verdict in offered[n]},
            "comment": form.get("comment", "").strip()[:MAX_COMMENT_CHARS],
            "better": _better(form.get("better", ""), assistant, earlier),
        }
    )


def rows_of(reviews: Reviews) -> Iterator[dict[str, Any]]:
    """Every verdict as a flat record with the names of `COLUMNS`; the comment and the passage of a
    review stand with its first verdict."""
    for item, review in reviews.every():
        for nth, (place, verdict) in enumerate(review.verdicts.items()):
            yield dict(
                zip(
                    COLUMNS,
                    (
                        item.id, item.time, item.question, item.status, review.reviewer,
                        review.time, place, verdict, "" if nth else review.comment,
                        None if nth or not review.better else review.better.model_dump(),
                    ),
                    strict=True,
                )
            )  # fmt: skip


def csv_lines(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The records as CSV with a header, for table programs: with a byte order mark, and no cell
    that one would run as a formula."""
    yield "\ufeff" + _csv_line(COLUMNS)
    for row in rows:
        cells = [_plain(row[name]) for name in COLUMNS]
        yield _csv_line(cells)


def _plain(value: Any) -> str:
    text = (
        ""
        if value is None
        else value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
    )
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv_line(cells: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _download(lines: Iterator[str], kind: str, name: str) -> StreamingResponse:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return StreamingResponse(lines, media_type=kind, headers=headers)


def _pairs(assistant: Assistant, answer: Answer) -> list[tuple[AnswerSentence, list[Shown]]]:
    """Each sentence with its citations; a citation is shown once, with the first that has it."""
    left = {citation.n: citation for citation in answer.citations}
    return [
        (each, [_in_context(assistant, left.pop(n)) for n in each.citations if n in left])
        for each in answer.sentences
    ]


def _in_context(assistant: Assistant, citation: Citation) -> Shown:
    left = "文件已不在库中"
    try:
        text = assistant.corpus.document(citation.doc_id).text
    except SourceError:
        return Shown(citation, "", "", left)
    start, end = citation.start, citation.end
    if text[start:end] != citation.quote:
        return Shown(citation, "", "", "文件在回答之后有改动")
    first = max(0, start - CONTEXT_CHARS)
    remark = "" if in_force(assistant, citation.doc_id) else left
    return Shown(citation, text[first:start], text[end : end + CONTEXT_CHARS], remark)


def _better(place: str, assistant: Assistant, earlier: Review | None) -> Better | None:
    """The passage that a form names; None where it names none that is there. One that was picked
    before stays even where its document is gone."""
    if earlier and earlier.better and place == place_of(earlier.better):
        return earlier.better
    found = picked(place, assistant)
    if found is None:
        return None
    document, (start, end) = found
    return Better(doc_id=document.doc_id, start=start, end=end, quote=document.text[start:end])
