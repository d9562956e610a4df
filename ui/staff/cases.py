"""Reviewed answers as questions of an evaluation: what the office's people have checked is asked
again after every change. The form is that of a data set for `policyqa eval`."""

from collections.abc import Iterable, Iterator
from typing import Any

from index.errors import PolicyQAError, QuestionError
from index.types import Value
from qa.query import normalise_query
from qa.types import Answer, Filters
from ui.assistant import Assistant
from ui.store.records import Records
from ui.store.reviews import WHOLE, Review, Reviews, disagreements

TYPE = "reviewed"


class Case(Value):
    """A judged question: `evidence` are the words that answer it, none where the documents should
    be silent on it."""

    id: str
    text: str
    answerable: bool
    evidence: tuple[dict[str, str], ...] = ()
    as_of: str | None = None
    type: str = TYPE


def cases(reviews: Reviews, records: Records, assistant: Assistant) -> Iterator[Case]:
    """A case for each answer whose reviewers agree and say enough: which words are right, or that
    silence is."""
    by_answer: dict[str, list[Review]] = {}
    for item, review in reviews.every():
        by_answer.setdefault(item.id, []).append(review)
    for answer_id, of_one in by_answer.items():
        kept = records.answer(answer_id)
        if kept is not None and (case := case_of(kept.answer, of_one, assistant)):
            yield case


def case_of(answer: Answer, reviews: Iterable[Review], assistant: Assistant) -> Case | None:
    """The case of one answer; None where the reviewers disagree or leave open what is right, or
    where it was asked of a part of the documents only."""
    said = list(reviews)
    if disagreements(said) or answer.filters != Filters():
        return None
    verdicts = {place: verdict for each in said for place, verdict in each.verdicts.items()}
    shared: dict[str, Any] = {"id": answer.id, "text": _text(answer), "as_of": answer.as_of}
    if answer.status == "abstained" and verdicts.get(WHOLE) == "right":
        return Case(answerable=False, **shared)
    better = tuple(
        {"source": source, "quote": each.better.quote}
        for each in said
        if each.better and (source := _source(assistant, each.better.doc_id))
    )
    right = tuple(
        {"source": citation.source, "quote": citation.quote}
        for citation in answer.citations
        if verdicts.get(citation.n) == "supported"
        or (verdicts.get(WHOLE) == "right" and citation.n not in verdicts)
    )
    evidence = tuple({str(each): each for each in (*better, *right)}.values())
    return Case(answerable=True, evidence=evidence, **shared) if evidence else None


def _text(answer: Answer) -> str:
    """The question as it was asked; as it was searched, where it leaned on an earlier one."""
    try:
        alone = normalise_query(answer.question) == answer.query
    except QuestionError:
        alone = True
    return answer.question if alone else answer.query


def _source(assistant: Assistant, doc_id: str) -> str:
    try:
        return assistant.document(doc_id).source
    except PolicyQAError:
        return ""
