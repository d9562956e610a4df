"""What the documents are silent on: questions that ask the same, put together, and the answers that
staff write to them."""

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
    MAX_QUESTION_CHARS,
    STATES,
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
from policyqa.ui.staff.librarian import Librarian
from policyqa.ui.staff.passages import FOUND, MAX_SEARCH_CHARS, place_of, searched
from policyqa.ui.staff.sessions import FOLDER, fields
from policyqa.ui.store.accounts import LoggedIn
from policyqa.ui.store.drafts import MAX_TEXT_CHARS, Draft, Drafts, Unanswered

HERE = f"{FOLDER}/gaps"
MAX_WORDINGS = 500
DAYS = 365
GONE = "这个问题已不在，可能超过了保存期限，或已经有了答复。"

Fields = Annotated[dict[str, str], Depends(fields)]


class Wording(NamedTuple):
    """A question in one wording, and every time that it was asked, the latest first."""

    askings: Sequence[Unanswered]

    @property
    def id(self) -> str:
        return self.askings[0].id

    @property
    def question(self) -> str:
        return self.askings[0].question


class Group(NamedTuple):
    """Wordings that ask the same."""

    wordings: Sequence[Wording]

    @property
    def first(self) -> Wording:
        return self.wordings[0]

    @property
    def times(self) -> int:
        return sum(len(each.askings) for each in self.wordings)

    @property
    def reported(self) -> int:
        return sum(asked.reported for each in self.wordings for asked in each.askings)

    @property
    def latest(self) -> str:
        return max(each.askings[0].time for each in self.wordings)


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


def build_gaps(assistant: Assistant, drafts: Drafts, librarian: Librarian) -> APIRouter:
    """`/staff/gaps`, `/staff/gaps/{answer_id}` with the draft of an answer,
    `/staff/drafts/{draft_id}` to read, to sign and to discard it."""
    router = APIRouter(prefix=FOLDER)
    _add_gaps(router, assistant, drafts, librarian)
    _add_drafts(router, assistant, drafts, librarian)
    return router


def _add_gaps(
    router: APIRouter, assistant: Assistant, drafts: Drafts, librarian: Librarian
) -> None:
    @router.get("/gaps")
    def listed(request: Request, found: Reader) -> HTMLResponse:
        used, documents = in_use(assistant, librarian.changes), assistant.corpus.documents()
        groups, left = _groups(assistant, drafts.unanswered(used))
        written = [(draft, standing(draft, documents, used)) for draft in drafts.all()]
        return page(request, "gaps.html", found, groups=groups, left=left, drafts=written)

    @router.get("/gaps/{answer_id}")
    def one(
        request: Request,
        found: Reader,
        answer_id: str,
        search: Annotated[str, Query(max_length=MAX_SEARCH_CHARS)] = "",
        again: Annotated[str, Query(max_length=64)] = "",
    ) -> HTMLResponse:
        earlier = drafts.get(again) if again else None
        gap = _gap_of(assistant, drafts, librarian, answer_id, earlier)
        anew = {"id": "", "signed": "", "expires": _in_a_year()}
        draft = gap.draft or (earlier and earlier.model_copy(update=anew))
        seen = gap.draft.fingerprint if gap.draft else ""
        return _gap_page(request, found, assistant, gap, GapPage(draft, seen, search))

    @router.post("/gaps/{answer_id}")
    def draft(
        request: Request,
        found: Editor,
        answer_id: str,
        form: Fields,
        again: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        gap = _gap_of(assistant, drafts, librarian, answer_id, drafts.get(again) if again else None)
        said = draft_of(form, found.account.name, _ticked(form, gap), assistant, gap.draft)
        search, seen = form.get("search", "").strip()[:MAX_SEARCH_CHARS], form.get("seen", "")
        if form.get("act") == "search":
            shown = GapPage(said, seen, search, typed=True)
            return _gap_page(request, found, assistant, gap, shown)
        if wrong := fault(said):
            shown = GapPage(said, seen, search, wrong, typed=True)
            return _gap_page(request, found, assistant, gap, shown, status=400)
        try:
            place = drafts.save(said, seen=seen)
        except StoreError as error:  # the next try knows what it replaces
            now = gap.draft.fingerprint if gap.draft else ""
            shown = GapPage(said, now, search, str(error), typed=True)
            return _gap_page(request, found, assistant, gap, shown, status=409)
        return RedirectResponse(f"{FOLDER}/drafts/{place}", 303)


def _add_drafts(
    router: APIRouter, assistant: Assistant, drafts: Drafts, librarian: Librarian
) -> None:
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


def _groups(assistant: Assistant, questions: Sequence[Unanswered]) -> tuple[list[Group], int]:
    """The questions, those asked most often first, and how many wordings there are no places for:
    the oldest of which no reader asked for a document."""
    by_words: dict[str, list[Unanswered]] = {}
    for each in questions:
        by_words.setdefault(" ".join(each.question.split()), []).append(each)
    every = sorted(by_words.values(), key=lambda askings: not any(a.reported for a in askings))
    wordings = [Wording(askings) for askings in every[:MAX_WORDINGS]]
    places = assistant.groups([each.question for each in wordings])
    groups = [Group([wordings[n] for n in sorted(group)]) for group in places]
    groups.sort(key=lambda group: (-group.times, -group.reported))
    return groups, len(every) - len(wordings)


def _gap_of(
    assistant: Assistant,
    drafts: Drafts,
    librarian: Librarian,
    answer_id: str,
    earlier: Draft | None,
) -> Gap:
    """The wording in which something was asked, with those that ask the same, and its draft. What
    a draft is to is there however much has been asked since, or is not kept any more."""
    used = in_use(assistant, librarian.changes)
    groups, _ = _groups(assistant, drafts.unanswered(used))
    every = [each for group in groups for each in group.wordings]
    found = next((w for w in every if any(a.id == answer_id for a in w.askings)), None)
    known = next((list(g.wordings) for g in groups if found and found in g.wordings), [])
    asked = {a.id for a in found.askings} if found else {answer_id}
    draft = next((d for d in drafts.all() if not d.signed and asked & set(d.asked)), None)
    if found is None:
        found = _absent(drafts, used, answer_id, draft or earlier)
    others = [each for each in known if each is not found]
    held = {a.id for each in (found, *others) for a in each.askings}
    if draft:
        more = drafts.those([each for each in draft.asked if each not in held], used)
        others += [Wording([each]) for each in more]
    return Gap(Group([found, *others]), draft)


def _absent(drafts: Drafts, used: set[str], answer_id: str, draft: Draft | None) -> Wording:
    """A question that is not on the list, by itself; of a draft also one that is not kept."""
    askings = drafts.those([answer_id], used)
    if not askings and draft:
        askings = [Unanswered(answer_id, draft.time, draft.question, False)]
    if not askings:
        raise HTTPException(404, GONE)
    return Wording(askings)


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
    assistant: Assistant,
    gap: Gap,
    shown: GapPage,
    *,
    status: int = 200,
) -> HTMLResponse:
    first, draft = gap.group.first, shown.draft
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
