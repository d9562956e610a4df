"""An answer that staff write: out of a form, what is wrong with it, what it rests on, and what has
become of it."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from policyqa.index.errors import PolicyQAError, UnreadableFile
from policyqa.index.read.detect import format_of
from policyqa.index.types import Document, Metadata
from policyqa.qa.check.permalinks import Resolution, parse, permalink, resolve
from policyqa.qa.question.filters import lapsed
from policyqa.qa.types import Question
from policyqa.ui.assistant import Assistant
from policyqa.ui.staff.passages import picked
from policyqa.ui.store.changes import Changes
from policyqa.ui.store.drafts import MAX_TEXT_CHARS, Draft

MAX_DAYS = 3 * 365
MAX_QUESTION_CHARS = 200
MAX_BASIS = 20
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
STATES = {"unchanged": "在原处", "moved": "移了位置", "changed": "已改动", "gone": "已不在"}


class Standing(NamedTuple):
    """What has become of an answer by staff, in a word, and until when it is used, "" for not at
    all."""

    state: str
    expires: str


def draft_of(
    form: Mapping[str, str],
    author: str,
    asked: Sequence[str],
    assistant: Assistant,
    earlier: Draft | None,
) -> Draft:
    """What a form says: passages that were picked (`basis-…`), and those that had been (`kept-…`,
    permalinks). `asked` are the answers whose questions it is to."""
    places = [picked(value, assistant) for name, value in form.items() if name[:6] == "basis-"]
    kept = [value for name, value in form.items() if name[:5] == "kept-" and _is_link(value)]
    links = [*kept, *(str(permalink(*to)) for to in places if to and is_policy(to[0]))]
    return Draft(
        id=earlier.id if earlier else "",
        time="",
        author=author,
        question=" ".join(form.get("question", "").split()),
        text=form.get("text", "").replace("\r\n", "\n").strip(),
        basis=tuple(dict.fromkeys(links))[:MAX_BASIS],
        asked=tuple(asked),
        expires=form.get("expires", "").strip(),
    )


def _is_link(words: str) -> bool:
    try:
        return bool(parse(words))
    except PolicyQAError:
        return False


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
    return _expiry_fault(draft.expires)


def _expiry_fault(expires: str) -> str:
    today, day = date.today(), day_of(expires)
    if day is None:
        return "有效期请写成 2027-12-31 这样的日期。"
    if not today <= day <= today + timedelta(days=MAX_DAYS):
        return f"有效期请在今天到 {MAX_DAYS // 365} 年之间。"
    return ""


def day_of(text: str) -> date | None:
    """The day that somebody typed (ISO), None where it is none of the calendar."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def text_of(draft: Draft) -> str:
    """A draft as the text of a document."""
    return f"{draft.question}\n{draft.text}\n"


def metadata_of(draft: Draft, signer: str) -> dict[str, object]:
    """What is said of that document. Every field is given, so that nothing is read out of what a
    clerk writes."""
    signed = Metadata(
        title=draft.question,
        issuer=signer,
        date=date.today().isoformat(),
        expires=draft.expires,
        kind="staff_answer",
        basis=draft.basis,
    )
    return signed.model_dump(mode="json")


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
    """That a document has changed since a passage of it was picked, or is no policy; "" where all
    is well."""
    if any(found.state in ("changed", "gone") for _, found in basis):
        return "有依据已改动或不在库中，请重新选择依据后再签发。"
    if any(found.document and not is_policy(found.document) for _, found in basis):
        return "依据须是文件的原文，不能是另一份工作人员的答复。"
    return ""


def is_policy(document: Document) -> bool:
    """Whether a document is one that the office was given, and not an answer of its own people."""
    return document.metadata.kind != "staff_answer"


def in_use(assistant: Assistant, changes: Changes) -> set[str]:
    """The files of signed answers that readers get, or will as soon as they are indexed."""
    coming = {c.source for c in changes.waiting() if c.act == "answer_signed"}
    return coming | {d.source for d in assistant.corpus.documents() if _is_given(d)}


def _is_given(document: Document) -> bool:
    return not is_policy(document) and not lapsed(Question(question=""), document.metadata)


def standing(draft: Draft, documents: Iterable[Document], used: Collection[str]) -> Standing:
    """What has become of a draft; `used` are the files that readers get answers from."""
    if not draft.signed:
        return Standing("草稿", draft.expires)
    held = next((d for d in documents if d.source == draft.source), None)
    expires = held.metadata.expires if held else draft.expires
    if draft.source in used:
        return Standing("已签发", expires)
    return Standing("已过期", expires) if held else Standing("已撤下", "")
