"""What axe-core finds on each state of the page: nothing serious, in light and in dark."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]
SERIOUS = {"serious", "critical"}


def faults(page: Page) -> list[tuple[str, str, str]]:
    """Rule, help and place of each serious fault."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        (fault["id"], fault["help"], node["html"][:160])
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(visit: Visit, width: int, scheme: str) -> None:
    visitor = visit(width=width, color_scheme=scheme)
    page = visitor.page
    assert faults(page) == []
    visitor.ask("有哪些措施")
    assert faults(page) == []
    page.locator("#chat .said a.mark").first.click()
    expect(page.locator("#panel mark").first).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="查看全文").click()
    expect(page.locator("#panel summary")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    visitor.ask("外籍人才")
    page.get_by_role("button", name="请补充这方面的文件").click()
    expect(page.locator("#panel textarea")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="历史", exact=True).click()
    expect(page.locator("#conversations")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("width", [1440, 768, 390, 320])
def test_it_fits_from_320_px_on(visit: Visit, shoot: Shoot, width: int) -> None:
    visitor = visit(width=width)
    page = visitor.page
    across = "document.documentElement.scrollWidth"
    shoot(visitor, "18-fits-empty")
    assert page.evaluate(across) == width
    visitor.ask("有哪些措施")
    shoot(visitor, "18-fits-answered")
    assert page.evaluate(across) == width
    expect(page.locator("#question textarea")).to_be_in_viewport()
    expect(page.get_by_role("button", name="新对话")).to_be_in_viewport(ratio=1)
    page.locator("#chat .said a.mark").first.click()
    expect(page.locator("#panel mark").first).to_be_visible()
    shoot(visitor, "18-fits-panel")
    assert page.evaluate(across) == width
    expect(page.get_by_role("button", name="关闭")).to_be_in_viewport(ratio=1)
    if width <= 900:  # nothing of the conversation lies over the panel
        expect(page.locator(".scroll-down-button-container")).to_be_hidden()
