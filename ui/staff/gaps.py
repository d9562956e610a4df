"""What the documents are silent on, at the desk: the list, who is to see to each, and the answers
that staff write."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from policyqa.index.types import Document
from policyqa.qa.check.permalinks import Resolution
from policyqa.qa.types import Answer, Question
from policyqa.ui.assistant import Assistant
from policyqa.ui.errors import StoreError
from policyqa.ui.staff.desk import Editor, Reader, page
from policyqa.ui.staff.drafting import (
    MAX_DAYS,
    MAX_QUESTION_CHARS,
    STATES,
    day_of,
    draft_of,
    fault,
    in_use,
    is_policy,
    metadata_of,
    rests_on,
    standing,
    text_of,
    unsound,
)
from policyqa.ui.staff.groups import SHOWN, Group, Office, Show, Wording, filters, groups_of
from policyqa.ui.staff.passages import FOUND, MAX_SEARCH_CHARS, place_of, searched
from policyqa.ui.staff.sessions import FOLDER, fields
from policyqa.ui.store.accounts import Account, LoggedIn
from policyqa.ui.store.drafts import MAX_TEXT_CHARS, Draft, Drafts, Unanswered
from policyqa.ui.store.tasks import Task

HERE = f"{FOLDER}/gaps"
DAYS = 365
MAX_DAYS_SHOWN = 31
GONE = "这个问题已不在，可能超过了保存期限，或已经有了答复。"

Fields = Annotated[dict[str, str], Depends(fields)]


class Gap(NamedTuple):
    """A wording with those that ask the same behind it, and the draft that is begun to it."""

    group: Group
    draft: Draft | None


class GapPage(NamedTuple):
    """What the page of a gap shows beside it: the draft as it was written, the fingerprint of what
    its writer saw, what was looked for and what is wrong; `typed`: nothing of it is kept yet."""

    draft: Draft | None
    seen: str = ""
    search: str = ""
    wrong: str = ""
    typed: bool = False


def build_gaps(office: Office) -> APIRouter:
    """`/staff/gaps`, `/staff/gaps/{answer_id}` with the draft of an answer and who is to write it,
    `/staff/drafts/{draft_id}` to read, to sign and to discard it."""
    router = APIRouter(prefix=FOLDER)
    _add_gaps(router, office)
    _add_tasks(router, office)
    _add_drafts(router, office)
    return router


def _add_gaps(router: APIRouter, office: Office) -> None:
    assistant, drafts, librarian = office.assistant, office.drafts, office.librarian

    @router.get("/gaps")
    def listed(request: Request, found: Reader, show: Show = "all") -> HTMLResponse:
        used, documents = in_use(assistant, librarian.changes), assistant.corpus.documents()
        groups, left = groups_of(office)
        people = office.accounts.all()
        wanted = filters(found.account.name, {each.name for each in people if not each.disabled})
        return page(
            request,
            "gaps.html",
            found,
            groups=[group for group in groups if wanted[show](group)],
            counts={name: sum(map(fits, groups)) for name, fits in wanted.items()},
            show=show,
            shown=SHOWN,
            left=left,
            people=_named(people),
            drafts=[(draft, standing(draft, documents, used)) for draft in drafts.all()],
        )

    @router.get("/gaps/{answer_id}")
    def one(
        request: Request,
        found: Reader,
        answer_id: str,
        search: Annotated[str, Query(max_length=MAX_SEARCH_CHARS)] = "",
        again: Annotated[str, Query(max_length=64)] = "",
    ) -> HTMLResponse:
        earlier = drafts.get(again) if again else None
        gap = _gap_of(office, answer_id, earlier)
        anew = {"id": "", "signed": "", "expires": _in_a_year()}
        draft = gap.draft or (earlier and earlier.model_copy(update=anew))
        seen = gap.draft.fingerprint if gap.draft else ""
        return _gap_page(request, found, office, gap, GapPage(draft, seen, search))

    @router.post("/gaps/{answer_id}")
    def draft(
        request: Request,
        found: Editor,
        answer_id: str,
        form: Fields,
        again: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        gap = _gap_of(office, answer_id, drafts.get(again) if again else None)
        said = draft_of(form, found.account.name, _ticked(form, gap), assistant, gap.draft)
        search, seen = form.get("search", "").strip()[:MAX_SEARCH_CHARS], form.get("seen", "")
        if form.get("act") == "search":
            shown = GapPage(said, seen, search, typed=True)
            return _gap_page(request, found, office, gap, shown)
        if wrong := fault(said):
            shown = GapPage(said, seen, search, wrong, typed=True)
            return _gap_page(request, found, office, gap, shown, status=400)
        try:
            place = drafts.save(said, seen=seen)
        except StoreError as error:  # the next try knows what it replaces
            now = gap.draft.fingerprint if gap.draft else ""
            shown = GapPage(said, now, search, str(error), typed=True)
            return _gap_page(request, found, office, gap, shown, status=409)
        return RedirectResponse(f"{FOLDER}/drafts/{place}", 303)


def _add_tasks(router: APIRouter, office: Office) -> None:
    @router.post("/gaps/{answer_id}/task")
    def give(found: Editor, answer_id: str, form: Fields) -> Response:
        group = _gap_of(office, answer_id, None).group
        owner, due = form.get("owner", ""), form.get("due", "").strip()
        if wrong := _task_fault(office, group, owner, due):
            raise HTTPException(400, wrong)
        asked = [*(group.task.asked if group.task else ()), *(each.id for each in group.wordings)]
        task = Task(question=group.first.question, asked=tuple(asked), owner=owner, due=due)
        used = in_use(office.assistant, office.librarian.changes)
        answered = office.drafts.answered(used)
        try:
            seen = form.get("task", "")
            office.tasks.give(task, found.account.name, seen=seen, answered=answered)
        except StoreError as error:
            raise HTTPException(409, str(error)) from error
        return RedirectResponse(f"{HERE}/{group.first.id}", 303)


def _task_fault(office: Office, group: Group, owner: str, due: str) -> str:
    """What is wrong with who is to see to a gap and by when, "" where nothing is. What was so
    before may stay."""
    names = {each.name for each in office.accounts.all() if not each.disabled}
    if owner not in ("", group.owner) and owner not in names:
        return "没有这个账号，或者已停用，请另选负责人。"
    if due in ("", group.due):
        return ""
    today, day = date.today(), day_of(due)
    if day is None or not today <= day <= today + timedelta(days=MAX_DAYS):
        return f"期限请写今天到 {MAX_DAYS // 365} 年之间的日期，如 {today.isoformat()}。"
    return ""


def _named(people: Sequence[Account]) -> dict[str, str]:
    """What accounts are called at the desk, by their names; several may be shown as one office."""
    named = {a.name: a.name if a.shown == a.name else f"{a.shown}（{a.name}）" for a in people}
    return named | {a.name: f"{named[a.name]}，已停用" for a in people if a.disabled}


def _add_drafts(router: APIRouter, office: Office) -> None:
    assistant, drafts, librarian = office.assistant, office.drafts, office.librarian

    @router.get("/drafts/{draft_id}")
    def one(request: Request, found: Reader, draft_id: str) -> HTMLResponse:
        draft, documents = _draft(drafts, draft_id), assistant.corpus.documents()
        now = standing(draft, documents, in_use(assistant, librarian.changes))
        basis = rests_on(draft.basis, documents)
        return page(
            request, "draft.html", found, draft=draft, basis=basis, states=STATES, standing=now
        )

    @router.post("/drafts/{draft_id}/discard")
    def discard(found: Editor, draft_id: str) -> Response:
        draft = _draft(drafts, draft_id)
        try:
            drafts.discard(draft.id, found.account.name)
        except StoreError as error:
            raise HTTPException(409, str(error)) from error
        return RedirectResponse(HERE, 303)

    @router.post("/drafts/{draft_id}/sign")
    def sign(found: Editor, draft_id: str, form: Fields) -> Response:
        draft = _draft(drafts, draft_id)
        basis = rests_on(draft.basis, assistant.corpus.documents())
        if wrong := fault(draft) or unsound(basis):
            raise HTTPException(409, wrong)
        signer = found.account.name
        source = f"工作人员答复-{draft.id}.txt"
        try:
            librarian.publish(
                signer,
                source,
                text_of(draft),
                metadata_of(draft, found.account.shown),  # readers see it
                lambda session: drafts.sign(
                    session, draft.id, signer, source, seen=form.get("seen", "")
                ),
            )
        except StoreError as error:
            raise HTTPException(409, str(error)) from error
        return RedirectResponse(f"{FOLDER}/documents", 303)


def _gap_of(office: Office, answer_id: str, earlier: Draft | None) -> Gap:
    """The wording in which something was asked, with those that ask the same, and its draft. What
    a draft is to is there however much has been asked since, or is not kept any more."""
    drafts, used = office.drafts, in_use(office.assistant, office.librarian.changes)
    groups, _ = groups_of(office)
    every = [each for group in groups for each in group.wordings]
    found = next((w for w in every if any(a.id == answer_id for a in w.askings)), None)
    known = next((g for g in groups if found in g.wordings), Group([]))
    asked = {a.id for a in found.askings} if found else {answer_id}
    draft = next((d for d in drafts.all() if not d.signed and asked & set(d.asked)), None)
    if found is None:
        found = _absent(office, used, answer_id, draft or earlier)
    others = [each for each in known.wordings if each is not found]
    held = {a.id for each in (found, *others) for a in each.askings}
    if draft:
        more = drafts.those([each for each in draft.asked if each not in held], used)
        others += [Wording([each]) for each in more]
    return Gap(Group([found, *others], known.task or found.task), draft)


def _absent(office: Office, used: set[str], answer_id: str, draft: Draft | None) -> Wording:
    """A question that is not on the list, by itself; of a draft also one that is not kept."""
    askings = office.drafts.those([answer_id], used)
    if not askings and draft:
        askings = [Unanswered(answer_id, draft.time, draft.question, False)]
    if not askings:
        raise HTTPException(404, GONE)
    tasks = office.tasks.open(office.drafts.answered(used))
    return Wording(askings, next((task for task in tasks if answer_id in task.asked), None))


def _ticked(form: Mapping[str, str], gap: Gap) -> list[str]:
    """The answers whose questions are ticked (`asked-ID`, of the latest of each wording)."""
    ticked = [each for each in gap.group.wordings if form.get(f"asked-{each.id}")]
    return [asked.id for each in ticked for asked in each.askings]


def _draft(drafts: Drafts, draft_id: str) -> Draft:
    draft = drafts.get(draft_id)
    if draft is None:
        raise HTTPException(404, "没有这份答复。")
    return draft


def _gap_page(
    request: Request,
    found: LoggedIn,
    office: Office,
    gap: Gap,
    shown: GapPage,
    *,
    status: int = 200,
) -> HTMLResponse:
    assistant, first, draft = office.assistant, gap.group.first, shown.draft
    now = _asked_now(assistant, first.question)
    kept = rests_on(draft.basis, assistant.corpus.documents()) if draft else []
    taken = {_place(to.document, to) for _, to in kept if to.document}
    policies = {d.doc_id for d in assistant.corpus.documents() if is_policy(d)}
    hits = {place_of(hit): hit for hit in (*searched(assistant, shown.search), *now.hits)}
    asked = {first.id} if draft is None else set(draft.asked)
    return page(
        request,
        "gap.html",
        found,
        status,
        group=gap.group,
        people=_named(
            [a for a in office.accounts.all() if a.name == gap.group.owner or not a.disabled]
        ),
        give=f"{HERE}/{first.id}/task",
        most=MAX_DAYS_SHOWN,
        now=now,
        hits=[h for place, h in hits.items() if place not in taken and h.doc_id in policies],
        kept=kept,
        states=STATES,
        shown=shown,
        draft=draft,
        ticked=[w.id for w in gap.group.wordings if any(a.id in asked for a in w.askings)],
        expires=_in_a_year(),
        max_text=MAX_TEXT_CHARS,
        max_question=MAX_QUESTION_CHARS,
        action=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    )


def _in_a_year() -> str:
    return (date.today() + timedelta(days=DAYS)).isoformat()


def _place(document: Document, found: Resolution) -> str:
    start, end = found.span or (0, 0)
    return f"{document.doc_id}:{start}:{end}"


def _asked_now(assistant: Assistant, question: str) -> Answer:
    return assistant.ask(Question(question=question, k=FOUND))
