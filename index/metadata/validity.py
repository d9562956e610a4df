"""Whether a document still holds on a day: by its own words, and by what came after it."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

from policyqa.index.metadata.dates import first_day, last_day, shifted
from policyqa.index.types import Document, Metadata, Reading, Value

State = Literal["有效", "试行", "已过期", "被替代", "尚未施行", "征求意见", "不明"]
# Rules of local authorities hold for five years where they say nothing else (the usual limit of
# 行政规范性文件管理办法); what is older and names no term may still hold or not.
TRUSTED_YEARS = 5
LASTING = re.compile("(?<!办)法$|条例$")

WRAPPED = re.compile(
    r"^.*?关于(?:印发|发布|公布|修订印发|重新印发|下发)(.{4,})的(?:通知|公告|通告|决定)$"
)
ASIDE = re.compile(r"[（(〔\[【][^（）()〔〕\[\]【】]{0,30}[）)〕\]】]")
EDITION = re.compile(
    r"(?:19|20)\d{2}年?度?(?:[-—–至](?:19|20)?\d{2}年?)?|修订[稿版]?|修正|试行|暂行|新版|最新"
)
DRAFT = re.compile(
    r"(?:征[求集]意见|送审|讨论|审议)稿|草案|(?:公开)?征求[^，。]{0,12}意见的?(?:通知|公告|函)?$"
)
ASKS = re.compile(
    r"[现拟就](?:面?向社会|予以)?(?:公开|广泛)*征[求集](?:社会各界|公众|各方面)?的?意见"
)
OPENING_CHARS = 400
MARKS = re.compile(r"[\W_]+")


class Validity(Value):
    """Whether a document holds, why (one line), and the words that say so.

    `reading` is of the document itself, None where its words do not decide. `by` is the `doc_id` of
    the document that replaces it, "" for none.
    """

    state: State
    because: str
    reading: Reading | None = None
    by: str = ""


def validity(document: Document, documents: Iterable[Document], as_of: str) -> Validity:
    """Whether a document holds on a day.

    A document without any words on its term is 不明, and so is every report; 有效 is only what
    says from when or until when it holds.

    Args:
        document: the one asked about.
        documents: the collection, in which newer editions are looked for.
        as_of: the day, ISO.
    """
    about = document.metadata
    if about.kind == "news":
        return Validity(state="不明", because="新闻报道没有效力期限，请以政策原文为准")
    if is_draft(document):
        return Validity(state="征求意见", because="是征求意见的草案，不是正式施行的文件")
    newer = _newer(document, documents, as_of)
    if newer:
        return newer
    effective, expires = _reading(document, "effective"), _reading(document, "expires")
    if about.effective and first_day(about.effective) > as_of:
        return Validity(state="尚未施行", because=f"自{about.effective}起施行", reading=effective)
    if about.expires and last_day(about.expires) < as_of:
        return Validity(state="已过期", because=_expired(about), reading=expires)
    return _in_force(document, as_of)


def is_draft(document: Document) -> bool:
    """Whether a text is put out for comments, and is no rule yet: by its title, the name of its
    file, or what stands before it."""
    about = document.metadata
    opening = document.text[:OPENING_CHARS]
    return bool(DRAFT.search(about.title) or DRAFT.search(document.source) or ASKS.search(opening))


def _expired(about: Metadata) -> str:
    day = last_day(about.expires)
    words = {"plan": f"已过规划期（至{day}）", "notice": f"申报已于{day}截止"}
    return words.get(about.kind, f"有效期至{day}，已过")


def _in_force(document: Document, as_of: str) -> Validity:
    """What holds as far as its words go, or does not say."""
    about = document.metadata
    effective, expires = _reading(document, "effective"), _reading(document, "expires")
    if about.trial:
        term = f"，有效期至{last_day(about.expires)}" if about.expires else "，没有写明试行到何时"
        reading = expires or _reading(document, "trial")
        return Validity(state="试行", because=f"标题写明试行或暂行{term}", reading=reading)
    if about.expires:
        return Validity(state="有效", because=_holds(about), reading=expires)
    if not about.effective:
        return Validity(state="不明", because="文中没有写明施行日期和有效期")
    if shifted(first_day(about.effective), years=TRUSTED_YEARS) <= as_of and not _lasts(about):
        because = f"自{about.effective}起施行，没有写明有效期，已过{TRUSTED_YEARS}年，请核实"
        return Validity(state="不明", because=because, reading=effective)
    because = f"自{about.effective}起施行，没有写明失效日期"
    return Validity(state="有效", because=because, reading=effective)


def _holds(about: Metadata) -> str:
    day = last_day(about.expires)
    words = {"plan": f"规划期至{day}", "notice": f"申报截至{day}"}
    return words.get(about.kind, f"有效期至{day}")


def _lasts(about: Metadata) -> bool:
    """Whether a text holds until it is ended: laws and regulations do."""
    return LASTING.search(normal_title(about.title) or about.title) is not None


def _reading(document: Document, field: str) -> Reading | None:
    """The surest reading of the value that a field has."""
    value = getattr(document.metadata, field)
    words = "true" if value is True else value
    own = [r for r in document.readings if r.field == field and r.value == words]
    return max(own, key=lambda reading: reading.confidence, default=None)


def successors(documents: Sequence[Document]) -> dict[str, tuple[Document, ...]]:
    """By id of each document that others replace, on whatever day: those others, in their order.
    `validity` needs no other documents than these."""
    ending = [d for d in documents if d.metadata.replaces]
    by_title: dict[str, list[Document]] = {}
    for each in documents:
        by_title.setdefault(normal_title(each.metadata.title), []).append(each)
    place = {document.doc_id: n for n, document in enumerate(documents)}
    found: dict[str, tuple[Document, ...]] = {}
    for document in documents:
        near = {d.doc_id: d for d in (*by_title[normal_title(document.metadata.title)], *ending)}
        later = [other for other in near.values() if _replaces(other, document)]
        if later:
            found[document.doc_id] = tuple(sorted(later, key=lambda d: place[d.doc_id]))
    return found


def _replaces(new: Document, old: Document) -> bool:
    """Whether a document replaces another by its words or as a later edition."""
    if new.doc_id == old.doc_id or is_draft(new):
        return False
    return _ends(new.metadata, old.metadata) or _is_edition(new.metadata, old.metadata)


def _newer(document: Document, documents: Iterable[Document], as_of: str) -> Validity | None:
    """The newest document that replaces one."""
    found = [
        other
        for other in documents
        if _in_force_on(other.metadata, as_of) and _replaces(other, document)
    ]
    if not found:
        return None
    last = max(found, key=lambda other: other.metadata.date)
    return Validity(state="被替代", because=_replaced_by(last.metadata), by=last.doc_id)


def _in_force_on(about: Metadata, as_of: str) -> bool:
    begins = about.effective or about.date
    return not begins or first_day(begins) <= as_of


def _replaced_by(about: Metadata) -> str:
    day = f"（{about.date}）" if about.date else ""
    return f"已被《{about.title}》{day}替代"


def _ends(new: Metadata, old: Metadata) -> bool:
    """Whether a document names another, not newer, among those that it ends."""
    if new.date and old.date and first_day(new.date) < first_day(old.date):
        return False
    number = _plain(old.doc_number)
    title = normal_title(old.title)
    return any(
        (number and _plain(name) == number)
        or (title and normal_title(name) == title and not _same_paper(new, old))
        for name in new.replaces
    )


def _is_edition(new: Metadata, old: Metadata) -> bool:
    """Whether two documents of one issuer are editions of one text, the first of them newer."""
    title = normal_title(old.title)
    if len(title) < 6 or title != normal_title(new.title) or _same_paper(new, old):
        return False
    return bool(new.issuer) and _issuers(new) == _issuers(old) and _is_later(new, old)


def _same_paper(new: Metadata, old: Metadata) -> bool:
    return bool(new.doc_number) and _plain(new.doc_number) == _plain(old.doc_number)


def _is_later(new: Metadata, old: Metadata) -> bool:
    return bool(new.date and old.date) and last_day(old.date) < first_day(new.date)


def _issuers(about: Metadata) -> frozenset[str]:
    return frozenset(about.issuer.split("、"))


def _plain(text: str) -> str:
    return MARKS.sub("", text)


@lru_cache(maxsize=100_000)
def normal_title(title: str) -> str:
    """A title without issuer and cover words, year, edition, brackets and marks:
    某市关于印发《某市入户办法（试行）》的通知 → 某市入户办法."""
    inner = ASIDE.sub("", title.strip())
    wrapped = WRAPPED.match(inner)
    return MARKS.sub("", EDITION.sub("", wrapped.group(1) if wrapped else inner))
