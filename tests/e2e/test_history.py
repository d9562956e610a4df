"""Conversations that the browser remembers: after a reload, in the list, under another name."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_visit import small
from tests.e2e.visitor import Visitor
from tests.ui_fake import ATTACK

pytestmark = [pytest.mark.e2e]
WIDTHS = pytest.mark.parametrize("width", [1440, 390])
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]
FIRST, SECOND = "博士后留渝有什么补助？", "外籍人才"


def start_over(page: Page) -> None:
    page.get_by_role("button", name="新对话").click()
    expect(page.locator("#chat .example").first).to_be_visible()


def test_a_conversation_is_there_after_a_reload_and_goes_on(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    visitor.ask(FIRST)
    visitor.ask("那高技能人才呢？")
    page.reload()
    expect(page.locator("#chat .asked")).to_have_text([FIRST, "那高技能人才呢？"])
    page.locator("#chat .said a.mark").first.click()
    expect(page.locator("#panel mark")).to_contain_text("15万元")
    page.keyboard.press("Escape")
    visitor.ask("那高技能人才呢？")
    expect(page.locator("#chat .said").last).to_contain_text("2万元")


@WIDTHS
def test_an_earlier_conversation_is_opened_renamed_and_deleted(
    visit: Visit, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width, has_touch=True)
    page = visitor.page
    visitor.ask(FIRST)
    start_over(page)
    visitor.ask(SECOND)
    page.get_by_role("button", name="历史", exact=True).click()
    listed = page.locator("#conversations .open")
    expect(listed).to_have_text([SECOND, FIRST])
    expect(listed.first).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name=f"改名：{FIRST}").click()
    page.get_by_role("textbox", name="对话名称").fill(ATTACK[:50])
    page.keyboard.press("Enter")
    expect(listed).to_have_text([SECOND, ATTACK[:50].strip()])
    shoot(visitor, "16-history")
    assert small(page.locator("#conversations button")) == []
    assert page.locator("#conversations img, #conversations script").count() == 0
    listed.last.click()
    expect(page.locator("#chat .asked")).to_have_text([FIRST])
    page.get_by_role("button", name="历史", exact=True).click()
    expect(listed).to_have_text([ATTACK[:50].strip(), SECOND])
    page.get_by_role("button", name=f"删除：{SECOND}").click()
    expect(listed).to_have_text([ATTACK[:50].strip()])
    page.keyboard.press("Escape")
    expect(page.locator("#conversations")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_another_browser_knows_nothing_of_it(visit: Visit) -> None:
    visit().ask(FIRST)
    other = visit().page
    other.get_by_role("button", name="历史", exact=True).click()
    expect(other.locator("#conversations")).to_contain_text("还没有对话")


def test_the_browser_keeps_no_text_of_an_answer(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(FIRST)
    stored = visitor.page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    assert "补助？" in stored
    assert "15万元" not in stored


def test_what_a_browser_claims_to_remember_is_only_asked_for(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.evaluate(
        """() => {
        const forged = [{id: 'x', title: '<img src=x>', answers: ['none', {a: 1}, null]},
            {id: 'y', title: 'y', answers: 'no'}, 7];
        localStorage.setItem('policyqa.conversations', JSON.stringify(forged)); }"""
    )
    page.reload()
    page.get_by_role("button", name="历史", exact=True).click()
    page.locator("#conversations .open").click()
    expect(page.locator("#panel")).to_contain_text("已超过保存期限")
    assert page.locator("#conversations img").count() == 0
    page.keyboard.press("Escape")
    visitor.ask(FIRST)


def test_an_earlier_question_is_edited_and_asked_again(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    visitor.ask(FIRST)
    visitor.ask(SECOND)
    page.get_by_role("link", name="修改").first.click()
    expect(page.locator("#question textarea")).to_have_value(FIRST)
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#chat .asked")).to_have_count(0)
    visitor.ask("博士后")
    expect(page.locator("#chat .asked")).to_have_text(["博士后"])


@WIDTHS
def test_what_was_told_is_shown_and_forgotten_at_a_click(
    visit: Visit, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width, has_touch=True)
    page = visitor.page
    visitor.ask("我36岁，博士后有什么补助？")
    expect(page.locator("#chat .told")).to_have_count(0)
    visitor.ask("那高技能人才呢？")
    expect(page.locator("#chat .understood")).to_have_text("按“我36岁 那高技能人才呢？”理解")
    chip = page.get_by_role("link", name="年龄 36岁")
    expect(chip).to_be_visible()
    shoot(visitor, "17-told")
    assert small(page.locator("#chat .told a")) == []
    chip.click()
    expect(page.locator("#chat .told")).to_have_count(0)
    expect(page.locator("#chat .asked")).to_have_count(2)
    visitor.ask("那高技能人才呢？")  # it stays forgotten
    expect(page.locator("#chat .told")).to_have_count(0)
