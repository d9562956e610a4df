"""Narrowing what is asked: chosen by hand, shown with every answer, remembered for the tab."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.test_visit import small
from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_only_policies_are_asked_and_what_is_left_out_is_shown(
    visit: Visit, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width)
    page = visitor.page
    expect(page.locator("#filters .chosen")).to_have_text("全部文件")
    page.locator("#filters summary").click()
    page.get_by_label("政策文件").check()
    shoot(visitor, "18-filters")
    assert small(page.locator("#filters summary, #filters button, #filters select")) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="完成").click()
    expect(page.locator("#filters form")).to_be_hidden()
    expect(page.locator("#filters .chosen")).to_have_text("政策文件")
    visitor.ask("博士后留渝有什么补助？")
    narrowed = page.locator("#chat .narrowed")
    expect(narrowed).to_contain_text("只查：政策文件 · 有 2 份文件没有查")
    shoot(visitor, "19-narrowed")
    narrowed.get_by_role("link", name="人才与城市双向奔赴").click()
    expect(page.locator("#panel h3")).to_have_text("人才与城市双向奔赴")


def test_as_of_a_day_and_all_again(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.locator("#filters summary").click()
    page.locator("#filters input[name=as_of]").fill("2024-12-31")
    page.keyboard.press("Escape")
    expect(page.locator("#filters summary")).to_be_focused()
    expect(page.locator("#filters .chosen")).to_have_text("截至 2024-12-31")
    visitor.ask("博士后留渝有什么补助？")
    expect(page.locator("#chat .narrowed")).to_contain_text("按 2024年12月31日 的文件回答")
    expect(page.locator("#chat .abstained")).to_have_count(1)
    page.locator("#filters summary").click()
    page.get_by_role("button", name="清除").click()
    page.get_by_role("button", name="完成").click()
    expect(page.locator("#filters .chosen")).to_have_text("全部文件")
    visitor.ask("博士后留渝有什么补助？")
    expect(page.locator("#chat .answered .sources")).to_have_count(1)
    expect(page.locator("#chat .narrowed")).to_have_count(1)


def test_years_from_and_to_hold_for_an_example_too_and_after_a_reload(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.locator("#filters summary").press("Enter")
    page.get_by_label("从").select_option("2024")
    page.get_by_label("到").select_option("2024")
    page.locator("#chat .hello").click()  # anywhere else folds the form
    expect(page.locator("#filters form")).to_be_hidden()
    page.reload()
    expect(page.locator("#filters .chosen")).to_have_text("2024—2024")
    page.locator("#chat .example").nth(1).click()
    expect(page.locator("#chat .narrowed")).to_contain_text("只查：2024—2024")


def test_two_visitors_narrow_each_for_himself(visit: Visit) -> None:
    first, second = visit(), visit()
    first.page.locator("#filters summary").click()
    first.page.get_by_label("政策文件").check()
    second.ask("高技能人才有哪些奖励？")
    first.ask("高技能人才有哪些奖励？")
    expect(second.page.locator("#chat .narrowed")).to_have_count(0)
    expect(first.page.locator("#chat .narrowed")).to_have_count(1)
