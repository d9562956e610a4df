"""How the desk's plots look, by day and by night."""

from typing import Any

LIGHT = {
    "ink": "#24211f", "soft": "#6b625c", "one": "#9f2428", "two": "#c9bdb4", "three": "#1f5fa8",
}  # fmt: skip
DARK = {
    "ink": "#f0ebe6", "soft": "#b3a89f", "one": "#f19a92", "two": "#5d554f", "three": "#8ab4e8",
}  # fmt: skip


def style_of(colours: dict[str, str]) -> dict[str, Any]:
    """matplotlib's settings for these colours."""
    ink = colours["ink"]
    return {
        **{f"{thing}.color": ink for thing in ("text", "xtick", "ytick")},
        **{f"axes.{thing}color": ink for thing in ("edge", "label")},
        "savefig.transparent": True,
        "font.size": 11,
    }
