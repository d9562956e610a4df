"""Pictures of an evaluation as SVG, to stand in a page that needs no other file.

Drawn by matplotlib; text stays text, so that the reader's own fonts show it. Labels are Chinese
and English at once.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from policyqa.eval.judge.figures import CurvePoint, Group
from policyqa.eval.judge.judging import Row, is_wrong
from policyqa.eval.judge.metrics import percentile
from policyqa.qa.pictures import HEIGHT_IN, legend, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EM_IN = 0.125  # of a full-width sign at 9 points
LABEL_CHARS = 24
MANY = 30  # types beyond which only the most frequent are drawn
BLUE, RED, GREY, PALE = "#1f5fa8", "#b3261e", "#5f6368", "#a9c4e4"
UNREFERRED = re.compile(r'<g id="[^"]*">')


def success_by_type(groups: Mapping[str, Group]) -> str:
    """Bars of success@1 and success@5 for each type that has them; "" where none has."""
    judged = {k: g for k, g in groups.items() if g.retrieval.success_at_1 is not None}
    frequent = sorted(judged, key=lambda name: -judged[name].n)[:MANY]
    chosen = [name for name in judged if name in frequent][::-1]
    if not chosen:
        return ""
    labels = [f"{_short(name)} ({judged[name].n})" for name in chosen]
    left = max(map(_width, labels)) * EM_IN + 0.2

    def draw(axes: "Axes") -> None:
        places = range(len(chosen))
        five = [judged[name].retrieval.success_at_5 or 0 for name in chosen]
        one = [judged[name].retrieval.success_at_1 or 0 for name in chosen]
        axes.barh(places, five, height=0.7, color=PALE, label="success@5")
        axes.barh(places, one, height=0.35, color=BLUE, label="success@1")
        axes.set_yticks(list(places), labels)
        axes.set_xlim(0, 1)
        legend(axes)

    return _svg(draw, height=0.8 + 0.26 * len(chosen), left=left, label="success@k")


def coverage_error(curve: Sequence[CurvePoint]) -> str:
    """Share of wrong answers over share answered; "" without a point."""
    if not curve:
        return ""

    def draw(axes: "Axes") -> None:
        coverage, error = [p.coverage for p in curve], [p.error for p in curve]
        axes.plot(coverage, error, color=BLUE, drawstyle="steps-post")
        axes.plot(coverage[-1], error[-1], "o", color=RED)
        axes.annotate(
            f"{coverage[-1]:.2f}, {error[-1]:.3f}",
            (coverage[-1], error[-1]),
            xytext=(-6, 8),
            textcoords="offset points",
            ha="right",
        )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, min(1.05, max(0.1, 1.3 * max(error))))
        axes.set_xlabel("作答比例 coverage")
        axes.set_ylabel("答错比例 error")

    return _svg(draw, label="coverage / error")


def lengths(rows: Sequence[Row]) -> str:
    """How long the answers are, those that are wrong apart; "" without an answer."""
    known = [(r.answers.answer_chars, bool(is_wrong(r))) for r in rows]
    right = [chars for chars, wrong in known if chars is not None and not wrong]
    wrong = [chars for chars, bad in known if chars is not None and bad]
    if not right and not wrong:
        return ""

    def draw(axes: "Axes") -> None:
        names = ["其余 others", "答错 wrong"]
        axes.hist([right, wrong], bins=25, stacked=True, color=[PALE, RED], label=names)
        axes.set_xlabel("答案字数 characters of the answer")
        axes.set_ylabel("题数 questions")
        legend(axes)

    return _svg(draw, label="answer length")


def latency(rows: Sequence[Row]) -> str:
    """How long asks took, and of it the embedding of the query; "" without one."""
    timed = [row for row in rows if row.status != "error"]
    if not timed:
        return ""

    def draw(axes: "Axes") -> None:
        total = [row.total_ms for row in timed]
        embed = [row.embed_ms for row in timed]
        top = _usual(total)
        edges = [top * n / 30 for n in range(31)]
        within = [[min(ms, top) for ms in of] for of in (total, embed)]
        axes.hist(within[0], bins=edges, color=PALE, label="整个问答 ask")
        axes.hist(within[1], bins=edges, histtype="step", color=GREY, label="嵌入问题 embedding")
        axes.set_xlabel("毫秒 ms")
        axes.set_ylabel("题数 questions")
        legend(axes)

    return _svg(draw, label="latency")


def _usual(values: Sequence[float]) -> float:
    """What all but one in a hundred are below; the few beyond would flatten the rest."""
    return max(percentile(values, 99), 1e-3)


def _short(name: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in name)
    return printable if len(printable) <= LABEL_CHARS else printable[:LABEL_CHARS] + "…"


def _width(text: str) -> float:
    """In full-width signs."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.6 for c in text)


def _svg(
    draw: Callable[["Axes"], None], *, label: str, height: float = HEIGHT_IN, left: float = 0.7
) -> str:
    """One picture of several on a page, which share its ids."""
    return UNREFERRED.sub("<g>", svg(draw, label=label, height=height, left=left))
