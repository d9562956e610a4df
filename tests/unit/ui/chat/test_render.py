"""Answers and sources as HTML: every value compared, every attack shown literally."""

import html
import re
from html.parser import HTMLParser

import pytest

from policyqa.qa.types import Answer, Condition, Note, Question, Told
from policyqa.qa.wording import NOTES
from policyqa.ui.chat import panel, render
from policyqa.ui.chat.language import in_language
from tests.ui_fake import (
    ATTACK,
    FIRST,
    HOSTILE,
    NEWS,
    PLAN,
    SECOND,
    SKILLED,
    FakeAssistant,
    cite,
    hit,
)

OWN_LINK = re.compile(
    "#source-0-[h0-9]+|#(up|down|copy|share|gap|edit)-0|/(receipt|files)/[0-9a-z]+"
)


def message_of(given: Answer, turn: int) -> str:
    return in_language(render.answer_message(given, turn), "zh")


def question_of(text: str, turn: int) -> str:
    return in_language(render.question_message(text, turn), "zh")


def panel_of(source: panel.Source, view: panel.View) -> str:
    return in_language(panel.source_panel(source, view), "zh")


class Seen(HTMLParser):
    """What a browser would make of the HTML: its elements, links and text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.marked = ""
        self.in_mark = False
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.in_mark = self.in_mark or tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self.in_mark = self.in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.marked += data if self.in_mark else ""


def answer(question: str) -> Answer:
    return FakeAssistant().ask(Question(question=question))


def test_escape_leaves_no_ascii_punctuation_but_its_own_references() -> None:
    escaped = render.escape("".join(map(chr, range(32, 127))))
    assert (
        not re.sub(r"&#\d+;", "", escaped)
        .strip("0123456789 ")
        .strip()
        .strip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    )
    assert html.unescape(escaped) == "".join(map(chr, range(32, 127)))


@pytest.mark.parametrize(
    "text", [ATTACK, "a\x00b\x1bc", "&amp;&lt;", "1. 项\n- 项\n# 题", "中文，。"]
)
def test_escape_shows_the_text_itself(text: str) -> None:
    shown = "".join(char for char in text if char >= " " or char in "\n\t")
    assert Seen(render.escape(text)).text == shown
    assert Seen(render.escape(text)).tags == []


def test_inline_has_no_line_end_that_would_end_the_html_block() -> None:
    assert render.inline("甲\n\n  乙\r\n丙\n") == "甲<br>乙<br>丙"


def test_a_mark_is_a_link_to_its_source_and_stands_after_its_sentence() -> None:
    message = message_of(answer("博士后"), 3)
    seen = Seen(message)
    assert seen.text.startswith(f"{FIRST}[1]{SECOND}[2]")
    assert seen.links[:3] == ["#source-3-1", "#source-3-2", "#source-3-3"]
    assert "\n" not in message


def test_sources_are_listed_once_a_document_with_all_its_marks() -> None:
    seen = Seen(message_of(answer("博士后"), 0))
    listed, _, acts = seen.text.partition("依据")[2].partition("有用")
    assert acts == "没有用复制分享打印回执"
    assert listed == (
        "关于进一步加强博士后和高技能人才工作的若干措施"
        "渝南区人力资源和社会保障局 · 渝南人发〔2024〕12号 · 2024年3月15日[1][2]"
        "人才与城市双向奔赴渝南日报 · 2025年6月[3]"
    )


def test_a_mark_without_a_citation_is_shown_and_opens_nothing() -> None:
    given = answer("博士后")
    orphaned = given.model_copy(update={"citations": given.citations[:1]})
    message = message_of(orphaned, 0)
    assert '<span class="unsourced">&#91;3&#93;</span>' in message
    assert "#source-0-3" not in message


def test_marks_already_in_a_sentence_are_not_shown_twice() -> None:
    given = answer("博士后")
    first = given.sentences[0].model_copy(update={"text": FIRST + "[1]"})
    message = message_of(given.model_copy(update={"sentences": (first,)}), 0)
    assert Seen(message).text.startswith(f"{FIRST}[1]依据")


def test_line_ends_between_sentences_are_kept() -> None:
    given = answer("博士后")
    text = f"{FIRST}[1]\n{SECOND}[2]"
    laid = given.model_copy(update={"answer": text, "sentences": given.sentences[:2]})
    assert f"</span></a></span><br>{SECOND[:5]}" in message_of(laid, 0)


def test_parts_grow_to_the_whole_text_in_at_most_so_many_steps() -> None:
    given = answer("博士后")
    parts = [in_language(part, "zh") for part in render.answer_parts(given, 0, steps=7)]
    assert 3 < len(parts) <= 7
    unsaid = [part.count('class="unsaid"') for part in parts]
    assert unsaid == sorted(set(unsaid), reverse=True)  # fewer in each
    assert unsaid[0] == sum(not render.TAG.fullmatch(piece) for piece in render.pieces(given, 0))
    whole = Seen(message_of(given, 0))
    for part in parts:  # all of it has its place from the first on, the sources among it
        assert Seen(part).text == whole.text
        assert Seen(part).links == whole.links


def test_a_verdict_a_list_and_a_value_of_another_time_are_laid_out() -> None:
    message = message_of(answer("有哪些措施"), 0)
    assert message.startswith(
        '<div class="answer answered"><div class="said">'
        '<strong class="ruling">视条件而定：</strong><ul class="items"><li>博士后〔离站〕出站'
    )
    assert message.count("<li>") == message.count("</li>")
    listed = message.partition('<ul class="items">')[2].partition("</ul>")[0]
    assert Seen(listed).text == f"{FIRST[:3]}〔离站〕{FIRST[3:]}[1]{SECOND}[2]"
    dated = message.partition('<div class="dated">')[2].partition("</div>")[0]
    assert Seen(dated).text.startswith("2025年6月 · 渝南日报博士后留渝率达到90%")


def test_what_is_compared_is_a_table_with_marks() -> None:
    message = message_of(answer("有哪些措施"), 4)
    table = Seen(message.partition("<table")[2].partition("</table>")[0])
    assert table.text.endswith("时间数值出处2025年6月90%[3]2024年3月15日15万元[1]")
    assert table.links == ["#source-4-3", "#source-4-1"]
    assert "<table" not in message_of(answer("博士后"), 0)


def test_conditions_are_a_table_with_what_was_told_and_marks() -> None:
    rows = (
        Condition(label="年龄", demanded="不超过45周岁", told="46<b>岁", met=False, citation=1),
        Condition(label="参保缴费", demanded="至少1年", told="2年", met=True, citation=2),
        Condition(label="学历", demanded="本科以上", told="大专", met=None, citation=1),
        Condition(label="文件所列", demanded="有户籍", told="", met=None, citation=1),
        Condition(
            label="居住", demanded="至少1年", told="8个月", met=False, citation=1, gap="还差4个月"
        ),
    )
    given = answer("有哪些措施").model_copy(update={"conditions": rows, "compared": ()})
    table = Seen(message_of(given, 4).partition("<table")[2].partition("</table>")[0])
    assert table.text.endswith(
        "条件文件要求您的情况对照出处年龄不超过45周岁46<b>岁不符合[1]参保缴费至少1年2年符合[2]"
        "学历本科以上大专还不能判断[1]文件所列有户籍没有说还不能判断[1]"
        "居住至少1年8个月不符合，还差4个月[1]"
    )
    assert table.links == ["#source-4-1", "#source-4-2", *["#source-4-1"] * 3]


def test_what_is_missing_and_what_must_be_known_is_said() -> None:
    message = message_of(answer("有哪些措施"), 0)
    remarks = Seen(message.partition('<div class="remarks">')[2].partition("</div>")[0])
    assert remarks.text == "部分回答没有找到：在哪里办理这是文件提出的目标，不是已达到的数字。"
    assert "remarks" not in message_of(answer("博士后"), 0)


def test_a_document_out_of_force_has_a_badge() -> None:
    given = answer("有哪些措施")
    badge = '<span class="chip out" title="有效期至2025&#45;12&#45;31">已过期</span>'
    assert badge in message_of(given, 0)
    shown = Seen(panel_of(panel.Source(given.citations[0], PLAN, "source-0-1"), "source"))
    assert "效力已过期：有效期至2025-12-31" in shown.text
    unknown = given.citations[0].model_copy(update={"validity": "不明"})
    assert render.validity_chip(unknown) == ""


def test_an_abstention_names_whom_to_ask() -> None:
    asks = Note(kind="ask_issuer", parts=("渝南区人社局",))
    says = Note(kind="contact", parts=("咨询电话：123",))
    given = answer("外籍人才").model_copy(update={"notes": (asks, says)})
    text = Seen(message_of(given, 0)).text
    assert "（渝南区人社局）咨询" in text
    assert "文件写明：“咨询电话：123”" in text


def test_an_abstention_says_why_and_where_to_look() -> None:
    message = message_of(answer("外籍人才"), 2)
    seen = Seen(message)
    assert seen.text.startswith(f"暂无依据{NOTES['no_evidence']}{NOTES['next_step']}")
    places, acts = seen.links[:3], seen.links[3:]
    assert places == ["#source-2-h1", "#source-2-h2", "#source-2-h3"]
    assert acts[:2] == ["#gap-2", "#down-2"]
    assert acts[2].startswith("/receipt/")
    assert FIRST in seen.text


def test_an_error_shows_its_line_and_no_source() -> None:
    seen = Seen(message_of(answer(" "), 0))
    assert seen.text == "请改一改问题问题是空的，或超过2000字。"
    assert seen.links == []


def test_the_panel_marks_the_quote_within_the_text_around_it() -> None:
    citation = cite(2, PLAN, SECOND)
    seen = Seen(panel_of(panel.Source(citation, PLAN, "source-0-2"), "source"))
    assert seen.marked == SECOND
    before = PLAN.text[citation.start - panel.CONTEXT_CHARS : citation.start].lstrip()
    after = PLAN.text[citation.end : citation.end + panel.CONTEXT_CHARS].rstrip()
    assert f"…{before}{SECOND}{after}…" in seen.text
    facts = ("来源 2", "渝南人发〔2024〕12号", "2024年3月15日", "第二章 博士后支持", "查看全文")
    assert all(fact in seen.text for fact in facts)


def test_the_panel_shows_what_the_passage_stands_under() -> None:
    start = PLAN.text.index("第一条")
    above = ((start, start + 3),)
    source = panel.Source(cite(2, PLAN, SKILLED), PLAN, "source-0-2", context=above)
    seen = Seen(panel_of(source, "source"))
    assert "…第一条\n…\n" in seen.text
    assert seen.marked == SKILLED
    near = panel.Source(cite(2, PLAN, SECOND), PLAN, "source-0-2")
    begin = PLAN.text.index(FIRST) - 5
    assert panel_of(near._replace(context=((begin, begin + 3),)), "source") == panel_of(
        near, "source"
    )


def test_a_place_to_look_at_is_shown_with_what_it_stands_under() -> None:
    given = answer("外籍人才")
    under = given.hits[0].model_copy(update={"context": ("可以申请的有：",)})
    message = message_of(given.model_copy(update={"hits": (under,)}), 0)
    assert f"可以申请的有： {given.hits[0].text}"[:40] in Seen(message).text


def test_the_whole_document_is_shown_with_its_quote() -> None:
    shown = panel_of(panel.Source(cite(1, PLAN, FIRST), PLAN, "source-4-1"), "whole")
    assert PLAN.text in Seen(shown).text
    assert Seen(shown).marked == FIRST
    assert 'data-open="source-4-1">返回摘录' in shown


def test_facts_that_are_unknown_are_not_shown() -> None:
    text = NEWS.text.splitlines()[0]
    shown = panel_of(panel.Source(cite(1, NEWS, text), NEWS, "source-0-1"), "source")
    assert "文号" not in shown
    assert "章节" not in shown
    assert "渝南日报" in shown


def test_a_document_that_is_gone_or_changed_leaves_the_quote_and_says_so() -> None:
    citation = cite(1, PLAN, FIRST)
    gone = Seen(panel_of(panel.Source(citation, None, "source-0-1"), "source"))
    assert (gone.marked, "已不在库中" in gone.text) == (FIRST, True)
    changed = PLAN.model_copy(update={"text": "新增一行\n" + PLAN.text})
    moved = Seen(panel_of(panel.Source(citation, changed, "source-0-1"), "whole"))
    assert (moved.marked, "有改动" in moved.text) == (FIRST, True)


@pytest.mark.parametrize("view", ["source", "whole"])
def test_a_version_that_has_left_is_read_on_and_said_to_have_left(view: panel.View) -> None:
    source = panel.Source(cite(1, PLAN, FIRST), PLAN, "source-0-1")
    now, left = panel_of(source, view), panel_of(source._replace(in_force=False), view)
    assert ("已撤下或换了新版" in now, "下载原文件" in now) == (False, True)
    assert ("已撤下或换了新版" in left, "下载原文件" in left) == (True, False)
    assert Seen(left).marked == FIRST


def test_a_hit_opens_as_a_citation_of_its_passage() -> None:
    citation = panel.citation_of(hit(2, PLAN, SECOND), PLAN)
    assert (citation.n, citation.quote, citation.issuer) == (2, SECOND, PLAN.metadata.issuer)
    assert PLAN.text[citation.start : citation.end] == SECOND


@pytest.mark.parametrize(
    ("date", "shown"),
    [("2021-07-13", "2021年7月13日"), ("2021-07", "2021年7月"), ("2021", "2021年"), ("", "")],
)
def test_dates_are_chinese(date: str, shown: str) -> None:
    assert in_language(render.written_date(date), "zh") == shown


def test_hostile_text_makes_no_element_and_no_link_anywhere() -> None:
    allowed = {"div", "span", "a", "ul", "li", "br", "button", "mark", "section"}
    allowed |= {"h2", "h3", "dl", "dt", "dd"}
    given = answer("攻击")
    shown = panel_of(panel.Source(given.citations[0], HOSTILE, "source-0-1"), "whole")
    pages = (question_of(ATTACK, 0), message_of(given, 0), shown)
    for page in pages:
        seen = Seen(page)
        assert set(seen.tags) <= allowed
        assert all(OWN_LINK.fullmatch(link) for link in seen.links)
        assert ATTACK in seen.text
        assert not re.search(r"[$`*{}!]|\]\(", page.replace('tabindex="-1"', ""))


def test_places_that_are_listed_are_not_said_twice() -> None:
    near = Note(kind="near", parts=("《办法》",))
    notes = (Note(kind="no_evidence"), near, Note(kind="next_step"))
    text = "".join(note.text for note in notes)
    silent = Answer(
        id="", question="问", query="问", status="abstained", reason="no_evidence", answer=text,
        notes=notes,
    )  # fmt: skip
    assert said_of(silent) == text
    listed = silent.model_copy(update={"hits": (hit(1, PLAN, FIRST),)})
    assert said_of(listed) == NOTES["no_evidence"] + NOTES["next_step"]


def said_of(given: Answer) -> str:
    return in_language("".join(render.pieces(given, 0)), "zh")


def test_what_an_earlier_version_kept_is_shown_as_it_stands() -> None:
    silent = answer("外籍人才").model_copy(update={"answer": "没有依据。<b>", "notes": ()})
    assert said_of(silent) == "没有依据。&#60;b&#62;"
    old = {"notes": ["注：这是文件提出的目标，不是已达到的数字。"], "missing": ["在哪里办理"]}
    given = Answer.model_validate({**answer("博士后").model_dump(), **old})
    remarks = message_of(given, 0).partition('<div class="remarks">')[2].partition("</div>")[0]
    assert Seen(remarks).text == f"没有找到：在哪里办理{old['notes'][0]}"


def test_a_message_says_how_a_follow_up_was_taken() -> None:
    given = FakeAssistant().ask(Question(question="博士后"))
    assert "理解" not in message_of(given, 0)
    shown = Seen(message_of(given.model_copy(update={"understood": "重庆 <b>补贴"}), 0))
    assert "按“重庆 <b>补贴”理解" in shown.text
    assert "b" not in shown.tags


def test_what_was_told_before_stands_in_chips_that_forget_it() -> None:
    given = FakeAssistant().ask(Question(question="博士后"))
    told = (Told(attribute="age", label="年龄", said="<36岁"),)
    shown = Seen(message_of(given.model_copy(update={"told": told}), 3))
    assert "记着您说过的：年龄 <36岁 ×" in shown.text
    assert "#forget-3-age" in shown.links
