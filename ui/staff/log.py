"""The log: who changed what, when, and how it was before."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine

from policyqa.qa.cli.present import FIELD_NAMES
from policyqa.ui.staff.desk import Admin, page
from policyqa.ui.staff.metadata import in_words
from policyqa.ui.staff.sessions import FOLDER
from policyqa.ui.store.audit import ACTS, Entry, latest
from policyqa.ui.store.reviews import OF_ANSWERS, OF_CITATIONS
from policyqa.ui.users import ROLE_NAMES

ENTRIES = 50
MAX_CHARS = 200  # of one value
OF_ANSWERS_GIVEN = ("reviewed", "judged", "reported", "shared", "unshared")
VERDICTS: dict[str, str] = {str(key): words for key, words in (OF_CITATIONS | OF_ANSWERS).items()}
KNOWN: dict[str, str] = {"up": "有用", "down": "没有用", "withdrawn": "收回了评价"} | {
    str(key): words for key, words in ROLE_NAMES.items()
}
WORDS = {
    "role": "角色：{}", "replace": "替换同名文件", "minutes": "{} 分钟", "days": "{} 天以前的",
    "version": "旧版 {}", "reason": "{}", "question": "{}", "text": "{}", "comment": "说明：{}",
    "better": "另选：{}", "verdict": "{}", "lines": "{} 条",
    "scopes": "可以：{}", "expires": "到期：{}",
    "place": "{}", "was": "原来：{}",
    "owner": "负责人：{}", "due": "期限：{}", "was_owner": "原负责人：{}", "was_due": "原期限：{}",
}  # fmt: skip


def build_log(engine: Engine) -> APIRouter:
    """`/staff/log`."""
    router = APIRouter(prefix=FOLDER)

    @router.get("/log")
    def log(
        request: Request, found: Admin, before: Annotated[int | None, Query(ge=1, lt=2**31)] = None
    ) -> HTMLResponse:
        entries = latest(engine, count=ENTRIES + 1, before=before)
        older = entries[ENTRIES - 1].id if len(entries) > ENTRIES else None
        shown = [(each, page_of(each), details_of(each)) for each in entries[:ENTRIES]]
        return page(request, "log.html", found, entries=shown, acts=ACTS, older=older)

    return router


def page_of(entry: Entry) -> str:
    """Where what an entry tells of can be seen, "" where it has no page of its own."""
    if entry.act in OF_ANSWERS_GIVEN:
        return f"{FOLDER}/review/{entry.what}?show=all"
    if entry.act in ("gap_given", "gap_released"):
        return f"{FOLDER}/gaps/{entry.what}"
    if entry.act in ("cell_signed", "cell_dropped", "programme_read"):
        return f"{FOLDER}/register/{entry.what}"
    return f"{FOLDER}/drafts/{entry.what}" if entry.act == "answer_drafted" else ""


def details_of(entry: Entry) -> list[str]:
    """What an entry says beside who, when and of what, in words."""
    said = entry.details
    verdicts = {n: str(said[n]) for n in said if n.isdecimal()}
    lines = [f"{_place(n)}：{VERDICTS.get(verdict, verdict)}" for n, verdict in verdicts.items()]
    lines += _corrections(_named(said.get("fields")), _named(said.get("before")))
    for name, words in WORDS.items():
        value = said.get(name)
        if value is not None and value is not False and value != "":
            lines.append(words.format(KNOWN.get(str(value), str(value))[:MAX_CHARS]))
    return lines


def _place(number: str) -> str:
    return "整个回答" if number == "0" else f"引文 {number}"


def _named(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _corrections(fields: Mapping[str, object], before: Mapping[str, object]) -> list[str]:
    return [
        f"{label}：{in_words(name, fields[name])[:MAX_CHARS]}"
        + (f"（原来：{in_words(name, before[name])[:MAX_CHARS]}）" if name in before else "")
        for name, label in FIELD_NAMES.items()
        if name in fields
    ]
