"""A visitor's way through the page, in a real browser, at a desk and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.visitor import Visitor
from tests.ui_fake import ATTACK, FIRST, PLAN, SECOND, SKILLED

pytestmark = pytest.mark.e2e

Visit = Callable[..., Visitor]
Shoot = Callable[[Visitor, str], None]

QUESTION = "博士后留渝有什么补助？"
WIDTHS = pytest.mark.parametrize("width", [1440, 390])


@WIDTHS
def test_from_a_question_to_the_words_of_its_source_and_back(
    visit: Visit, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width)
    page, panel = visitor.page, visitor.page.locator("#panel .source")
    shoot(visitor, "1-empty")
    visitor.ask(QUESTION)
    expect(page.locator("#chat .said")).to_contain_text(f"{FIRST}[1]{SECOND}[2]")
    shoot(visitor, "2-answered")

    page.locator("#chat .said a.mark").nth(1).click()
    expect(panel.locator("mark")).to_have_text(SECOND)
    expect(panel.locator("mark")).to_be_in_viewport()
    expect(panel.locator("dl")).to_contain_text("渝南人发〔2024〕12号")
    expect(panel.locator(".text")).not_to_contain_text("第二十条")
    shoot(visitor, "3-panel")

    page.get_by_role("button", name="查看全文").click()
    expect(panel.locator(".text")).to_have_text(PLAN.text, use_inner_text=True)
    expect(panel.locator("mark")).to_have_text(SECOND)
    expect(panel.locator("mark")).to_be_in_viewport()
    assert panel.locator(".text").evaluate("text => text.scrollTop") > 100
    shoot(visitor, "4-whole")

    page.get_by_role("button", name="返回摘录").click()
    expect(page.get_by_role("button", name="查看全文")).to_be_visible()
    page.get_by_role("button", name="关闭").click()
    expect(panel).to_have_count(0)
    page.locator("#chat .said a.mark").nth(1).click()
    expect(panel.locator("mark")).to_have_text(SECOND)
    page.get_by_role("button", name="关闭").click()
    page.get_by_role("button", name="新对话").click()
    expect(page.locator("#chat .example").first).to_be_visible()
    expect(page.locator("#chat .answer")).to_have_count(0)
    assert visitor.foreign() == []


@WIDTHS
def test_nothing_is_wider_than_the_window_and_the_box_stays_in_sight(
    visit: Visit, width: int
) -> None:
    visitor = visit(width=width)
    for question in (QUESTION, "外籍人才呢", ATTACK):
        visitor.ask(question)
        expect(visitor.page.locator("#question textarea")).to_be_in_viewport(ratio=1)
    visitor.page.locator("#chat .said a.mark").last.click()
    visitor.page.locator("#panel .source").wait_for()
    wide = "[...document.querySelectorAll('*')].filter(e => e.scrollLeft > 0).length"
    page_width = "document.documentElement.scrollWidth"
    assert visitor.page.evaluate(page_width) == width
    assert visitor.page.evaluate(wide) == 0


def test_an_answer_streams_in(visit: Visit) -> None:
    visitor = visit()
    visitor.page.evaluate(
        """() => { window.seen = [];
        new MutationObserver(() => {
            const said = document.querySelector('#chat .said');
            const height = document.querySelector('#chat .answer')?.offsetHeight;
            const sources = document.querySelectorAll('#chat .sources a').length;
            const unsaid = said?.querySelectorAll('.unsaid').length;
            if (said && window.seen.at(-1)?.[0] !== unsaid) seen.push([unsaid, sources, height]);
        }).observe(document.querySelector('#chat'), {childList: true, subtree: true}); }"""
    )
    visitor.ask(QUESTION)
    unsaid, sources, heights = zip(*visitor.page.evaluate("window.seen"), strict=True)
    assert len(unsaid) >= 5
    assert unsaid == tuple(sorted(unsaid, reverse=True))
    assert unsaid[-1] == 0
    assert set(sources) == {5}  # the sources stand from the first moment on
    assert len(set(heights)) == 1  # and nothing moves


def test_what_is_typed_while_an_answer_comes_stays(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.fill("#question textarea", QUESTION)
    page.keyboard.press("Enter")
    page.locator("#chat .said").wait_for()
    page.keyboard.type("下一个问题")
    page.locator("#chat .sources").wait_for()
    page.wait_for_timeout(500)
    expect(page.locator("#question textarea")).to_have_value("下一个问题")


def test_a_follow_up_knows_what_was_asked_before_and_visitors_share_nothing(
    visit: Visit, shoot: Shoot
) -> None:
    first, second = visit(), visit()
    first.ask(QUESTION)
    for visitor in (first, second):
        visitor.ask("那高技能人才呢？")
    expect(first.page.locator("#chat .said").last).to_contain_text(SKILLED)
    expect(second.page.locator("#chat .verdict").last).to_have_text("暂无依据")
    assert SKILLED not in second.page.locator("#chat .said").last.inner_text()
    first.page.locator("#chat .said a.mark").last.click()
    expect(first.page.locator("#panel mark")).to_have_text(SKILLED)
    shoot(first, "6-follow-up")


@WIDTHS
def test_an_abstention_offers_places_to_look(visit: Visit, shoot: Shoot, width: int) -> None:
    visitor = visit(width=width)
    visitor.ask("外籍人才有什么待遇？")
    expect(visitor.page.locator("#chat .verdict")).to_have_text("暂无依据")
    shoot(visitor, "5-abstained")
    visitor.page.locator("#chat .places a").first.click()
    expect(visitor.page.locator("#panel mark")).to_have_text(FIRST + SECOND)


@WIDTHS
def test_an_answer_shows_its_verdict_list_table_and_notes(
    visit: Visit, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width)
    page = visitor.page
    visitor.ask("有哪些措施？")
    expect(page.locator("#chat .ruling")).to_have_text("视条件而定：")
    expect(page.locator("#chat .items li")).to_have_count(2)
    expect(page.locator("#chat .dated .when")).to_have_text("2025年6月 · 渝南日报")
    expect(page.locator("#chat .remarks")).to_contain_text("没有找到：在哪里办理")
    expect(page.locator("#chat .sources .chip.out")).to_have_text("已过期")
    shoot(visitor, "9-composed")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator("#chat .compared a.mark").last.click()
    expect(page.locator("#panel mark")).to_have_text(FIRST)


@WIDTHS
def test_a_suggestion_is_asked_by_a_click(visit: Visit, shoot: Shoot, width: int) -> None:
    visitor = visit(width=width, has_touch=True)
    visitor.ask(QUESTION)
    offered = visitor.page.locator("#chat .options button")
    expect(offered).to_have_text(["高技能人才有哪些奖励？"])
    assert small(offered) == []
    shoot(visitor, "10-suggested")
    offered.click()
    expect(visitor.page.locator("#chat .asked").last).to_have_text("高技能人才有哪些奖励？")
    expect(visitor.page.locator("#chat .said").last).to_contain_text(SKILLED[:8])


def test_what_may_be_meant_is_chosen_by_a_click(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("补助是多少，哪项？")
    visitor.page.locator("#chat .options button").first.click()
    expect(visitor.page.locator("#chat .sources")).to_be_visible()


def test_an_example_is_asked_by_a_click(visit: Visit) -> None:
    visitor = visit()
    visitor.page.get_by_text(QUESTION).click()
    expect(visitor.page.locator("#chat .asked")).to_have_text(QUESTION)
    expect(visitor.page.locator("#chat .sources")).to_be_visible()


@WIDTHS
def test_hostile_text_in_question_and_document_is_only_text(
    visit: Visit, shoot: Shoot, width: int
) -> None:
    visitor = visit(width=width)
    page = visitor.page
    visitor.ask(ATTACK)
    expect(page.locator("#chat .asked")).to_have_text(ATTACK)
    expect(page.locator("#chat .said")).to_contain_text(ATTACK)
    page.locator("#chat .said a.mark").click()
    expect(page.locator("#panel mark")).to_have_text(ATTACK)
    shoot(visitor, "7-attack")
    page.get_by_role("button", name="查看全文").click()
    expect(page.get_by_role("button", name="返回摘录")).to_be_visible()
    made = "img, script, iframe, .katex, math, strong, em, code, a[href^='javascript']"
    for place in ("#chat .message", "#panel"):
        assert page.locator(place).locator(made).count() == 0
    links = page.locator("#chat a, #panel a").evaluate_all("all => all.map(a => a.hash)")
    assert links
    assert all(re.match("#(source|up|down|copy|share|edit)-0|$", link) for link in links)
    assert visitor.foreign() == []


def test_the_page_asks_no_other_host_for_anything(visit: Visit) -> None:
    visitor = visit(locale="en-US")
    visitor.ask(QUESTION)
    visitor.page.locator("#chat .said a.mark").first.click()
    visitor.page.locator("#panel mark").wait_for()
    assert len(visitor.requests) > 10
    assert visitor.foreign() == []


def test_every_visible_word_is_chinese_in_an_english_browser(visit: Visit) -> None:
    visitor = visit(locale="en-US")
    for _ in range(3):
        visitor.ask("外籍人才")
    visitor.page.locator("#chat .bubble-wrap").evaluate("talk => talk.scrollTo(0, 0)")
    visitor.page.locator("#chat .scroll-down-button-container").wait_for()
    names = visitor.page.locator("button, textarea, a, [aria-label]").evaluate_all(
        """all => all.filter(e => e.checkVisibility()).flatMap(e =>
        ['aria-label', 'title', 'placeholder'].map(name => e.getAttribute(name) ?? ''))"""
    )
    words = visitor.page.locator("body").inner_text() + "".join(names)
    words = words.replace("Aa", "")  # of the display settings, as on any reader's device
    assert not [char for char in words if char.isascii() and char.isalpha()]
    assert visitor.page.evaluate("document.documentElement.lang") == "zh-CN"


def test_the_keyboard_opens_and_closes_a_source_and_comes_back(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    mark = visitor.page.locator("#chat .said a.mark").first
    mark.focus()
    outline = "mark => getComputedStyle(mark.firstElementChild).outlineStyle"
    assert mark.evaluate(outline) == "solid"
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#panel h2")).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("#panel .source")).to_have_count(0)
    expect(mark).to_be_focused()


def test_marks_have_names_for_a_screen_reader(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    name = f"来源2，{PLAN.metadata.title}，第二章 博士后支持，可打开"
    expect(visitor.page.locator("#chat .said a.mark").nth(1)).to_have_attribute("aria-label", name)
    expect(visitor.page.locator("#chat [data-testid=bot]")).to_have_attribute("aria-label", "回答")


def test_everything_to_touch_on_a_phone_is_44_px(visit: Visit) -> None:
    visitor = visit(width=390, has_touch=True)
    page = visitor.page
    sizes = [*small(page.locator("#chat .example"))]
    visitor.ask(QUESTION)
    sizes += small(page.locator("#chat a, #clear"))
    sizes += small(page.locator("#question button"))
    page.locator("#chat .said a.mark").first.tap()
    page.locator("#panel mark").wait_for()
    sizes += small(page.locator("#panel button"))
    assert sizes == []


def test_behind_the_panel_on_a_phone_nothing_takes_the_focus(visit: Visit) -> None:
    visitor = visit(width=390)
    visitor.ask(QUESTION)
    visitor.page.locator("#chat .said a.mark").first.click()
    visitor.page.locator("#panel mark").wait_for()
    assert visitor.page.locator("#talk").evaluate("talk => talk.inert") is True
    visitor.page.keyboard.press("Escape")
    assert visitor.page.locator("#talk").evaluate("talk => talk.inert") is False


def test_clearing_while_an_answer_comes_leaves_an_empty_page(visit: Visit) -> None:
    visitor = visit()
    visitor.page.fill("#question textarea", QUESTION)
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#chat .said").wait_for()
    visitor.page.get_by_role("button", name="新对话").click()
    visitor.page.wait_for_timeout(1000)
    expect(visitor.page.locator("#chat .example").first).to_be_visible()
    visitor.ask("那高技能人才呢？")
    expect(visitor.page.locator("#chat .verdict")).to_have_text("暂无依据")


def test_the_dark_page_is_dark_and_readable(visit: Visit, shoot: Shoot) -> None:
    visitor = visit(color_scheme="dark")
    visitor.ask(QUESTION)
    visitor.page.locator("#chat .said a.mark").first.click()
    visitor.page.locator("#panel mark").wait_for()
    shoot(visitor, "8-dark")
    for place in ("#chat .said", "#panel .text", "#panel mark", "#chat .about", "#talk .note"):
        assert contrast(visitor.page.locator(place).first) >= 4.5


def test_the_light_page_is_readable(visit: Visit) -> None:
    visitor = visit(color_scheme="light")
    visitor.ask(QUESTION)
    visitor.page.locator("#chat .said a.mark").first.click()
    visitor.page.locator("#panel mark").wait_for()
    for place in ("#chat .said", "#chat .mark span", "#panel mark", "#chat .about", "#talk .note"):
        assert contrast(visitor.page.locator(place).first) >= 4.5


def small(things: Locator) -> list[tuple[str, float, float]]:
    """Those of the visible things that are under 44 px one way."""
    boxes = [(thing.inner_text(), thing.bounding_box()) for thing in things.all()]
    return [
        (text, box["width"], box["height"])
        for text, box in boxes
        if box and (box["width"] < 44 or box["height"] < 44)
    ]


def contrast(thing: Locator) -> float:
    """The WCAG 2 contrast ratio of a thing's text with the first opaque ground behind it."""
    return float(
        thing.evaluate(
            """thing => {
            const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
                .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
            let ground = thing;
            const fill = e => getComputedStyle(e).backgroundColor;
            while (numbers(fill(ground))[3] === 0) ground = ground.parentElement;
            const [a, b] = [light(numbers(getComputedStyle(thing).color)),
                light(numbers(fill(ground)))].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05); }"""
        )
    )
