"""The last evaluations with their figures as plots and tables, and what changed between two."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse

from policyqa.qa.errors import RunError
from policyqa.qa.evaluations import ChangedFigure, Evaluations, KeptRun
from policyqa.qa.pictures import legend, svg
from policyqa.ui.staff.desk import PICTURE, Reader, page
from policyqa.ui.staff.plots import DARK, LIGHT, style_of
from policyqa.ui.staff.sessions import FOLDER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RUNS = 20  # of one set of questions, the latest
QUESTIONS = 100
LABELS = 6
NAME_CHARS = 8
MARKS = ("o-", "s--", "^-.", "D:")
TREND = "各次评测的主要指标"
CHANGE = "差和它的 95 % 区间"
# The page of a run is a document of its own: it may style itself, and load and run nothing.
REPORT = PICTURE | {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"
}

Name = Annotated[str, Query(max_length=200)]


def build_evaluations(evaluations: Evaluations) -> APIRouter:
    """`/staff/evaluations`, its pictures, two runs compared, and the page of each run."""
    router = APIRouter(prefix=FOLDER)

    @router.get("/evaluations")
    def shown(request: Request, found: Reader) -> HTMLResponse:
        runs = evaluations.runs()
        faulty = [run for run in runs if run.fault]
        return page(
            request, "evaluations.html", found, sets=by_questions(runs), faulty=faulty, label=TREND
        )

    @router.get("/evaluations.svg")
    def trend(found: Reader, questions: Name, dark: bool = False) -> Response:
        runs = by_questions(evaluations.runs()).get(questions)
        if not runs:
            raise HTTPException(404, "没有这套题的评测。")
        return _picture(trend_picture(runs, DARK if dark else LIGHT))

    @router.get("/evaluations/compare")
    def compared(request: Request, found: Reader, before: Name, after: Name) -> HTMLResponse:
        try:
            both = evaluations.compare(before, after)
        except RunError as error:
            raise HTTPException(404, f"{error}。") from error
        shown = both.questions[:QUESTIONS]
        return page(
            request, "comparison.html", found, both=both, questions=shown, label=CHANGE,
            worse=sum(question.gain < 0 for question in both.questions),
        )  # fmt: skip

    @router.get("/evaluations/compare.svg")
    def change(found: Reader, before: Name, after: Name, dark: bool = False) -> Response:
        try:
            both = evaluations.compare(before, after)
        except RunError as error:
            raise HTTPException(404, f"{error}。") from error
        return _picture(change_picture(both.figures, DARK if dark else LIGHT))

    @router.get("/evaluations/{name}/report")
    def report(found: Reader, name: str) -> HTMLResponse:
        try:
            return HTMLResponse(evaluations.report(name), headers=REPORT)
        except RunError as error:
            raise HTTPException(404, f"{error}。") from error

    return router


def by_questions(runs: Sequence[KeptRun]) -> dict[str, list[KeptRun]]:
    """The runs of each set of questions, that with the latest run first."""
    found: dict[str, list[KeptRun]] = {}
    for run in runs:
        if not run.fault and len(of_one := found.setdefault(run.questions, [])) < RUNS:
            of_one.append(run)
    return found


def _picture(drawn: str) -> Response:
    return Response(drawn, media_type="image/svg+xml", headers=PICTURE)


def trend_picture(runs: Sequence[KeptRun], colours: dict[str, str]) -> str:
    """The shares of the product's runs, the earliest on the left, as SVG."""
    own = [run for run in reversed(runs) if run.product]
    places = list(range(len(own)))
    inks = [colours[name] for name in ("three", "one", "ink", "soft")]

    def draw(axes: "Axes") -> None:
        for number, figure in enumerate(own[0].figures if own else ()):
            if not figure.drawn:
                continue
            values = [run.figures[number].value for run in own]
            known = [(at, value) for at, value in zip(places, values, strict=True)
                     if value is not None]  # fmt: skip
            if known:
                nth = len(axes.lines) % len(MARKS)
                at, heights = zip(*known, strict=True)
                axes.plot(at, heights, MARKS[nth], color=inks[nth], label=figure.title)
        step = 1 + len(own) // LABELS
        names = [f"{run.name[:NAME_CHARS]}\n{run.finished[5:10]}" for run in own]
        axes.set_xticks(places[::step], names[::step])
        axes.set_xlim(-0.5, max(len(own), 1) - 0.5)
        axes.set_ylim(0, 1.02)
        if axes.lines:
            legend(axes)

    return svg(draw, label=TREND, height=3.4, above=0.75, style=style_of(colours))


def change_picture(figures: Sequence[ChangedFigure], colours: dict[str, str]) -> str:
    """How much each share changed and how surely, as SVG."""
    lines = [
        (figure.title, figure.difference, figure.low, figure.high)
        for figure in figures
        if figure.share
    ]

    def draw(axes: "Axes") -> None:
        axes.axvline(0, color=colours["two"], linewidth=1)
        for place, (_, difference, low, high) in enumerate(lines):
            if difference is not None and low is not None and high is not None:
                axes.plot([low, high], [place, place], color=colours["three"], linewidth=2)
                axes.plot([difference], [place], "o", color=colours["three"])
        axes.set_yticks(range(len(lines)), [title for title, *_ in lines])
        axes.set_ylim(len(lines) - 0.5, -0.5)

    height = 0.8 + 0.28 * max(len(lines), 1)
    return svg(draw, label=CHANGE, height=height, left=1.9, style=style_of(colours))
