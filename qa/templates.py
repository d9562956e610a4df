"""Pages by Jinja2, in which everything that is put in is data, and escaped."""

from collections.abc import Callable
from functools import cache
from html import escape as html_escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def templates(package: str, escape: Callable[[str], str] = html_escape) -> "Environment":
    """The templates in the folder `templates` of a package; to leave a value out is an error.

    Args:
        package: its full name.
        escape: what is done to each value, unless it is markup by itself (of a macro, or by
            `safe`). Markdown has marks of its own; and Jinja2's way to escape writes quotation
            marks otherwise than Python's, by which receipts of earlier versions are compared.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def escaped(value: object) -> object:
        return value if hasattr(value, "__html__") else Markup(escape(str(value)))  # nosec B704: just escaped

    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=escaped,
        trim_blocks=True,
        lstrip_blocks=True,
    )
