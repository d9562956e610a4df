"""The chat within the page of an office, which is of another origin and has a strict policy."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from tests.e2e.conftest import SIZES
from tests.e2e.test_accessibility import faults
from tests.e2e.visitor import Site, Visitor
from tests.ui_fake import FIRST

pytestmark = [pytest.mark.e2e]
Shoot = Callable[[Visitor, str], None]
Visit = Callable[..., Visitor]
WIDTHS = pytest.mark.parametrize("width", [1440, 390])
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>某区人社局</title>
<style nonce="n">body {{ font: 18px/1.8 sans-serif; margin: 24px }} button {{ all: unset }}
iframe {{ display: none }}</style>
<main><h1>某区人力资源和社会保障局</h1><p>{text}</p><p><a href="#x">通知公告</a></p></main>
<script src="{site}widget.js" defer></script></html>"""


class OfficePage(ThreadingHTTPServer):
    """A page that lets in the script and the frame of `site` and nothing else."""

    site = ""


class _Handler(BaseHTTPRequestHandler):
    server: OfficePage

    def do_GET(self) -> None:
        site = self.server.site
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        policy = f"default-src 'none'; style-src 'nonce-n'; script-src {site}; frame-src {site}"
        self.send_header("content-security-policy", policy)
        self.end_headers()
        self.wfile.write(PAGE.format(site=site, text="为人才办实事。" * 40).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def office() -> Iterator[OfficePage]:
    server = OfficePage(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def address(office: OfficePage, host: str) -> str:
    return f"http://{host}:{office.server_address[1]}"


@pytest.fixture(scope="module")
def frames(office: OfficePage) -> tuple[str, ...]:
    return (address(office, "localhost"),)  # of another site than 127.0.0.1, too


@pytest.fixture
def at_office(browser: Browser, site: Site, office: OfficePage) -> Iterator[Visit]:
    """Opens the page of the office, by default under the name that may show the chat."""
    office.site = site.url
    contexts = []

    def open_page(*, width: int = 1440, host: str = "localhost") -> Visitor:
        across, down = SIZES[width]
        context = browser.new_context(viewport={"width": across, "height": down})
        contexts.append(context)
        visitor = Visitor(context.new_page(), address(office, host))
        visitor.listen()
        visitor.page.goto(visitor.url)
        visitor.page.get_by_role("button", name="问人才政策").wait_for()
        return visitor

    yield open_page
    for context in contexts:
        context.close()


def chat(visitor: Visitor) -> FrameLocator:
    return visitor.page.frame_locator("iframe")


def focused(visitor: Visitor) -> str:
    found: str = visitor.page.evaluate(
        "document.activeElement.shadowRoot?.activeElement?.textContent ?? ''"
    )
    return found


@WIDTHS
def test_a_question_is_answered_in_the_page_of_another_origin(
    at_office: Visit, shoot: Shoot, width: int
) -> None:
    visitor = at_office(width=width)
    page = visitor.page
    shoot(visitor, "30-widget-closed")
    button = page.get_by_role("button", name="问人才政策")
    assert page.locator("iframe").count() == 0  # nothing is asked for before it is wanted
    button.click()
    dialog = page.get_by_role("dialog", name="人才政策问答")
    expect(dialog).to_be_visible()
    frame = chat(visitor)
    frame.locator("#chat .example").first.wait_for()
    shoot(visitor, "31-widget-open")
    frame.locator("#question textarea").fill("博士后留渝有什么补助？")
    frame.locator("#question textarea").press("Enter")
    frame.locator("#chat .answered .sources").wait_for()
    expect(frame.locator("#chat .said")).to_contain_text(FIRST)
    page.wait_for_timeout(800)
    shoot(visitor, "32-widget-answered")
    box = dialog.bounding_box()
    assert box is not None
    if width == 390:
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, *SIZES[390])
    else:
        assert box["x"] + box["width"] < width
        assert box["y"] >= 0
    inside = page.frames[1].evaluate("document.documentElement.scrollWidth - innerWidth")
    assert inside <= 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert faults(page) == []
    frame.locator("#chat .said a.mark").first.click()
    frame.locator("#panel mark").first.wait_for()
    shoot(visitor, "33-widget-source")
    page.keyboard.press("Escape")  # closes the source, not the chat
    expect(frame.locator("#panel section")).to_have_count(0)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert focused(visitor) == "问人才政策"
    button.click()
    expect(frame.locator("#chat .said")).to_contain_text(FIRST)  # the conversation is still there
    assert visitor.errors == []


@WIDTHS
def test_it_is_for_the_keyboard_and_for_who_hears_it(at_office: Visit, width: int) -> None:
    visitor = at_office(width=width)
    page = visitor.page
    button = page.get_by_role("button", name="问人才政策")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_have_attribute("aria-haspopup", "dialog")
    for _ in range(2):
        page.keyboard.press("Tab")
    assert focused(visitor) == "问人才政策"
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="人才政策问答")).to_be_visible()
    expect(button if width > 600 else page.locator(".open")).to_have_attribute(
        "aria-expanded", "true"
    )
    assert focused(visitor) == "收起"
    expect(page.locator("iframe")).to_have_attribute("title", "人才政策问答")
    page.keyboard.press("Escape")  # before the frame has come
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused(visitor) == "问人才政策"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # on 收起
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused(visitor) == "问人才政策"
    expect(button).to_have_attribute("aria-expanded", "false")


def test_no_other_page_shows_the_chat_or_closes_it(at_office: Visit) -> None:
    visitor = at_office(host="127.0.0.1")  # the same page under a name that was not allowed
    page = visitor.page
    page.get_by_role("button", name="问人才政策").click()
    page.wait_for_timeout(1500)
    assert any("frame-ancestors" in error for error in visitor.errors)
    assert chat(visitor).locator("#chat").count() == 0
    page.evaluate("postMessage('policyqa:close', '*')")
    page.wait_for_timeout(200)
    expect(page.get_by_role("dialog")).to_be_visible()
