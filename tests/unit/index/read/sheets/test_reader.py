"""The spreadsheet loader: values as shown, merged cells, and the tables of a sheet."""

import datetime
import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Color, Font, PatternFill

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Cell, Extract, Limits, Paragraph, Table
from policyqa.index.read.sheets import reader as sheets

LEFT, ABOVE = Cell(covered="left"), Cell(covered="above")


def saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbook(rows: list[list[Any]], *merges: str) -> Any:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for merge in merges:
        book.active.merge_cells(merge)
    return book


def read(book: Any) -> Extract:
    return sheets.read(saved(book), Limits())


def table(rows: list[list[Any]], *merges: str) -> Table:
    (part,) = read(workbook(rows, *merges)).parts
    assert isinstance(part, Table)
    return part


def texts(part: object) -> list[list[str]]:
    assert isinstance(part, Table)
    return [[cell.text for cell in row] for row in part.rows]


def with_sheet(data: bytes, change: Any) -> bytes:
    """The workbook with the XML of its first sheet changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name.endswith("sheet1.xml") else content)
    return made.getvalue()


def test_values_are_text_as_shown() -> None:
    book = openpyxl.Workbook()
    values = [
        ("20", 20.0, None), ("1.5", 1.5, None), ("0.3", 0.1 + 0.2, None),
        ("15.5%", 0.155, "0.0%"), ("60%", 0.6, "0%"), ("是", True, None), ("否", False, None),
        ("2024-03-01", datetime.date(2024, 3, 1), None),
        ("2024-03-01 14:30", datetime.datetime(2024, 3, 1, 14, 30), None),
        ("2024-03", datetime.date(2024, 3, 1), 'yyyy"年"m"月"'),
        ("09:30", datetime.time(9, 30), None), ("30:00", datetime.timedelta(hours=30), None),
        ("第一行\n第二行", "第一行\n第二行", None), ("甲", " 甲 ", None), ("", "=1/0", None),
    ]  # fmt: skip
    for column, (_, value, code) in enumerate(values, 1):
        cell = book.active.cell(2, column, value)
        if code:
            cell.number_format = code
        book.active.cell(1, column, f"列{column}")
    (part,) = read(book).parts
    assert texts(part)[1] == [shown for shown, _, _ in values]


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        (20, '0"万元"', "20万元"),
        (3000, '#,##0"元"', "3,000元"),
        (2.5, '0"万元"', "3万元"),
        (15000.5, '#,##0.00"元/月"', "15,000.50元/月"),
        (20, 'General"万元"', "20万元"),
        (1.5, r"0.0#\万\元", "1.5万元"),
        (3000, '"¥"#,##0.00_);[Red]\\("¥"#,##0.00\\)', "¥3,000.00"),
        (-3000, "[$¥-804]#,##0;-[$¥-804]#,##0", "-¥3,000"),
        (-5, '0"分"', "-5分"),
        (25000, '0.0,"千元"', "25.0千元"),
        (0, '0"元";;"免费"', "免费"),
        (7, "000", "007"),
        (0.155, '"约"0.0%', "约15.5%"),
        (15, '0"%"', "15%"),
        (1500, '[>=1000]0.0,"千";0', "1500"),
        (15000, r'0\.0,"万"', "15000"),
        (1500, "_ * #,##0.00_ ;_ * -#,##0.00_ ", "1500"),
    ],
)
def test_a_unit_in_the_number_format_stands_with_its_value(
    value: float, code: str, said: str
) -> None:
    book = workbook([["项目", "标准"], ["博士", value]])
    book.active["B2"].number_format = code
    (part,) = read(book).parts
    assert texts(part)[1][1] == said


def struck_out(book: Any, *places: str) -> Any:
    for place in places:
        book.active[place].font = Font(strike=True)
    return book


def test_what_is_hidden_or_struck_out_is_not_read_and_named() -> None:
    rows = [["类别", "补贴", "内部"], ["博士", 20, "略"], ["硕士", 9], ["本科", 5], ["专科", 3]]
    book = struck_out(workbook(rows), "A4", "B4")
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["C"].hidden = True
    extract = read(book)
    assert texts(extract.parts[0]) == [
        ["类别", "补贴"], ["博士", "20"], ["", ""], ["", ""], ["专科", "3"]
    ]  # fmt: skip
    assert extract.warnings == (
        "工作表“Sheet”有隐藏的 1 行、1 列，没有读；需要时请取消隐藏后再上传",
        "工作表“Sheet”有 2 个单元格带删除线，没有读",
    )


@pytest.mark.parametrize(
    ("ink", "ground", "seen"),
    [
        (Color("FFFFFFFF"), None, False),
        (Color(theme=0), None, False),
        (Color(indexed=9), "FFFFFF", False),
        (Color("FFFFFFFF"), "1F4E78", True),
        (Color("FF1F4E78"), "1F4E78", False),
        (Color(theme=0, tint=-0.5), None, True),
        (Color(theme=1), None, True),
    ],
)
def test_words_of_the_colour_of_their_ground_are_not_read_and_named(
    ink: Color, ground: str | None, seen: bool
) -> None:
    book = workbook([["类别", "补贴"], ["博士", 20], ["硕士", 9]])
    book.active["B3"].font = Font(color=ink)
    if ground:
        book.active["B3"].fill = PatternFill("solid", ground)
    extract = read(book)
    assert texts(extract.parts[0])[2] == ["硕士", "9" if seen else ""]
    warning = "工作表“Sheet”有 1 个单元格的字与底色相同，看不见，没有读；需要时请改字的颜色后再上传"
    assert extract.warnings == (() if seen else (warning,))


def test_white_words_are_read_where_a_table_style_may_give_the_ground() -> None:
    book = workbook([["类别", "补贴"], ["博士", 20]])
    book.active["A1"].font = Font(color="FFFFFFFF")
    book.active.add_table(openpyxl.worksheet.table.Table(displayName="T", ref="A1:B2"))
    assert texts(read(book).parts[0])[0] == ["类别", "补贴"]


def test_rows_without_height_and_columns_without_width_are_hidden() -> None:
    data = saved(workbook([["类别", "补贴", "内部"], ["博士", 20, "略"], ["硕士", 9, "略"]]))
    flat = with_sheet(
        data,
        lambda xml: xml.replace(b'<row r="3"', b'<row r="3" ht="0" customHeight="1"').replace(
            b"<sheetData>", b'<cols><col min="3" max="3" width="0"/></cols><sheetData>'
        ),
    )
    extract = sheets.read(flat, Limits())
    assert texts(extract.parts[0]) == [["类别", "补贴"], ["博士", "20"]]
    warning = "工作表“Sheet”有隐藏的 1 行、1 列，没有读；需要时请取消隐藏后再上传"
    assert extract.warnings == (warning,)


def test_words_struck_out_inside_a_cell_are_not_read() -> None:
    words = CellRichText(
        "每月",
        TextBlock(InlineFont(strike=True), "1000元"),
        TextBlock(InlineFont(b=True), "1600元"),
    )
    extract = read(workbook([["学历", "补贴"], ["本科", words]]))
    assert texts(extract.parts[0])[1] == ["本科", "每月1600元"]
    assert extract.warnings == ("单元格里有 1 处文字带删除线，没有读",)


def test_a_merged_cell_that_begins_in_a_hidden_row_stands_in_the_first_seen() -> None:
    rows = [["类别", "补贴"], ["博士", 1], [None, 2], [None, 3], ["硕士", 4]]
    book = workbook(rows, "A2:A4")
    book.active.row_dimensions[2].hidden = True
    (part,) = read(book).parts
    assert isinstance(part, Table)
    assert part.rows[2:4] == ((Cell("博士"), Cell("2")), (ABOVE, Cell("3")))


def test_formulas_that_were_never_worked_out_are_named() -> None:
    rows = [["项目", "人数", "合计"], *(["博士", 2, f"=B{n}*20"] for n in range(2, 9))]
    data = saved(workbook(rows))
    known = with_sheet(
        data, lambda xml: re.sub(rb"(B2\*20</f>)<v ?/?>(</v>)?", rb"\1<v>40</v>", xml)
    )
    warning = "工作表“Sheet”的公式没有保存结果，单元格是空的（{}），请打开后重新保存"
    assert sheets.read(data, Limits()).warnings == (warning.format("C2、C3、C4、C5、C6 等 7 个"),)
    assert sheets.read(known, Limits()).warnings == (warning.format("C3、C4、C5、C6、C7 等 6 个"),)


def test_long_numbers_have_all_their_digits() -> None:
    long = [123, 6.22202123456789e18, 110101199003070000, 123456789012, 0.0000025]
    data = saved(workbook([["窗口", *"甲乙丙丁戊"], ["综合", *long]]))
    whole = with_sheet(data, lambda xml: xml.replace(b">123</v>", b">6222021234567890123</v>"))
    extract = sheets.read(whole, Limits())
    assert texts(extract.parts[0])[1][1:] == [
        "6222021234567890123",
        "6222021234567890000",
        "110101199003070000",
        "123456789012",
        "0.0000025",
    ]
    warning = "工作表“Sheet”的数字超过 15 位，后面的数位已变成 0（C2、D2），请改成文本格式重填"
    assert extract.warnings == (warning,)


def test_a_sheet_has_its_name_and_the_number_of_its_first_row() -> None:
    book = openpyxl.Workbook()
    book.active.title = "小学"
    book.active["C5"], book.active["D5"] = "学校", "计划"
    book.active["C6"], book.active["D6"] = "一小", 20
    assert read(book).parts == (
        Table(
            ((Cell("学校"), Cell("计划")), (Cell("一小"), Cell("20"))), sheet="小学", first_row=5
        ),
    )


def test_merged_cells_are_told_from_empty_ones() -> None:
    part = table(
        [["类别", None, "分值"], ["学历", "本科", 60], [None, "硕士", None]], "A1:B1", "A2:A3"
    )
    assert part.rows == (
        (Cell("类别"), LEFT, Cell("分值")),
        (Cell("学历"), Cell("本科"), Cell("60")),
        (ABOVE, Cell("硕士"), Cell()),
    )
    assert part.merges_known


def test_a_column_that_only_merges_fill_is_dropped() -> None:
    part = table([["类别", None, "分值"], ["学历", None, 60]], "A1:B1", "A2:B2")
    assert part.rows == ((Cell("类别"), Cell("分值")), (Cell("学历"), Cell("60")))


def test_lines_above_a_table_are_its_title_and_an_attachment_mark_is_not() -> None:
    rows = [["附件1"], ["积分入学学校名单"], ["学校", "计划"], ["一小", 20]]
    first, second = read(workbook(rows, "A2:B2")).parts
    assert first == Paragraph("附件1", sheet="Sheet", row=1)
    assert isinstance(second, Table)
    assert (second.title, second.first_row) == ("积分入学学校名单", 3)


def test_a_title_over_an_empty_row_belongs_to_the_table() -> None:
    part = table([["积分入学学校名单"], [], ["学校", "计划"], ["一小", 20]])
    assert (part.title, part.first_row) == ("积分入学学校名单", 3)


def test_a_title_merged_over_two_rows_leaves_no_row() -> None:
    part = table([["学校名单", None], [None, None], ["学校", "计划"], ["一小", 20]], "A1:B2")
    assert (part.title, part.first_row, len(part.rows)) == ("学校名单", 3, 2)


def test_a_group_header_in_the_middle_is_no_title() -> None:
    part = table([[None, "入户", None, None], ["城市", "学历", "购房", "投靠"], ["武汉", 1, 2, 3]])
    assert part.title == ""
    assert texts(part)[0] == ["", "入户", "", ""]


def test_notes_under_a_table_are_paragraphs() -> None:
    rows = [
        ["学校", "计划"],
        ["一小", 20],
        ["合计", None],
        [],
        ["注：计划可调整。"],
        ["2.以教育局公布为准。"],
    ]
    first, *notes = read(workbook(rows)).parts
    assert texts(first) == [["学校", "计划"], ["一小", "20"], ["合计", ""]]
    assert notes == [
        Paragraph("注：计划可调整。", sheet="Sheet", row=5),
        Paragraph("2.以教育局公布为准。", sheet="Sheet", row=6),
    ]


def test_an_empty_row_within_a_table_is_kept_so_that_numbers_stay_right() -> None:
    part = table([["城市", "补贴"], ["重庆", "一万元"], [], ["成都", "两万元"]])
    assert texts(part) == [["城市", "补贴"], ["重庆", "一万元"], ["", ""], ["成都", "两万元"]]


@pytest.mark.parametrize(
    "second",
    [
        [["城市", "补贴"], ["成都", "两万元"]],
        [["区县", "名额"], ["渝中", 3]],
        [["区县", "名额", "联系人"], ["渝中", "三", "甲"]],
        [["区县名额"], ["区县", "名额"], ["渝中", "三"]],
    ],
    ids=["same header", "over numbers", "other width", "own title"],
)
def test_a_second_header_begins_a_second_table(second: list[list[Any]]) -> None:
    parts = read(workbook([["城市", "补贴"], ["重庆", "一万元"], [], *second])).parts
    assert len(parts) == 2
    assert texts(parts[1])[-1][0] == second[-1][0]


def test_tables_side_by_side_are_two_under_one_title() -> None:
    rows = [
        ["引才政策", None, None, None, None],
        ["补贴", None, None, "窗口"],
        ["层次", "标准", None, "街道", "楼层"],
        ["正高", "8万", None, "桥东", "三楼"],
        [None, None, None, "桥西", "一楼"],
    ]
    first, second = read(workbook(rows, "A1:E1")).parts
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert texts(first) == [["层次", "标准"], ["正高", "8万"]]
    assert texts(second) == [["街道", "楼层"], ["桥东", "三楼"], ["桥西", "一楼"]]
    assert (first.title, first.first_row) == ("引才政策 补贴", 3)
    assert (second.title, second.first_row) == ("引才政策 窗口", 3)


@pytest.mark.parametrize(
    "rows",
    [
        [["层次", "条件", None, "标准", "年限"], ["正高", "在职", None, "8万", "5年"]],
        [["姓名", "性别", None, "学历", "专业"], *[["甲", "男", None, "本科", "法学"]] * 2],
        [["层次", "条件", None, "备注"], ["正高", "在职", None, "无"]],
        [["层次", "条件"], ["正高", "在职", None, "略", "无"]],
    ],
    ids=["figures", "no names", "one column", "no header"],
)
def test_an_empty_column_within_a_table_parts_nothing(rows: list[list[Any]]) -> None:
    assert len(read(workbook(rows)).parts) == 1


def test_a_hidden_column_within_a_table_parts_nothing() -> None:
    rows = [["层次", "条件", "内部", "街道", "楼层"], ["正高", "在职", "略", "桥东", "三楼"]]
    book = workbook([*rows, ["副高", "在职", "略", "桥西", "一楼"]])
    book.active.column_dimensions["C"].hidden = True
    (part,) = read(book).parts
    assert texts(part)[1] == ["正高", "在职", "桥东", "三楼"]


def test_header_rows_are_those_frozen_or_filtered() -> None:
    rows: list[list[Any]] = [["名单"], ["学校", "计划"], ["一小", 20]]
    assert table(rows).header_rows is None
    frozen = workbook(rows)
    frozen.active.freeze_panes = "B3"
    filtered = workbook(rows)
    filtered.active.auto_filter.ref = "A2:B3"
    for book in (frozen, filtered):
        (part,) = read(book).parts
        assert isinstance(part, Table)
        assert part.header_rows == 1


@pytest.mark.parametrize(
    ("rows", "merges", "count"),
    [
        ([["区", "窗口"], ["江北", "三楼"], ["渝中", "一楼"]], (), 1),
        ([["序号", "区", "条件"], [1, "江北", None], [2, "渝中", "本科"]], (), 1),
        ([["区", "条件"], [None, "有房。"], ["渝中", "本科"]], (), 1),
        ([["区", "补贴", None], ["江北", 20, 30], ["渝中", 10, 15]], ("B1:C1",), 1),
        ([["区", "补贴", None], [None, 2023, 2024], ["渝中", 10, 15]], ("B1:C1",), 2),
        ([["区", "补贴", None], [None, 2023, 2024], ["渝中", 1, 5]], ("A1:A2", "B1:C1"), 2),
        ([["区", "补贴"], [None, "（万元）"], ["渝中", 10]], (), 2),
        ([["区", "补贴"], ["District", "Amount"], ["渝中", 10]], (), 2),
    ],
)
def test_a_frozen_row_of_data_is_no_header(
    rows: list[list[Any]], merges: tuple[str, ...], count: int
) -> None:
    book = workbook(rows, *merges)
    book.active.freeze_panes = "B3"
    (part,) = read(book).parts
    assert isinstance(part, Table)
    assert part.header_rows == count


def test_articles_one_below_the_other_are_paragraphs() -> None:
    rows = [["第一条 目的。\n第二条 范围。"], ["第三条 条件。"]]
    parts = read(workbook(rows)).parts
    lines = (("第一条 目的。", 1), ("第二条 范围。", 1), ("第三条 条件。", 2))
    assert parts == tuple(Paragraph(text, sheet="Sheet", row=row) for text, row in lines)


def test_hidden_and_chart_sheets_are_skipped() -> None:
    book = workbook([["学校", "计划"], ["一小", 20]])
    book.create_chartsheet("图")
    book.create_sheet("旧表").append(["密", "件"])
    book["旧表"].sheet_state = "hidden"
    extract = read(book)
    assert len(extract.parts) == 1
    assert extract.warnings == ("工作表“旧表”是隐藏的，已跳过",)


def test_a_merge_of_whole_rows_is_read_though_calamine_refuses_it() -> None:
    data = saved(workbook([["甲", "乙"], ["全行", None], ["丙", "丁"]], "A2:B2"))
    broken = with_sheet(data, lambda xml: xml.replace(b'ref="A2:B2"', b'ref="2:2"'))
    assert b'ref="2:2"' in zipfile.ZipFile(io.BytesIO(broken)).read("xl/worksheets/sheet1.xml")
    (part,) = sheets.read(broken, Limits()).parts
    assert isinstance(part, Table)
    assert part.rows[1] == (Cell("全行"), LEFT)


def test_old_workbooks_are_read_too() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("小学")
    sheet.write_merge(0, 0, 0, 1, "学校名单")
    for row, cells in enumerate([("街道", "学校"), ("桥东", "一小"), (None, "二小")], 1):
        for column, value in enumerate(cells):
            if value:
                sheet.write(row, column, value)
    sheet.merge(2, 3, 0, 0)
    hidden = book.add_sheet("旧表")
    hidden.write(0, 0, "密")
    hidden.visibility = 1
    extract = read(book)
    assert extract.warnings == ("工作表“旧表”是隐藏的，已跳过",)
    assert extract.parts == (
        Table(
            (
                (Cell("街道"), Cell("学校")),
                (Cell("桥东"), Cell("一小")),
                (ABOVE, Cell("二小")),
            ),
            title="学校名单",
            sheet="小学",
            first_row=2,
        ),
    )


def test_too_many_rows_are_named() -> None:
    data = saved(workbook([["甲", "乙"]] * 3))
    with pytest.raises(UnreadableFile, match="超过上限 2 行"):
        sheets.read(data, Limits(max_rows=2))


def test_two_far_cells_do_not_make_a_table_of_thousand_millions() -> None:
    book = workbook([["甲"]])
    book.active["XFD1048576"] = "乙"
    with pytest.raises(UnreadableFile, match="1048576 行 × 16384 列，太大"):
        read(book)


def test_a_style_that_runs_to_the_last_row_costs_nothing() -> None:
    book = workbook([["甲", "乙"], ["丙", "丁"]])
    book.active["XFD1048576"].number_format = "0%"
    (part,) = read(book).parts
    assert texts(part) == [["甲", "乙"], ["丙", "丁"]]


def test_too_large_once_unpacked_is_refused() -> None:
    data = saved(workbook([["甲", "乙"]]))
    with pytest.raises(UnreadableFile, match="超过上限 0 MB"):
        sheets.read(data, Limits(max_unpacked_bytes=100))


def test_a_password_is_named() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(UnreadableFile, match="有密码保护"):
        sheets.read(data, Limits())


def test_a_workbook_without_text_says_so() -> None:
    with pytest.raises(UnreadableFile, match="没有文字"):
        read(openpyxl.Workbook())


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_damage_is_named_whatever_it_is(kind: str) -> None:
    book = workbook([["甲", "乙"], [1, 2]])
    if kind == "xls":
        book = xlwt.Workbook()
        book.add_sheet("甲").write(0, 0, "乙")
    data = saved(book)
    for size in range(0, len(data) - 100, len(data) // 20):
        with pytest.raises(UnreadableFile, match=re.compile("损坏")):
            sheets.read(data[:size], Limits())
