"""The desk's door in a browser: in by keyboard, kept out, sent back to where one wanted to go."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.test_accessibility import faults
from tests.e2e.test_visit import small
from tests.e2e.visitor import Site, Visitor
from tests.staff import PASSWORD

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]
WIDTHS = pytest.mark.parametrize("width", [1440, 390])


def log_in(visitor: Visitor, name: str, password: str = PASSWORD) -> None:
    """Fill in the form by keyboard alone; the name has the focus."""
    page = visitor.page
    expect(page.get_by_label("账号")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


@WIDTHS
def test_in_by_keyboard_to_the_page_that_was_wanted_and_out(
    visit: Visit, site: Site, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width)
    page = visitor.page
    page.goto(f"{site.url}staff/log")
    shoot(visitor, "staff-1-login")
    assert faults(page) == []
    log_in(visitor, "admin1")
    expect(page.get_by_role("heading", name="日志")).to_be_visible()
    expect(page.get_by_role("cell", name="登录").first).to_be_visible()
    shoot(visitor, "staff-2-log")
    assert faults(page) == []
    page.get_by_role("link", name="账号").click()
    expect(page.get_by_role("link", name="账号")).to_have_attribute("aria-current", "page")
    shoot(visitor, "staff-3-accounts")
    assert faults(page) == []
    assert small(page.locator("button, nav a, input:visible")) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("link", name="密码").click()
    shoot(visitor, "staff-4-password")
    assert faults(page) == []
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("账号")).to_be_focused()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert visitor.foreign() == []


def test_a_wrong_password_is_said_and_the_name_stays(visit: Visit, site: Site) -> None:
    visitor = visit()
    page = visitor.page
    page.goto(f"{site.url}staff/login")
    log_in(visitor, "reader1", "不对的密码")
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对。")
    expect(page.get_by_label("账号")).to_have_value("reader1")


def test_who_fails_too_often_is_kept_out_even_with_the_right_word(
    visit: Visit, site: Site, shoot: Shoot
) -> None:
    visitor = visit()
    page = visitor.page
    site.accounts.add("lock.me", "reader", PASSWORD)
    for _ in range(3):
        page.goto(f"{site.url}staff/login")
        log_in(visitor, "lock.me", "不对的密码")
        expect(page.get_by_role("alert")).to_be_visible()
    page.goto(f"{site.url}staff/login")
    log_in(visitor, "lock.me")
    expect(page.get_by_role("alert")).to_contain_text("连续输错次数太多")
    shoot(visitor, "staff-5-locked")
    assert all("(Too Many Requests)" in error for error in visitor.errors)
    visitor.errors.clear()  # a browser calls the refusal an error


def test_a_reader_sees_no_admin_pages(visit: Visit, site: Site, shoot: Shoot) -> None:
    visitor = visit(color_scheme="dark")
    page = visitor.page
    page.goto(f"{site.url}staff")
    log_in(visitor, "reader1")
    expect(page.locator("nav a")).to_have_text(
        ["审阅", "缺口", "登记册", "文件", "数字", "评测", "密码"]
    )
    page.goto(f"{site.url}staff/accounts")
    expect(page.get_by_role("alert")).to_contain_text("没有这项权限")
    shoot(visitor, "staff-6-refused")
    assert faults(page) == []


def test_a_disabled_account_is_out_at_its_next_step(visit: Visit, site: Site) -> None:
    site.accounts.add("gone", "reader", PASSWORD)
    visitor = visit()
    page = visitor.page
    page.goto(f"{site.url}staff")
    log_in(visitor, "gone")
    expect(page.get_by_role("heading", name="开始")).to_be_visible()
    site.accounts.disable("gone")
    page.reload()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
