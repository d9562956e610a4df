"""Reviewed answers as questions of an evaluation: what the office's people have checked is asked
again after every change. The form is that of a data set for `policyqa eval`."""

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from policyqa.index.errors import PolicyQAError
from policyqa.index.types import Value
from policyqa.qa.errors import QuestionError
from policyqa.qa.question.query import normalise_query
from policyqa.qa.types import Answer, Filters
from policyqa.ui.assistant import Assistant
from policyqa.ui.errors import StoreError
from policyqa.ui.store.records import Records
from policyqa.ui.store.reviews import WHOLE, Review, Reviews, disagreements

TYPE = "reviewed"
REJECTING = ("unsupported", "outdated")


class Case(Value):
    """A judged question: `evidence` are the words that answer it, `rejected` words that were cited
    and do not, with the verdict on them. `answerable` is False where the documents should be silent
    on it, None where only is known what does not answer it."""

    id: str
    text: str
    answerable: bool | None
    evidence: tuple[dict[str, str], ...] = ()
    rejected: tuple[dict[str, str], ...] = ()
    as_of: str | None = None
    type: str = TYPE


class Open(NamedTuple):
    """Why a reviewed answer is no case yet."""

    reason: str


UNREVIEWED = Open("还没有人审阅")
DISPUTED = Open("审阅的结论不一致")
OF_A_PART = Open("提问时只查了一部分文件")
ANSWERED = Open("当时不答是对的，后来签发了答复")
VAGUE = Open("还没有判断哪句话支持答案、哪句话不支持，也没有选出更合适的段落")


def cases(
    reviews: Reviews, records: Records, assistant: Assistant, answered: Collection[str] = ()
) -> Iterator[Case]:
    """A case for each question whose reviewers agree and say enough: which words are right, or that
    silence is. What was asked several times is one case, under its first answer, if all that was
    said of it agrees."""
    by_answer: dict[str, list[Review]] = {}
    for item, review in reviews.every():
        by_answer.setdefault(item.id, []).append(review)
    by_question: dict[tuple[str, str | None], list[Case]] = {}
    for answer_id, of_one in by_answer.items():
        kept = records.answer(answer_id)
        if kept is None:
            continue
        case = case_of(kept.answer, of_one, assistant, answered)
        if isinstance(case, Case):
            asked = " ".join(case.text.split()), case.as_of
            by_question.setdefault(asked, []).append(case)
    yield from filter(None, map(together, by_question.values()))


def together(cases: Sequence[Case]) -> Case | None:
    """The cases of one question as one; None where one says that the documents should be silent and
    another that they answer, or one calls words evidence that another rejects."""
    known = {case.answerable for case in cases} - {None}
    evidence = {_words(each): each for case in cases for each in case.evidence}
    rejected = {_words(each): each for case in cases for each in case.rejected}
    if len(known) > 1 or evidence.keys() & rejected.keys():
        return None
    if False in known:
        rejected = {}
    both = {"evidence": tuple(evidence.values()), "rejected": tuple(rejected.values())}
    return cases[0].model_copy(update={**both, "answerable": next(iter(known), None)})


def _words(quoted: Mapping[str, str]) -> tuple[str, str]:
    return quoted["source"], quoted["quote"]


def write(folder: Path, cases: Iterable[Case], records: Records) -> tuple[int, int]:
    """Put the cases into a data set; other questions in it stay, also those whose answers are no
    longer kept. How many are of now, and how many stayed.

    Raises:
        StoreError: the folder cannot be read or written, or holds a line that is no question.
    """
    path = folder / "queries.jsonl"
    now = {case.id: f"{case.model_dump_json()}\n" for case in cases}
    part = path.with_name(f".{path.name}.part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        stay = [
            line
            for n, line in enumerate(lines, start=1)
            if line.strip()
            and (known := _id_of(path, n, line)) not in now
            and records.answer(known) is None
        ]
        part.write_text("".join([*(f"{line}\n" for line in stay), *now.values()]), "utf-8")
        os.replace(part, path)
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"写不进 {folder}：{getattr(error, 'strerror', '')}。") from error
    return len(now), len(stay)


def _id_of(path: Path, number: int, line: str) -> str:
    try:
        read = json.loads(line)
        return str(read["id"] if "id" in read else read["_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path}:{number} 不是一道题，请换一个文件夹。") from error


def case_of(
    answer: Answer,
    reviews: Iterable[Review],
    assistant: Assistant,
    answered: Collection[str] = (),
) -> Case | Open:
    """The case of one answer; `Open` where the reviewers disagree or leave open what is right,
    where it was asked of a part of the documents only, or where silence was right and staff have
    signed an answer since (`answered`, by the answer's id)."""
    said = list(reviews)
    if not said:
        return UNREVIEWED
    if disagreements(said):
        return DISPUTED
    if answer.filters != Filters():
        return OF_A_PART
    verdicts = {place: verdict for each in said for place, verdict in each.verdicts.items()}
    shared: dict[str, Any] = {"id": answer.id, "text": _text(answer), "as_of": answer.as_of}
    silent = answer.status == "abstained" and verdicts.get(WHOLE) == "right"
    if silent and answer.id in answered:
        return ANSWERED
    if silent or verdicts.get(WHOLE) == "unanswerable":
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
    rejected = tuple(
        {"source": citation.source, "quote": citation.quote, "verdict": verdicts[citation.n]}
        for citation in answer.citations
        if verdicts.get(citation.n) in REJECTING
    )
    if not (evidence or rejected):
        return VAGUE
    return Case(
        answerable=True if evidence else None, evidence=evidence, rejected=rejected, **shared
    )


def _text(answer: Answer) -> str:
    """The question as it was asked; as it was searched, where it leaned on an earlier one and was
    answered so."""
    leaned = searched_otherwise(answer) if answer.status == "answered" else ""
    return leaned or answer.question


def searched_otherwise(answer: Answer) -> str:
    """What was searched where a question leaned on an earlier one, "" where it stood alone."""
    try:
        alone = normalise_query(answer.question) == answer.query
    except QuestionError:
        alone = True
    return "" if alone else answer.query


def _source(assistant: Assistant, doc_id: str) -> str:
    try:
        return assistant.corpus.document(doc_id).source
    except PolicyQAError:
        return ""
