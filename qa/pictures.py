"""Pictures as SVG, drawn by matplotlib: text stays text, so that the reader's own fonts show it."""

import io
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONTS = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "DejaVu Sans"]
WIDTH_IN, HEIGHT_IN = 5.6, 3.0


def svg(
    draw: Callable[["Axes"], None],
    *,
    label: str,
    height: float = HEIGHT_IN,
    left: float = 0.7,
    above: float = 0.3,
    style: Mapping[str, Any] | None = None,
) -> str:
    """One picture as an `<svg>` element.

    Args:
        draw: fills the axes.
        label: what a screen reader says of it.
        height: inches.
        left: inches beside the axes, for the labels there.
        above: inches over the axes, for the legend.
        style: matplotlib's settings beyond ours.
    """
    with _quiet():
        from matplotlib import rc_context
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        chosen: dict[Any, Any] = {
            "font.family": FONTS,
            "font.size": 9,
            "svg.fonttype": "none",
            "svg.hashsalt": label,
            "text.parse_math": False,  # a name may hold a $
            "axes.spines.top": False,
            "axes.spines.right": False,
            **(style or {}),
        }
        with rc_context(chosen):
            picture = Figure(figsize=(WIDTH_IN, height))
            FigureCanvasSVG(picture)
            axes = picture.add_axes(
                (
                    left / WIDTH_IN,
                    0.5 / height,
                    (WIDTH_IN - left - 0.15) / WIDTH_IN,
                    (height - 0.5 - above) / height,
                )
            )
            draw(axes)
            file = io.StringIO()
            picture.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    element = file.getvalue()
    element = element[element.index("<svg") :]
    return element.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def legend(axes: "Axes") -> None:
    """Above the picture, where it hides nothing."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)


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
