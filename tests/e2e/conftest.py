"""A real server on a free port and a real browser, whose every request is recorded."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from policyqa.ui import server
from policyqa.ui.assistant import Assistant
from policyqa.ui.store.database import open_database
from policyqa.ui.store.records import Records
from tests.e2e.visitor import Site, Visitor, until
from tests.staff import service_of, sessions_of
from tests.ui_fake import FakeAssistant

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
# Taken out of the environment: the settings refuse names with this prefix that they do not know.
SCREENSHOTS = os.environ.pop("POLICYQA_SCREENSHOTS", "")
SIZES = {1440: (1440, 900), 768: (768, 1024), 390: (390, 844), 320: (320, 568)}


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    """Who answers; a module that wants another one overrides this fixture."""
    return FakeAssistant()


@pytest.fixture(scope="module")
def frames() -> tuple[str, ...]:
    """The origins that may show the page in a frame; overridden like `assistant`."""
    return ()


@pytest.fixture(scope="module")
def site(
    assistant: Assistant, frames: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    engine = open_database(tmp_path_factory.mktemp("site"))
    records, sessions = Records(engine), sessions_of(engine)
    source = tmp_path_factory.mktemp("office") / "source"
    source.mkdir()
    for document in assistant.corpus.documents():
        (source / document.source).write_text(document.text, "utf-8")
    listener = server.listen("127.0.0.1", 0)
    service = service_of(engine, source, assistant, sessions=sessions)
    app = server.create_app(service._replace(frames=frames))
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until(lambda: running.started)
    runs = source.with_name("runs")
    yield Site(server.address_of(listener), records, sessions.accounts, runs)
    running.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found:
        reason = "no chromium: install it, or name it in CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Opens the page as a new visitor: `visit(width=390, color_scheme="dark")`. Whatever the test
    is about, no console may complain."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def open_page(*, width: int = 1440, **options: Any) -> Visitor:
        across, down = SIZES[width]
        context = browser.new_context(viewport={"width": across, "height": down}, **options)
        contexts.append(context)
        visitor = Visitor(context.new_page(), site.url)
        visitors.append(visitor)
        visitor.listen()
        visitor.page.goto(site.url)
        visitor.page.locator("#chat .example").first.wait_for()
        return visitor

    yield open_page
    for context in contexts:
        context.close()
    assert [error for visitor in visitors for error in visitor.errors] == []


@pytest.fixture
def shoot(tmp_path: Path) -> Callable[[Visitor, str], None]:
    """Saves a picture of the page, in `POLICYQA_SCREENSHOTS` or the test's own folder."""
    folder = Path(SCREENSHOTS or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(visitor: Visitor, name: str) -> None:
        size = visitor.page.viewport_size
        width = size["width"] if size else 0
        visitor.page.wait_for_timeout(300)
        visitor.page.screenshot(path=folder / f"{name}-{width}.png")

    return take
