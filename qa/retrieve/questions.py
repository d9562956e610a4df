"""Questions that stand in documents (问：可以代办吗？): found by them, answered by what follows."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from policyqa.qa.question.asked import Asked
from policyqa.qa.question.expectation import expected
from policyqa.qa.question.forms import ASKING, YES_NO
from policyqa.qa.retrieve.evidence import Evidence

ENDS = ("？", "?")
ANSWER_SENTENCES, ANSWER_CHARS = 3, 230  # that a question speaks for


def is_question(text: str) -> bool:
    """Whether a sentence asks, rather than being one that somebody read badly (截止时间为1?)."""
    stripped = text.strip()
    return stripped.endswith(ENDS) and bool(
        ASKING.search(stripped.rstrip("？?")) or YES_NO.search(stripped.replace("？", "?"))
    )


def answered(found: Sequence[Evidence], asked: Asked) -> list[Evidence]:
    """The sentences without those that ask, best first: what follows a question counts as much as
    the question does, unless that asks for something of another kind (when for how much).

    Args:
        found: sentences of the passages that were read, best first.
        asked: the question.
    """
    if not asked.uses("questions") or not any(is_question(each.text) for each in found):
        return list(found)
    in_order = sorted(found, key=lambda e: (e.passage.passage_id, e.sentence.start))
    said = [
        each
        for _, own in groupby(in_order, key=lambda e: e.passage.passage_id)
        for each in _spoken_for(list(own), asked)
    ]
    return sorted(said, key=lambda e: -e.score)


def _spoken_for(own: Sequence[Evidence], asked: Asked) -> list[Evidence]:
    """The sentences of one passage that do not ask, in reading order."""
    said: list[Evidence] = []
    question: Evidence | None = None
    sentences = chars = 0
    for each in own:
        if is_question(each.text):
            question, sentences, chars = each, 0, 0
            continue
        sentences, chars = sentences + 1, chars + len(each.text)
        if sentences > ANSWER_SENTENCES or (sentences > 1 and chars > ANSWER_CHARS):
            question = None
        said.append(_with(each, question) if question and _asks_alike(question, asked) else each)
    return said


def _with(answer: Evidence, question: Evidence) -> Evidence:
    if question.score <= answer.score:
        return answer
    return replace(
        answer,
        score=question.score,
        weighed=max(answer.weighed, question.weighed),
        read=question.read,
    )


def _asks_alike(question: Evidence, asked: Asked) -> bool:
    kinds = {expected(question.text).kind, asked.expectation.kind} - {""}
    return len(kinds) < 2
