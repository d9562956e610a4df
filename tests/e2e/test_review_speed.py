"""What the desk itself takes of the half hour in which a clerk reads a hundred answers."""

import statistics
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from policyqa.qa.types import Question
from tests.e2e.test_staff_login import log_in
from tests.e2e.visitor import Site, Visitor
from tests.ui_fake import FakeAssistant

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
COUNT = 100
HALF_HOUR_S = 1800
ASKED = ("博士后有什么补助", "有哪些措施", "外籍人才")


def test_a_hundred_answers_by_keyboard(visit: Callable[..., Visitor], site: Site) -> None:
    for n in range(COUNT):
        question = Question(id=f"speed{n:03}", question=ASKED[n % len(ASKED)])
        site.records.keep(FakeAssistant().ask(question))
    visitor = visit()
    page = visitor.page
    page.goto(f"{site.url}staff/review")
    log_in(visitor, "editor1")
    expect(page.locator("tbody tr").first).to_be_visible()
    keys, took = 1, []
    page.keyboard.press("Enter")
    for _ in range(COUNT):
        began = time.perf_counter()
        expect(page.locator(".asked .question")).to_be_visible()
        here = page.url
        pressed = [*("1" for _ in page.locator("fieldset:has([name^='verdict-'])").all()[1:]), "5"]
        for key in (*pressed, "Enter"):
            page.keyboard.press(key)
        keys += len(pressed) + 1
        page.wait_for_url(lambda url, here=here: url != here)  # type: ignore[misc]
        took.append(time.perf_counter() - began)
    assert site.reviews.counts()["unreviewed"] == 0
    print(
        f"\n{COUNT} 个回答：按键 {keys} 次，每个 {keys / COUNT:.1f} 次；"
        f"系统每个用 {statistics.median(took):.2f} 秒（最慢 {max(took):.2f}），"
        f"共 {sum(took):.0f} 秒，占半小时的 {100 * sum(took) / HALF_HOUR_S:.1f}%"
    )
