"""What the pages of the register have in common: their frame, their style, what they may do."""

from functools import cache
from importlib.resources import files
from typing import Any

from fastapi.responses import HTMLResponse

from policyqa.qa.register.types import FIELDS, KINDS, PERIODS
from policyqa.qa.templates import templates

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "cache-control": "no-store",
}
_templates = templates("policyqa.ui.programmes")


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, in which every value is escaped."""
    shown = _templates.get_template(template).render(
        labels=FIELDS, kinds=KINDS, periods=PERIODS, **values
    )
    return HTMLResponse(shown, status, headers=HEADERS)


@cache
def style() -> str:
    """The style of all these pages."""
    return files(__package__).joinpath("programmes.css").read_text(encoding="utf-8")
