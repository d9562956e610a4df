"""How the service is used: counted from what is kept, day by day."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import quantiles
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from policyqa.ui.store.tables import AnswerRow, FeedbackRow
from policyqa.ui.store.transactions import Store, transaction


class Day(NamedTuple):
    """One day of this place's clock; `median_ms` and `slow_ms` (one in twenty takes longer) are
    None where nothing was asked."""

    day: date
    asked: int = 0
    answered: int = 0
    abstained: int = 0
    failed: int = 0
    useful: int = 0
    useless: int = 0
    median_ms: float | None = None
    slow_ms: float | None = None


class Cited(NamedTuple):
    """A document by its file, and in how many answers it was cited."""

    source: str
    answers: int


class Numbers(Store):
    """The figures of one service."""

    def days(self, count: int) -> list[Day]:
        """The last days, today the last of them, also those on which nothing was asked."""
        today = self._now().astimezone().date()
        wanted = select(AnswerRow.time, AnswerRow.status, AnswerRow.total_ms, FeedbackRow.verdict)
        wanted = wanted.outerjoin(FeedbackRow, FeedbackRow.answer_id == AnswerRow.id)
        by_day: dict[date, list[tuple[str, float, str | None]]] = defaultdict(list)
        with transaction(self._engine) as session:
            for time, status, ms, verdict in session.execute(wanted.where(self._since(count))):
                day = datetime.fromisoformat(time).astimezone().date()
                by_day[day].append((status, ms, verdict))
        every = [today - timedelta(days=n) for n in reversed(range(count))]
        return [_day(day, by_day.get(day, [])) for day in every]

    def questions(self, days: int, *, count: int) -> list[str]:
        """The newest questions of the last days."""
        wanted = select(AnswerRow.question).where(self._since(days), AnswerRow.status != "error")
        order = (AnswerRow.time.desc(), AnswerRow.id)
        with transaction(self._engine) as session:
            return list(session.scalars(wanted.order_by(*order).limit(count)))

    def cited(self, days: int) -> list[Cited]:
        """The documents that answers of the last days cite, the most cited first."""
        wanted = select(AnswerRow.answer).where(self._since(days), AnswerRow.status == "answered")
        counts: Counter[str] = Counter()
        with transaction(self._engine) as session:
            for answer in session.scalars(wanted):
                citations = answer.get("citations")
                found = citations if isinstance(citations, list) else []
                counts.update({str(each["source"]) for each in found})
        return [Cited(*pair) for pair in sorted(counts.items(), key=lambda p: (-p[1], p[0]))]

    def _since(self, days: int) -> ColumnElement[bool]:
        """Of the last days, today among them."""
        first = self._now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        since = (first - timedelta(days=days - 1)).astimezone(UTC)
        return AnswerRow.time >= since.isoformat(timespec="milliseconds")


def _day(day: date, rows: Sequence[tuple[str, float, str | None]]) -> Day:
    if not rows:
        return Day(day)
    statuses = Counter(status for status, _, _ in rows)
    verdicts = Counter(verdict for _, _, verdict in rows)
    times = [ms for _, ms, _ in rows]
    cuts = quantiles(times, n=20, method="inclusive") if len(times) > 1 else times * 19
    return Day(
        day=day,
        asked=len(rows),
        answered=statuses["answered"],
        abstained=statuses["abstained"],
        failed=statuses["error"],
        useful=verdicts["up"],
        useless=verdicts["down"],
        median_ms=round(cuts[9], 1),
        slow_ms=round(cuts[18], 1),
    )
