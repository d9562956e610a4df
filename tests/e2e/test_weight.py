"""What the first visit costs: how much is loaded, from where, and with which fonts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.e2e]
Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]

MAX_BYTES = 400_000  # over the wire; nearly all of it is Gradio's and kept by the browser
WIRE = """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
    .map(entry => [entry.name, entry.transferSize])"""


def test_the_first_visit_loads_little(visit: Visit) -> None:
    visitor = visit()
    visitor.page.wait_for_timeout(1500)  # never idle: the page listens to the server
    sizes = dict(visitor.page.evaluate(WIRE))
    assert len(sizes) > 20
    assert sum(sizes.values()) < MAX_BYTES
    assert visitor.foreign() == []


def test_the_page_brings_no_fonts_and_shows_chinese_without_a_network(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    visitor.ask("博士后留渝有什么补助？")
    fonts = [url for url in visitor.requests if url.endswith((".woff", ".woff2", ".ttf"))]
    assert fonts == []
    assert page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').length") == 0
    # A character that a font has is drawn otherwise than one that no font has.
    drawn = page.evaluate(
        """() => ['渝', '\\u{10ffff}'].map(character => {
            const canvas = document.createElement('canvas').getContext('2d');
            canvas.font = '40px ' + getComputedStyle(document.querySelector('.said')).fontFamily;
            canvas.fillText(character, 0, 40);
            return canvas.canvas.toDataURL();
        })"""
    )
    assert drawn[0] != drawn[1]


def test_a_page_that_lost_the_server_says_so_and_goes_on(visit: Visit, shoot: Shoot) -> None:
    visitor = visit()
    page = visitor.page
    visitor.ask("博士后留渝有什么补助？")
    page.context.set_offline(True)
    page.locator("#chat .said a.mark").first.click()
    expect(page.get_by_text("与服务的连接断开了，正在重新连接…")).to_be_visible()
    shoot(visitor, "27-offline")
    page.context.set_offline(False)
    with page.expect_navigation():  # Gradio loads the page anew as soon as it can
        pass
    expect(page.locator("#chat .answered")).to_have_count(1)  # and the conversation is back
    visitor.ask("高技能人才有哪些奖励？")
    expect(page.locator("#chat .answered")).to_have_count(2)
    visitor.errors.clear()  # the browser itself complains of the lost connection
