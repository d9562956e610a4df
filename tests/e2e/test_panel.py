"""The source panel: from one citation to the next, through the whole text, to the original file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.test_visit import small
from tests.e2e.visitor import Visitor
from tests.ui_fake import FIRST, PLAN, SECOND

pytestmark = [pytest.mark.e2e]
WIDTHS = pytest.mark.parametrize("width", [1440, 390])
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]


@WIDTHS
def test_from_one_citation_to_the_next_and_through_the_whole_text(
    visit: Visit, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width, has_touch=True)
    page = visitor.page
    visitor.ask("博士后留渝有什么补助？")
    page.locator("#chat .said a.mark").first.click()
    expect(page.locator("#panel mark")).to_have_text(FIRST)
    expect(page.get_by_role("button", name="上一处")).to_be_disabled()
    page.get_by_role("button", name="下一处").click()
    expect(page.locator("#panel mark")).to_have_text(SECOND)
    expect(page.get_by_role("heading", name="来源 2")).to_be_focused()
    page.get_by_role("button", name="下一处").click()
    expect(page.get_by_role("button", name="下一处")).to_be_disabled()
    page.get_by_role("button", name="上一处").click()
    expect(page.get_by_role("heading", name="来源 2")).to_be_visible()
    page.get_by_role("button", name="查看全文").click()
    page.locator("#panel summary").click()
    shoot(visitor, "15-outline")
    assert small(page.locator("#panel button, #panel summary, #panel a")) == []
    page.get_by_role("button", name="第三章 高技能人才").click()
    text = page.locator("#panel .text")
    place = page.locator(f"#at-{PLAN.text.index('第三章')}")
    expect(place).to_be_in_viewport()
    expect(text).to_be_focused()
    expect(page.locator("#panel details")).not_to_have_attribute("open", "")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.press("Escape")
    expect(page.locator("#chat .said a.mark").first).to_be_focused()


def test_the_original_file_is_downloaded(visit: Visit, tmp_path: Path) -> None:
    visitor = visit()
    visitor.ask("博士后留渝有什么补助？")
    visitor.page.locator("#chat .said a.mark").first.click()
    with visitor.page.expect_download() as begun:
        visitor.page.get_by_role("link", name="下载原文件").click()
    begun.value.save_as(tmp_path / "file")
    assert begun.value.suggested_filename == PLAN.source
    assert (tmp_path / "file").read_text("utf-8") == PLAN.text


def test_a_mark_shows_its_quote_to_the_pointer_and_to_the_focus(visit: Visit, shoot: Shoot) -> None:
    visitor = visit()
    visitor.ask("博士后留渝有什么补助？")
    hint = visitor.page.locator("#hint")
    marks = visitor.page.locator("#chat .said a.mark")
    marks.nth(1).hover()
    expect(hint).to_be_visible()
    expect(hint).to_contain_text(SECOND)
    expect(hint).to_contain_text(PLAN.metadata.title)
    shoot(visitor, "17-hint")
    visitor.page.mouse.move(5, 5)
    expect(hint).to_be_hidden()
    marks.first.focus()
    expect(hint).to_contain_text(FIRST)
    visitor.page.keyboard.press("Escape")
    expect(hint).to_be_hidden()


def test_what_a_mark_shows_is_only_text(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("攻击")
    visitor.page.locator("#chat .said a.mark").hover()
    expect(visitor.page.locator("#hint")).to_contain_text("<script>alert(1)</script>")
    assert visitor.page.locator("#hint img, #hint script, #hint a").count() == 0


def test_the_first_screen_says_what_is_covered(visit: Visit) -> None:
    visitor = visit()
    welcome = visitor.page.locator("#chat .welcome")
    expect(welcome).to_contain_text("已收录 3 份文件，最新的是 2025年6月的《人才与城市双向奔赴》")
    expect(visitor.page.locator("#question textarea")).to_be_focused()
