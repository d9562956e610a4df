"""What the asker tells of himself, held against the whole rules that an answer quotes."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from policyqa.index.conditions.catalogue import attributes
from policyqa.index.conditions.limits import PERSONS
from policyqa.index.conditions.trees import how_many
from policyqa.index.conditions.wording import (
    ALTERNATIVE,
    ARTICLE,
    BINDS,
    DEMANDS,
    REFUSES,
    SPARES,
    granted_if,
)
from policyqa.index.structure.enumerations import Enumeration, Item, around, sentences_of
from policyqa.index.structure.quotes import in_context
from policyqa.index.text.quantities import plain
from policyqa.index.types import Document, Passage, Sentence
from policyqa.qa.compose.draft import Draft
from policyqa.qa.compose.verdicts import Verdict
from policyqa.qa.corpus import Citable
from policyqa.qa.eligibility.comparing import (
    Judgement,
    Rule,
    excludes,
    judged,
)
from policyqa.qa.eligibility.facts import ME, OTHERS, carried, located, tells_only
from policyqa.qa.eligibility.replies import replied, replies_to
from policyqa.qa.eligibility.telling import claimed, condition
from policyqa.qa.question.asked import Asked
from policyqa.qa.retrieve.agreement import place_missing
from policyqa.qa.retrieve.evidence import Evidence, Quote
from policyqa.qa.retrieve.ruling import Compared
from policyqa.qa.types import Note, Role

ARTICLES = re.compile(r"第[^条]{1,6}条")
CLAIMS = 8  # items of a list that are shown to be answered
BACK = ("tell_more", "is_it_so")  # notes that ask for a fact, or for a condition
ASKED_BACK = 2  # what is not told that is asked for at once


def judgement_of(
    asked: Asked,
    said: Sequence[Quote],
    passages: Sequence[Passage],
) -> Judgement | None:
    """What follows for the asker from the rules that are said; None where the question does not
    ask whether something may be, or tells nothing.

    Args:
        asked: the question.
        said: sentences of one document.
        passages: of this document.
    """
    if not _asks(asked) or not asked.uses("circumstances"):
        return None
    told = carried(asked.told, asked.own or asked.text, forget=asked.forget)
    replies = replied(asked.told)
    if not (told or replies) or not said or _is_elsewhere(asked, said[0]):
        return None
    rules = list(_rules(said, passages))
    metadata = said[0].document.metadata
    told = located(told, metadata.region or metadata.title)
    found = judged(told, rules, _lifted(asked, said[0].document, passages), replies)
    return found if tells(asked) or replies else found._replace(claims=())


def is_plain(asked: Asked) -> bool:
    """Whether a question asks for yes or no, and not for the opposite of what it names."""
    return "yes_no" in asked.wants and "opposite" not in asked.wants


def is_open(found: Judgement | None) -> bool:
    """Whether something that is demanded is not told, or not answered."""
    return found is not None and bool(
        found.untold or any(not (each.answered or each.way) for each in found.claims)
    )


def by_numbers(found: Judgement | None) -> Compared:
    """What comparing gave; that there is something that must be there says nothing of numbers."""
    checks = found.checks if found else ()
    fits = [check.fits for check in checks if not check.limit.is_had or check.fits is False]
    if not fits:
        return "nothing"
    return "failed" if False in fits else "met" if all(fits) else "open"


def _asks(asked: Asked) -> bool:
    """Whether a question asks if something may be, or for yes or no of somebody (补贴支持博士后站吗
    tells of nobody), or only adds to one that did: 我36了."""
    adds = bool(asked.told) and bool(tells_only(asked.own or asked.text))
    text = plain(asked.own or asked.text)
    of_somebody = bool(ME.search(text) or OTHERS.search(text))
    return "verdict" in asked.wants or (is_plain(asked) and of_somebody) or adds


def tells(asked: Asked) -> bool:
    """Whether a question tells numbers or ranks of the asker that rules limit."""
    told = carried(asked.told, asked.own or asked.text, forget=asked.forget)
    return any(fact.attribute not in PERSONS and not fact.is_had for fact in told)


def _lifted(asked: Asked, document: Document, passages: Sequence[Passage]) -> frozenset[str]:
    """The attributes of which a document spares some (硕士不受社会保险年限的限制), unless the
    question says that the asker is none of them; all where it spares them what an article demands.
    Whether an exception holds is not known where nothing is told of it."""
    found: set[str] = set()
    for sentence in sentences_of(passages):
        form = plain(document.text[sentence.start : sentence.end])
        spares = SPARES.search(form)
        if not spares or _denies(asked, form[: spares.start()]):
            continue
        every = attributes().items()
        found |= {name for name, each in every if each.words and re.search(each.words, form)}
        if ARTICLES.search(form[spares.start() :]):
            found |= attributes().keys()
    return frozenset(found)


def _denies(asked: Asked, subject: str) -> bool:
    """Whether a question says that the asker has nothing of a subject: 没有青岚人才卡, 不是博士."""
    words = (word for word in asked.content if len(word) > 1 and word in subject)
    return any(_denied(word, asked.text) for word in words)


def _denied(word: str, text: str) -> bool:
    """Whether a question says that it has none of it: 没有青岚人才卡, 不是博士."""
    return bool(re.search(rf"(?:没有?|无|不是|未|非)[^,，。;；]{{0,6}}{re.escape(word)}", text))


def _is_elsewhere(asked: Asked, quote: Quote) -> bool:
    """Whether a question names a place that a rule is not of."""
    around = in_context(quote.document, quote.passage)
    return place_missing(asked, quote.document, around) == 1


def bears(asked: Asked, picked: Sequence[Evidence], corpus: Citable) -> bool:
    """Whether the best document sets a limit to what the asker tells of himself: then it answers,
    however unlike the many words of a question about oneself are to those of a rule."""
    best = max(picked, key=lambda each: each.score, default=None)
    if best is None:
        return False
    own = [each.quote for each in picked if each.document is best.document]
    found = judgement_of(asked, own, corpus.passages.get(best.document.doc_id, ()))
    checks = found.checks if found else ()
    return any(c.met is not None and not (c.limit.is_had and c.fits) for c in checks)


def judge(draft: Draft, asked: Asked, found: Judgement) -> None:
    """Says what was compared, 不可以 where that settles it, 还不能判断 where something that is
    demanded fails in part or was not told, and asks for that."""
    rest = (check for check in found.checks if check not in found.decisive)
    for check in (*found.decisive, *rest):
        number = _number(draft, check.quote, "" if check.met is None else "statement")
        row = condition(check, number) if number else None
        if row and row not in draft.conditions:
            draft.conditions.append(row)
    refused = found.allowed is False
    for claim in found.claims[:CLAIMS]:
        shown = claim.answered or not (refused or claim.way or claim.compared)
        if shown:
            number = _number(draft, claim.quote, "item")
            draft.conditions += [claimed(claim, number)] if number else []
    if found.allowed is None:
        _ask_back(draft, found)
    if draft.conditions or found.claims:
        settled: Verdict = "不可以" if refused else "符合"
        draft.verdict = "还不能判断" if found.allowed is None else settled
        draft.notes.append(Note(kind="self_check"))


def settle(draft: Draft, verdict: Verdict) -> None:
    """Says a verdict in place of what would have been asked back."""
    draft.verdict = verdict
    draft.notes = [note for note in draft.notes if note.kind not in BACK]
    draft.choices = ()


def _ask_back(draft: Draft, found: Judgement) -> None:
    """Asks for what is demanded and not told, and for the first condition that only the asker can
    answer."""
    if found.untold:
        wanted = "".join(attributes()[name].ask for name in found.untold[:ASKED_BACK])
        draft.notes.append(Note(kind="tell_more", parts=(wanted,)))
    still = [each for each in found.claims if not each.answered]
    if still:
        first = next((each for each in still if each.way and each.compared), still[0])
        draft.notes.append(Note(kind="is_it_so", parts=(first.text,)))
        draft.choices = replies_to(first.text)


def _number(draft: Draft, quote: Quote, role: Role | Literal[""]) -> int:
    """The number of the citation of a rule, which is said in a role if it was not ("": it is left
    unsaid); 0 for none, as where the gate stops it."""
    number = draft.composer.number_of(quote)
    if number or not role:
        return number
    return next(iter(draft.say(quote, _place(quote.sentence), role)), 0)


def _rules(said: Sequence[Quote], passages: Sequence[Passage]) -> Iterator[Rule]:
    """The rules that sentences are of: the whole list of one that demands, else the sentence."""
    every = sentences_of(passages)
    seen: set[tuple[int, int]] = set()
    for quote in said:
        if _is_barred(quote, passages):  # it says who has no claim, item by item
            continue
        whole = _list_of(quote, passages)
        place = (whole.items[0].start, whole.items[-1].end) if whole else _place(quote.sentence)
        if place in seen:
            continue
        seen.add(place)
        if whole is None:
            binds = BINDS.search(quote.text) and not excludes(quote)
            binding = quote is said[0] or bool(binds)
            condition = granted_if(quote.text) if quote is said[0] else ""
            names = not (condition or binds)
            yield Rule(((quote,),), binding=binding, condition=condition, names=names)
            continue
        lead = quote.document.text[slice(*whole.lead)] if whole.lead else ""
        items = tuple(tuple(_inside(item, quote, every)) for item in whole.items)
        least = how_many(plain(lead)) or (1 if ALTERNATIVE.search(lead) else None)
        binding = quote is said[0] or bool(BINDS.search(lead))
        yield Rule(items, least, binding)


def _is_barred(quote: Quote, passages: Sequence[Passage]) -> bool:
    """Whether a sentence is an item below words that refuse: 有下列情形之一的，不予受理."""
    return any(
        each.lead is not None
        and each.items[0].start <= quote.sentence.start < each.items[-1].end
        and REFUSES.search(plain(quote.document.text[slice(*each.lead)]))
        for each in around(quote.document, passages, quote.sentence)
    )


def _list_of(quote: Quote, passages: Sequence[Passage]) -> Enumeration | None:
    """The innermost list of demands that a sentence is an item of."""
    for each in around(quote.document, passages, quote.sentence):
        lead = quote.document.text[slice(*each.lead)] if each.lead else ""
        text = quote.document.text
        held = any(item.start <= quote.sentence.start < item.end for item in each.items)
        articles = any(ARTICLE.match(text, item.start) for item in each.items)
        if held and not articles and DEMANDS.search(lead):
            return each
    return None


def _inside(item: Item, quote: Quote, every: Sequence[Sentence]) -> Iterator[Quote]:
    for sentence in every:
        if item.start <= sentence.start < item.end:
            yield quote.beside(sentence)


def _place(sentence: Sentence) -> tuple[int, int]:
    return sentence.start, sentence.end
