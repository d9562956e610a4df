"""The page as a reader wants it: its language, the size of its text, contrast, light or dark."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.test_accessibility import faults
from tests.e2e.test_visit import small
from tests.e2e.visitor import Visitor
from tests.ui_fake import PLAN

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]
WIDTHS = pytest.mark.parametrize("width", [1440, 390, 320])


def choose(visitor: Visitor, words: str) -> None:
    """Tick one choice of the dialog of looks."""
    visitor.page.locator("#display").click()
    visitor.page.get_by_label(words, exact=True).check()


def colours(visitor: Visitor, selector: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Colour of the text of an element and of the page behind it, each 0 to 255."""
    found: Any = visitor.page.evaluate(
        "s => [getComputedStyle(document.querySelector(s)).color,"
        "getComputedStyle(document.querySelector('.gradio-container')).backgroundColor]",
        selector,
    )
    text, ground = (
        tuple(float(n) for n in each[each.index("(") + 1 : -1].split(",")[:3]) for each in found
    )
    return text, ground


@WIDTHS
def test_the_interface_speaks_english_and_the_documents_chinese(
    visit: Visit, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width)
    page = visitor.page
    visitor.ask("博士后留渝有什么补助？")
    page.locator("#display").click()
    page.get_by_label("English").click()
    expect(page.get_by_role("button", name="New chat")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.locator("#chat .sources .name")).to_have_text("Sources")  # brought back
    expect(page.locator("#chat .said")).to_contain_text("博士后出站留渝工作")
    expect(page.locator("#chat .sources .about").first).to_contain_text("2024-3-15")
    expect(page.locator("#question button")).to_have_text("Ask")
    mark = page.locator("#chat .said a.mark").first
    expect(mark).to_have_attribute(
        "aria-label", f"Source 1, {PLAN.metadata.title}，第二章 博士后支持, can be opened"
    )
    mark.click()
    expect(page.get_by_role("heading", name="Source 1")).to_be_focused()
    expect(page.get_by_role("button", name="Whole document")).to_be_visible()
    expect(page.locator("#panel dt").first).to_have_text("Issuer")
    shoot(visitor, "20-english-panel")
    page.keyboard.press("Escape")
    visitor.ask("外籍人才有哪些？")
    expect(page.locator("#chat .abstained")).to_contain_text("The documents hold nothing")
    page.get_by_role("button", name="Report this gap").click()
    expect(page.locator("#panel legend, #panel label").first).to_contain_text("More about it")
    page.keyboard.press("Escape")
    shoot(visitor, "21-english")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert faults(page) == []
    page.locator("#display").click()
    page.get_by_label("中文").click()
    expect(page.get_by_role("button", name="新对话")).to_be_visible()


@WIDTHS
def test_larger_text_fits_and_stays(visit: Visit, shoot: Shoot, width: int) -> None:
    visitor = visit(width=width)
    page = visitor.page

    def size() -> float:
        found: float = page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('.said')).fontSize)"
        )
        return found

    visitor.ask("有哪些措施？")
    before = size()
    choose(visitor, "特大")
    page.keyboard.press("Escape")
    assert size() == pytest.approx(1.4 * before, abs=0.2)
    page.reload()
    page.locator("#chat .answered .sources").wait_for()
    assert size() == pytest.approx(1.4 * before, abs=0.2)
    shoot(visitor, "22-larger")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator("#chat .said a.mark").first.click()
    page.locator("#panel mark").first.wait_for()
    shoot(visitor, "23-larger-panel")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_high_contrast_leaves_nothing_soft(visit: Visit, shoot: Shoot) -> None:
    visitor = visit()
    page = visitor.page
    visitor.ask("有哪些措施？")
    choose(visitor, "高")
    visitor.page.keyboard.press("Escape")
    text, ground = colours(visitor, "#chat .sources .about")
    assert min(ground) - max(text) > 220  # nearly black on white
    shoot(visitor, "24-contrast")
    assert faults(page) == []
    choose(visitor, "深色")
    visitor.page.keyboard.press("Escape")
    text, ground = colours(visitor, "#chat .sources .about")
    assert min(text) - max(ground) > 220
    shoot(visitor, "25-contrast-dark")
    assert faults(page) == []


def test_light_and_dark_are_chosen_against_the_system(visit: Visit) -> None:
    visitor = visit(color_scheme="dark")
    page = visitor.page
    assert page.evaluate("document.body.classList.contains('dark')")
    choose(visitor, "浅色")
    assert not page.evaluate("document.body.classList.contains('dark')")
    page.reload()
    page.locator("#chat .example").first.wait_for()
    page.wait_for_timeout(500)
    assert not page.evaluate("document.body.classList.contains('dark')")
    choose(visitor, "跟随系统")
    assert page.evaluate("document.body.classList.contains('dark')")
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(200)
    assert not page.evaluate("document.body.classList.contains('dark')")


def test_the_dialog_of_looks_is_for_the_keyboard_too(visit: Visit, shoot: Shoot) -> None:
    visitor = visit(width=390)
    page = visitor.page
    page.locator("#display").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="显示设置")).to_be_visible()
    assert small(page.locator("#display-settings label, #display-settings button")) == []
    shoot(visitor, "26-looks")
    assert faults(page) == []
    page.get_by_label("大", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("#display-settings")).to_be_hidden()
    stored = page.evaluate("localStorage.getItem('policyqa.looks')")
    assert json.loads(stored) == {"size": "large"}
    expect(page.locator("#display")).to_be_focused()


def test_a_broken_store_of_the_browser_breaks_nothing(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.evaluate(
        "() => { localStorage.setItem('policyqa.looks', 'null');"
        "sessionStorage.setItem('policyqa.filters', '[1'); }"
    )
    page.reload()
    visitor.ask("博士后留渝有什么补助？")
    expect(page.locator("#chat .answered")).to_have_count(1)
