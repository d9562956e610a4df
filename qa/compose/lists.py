"""Lists as answers: which one is asked for, and its items one by one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from policyqa.index.structure.enumerations import (
    Enumeration,
    Item,
    around,
    continued,
    numbered,
    sentences_of,
)
from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.text.marks import is_place
from policyqa.index.text.words import normalise
from policyqa.index.types import Document, Passage, Span
from policyqa.qa.compose.composer import shortened
from policyqa.qa.compose.draft import Draft
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.forms import DENIES
from policyqa.qa.question.headings import is_of_other_kind
from policyqa.qa.retrieve.evidence import LEADS_IN, Evidence, Quote
from policyqa.qa.types import Note, Role

STEPS = re.compile("流程|程序|步骤|办理|申报|申请|申领|方式|环节")
COMPOUND = 3  # characters from which a word names a thing of its own
NEAR_SENTENCES = 6  # in whose documents a list is looked for
LEAD_CHARS = 60
LABEL_CHARS = 5  # of a lead that says nothing: 备注：
MIN_HEADING_CHARS = 10  # of a heading that says something: （一）加快引进急需紧缺人才
AS_GOOD = 0.5  # how far below the sentence of a list another may score and be said beside it
LEAD_SHARE = 0.5  # of what an item holds of the question, the least that its list's lead must hold
MAX_ITEMS = 12
NEXT_CHARS = 2  # from the end of a list to a sentence that goes on with it
MAX_ITEM_CHARS = 240
MAX_LIST_CHARS = 900


@dataclass(frozen=True)
class Listing:
    """A list, and a quote that stands for its document and passage, with the score of the evidence
    that led there; `named` where its heading or lead names what is asked for."""

    anchor: Quote
    enumeration: Enumeration
    score: float
    named: bool = False


def listing_of(
    asked: Asked,
    found: Sequence[Evidence],
    passages: Mapping[str, Sequence[Passage]],
) -> Listing | None:
    """The list that answers, where the question asks for a list or for steps.

    A list whose heading or lead names what is asked for (申请材料, 办理流程) is looked for in the
    documents of the best passages; else that of which the best sentence is part, if what introduces
    it is about the question.
    """
    asks_list = "list" in asked.wants or "steps" in asked.wants
    if not asks_list or found[0].sentence.head is not None:
        return None
    named = _named(asked, found, passages)
    if named:
        return named
    best, own = found[0], asked.bigram_share(found[0].text)
    for each in around(best.document, passages.get(best.document.doc_id, ()), best.sentence):
        if is_of_other_kind(asked.headings, _heading(best.quote, each)):
            continue
        if _is_of_kinds(asked, best.document, each):
            continue
        if not _denies(asked, best.quote, each):
            continue
        about = asked.bigram_share(_introduction(best.quote, each))
        if about >= max(LEAD_SHARE * own, 1e-9) and _is_part(best.quote, each):
            return Listing(best.quote, each, best.score)
    return None


def with_leads(said: Sequence[Quote], passages: Mapping[str, Sequence[Passage]]) -> list[Quote]:
    """The sentences, each item of a list after what leads it in: (二)持有居住证的 says by itself
    neither what may be done nor what may not."""
    every: list[Quote] = []
    for quote in said:
        lead = _lead_of(quote, passages.get(quote.document.doc_id, ()))
        if lead and not any(_covers(each, lead) for each in (*said, *every)):
            every.append(lead)
        every.append(quote)
    return every


def _lead_of(quote: Quote, passages: Sequence[Passage]) -> Quote | None:
    """What leads in the innermost list that a sentence is an item of."""
    for each in around(quote.document, passages, quote.sentence):
        inside = any(item.start <= quote.sentence.start < item.end for item in each.items)
        if inside and each.lead and _leads_in(quote.document, each):
            return quote.part(each.lead)
    return None


def _covers(quote: Quote, lead: Quote) -> bool:
    own, other = quote.sentence, lead.sentence
    return quote.document is lead.document and own.start <= other.start and other.end <= own.end


def _leads_in(document: Document, enumeration: Enumeration) -> bool:
    """Whether there is a lead that says something: 备注： does not."""
    lead = document.text[slice(*enumeration.lead)].strip() if enumeration.lead else ""
    return lead.endswith(LEADS_IN) and len(lead) > LABEL_CHARS


def _named(
    asked: Asked,
    found: Sequence[Evidence],
    passages: Mapping[str, Sequence[Passage]],
) -> Listing | None:
    """The list whose heading or lead has the name of what is asked for, and most of the rest of
    the question."""
    if not asked.headings:
        return None
    listings: list[tuple[float, int, Listing]] = []
    documents = dict.fromkeys(e.document.doc_id for e in found[:NEAR_SENTENCES])
    for rank, doc_id in enumerate(documents):
        near = next(e for e in found if e.document.doc_id == doc_id)
        own = passages.get(doc_id, ())
        for each in numbered(near.document, own):
            passage = _passage_at(own, each.items[0].start)
            if passage is None:
                continue
            anchor = replace(near.quote, passage=passage)
            if _is_bare(near.document, each) or _is_of_kinds(asked, near.document, each):
                continue
            if not _is_for(asked, found, _introduction(anchor, each)):
                continue
            if not (_denies(asked, anchor, each) and _holds(asked, found[0], anchor, each)):
                continue
            if any(kind.search(_heading(anchor, each)) for kind in asked.headings):
                share = asked.bigram_share(_introduction(anchor, each))
                listings.append(
                    (round(share, 3), -rank, Listing(anchor, each, near.score, named=True))
                )
    if not listings:
        return None
    share, _, best = max(listings, key=lambda item: item[:2])
    return best if share >= LEAD_SHARE * asked.bigram_share(found[0].text) else None


def _is_for(asked: Asked, found: Sequence[Evidence], introduction: str) -> bool:
    """Whether what introduces a list has all the compounds (人才公寓) of the question that the
    documents have: the conditions of another programme are no answer."""
    texts = {e.document.doc_id: e.document.text for e in found[:NEAR_SENTENCES]}.values()
    names = [word for word in asked.content if len(word) >= COMPOUND and not is_place(word)]
    about = normalise(introduction)
    return all(word in about for word in names if any(word in text for text in texts))


def _holds(asked: Asked, best: Evidence, anchor: Quote, enumeration: Enumeration) -> bool:
    """Whether a list or what introduces it has the words of the question that the best sentence has
    (住房): a list under another heading with the rest of them is no answer."""
    first, end = enumeration.items[0].start, enumeration.items[-1].end
    goes_on = best.document is anchor.document and 0 <= best.sentence.start - end <= NEXT_CHARS
    items = anchor.document.text[first : best.sentence.end if goes_on else end]
    own, about = normalise(best.text), normalise(_introduction(anchor, enumeration) + items)
    return all(word in about for word in asked.content if len(word) > 1 and word in own)


def _denies(asked: Asked, anchor: Quote, enumeration: Enumeration) -> bool:
    """Whether a list is introduced as one of what is not needed or may not be, where that is asked
    for."""
    return "negated" not in asked.wants or bool(DENIES.search(_heading(anchor, enumeration)))


def _is_part(best: Quote, enumeration: Enumeration) -> bool:
    """Whether a sentence is itself an item of a list, or introduces it: what stands below the
    headline of an item is no list."""
    place = best.sentence.start
    if enumeration.lead and enumeration.lead[0] <= place < enumeration.lead[1]:
        return not any(item.heading for item in enumeration.items)
    return any(
        item.start <= place < item.end and not item.heading for item in enumeration.items
    ) and not _is_bare(best.document, enumeration)


def _is_bare(document: Document, enumeration: Enumeration) -> bool:
    """Whether a list is one of headings that say nothing by themselves (一、办理对象)."""
    headings = [item for item in enumeration.items if item.heading]
    return any(item.end - item.start < MIN_HEADING_CHARS for item in headings)


def _is_of_kinds(asked: Asked, document: Document, enumeration: Enumeration) -> bool:
    """Whether the items of a list are headings, of which some and not all have the name of what is
    asked for: the answer stands below one of them."""
    texts = [document.text[item.start : item.end] for item in enumeration.items if item.heading]
    named = [any(kind.search(text) for kind in asked.headings) for text in texts]
    return any(named) and not all(named)


def _passage_at(passages: Sequence[Passage], place: int) -> Passage | None:
    return next((p for p in passages if p.start <= place < p.end), None)


def _heading(anchor: Quote, enumeration: Enumeration) -> str:
    """The last heading over a list, and the words before it."""
    section = (_above(anchor, enumeration) or [""])[-1]
    text = anchor.document.text
    return section + (text[slice(*enumeration.lead)][-LEAD_CHARS:] if enumeration.lead else "")


def _introduction(anchor: Quote, enumeration: Enumeration) -> str:
    """What a list stands under: its lead, its headings, its document's title."""
    text = anchor.document.text
    lead_words = text[slice(*enumeration.lead)] if enumeration.lead else ""
    above = SECTION_SEPARATOR.join(_above(anchor, enumeration))
    return f"{anchor.document.metadata.title} {above} {lead_words}"


def _above(anchor: Quote, enumeration: Enumeration) -> list[str]:
    """The headings over a list, none of which is an item of it."""
    first = enumeration.items[0]
    own = "".join(anchor.document.text[first.start : first.end].split())
    sections = anchor.passage.section.split(SECTION_SEPARATOR)
    return [each for each in sections if not (each and own.startswith("".join(each.split())))]


def listed(
    draft: Draft,
    asked: Asked,
    listing: Listing,
    picked: Sequence[Evidence],
    passages: Mapping[str, Sequence[Passage]],
) -> list[Quote]:
    """What leads a list in, its items in order, as far as there is room, then what else was
    chosen."""
    best, enumeration = listing.anchor, listing.enumeration
    role: Role = "step" if _is_steps(asked, best, enumeration) else "item"
    said: list[Quote] = []
    text, chars = best.document.text, 0
    inside = range(enumeration.items[0].start, enumeration.items[-1].end)
    lead = enumeration.lead
    if lead and asked.uses("leads") and _leads_in(best.document, enumeration):
        draft.say(best.part(lead), lead)
        said.append(best.part(lead))
    for n, item in enumerate(enumeration.items):
        span = _item_span(text, item)
        if n and (n == MAX_ITEMS or chars + span[1] - span[0] > MAX_LIST_CHARS):
            left = str(len(enumeration.items) - n)
            draft.missing.append(Note(kind="items_left", parts=(left,)))
            break
        draft.say(best, span, role)
        said.append(best.part(span))
        chars += span[1] - span[0]
    own = passages.get(best.document.doc_id, ())
    after = continued(best.document, sentences_of(own), enumeration.items[-1].end)
    if after is not None and not draft.missing:
        more = best.beside(after)
        draft.say(more, shortened(more))
        said.append(more)
    for other in () if listing.named else picked:
        elsewhere = other.document is not best.document or other.sentence.start not in inside
        if (
            elsewhere
            and other.score >= listing.score - AS_GOOD
            and not _leads(other.quote, enumeration)
        ):
            draft.say(other.quote, shortened(other.quote))
            said.append(other.quote)
    return said


def _is_steps(asked: Asked, best: Quote, enumeration: Enumeration) -> bool:
    introduced = STEPS.search(_introduction(best, enumeration))
    return "steps" in asked.wants and introduced is not None


def _leads(other: Quote, enumeration: Enumeration) -> bool:
    span = enumeration.lead
    return bool(span and span[0] <= other.sentence.start < span[1])


def _item_span(text: str, item: Item) -> Span:
    """An item, or as much of a long one as ends with a sentence or a clause."""
    start, end = item.start, item.end
    if end - start <= MAX_ITEM_CHARS:
        return start, end
    for marks in ("。；;", "，,、"):
        cut = max(text.rfind(mark, start, start + MAX_ITEM_CHARS) for mark in marks)
        if cut > start + 10:
            return start, cut
    return start, start + MAX_ITEM_CHARS
