"""What a visitor does with an answer: judges it, asks for what is missing, shares and prints it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from policyqa.ui.store.types import KeptAnswer
from tests.e2e.test_visit import small
from tests.e2e.visitor import Site, Visitor, until

pytestmark = [pytest.mark.e2e]
WIDTHS = pytest.mark.parametrize("width", [1440, 390])
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]
QUESTION = "博士后留渝有什么补助？"


def last(site: Site) -> KeptAnswer:
    """The answer that was kept last."""
    receipt = site.records.latest(count=1)
    assert receipt
    return receipt[0]


def test_an_answer_is_judged_and_the_judgement_taken_back(visit: Visit, site: Site) -> None:
    visitor = visit()
    visitor.ask("博士后，我的电话是13800138000")
    useful = visitor.page.get_by_role("button", name="有用", exact=True)
    expect(useful).to_have_attribute("aria-pressed", "false")
    useful.click()
    expect(useful).to_have_attribute("aria-pressed", "true")
    answer = last(site)
    assert answer.answer.question == "博士后，我的电话是〔手机号〕"
    until(lambda: site.records.feedback(answer.id) is not None)
    until(lambda: site.records.feedback(answer.id).verdict == "up")  # type: ignore[union-attr]
    visitor.ask("那高技能人才呢？")
    expect(useful.first).to_have_attribute("aria-pressed", "true")
    useful.first.click()
    until(lambda: site.records.feedback(answer.id).verdict == "withdrawn")  # type: ignore[union-attr]
    expect(visitor.page.locator("#panel .source")).to_have_count(0)


@WIDTHS
def test_why_an_answer_is_of_no_use_is_told_by_keyboard(
    visit: Visit, site: Site, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width, has_touch=True)
    page = visitor.page
    visitor.ask(QUESTION)
    page.get_by_role("button", name="没有用").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    page.keyboard.press("Tab")  # the button that closes
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("textbox", name="还想说什么").fill("卡号6222021234567894不对<b>")
    shoot(visitor, "11-why")
    assert small(page.locator("#panel button, #panel .choice, #panel textarea")) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#panel [role=status]")).to_have_text("谢谢，已经记下。")
    found = site.records.feedback(last(site).id)
    assert found is not None
    assert (found.verdict, found.reasons) == ("down", ("wrong_citation",))
    assert found.comment == "卡号〔银行卡号〕不对<b>"
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="没有用")).to_be_focused()


@WIDTHS
def test_a_gap_is_reported_where_there_is_no_answer(
    visit: Visit, site: Site, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width)
    visitor.ask("外籍人才怎么办签证")
    visitor.page.get_by_role("button", name="请补充这方面的文件").click()
    expect(visitor.page.locator("#panel")).to_contain_text("外籍人才怎么办签证")
    visitor.page.locator("#panel textarea").fill("想知道多久")
    shoot(visitor, "12-gap")
    visitor.page.get_by_role("button", name="提交").click()
    expect(visitor.page.locator("#panel [role=status]")).to_be_visible()
    found = site.records.gap(last(site).id)
    assert found is not None
    assert found.comment == "想知道多久"


@WIDTHS
def test_an_answer_is_shared_by_a_link_until_it_is_taken_back(
    visit: Visit, browser: Browser, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width)
    visitor.ask(QUESTION)
    visitor.page.get_by_role("button", name="分享").click()
    visitor.page.get_by_role("button", name="生成链接").click()
    field = visitor.page.get_by_role("textbox", name="分享链接")
    expect(field).to_have_value(f"{visitor.url}a/" + field.input_value().rpartition("/")[2])
    shoot(visitor, "13-shared")
    address = field.input_value()
    stranger = browser.new_context()
    try:
        page = stranger.new_page()
        page.goto(address)
        expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
        expect(page.locator("blockquote").first).to_contain_text("15万元")
        visitor.page.get_by_role("button", name="停止分享").click()
        expect(visitor.page.get_by_role("button", name="生成链接")).to_be_visible()
        reply = page.goto(address)
        assert reply is not None
        assert reply.status == 404
    finally:
        stranger.close()


def test_a_receipt_opens_beside_the_page_to_be_printed(visit: Visit, shoot: Shoot) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    with visitor.page.expect_popup() as opened:
        visitor.page.get_by_role("link", name="打印回执").click()
    paper = opened.value
    expect(paper.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(paper.get_by_text("资料指纹")).to_be_visible()
    shoot(Visitor(paper, visitor.url), "14-receipt")
    expect(visitor.page.locator("#chat .sources")).to_be_visible()


def test_an_answer_is_copied_with_its_sources(visit: Visit) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    visitor.ask(QUESTION)
    visitor.page.get_by_role("button", name="复制", exact=True).click()
    expect(visitor.page.get_by_role("button", name="已复制")).to_be_visible()
    text = visitor.page.evaluate("navigator.clipboard.readText()")
    assert "一次性给予15万元安家补助。[1]" in text
    assert "[1][2] 《关于进一步加强博士后和高技能人才工作的若干措施》" in text
    assert "渝南人发〔2024〕12号" in text
