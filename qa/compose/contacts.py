"""Where to ask, as far as documents say: who issued what is nearest, a telephone, an office."""

import re
from collections.abc import Mapping, Sequence

from policyqa.index.structure.quotes import display
from policyqa.index.types import Passage
from policyqa.qa.compose.composer import cite
from policyqa.qa.retrieve.evidence import Evidence, Quote, anchors
from policyqa.qa.types import Citation, Contact, Note

NEAREST = 3
MAX_CHARS = 120
# Whom a sentence is for, and by what he is reached: a number that can be dialled, an address.
REACHES = re.compile(r"电话|热线|手机|联系|咨询|举报|监督|投诉|邮箱|地址|窗口|tel", re.IGNORECASE)
BY = re.compile(
    r"(?<!\d)(?:0\d{2,3}[-－—–)） ]{1,2}\d{7,8}|0?\d{2,3}[2-8]\d{7}|[2-8]\d{6,7}|1[3-9]\d{9})(?!\d)"
    r"|(?<!\d)(?:1[12]\d{1,3}|9[56]\d{3,4}|400[- ]?\d{3}[- ]?\d{4})(?![\d年月日元人%])"
    r"|[\w.]+@\w+\.\w+|地址[：:]\s*[\u4e00-\u9fff]{4,}"
)


def nearest(found: Sequence[Evidence]) -> tuple[Citation, ...]:
    """The sentences that came nearest, one a passage: what a reader may look at instead."""
    best = anchors(found)[:NEAREST]
    return tuple(_cited(each.quote, n) for n, each in enumerate(best, start=1))


def contact(found: Sequence[Evidence], passages: Mapping[str, Sequence[Passage]]) -> Contact | None:
    """Who is responsible for the nearest document that does not speak of something else; None
    where there is none, or it says nothing of that."""
    near = next((each for each in found if not each.contradicts), None)
    if near is None:
        return None
    document = near.document
    for passage in passages.get(document.doc_id, ()):
        for sentence in passage.sentences:
            text = display(document, sentence)
            if (
                sentence.kind in ("text", "note")
                and len(text) <= MAX_CHARS
                and REACHES.search(text)
                and BY.search(text)
            ):
                return Contact(
                    issuer=document.metadata.issuer,
                    text=text,
                    citation=_cited(Quote(document, passage, sentence, text)),
                )
    return Contact(issuer=document.metadata.issuer) if document.metadata.issuer else None


def advice(whom: Contact | None) -> tuple[Note, ...]:
    """What a reader can do next, with the office that the nearest document names."""
    issuer, text = (whom.issuer, whom.text) if whom else ("", "")
    ask = Note(kind="ask_issuer", parts=(issuer,)) if issuer else Note(kind="next_step")
    return (ask, Note(kind="contact", parts=(text,))) if text else (ask,)


def _cited(quote: Quote, number: int = 1) -> Citation:
    span = (quote.sentence.start, quote.sentence.end)
    return cite(quote, span, number, quote.passage.passage_id)
