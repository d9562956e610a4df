"""An answer to keep: what was asked, what was said, and the proof of each sentence, as a page or as
Markdown that can be printed, saved, and checked against the documents later."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from policyqa.index.types import Document, Value
from policyqa.qa.check.gate import check
from policyqa.qa.check.permalinks import Effort, State, parse, resolve
from policyqa.qa.errors import PermalinkError, ReceiptError
from policyqa.qa.question.filters import KINDS
from policyqa.qa.templates import templates
from policyqa.qa.types import Answer, AnswerSentence, Citation

FORMATS = {".html": "html", ".htm": "html", ".md": "markdown"}
BLOCK = re.compile(r"<!-- policyqa-receipt ([A-Za-z0-9+/=]+) -->")
MAX_BYTES = 2_000_000
OF_WORDS, OF_COMPARING = 40, 0.2  # what the gate costs at its worst, in the unit of `Effort`
Held = Literal["unchanged", "moved", "changed", "gone", "unsupported", "uncited"]


class Receipt(Value):
    """What is kept of one answer. `asked_at` is local time with its offset, `corpus` the
    fingerprint of the index that answered."""

    question: str
    asked_at: str
    answer: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    corpus: str
    by: str


class Claim(Value):
    """A sentence and the permalinks of what should carry it; none where its proof is not whole.
    `context` are words that it may take as known: None for titles and issuers of what it cites."""

    text: str
    permalinks: tuple[str, ...] = ()
    context: str | None = None


class SentenceCheck(Value):
    """Whether one sentence of a receipt still holds: the worst state of its citations, or that
    their words do not carry it. `now` is what stands in the place of changed words."""

    text: str
    held: Held
    now: str = ""


class Verdict(Value):
    """What checking a receipt found. `altered`: its visible text is not what was written."""

    question: str
    altered: bool
    same_corpus: bool
    sentences: tuple[SentenceCheck, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was altered and every sentence has its proof."""
        return not self.altered and all(s.held in ("unchanged", "moved") for s in self.sentences)


def receipt_of(answer: Answer, *, now: datetime | None = None) -> Receipt:
    """The receipt of an answer, of this moment."""
    moment = (now or datetime.now()).astimezone()
    return Receipt(
        question=answer.question,
        asked_at=moment.isoformat(timespec="seconds"),
        answer=answer.answer,
        sentences=answer.sentences,
        citations=answer.citations,
        corpus=answer.corpus,
        by=answer.by,
    )


def write(receipt: Receipt, path: Path) -> None:
    """Write a receipt in the format that the file's name asks for.

    Raises:
        ReceiptError: it is neither .html nor .md, or the file is there already.
    """
    if path.suffix.lower() not in FORMATS:
        raise ReceiptError(f"回执的文件名应以 .html 或 .md 结尾，而不是 {path.name[:60]}")
    text = rendered(receipt, FORMATS[path.suffix.lower()])
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ReceiptError(f"{path} 已经存在，请换一个文件名") from error


def rendered(receipt: Receipt, form: str) -> str:
    """The receipt as `html` or `markdown`, with itself in a comment for `verify`."""
    data = json.dumps(receipt.model_dump(mode="json"), ensure_ascii=False).encode()
    block = f"<!-- policyqa-receipt {base64.b64encode(data).decode()} -->"
    name, escaped = ("receipt.html", escape) if form == "html" else ("receipt.md", _plain)
    template = templates(__package__, escaped).get_template(name)
    visible = template.render(receipt=receipt, when=_when(receipt), facts=_facts)
    return f"{visible}\n{block}\n"


def verify(path: Path, documents: Iterable[Document], *, corpus: str) -> Verdict:
    """Check a receipt against the documents of today, sentence by sentence.

    Args:
        path: of the receipt.
        documents: of the index.
        corpus: fingerprint of the index.

    Raises:
        ReceiptError: the file is no receipt.
    """
    text = _read(path)
    receipt = parsed(text, str(path))
    return Verdict(
        question=receipt.question,
        altered=is_altered(text, receipt),
        same_corpus=receipt.corpus == corpus,
        sentences=checked(claims_of(receipt), documents),
    )


def is_altered(text: str, receipt: Receipt) -> bool:
    """Whether the visible text of a receipt is not what was written."""
    return all(text != rendered(receipt, form) for form in ("html", "markdown"))


def claims_of(receipt: Receipt) -> tuple[Claim, ...]:
    """What a receipt says, sentence by sentence."""
    by_number = {citation.n: citation for citation in receipt.citations}
    return tuple(_claim(sentence, by_number) for sentence in receipt.sentences)


def checked(
    claims: Iterable[Claim], documents: Iterable[Document], effort: Effort | None = None
) -> tuple[SentenceCheck, ...]:
    """Whether each of some sentences still has its proof.

    Raises:
        EffortError: looking for all of them takes more than `effort`.
    """
    every, effort = tuple(documents), effort or Effort()
    return tuple(_checked(claim, every, effort) for claim in claims)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ReceiptError(f"{path} 太大，不是回执")
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReceiptError(f"无法读取回执 {path}，请确认文件名") from error


def parsed(text: str, name: str) -> Receipt:
    """The receipt that a text is, whatever was done to its visible part.

    Args:
        text: of the whole file.
        name: what the text is called where it is refused.

    Raises:
        ReceiptError: it is none.
    """
    found = BLOCK.search(text)
    try:
        if not found:
            raise ValueError("no block")
        return Receipt.model_validate_json(base64.b64decode(found.group(1), validate=True))
    except (ValueError, binascii.Error, ValidationError) as error:
        raise ReceiptError(f"{name} 不是 policyqa ask --receipt 写出的回执") from error


WORST: tuple[State, ...] = ("gone", "changed", "moved", "unchanged")


def _claim(sentence: AnswerSentence, by_number: dict[int, Citation]) -> Claim:
    cited = [by_number[n] for n in sentence.citations if n in by_number]
    whole = len(cited) == len(sentence.citations)
    context = "\n".join(f"{c.title} {c.section} {c.issuer} {c.region}" for c in cited)
    links = tuple(each.permalink for each in cited) if whole else ()
    return Claim(text=sentence.text, permalinks=links, context=context)


def _checked(claim: Claim, documents: Sequence[Document], effort: Effort) -> SentenceCheck:
    try:
        found = [resolve(parse(link), documents, effort) for link in claim.permalinks]
    except PermalinkError:
        found = []
    if not found:
        return SentenceCheck(text=claim.text, held="uncited")
    worst = next(state for state in WORST if state in [each.state for each in found])
    if worst in ("gone", "changed"):
        now = next((each.quote for each in reversed(found) if each.state == "changed"), "")
        return SentenceCheck(text=claim.text, held=worst, now=now)
    context, quotes = claim.context, [each.quote for each in found]
    if context is None:
        cited = [each.document.metadata for each in found if each.document]
        context = "\n".join(f"{about.title} {about.issuer} {about.region}" for about in cited)
    words, quoted = len(claim.text) + len(context), sum(map(len, quotes))
    effort.spend(words * (OF_WORDS * words + OF_COMPARING * quoted**2))
    proved = check(claim.text, ["".join(quotes), *quotes], context=context).passed
    return SentenceCheck(text=claim.text, held=worst if proved else "unsupported")


def _facts(citation: Citation) -> list[tuple[str, str]]:
    facts = {
        "类型": KINDS[citation.kind] if citation.kind == "staff_answer" else "",
        "发布单位": citation.issuer,
        "文号": citation.doc_number,
        "日期": citation.date,
        "章节": citation.section,
        "效力": f"{citation.validity}（{citation.validity_because}）" if citation.validity else "",
        "文件": citation.source,
        "引文链接": citation.permalink,
    }
    return [(name, value) for name, value in facts.items() if value]


def _when(receipt: Receipt) -> str:
    words = "语言模型改写，逐句核对" if receipt.by == "model" else "原文摘引"
    return f"渝才问策 · {receipt.asked_at} · {words} · 资料指纹 {receipt.corpus}"


def _plain(text: str) -> str:
    """Text in which Markdown sees no syntax."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))
