"""A question that leans on an earlier one, completed by what that one was about."""

from collections.abc import Sequence
from typing import NamedTuple

from policyqa.index.text.marks import is_place
from policyqa.index.text.words import cut, is_verb
from policyqa.index.types import Span
from policyqa.qa.errors import QuestionError
from policyqa.qa.question.forms import (
    ASKED,
    ATTRIBUTE,
    BEGINS_ANEW,
    CONTINUES,
    ENDS_OPEN,
    PLACE_END,
    PRONOUN,
    PROPERTY,
    SIDE,
    YEAR_OR_PLAN,
)
from policyqa.qa.question.query import CONTENT, content_words, function_words, normalise_query
from policyqa.qa.types import MAX_QUESTION_CHARS, Turn

MAX_SUBJECT_CHARS = 16
MAX_OPEN_CHARS = 40  # a longer question names what it is about


class Run(NamedTuple):
    """Neighbouring words that name one thing: their half-open spans, and whether a place."""

    words: tuple[Span, ...]
    place: bool


class Reading(NamedTuple):
    """What a question may mean: what is searched, and `own`, the part of it that was asked now
    where the rest is the topic before it; "" where all of it is asked."""

    text: str
    own: str = ""


def readings(query: str, history: Sequence[Turn]) -> tuple[Reading, ...]:
    """What a question may mean after earlier ones: completed by what they were about where it
    cannot stand alone, itself where it says that it begins anew, and both where only the
    documents can tell (谁来当导师? 由谁主办?)."""
    topic = topic_of(history)
    if not topic or len(query) > MAX_OPEN_CHARS or BEGINS_ANEW.search(query):
        return (Reading(query),)
    joined = Reading(_joined(query, topic), CONTINUES.sub("", query))
    if depends(query):
        text = completed(query, topic)
        return (joined if text == joined.text else Reading(text),)
    return (Reading(query), joined) if joined.text != query else (Reading(query),)


def topic_of(history: Sequence[Turn]) -> str:
    """What the last question was about. Each turn is resolved in its order, so that a chain of
    short questions keeps its subject; a question that names its own subject ends the chain."""
    topic = ""
    for turn in history:
        if turn.role == "user":
            topic = completed(_plain(turn.content), topic) or topic
    return topic


def _plain(text: str) -> str:
    try:
        return normalise_query(text[:MAX_QUESTION_CHARS])
    except QuestionError:
        return ""


def completed(query: str, topic: str) -> str:
    """One question with the topic before it: unchanged when it stands alone."""
    if not topic or not query or not depends(query):
        return query
    subject = SIDE.sub("", CONTINUES.sub("", ENDS_OPEN.sub("", query)).strip("的 ,，?"))
    if ENDS_OPEN.search(query) and subject and len(subject) <= MAX_SUBJECT_CHARS:
        replaced = _substituted(topic, subject)
        if replaced:
            return replaced
    return _joined(query, topic)


def _joined(query: str, topic: str) -> str:
    return f"{ASKED.sub('', topic)} {CONTINUES.sub('', query)}".strip()


def depends(query: str) -> bool:
    """Whether a question needs an earlier one to make sense."""
    content = content_words(query)
    if CONTINUES.search(query) or ENDS_OPEN.search(query):
        return sum(not any(w != o and w in o for o in content) for w in content) <= 4
    if PRONOUN.search(query) and len("".join(content)) <= 10:
        return True
    return len(content) == 0


def is_bare(query: str) -> bool:
    """Whether a question names nothing that could be looked for: 怎么申请?, 那个呢?"""
    return not content_words(ENDS_OPEN.sub("", PRONOUN.sub("", CONTINUES.sub("", query))))


def _substituted(topic: str, subject: str) -> str:
    """The earlier question with its like part replaced: 2020年 by 2025年, X人才 by Y人才.

    A place takes the place of a place, and a thing that of the thing that is most like it. What
    is asked of a thing (its conditions, its date) takes nobody's place: "".
    """
    if YEAR_OR_PLAN.fullmatch(subject):
        return YEAR_OR_PLAN.sub(subject, topic, count=1) if YEAR_OR_PLAN.search(topic) else ""
    if ATTRIBUTE.search(subject):
        return ""
    place = all(run.place for run in _runs(subject))
    candidates = [run for run in _runs(topic) if run.place == place]
    if not candidates:
        return ""
    parts = [part for run in candidates for part in _parts_of(run)]
    start, end = max(parts, key=lambda part: _likeness(topic[slice(*part)], subject))
    return topic[:start] + subject + topic[end:]


def _parts_of(run: Run) -> list[Span]:
    """Every stretch of neighbouring words of a run."""
    starts, ends = zip(*run.words, strict=True)
    return [(start, end) for n, start in enumerate(starts) for end in ends[n:]]


def _likeness(term: str, subject: str) -> tuple[int, int, int]:
    """How many characters two terms share at their ends, at their starts; then the longer."""
    return _shared(term[::-1], subject[::-1]), _shared(term, subject), len(term)


def _shared(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _runs(text: str) -> list[Run]:
    """The things that a text names; verbs, years and words that ask part them."""
    runs: list[Run] = []
    position = 0
    for word in cut(text):
        start, position = position, position + len(word)
        if _separates(word):
            continue
        place = is_place(word) or (len(word) > 1 and PLACE_END.search(word) is not None)
        if runs and runs[-1].words[-1][1] == start and runs[-1].place == place:
            runs[-1] = Run((*runs[-1].words, (start, position)), place)
        else:
            runs.append(Run(((start, position),), place))
    return runs


def _separates(word: str) -> bool:
    """Whether a word belongs to no name."""
    return (
        word in function_words()
        or is_verb(word)
        or PROPERTY.fullmatch(word) is not None
        or not CONTENT.search(word)
        or YEAR_OR_PLAN.fullmatch(word) is not None
        or word.isdecimal()
    )
