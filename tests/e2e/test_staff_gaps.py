"""A question without an answer becomes an answer that is signed, and cited with its mark."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from policyqa.qa.types import Answer
from policyqa.ui.store.tasks import Task, Tasks
from tests.e2e.test_accessibility import faults
from tests.e2e.test_staff_documents import done, site
from tests.e2e.test_staff_login import log_in
from tests.e2e.test_visit import small
from tests.e2e.visitor import Site, Visitor

__all__ = ["site"]  # a fixture: an office with real documents
pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]
HOSTILE = "<img src=x onerror=document.title=1>"


def enter(visit: Visit, site: Site, width: int = 1440) -> Visitor:
    visitor = visit(width=width)
    visitor.page.goto(f"{site.url}staff/gaps")
    log_in(visitor, "editor1")
    expect(visitor.page.locator("h1")).to_have_text("缺口")
    return visitor


def test_a_gap_becomes_a_signed_answer_that_is_cited(
    visit: Visit, site: Site, shoot: Shoot
) -> None:
    for n, question in enumerate(("人才公寓能停车吗", "人才公寓停车吗", f"户口{HOSTILE}")):
        site.records.keep(
            Answer(
                id=f"gap{n}",
                question=question,
                query=question,
                status="abstained",
                reason="no_evidence",
                answer="没有依据。",
            )
        )
    phone = enter(visit, site, width=390)
    shoot(phone, "staff-31-gaps-390")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert small(phone.page.locator("main a, main button")) == []
    visitor = enter(visit, site)
    page = visitor.page
    expect(page.locator("tbody td:first-child")).to_have_text(["2", "1"])
    shoot(visitor, "staff-30-gaps")
    assert faults(page) == []
    page.locator("tbody a").first.click()
    page.locator("input[name^=basis]").first.check()
    page.get_by_label("找作为依据的段落").fill("停车")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("input[name^=kept]")).to_be_checked()  # what was ticked stays
    expect(page.locator("input[name^=asked]")).to_have_count(2)
    page.get_by_label("问题", exact=True).fill("人才公寓能停车吗")
    page.get_by_label("答复", exact=True).fill(f"人才公寓的住户可以免费停车。{HOSTILE}")
    shoot(visitor, "staff-32-gap")
    assert faults(page) == []
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator("h1")).to_have_text("待签发的答复")
    shoot(visitor, "staff-33-draft")
    assert faults(page) == []
    page.get_by_role("button", name="签发").click()
    done(visitor)
    expect(page.locator("#changes")).to_contain_text("签发答复")
    reader = visit()
    reader.ask("人才公寓能停车吗")
    expect(reader.page.get_by_text("工作人员答复").first).to_be_visible()
    expect(reader.page.get_by_text("不是政策原文").first).to_be_visible()
    shoot(reader, "staff-34-cited")
    assert page.title() != "1"
    assert reader.page.title() != "1"

    page.goto(f"{site.url}staff/documents")
    files = page.get_by_role("region", name="文件", exact=True)
    files.get_by_role("link", name="人才公寓能停车吗").first.click()
    page.get_by_label("有效期至", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="保存更正").click()
    done(visitor)
    reader.ask("人才公寓能停车吗？")
    last = reader.page.locator("#chat .answer").last
    expect(last).not_to_contain_text("工作人员答复")
    expect(last).not_to_contain_text("免费停车")
    shoot(reader, "staff-35-expired")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_whose_gap_it_is_and_by_when_is_read_and_set_at_any_width(
    visit: Visit, site: Site, shoot: Shoot, width: int, theme: str
) -> None:
    for n, question in enumerate(("驾照怎么换", "外籍专家的签证怎么办理，家属可以一起办吗")):
        silent = {"status": "abstained", "reason": "no_evidence", "answer": "没有依据。"}
        said = {"id": f"task{n}", "question": question, "query": question, **silent}
        site.records.keep(Answer.model_validate(said))
    tasks = Tasks(site.accounts.engine)
    for task in tasks.open(()):
        released = task.model_copy(update={"owner": "", "due": ""})
        tasks.give(released, "li", seen=task.id, answered=())
    late = Task(question="驾照怎么换", asked=("task0",), owner="editor1", due="2026-01-31")
    tasks.give(late, "li", seen="", answered=())
    visitor = visit(width=width, color_scheme=theme)
    page = visitor.page
    page.goto(f"{site.url}staff")
    log_in(visitor, "editor1")
    expect(page.locator("main .warning")).to_contain_text("1 个缺口过了期限")
    shoot(visitor, f"staff-36-front-{theme}")
    assert small(page.locator("main a")) == []
    page.get_by_role("link", name="看督办的缺口").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="全部").click()
    expect(page.locator("tbody tr").first).to_contain_text("督办")
    for words in ("editor1", "2026-01-31 已过"):  # in sight, not beside the window
        place = page.locator("tbody tr").first.get_by_text(words).bounding_box()
        assert place
        assert place["x"] + place["width"] <= width
    shoot(visitor, f"staff-37-tasks-{theme}")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert small(page.locator("main a, main button, main nav a")) == []
    page.get_by_role("link", name="外籍专家").click()
    page.get_by_label("负责人").select_option("editor1")
    page.get_by_label("期限", exact=True).fill((date.today() + timedelta(days=9)).isoformat())
    shoot(visitor, f"staff-38-task-{theme}")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert small(page.locator("main a.button, main button, main select")) == []
    page.get_by_role("button", name="保存安排").click()
    expect(page.get_by_label("负责人")).to_have_value("editor1")
    page.goto(f"{site.url}staff/gaps?show=mine")
    expect(page.locator("tbody tr")).to_have_count(2)
