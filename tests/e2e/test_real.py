"""The page over the real seeds and the real model: from a question to the words that prove it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from policyqa.qa.assistant import Assistant
from policyqa.qa.types import Question
from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.model]

Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]


@pytest.fixture(scope="module")
def assistant(seeds_assistant: Assistant) -> Assistant:
    return seeds_assistant


@pytest.mark.parametrize("width", [1440, 390])
def test_a_mark_opens_the_very_words_of_the_seed(
    visit: Visit, shoot: Shoot, assistant: Assistant, width: int
) -> None:
    question = "重庆英才计划设了哪几个专项?"
    first = assistant.ask(Question(question=question)).citations[0]
    visitor = visit(width=width)
    page, panel = visitor.page, visitor.page.locator("#panel .source")
    shoot(visitor, "real-1-empty")
    visitor.ask(question)
    expect(page.locator("#chat .said")).to_contain_text("青年拔尖人才5个专项")
    shoot(visitor, "real-2-answered")
    page.locator("#chat .said a.mark").first.click()
    expect(panel.locator("mark").first).to_be_in_viewport()
    marked = "".join(panel.locator("mark").all_inner_texts())
    assert "".join(marked.split()) == "".join(first.quote.split())
    expect(panel).to_contain_text(first.title)
    expect(panel.locator("dl")).to_contain_text("2021年11月")
    shoot(visitor, "real-3-panel")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert visitor.foreign() == []


def test_a_cited_row_stands_in_its_table(visit: Visit, shoot: Shoot) -> None:
    visitor = visit()
    visitor.ask("重庆高新区2020年领军人才有多少人?")
    row = visitor.page.locator("#chat .said").get_by_text("343")
    expect(row).to_be_visible()
    visitor.page.locator("#chat .said a.mark").nth(1).click()
    cited = visitor.page.locator("#panel td mark")
    expect(cited.first).to_be_visible()
    assert "343" in cited.all_inner_texts()
    shoot(visitor, "real-5-table")
    visitor.page.get_by_role("button", name="查看全文").click()
    visitor.page.locator("#panel summary").click()
    expect(visitor.page.get_by_role("button", name="第二章 总体思路")).to_be_visible()
    shoot(visitor, "real-6-outline")


def test_an_example_of_the_corpus_is_answered(visit: Visit) -> None:
    visitor = visit()
    visitor.page.locator("#chat .example").first.click()
    expect(visitor.page.locator("#chat .answered .sources").first).to_be_visible()


def test_a_follow_up_and_silence(visit: Visit, shoot: Shoot) -> None:
    visitor = visit(width=390)
    visitor.ask("科技副总每年选派多少人?")
    visitor.ask("那科技特派员团呢?")
    expect(visitor.page.locator("#chat .said").last).to_contain_text("293")
    visitor.ask("火星上的人才补贴是多少?")
    expect(visitor.page.locator("#chat .abstained")).to_have_count(1)
    shoot(visitor, "real-4-silence")
