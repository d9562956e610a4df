"""The product as it is installed, from the question of a reader to the figures of an evaluation:
every step by its own command or page."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from policyqa.qa.settings import StaffSettings
from policyqa.ui.store.accounts import Accounts
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from tests.conftest import SEEDS
from tests.e2e.test_staff_login import log_in
from tests.e2e.visitor import Site, Visitor
from tests.staff import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.model]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]

COMMAND = Path(sys.executable).with_name("policyqa")
QUESTION = "重庆英才计划设了哪几个专项?"


class Office:
    """The seeds with an index and a database in a folder, and the commands on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        places = {name: folder / name for name in ("index", "data", "runs")}
        places["source"] = SEEDS
        self.environment = {
            **{name: value for name, value in os.environ.items() if "POLICYQA" not in name},
            **{f"POLICYQA_{name.upper()}": str(place) for name, place in places.items()},
        }

    def run(self, *arguments: str, words: str = "") -> str:
        """What a command said."""
        done = subprocess.run(
            [COMMAND, *arguments], env=self.environment, input=words, capture_output=True,
            text=True, cwd=self.folder, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("office"))
    office.run("index")
    office.run("users", "add", "li", "--role", "admin", "--password-stdin", words=PASSWORD + "\n")
    return office


@pytest.fixture(scope="module")
def site(office: Office) -> Iterator[Site]:
    serving = subprocess.Popen(
        [COMMAND, "serve", "--port", "0"], env=office.environment, cwd=office.folder,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert serving.stderr
    url = next(line for line in serving.stderr if "http://" in line).split("：")[1].split("（")[0]
    engine = open_database(office.folder / "data")
    accounts = Accounts(engine, StaffSettings())
    yield Site(url, Records(engine), accounts, office.folder / "runs")
    serving.terminate()
    serving.wait(timeout=20)


def test_from_a_question_to_the_figures(
    visit: Visit, site: Site, office: Office, shoot: Shoot
) -> None:
    reader = visit()
    reader.ask(QUESTION)
    expect(reader.page.locator("#chat .said")).to_contain_text("青年拔尖人才5个专项")

    clerk = visit()
    page = clerk.page
    page.goto(f"{site.url}staff/review")
    log_in(clerk, "li")
    page.get_by_role("link", name=QUESTION).click()
    expect(page.locator("input[name=verdict-1]").first).to_be_focused()
    answer = page.url.split("/")[-1].split("?")[0]
    page.keyboard.press("1")  # supported, and then the whole answer has the focus
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: answer not in url)
    page.goto(f"{site.url}staff/review/{answer}?show=all")
    expect(page.get_by_text("已是一道评测题：应当回答，1 处依据")).to_be_visible()
    shoot(clerk, "staff-60-case")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载这道题").click()
    downloaded = download.value.path().read_text("utf-8")
    (case,) = map(json.loads, downloaded.splitlines())
    assert case["text"] == QUESTION
    assert "青年拔尖人才5个专项" in case["evidence"][0]["quote"]

    assert "已写 1 道题" in office.run("data", "cases", "reviewed")
    assert (office.folder / "reviewed" / "queries.jsonl").read_text("utf-8") == downloaded
    said = office.run("eval", "run", "--dataset", "reviewed", "--name", "审阅后")
    assert "已存入" in said
    page.goto(f"{site.url}staff/evaluations")
    row = page.get_by_role("region", name="reviewed 的各次评测").locator("tbody tr")
    expect(row).to_contain_text("审阅后")
    kept = json.loads((site.runs / "审阅后" / "metrics.json").read_text("utf-8"))
    assert (kept["n"], kept["retrieval"]["success_at_1"]) == (1, 1.0)
    expect(row.locator("td").nth(3)).to_have_text("1")
    expect(row.locator("td").nth(4)).to_have_text("1.000")
    shoot(clerk, "staff-61-evaluated")
    row.get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text("reviewed")
    exported = map(json.loads, office.run("data", "export").splitlines())
    logged = [line for line in exported if line["kind"] == "audit" and line["what"] == answer]
    assert [line["who"] for line in logged] == ["li"]
