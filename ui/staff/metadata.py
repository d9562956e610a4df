"""What is said of a document as a form holds it: each field beside the words it was read from, and
what a clerk may correct."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from policyqa.index.errors import SourceError
from policyqa.index.metadata.dates import last_day
from policyqa.index.types import Document, Metadata, Reading
from policyqa.qa.cli.present import FIELD_NAMES
from policyqa.qa.question.filters import KINDS
from policyqa.ui.store.changes import Change

CONTEXT_CHARS = 40
OTHERS = 3
MAX_VALUE_CHARS = 500
CHANGED = "“{label}”在您打开之后被改成了“{now}”；请核对，要用您写的就再保存一次。"
SIGNED = "签发的答复只能把有效期改早；要改别的，请撤下后另行签发。"
KIND_NAMES: dict[str, str] = {str(kind): words for kind, words in KINDS.items()}
CHOICES = {kind: words for kind, words in KIND_NAMES.items() if kind != "staff_answer"}


class Shown(NamedTuple):
    """One field: its value as a form holds it and as it is now, who says so (`reading`), the words
    of the document that say it with what stands around them, and what else was read."""

    name: str
    label: str
    value: str
    now: str
    reading: Reading | None
    before: str
    words: str
    after: str
    others: Sequence[tuple[str, Reading]]


def fields_of(document: Document, about: Metadata, typed: Mapping[str, str]) -> list[Shown]:
    """Every field of a document; of a signed answer only the one that may be changed. `about` is
    what is said of it now, `typed` what somebody wants it to be."""
    names = ["expires"] if about.kind == "staff_answer" else list(FIELD_NAMES)
    return [_field(name, document, about, typed) for name in names]


def _field(name: str, document: Document, about: Metadata, typed: Mapping[str, str]) -> Shown:
    now = written(getattr(about, name))
    own = [reading for reading in document.readings if reading.field == name]
    spoken = next((reading for reading in own if reading.end > reading.start), None)
    start, end = (spoken.start, spoken.end) if spoken else (0, 0)
    others = [reading for reading in own[1:] if reading is not spoken]
    return Shown(
        name=name,
        label=FIELD_NAMES[name],
        value=typed.get(name, now),
        now=now,
        reading=own[0] if own else None,
        before=document.text[max(0, start - CONTEXT_CHARS) : start],
        words=document.text[start:end],
        after=document.text[end : end + CONTEXT_CHARS] if spoken else "",
        others=[(in_words(name, reading.value), reading) for reading in others[:OTHERS]],
    )


def in_words(name: str, value: object) -> str:
    """A value as people read it."""
    if value is None:
        return "按文件里读到的"
    if isinstance(value, bool):
        return "是" if value else "否"
    words = KIND_NAMES.get(str(value), "") if name == "kind" else ""
    return words or written(value).replace("\n", "、") or "（空）"


def written(value: object) -> str:
    """A value as a form holds it: a line for each of several."""
    if isinstance(value, tuple | list):
        return "\n".join(value)
    return {True: "yes", False: ""}[value] if isinstance(value, bool) else str(value)


def corrections(form: Mapping[str, str], about: Metadata) -> dict[str, Any]:
    """What a form says otherwise than it showed (`was-NAME`): fields that were changed, and None
    for those that shall be read from the text again (`reset-NAME`).

    Args:
        form: what was sent.
        about: what is said of the document now, corrections that are on their way among it.

    Raises:
        SourceError: a value is none of its field, somebody else has changed it since, or it is not
            to be changed: of a signed answer only the expiry, to an earlier day.
    """
    wanted: dict[str, Any] = {}
    for name, label in FIELD_NAMES.items():
        now = cleaned(written(getattr(about, name)), name)
        shown = cleaned(form.get(f"was-{name}", now), name)
        said = cleaned(form.get(name, shown), name)
        if f"reset-{name}" in form:
            wanted[name] = None
        elif said not in (shown, now):
            if now != shown:
                raise SourceError(CHANGED.format(label=label, now=now or "空"))
            wanted[name] = _read(name, said)
    _check_allowed(wanted, about)
    return wanted


def as_corrected(about: Metadata, waiting: Iterable[Change], source: str) -> Metadata:
    """What is said of a document when the corrections to its file that wait are done; what is to be
    read from the text again is not known yet, and stays as it is."""
    for change in waiting:
        fields = change.details.get("fields")
        if change.act == "metadata_corrected" and change.source == source and fields:
            given = cast(Mapping[str, Any], fields)
            said = {name: value for name, value in given.items() if value is not None}
            about = Metadata.model_validate({**about.model_dump(), **said})
    return about


def cleaned(text: str, name: str) -> str:
    """Text of a field without what cannot be seen, a line for each of several."""
    lines = [" ".join("".join(filter(str.isprintable, line)).split()) for line in text.splitlines()]
    return ("\n" if name == "replaces" else " ").join(filter(None, lines))


def _read(name: str, said: str) -> object:
    if name == "replaces":
        return said.split("\n") if said else []
    return said == "yes" if name == "trial" else said


def _check_allowed(wanted: Mapping[str, Any], about: Metadata) -> None:
    if about.kind == "staff_answer":
        day = wanted.get("expires", about.expires)
        if set(wanted) - {"expires"} or not day:
            raise SourceError(SIGNED)
    elif wanted.get("kind") == "staff_answer":
        raise SourceError("“工作人员答复”只能由签发而来，请选别的类型。")
    given = {name: value for name, value in wanted.items() if value is not None}
    try:
        checked = Metadata.model_validate(given)
    except ValidationError as error:
        field = FIELD_NAMES.get(str(error.errors()[0]["loc"][0]), "")
        words = (
            "没有这个选项"
            if field == FIELD_NAMES["kind"]
            else "日期请写成 2024、2024-07 或 2024-07-13"
        )
        raise SourceError(f"“{field}”的值不对：{words}。") from error
    long = [
        FIELD_NAMES[name] for name, value in given.items() if len(written(value)) > MAX_VALUE_CHARS
    ]
    if long:
        raise SourceError(f"“{long[0]}”太长，最多 {MAX_VALUE_CHARS} 字。")
    if (
        about.kind == "staff_answer"
        and wanted
        and last_day(checked.expires) > last_day(about.expires)
    ):
        raise SourceError(SIGNED)
