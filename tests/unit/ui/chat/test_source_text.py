"""A document's text as HTML: what is marked, what is a table, where one can jump."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from policyqa.ui.chat.source_text import text_html

TABLE = "表1\n类别\t2020年\t2025年\n总量\t8.36\t20\n顶尖\t25\t50\n注：含外籍。"


def bare(page: str) -> str:
    """The text that a page shows, cells parted by tabs and rows by line breaks."""
    page = page.replace("</td><td>", "\t").replace("</tr><tr>", "\n")
    page = re.sub(r"</table></div>(?=.)", "\n", page, flags=re.S)
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def span(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def test_running_text_stays_and_the_quote_is_marked() -> None:
    page = text_html("甲。\n乙丙。", (0, 6), (3, 5))
    assert html.unescape(page) == "甲。\n<mark>乙丙</mark>。"


def test_a_quote_over_two_lines_is_marked_in_both() -> None:
    assert text_html("甲乙\n丙丁", (0, 5), (1, 4)) == "甲<mark>乙</mark>\n<mark>丙</mark>丁"


def test_rows_are_a_table_with_the_cited_cells_marked() -> None:
    page = text_html(TABLE, (0, len(TABLE)), span(TABLE, "总量\t8.36\t20"))
    assert page.count("<tr>") == 3
    marked = re.findall("<mark>(.*?)</mark>", page)
    assert [html.unescape(cell) for cell in marked] == ["总量", "8.36", "20"]
    assert html.unescape(page).endswith("</div>注：含外籍。")


def test_a_table_that_is_cut_is_shown_with_whole_rows() -> None:
    page = text_html(TABLE, (TABLE.index("8.36"), TABLE.index("50")), (0, 0))
    assert bare(page) == "总量\t8.36\t20\n顶尖\t25\t50"


def test_one_line_with_a_tab_is_no_table_and_one_of_three_cells_is() -> None:
    assert text_html("甲\t乙\n丙", (0, 5), (0, 0)) == "甲\t乙\n丙"
    assert "<tr><td>甲</td><td>乙</td><td>丙</td></tr>" in text_html("甲\t乙\t丙", (0, 5), (0, 0))


def test_places_can_be_jumped_to_in_text_and_tables() -> None:
    page = text_html(TABLE, (0, len(TABLE)), (0, 0), [0, TABLE.index("顶尖")])
    assert re.findall('id="(at-[0-9]+)"', page) == ["at-0", f"at-{TABLE.index('顶尖')}"]


def test_rows_are_shown_under_the_header_they_were_cut_off_from() -> None:
    last = span(TABLE, "顶尖\t25\t50")
    page = text_html(TABLE, last, last, above=[span(TABLE, "类别\t2020年\t2025年")])
    assert bare(page) == "类别\t2020年\t2025年\n顶尖\t25\t50"
    assert page.count("<table>") == 1


def test_items_are_shown_under_their_introduction_with_a_gap() -> None:
    text = "有下列人员：\n（一）甲。\n（二）乙。"
    second = span(text, "（二）乙。")
    page = text_html(text, second, second, above=[(0, 6)])
    assert html.unescape(page) == "有下列人员：\n…\n<mark>（二）乙。</mark>"
    first = span(text, "（一）甲。")
    assert "…" not in text_html(text, first, first, above=[(0, 6)])


def test_markup_in_a_document_is_only_text() -> None:
    text = "<b>粗</b>\t<script>\n<img src=x>\t&amp;"
    page = text_html(text, (0, len(text)), (0, 4))
    assert set(re.findall("</?([a-z]+)", page)) == {"div", "table", "tr", "td", "mark"}
    assert bare(page) == text


words = st.text(st.sampled_from("甲乙1 <&\t\n"), max_size=40)


@given(text=words, cuts=st.tuples(*[st.integers(0, 40)] * 2))
def test_all_of_a_text_is_shown_once_and_the_quote_marked(text: str, cuts: tuple[int, int]) -> None:
    first, last = sorted(min(cut, len(text)) for cut in cuts)
    page = text_html(text, (0, len(text)), (first, last))
    assert re.sub(r"\s", "", bare(page)) == re.sub(r"\s", "", text)
    marked = "".join(html.unescape(part) for part in re.findall("<mark>(.*?)</mark>", page, re.S))
    assert re.sub(r"\s", "", marked) == re.sub(r"\s", "", text[first:last])
