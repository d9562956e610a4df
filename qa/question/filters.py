"""Which documents a reader wants to be asked: by region, by kind, by time, as of a day."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, get_args

from pydantic import ValidationError

from policyqa.index.metadata.dates import first_day, last_day
from policyqa.index.types import Document, Kind, Metadata, Value
from policyqa.qa.errors import QuestionError
from policyqa.qa.types import Answer, Question


class Choices(Value):
    """What can be chosen in a collection: regions and kinds with how many documents each has,
    most first, and the years (newest first) that documents are of."""

    regions: tuple[tuple[str, int], ...] = ()
    kinds: tuple[tuple[Kind, int], ...] = ()
    years: tuple[str, ...] = ()


def choices_of(documents: Iterable[Document]) -> Choices:
    """What there is to choose from; what is not known of a document is no choice."""
    known = [document.metadata for document in documents]
    regions = Counter(about.region for about in known if about.region)
    kinds = Counter(about.kind for about in known)
    years = {about.date[:4] for about in known if about.date}
    return Choices(
        regions=tuple(regions.most_common()),
        kinds=tuple(kinds.most_common()),
        years=tuple(sorted(years, reverse=True)),
    )


def admits(question: Question, about: Metadata) -> bool:
    """Whether a document is to be asked.

    A date that is less exact than the other counts as the same: 2024 is not after 2024-12. What
    is not known of a document does not match a filter, but there may be no date where only a day
    (`as_of`) is asked for.
    """
    wanted = question.filters
    if wanted.regions and about.region not in wanted.regions:
        return False
    if wanted.kinds and about.kind not in wanted.kinds:
        return False
    if (wanted.since or wanted.until) and not about.date:
        return False
    if wanted.since and last_day(about.date) < first_day(wanted.since):
        return False
    if wanted.until and first_day(about.date) > last_day(wanted.until):
        return False
    return not (question.as_of and about.date) or first_day(about.date) <= last_day(question.as_of)


def lapsed(question: Question, about: Metadata) -> bool:
    """Whether an answer of the office's own people is not to be given any more: it is no policy,
    which one may want to know of even when it has ended."""
    day = last_day(question.as_of) if question.as_of else date.today().isoformat()
    return about.kind == "staff_answer" and bool(about.expires) and last_day(about.expires) < day


def is_narrowed(question: Question) -> bool:
    """Whether anything may be left out."""
    return bool(question.as_of) or question.filters.model_dump(exclude_defaults=True) != {}


def narrowed_question(question: str, **fields: Any) -> Question:
    """A question with the filters that someone typed.

    Raises:
        QuestionError: a date is none, or there is no such kind.
    """
    try:
        return Question(question=question, **fields)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        if "kinds" in place:
            raise QuestionError(f"没有这类文件；可用的是 {'、'.join(get_args(Kind))}") from error
        raise QuestionError(f"{place[-1]} 应为 2024、2024-12 或 2024-12-31 这样的日期") from error


KINDS: dict[Kind, str] = {
    "policy": "政策文件", "plan": "规划", "news": "新闻", "event": "活动",
    "notice": "申报通知", "guide": "办事指南", "staff_answer": "工作人员答复", "other": "其他",
}  # fmt: skip


def narrowed(answer: Answer) -> tuple[str, ...]:
    """What an answer was narrowed to and what that left out, a line each; none where nothing."""
    wanted = answer.filters
    parts = ["、".join(wanted.regions), "、".join(KINDS[kind] for kind in wanted.kinds)]
    if wanted.since or wanted.until:
        parts.append(f"{wanted.since}—{wanted.until}")
    chosen = "，".join(part for part in parts if part)
    lines = [f"只查：{chosen}。"] if chosen else []
    lines += [f"按 {answer.as_of} 的文件回答。"] if answer.as_of else []
    left_out = answer.left_out
    if left_out.documents:
        titles = dict.fromkeys(f"《{hit.title or hit.source}》" for hit in left_out.hits)
        near = f"，其中内容相近的有{'、'.join(titles)}" if titles else ""
        lines.append(f"有 {left_out.documents} 份文件没有查{near}。")
    return tuple(lines)
