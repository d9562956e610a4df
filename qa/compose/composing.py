"""Evidence to an answer: what is said first, what belongs together, and what is said about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from policyqa.index.structure.enumerations import continued, excepted, sentences_of
from policyqa.index.structure.quotes import in_context
from policyqa.index.text.marks import place_stem
from policyqa.index.types import Document, Passage, Sentence
from policyqa.qa.compose.circumstances import (
    by_numbers,
    is_open,
    is_plain,
    judge,
    judgement_of,
    settle,
)
from policyqa.qa.compose.comparing import (
    beside,
    compared_places,
    counterparts,
    difference,
    versioned,
)
from policyqa.qa.compose.composer import Composer, is_same, shortened
from policyqa.qa.compose.draft import Draft
from policyqa.qa.compose.itself import Itself
from policyqa.qa.compose.lists import AS_GOOD, listed, listing_of, with_leads
from policyqa.qa.compose.missing import further, unanswered
from policyqa.qa.compose.timeline import VALUED, DatedValue, Timeline, aims, timeline, written
from policyqa.qa.compose.verdicts import Verdict, is_of_others, only_refuses, verdict, weighed
from policyqa.qa.corpus import Citable
from policyqa.qa.eligibility.comparing import Judgement
from policyqa.qa.eligibility.facts import ASKING
from policyqa.qa.question.asked import Asked
from policyqa.qa.retrieve.evidence import LEADS_IN, Evidence, Quote
from policyqa.qa.retrieve.ruling import Ruler
from policyqa.qa.types import Citation, Note, Role

NOT_HELD = frozenset({"已过期", "被替代", "尚未施行", "征求意见"})
NONE: Mapping[str, Quote] = MappingProxyType({})
OTHER_TIMES = 3  # values of earlier dates that are shown


def composed(
    asked: Asked,
    picked: Sequence[Evidence],
    found: Sequence[Evidence],
    corpus: Citable,
    composer: Composer,
    ruler: Ruler | None = None,
    own_parts: Mapping[str, Quote] = NONE,
) -> Draft:
    """The answer that evidence gives.

    Args:
        asked: the question.
        picked: the sentences chosen to be said, in reading order.
        found: all sentences that were looked at, best first.
        corpus: what may be cited.
        composer: collects what is said.
        ruler: says what a rule means for a question whether something may be.
        own_parts: what was found for each part of the question alone (`missing.further`).
    """
    draft = Draft(composer)
    best = max(picked, key=lambda e: e.score)
    others = counterparts(asked, best.quote, corpus)
    quotes = [*(each.quote for each in picked), *others]
    times = timeline(asked, best.quote, corpus)
    listing = None if times else listing_of(asked, [best, *found], corpus.passages)
    compared = compared_places(asked, corpus)
    if compared and len({quote.document.doc_id for quote in quotes}) > 1:
        beside(draft, quotes, compared)
        said = quotes
    elif others:
        said = versioned(draft, [best.quote, *others])
    elif times:
        said = _told(draft, times)
    elif listing:
        said = listed(draft, asked, listing, picked, corpus.passages)
    else:
        said = _stated(draft, asked, picked, best, corpus.passages)
    for quote in further(asked, said, own_parts):
        if not composer.number_of(quote):
            draft.say(quote, shortened(quote))
            said = [*said, quote]
    own = [quote for quote in said if quote.document is best.document]
    judgement = judgement_of(asked, own, corpus.passages.get(best.document.doc_id, ()))
    if judgement:
        judge(draft, asked, judgement)
    if ruler and is_plain(asked) and asked.uses("ruling") and own:
        _rule(draft, asked, own, judgement, ruler)
    _annotate(draft, asked, said, own_parts)
    return draft


def of_itself(itself: Itself, composer: Composer) -> Draft:
    """The answer that a document gives of itself."""
    draft = Draft(composer)
    if itself.quote:
        draft.say(itself.quote, itself.span)
        draft.notes += _out_of_force(composer.citations)
    return draft


def _stated(
    draft: Draft,
    asked: Asked,
    picked: Sequence[Evidence],
    best: Evidence,
    passages: Mapping[str, Sequence[Passage]],
) -> list[Quote]:
    """Sentence by sentence, the verdict first."""
    if "verdict" in asked.wants:
        about = f"{best.document.metadata.title} {best.passage.section}"
        others = [e.text for e in picked if e is not best and e.document is best.document]
        draft.verdict = weighed(verdict(asked, best.text, context=about), others)
    said = [each.quote for each in picked]
    if draft.verdict and best.read is None:  # what decides stands first, and little beside it
        near = [e.quote for e in picked if e is not best and e.score >= best.score - AS_GOOD]
        said = [best.quote, *near]
    if (follows := _follows(asked)) is not None:
        said = _with_following(said, best.quote, passages, follows)
    if asked.wants & {"verdict", "yes_no"} and asked.uses("leads"):
        said = with_leads(said, passages)
    for quote in said:
        leads = quote.text.endswith(LEADS_IN) and quote is not said[-1]
        span = (quote.sentence.start, quote.sentence.end) if leads else shortened(quote)
        draft.say(quote, span, _role(quote, said[0], asked))
    return said


def _rule(
    draft: Draft, asked: Asked, said: Sequence[Quote], judgement: Judgement | None, ruler: Ruler
) -> None:
    """The verdict that the rules give by their words, where comparing settles nothing; none where
    something was stated in an earlier turn, or of relatives that the rules do not name; and none
    of permission while a condition is open."""
    if judgement and judgement.allowed is not None:
        return
    undecided: Verdict = "还不能判断" if draft.verdict == "还不能判断" else ""
    draft.verdict = undecided
    texts = [quote.text for quote in said]
    stated = any(not ASKING.search(turn) for turn in asked.told)  # what may decide
    if stated or is_of_others(asked.own or asked.text, texts):
        return
    title = said[0].document.metadata.title
    found = ruler.rule(asked.text, title, texts, by_numbers(judgement)).said()
    first = [text for text in texts if not text.endswith(LEADS_IN)][:1]
    unfounded = found == "可以" and (only_refuses(first) or is_open(judgement))
    if found and not unfounded:
        settle(draft, found)


def _role(quote: Quote, first: Quote, asked: Asked) -> Role:
    """What a further sentence with a value is beside the first: a target, or of an earlier date."""
    if quote is first or asked.expectation.kind not in VALUED or not asked.uses("targets"):
        return "statement"
    if aims(quote) and "target" not in asked.wants:
        return "target"
    is_older = quote.document.metadata.date < first.document.metadata.date
    return "earlier" if is_older else "statement"


Following = Callable[[Document, Sequence[Sentence], int], Sentence | None]


def _follows(asked: Asked) -> Following | None:
    """What of the sentence after the best one is said with it: more of a list, an exception."""
    if not asked.uses("following"):
        return None
    if "list" in asked.wants:
        return continued
    return excepted if "yes_no" in asked.wants else None


def _with_following(
    said: Sequence[Quote],
    best: Quote,
    passages: Mapping[str, Sequence[Passage]],
    follows: Following,
) -> list[Quote]:
    """The sentences, and after the best one that which goes on with it."""
    own = passages.get(best.document.doc_id, ())
    following = follows(best.document, sentences_of(own), best.sentence.end)
    if following is None:
        return list(said)
    more = best.beside(following)
    if any(is_same(more, each) for each in said):
        return list(said)
    at = list(said).index(best) + 1
    return [*said[:at], more, *said[at:]]


def _told(draft: Draft, times: Timeline) -> list[Quote]:
    """The newest value, those of its date that contradict it, earlier ones, what is aimed at."""
    values = [times.newest, *times.conflicting, *times.earlier[:OTHER_TIMES]]
    roles: list[Role] = ["statement", *_repeated("conflict", times.conflicting)]
    roles += _repeated("earlier", times.earlier)
    for value, role in zip(values, roles, strict=False):
        numbers = draft.say(value.quote, shortened(value.quote), role)
        if numbers:
            draft.compare(value.when, written(value), numbers[0])
    if len(values) > 1:
        draft.compared_by = "time"
    else:
        draft.compared.clear()
    if times.target:
        draft.say(times.target.quote, shortened(times.target.quote), "target")
    if times.conflicting:
        issuers = [_issuer(v) for v in (times.newest, *times.conflicting)]
        draft.notes.append(Note(kind="conflict", parts=("、".join(dict.fromkeys(issuers)),)))
    return [value.quote for value in values]


def _repeated(role: Role, values: Sequence[DatedValue]) -> list[Role]:
    return [role for _ in values]


def _issuer(value: DatedValue) -> str:
    about = value.quote.document.metadata
    return about.issuer or f"《{about.title}》"


def _annotate(
    draft: Draft, asked: Asked, said: Sequence[Quote], own_parts: Mapping[str, Quote]
) -> None:
    """What a reader must know of the sentences: what is left open, what is only a target, whose
    policy it is."""
    missing = unanswered(asked, said, own_parts) if asked.uses("missing") else ()
    draft.missing += (Note(kind="not_said", parts=(part,)) for part in missing)
    sides = {side: quote for side, quote in own_parts.items() if draft.composer.number_of(quote)}
    if apart := difference(asked, sides):
        draft.notes.append(apart)
    draft.notes += staff_notes(draft.composer.citations)
    tells = asked.uses("targets") and "target" not in asked.wants
    if tells and any(aims(each) for each in said[:1]):
        draft.notes.append(Note(kind="target"))
    draft.notes += _out_of_force(draft.composer.citations)
    region = said[0].document.metadata.region if said else ""
    if region and asked.places and not _is_about(said[0], asked.places):
        draft.notes.append(Note(kind="elsewhere", parts=(region, "、".join(asked.places))))


def staff_notes(citations: Iterable[Citation]) -> list[Note]:
    """That what is cited of the office's own answers is no policy."""
    own = {c.doc_id: c for c in citations if c.kind == "staff_answer"}
    return [
        Note(kind="staff", parts=(str(c.n), "，".join(filter(None, (c.issuer, c.date)))))
        for c in own.values()
    ]


def _out_of_force(citations: Iterable[Citation]) -> list[Note]:
    """That what is cited does not hold, and why."""
    return [
        Note(kind="not_in_force", parts=(c.title or c.source, c.validity_because))
        for c in {c.doc_id: c for c in citations}.values()
        if c.validity in NOT_HELD
    ]


def _is_about(quote: Quote, places: Sequence[str]) -> bool:
    about = quote.document.metadata
    around_it = (
        f"{about.title} {about.region} {about.issuer} {quote.passage.section} "
        f"{in_context(quote.document, quote.passage)} {quote.text}"
    )
    return any(place_stem(place) in around_it for place in places)
