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
REACHES = re.compile(
    r"(?:咨询|联系|服务|受理|举报|监督)[^。；]{0,12}(?:电话|热线|方式|地址|窗口|邮箱)|(?:电话|热线)[：:]?\s*\d"
    r"|联系人[：:]|由[^。；，]{2,30}负责解释"
)


def nearest(found: Sequence[Evidence]) -> tuple[Citation, ...]:
    """The sentences that came nearest, one a passage: what a reader may look at instead."""
    best = anchors(found)[:NEAREST]
    return tuple(_cited(each.quote, n) for n, each in enumerate(best, start=1))


def contact(found: Sequence[Evidence], passages: Mapping[str, Sequence[Passage]]) -> Contact | None:
    """Who is responsible for the nearest document; None where it says nothing of that."""
    if not found:
        return None
    document = found[0].document
    for passage in passages.get(document.doc_id, ()):
        for sentence in passage.sentences:
            text = display(document, sentence)
            if (
                sentence.kind in ("text", "note")
                and len(text) <= MAX_CHARS
                and REACHES.search(text)
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
