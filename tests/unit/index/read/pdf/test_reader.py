"""The PDF loader, on files made here with reportlab; texts worked out by hand."""

import contextlib
import io
import random
from collections.abc import Callable

import pytest
from PIL import Image as Pillow
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from policyqa.index.errors import MissingTool, UnreadableFile
from policyqa.index.read.extract import Cell, Extract, Limits, Paragraph, Table
from policyqa.index.read.pdf.glyphs import closed_up, is_rubbish, plain, spaced
from policyqa.index.read.pdf.info import NO_TITLE
from policyqa.index.read.pdf.lines import _text
from policyqa.index.read.pdf.ocr import Image, Seen
from policyqa.index.read.pdf.reader import page_ranges, read
from policyqa.index.read.pdf.shapes import Glyph

WIDTH, HEIGHT = A4
FONT = "STSong-Light"
LEFT, RIGHT, EM = 90.0, 510.0, 14.0
LIMITS = Limits()
LONG = (
    "为优化人口结构加强人才引进工作畅通入户渠道规范入户管理"
    "根据有关规定结合本市实际情况制定本办法并向社会公布施行"
)

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def made(*draws: Callable[[Canvas], None], title: str = "", **options: object) -> bytes:
    """A PDF with one page for each drawing."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, **options)
    canvas.setTitle(title)
    for draw in draws:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def put(canvas: Canvas, x: float, down: float, text: str, size: float = EM) -> None:
    """Text with its baseline `down` points below the top."""
    canvas.setFont(FONT, size)
    canvas.drawString(x, HEIGHT - down, text)


def flow(canvas: Canvas, down: float, *paragraphs: str, columns: int = 30) -> float:
    """Paragraphs in lines of `columns` characters, the first indented by two."""
    for paragraph in paragraphs:
        first, rest = paragraph[: columns - 2], paragraph[columns - 2 :]
        put(canvas, LEFT + 2 * EM, down, first)
        down += 24
        while rest:
            put(canvas, LEFT, down, rest[:columns])
            rest, down = rest[columns:], down + 24
    return down


def words(extract: Extract) -> list[str]:
    return [part.text for part in extract.parts if isinstance(part, Paragraph)]


def test_lines_become_paragraphs_by_indent_and_margin() -> None:
    first, second = LONG + "。", "符合规定条件的人才可以申请入户。"
    data = made(lambda c: flow(c, 100, first, second, first) and None)
    assert words(read(data, LIMITS)) == [first, second, first]


def test_paragraph_goes_on_over_a_page_break_and_page_numbers_go() -> None:
    def one(canvas: Canvas) -> None:
        flow(canvas, 100, LONG + "。", (LONG + LONG)[:58])
        put(canvas, 290, 800, "- 1 -", 9)

    def two(canvas: Canvas) -> None:
        put(canvas, LEFT, 100, "以及其他有关的人员。")
        flow(canvas, 124, LONG + "。")
        put(canvas, 290, 800, "- 2 -", 9)

    assert read(made(one, two), LIMITS).parts == (
        Paragraph(LONG + "。", page=1),
        Paragraph((LONG + LONG)[:58] + "以及其他有关的人员。", page=1),
        Paragraph(LONG + "。", page=2),
    )


def test_headings_rank_by_size() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, WIDTH / 2 - 110, 100, "人才入户管理办法简介", 22)
        put(canvas, LEFT, 150, "一、申请条件", 17)
        flow(canvas, 180, LONG + "。", LONG + "。")
        put(canvas, LEFT, 330, "二、申请材料", 17)
        flow(canvas, 360, LONG + "。")

    parts = read(made(draw), LIMITS).parts
    headings = [
        (p.text, p.level) for p in parts if isinstance(p, Paragraph) and p.kind == "heading"
    ]
    assert headings == [("人才入户管理办法简介", 1), ("一、申请条件", 2), ("二、申请材料", 2)]


def test_centred_line_is_a_heading_and_spread_words_are_closed_up() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 251, 100, "第一章　总　则")
        flow(canvas, 130, LONG + "。", LONG + "。")

    first = read(made(draw), LIMITS).parts[0]
    assert first == Paragraph("第一章 总则", kind="heading", page=1)


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [LONG[n : n + 14] for n in (0, 14, 28)] * 2
    right = [LONG[n : n + 14] for n in (14, 0, 28)] * 2

    def draw(canvas: Canvas) -> None:
        for n, (a, b) in enumerate(zip(left, right, strict=True)):
            put(canvas, 90, 100 + 24 * n, a)
            put(canvas, 310, 100 + 24 * n, b)

    assert words(read(made(draw), LIMITS)) == ["".join(left) + "".join(right)]


def test_punctuation_may_hang_over_the_margin() -> None:
    def draw(canvas: Canvas) -> None:
        lines = ["一" * 22 + "、", "二" * 25 + "、", "三" * 24, "四" * 25, "按1"]
        lines += ["五" * 23, "六" * 24 + "按1", "3%计算。"]
        for n, text in enumerate(lines):
            put(canvas, LEFT + (2 * EM if text[0] in "一五" else 0), 100 + 24 * n, text)

    assert words(read(made(draw), LIMITS)) == [
        "一" * 22 + "、" + "二" * 25 + "、" + "三" * 24 + "四" * 25 + "按1",
        "五" * 23 + "六" * 24 + "按13%计算。",
    ]


def test_repeated_header_goes_and_repeated_body_stays() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            put(canvas, 400, 40, "某市政府公报", 9)
            put(canvas, LEFT, 300, "特此通知。")
            put(canvas, LEFT, 400, f"附表之{number}。")
            put(canvas, 280, 810, f"第{number}页 共3页", 9)

        return draw

    data = made(page(1), page(2), page(3))
    assert words(read(data, LIMITS)) == [
        "特此通知。", "附表之1。", "特此通知。", "附表之2。", "特此通知。", "附表之3。",
    ]  # fmt: skip


def test_lines_of_letters_that_differ_in_numbers_stay() -> None:
    def letter(number: int) -> tuple[str, ...]:
        return (
            f"住房补贴告知单（{number}）",
            f"第{number}条 每户每年{number}000元，分{number}次付清。",
            f"请于2025年{number}月20日前交齐材料",
            f"经办人：{'甲乙丙丁'[number - 1]}某",
        )

    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            for n, text in enumerate(letter(number)):
                put(canvas, LEFT, 70 + 22 * n, text)

        return draw

    said = "".join(words(read(made(*map(page, range(1, 5))), LIMITS)))
    assert said == "".join(text for n in range(1, 5) for text in letter(n))


def test_heads_apart_from_the_text_go_with_their_page_numbers_and_statements_stay() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            put(canvas, 200, 40, f"某市政府公报 第{number + 7}页")
            put(canvas, LEFT, 90, f"附件{number}")
            flow(canvas, 140, LONG + "。", LONG + "甲乙丙丁"[number - 1] + "。")
            put(canvas, LEFT, 770, "逾期未领的补贴不再发放。")
            put(canvas, 250, 810, f"· {number // 2} {number} ·", 9)

        return draw

    assert words(read(made(*map(page, range(1, 5))), LIMITS)) == [
        text
        for n in range(1, 5)
        for text in (
            f"附件{n}", LONG + "。", LONG + "甲乙丙丁"[n - 1] + "。", "逾期未领的补贴不再发放。",
        )
    ]  # fmt: skip


def test_of_two_pages_the_first_keeps_what_both_carry() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            put(canvas, 250, 40, "人才工作文件汇编", 9)
            put(canvas, LEFT, 300, f"第{number}项通知。")

        return draw

    assert words(read(made(page(1), page(2)), LIMITS)) == [
        "人才工作文件汇编", "第1项通知。", "第2项通知。",
    ]  # fmt: skip


def test_running_heads_that_change_with_the_chapter_go() -> None:
    def page(head: str, number: int, first: str, last: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            put(canvas, 230, 60, head, 10)
            put(canvas, LEFT, 110, first)
            flow(canvas, 134, LONG + "。", last)
            put(canvas, 290, 810, str(number), 9)

        return draw

    data = made(
        page("人才科事项清单", 1, "甲。", LONG + LONG[:4]),
        page("人才科事项清单", 2, "和其他的规定。", LONG + "。"),
        page("户籍科事项清单", 3, "乙。", LONG + LONG[:4]),
        page("户籍科事项清单", 4, "和其他的规定。", LONG + "。"),
    )
    rest = [LONG + "。", LONG + LONG[:4] + "和其他的规定。", LONG + "。", LONG + "。"]
    assert words(read(data, LIMITS)) == [
        *("人才科事项清单", "甲。", *rest),
        *("户籍科事项清单", "乙。", *rest),
    ]


def test_a_running_head_that_the_heading_of_its_page_says_goes_too() -> None:
    def page(chapter: str, text: str, *, first: bool) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            put(canvas, LEFT, 40, "某市租房手册", 9)
            put(canvas, 400, 40, chapter, 9)
            put(canvas, LEFT, 90, chapter if first else "具体如下。")
            put(canvas, LEFT, 114, text)

        return draw

    chapters = ("第一章 受理", "第二章 发放")
    data = made(*(page(c, f"{c[-2:]}于{n}时。", first=n == 1) for c in chapters for n in (1, 2)))
    assert words(read(data, LIMITS)) == [
        text for c in chapters for text in (c, f"{c[-2:]}于1时。", "具体如下。", f"{c[-2:]}于2时。")
    ]


def test_margins_of_another_page_make_no_headings_of_first_lines() -> None:
    def wide(canvas: Canvas) -> None:
        for n in range(20):
            put(canvas, LEFT - 2 * EM, 100 + 24 * n, (LONG + LONG)[:31] + "。")

    def narrow(canvas: Canvas) -> None:
        put(canvas, LEFT, 100, "第一条 目的")
        flow(canvas, 124, LONG + "。", LONG + LONG + "。", columns=28)

    parts = read(made(wide, narrow), LIMITS).parts
    assert [p.text for p in parts if isinstance(p, Paragraph) and p.page == 2] == [
        "第一条 目的", LONG + "。", LONG + LONG + "。",
    ]  # fmt: skip


@pytest.mark.parametrize("set_in", [2, 0])
def test_quotation_set_in_on_both_sides_is_a_paragraph(set_in: int) -> None:
    quoted = (LONG + LONG)[:70] + "。"

    def draw(canvas: Canvas) -> None:
        flow(canvas, 100, LONG + "：")
        put(canvas, LEFT + (2 + set_in) * EM, 156, quoted[: 26 - set_in])
        put(canvas, LEFT + 2 * EM, 180, quoted[26 - set_in : 52 - set_in])
        put(canvas, LEFT + 2 * EM, 204, quoted[52 - set_in :])
        flow(canvas, 236, LONG + "。")

    texts = (LONG + "：", quoted, LONG + "。")
    assert read(made(draw), LIMITS).parts == tuple(Paragraph(text, page=1) for text in texts)


@pytest.mark.parametrize("leader", [" ........................ ", " ……………… ", "　　　　　　　　"])
def test_tables_of_contents_are_no_text(leader: str) -> None:
    def contents(canvas: Canvas) -> None:
        put(canvas, 280, 150, "目　录")
        entries = ("第一章 总则", "第二章 申请和认定的条件", "第三章 附则")
        for n, (name, number) in enumerate(zip(entries, (1, 3, 9), strict=True)):
            put(canvas, LEFT, 200 + 24 * n, f"{name}{leader}{number}")
        put(canvas, LEFT, 272, "附录一 各区受理窗口的地址")
        put(canvas, LEFT, 296, f"和电话{leader}12")

    data = made(contents, lambda c: flow(c, 100, LONG + "。") and None)
    assert read(data, LIMITS).parts == (Paragraph(LONG + "。", page=2),)


def test_dots_to_be_filled_in_stay() -> None:
    def draw(canvas: Canvas) -> None:
        flow(canvas, 100, LONG + "。")
        for n, name in enumerate(("申请人", "电话", "地址")):
            put(canvas, LEFT, 400 + 40 * n, f"{name}：................")

    assert len(words(read(made(draw), LIMITS))) == 4


def test_browser_stamp_and_site_chrome_go() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 24, 22, "2026/7/24 16:15", 8)
        put(canvas, 200, 22, "关于人才的通知_某市人民政府", 8)
        put(canvas, LEFT, 120, "当前位置：首页 > 政务公开")
        flow(canvas, 170, LONG + "。")
        put(canvas, LEFT, 400, "分享到：微信")
        put(canvas, LEFT, 450, "版权所有：某市人民政府 渝ICP备12345678号")
        put(canvas, 24, 826, "https://www.example.gov.cn/a.html", 8)
        put(canvas, 552, 826, "1/1", 8)

    extract = read(made(draw, title="关于人才的通知_某市人民政府"), LIMITS)
    assert words(extract) == [LONG + "。"]
    assert extract.said == {"title": "关于人才的通知"}


def grid(canvas: Canvas, xs: list[float], ys: list[float]) -> None:
    for x in xs:
        canvas.line(x, HEIGHT - ys[0], x, HEIGHT - ys[-1])
    for y in ys:
        canvas.line(xs[0], HEIGHT - y, xs[-1], HEIGHT - y)


def test_ruled_table_with_a_merged_cell() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(90, HEIGHT - 200, 400, 100)
        canvas.line(200, HEIGHT - 100, 200, HEIGHT - 200)
        canvas.line(90, HEIGHT - 130, 490, HEIGHT - 130)
        canvas.line(200, HEIGHT - 165, 490, HEIGHT - 165)
        for x, down, text in (
            (100, 120, "类别"), (210, 120, "标准"), (100, 160, "博士"),
            (210, 150, "每月3000元"), (210, 190, "一次性50000元"),
        ):  # fmt: skip
            put(canvas, x, down, text, 12)
        put(canvas, LEFT, 300, "以上标准自发布之日起施行。")

    table, after = read(made(draw), LIMITS).parts
    assert table == Table(
        rows=(
            (Cell("类别"), Cell("标准")),
            (Cell("博士"), Cell("每月3000元")),
            (Cell(covered="above"), Cell("一次性50000元")),
        ),
        page=1,
    )
    assert after == Paragraph("以上标准自发布之日起施行。", page=1)


def test_rows_of_a_table_without_rules_are_lines() -> None:
    rows = [("级别", "补贴", "年限"), ("甲级", "900元", "三年"), ("乙级", "", "两年")]

    def draw(canvas: Canvas) -> None:
        for n, row in enumerate(rows):
            for x, cell in zip((LEFT, 250, RIGHT - 2 * EM), row, strict=True):
                put(canvas, x, 100 + 22 * n, cell)

    assert words(read(made(draw), LIMITS)) == ["级别 补贴 年限", "甲级 900元 三年", "乙级 两年"]


def test_table_over_two_pages_is_one_and_its_header_comes_once() -> None:
    def page(top: float, name: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            grid(canvas, [90, 200, 490], [top, top + 30, top + 60])
            put(canvas, 100, top + 20, "类别", 12)
            put(canvas, 210, top + 20, "标准", 12)
            put(canvas, 100, top + 50, name, 12)
            put(canvas, 210, top + 50, f"{name}的标准", 12)

        return draw

    (table,) = read(made(page(700, "博士"), page(90, "硕士")), LIMITS).parts
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["类别", "标准"],
        ["博士", "博士的标准"],
        ["硕士", "硕士的标准"],
    ]
    assert table.pages == (1, 1, 2)


def test_lines_of_a_cell_are_joined() -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas, [90, 200, 300], [100, 180])
        put(canvas, 100, 120, "博士", 12)
        for n, text in enumerate(("具有博士学位并", "且在本市工作。", "（二）其他")):
            put(canvas, 204, 120 + 20 * n, text, 12)

    (table,) = read(made(draw), LIMITS).parts
    assert isinstance(table, Table)
    assert table.rows[0][1].text == "具有博士学位并且在本市工作。\n（二）其他"


def test_footnote_follows_the_paragraph_of_its_mark() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT + 2 * EM, 100, "高层次人才")
        put(canvas, LEFT + 7 * EM, 95, "1", 7)
        put(canvas, LEFT + 7.4 * EM, 100, "可以申请补贴。")
        flow(canvas, 124, LONG + "。")
        canvas.line(90, HEIGHT - 740, 230, HEIGHT - 740)
        put(canvas, LEFT, 756, "1 指经认定的人才。", 9)

    parts = read(made(draw), LIMITS).parts
    assert parts == (
        Paragraph("高层次人才可以申请补贴。", page=1),
        Paragraph("指经认定的人才。", kind="note", label="脚注1", page=1),
        Paragraph(LONG + "。", page=1),
    )


def test_footnote_without_a_mark_stays_text() -> None:
    def draw(canvas: Canvas) -> None:
        flow(canvas, 100, LONG + "。")
        canvas.line(90, HEIGHT - 740, 230, HEIGHT - 740)
        put(canvas, LEFT, 756, "3 指经认定的人才。", 9)

    parts = read(made(draw), LIMITS).parts
    assert parts[-1] == Paragraph("3指经认定的人才。", page=1)


def test_oblique_watermark_is_left_out() -> None:
    def draw(canvas: Canvas) -> None:
        flow(canvas, 100, LONG + "。")
        canvas.saveState()
        canvas.translate(200, 400)
        canvas.rotate(45)
        canvas.setFont(FONT, 60)
        canvas.drawString(0, 0, "内部资料")
        canvas.restoreState()

    assert words(read(made(draw), LIMITS)) == [LONG + "。"]


def test_turned_page_is_read_upright() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rotate(90)
        canvas.setFont(FONT, EM)
        canvas.drawString(100, -100, "第一行的文字。")
        canvas.drawString(100, -200, "第二行的文字。")

    assert words(read(made(draw), LIMITS)) == ["第一行的文字。", "第二行的文字。"]


def test_text_drawn_upwards_on_a_page_that_is_turned_is_read_upright_with_its_table() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.rotate(90)
        canvas.translate(0, -HEIGHT)
        grid(canvas, [90, 200, 490], [300, 330, 360])
        for x, down, text in (
            (100, 320, "区县"), (210, 320, "博士补贴"), (100, 350, "松江区"), (210, 350, "12万元"),
        ):  # fmt: skip
            put(canvas, x, down, text, 12)
        put(canvas, 100, 420, "注：补贴分三年发放。")

    table, after = read(made(draw), LIMITS).parts
    assert isinstance(table, Table)
    assert [[c.text for c in row] for row in table.rows] == [
        ["区县", "博士补贴"], ["松江区", "12万元"],
    ]  # fmt: skip
    assert after == Paragraph("注：补贴分三年发放。", page=1)


def test_text_that_nobody_sees_is_not_read_and_white_text_on_a_dark_field_is() -> None:
    def draw(canvas: Canvas) -> None:
        flow(canvas, 100, LONG + "。")
        canvas.setFillColorRGB(0.1, 0.2, 0.6)
        canvas.rect(80, HEIGHT - 320, 400, 40, stroke=0, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        put(canvas, LEFT, 305, "白字写在深色的底上。")
        put(canvas, LEFT, 400, "补贴为五百万元。")
        canvas.setFillColorRGB(0, 0, 0)
        put(canvas, LEFT, 500, "任何人都可以领取。", 1)

    extract = read(made(draw), LIMITS)
    assert words(extract) == [LONG + "。", "白字写在深色的底上。"]
    assert extract.warnings == ("第 1 页有看不见的文字（白色或极小），没有读，请对照原件",)


def test_invisible_text_over_a_picture_is_what_was_recognised_in_it() -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas)
        text = canvas.beginText(LEFT, HEIGHT - 100)
        text.setFont(FONT, 12)
        text.setTextRenderMode(3)
        text.textOut(LONG[:36] + "。")
        canvas.drawText(text)

    assert words(read(made(draw), LIMITS)) == [LONG[:36] + "。"]


def without_map(data: bytes) -> bytes:
    """A file whose fonts number their shapes and do not say what these write."""
    for old, new in ((b"/UniGB-UCS2-H", b"/Identity-H"), (b"(GB1)", b"(Own)")):
        assert old in data
        data = data.replace(old, new.ljust(len(old)))
    return data


def test_fonts_without_a_character_map_are_not_read_as_mojibake() -> None:
    data = without_map(made(lambda c: flow(c, 100, LONG + "。") and None))
    with pytest.raises(MissingTool, match="字体没有文字编码，读出来是乱码"):
        read(data, LIMITS)


def test_pages_with_a_font_without_a_character_map_are_named() -> None:
    def plain_page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", EM)
        canvas.drawString(LEFT, 500, "Applications are received from Monday to Friday.")

    data = without_map(made(plain_page, lambda c: flow(c, 100, LONG + "。") and None))
    extract = read(data, LIMITS)
    assert words(extract) == ["Applications are received from Monday to Friday."]
    assert extract.warnings == (
        "第 2 页有的字体没有文字编码，读出来是乱码，没有读，请对照原件",
    )  # fmt: skip


def test_fields_of_forms_are_read_in_their_row_and_comments_are_named() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT, 100, "服务卡有效期：")
        canvas.acroForm.textfield(
            name="term", value="five years", x=LEFT + 8 * EM, y=HEIGHT - 106, width=200, height=20
        )
        put(canvas, LEFT, 160, "受理部门为人才服务科。")
        canvas.textAnnotation("an opinion", Rect=[400, 600, 420, 620])

    extract = read(made(draw), LIMITS)
    assert words(extract) == ["服务卡有效期： five years", "受理部门为人才服务科。"]
    assert extract.warnings == ("第 1 页有批注没有读，请对照原件",)


def test_vertical_text_is_read_by_columns_from_the_right() -> None:
    def draw(canvas: Canvas) -> None:
        for n, column in enumerate(
            ("松江府人才公告", "每位博士补助三十三万元", "申请至十一月底止")
        ):
            for m, char in enumerate(column):
                put(canvas, 450 - 40 * n, 92 + 24 * m, char, 16)

    text = "".join(words(read(made(draw), LIMITS)))
    assert text == "松江府人才公告每位博士补助三十三万元申请至十一月底止"


def picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Pillow.new("RGB", (60, 85), "white")), 0, 0, WIDTH, HEIGHT)


class FakeRecogniser:
    """Sees the same lines in every image and remembers its size."""

    def __init__(self, *seen: Seen) -> None:
        self.seen = seen
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, image: Image) -> list[Seen]:
        self.shapes.append(image.shape)
        return list(self.seen)


def test_scan_without_recogniser_says_what_to_do() -> None:
    with pytest.raises(UnreadableFile) as error:
        read(made(picture), LIMITS)
    assert str(error.value) == (
        "扫描件，没有文字层，需要文字识别：pip install 'policyqa[ocr]' 后重新运行 policyqa index"
    )


def test_scanned_pages_among_others_are_named() -> None:
    def text(canvas: Canvas) -> None:
        flow(canvas, 100, LONG + "。")

    extract = read(made(text, picture, picture), LIMITS)
    assert words(extract) == [LONG + "。"]
    assert extract.warnings == (
        "第 2–3 页是图像，没有文字层，未能读取："
        "pip install 'policyqa[ocr]' 后重新运行 policyqa index",
    )


def test_scan_is_recognised_and_unsure_lines_are_dropped() -> None:
    fake = FakeRecogniser(
        Seen("法由市人力资源局解释。", 200, 260, 566, 300, 0.99),
        Seen("第一条本市引进人才入户工作适用本办法的规定，本办", 266, 200, 1040, 240, 0.99),
        Seen("看不清", 200, 400, 300, 440, 0.3),
    )
    extract = read(made(picture), LIMITS, recognise=fake)
    assert words(extract) == [
        "第一条本市引进人才入户工作适用本办法的规定，本办法由市人力资源局解释。"
    ]
    assert extract.warnings == (
        "第 1 页由图像识别，请核对",
        "图像识别有 1 行把握太低，已略去，请对照原件",
    )
    assert fake.shapes == [(1754, 1241, 3)]


def test_huge_page_is_rendered_small() -> None:
    fake = FakeRecogniser(Seen("文字", 0, 0, 20, 20, 0.9))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(14000, 14000))
    canvas.drawImage(ImageReader(Pillow.new("RGB", (10, 10))), 0, 0, 14000, 14000)
    canvas.save()
    read(out.getvalue(), LIMITS, recognise=fake)
    height, width, _ = fake.shapes[0]
    assert height * width <= 12_100_000


def test_locked_file() -> None:
    data = made(lambda c: flow(c, 100, LONG) and None, encrypt="secret")
    with pytest.raises(UnreadableFile, match=r"^PDF 有密码保护，请先去掉密码$"):
        read(data, LIMITS)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"not a pdf at all", b"\x00" * 4000])
def test_damaged_file(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="PDF 文件已损坏，无法打开"):
        read(data, LIMITS)


def test_flipped_and_cut_files_raise_nothing_else() -> None:
    whole = made(*[lambda c: flow(c, 100, LONG, LONG) and None] * 2)
    dice = random.Random(7)
    for trial in range(60):
        data = bytearray(whole)
        for _ in range(12):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = data if trial % 2 else data[: dice.randrange(len(data))]
        with contextlib.suppress(UnreadableFile):
            assert all(isinstance(text, str) for text in words(read(bytes(cut), LIMITS)))


def test_cut_file_is_read_with_a_warning() -> None:
    data = made(lambda c: flow(c, 100, LONG + "。") and None).removesuffix(b"%%EOF\n")
    assert read(data, LIMITS).warnings == ("PDF 缺少结尾，可能不完整，请核对",)


def test_limits_are_named() -> None:
    pages = made(*[lambda c: flow(c, 100, LONG) and None] * 3)
    with pytest.raises(UnreadableFile, match="PDF 有 3 页，超过上限 2 页"):
        read(pages, Limits(max_pages=2))
    with pytest.raises(UnreadableFile, match="超过 40 字的上限"):
        read(pages, Limits(max_chars=40))


def test_titles_of_tools_are_not_titles() -> None:
    for title in ("Microsoft Word - 通知.doc", "办法.docx", "无标题", "00001", "C:\\a"):
        assert NO_TITLE.search(title), title
    for title, said in (("关于人才入户的通知", "关于人才入户的通知"), ("ÖØÇìÊÐ°ì·¨", "")):
        data = made(lambda c: flow(c, 100, LONG) and None, title=title)
        assert read(data, LIMITS).said.get("title", "") == said


def test_characters_are_made_plain() -> None:
    assert "".join(plain(ord(char)) for char in "⼈⺠ﬁ（Ａ") == "人民fi（Ａ"
    assert plain(0) == "\ufffd"
    assert closed_up("第一章 总 则") == "第一章 总则"
    assert closed_up("标  题： 通知") == "标题： 通知"
    assert closed_up("张 三  李 四") == "张三 李四"
    assert spaced("申请", "条件") == "申请条件"
    assert spaced("talent", "policy") == "talent policy"


def test_rubbish_is_told_from_text() -> None:
    assert is_rubbish("ÖØÇìÊÐ°ì·¨")
    assert is_rubbish("\ue001\ue002\ue003\ue004")
    assert not is_rubbish("第一条 为优化人口结构，制定本办法。")


def test_page_ranges() -> None:
    assert page_ranges([3, 4, 5, 8]) == "3–5、8"


def test_typed_spaces_stay_between_words_and_go_between_letters() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT, 100, "重 庆 市 人 民 政 府")
        put(canvas, LEFT, 160, "人力资源局 发展改革委")
        put(canvas, LEFT, 220, "Talent Policy of 2026 年")

    assert words(read(made(draw), LIMITS)) == [
        "重庆市人民政府", "人力资源局 发展改革委", "Talent Policy of 2026年",
    ]  # fmt: skip


def test_body_with_stray_bytes_of_a_loop_is_damaged_or_read() -> None:
    loop = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>endobj\n"
        b"xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 9/Size 3>>\nstartxref\n9\n%%EOF"
    )
    with pytest.raises(UnreadableFile):
        read(loop, LIMITS)


def test_thousands_of_annotations_change_nothing() -> None:
    def draw(canvas: Canvas) -> None:
        flow(canvas, 100, LONG + "。")
        for n in range(3000):
            canvas.linkURL("https://example.org", (n % 500, 10, n % 500 + 5, 20))

    assert words(read(made(draw), LIMITS)) == [LONG + "。"]


def test_a_narrow_one_stands_beside_its_neighbours() -> None:
    def digits(text: str, *, apart: float = 0.0) -> str:
        """Half an em from one digit to the next, a 1 as wide as its ink."""
        x, row = 0.0, []
        for char in text:
            row.append(Glyph(char, x, x + (2.4 if char == "1" else 4.6), 0.0, 10.0))
            x += 5.0 + apart
        return _text(row)

    assert digits("2010") == "2010"
    assert digits("2010", apart=2.8) == "2 0 1 0"
