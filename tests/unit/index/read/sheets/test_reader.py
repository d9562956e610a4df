"""The spreadsheet loader: values as shown, merged cells, and the tables of a sheet."""

import datetime
import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
import xlwt

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
