"""Answers that take their time: the page says so, and stays a page."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from policyqa.qa.types import Answer, Question
from policyqa.ui.assistant import Assistant
from tests.e2e.visitor import Visitor
from tests.ui_fake import FakeAssistant

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]
SLOW_S = 2.5


class SlowAssistant(FakeAssistant):
    """Thinks about every question."""

    def ask(self, question: Question) -> Answer:
        time.sleep(SLOW_S)
        return super().ask(question)


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return SlowAssistant()


def ask(visitor: Visitor, question: str) -> None:
    visitor.page.fill("#question textarea", question)
    visitor.page.keyboard.press("Enter")


def test_a_slow_answer_is_announced_and_then_stands_in_its_place(
    visit: Visit, shoot: Shoot
) -> None:
    visitor = visit()
    page = visitor.page
    ask(visitor, "博士后留渝有什么补助？")
    expect(page.locator("#chat .asked")).to_have_text("博士后留渝有什么补助？", timeout=1500)
    expect(page.locator("#chat .pending")).to_have_text("正在查阅文件…")
    shoot(visitor, "28-pending")
    expect(page.locator("#chat .answered .sources")).to_be_visible()
    expect(page.locator("#chat .pending")).to_have_count(0)


def test_a_new_conversation_leaves_a_slow_answer_behind(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    ask(visitor, "博士后留渝有什么补助？")
    page.locator("#chat .pending").wait_for()
    page.get_by_role("button", name="新对话").click()
    expect(page.locator("#chat .welcome")).to_be_visible()
    page.wait_for_timeout(1000 * SLOW_S + 500)
    expect(page.locator("#chat .asked")).to_have_count(0)
    ask(visitor, "高技能人才有哪些奖励？")
    expect(page.locator("#chat .answered .sources")).to_be_visible()
    expect(page.locator("#chat .asked")).to_have_text(["高技能人才有哪些奖励？"])


def test_two_visitors_wait_beside_each_other(visit: Visit) -> None:
    visitors = [visit(), visit()]
    begun = time.monotonic()
    for visitor in visitors:
        ask(visitor, "博士后留渝有什么补助？")
    for visitor in visitors:
        expect(visitor.page.locator("#chat .answered .sources")).to_be_visible()
    assert time.monotonic() - begun < 2 * SLOW_S


def test_what_is_asked_twice_in_haste_is_asked_once_or_twice_but_answered(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    ask(visitor, "博士后留渝有什么补助？")
    page.keyboard.press("Enter")  # nothing more is in the box
    expect(page.locator("#chat .answered .sources")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator("#chat .asked")).to_have_count(1)
