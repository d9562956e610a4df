"""The register's pages in a real browser: found, read, checked, by keyboard and on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from policyqa.qa.register import shelf
from policyqa.ui.assistant import Assistant
from tests.e2e.test_accessibility import faults
from tests.e2e.test_staff_login import log_in
from tests.e2e.visitor import Site, Visitor
from tests.programmes import office, programmes, signed
from tests.ui_fake import FakeAssistant

pytestmark = [pytest.mark.e2e]
CORPUS = office()
BUYING, RENTING, SKILLED = programmes(CORPUS)


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    assistant = FakeAssistant()
    assistant.corpus = CORPUS
    return assistant


@pytest.fixture(scope="module")
def pages(site: Site) -> Site:
    """The site with a register: two programmes signed, one proposed."""
    folder = site.runs.with_name("source") / shelf.FOLDER
    for each in (signed(BUYING), RENTING, signed(SKILLED)):
        shelf.write(folder, each)
    return site


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark"), (320, "light")])
def test_a_returned_doctor_finds_out_what_is_due(
    visit: Callable[..., Visitor], pages: Site, width: int, scheme: str
) -> None:
    page = visit(width=width, color_scheme=scheme).page
    across = "document.documentElement.scrollWidth"
    page.goto(f"{pages.url}programmes")
    assert (faults(page), page.evaluate(across)) == ([], width)
    page.get_by_role("link", name="购房补贴").click()
    expect(page.get_by_role("heading", name="材料")).to_be_visible()
    assert (faults(page), page.evaluate(across)) == ([], width)
    page.get_by_role("link", name="有问题问这里").click()
    expect(page.locator("#question textarea")).to_have_value("“购房补贴”")
    page.go_back()
    page.get_by_role("link", name="看我能不能享受").click()
    page.get_by_label("最高学历是什么").select_option("博士")
    page.get_by_label("最高学历是什么").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已经说了 1 项")).to_be_visible()
    for answer in ("38", "3年"):
        page.locator("#asked").fill(answer)
        page.keyboard.press("Enter")
    expect(page.locator(".verdict.yes")).to_contain_text("博士一次性给予购房补贴15万元。")
    assert (faults(page), page.evaluate(across)) == ([], width)
    page.get_by_role("link", name="全部清除").click()
    expect(page.get_by_text("符合 0 项，还差 3 项")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_clerk_signs_by_keyboard(
    visit: Callable[..., Visitor], pages: Site, width: int, scheme: str
) -> None:
    visitor = visit(width=width, color_scheme=scheme)
    page, across = visitor.page, "document.documentElement.scrollWidth"
    folder = pages.runs.with_name("source") / shelf.FOLDER
    shelf.write(folder, RENTING)
    page.goto(f"{pages.url}staff")
    log_in(visitor, "editor1")
    page.get_by_role("link", name="登记册", exact=True).wait_for()
    page.goto(f"{pages.url}staff/register")
    assert (faults(page), page.evaluate(across)) == ([], width)
    page.get_by_role("link", name=RENTING.name).click()
    assert (faults(page), page.evaluate(across)) == ([], width)
    form = page.locator("#benefits-0")
    form.get_by_label("写成").focus()
    for _ in range(7):  # the words, what is paid in five fields, and the button
        if page.evaluate("document.activeElement.value") == "sign":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#benefits-0 legend")).to_contain_text("已签（editor1")
    assert shelf.load(folder).of(RENTING.id).benefits[0].is_signed


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_an_hr_manager_of_the_office_matches_a_table(
    visit: Callable[..., Visitor], pages: Site, width: int, scheme: str, tmp_path: Path
) -> None:
    visitor = visit(width=width, color_scheme=scheme)
    page, across = visitor.page, "document.documentElement.scrollWidth"
    page.goto(f"{pages.url}staff")
    log_in(visitor, "editor1")
    page.get_by_role("link", name="登记册", exact=True).click()
    page.get_by_role("link", name="免申即享").click()
    people = tmp_path / "人才.csv"
    people.write_text("姓名,年龄,学历,社保（月）\n张三,44,硕士,12\n李四,小,博士,8\n", "utf-8")
    page.get_by_label("名单").set_input_files(people)
    page.get_by_role("button", name="对照", exact=True).click()
    expect(page.get_by_text("硕士一次性给予购房补贴6万元。").first).to_be_visible()
    assert (faults(page), page.evaluate(across)) == ([], width)
    page.get_by_label("名单").set_input_files(people)
    with page.expect_download() as download:
        page.get_by_role("button", name="对照并下载 CSV").click()
    assert download.value.suggested_filename == "matched.csv"
