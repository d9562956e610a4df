"""How the service is used, as plots with the tables beside them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse

from policyqa.qa.pictures import legend, svg
from policyqa.ui.assistant import Assistant
from policyqa.ui.staff.desk import PICTURE, Reader, page
from policyqa.ui.staff.plots import DARK, LIGHT, style_of
from policyqa.ui.staff.sessions import FOLDER
from policyqa.ui.store.numbers import Day, Numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAYS = 30
MAX_DAYS = 366
QUESTIONS = 200
TOPICS = 10
DOCUMENTS = 10
PICTURES = {"questions": "每天的提问", "useful": "读者的评价", "latency": "回答用时"}

Days = Annotated[int, Query(ge=1, le=MAX_DAYS)]


def build_numbers(assistant: Assistant, numbers: Numbers) -> APIRouter:
    """`/staff/numbers` and its pictures, `/staff/numbers/{name}.svg`."""
    router = APIRouter(prefix=FOLDER)

    @router.get("/numbers")
    def shown(request: Request, found: Reader, days: Days = DAYS) -> HTMLResponse:
        every = numbers.days(days)
        cited = numbers.cited(days)
        documents = assistant.corpus.documents()
        titles = {d.source: d.metadata.title or d.source for d in documents}
        known = {each.source for each in cited}
        asked = numbers.questions(days, count=QUESTIONS)
        return page(
            request,
            "numbers.html",
            found,
            days=[day for day in reversed(every) if day.asked],
            count=days,
            total=Day(
                every[-1].day,
                *(sum(getattr(day, name) for day in every) for name in Day._fields[1:7]),
            ),
            topics=[(asked[group[0]], len(group)) for group in assistant.groups(asked)[:TOPICS]],
            sampled=len(asked),
            cited=[(titles.get(each.source, each.source), each) for each in cited[:DOCUMENTS]],
            never=[title for source, title in titles.items() if source not in known],
            pictures=PICTURES,
        )

    @router.get("/numbers/{name}.svg")
    def picture(found: Reader, name: str, days: Days = DAYS, dark: bool = False) -> Response:
        if name not in PICTURES:
            raise HTTPException(404, "没有这张图。")
        drawn = drawing(name, numbers.days(days), DARK if dark else LIGHT)
        return Response(drawn, media_type="image/svg+xml", headers=PICTURE)

    return router


def drawing(name: str, days: Sequence[Day], colours: dict[str, str]) -> str:
    """One of `PICTURES` as SVG."""
    places = list(range(len(days)))
    step = max(1, len(days) // 6)

    def draw(axes: "Axes") -> None:
        _DRAWN[name](axes, places, days, colours)
        axes.set_xticks(places[::step], [f"{day.day:%m-%d}" for day in days[::step]])
        axes.set_ylim(0, max(1.0, axes.get_ylim()[1]))
        axes.locator_params(axis="y", integer=name != "latency")
        legend(axes)

    return svg(draw, label=PICTURES[name], style=style_of(colours))


def _questions(
    axes: "Axes", places: list[int], days: Sequence[Day], colours: dict[str, str]
) -> None:
    _stacked(axes, places, [day.answered for day in days], [day.abstained for day in days],
             ("已回答", "未作答"), colours)  # fmt: skip


def _useful(axes: "Axes", places: list[int], days: Sequence[Day], colours: dict[str, str]) -> None:
    _stacked(axes, places, [day.useful for day in days], [day.useless for day in days],
             ("有用", "没有用"), colours)  # fmt: skip


def _stacked(
    axes: "Axes",
    places: list[int],
    below: list[int],
    above: list[int],
    names: tuple[str, str],
    colours: dict[str, str],
) -> None:
    axes.bar(places, below, color=colours["three"], label=names[0])
    axes.bar(places, above, bottom=below, color=colours["two"], label=names[1])


def _latency(axes: "Axes", places: list[int], days: Sequence[Day], colours: dict[str, str]) -> None:
    known = [(n, day) for n, day in zip(places, days, strict=True) if day.median_ms is not None]
    at = [n for n, _ in known]
    axes.plot(
        at, [day.median_ms or 0.0 for _, day in known], "o-", color=colours["three"], label="中位数"
    )
    axes.plot(
        at, [day.slow_ms or 0.0 for _, day in known], "^--", color=colours["one"], label="95%"
    )
    axes.set_xlim(-0.6, len(days) - 0.4)
    axes.set_ylabel("毫秒")


_DRAWN: dict[str, Callable[..., None]] = {
    "questions": _questions, "useful": _useful, "latency": _latency,
}  # fmt: skip
