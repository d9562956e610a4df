"""Evidence to an answer: what is said first, what belongs together, and what is said about it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from policyqa.index.structure.parsing import SECTION_SEPARATOR
from policyqa.index.structure.quotes import display
from policyqa.index.text.words import bigrams, is_place, normalise
from policyqa.index.types import Document, Passage, Sentence, Span
from policyqa.qa.compose.composer import Composer, is_same, shortened
from policyqa.qa.compose.enumerations import (
    Enumeration,
    Item,
    around,
    continued,
    excepted,
    numbered,
    sentences_of,
)
from policyqa.qa.compose.leads import lead
from policyqa.qa.compose.timeline import (
    VALUED,
    Timeline,
    Value,
    aims,
    asks_target,
    asks_versions,
    timeline,
    written,
)
from policyqa.qa.compose.verdicts import Verdict, asks_verdict, asks_yes_or_no, verdict, weighed
from policyqa.qa.question.attributes import asked_kinds, is_of_other_kind
from policyqa.qa.question.parts import unanswered
from policyqa.qa.question.query import content_words
from policyqa.qa.retrieve.agreement import places
from policyqa.qa.retrieve.evidence import Evidence, QueryTokens
from policyqa.qa.types import Citation, Compared, Completeness, Note, Role

ASKS_LIST = re.compile(
    r"哪些|哪几|有什么|有啥|哪[一二三四五六七八九十]+[个类种项大方条]|包括什么|分(为|成)?(哪|几)|几(种|类|个方面|大)"
    r"|什么(样的)?(情况|情形|条件|材料|资料|政策|措施|服务|待遇|支持|要求|流程|步骤|手续|好处|权益|任务|内容|福利|优惠)"
    r"|(要|需要?|得|准备|提交|提供|满足|具备)(满足|具备|提交|提供|准备|带|交)?(些)?(什么|啥|哪些)"
    r"|(条件|材料|流程|步骤|要求|待遇|内容)(是|有)?(什么|啥|呢)?[?？。]?$"
    r"|what (are|kinds|documents|conditions|benefits)",
    re.I,
)
ASKS_STEPS = re.compile(r"怎么|如何|咋|流程|步骤|程序|手续|怎样|how (do|to|can)", re.I)
STEPS = re.compile("流程|程序|步骤|办理|申报|申请|申领|方式|环节")
# What belongs to asking for a list and names nothing.
LIST_WORDS = frozenset({"需要", "准备", "提交", "提供", "具体", "一共", "办理", "申请", "申报"})
PLACE_NAMED = re.compile("(?=([\u4e00-\u9fff]{2}(?:新区|区|县|市)))")
SOMEWHAT_ALIKE = 0.15  # the same, where the other has as much of the question
ALIKE = 0.4  # share of bigrams from which two sentences of two places say the same of each
SURE_SHARE = 0.7  # of a question's content words that a list's title and heading must have
COMPOUND = 3  # characters from which a word names a thing of its own
NEAR_SENTENCES = 6  # in whose documents a list is looked for
LEAD_CHARS = 60
MIN_HEADING_CHARS = 10  # of a heading that says something: （一）加快引进急需紧缺人才
AS_GOOD = 0.5  # how far below the sentence of a list another may score and be said beside it
LEAD_SHARE = 0.5  # of what an item holds of the question, the least that its list's lead must hold
MAX_ITEMS = 12
MAX_ITEM_CHARS = 90
MAX_LIST_CHARS = 600
ENDS = re.compile("[。；;！!]")
NOT_HELD = frozenset({"已过期", "被替代", "尚未施行"})
OTHER_TIMES = 3  # values of earlier dates that are shown


@dataclass(frozen=True)
class Corpus:
    """What an answer may cite: documents by id, the passages of each, and the successor's id by
    that of a document that was replaced."""

    documents: Mapping[str, Document]
    passages: Mapping[str, Sequence[Passage]]
    replaced: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """A list, and the evidence that stands for its document and passage; `named` where its heading
    or lead names what is asked for."""

    anchor: Evidence
    enumeration: Enumeration
    named: bool = False


@dataclass
class Draft:
    """An answer while it is put together."""

    composer: Composer
    verdict: Verdict = ""
    missing: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    compared_by: Literal["", "time", "place"] = ""

    @property
    def completeness(self) -> Completeness:
        """Whether all that was asked is answered."""
        return "partial" if self.missing else "full"

    def text(self) -> str:
        """The answer in one text: verdict, sentences with marks, what is missing, notes."""
        notes = [note.text for note in (*self.missing, *self.notes)]
        head = f"{self.verdict}：" if self.verdict else ""
        return "\n".join([head + self.composer.text(), *notes])


def composed(
    query: str,
    picked: Sequence[Evidence],
    found: Sequence[Evidence],
    tokens: QueryTokens,
    corpus: Corpus,
    composer: Composer,
) -> Draft:
    """The answer that evidence gives.

    Args:
        query: as searched.
        picked: the sentences chosen to be said, in reading order.
        found: all sentences that were looked at, best first.
        tokens: of the query.
        corpus: what may be cited.
        composer: collects what is said.
    """
    draft = Draft(composer)
    best = max(picked, key=lambda e: e.score)
    others = counterparts(query, best, tokens, corpus)
    picked = [*picked, *others]
    times = timeline(query, best, tokens, corpus.documents, corpus.passages)
    listed = None if times else _enumeration(query, [best, *found], tokens, corpus.passages)
    compared = compared_places(query, corpus)
    if compared and len({e.document.doc_id for e in picked}) > 1:
        said = _beside(draft, picked, compared, tokens)
    elif others:
        said = _versioned(draft, [best, *others], tokens)
    elif times:
        said = _told(draft, times, tokens)
    elif listed:
        said = _listed(draft, query, listed, picked, tokens, corpus.passages)
    else:
        said = _stated(draft, query, picked, best, tokens, corpus.passages)
    _annotate(draft, query, said)
    return draft


def compared_places(query: str, corpus: Corpus) -> tuple[str, ...]:
    """The places that a question compares, as titles of documents name them; () for one or none."""
    titles = " ".join(document.metadata.title for document in corpus.documents.values())
    named = dict.fromkeys(m.group(1) for m in PLACE_NAMED.finditer(query))
    found = tuple(place for place in named if place in titles)
    return found if len(found) > 1 else ()


def counterparts(query: str, best: Evidence, tokens: QueryTokens, corpus: Corpus) -> list[Evidence]:
    """Of a question that compares places, the sentences of the other places' documents that say
    the same of theirs; of one that compares versions, that of the other version."""
    about = best.document.metadata.title
    places_ = [place for place in compared_places(query, corpus) if place not in about]
    groups = [
        [d for d in corpus.documents.values() if place in d.metadata.title] for place in places_
    ]
    if asks_versions(query):
        groups.append(_versions(best.document, corpus))
    found = [_counterpart(best, there, tokens, corpus) for there in groups]
    return [each for each in found if each is not None]


def _versions(document: Document, corpus: Corpus) -> list[Document]:
    """What a document replaces, or what replaces it."""
    own = document.doc_id
    related = [old for old, new in corpus.replaced.items() if new == own]
    related += [new for old, new in corpus.replaced.items() if old == own]
    return [corpus.documents[name] for name in related if name in corpus.documents]


def _counterpart(
    best: Evidence, documents: Sequence[Document], tokens: QueryTokens, corpus: Corpus
) -> Evidence | None:
    """The sentence of other documents that says of theirs what the best one says, or that has as
    much of the question and is like it."""
    enough = tokens.bigram_share(best.text)
    found: list[tuple[float, Evidence]] = []
    for document in documents:
        for passage in corpus.passages[document.doc_id]:
            for sentence in passage.sentences:
                if sentence.kind != "text":
                    continue
                text = display(document, sentence)
                alike, share = _likeness(best.text, text), tokens.bigram_share(text)
                if alike >= ALIKE or (alike >= SOMEWHAT_ALIKE and share >= enough):
                    there = replace(
                        best, document=document, passage=passage, sentence=sentence, text=text
                    )
                    found.append((alike + share, there))
    return max(found, key=lambda each: each[0])[1] if found else None


def _likeness(one: str, other: str) -> float:
    """Share of bigrams that two sentences have in common (Jaccard), numbers left out."""
    a, b = ({pair for pair in bigrams(text) if not pair[0].isdigit()} for text in (one, other))
    return len(a & b) / len(a | b) if a and b else 0.0


def _beside(
    draft: Draft, picked: Sequence[Evidence], named: Sequence[str], tokens: QueryTokens
) -> list[Evidence]:
    """What holds in each of the places that are compared."""
    draft.compared_by = "place"
    for evidence in picked:
        numbers = _add(draft, evidence, shortened(evidence, tokens), "statement")
        about = evidence.document.metadata.title
        label = next((place for place in named if place in about), about)
        if numbers:
            said = draft.composer.sentences[-1].shown
            draft.compared.append(Compared(label=label, value=said, citation=numbers[0]))
    return list(picked)


def _versioned(draft: Draft, versions: Sequence[Evidence], tokens: QueryTokens) -> list[Evidence]:
    """What the new rule says, then what the one before it said."""
    draft.compared_by = "time"
    newest_first = sorted(versions, key=lambda e: e.document.metadata.date, reverse=True)
    for n, evidence in enumerate(newest_first):
        role: Role = "earlier" if n else "statement"
        numbers = _add(draft, evidence, shortened(evidence, tokens), role)
        if numbers:
            said = draft.composer.sentences[-1].shown
            label = evidence.document.metadata.date or evidence.document.metadata.title
            draft.compared.append(Compared(label=label, value=said, citation=numbers[0]))
    return newest_first


def _stated(
    draft: Draft,
    query: str,
    picked: Sequence[Evidence],
    best: Evidence,
    tokens: QueryTokens,
    passages: Mapping[str, Sequence[Passage]],
) -> list[Evidence]:
    """Sentence by sentence, the figure or the verdict first."""
    if asks_verdict(query):
        about = f"{best.document.metadata.title} {best.passage.section}"
        others = [e.text for e in picked if e is not best and e.document is best.document]
        draft.verdict = weighed(verdict(query, best.text, context=about), others)
    at = lead(best, tokens)
    if at and len(best.text) > 2 * (at[1] - at[0]) + 8:
        draft.composer.add(_part(best, at), at, role="lead")
    said = list(picked)
    if draft.verdict:  # what decides stands first, and little beside it
        near = [e for e in picked if e is not best and e.score >= best.score - AS_GOOD]
        said = [best, *near]
    if ASKS_LIST.search(query):
        said = _with_following(said, best, passages, continued)
    elif asks_yes_or_no(query):
        said = _with_following(said, best, passages, excepted)
    for evidence in said:
        _add(draft, evidence, shortened(evidence, tokens), _role(evidence, said[0], query, tokens))
    return said


def _role(evidence: Evidence, first: Evidence, query: str, tokens: QueryTokens) -> Role:
    """What a further sentence with a value is beside the first: a target, or of an earlier date."""
    if evidence is first or tokens.expectation.kind not in VALUED:
        return "statement"
    if aims(evidence) and not asks_target(query):
        return "target"
    is_older = evidence.document.metadata.date < first.document.metadata.date
    return "earlier" if is_older else "statement"


def _with_following(
    picked: Sequence[Evidence],
    best: Evidence,
    passages: Mapping[str, Sequence[Passage]],
    follows: Callable[[Document, Sequence[Sentence], int], Sentence | None],
) -> list[Evidence]:
    """The sentences, and after the best one that which goes on with it."""
    own = passages.get(best.document.doc_id, ())
    following = follows(best.document, sentences_of(own), best.sentence.end)
    if following is None:
        return list(picked)
    more = _of_sentence(best, following)
    if any(is_same(more, each) for each in picked):
        return list(picked)
    at = list(picked).index(best) + 1
    return [*picked[:at], more, *picked[at:]]


def _told(draft: Draft, times: Timeline, tokens: QueryTokens) -> list[Evidence]:
    """The newest value, those of its date that contradict it, earlier ones, what is aimed at."""
    values = [times.newest, *times.conflicting, *times.earlier[:OTHER_TIMES]]
    roles: list[Role] = ["statement", *_repeated("conflict", times.conflicting)]
    roles += _repeated("earlier", times.earlier)
    for value, role in zip(values, roles, strict=False):
        numbers = _add(draft, value.evidence, shortened(value.evidence, tokens), role)
        if numbers:
            row = Compared(label=value.when, value=written(value), citation=numbers[0])
            draft.compared.append(row)
    if len(values) > 1:
        draft.compared_by = "time"
    else:
        draft.compared.clear()
    if times.target:
        _add(draft, times.target.evidence, shortened(times.target.evidence, tokens), "target")
    if times.conflicting:
        issuers = [_issuer(v) for v in (times.newest, *times.conflicting)]
        draft.notes.append(Note(kind="conflict", parts=("、".join(dict.fromkeys(issuers)),)))
    return [value.evidence for value in values]


def _repeated(role: Role, values: Sequence[Value]) -> list[Role]:
    return [role for _ in values]


def _issuer(value: Value) -> str:
    about = value.evidence.document.metadata
    return about.issuer or f"《{about.title}》"


def _enumeration(
    query: str,
    found: Sequence[Evidence],
    tokens: QueryTokens,
    passages: Mapping[str, Sequence[Passage]],
) -> Listing | None:
    """The list that answers, where the question asks for a list or for steps.

    A list whose heading or lead names what is asked for (申请材料, 办理流程) is looked for in the
    documents of the best passages; else that of which the best sentence is part, if what introduces
    it is about the question.
    """
    asks_list = ASKS_LIST.search(query)
    if not (asks_list or ASKS_STEPS.search(query)) or found[0].sentence.head is not None:
        return None
    named = _named(query, found, tokens, passages)
    if named:
        return named
    best, own = found[0], tokens.bigram_share(found[0].text)
    for each in around(best.document, passages.get(best.document.doc_id, ()), best.sentence):
        if is_of_other_kind(query, _heading(best, each)):
            continue
        about = tokens.bigram_share(_introduction(best, each))
        if about >= max(LEAD_SHARE * own, 1e-9) and _is_part(best, each):
            return Listing(best, each)
    return None


def _named(
    query: str,
    found: Sequence[Evidence],
    tokens: QueryTokens,
    passages: Mapping[str, Sequence[Passage]],
) -> Listing | None:
    """The list whose heading or lead has the name of what is asked for, and most of the rest of
    the question."""
    kinds = asked_kinds(query)
    if not kinds:
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
            anchor = replace(near, passage=passage)
            if _is_bare(near.document, each):
                continue
            if not _is_for(query, found, _introduction(anchor, each)):
                continue
            if any(kind.search(_heading(anchor, each)) for kind in kinds):
                share = tokens.bigram_share(_introduction(anchor, each))
                listings.append((round(share, 3), -rank, Listing(anchor, each, named=True)))
    if not listings:
        return None
    share, _, best = max(listings, key=lambda item: item[:2])
    return best if share >= LEAD_SHARE * tokens.bigram_share(found[0].text) else None


def _is_for(query: str, found: Sequence[Evidence], introduction: str) -> bool:
    """Whether what introduces a list has all the compounds (人才公寓) of the question that the
    documents have: the conditions of another programme are no answer."""
    texts = {e.document.doc_id: e.document.text for e in found[:NEAR_SENTENCES]}.values()
    names = [word for word in content_words(query) if len(word) >= COMPOUND and not is_place(word)]
    about = normalise(introduction)
    return all(word in about for word in names if any(word in text for text in texts))


def _is_part(best: Evidence, enumeration: Enumeration) -> bool:
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


def surely_listed(
    query: str, found: Sequence[Evidence], tokens: QueryTokens, corpus: Corpus
) -> bool:
    """Whether there is a list whose heading names what is asked for, in a document whose title and
    headings name nearly all else of the question, its places among them."""
    if not (ASKS_LIST.search(query) or ASKS_STEPS.search(query)) or not found:
        return False
    listing = _named(query, found, tokens, corpus.passages)
    if listing is None:
        return False
    about = normalise(_introduction(listing.anchor, listing.enumeration))
    names = [w for w in content_words(query) if len(w) > 1 and w not in LIST_WORDS]
    held = sum(word in about for word in names)
    return (
        len(names) > 1
        and held >= SURE_SHARE * len(names)
        and all(place.rstrip("省市") in about for place in places(query))
    )


def _passage_at(passages: Sequence[Passage], place: int) -> Passage | None:
    return next((p for p in passages if p.start <= place < p.end), None)


def _heading(anchor: Evidence, enumeration: Enumeration) -> str:
    """The last heading over a list, and the words before it."""
    section = anchor.passage.section.split(SECTION_SEPARATOR)[-1]
    text = anchor.document.text
    return section + (text[slice(*enumeration.lead)][-LEAD_CHARS:] if enumeration.lead else "")


def _introduction(anchor: Evidence, enumeration: Enumeration) -> str:
    """What a list stands under: its lead, its headings, its document's title."""
    text = anchor.document.text
    lead_words = text[slice(*enumeration.lead)] if enumeration.lead else ""
    return f"{anchor.document.metadata.title} {anchor.passage.section} {lead_words}"


def _listed(
    draft: Draft,
    query: str,
    listing: Listing,
    picked: Sequence[Evidence],
    tokens: QueryTokens,
    passages: Mapping[str, Sequence[Passage]],
) -> list[Evidence]:
    """The items of a list in order, as far as there is room, then what else was chosen."""
    best, enumeration = listing.anchor, listing.enumeration
    role: Role = "step" if _is_steps(query, best, enumeration) else "item"
    said: list[Evidence] = []
    text, chars = best.document.text, 0
    inside = range(enumeration.items[0].start, enumeration.items[-1].end)
    for n, item in enumerate(enumeration.items):
        span = _item_span(text, item)
        if n and (n == MAX_ITEMS or chars + span[1] - span[0] > MAX_LIST_CHARS):
            left = str(len(enumeration.items) - n)
            draft.missing.append(Note(kind="items_left", parts=(left,)))
            break
        evidence = _part(best, span)
        _add(draft, evidence, span, role)
        said.append(evidence)
        chars += span[1] - span[0]
    own = passages.get(best.document.doc_id, ())
    after = continued(best.document, sentences_of(own), enumeration.items[-1].end)
    if after is not None and not draft.missing:
        more = _of_sentence(best, after)
        _add(draft, more, shortened(more, tokens), "statement")
        said.append(more)
    for other in () if listing.named else picked:
        elsewhere = other.document is not best.document or other.sentence.start not in inside
        if elsewhere and other.score >= best.score - AS_GOOD and not _leads(other, enumeration):
            _add(draft, other, shortened(other, tokens), "statement")
            said.append(other)
    return said


def _is_steps(query: str, best: Evidence, enumeration: Enumeration) -> bool:
    return bool(ASKS_STEPS.search(query) and STEPS.search(_introduction(best, enumeration)))


def _leads(other: Evidence, enumeration: Enumeration) -> bool:
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


def _part(evidence: Evidence, span: Span) -> Evidence:
    """The same evidence for a part of its document."""
    sentence = evidence.sentence.model_copy(
        update={"start": span[0], "end": span[1], "kind": "text", "head": None}
    )
    return replace(
        evidence, sentence=sentence, text=" ".join(evidence.document.text[slice(*span)].split())
    )


def _of_sentence(evidence: Evidence, sentence: Sentence) -> Evidence:
    return replace(evidence, sentence=sentence, text=display(evidence.document, sentence))


def _add(draft: Draft, evidence: Evidence, span: Span, role: Role) -> tuple[int, ...]:
    """Say a part of a sentence, if the gate lets it; the numbers of its citations."""
    return draft.composer.add(evidence, span, role=role)


def _annotate(draft: Draft, query: str, said: Sequence[Evidence]) -> None:
    """What a reader must know of the sentences: what is left open, what is only a target, whose
    policy it is."""
    draft.missing += (Note(kind="not_said", parts=(part,)) for part in unanswered(query, said))
    draft.notes += staff_notes(draft.composer.citations)
    if any(aims(e) for e in said[:1]) and not asks_target(query):
        draft.notes.append(Note(kind="target"))
    for citation in {c.doc_id: c for c in draft.composer.citations}.values():
        if citation.validity in NOT_HELD:
            about = (citation.title or citation.source, citation.validity_because)
            draft.notes.append(Note(kind="not_in_force", parts=about))
    region = said[0].document.metadata.region if said else ""
    asked = places(query)
    if region and asked and not _is_about(said[0], asked):
        draft.notes.append(Note(kind="elsewhere", parts=(region, "、".join(asked))))


def staff_notes(citations: Iterable[Citation]) -> list[Note]:
    """That what is cited of the office's own answers is no policy."""
    own = {c.doc_id: c for c in citations if c.kind == "staff_answer"}
    return [
        Note(kind="staff", parts=(str(c.n), "，".join(filter(None, (c.issuer, c.date)))))
        for c in own.values()
    ]


def _is_about(evidence: Evidence, asked: Sequence[str]) -> bool:
    about = evidence.document.metadata
    around_it = (
        f"{about.title} {about.region} {about.issuer} {evidence.passage.section} "
        f"{evidence.passage.text} {evidence.text}"
    )
    return any(place.rstrip("省市") in around_it for place in asked)
