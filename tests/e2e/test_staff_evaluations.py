"""The last evaluations with their plots, and two of them compared, as a clerk goes through them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from policyqa.eval.runs.contest import Asking, Contestant, hold
from tests.e2e.test_accessibility import faults
from tests.e2e.test_staff_login import log_in
from tests.e2e.test_visit import small
from tests.e2e.visitor import Site, Visitor
from tests.eval_fake import ANSWERS, DATASET, FakeAssistant, said

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]

HOSTILE = "三万元<img src=x onerror=\"document.title='bad'\">，" + "很长的回答" * 30
RUNS = {
    "改前": ANSWERS,
    "改后": ANSWERS | {"对": said("answered", (HOSTILE, ())), "沉默": ANSWERS["对"]},
}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "light"), (1440, "dark")])
def test_what_changed(visit: Visit, site: Site, shoot: Shoot, width: int, scheme: str) -> None:
    for name, answers in RUNS.items():
        if not (site.runs / name).exists():
            asked = Contestant("policyqa", FakeAssistant(answers), {})
            hold([asked], Asking(DATASET, None, None, site.runs, name))
    visitor = visit(width=width, color_scheme=scheme)
    page = visitor.page
    page.goto(f"{site.url}staff")
    log_in(visitor, "reader1")
    page.get_by_role("link", name="评测").first.click()
    expect(page.locator("h1")).to_have_text("评测")
    look(visitor, shoot, f"staff-50-evaluations-{scheme}")
    page.get_by_label("前：改前").check()
    page.get_by_label("后：改后").check()
    page.get_by_role("button", name="比较选中的两次").click()
    expect(page.locator("h1")).to_have_text("比较评测")
    expect(page.locator("section.card").first).to_contain_text("变差")
    expect(page.locator("section.card").first).to_contain_text("前：对 第 1 条")
    expect(page.locator("section.card").first).to_contain_text("<img src=x")
    look(visitor, shoot, f"staff-51-comparison-{scheme}")
    page.locator("section.card").first.scroll_into_view_if_needed()
    shoot(visitor, f"staff-52-changed-{scheme}")
    page.get_by_role("link", name="返回评测").click()
    page.get_by_role("link", name="改后").click()
    expect(page.locator("h1")).to_contain_text("小集")
    assert "bad" not in page.title()


def look(visitor: Visitor, shoot: Shoot, name: str) -> None:
    """The page shows its picture, is wide enough, and everybody can use it."""
    page = visitor.page
    picture = page.locator("figure img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 0
    shoot(visitor, name)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert small(page.locator("main a, main button, main .pick")) == []
    assert "bad" not in page.title()
