"""A clerk goes through answers by keyboard; a second one thinks otherwise."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from policyqa.qa.types import Question
from tests.e2e.test_accessibility import faults
from tests.e2e.test_staff_login import log_in
from tests.e2e.test_visit import small
from tests.e2e.visitor import Site, Visitor
from tests.staff import PASSWORD
from tests.ui_fake import FakeAssistant

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]


@pytest.fixture(scope="module")
def asked(site: Site) -> list[str]:
    """Ids of answers that somebody was given, newest first."""
    for n, question in enumerate(("攻击", "外籍人才", "博士后有什么补助", "有哪些措施")):
        site.records.keep(FakeAssistant().ask(Question(id=f"answer{n}", question=question)))
    return [kept.id for kept in site.records.latest(count=4)]


def enter(visit: Visit, site: Site, name: str, place: str, width: int = 1440) -> Visitor:
    visitor = visit(width=width)
    visitor.page.goto(f"{site.url}staff/{place}")
    log_in(visitor, name)
    visitor.page.get_by_role("button", name="退出").wait_for()
    return visitor


def test_a_stream_is_reviewed_by_keyboard_alone(
    visit: Visit, site: Site, asked: list[str], shoot: Shoot
) -> None:
    visitor = enter(visit, site, "editor1", "review")
    page = visitor.page
    expect(page.locator("tbody tr")).to_have_count(4)
    shoot(visitor, "staff-7-stream")
    assert faults(page) == []
    page.keyboard.press("Enter")  # from the first on
    expect(page.locator(".question")).to_have_text("有哪些措施")
    shoot(visitor, "staff-8-answer")
    assert faults(page) == []
    expect(page.locator("input[name=verdict-1]").first).to_be_focused()
    page.keyboard.press("1")
    expect(page.locator("input[name=verdict-1][value=supported]")).to_be_checked()
    expect(page.locator("input[name=verdict-2]").first).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator("input[name=verdict-2][value=outdated]")).to_be_checked()
    page.keyboard.press("6")
    expect(page.locator("input[name=verdict-0][value=partial]")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_have_text("博士后有什么补助")
    page.keyboard.press("k")  # nothing newer is left to review
    expect(page.locator(".question")).to_have_text("博士后有什么补助")
    page.keyboard.press("j")
    expect(page.locator(".question")).to_have_text("外籍人才")
    page.keyboard.press("k")
    expect(page.locator(".question")).to_have_text("博士后有什么补助")
    page.keyboard.press("/")
    page.keyboard.type("j博士后")  # in a field a key is a letter
    expect(page.locator("input[name=search]")).to_have_value("j博士后")
    page.keyboard.press("Enter")
    expect(page.get_by_text("更合适的段落", exact=True)).to_be_visible()
    shoot(visitor, "staff-9-search")
    assert site.reviews.counts()["unreviewed"] == 3
    assert visitor.foreign() == []


def test_what_is_not_saved_yet_outlasts_a_search_another_page_and_log_in(
    visit: Visit, site: Site, asked: list[str], shoot: Shoot
) -> None:
    visitor = enter(visit, site, "admin1", f"review/{asked[0]}?show=all")
    page = visitor.page
    outdated = page.locator("input[name=verdict-2][value=outdated]")
    page.keyboard.press("1")
    page.keyboard.press("3")
    page.get_by_label("说明").fill("第二句是旧的")
    page.keyboard.press("Tab")
    page.get_by_label("找更合适的段落").fill("博士后")
    page.keyboard.press("Enter")
    expect(page.locator("#better input").first).to_be_focused()
    page.keyboard.press("Space")
    picked = page.locator("#better input:checked").get_attribute("value")
    assert picked
    expect(outdated).to_be_checked()
    page.locator("body").press("j")
    expect(page.locator(".question")).to_have_text("博士后有什么补助")
    expect(page.get_by_text("已放回")).to_be_hidden()
    page.go_back()
    expect(page.get_by_text("已放回")).to_be_visible()
    expect(outdated).to_be_checked()
    shoot(visitor, "staff-12-held")
    assert faults(page) == []
    site.accounts.set_password("admin1", PASSWORD)  # ends every session, as time does
    page.get_by_role("button", name="保存").click()
    log_in(visitor, "admin1")
    expect(page.get_by_text("已放回")).to_be_visible()
    expect(page.get_by_label("说明")).to_have_value("第二句是旧的")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(lambda url: asked[0] not in url)
    [kept] = [each for each in site.reviews.of(asked[0]) if each.reviewer == "admin1"]
    assert (kept.verdicts, kept.comment) == ({1: "supported", 2: "outdated"}, "第二句是旧的")
    assert kept.better is not None
    assert picked.startswith(kept.better.doc_id)
    page.goto(f"{site.url}staff/review/{asked[0]}?show=all")
    expect(page.get_by_text("已放回")).to_be_hidden()
    page.get_by_label("说明").fill("再想想")
    page.reload()
    page.get_by_role("button", name="不要了").click()
    expect(page.get_by_label("说明")).to_have_value("第二句是旧的")
    page.get_by_label("说明").fill("给下一个人看见")
    page.get_by_role("button", name="退出").click()
    held = "Object.keys(sessionStorage).filter(name => name.startsWith('policyqa-'))"
    assert page.evaluate(held) == []


def test_enter_does_what_it_says_on_links_and_buttons(
    visit: Visit, site: Site, asked: list[str]
) -> None:
    visitor = enter(visit, site, "editor1", "review?show=all")
    page = visitor.page
    page.get_by_role("link", name="缺口").press("Enter")
    expect(page.locator("h1")).to_have_text("缺口")
    page.goto(f"{site.url}staff/review/{asked[2]}?show=all")
    page.keyboard.press("7")
    page.get_by_role("button", name="退出").press("Enter")
    expect(page.get_by_label("账号")).to_be_visible()
    assert [each.reviewer for each in site.reviews.of(asked[2])] == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_question_is_seen_first_and_each_quote_with_its_verdicts(
    visit: Visit, site: Site, asked: list[str], width: int
) -> None:
    visitor = enter(visit, site, "editor1", f"review/{asked[0]}?show=all", width=width)
    page = visitor.page
    expect(page.locator("input[name=verdict-1]").first).to_be_focused()
    expect(page.locator(".question")).to_be_in_viewport(ratio=1)
    page.keyboard.press("1")
    expect(page.locator("input[name=verdict-2]").first).to_be_focused()
    article = page.locator("article").nth(1)
    expect(article.locator("mark")).to_be_in_viewport(ratio=1)
    expect(article.locator("fieldset")).to_be_in_viewport(ratio=0.99)  # a part of a pixel


def test_two_who_disagree_see_it(visit: Visit, site: Site, asked: list[str], shoot: Shoot) -> None:
    one = asked[2]
    for name, verdict in (("editor1", "right"), ("admin1", "wrong")):
        visitor = enter(visit, site, name, f"review/{one}?show=all")
        visitor.page.locator(f"input[name=verdict-0][value={verdict}]").check()
        visitor.page.get_by_role("button", name="保存").click()
        visitor.page.wait_for_url(lambda url: one not in url)
    visitor.page.goto(f"{site.url}staff/review?show=disputed")
    visitor.page.get_by_role("link", name="外籍人才").click()
    expect(visitor.page.locator("fieldset.disputed")).to_contain_text("editor1：正确")
    shoot(visitor, "staff-10-disputed")
    assert faults(visitor.page) == []


def test_it_fits_a_phone_and_hostile_text_is_only_text(
    visit: Visit, site: Site, asked: list[str], shoot: Shoot
) -> None:
    visitor = enter(visit, site, "reader1", f"review/{asked[3]}?show=all", width=390)
    page = visitor.page
    expect(page.locator("mark")).to_contain_text("<script>alert(1)</script>")
    shoot(visitor, "staff-11-hostile")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert small(page.locator("button, a.button, .choice, textarea")) == []
    assert faults(page) == []
    expect(page.get_by_text("您的账号只能查看")).to_be_visible()
    expect(page.get_by_role("button", name="保存")).to_have_count(0)
    assert visitor.foreign() == []
