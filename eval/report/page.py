"""An evaluation as one page for a person: Chinese and English, plots, and what failed.

It needs no other file and runs no script; every value is escaped.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from policyqa.eval.judge.evaluate import Evaluation
from policyqa.eval.judge.figures import Entry, Figures, entries
from policyqa.eval.judge.judging import Row, outcome
from policyqa.eval.report import plots
from policyqa.eval.runs.baselines import NAMES
from policyqa.eval.runs.recorder import PRODUCT, RunInfo
from policyqa.qa.templates import templates

SHOWN_CHARS = 150
MORE_HITS = 4  # beyond the first, folded
MOST = 100  # failures of one kind that are shown
PRINCIPAL = (
    "retrieval.success_at_1",
    "retrieval.success_at_5",
    "retrieval.recall_at_5",
    "retrieval.mrr_at_10",
    "retrieval.ndcg_at_10",
    "retrieval.answer_in_top_5",
    "answers.accuracy",
    "answers.sentence_support",
    "answers.quote_exact",
    "answers.citation_precision",
    "answers.citation_recall",
    "answers.rejected_cited",
    "abstention.precision",
    "abstention.recall",
    "abstention.f1",
    "abstention.error",
    "latency_ms.p50",
)

FAILINGS = {
    "error": ("出错", "error"),
    "answered": ("不该答却答了", "answered though it should not"),
    "wrong": ("答案里没有应有的内容", "the answer lacks what was wanted"),
    "quote": ("引文与原文不一致", "a quote is not the exact slice"),
    "rejected": ("引了被否定的话", "rejected words are cited"),
    "support": ("有句子在引文里找不到依据", "a sentence is not supported by its quotes"),
    "silent": ("该答未答", "silent though it can be answered"),
    "reason": ("拒答的理由不对", "abstained for another reason"),
    "five": ("前五条没有依据", "no evidence in the first five"),
    "first": ("第一条不是依据", "the first hit holds no evidence"),
}
PASSABLE = frozenset({"first"})  # not a failure where the answer is right


class Line(NamedTuple):
    """A row of a table: its name in both languages, and its cells."""

    title: str
    english: str
    cells: list[str]


def failings(row: Row, *, ranking_only: bool = False) -> list[str]:
    """What went wrong with one question, keys of `FAILINGS`, the worst first.

    Args:
        row: of the question.
        ranking_only: the assistant is a baseline, which says nothing.
    """
    if ranking_only:
        checks = {"error": row.status == "error", **_ranking(row)}
        return [name for name, failed in checks.items() if failed]
    answers = row.answers
    checks = {
        "error": row.status == "error",
        "answered": row.status == "answered" and row.answerable is False,
        "wrong": row.status == "answered" and outcome(row) == "wrong" and bool(row.answerable),
        "quote": answers.quote_exact is not None and answers.quote_exact < 1,
        "rejected": bool(answers.rejected_cited),
        "support": answers.sentence_support is not None and answers.sentence_support < 1,
        "silent": row.status == "abstained" and bool(row.answerable),
        "reason": row.status == "abstained"
        and row.wanted_reason not in ("", row.reason)
        and not row.answerable,
        **_ranking(row),
    }
    found = [name for name, failed in checks.items() if failed]
    return [] if set(found) <= PASSABLE and outcome(row) == "right" else found


def _ranking(row: Row) -> dict[str, bool]:
    found = row.retrieval
    return {
        "five": found.success_at_5 == 0,
        "first": found.success_at_1 == 0 and found.success_at_5 != 0,
    }


def page(
    evaluation: Evaluation,
    *,
    info: RunInfo | None = None,
    beside: Mapping[str, Figures] | None = None,
) -> str:
    """The whole page.

    Args:
        evaluation: figures and rows.
        info: of the run, where it is kept.
        beside: figures of all that were asked together, the product's too, by name.
    """
    figures = evaluation.figures
    only = info is not None and info.contestant in NAMES
    return (
        templates(__package__)
        .get_template("report.html")
        .render(
            figures=figures,
            info=info,
            names=["n", *(beside or {PRODUCT: figures})],
            principal=_principal(beside or {PRODUCT: figures}),
            plots=_plots(evaluation),
            came=sorted({name for line in figures.reasons.values() for name in line}),
            asked=len(evaluation.rows),
            failed=_failed(evaluation.rows, ranking_only=only),
            types=list(figures.by_type),
            every=_every(figures),
            failings=FAILINGS,
            most=MOST,
            more_hits=MORE_HITS,
            cut=_cut,
            excerpt=_excerpt,
            rank=_rank,
        )
    )


def _principal(columns: Mapping[str, Figures]) -> list[Line]:
    """The figures that are looked at first, of all that were asked together; a baseline says
    nothing, so that of what is said it has none."""
    each = {name: {e.key: e for e in entries(figures)} for name, figures in columns.items()}
    lines = []
    for key in PRINCIPAL:
        found = [of[key] for of in each.values()]
        if any(entry.value is not None for entry in found):
            known = next((entry.certainty for entry in found if entry.certainty), None)
            shown = [
                "–"
                if name in NAMES and not key.startswith(("retrieval", "latency"))
                else entry.shown(interval=True)
                for name, entry in zip(each, found, strict=True)
            ]
            lines.append(_line(found[0], [str(known.n) if known else "", *shown]))
    return [*lines, _time_ratios(list(columns.values()))] if len(columns) > 1 else lines


def _time_ratios(columns: Sequence[Figures]) -> Line:
    own = columns[0].latency_ms.p50
    ratios = [
        f"{figures.latency_ms.p50 / own:.2f}" if figures.latency_ms.p50 and own else "–"
        for figures in columns
    ]
    title, english = f"耗时 ÷ {PRODUCT}（同一次）", f"time ÷ {PRODUCT}, same run"
    return Line(title, english, ["", *ratios])


def _line(entry: Entry, values: list[str]) -> Line:
    return Line(entry.title, entry.english, values)


def _plots(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    """The pictures that there is something to draw for, with their names in both languages."""
    figures, rows = evaluation.figures, evaluation.rows
    drawn = [
        ("各类首条与前五命中", "success@1 and @5 by type", plots.success_by_type(figures.by_type)),
        (
            "作答比例与答错比例（越不确定的越靠右）",
            "Coverage against error",
            plots.coverage_error(figures.curve),
        ),
        ("答案长度", "Length of answers", plots.lengths(rows)),
        ("耗时", "Latency", plots.latency(rows)),
    ]
    return [each for each in drawn if each[2]]


def _failed(rows: Sequence[Row], *, ranking_only: bool) -> dict[str, list[tuple[Row, list[str]]]]:
    """Failed questions, each with what happened to it, by the worst of that."""
    groups: dict[str, list[tuple[Row, list[str]]]] = {name: [] for name in FAILINGS}
    for row in rows:
        if why := failings(row, ranking_only=ranking_only):
            groups[why[0]].append((row, why))
    return {name: group for name, group in groups.items() if group}


def _rank(row: Row) -> int | None:
    """Where the first right hit stands, 0 for nowhere; None on the top, or where none is judged."""
    first = row.retrieval.mrr_at_10
    if first is None or first == 1:
        return None
    return round(1 / first) if first else 0


def _excerpt(text: str, row: Row) -> list[tuple[str, bool]]:
    """The text, or what is around a wanted answer, in pieces: each with whether it is wanted."""
    plain = " ".join(text.split())
    strings = [s for line in row.wanted_answers for s in line.split(" / ") if s.strip()]
    places = [plain.find(s) for s in strings if s in plain]
    start = max(0, min(places) - SHOWN_CHARS // 2) if places else 0
    shown = plain[start : start + SHOWN_CHARS]
    dots = ("…" if start else "", "…" if start + SHOWN_CHARS < len(plain) else "")
    pattern = "|".join(re.escape(s) for s in sorted(set(strings), key=len, reverse=True))
    pieces = re.split(f"({pattern})", shown) if strings else [shown]
    marked = [(piece, n % 2 == 1) for n, piece in enumerate(pieces)]
    return [(dots[0], False), *marked, (dots[1], False)]


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN_CHARS else plain[:SHOWN_CHARS] + "…"


def _every(figures: Figures) -> list[Line]:
    """Every figure, whole and by type."""
    types = [list(entries(group)) for group in figures.by_type.values()]
    counts = [(figures.n, figures.errors), *((g.n, g.errors) for g in figures.by_type.values())]
    lines = [
        Line("问题数", "questions", [str(n) for n, _ in counts]),
        Line("出错数", "errors", [str(errors) for _, errors in counts]),
    ]
    for place, entry in enumerate(entries(figures)):
        values = [entry.shown(bounds=True), *(of[place].shown() for of in types)]
        lines.append(_line(entry, values))
    return lines
