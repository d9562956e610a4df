"""Every page of the desk fits its window, a narrow one too, and with words nobody can break."""

from collections.abc import Callable

import pytest

from policyqa.qa.types import Answer, Question
from tests.e2e.test_staff_login import log_in
from tests.e2e.visitor import Site, Visitor
from tests.ui_fake import PLAN, FakeAssistant

pytestmark = [pytest.mark.e2e]
LONG = "long" * 300
PAGES = (
    "", "review?show=all", "review/long?show=all", "gaps", "gaps/silent", "register", "documents",
    f"documents/{PLAN.doc_id}", "numbers", "evaluations", "accounts", "tokens", "log",
    "password", "nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def asked(site: Site) -> Site:
    answer = FakeAssistant().ask(Question(id="long", question="博士后有什么补助"))
    site.records.keep(answer.model_copy(update={"question": LONG}))
    silent = {"id": "silent", "status": "abstained", "reason": "no_evidence", "answer": LONG}
    site.records.keep(Answer.model_validate({"question": LONG, "query": LONG, **silent}))
    return site


@pytest.mark.parametrize("width", [1440, 768, 390, 320])
def test_nothing_is_wider_than_the_window(
    visit: Callable[..., Visitor], asked: Site, width: int
) -> None:
    visitor = visit(width=width)
    visitor.page.goto(f"{asked.url}staff")
    log_in(visitor, "admin1")
    visitor.page.get_by_role("button", name="退出").wait_for()
    wide = {}
    for page in PAGES:
        visitor.page.goto(f"{asked.url}staff/{page}")
        across = visitor.page.evaluate("document.documentElement.scrollWidth")
        if across > width:
            wide[page] = across
    visitor.errors.clear()  # the browser complains of the page that is none
    assert wide == {}
