"""Two runs side by side: what changed, how surely, and which questions it was."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from policyqa.eval.judge.certainty import parts_of
from policyqa.eval.judge.figures import Figure, entries
from policyqa.eval.judge.judging import Row, outcome
from policyqa.eval.judge.statistics import Parts, difference_interval, permutation_p
from policyqa.eval.runs.baselines import NAMES
from policyqa.eval.runs.recorder import Run
from policyqa.index.types import Value
from policyqa.qa.errors import RunError

WORTH = {"wrong": -1.0, "error": 0.0, "silent": 0.0, "answered": 0.5, "right": 1.0}


class Difference(Value):
    """One figure of both over the questions that they share. `low` and `high` bound the
    difference (95 %, bootstrap), `p` is that of the paired permutation test."""

    figure: str
    title: str
    n: int
    before: Figure
    after: Figure
    difference: Figure
    low: Figure
    high: Figure
    p: Figure


class Side(Value):
    """How one question did in one run."""

    outcome: str
    rank: int
    top: str
    answer: str


class Change(Value):
    """A question that did otherwise; `gain` is below 0 where it is worse."""

    id: str
    question: str
    type: str
    gain: float
    wanted: tuple[str, ...]
    before: Side
    after: Side


class Comparison(Value):
    """`n` questions are in both; `changes` begin with what became worst."""

    before: str
    after: str
    n: int
    only_before: int
    only_after: int
    same_corpus: bool
    time_ratio: Figure
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]


class Pair(NamedTuple):
    """One question in both runs."""

    before: Row
    after: Row


def compare(before: Run, after: Run) -> Comparison:
    """Compare over the questions that both asked, worded and judged alike.

    Raises:
        RunError: they share no question.
    """
    pairs = _pairs(before.rows, after.rows)
    if not pairs:
        raise RunError(f"{before.info.name} 和 {after.info.name} 没有共同的题目，无法比较")
    ranking_only = any(run.info.contestant in NAMES for run in (before, after))
    return Comparison(
        before=before.info.name,
        after=after.info.name,
        n=len(pairs),
        only_before=len(before.rows) - len(pairs),
        only_after=len(after.rows) - len(pairs),
        same_corpus=before.info.corpus == after.info.corpus,
        time_ratio=_times(before, after),
        differences=_differences(before, pairs, ranking_only=ranking_only),
        changes=_changes(pairs, ranking_only=ranking_only),
    )


def _pairs(before: Sequence[Row], after: Sequence[Row]) -> list[Pair]:
    known = {_asked(row): row for row in before}
    return [Pair(known[_asked(row)], row) for row in after if _asked(row) in known]


def _asked(row: Row) -> tuple[object, ...]:
    """What a question is: its id, words, what came before, and what is wanted."""
    wanted = (row.answerable, row.wanted_answers, row.wanted_evidence)
    return row.id, row.question, row.history, *wanted


def _times(before: Run, after: Run) -> Figure:
    """Median time of an ask, after / before; only a ratio of one machine means something."""
    if before.info.machine != after.info.machine:
        return None
    one, other = before.figures.latency_ms.p50, after.figures.latency_ms.p50
    return other / one if one and other else None


def _differences(
    before: Run, pairs: Sequence[Pair], *, ranking_only: bool
) -> tuple[Difference, ...]:
    titles = {entry.key: entry.title for entry in entries(before.figures)}
    parts = [(parts_of(pair.before), parts_of(pair.after)) for pair in pairs]
    names = [n for n in parts[0][0] if n.startswith("retrieval") or not ranking_only]
    found = []
    for name in names:
        old = np.array([one[name] for one, _ in parts], dtype=np.float64)
        new = np.array([other[name] for _, other in parts], dtype=np.float64)
        if old[:, 1].any() or new[:, 1].any():
            found.append(_difference(name, titles[name], old, new))
    return tuple(found)


def _difference(name: str, title: str, old: Parts, new: Parts) -> Difference:
    before, after = _ratio(old), _ratio(new)
    known = before is not None and after is not None
    bound = difference_interval(old, new) if known else None
    return Difference(
        figure=name,
        title=title,
        n=int(np.count_nonzero(old[:, 1] + new[:, 1])),
        before=before,
        after=after,
        difference=after - before if before is not None and after is not None else None,
        low=bound.low if bound else None,
        high=bound.high if bound else None,
        p=permutation_p(old, new) if known else None,
    )


def _ratio(parts: Parts) -> Figure:
    above, below = parts.sum(axis=0)
    return float(above / below) if below else None


def _changes(pairs: Sequence[Pair], *, ranking_only: bool) -> tuple[Change, ...]:
    """Worst first: what is said wrongly now before what is not said, then by the fall in rank."""
    changed = []
    for before, after in pairs:
        old, new = _side(before), _side(after)
        if ranking_only:
            old, new = _silent(old), _silent(new)
        if (old.outcome, old.rank) != (new.outcome, new.rank):
            changed.append(_change(after, old, new))
    return tuple(sorted(changed, key=lambda change: (change.gain, change.id)))


def _silent(side: Side) -> Side:
    return side.model_copy(update={"outcome": "", "answer": ""})


def _change(row: Row, old: Side, new: Side) -> Change:
    return Change(
        id=row.id,
        question=row.question,
        type=row.type,
        gain=_worth(new) - _worth(old),
        wanted=(*row.wanted_answers, *row.wanted_evidence),
        before=old,
        after=new,
    )


def _worth(side: Side) -> float:
    """An answer counts more than all of a rank."""
    return 2 * WORTH.get(side.outcome, 0.0) + (1 / side.rank if side.rank else 0.0)


def _side(row: Row) -> Side:
    """`rank` of the first hit that is right, 0 where there is none or none is wanted."""
    first = row.retrieval.mrr_at_10
    return Side(
        outcome=outcome(row),
        rank=round(1 / first) if first else 0,
        top=row.hits[0].text if row.hits else "",
        answer=row.answer,
    )
