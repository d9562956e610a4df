"""What reviewers think of answers: one verdict on the whole, one on each citation, by each."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, NamedTuple

from pydantic import Field
from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from policyqa.index.types import Value
from policyqa.ui.errors import StoreError
from policyqa.ui.store.audit import note
from policyqa.ui.store.tables import AnswerRow, FeedbackRow, VerdictRow
from policyqa.ui.store.transactions import Store, transaction

WHOLE = 0  # the place of the verdict on the whole answer; citations count from 1
MAX_COMMENT_CHARS = 1000
LOW_SUPPORT = 0.6
Verdict = Literal[
    "supported", "unsupported", "outdated", "better",
    "right", "partial", "wrong", "unanswered", "unanswerable",
]  # fmt: skip
OF_CITATIONS: dict[Verdict, str] = {
    "supported": "支持", "unsupported": "不支持", "outdated": "过时", "better": "另有更好",
}  # fmt: skip
OF_ANSWERS: dict[Verdict, str] = {
    "right": "正确", "partial": "不完整", "wrong": "有误", "unanswered": "本该回答",
    "unanswerable": "本不该答",
}  # fmt: skip
Show = Literal["unreviewed", "all", "abstained", "low_support", "disliked", "disputed"]
SHOWN: dict[Show, str] = {
    "unreviewed": "未审阅", "all": "全部", "abstained": "未作答", "low_support": "把握不大",
    "disliked": "读者说没有用", "disputed": "意见不一",
}  # fmt: skip


class Better(Value):
    """The passage that a reviewer would rather have cited: `document.text[start:end] == quote`."""

    doc_id: str
    start: int
    end: int
    quote: str


class Review(Value):
    """What one reviewer thinks of one answer: verdicts by the number of the citation, 0 the whole.

    `time` is UTC in ISO 8601, set when it is kept.
    """

    answer_id: str
    reviewer: str
    verdicts: dict[int, Verdict]
    comment: str = Field(default="", max_length=MAX_COMMENT_CHARS)
    better: Better | None = None
    time: str = ""


class Item(NamedTuple):
    """An answer in the stream, with how many have reviewed it and what its reader thought."""

    id: str
    time: str
    question: str
    status: str
    confidence: float
    feedback: str
    reviewers: int
    disputed: bool


class Reviews(Store):
    """The reviews of one service; the audit line of each method is in its transaction."""

    def put(self, review: Review) -> None:
        """Keep a review in place of what the same reviewer thought before.

        Raises:
            StoreError: the answer is not kept, or is not kept any more.
        """
        time = self._now().isoformat(timespec="milliseconds")
        with transaction(self._engine) as session:
            # Held, so that what is sent twice at once is written one after the other.
            if session.get(AnswerRow, review.answer_id, with_for_update=True) is None:
                raise StoreError("这个回答已不在，可能超过了保存期限。")
            mine = VerdictRow.reviewer == review.reviewer
            session.execute(
                delete(VerdictRow).where(mine, VerdictRow.answer_id == review.answer_id)
            )
            session.add_all(_rows(review, time))
            said: dict[str, object] = {str(n): v for n, v in review.verdicts.items()}
            if review.comment:
                said["comment"] = review.comment
            if review.better:
                said["better"] = review.better.quote
            note(session, self._now(), review.reviewer, "reviewed", review.answer_id, **said)

    def of(self, answer_id: str) -> list[Review]:
        """All reviews of an answer, the first reviewer's first."""
        wanted = select(VerdictRow).where(VerdictRow.answer_id == answer_id)
        with transaction(self._engine) as session:
            return _grouped(list(session.scalars(wanted.order_by(VerdictRow.time))))

    def stream(self, show: Show, *, count: int, before: str = "") -> list[Item]:
        """Answers newest first; older than the answer `before` where it is given."""
        wanted = select(AnswerRow).where(*_filter(show))
        order = (AnswerRow.time.desc(), AnswerRow.id.desc())
        with transaction(self._engine) as session:
            if last := session.get(AnswerRow, before) if before else None:
                later = (AnswerRow.time == last.time) & (AnswerRow.id < last.id)
                wanted = wanted.where((AnswerRow.time < last.time) | later)
            return [
                _item(session, row) for row in session.scalars(wanted.order_by(*order).limit(count))
            ]

    def newer(self, show: Show, answer_id: str) -> str:
        """The answer before this one in the stream, "" for none."""
        with transaction(self._engine) as session:
            here = session.get(AnswerRow, answer_id)
            if here is None:
                return ""
            newer = (AnswerRow.time > here.time) | (
                (AnswerRow.time == here.time) & (AnswerRow.id > here.id)
            )
            wanted = select(AnswerRow.id).where(newer, *_filter(show))
            order = (AnswerRow.time, AnswerRow.id)
            return session.scalar(wanted.order_by(*order).limit(1)) or ""

    def counts(self) -> dict[Show, int]:
        """How many answers each filter shows."""
        with transaction(self._engine) as session:
            return {
                show: session.scalar(
                    select(func.count()).select_from(AnswerRow).where(*_filter(show))
                )
                or 0
                for show in SHOWN
            }

    def every(self) -> Iterator[tuple[Item, Review]]:
        """Every review with its answer, oldest answer first."""
        reviewed = exists().where(VerdictRow.answer_id == AnswerRow.id)
        wanted = select(AnswerRow).where(reviewed).order_by(AnswerRow.time, AnswerRow.id)
        with transaction(self._engine) as session:
            for row in session.scalars(wanted):
                verdicts = select(VerdictRow).where(VerdictRow.answer_id == row.id)
                for review in _grouped(list(session.scalars(verdicts.order_by(VerdictRow.time)))):
                    yield _item(session, row), review


def disagreements(reviews: list[Review]) -> frozenset[int]:
    """The places (0 the whole, else citations) on which two reviewers think otherwise."""
    said: dict[int, set[str]] = defaultdict(set)
    for review in reviews:
        for place, verdict in review.verdicts.items():
            said[place].add(verdict)
    return frozenset(place for place, verdicts in said.items() if len(verdicts) > 1)


def _filter(show: Show) -> tuple[ColumnElement[bool], ...]:
    reviewed = exists().where(VerdictRow.answer_id == AnswerRow.id)
    answered = AnswerRow.status == "answered"
    down = exists().where(FeedbackRow.answer_id == AnswerRow.id, FeedbackRow.verdict == "down")
    places = (
        select(VerdictRow.answer_id)
        .group_by(VerdictRow.answer_id, VerdictRow.citation)
        .having(func.count(VerdictRow.verdict.distinct()) > 1)
    )
    filters: dict[Show, tuple[ColumnElement[bool], ...]] = {
        "all": (),
        "unreviewed": (~reviewed,),
        "abstained": (AnswerRow.status == "abstained",),
        "low_support": (answered, AnswerRow.confidence < LOW_SUPPORT),
        "disliked": (down,),
        "disputed": (AnswerRow.id.in_(places),),
    }
    return filters[show]


def _item(session: Session, row: AnswerRow) -> Item:
    verdicts = list(session.scalars(select(VerdictRow).where(VerdictRow.answer_id == row.id)))
    reviews = _grouped(verdicts)
    feedback = session.get(FeedbackRow, row.id)
    return Item(
        id=row.id,
        time=row.time,
        question=row.question,
        status=row.status,
        confidence=row.confidence,
        feedback=feedback.verdict if feedback else "",
        reviewers=len(reviews),
        disputed=bool(disagreements(reviews)),
    )


def _rows(review: Review, time: str) -> list[VerdictRow]:
    """The first of them, of the whole where it was judged, carries what was said beside."""
    better = review.better.model_dump() if review.better else None
    return [
        VerdictRow(
            answer_id=review.answer_id,
            reviewer=review.reviewer,
            citation=place,
            time=time,
            verdict=review.verdicts[place],
            comment="" if nth else review.comment,
            better=None if nth else better,
        )
        for nth, place in enumerate(sorted(review.verdicts))
    ]


def _grouped(rows: list[VerdictRow]) -> list[Review]:
    by_reviewer: dict[str, list[VerdictRow]] = defaultdict(list)
    for row in rows:
        by_reviewer[row.reviewer].append(row)
    return [_review(of_one) for of_one in by_reviewer.values()]


def _review(rows: list[VerdictRow]) -> Review:
    rows = sorted(rows, key=_place)
    first = rows[0]
    return Review.model_validate(
        {
            "answer_id": first.answer_id,
            "reviewer": first.reviewer,
            "time": first.time,
            "verdicts": {row.citation: row.verdict for row in rows},
            "comment": first.comment,
            "better": first.better,
        }
    )


def _place(row: VerdictRow) -> int:
    return row.citation
