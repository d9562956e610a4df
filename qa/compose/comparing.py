"""What is compared: the same of several places, of the new rule and of the one before it."""

import re
from collections.abc import Mapping, Sequence

from policyqa.index.structure.quotes import display
from policyqa.index.text.quantities import Quantity, quantities
from policyqa.index.text.words import bigrams
from policyqa.index.types import Document
from policyqa.qa.compose.composer import shortened
from policyqa.qa.compose.draft import Draft
from policyqa.qa.corpus import Citable
from policyqa.qa.question.asked import Asked
from policyqa.qa.question.sides import ASKS_HOW_MUCH
from policyqa.qa.retrieve.evidence import Quote
from policyqa.qa.types import Note

RATE = re.compile(
    "每.{0,2}?(?:人|月|年|日|天|周|季|学期|学年|次|户|平方米|亩)|[/／][人月年日天次]|按[日月季年]|一次性|[月年日人]均|累计|合计|[共总]"
)
CLAUSE = re.compile("[，,；;。、]")
PLACE_NAMED = re.compile("(?=([\u4e00-\u9fff]{2}(?:新区|区|县|市)))")
SOMEWHAT_ALIKE = 0.15  # the same, where the other has as much of the question
ALIKE = 0.4  # share of bigrams from which two sentences of two places say the same of each


def compared_places(asked: Asked, corpus: Citable) -> tuple[str, ...]:
    """The places that a question compares, as titles of documents name them; () for one or none."""
    if not asked.uses("compared_places"):
        return ()
    titles = " ".join(document.metadata.title for document in corpus.documents.values())
    named = dict.fromkeys(m.group(1) for m in PLACE_NAMED.finditer(asked.text))
    found = tuple(place for place in named if place in titles)
    return found if len(found) > 1 else ()


def counterparts(asked: Asked, best: Quote, corpus: Citable) -> list[Quote]:
    """Of a question that compares places, the sentences of the other places' documents that say
    the same of theirs; of one that compares versions, that of the other version."""
    if not asked.uses("counterparts"):
        return []
    about = best.document.metadata.title
    places_ = [place for place in compared_places(asked, corpus) if place not in about]
    groups = [
        [d for d in corpus.documents.values() if place in d.metadata.title] for place in places_
    ]
    if "versions" in asked.wants:
        groups.append(_versions(best.document, corpus))
    found = [_counterpart(best, there, asked, corpus) for there in groups]
    return [each for each in found if each is not None]


def _versions(document: Document, corpus: Citable) -> list[Document]:
    """What a document replaces, or what replaces it."""
    own = document.doc_id
    related = [old for old, new in corpus.replaced.items() if new == own]
    related += [new for old, new in corpus.replaced.items() if old == own]
    return [corpus.documents[name] for name in related if name in corpus.documents]


def _counterpart(
    best: Quote, documents: Sequence[Document], asked: Asked, corpus: Citable
) -> Quote | None:
    """The sentence of other documents that says of theirs what the best one says, or that has as
    much of the question and is like it."""
    enough = asked.bigram_share(best.text)
    found: list[tuple[float, Quote]] = []
    for document in documents:
        for passage in corpus.passages[document.doc_id]:
            for sentence in passage.sentences:
                if sentence.kind != "text":
                    continue
                text = display(document, sentence)
                alike, share = _likeness(best.text, text), asked.bigram_share(text)
                if alike >= ALIKE or (alike >= SOMEWHAT_ALIKE and share >= enough):
                    found.append((alike + share, Quote(document, passage, sentence, text)))
    return max(found, key=lambda each: each[0])[1] if found else None


def _likeness(one: str, other: str) -> float:
    """Share of bigrams that two sentences have in common (Jaccard), numbers left out."""
    a, b = ({pair for pair in bigrams(text) if not pair[0].isdigit()} for text in (one, other))
    return len(a & b) / len(a | b) if a and b else 0.0


def beside(draft: Draft, quotes: Sequence[Quote], named: Sequence[str]) -> None:
    """What holds in each of the places that are compared."""
    draft.compared_by = "place"
    for quote in quotes:
        numbers = draft.say(quote, shortened(quote))
        about = quote.document.metadata.title
        label = next((place for place in named if place in about), about)
        if numbers:
            draft.compare(label, draft.composer.sentences[-1].shown, numbers[0])


def versioned(draft: Draft, versions: Sequence[Quote]) -> list[Quote]:
    """What the new rule says, then what the one before it said."""
    draft.compared_by = "time"
    newest_first = sorted(versions, key=lambda e: e.document.metadata.date, reverse=True)
    for n, quote in enumerate(newest_first):
        numbers = draft.say(quote, shortened(quote), "earlier" if n else "statement")
        if numbers:
            label = quote.document.metadata.date or quote.document.metadata.title
            draft.compare(label, draft.composer.sentences[-1].shown, numbers[0])
    return newest_first


def difference(asked: Asked, found: Mapping[str, Quote]) -> Note | None:
    """By how much two sides that are compared differ, as ours: where each side's clause names it,
    holds one number, and both numbers count the same, for the same time, and are bounded alike;
    else None.

    Args:
        asked: the question; its sides are parts of it.
        found: the sentence that was said of each side, by the side's text.
    """
    sides = [part for part in asked.parts if part.side]
    if len(sides) != 2 or not ASKS_HOW_MUCH.search(asked.text):
        return None
    if not all(part.text in found for part in sides):
        return None
    names = tuple(part.side for part in sides)
    first = _number(found[sides[0].text].text, *names)
    second = _number(found[sides[1].text].text, *reversed(names))
    if first is None or second is None or first[1] != second[1]:
        return None
    one, other = first[0], second[0]
    if not one.unit or one.value == other.value:
        return None
    if (one.unit, one.bound) != (other.unit, other.bound):
        return None
    scale = one.scale if one.scale == other.scale else ""
    apart = abs(one.bare - other.bare) if scale else abs(one.value - other.value)
    return Note(kind="difference", parts=(*names, f"{apart.normalize():f}{scale}{one.unit}"))


def _number(text: str, name: str, other: str) -> tuple[Quantity, frozenset[str]] | None:
    """The one number of the clause that names a side and not the other one, and for what time or
    thing it is (每人每月)."""
    clauses = [c for c in CLAUSE.split(text) if name in c and other not in c]
    held = [quantities(clause) for clause in clauses]
    if len(held) != 1 or len(held[0]) != 1:
        return None
    return held[0][0], frozenset(RATE.findall(clauses[0]))
