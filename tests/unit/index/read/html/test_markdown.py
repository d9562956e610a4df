"""Markdown: structure kept, marks gone; of a text made from a web page the article only."""
# ruff: noqa: E501  (lines of the samples)

import pytest

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Cell, Limits, Paragraph, Part, Table
from policyqa.index.read.html import markdown


def parts(source: str) -> list[Part]:
    return list(markdown.read(source.encode(), Limits()).parts)


def texts(source: str) -> list[str]:
    return [part.text for part in parts(source) if isinstance(part, Paragraph)]


def test_headings_have_levels() -> None:
    assert parts("# 总则\n\n申报条件\n---\n\n### 其他 ###") == [
        Paragraph("总则", "heading", 1),
        Paragraph("申报条件", "heading", 2),
        Paragraph("其他", "heading", 3),
    ]


def test_wrapped_chinese_is_joined_without_a_blank_and_english_with_one() -> None:
    assert texts("人才政\n策，自\n2021年起。\n\ntalent\npolicy") == [
        "人才政策，自 2021年起。",
        "talent policy",
    ]


def test_a_hard_break_ends_a_paragraph() -> None:
    assert texts("甲单位  \n乙单位<br>丙单位") == ["甲单位", "乙单位", "丙单位"]


def test_items_keep_their_marks() -> None:
    source = "3. 身份证\n4. 学历\n   证书\n\n- 其他\n  1) 内层"
    assert texts(source) == ["3. 身份证", "4. 学历证书", "- 其他", "1) 内层"]


def test_emphasis_links_and_pictures() -> None:
    source = "**第一条** 为*引进*[人才](http://x)，![图](a.png)制定`本`办<sup>1</sup>法。"
    assert parts(source) == [Paragraph("第一条 为引进人才，制定本办1法。")]


def test_a_bold_line_is_a_heading_and_a_bold_sentence_is_not() -> None:
    assert parts("**申报对象**\n\n**请按时申报。**") == [
        Paragraph("申报对象", "heading"),
        Paragraph("请按时申报。"),
    ]


def test_a_pipe_table() -> None:
    assert parts("|类别|标准|\n|--|--|\n|**博士**|20万元<br>一次性|\n|硕士|") == [
        Table(
            (
                (Cell("类别"), Cell("标准")),
                (Cell("博士"), Cell("20万元\n一次性")),
                (Cell("硕士"), Cell()),
            ),
            header_rows=1,
        )
    ]


def test_a_table_in_html_with_blank_lines_inside() -> None:
    source = "前文。\n\n<table>\n<tr><td rowspan=2>甲</td><td>乙</td></tr>\n\n<tr><td>丙</td></tr>\n</table>\n\n后文。"
    assert parts(source) == [
        Paragraph("前文。"),
        Table(((Cell("甲"), Cell("乙")), (Cell(covered="above"), Cell("丙")))),
        Paragraph("后文。"),
    ]


def test_code_is_read_by_lines() -> None:
    assert texts("```\n第一行\n\n  第二行\n```") == ["第一行", "第二行"]


def test_front_matter_is_said() -> None:
    source = "---\ntitle: '人才办法'\ndate: 2021/7/3\ntags: [a]\n---\n# 总则\n"
    found = markdown.read(source.encode(), Limits())
    assert found.said == {"title": "人才办法", "date": "2021-07-03"}
    assert found.parts == (Paragraph("总则", "heading", 1),)


WEB = """Content-Type: multipart/related; boundary=--x Content-Location: http://a/ ----x Content-Type: text/html; charset=utf-8

-   [](../index.shtml)
-   [机构简介](../a.shtml)
-   [政务公开](../b.shtml)

关于印发入户办法的通知
----------------------

<table>
<tr><td>来源：市来穗局
浏览次数：
时间：2016-10-28</td></tr>
</table>

穗府规〔2016〕6号

**第一条** 为加强来穗人员服务管理，根据有关规定，结合本市实际，制定本办法。

[TOP](javascript:scroll(0,0))[关闭窗口](javascript:void(0);)

\ufeff

　　主办单位：市来穗局    粤ICP10004936号-1

　　建议使用1024x768分辨率 IE6.0以上版本浏览器

----x Content-Type: application/javascript; Content-Transfer-Encoding: Base64 dmFyIGNvbnRlbnR

脚本里的一句话，不是正文。
"""


def test_furniture_of_a_web_page_goes() -> None:
    assert parts(WEB) == [
        Paragraph("关于印发入户办法的通知", "heading", 2),
        Paragraph("来源：市来穗局", "byline"),
        Paragraph("时间：2016-10-28", "byline"),
        Paragraph("穗府规〔2016〕6号"),
        Paragraph("第一条 为加强来穗人员服务管理，根据有关规定，结合本市实际，制定本办法。"),
    ]


def test_links_of_a_text_that_is_no_web_page_stay() -> None:
    assert texts("- [一](a)\n- [二](b)\n- [三](c)") == ["- 一", "- 二", "- 三"]


def test_gb18030_and_windows_line_ends() -> None:
    found = markdown.read("# 总则\r\n\r\n正文。\r\n".encode("gb18030"), Limits())
    assert found.parts == (Paragraph("总则", "heading", 1), Paragraph("正文。"))


def test_bounds_are_named() -> None:
    with pytest.raises(UnreadableFile, match="文字有 6 字，超过上限 5 字"):
        markdown.read("一二三四五六".encode(), Limits(max_chars=5))
    with pytest.raises(UnreadableFile, match="表格有 3 行，超过上限 2 行"):
        markdown.read(b"|a|\n|-|\n|1|\n|2|", Limits(max_rows=2))


def test_nothing_to_read_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="文件里没有文字"):
        markdown.read(b"![](a.png)\n\n---\n", Limits())


def test_a_footnote_follows_the_paragraph_of_its_mark() -> None:
    assert parts("逾期不予受理。[^1]\n\n其他事项。\n\n[^1]: 以系统提交\n    时间为准。\n") == [
        Paragraph("逾期不予受理。"),
        Paragraph("以系统提交时间为准。", "note", label="脚注1"),
        Paragraph("其他事项。"),
    ]


@pytest.mark.parametrize("old", ["~~300元~~", "<del>300元</del>", "<s>300**元**</s>"])
def test_struck_out_words_are_not_read_and_staff_are_told(old: str) -> None:
    source = f"每月补贴{old}500元。\n\n| 学历 | 补贴 |\n|---|---|\n| 硕士 | {old}500元 |"
    found = markdown.read(source.encode(), Limits())
    assert found.parts[0] == Paragraph("每月补贴500元。")
    assert found.parts[1].rows[1] == (Cell("硕士"), Cell("500元"))  # type: ignore[union-attr]
    assert found.warnings == ("有 2 处划掉的文字（删除线）没有读，如“300元”",)


def test_struck_out_words_in_markup_are_told_too() -> None:
    found = markdown.read("<p>每月<s>300元</s>500元。</p>".encode(), Limits())
    assert found.parts == (Paragraph("每月500元。"),)
    assert found.warnings == ("有 1 处划掉的文字（删除线）没有读，如“300元”",)


@pytest.mark.parametrize("style", ["display:none", "color: #FFF", "font-size:0"])
def test_words_that_are_not_shown_are_not_read_and_staff_are_told(style: str) -> None:
    old = f'<span style="{style}">内部<span>每月</span>900元</span>'
    found = markdown.read(f"每月{old}补贴500元。\n\n<p>另行{old}通知。</p>".encode(), Limits())
    assert found.parts == (Paragraph("每月补贴500元。"), Paragraph("另行通知。"))
    told = "有 2 处看不见的文字（隐藏、白色或极小的字）没有读，如“内部每月900元”"
    assert found.warnings == (told,)


def test_white_words_on_a_dark_ground_are_read() -> None:
    assert texts('<span style="color:#fff;background:#c00">限期</span>办理。') == ["限期办理。"]
