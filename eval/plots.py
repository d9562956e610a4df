"""Pictures of an evaluation as SVG, to stand in a page that needs no other file.

Drawn by matplotlib; text stays text, so that the reader's own fonts show it. Labels are Chinese
and English at once.
"""

import io
import logging
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from eval.figures import CurvePoint, Group
from eval.judging import Row, is_wrong
from eval.metrics import percentile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONTS = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "DejaVu Sans"]
WIDTH_IN, HEIGHT_IN = 5.6, 3.0
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
        _legend(axes)

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
        _legend(axes)

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
        _legend(axes)

    return _svg(draw, label="latency")


def _legend(axes: "Axes") -> None:
    """Above the picture, where it hides nothing."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)


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
    """One picture as an `<svg>` element."""
    with _quiet():
        from matplotlib import rc_context
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        style: dict[Any, Any] = {
            "font.family": FONTS,
            "font.size": 9,
            "svg.fonttype": "none",
            "svg.hashsalt": label,
            "text.parse_math": False,  # a type's name may hold a $
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
        with rc_context(style):
            picture = Figure(figsize=(WIDTH_IN, height))
            FigureCanvasSVG(picture)
            axes = picture.add_axes(
                (
                    left / WIDTH_IN,
                    0.5 / height,
                    (WIDTH_IN - left - 0.15) / WIDTH_IN,
                    (height - 0.8) / height,
                )
            )
            draw(axes)
            file = io.StringIO()
            picture.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    element = file.getvalue()
    element = element[element.index("<svg") :]
    element = UNREFERRED.sub("<g>", element)  # several pictures share one page's ids
    return element.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


@contextmanager
def _quiet() -> Iterator[None]:
    """Fonts that this machine lacks are the reader's matter."""
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        logger.setLevel(level)
