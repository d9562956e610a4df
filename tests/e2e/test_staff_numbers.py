"""The figures of the service as plots, with their tables."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from policyqa.qa.types import Question
from tests.e2e.test_accessibility import faults
from tests.e2e.test_staff_login import log_in
from tests.e2e.test_visit import small
from tests.e2e.visitor import Site, Visitor
from tests.ui_fake import FakeAssistant

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "light"), (1440, "dark")])
def test_plots_and_tables(visit: Visit, site: Site, shoot: Shoot, width: int, scheme: str) -> None:
    for n, question in enumerate(("攻击", "外籍人才", "博士后有什么补助", "博士后补助")):
        site.records.keep(FakeAssistant().ask(Question(id=f"number{n}", question=question)))
    visitor = visit(width=width, color_scheme=scheme)
    page = visitor.page
    page.goto(f"{site.url}staff/numbers")
    log_in(visitor, "reader1")
    expect(page.locator("h1")).to_have_text("数字")
    pictures = page.locator("figure img")
    expect(pictures).to_have_count(3)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("picture => picture.naturalWidth") > 0
    expect(page.get_by_role("region", name="每天的数字").locator("tbody tr")).to_have_count(1)
    page.evaluate("scrollTo(0, 0)")
    shoot(visitor, f"staff-40-numbers-{scheme}")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert small(page.locator("main a, main button")) == []
