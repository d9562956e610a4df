"""What the documents are silent on: questions that ask the same, put together, and the answers that
staff write to them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from index.errors import PolicyQAError, StoreError, UnreadableFile
from index.formats.detect import format_of
from index.types import Document
from qa.permalinks import Resolution, parse, permalink, resolve
from qa.types import Answer, Question
from ui.assistant import Assistant
from ui.staff.desk import Editor, Reader, page
from ui.staff.librarian import Librarian
from ui.staff.passages import FOUND, picked, place_of, searched
from ui.staff.sessions import FOLDER, fields
from ui.store.accounts import LoggedIn
from ui.store.drafts import MAX_TEXT_CHARS, Draft, Drafts, Unanswered

HERE = f"{FOLDER}/gaps"
NEWEST = 200
DAYS = 365
MAX_DAYS = 3 * 365
MAX_QUESTION_CHARS = 200
GONE = "这个问题已不在，可能超过了保存期限，或已经有了答复。"
STATES = {"unchanged": "在原处", "moved": "移了位置", "changed": "已改动", "gone": "已不在"}

Fields = Annotated[dict[str, str], Depends(fields)]


class Group(NamedTuple):
    """Questions that ask the same, the newest first."""

    questions: Sequence[Unanswered]

    @property
    def first(self) -> Unanswered:
        return self.questions[0]

    @property
    def reported(self) -> int:
        return sum(each.reported for each in self.questions)


def build_gaps(assistant: Assistant, drafts: Drafts, librarian: Librarian) -> APIRouter:
    """`/staff/gaps`, `/staff/gaps/{answer_id}` with the draft of an answer,
    `/staff/drafts/{draft_id}` to read and to sign it."""
    router = APIRouter(prefix=FOLDER)
    _add_gaps(router, assistant, drafts)
    _add_drafts(router, assistant, drafts, librarian)
    return router


def _add_gaps(router: APIRouter, assistant: Assistant, drafts: Drafts) -> None:
    @router.get("/gaps")
    def listed(request: Request, found: Reader) -> HTMLResponse:
        groups = _groups(assistant, drafts.unanswered(count=NEWEST))
        return page(request, "gaps.html", found, groups=groups, drafts=drafts.all())

    @router.get("/gaps/{answer_id}")
    def one(
        request: Request,
        found: Reader,
        answer_id: str,
        search: Annotated[str, Query(max_length=200)] = "",
    ) -> HTMLResponse:
        group, draft = _group_of(assistant, drafts, answer_id)
        seen = draft.fingerprint if draft else ""
        return _gap_page(request, found, assistant, group, draft, seen=seen, search=search)

    @router.post("/gaps/{answer_id}")
    def draft(request: Request, found: Editor, answer_id: str, form: Fields) -> Response:
        group, earlier = _group_of(assistant, drafts, answer_id)
        said = draft_of(form, found.account.name, group, assistant, earlier)
        seen, now = form.get("seen", ""), earlier.fingerprint if earlier else ""
        if wrong := fault(said):
            return _gap_page(
                request, found, assistant, group, said, seen=seen, wrong=wrong, status=400
            )
        try:
            draft_id = drafts.save(
                said.author,
                said.question,
                said.text,
                basis=said.basis,
                asked=said.asked,
                expires=said.expires,
                draft_id=said.id,
                seen=seen,
            )
        except StoreError as error:  # the next try knows what it replaces
            wrong = str(error)
            return _gap_page(
                request, found, assistant, group, said, seen=now, wrong=wrong, status=409
            )
        return RedirectResponse(f"{FOLDER}/drafts/{draft_id}", 303)


def _add_drafts(
    router: APIRouter, assistant: Assistant, drafts: Drafts, librarian: Librarian
) -> None:
    @router.get("/drafts/{draft_id}")
    def one(request: Request, found: Reader, draft_id: str) -> HTMLResponse:
        draft = _draft(drafts, draft_id)
        basis = rests_on(draft.basis, assistant.documents())
        return page(request, "draft.html", found, draft=draft, basis=basis, states=STATES)

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
        basis = rests_on(draft.basis, assistant.documents())
        if wrong := fault(draft) or unsound(basis):
            raise HTTPException(409, wrong)
        signer = found.account.name
        source = f"工作人员答复-{draft.id}.txt"
        about = {
            "title": draft.question,
            "issuer": signer,
            "doc_number": "",
            "date": date.today().isoformat(),
            "effective": "",
            "expires": draft.expires,
            "kind": "staff_answer",
            "replaces": [],
            "basis": list(draft.basis),
        }
        try:
            librarian.publish(
                signer,
                source,
                text_of(draft),
                about,
                lambda session: drafts.sign(
                    session, draft.id, signer, source, seen=form.get("seen", "")
                ),
            )
        except StoreError as error:
            raise HTTPException(409, str(error)) from error
        return RedirectResponse(f"{FOLDER}/documents", 303)


def _groups(assistant: Assistant, questions: Sequence[Unanswered]) -> list[Group]:
    places = assistant.groups([each.question for each in questions])
    return [Group([questions[n] for n in sorted(group)]) for group in places]


def _group_of(assistant: Assistant, drafts: Drafts, answer_id: str) -> tuple[Group, Draft | None]:
    """The questions that ask the same as one, and the draft that somebody has begun to them. Those
    of a draft are there however many have been asked since, or are not kept any more."""
    alike = next(
        (
            group.questions
            for group in _groups(assistant, drafts.unanswered(count=NEWEST))
            if any(each.id == answer_id for each in group.questions)
        ),
        drafts.those([answer_id]),
    )
    asked = {answer_id, *(each.id for each in alike)}
    draft = next((d for d in drafts.all() if not d.signed and asked & set(d.asked)), None)
    if draft:
        more = drafts.those([each for each in draft.asked if each not in asked])
        alike = [*alike, *more] or [Unanswered(answer_id, draft.time, draft.question, False)]
    if not alike:
        raise HTTPException(404, GONE)
    return Group(alike), draft


def _draft(drafts: Drafts, draft_id: str) -> Draft:
    draft = drafts.get(draft_id)
    if draft is None:
        raise HTTPException(404, "没有这份答复。")
    return draft


def _gap_page(
    request: Request,
    found: LoggedIn,
    assistant: Assistant,
    group: Group,
    draft: Draft | None,
    *,
    seen: str,
    search: str = "",
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    now = _asked_now(assistant, group.first.question)
    hits = {place_of(hit): hit for hit in (*searched(assistant, search), *now.hits)}
    kept = rests_on(draft.basis, assistant.documents()) if draft else []
    return page(
        request,
        "gap.html",
        found,
        status,
        group=group,
        now=now,
        hits=list(hits.values()),
        kept=kept,
        states=STATES,
        draft=draft,
        seen=seen,
        ticked=draft.asked if draft else [each.id for each in group.questions],
        search=search,
        expires=(date.today() + timedelta(days=DAYS)).isoformat(),
        max_text=MAX_TEXT_CHARS,
        max_question=MAX_QUESTION_CHARS,
        wrong=wrong,
    )


def _asked_now(assistant: Assistant, question: str) -> Answer:
    return assistant.ask(Question(question=question, k=FOUND))


def draft_of(
    form: Mapping[str, str],
    author: str,
    group: Group,
    assistant: Assistant,
    earlier: Draft | None,
) -> Draft:
    """What a form says: passages that were picked (`basis-…`), those that were kept (`kept-…`,
    permalinks of the earlier draft), and which questions it answers (`asked-ID`)."""
    places = [picked(value, assistant) for name, value in form.items() if name[:6] == "basis-"]
    kept = [link for link in earlier.basis if link in form.values()] if earlier else []
    links = [*kept, *(str(permalink(*place)) for place in places if place)]
    return Draft(
        id=earlier.id if earlier else "",
        time="",
        author=author,
        question=" ".join(form.get("question", "").split()),
        text=form.get("text", "").replace("\r\n", "\n").strip(),
        basis=tuple(dict.fromkeys(links)),
        asked=tuple(each.id for each in group.questions if form.get(f"asked-{each.id}")),
        expires=form.get("expires", "").strip(),
    )


def fault(draft: Draft) -> str:
    """What is wrong with a draft, "" where nothing is."""
    if not 0 < len(draft.question) <= MAX_QUESTION_CHARS:
        return f"请写出问题，不超过 {MAX_QUESTION_CHARS} 字。"
    if not 0 < len(draft.text) <= MAX_TEXT_CHARS:
        return f"请写出答复，不超过 {MAX_TEXT_CHARS} 字。"
    if not draft.asked:
        return "请至少选一个这份答复回答的问题。"
    if not _is_plain(draft):
        return "问题或答复里有像网页或程序的代码，会被读错，请改写成普通文字。"
    if not draft.basis:
        return "请至少选一段依据；没有依据的答复不能签发。"
    today = date.today()
    try:
        day = date.fromisoformat(draft.expires)
    except ValueError:
        return "有效期请写成 2027-12-31 这样的日期。"
    if not today <= day <= today + timedelta(days=MAX_DAYS):
        return f"有效期请在今天到 {MAX_DAYS // 365} 年之间。"
    return ""


def text_of(draft: Draft) -> str:
    """A draft as the text of a document."""
    return f"{draft.question}\n{draft.text}\n"


def _is_plain(draft: Draft) -> bool:
    """Whether its document will be read as text, and not as a page or what else it looks like."""
    try:
        return format_of(text_of(draft).encode(), "a.txt") == "text"
    except UnreadableFile:
        return False


def rests_on(links: Sequence[str], documents: Sequence[Document]) -> list[tuple[str, Resolution]]:
    """What permalinks lead to now."""
    found = []
    for link in links:
        try:
            found.append((link, resolve(parse(link), documents)))
        except PolicyQAError:
            found.append((link, Resolution(state="gone")))
    return found


def unsound(basis: Sequence[tuple[str, Resolution]]) -> str:
    """That a document has changed since a passage of it was picked, "" where none has."""
    moved = any(found.state in ("changed", "gone") for _, found in basis)
    return "有依据已改动或不在库中，请重新选择依据后再签发。" if moved else ""
