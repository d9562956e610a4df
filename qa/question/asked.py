"""A question as it is understood: once, when it is read, for all that answer it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import or_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyqa.index.metadata.regions import mentions
from policyqa.index.store.lexical import LexicalIndex
from policyqa.index.store.vectors import Vectors
from policyqa.index.text.marks import editions, place_stem, places, years
from policyqa.index.text.quantities import Quantity, quantities
from policyqa.index.text.suspicion import ADDRESSES
from policyqa.index.text.words import bigrams, normalise, words
from policyqa.qa.question.distinctions import Classes, classes_of
from policyqa.qa.question.expectation import Expectation, expected
from policyqa.qa.question.forms import (
    A_NOT_A,
    ALL_TALK,
    ASKS_ANYTHING,
    ASKS_VERDICT,
    ATTRIBUTE,
    CLOSED,
    CONTINUES,
    DUE,
    EITHER,
    ENDS_OPEN,
    FORMS,
    LEAVES,
    NEGATED_QUESTION,
    OPEN,
    OPPOSITE,
    ORDERS,
    PRONOUN,
    TALK,
    THANKS,
    WHO,
    Want,
)
from policyqa.qa.question.headings import asked_headings
from policyqa.qa.question.parts import Part, parts_of
from policyqa.qa.question.query import content_words, function_words

CLAUSES = re.compile(r"[\s,，.。;；!！?？~～、…]+")
MAX_WHO_CHARS = 16
OWN = 4.0  # how often a follow-up's own words count, against those of its topic
# What a question may be understood without, to see what each is worth; wants beside these.
NOTHING: Mapping[str, Any] = {
    "expectation": Expectation(),
    "headings": (),
    "parts": (),
    "years": frozenset(),
    "editions": frozenset(),
    "places": (),
    "regions": (),
    "classes": Classes(),
}


@dataclass(frozen=True)
class Tokens:
    """Tokens of a question: all of them in order, and how much each counts, by rarity."""

    every: tuple[str, ...]
    rarity: Mapping[str, float]

    def share(self, present: Collection[str]) -> float:
        """Share of the tokens that are present, by rarity, in [0, 1]; 0 for a question of none.

        Args:
            present: tokens of a text, a set where it is large.
        """
        total = sum(self.rarity.values())
        return sum(w for t, w in self.rarity.items() if t in present) / total if total else 0.0

    def shares(self, present: NDArray[np.bool_]) -> NDArray[np.float64]:
        """`share` of n texts, shape (n,).

        Args:
            present: whether each text has each of the different tokens, in the order of `rarity`,
                shape (n, tokens).
        """
        weights = np.array(list(self.rarity.values()), dtype=np.float64)
        total = weights.sum()
        return present @ weights / total if total else np.zeros(len(present))


@dataclass(frozen=True)
class Asked:
    """One reading of a question.

    `text` is what is searched, `own` the part of it that was asked now where the rest are words of
    what was said before ("" where all of it is asked), `told` what the asker said before, oldest
    first, of which `forget` names what does not count; `completed` says that words of before were
    put to it, `cited` how likely each document that answered before answers it, by id. `vector` is
    what it means in its conversation, None for that of its text. `content` are the words that name
    something. `wants` says what is asked for, `expectation` the kind and unit of the answer,
    `headings` those under which it may stand, `parts` the things that are asked, where there are
    several. `years`, `editions`, `places`, `classes` and `numbers` are those that the question
    names, `regions` those of the places that are known, by their paths (重庆市江津区).
    """

    text: str
    own: str
    plain: str
    words: Tokens
    bigrams: Tokens
    content: tuple[str, ...]
    wants: frozenset[Want]
    expectation: Expectation
    headings: tuple[re.Pattern[str], ...]
    parts: tuple[Part, ...]
    years: frozenset[str]
    editions: frozenset[str]
    places: tuple[str, ...]
    regions: tuple[str, ...]
    classes: Classes
    without: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()
    forget: frozenset[str] = frozenset()
    completed: bool = False
    cited: Mapping[str, float] = field(default_factory=dict, compare=False)
    vector: Vectors | None = field(default=None, compare=False)

    def uses(self, rule: str) -> bool:
        """Whether a family of rules (`qa.rules`) takes part in the answer."""
        return rule not in self.without

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        """The quantities that the question brings itself (43岁还能申请吗)."""
        return quantities(self.text)

    def bigram_share(self, text: str) -> float:
        """Share of the question's bigrams that a text has, by rarity."""
        return self.bigrams.share(set(bigrams(text)))


def understood(
    text: str,
    *,
    own: str = "",
    known_words: LexicalIndex | None = None,
    known_bigrams: LexicalIndex | None = None,
    without: Collection[str] = (),
    shares: Sequence[str] = (),
) -> Asked:
    """What a question asks.

    Args:
        text: normalised, as `question.query` gives it.
        own: what of it was asked now; these tokens count `OWN` times, since the others say where to
            look and not what to find.
        known_words, known_bigrams: of the documents, for the rarity of the question's; without
            them each counts 1.
        without: wants, and fields of `NOTHING`, to leave out; `own` too.
        shares: what the office gives in percent, see `question.expectation.expected`.
    """
    plain, every = normalise(text), words(text)
    own = "" if "own" in without else own
    names = frozenset(without)

    whole = Asked(
        text=text,
        own=own,
        plain=plain,
        words=_tokens(every, known_words, words(own)),
        bigrams=_tokens(bigrams(text), known_bigrams, bigrams(own)),
        content=tuple(w for w in dict.fromkeys(every) if w not in function_words()),
        wants=frozenset(_wants(text, plain)) - names,
        expectation=expected(own, shares) or expected(text, shares),
        headings=asked_headings(text),
        parts=parts_of(text, shares),
        years=years(text),
        editions=editions(text),
        places=asked_places(text),
        regions=asked_regions(text),
        classes=classes_of(text),
        without=names,
    )
    return replace(whole, **{name: NOTHING[name] for name in names & NOTHING.keys()})


def _tokens(every: Sequence[str], known: LexicalIndex | None, own: Sequence[str]) -> Tokens:
    mine = set(own)
    return Tokens(
        tuple(every),
        {
            token: (known.idf(token) if known else 1.0) * (OWN if token in mine else 1.0)
            for token in dict.fromkeys(every)
        },
    )


def _wants(text: str, plain: str) -> Iterator[Want]:
    yield from (want for want, pattern in FORMS if pattern.search(text))
    verdict = _asks_verdict(plain)
    if verdict:
        yield "verdict"
    if verdict or CLOSED.search(plain):
        yield "yes_no"
        if OPPOSITE.search(A_NOT_A.sub("", plain)):
            yield "opposite"
    if ORDERS.search(text) or ADDRESSES.search(text):
        yield "order"
    if talk := _talk(plain):
        yield talk
    if TALK.search(plain):
        yield "chat"
    if _is_bare(text):
        yield "bare"


def _talk(plain: str) -> Want | None:
    """What a text is that asks nothing of documents: a greeting or a joke, thanks (or a word that
    says as little), or the question who answers; None where it asks something."""
    if WHO.search(plain) and len(plain) <= MAX_WHO_CHARS:
        return "who"
    if ALL_TALK.fullmatch(plain) and not THANKS.search(plain):
        return "talk"
    clauses = [clause for clause in CLAUSES.split(plain) if clause]
    quiet = [not ASKS_ANYTHING.search(clause) for clause in clauses]
    thanks = [bool(THANKS.search(clause)) for clause in clauses]
    idle = [bool(LEAVES.search(clause)) or bool(ALL_TALK.fullmatch(clause)) for clause in clauses]
    if any(thanks) and all(quiet) and all(map(or_, thanks, idle)):
        return "thanks"
    return None


def _is_bare(query: str) -> bool:
    """Whether a question names nothing that could be looked for: 怎么申请?, 那个呢?, 那材料呢?,
    我能享受什么?"""
    named = ENDS_OPEN.sub("", PRONOUN.sub("", CONTINUES.sub("", query)))
    goes_on = named != query
    if DUE.fullmatch(query.strip()) or not content_words(named):
        return True
    return goes_on and bool(ATTRIBUTE.fullmatch(named.strip(" ?？的")))


def asked_places(text: str) -> tuple[str, ...]:
    """The places that a question is about, as it names them: not those that the asker comes from,
    unless it names no other (安徽人在南京 is about 南京, 深圳户口能参加吗 about 深圳)."""
    known = [text[mention.start : mention.end] for mention in mentions(text)]
    every = dict.fromkeys((*places(text), *known))
    named = [p for p in every if not any(p != other and p in other for other in every)]
    return tuple(place for place in named if not _is_home(place, text)) or tuple(named)


def asked_regions(text: str) -> tuple[str, ...]:
    """Of the places that a question is about those that are known, by their paths."""
    found = [(text[m.start : m.end], m.place) for m in mentions(text)]
    about = [place for name, place in found if not _is_home(name, text)]
    about = about or [place for _, place in found]
    deepest = (p for p in about if not any(q != p and q.lies_in(p) for q in about))
    return tuple(dict.fromkeys(place.name for place in deepest))


def _is_home(place: str, text: str) -> bool:
    name = re.escape(place_stem(place))
    after = "[省市]?(?:的?(?:农村|城镇|农业|非农)?(?:户口|户籍)|籍|人(?![才事口大])|来的|过来|老家)"
    before = "(?:从|来自|老家(?:在|是)?|户口(?:在|是|还在)?|户籍(?:在|是)?)"
    return bool(re.search(f"{name}{after}|{before}{name}", text))


def _asks_verdict(plain: str) -> bool:
    """Whether a question asks if something may be done, had or counted in."""
    if NEGATED_QUESTION.search(plain) and not EITHER.search(plain):
        return False
    found = ASKS_VERDICT.search(plain)
    return found is not None and not OPEN.search(plain[found.start() :])
