"""Headings, tables, boxes and articles out of cleaned lines."""

import pytest

from index.structure import ARTICLE, BOX, PLAIN, Block, blocks_of, heading_level


def shown(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(block.kind, block.body.text, block.section) for block in blocks_of(text)]


def block(text: str, words: str) -> Block:
    (found,) = [item for item in blocks_of(text) if item.body.text == words]
    return found


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("第一章 总则", 1),
        ("第十二编 附则", 1),
        ("第二节  基本原则", 2),
        ("一、指导思想", 3),
        ("（二）主要目标", 4),
        ("3.打造合作平台", 5),
        ("（1）实施“顶尖人才招引工程”", 6),
        ("表1 主要指标", 7),
        ("专栏3 专项行动", BOX),
        ("打造人才特区", PLAIN),
        ("第一条 申请人应当年满十八周岁。", None),
        ("第一条 申请人", None),  # a clause, however short
        ("一、符合条件的申请人，可以享受以下支持：", None),
        ("3.5%的增长", PLAIN),  # a number, not a numbering
        ("2021年7月13日", None),
        ("二〇二一年七月十三日", None),
        ("2021—2025", None),
        ("人才是第一资源。", None),
        ("一、" + "人才政策" * 10, None),
        ("人才政策" * 8 + "的", None),
    ],
)
def test_levels_of_headings(text: str, level: int | None) -> None:
    assert heading_level(text) == level


def test_headings_hold_until_one_of_their_level() -> None:
    text = "第一章 总则\n第一节 目的\n甲。\n第二节 原则\n乙。\n第二章 附则\n丙。"
    assert [(words, path) for kind, words, path in shown(text) if kind == "text"] == [
        ("甲。", ("第一章 总则", "第一节 目的")),
        ("乙。", ("第一章 总则", "第二节 原则")),
        ("丙。", ("第二章 附则",)),
    ]


def test_markdown_headings_have_the_level_of_their_marks() -> None:
    text = "# 总则\n甲。\n### 目的\n乙。\n## 原则\n丙。"
    assert [(b.body.text, b.level, b.section) for b in blocks_of(text) if b.kind == "heading"] == [
        ("总则", 1, ("总则",)),
        ("目的", 3, ("总则", "目的")),
        ("原则", 2, ("总则", "原则")),
    ]


def test_wide_spaces_in_a_heading_close_up_in_the_path_only() -> None:
    (heading, _) = blocks_of("第一章\u3000 序言\n甲。")
    assert (heading.body.text, heading.section) == ("第一章\u3000 序言", ("第一章 序言",))


def test_a_last_line_without_number_is_no_heading() -> None:
    assert shown("甲乙丙。\n人才办公室") == [("text", "甲乙丙。", ()), ("text", "人才办公室", ())]


TABLE = (
    "表1 主要指标\n\t类 别\n\t指标\n\t2025年\n\n\t规模\n\t人才总\n量\n\t20\n\n"
    "\t\n\t顶尖人才\n\t50\n\n正文。"
)


def test_a_table_with_one_cell_a_line_has_its_rows() -> None:
    path = ("表1 主要指标",)
    assert shown(TABLE) == [
        ("heading", "表1 主要指标", path),
        ("header", "类别\t指标\t2025年", path),
        ("row", "规模\t人才总量\t20", path),
        ("row", "\t顶尖人才\t50", path),  # its first cell is merged with the one above
        ("text", "正文。", path),
    ]


def test_rows_know_their_header() -> None:
    header = block(TABLE, "类别\t指标\t2025年")
    rows = [item for item in blocks_of(TABLE) if item.kind == "row"]
    assert [row.head and row.head.body.text for row in rows] == [header.body.text] * 2
    assert header.head is None


def test_cells_point_into_the_file() -> None:
    row = block(TABLE, "规模\t人才总量\t20")
    pairs = zip(row.body.text, row.body.at.tolist(), strict=True)
    assert all(TABLE[at] == char for char, at in pairs if char != "\t")


def test_a_note_in_a_cell_follows_the_table() -> None:
    text = "\t指标\n\t数\n\n\t技能人才[footnoteRef:3]比例 [3:  指技师] \n\t30\n\n正文。"
    assert [(kind, words) for kind, words, _ in shown(text)] == [
        ("header", "指标\t数"),
        ("row", "技能人才比例\t30"),
        ("note", "指技师"),
        ("text", "正文。"),
    ]


def test_latin_cells_keep_their_spaces() -> None:
    assert shown("\t指 标\n\tR and D\n\n\t经 费\n\t5 5")[0][1] == "指标\tR and D"


def test_a_box_is_a_section_that_ends_with_it() -> None:
    text = "（1）实施工程\n甲。\n\t专栏1 建设平台\n\t乙。\n\t丙。\n\n\n（2）壮大工程\n丁。\n戊。"
    assert [(words, path) for kind, words, path in shown(text) if kind == "text"] == [
        ("甲。", ("（1）实施工程",)),
        ("乙。", ("（1）实施工程", "专栏1 建设平台")),
        ("丙。", ("（1）实施工程", "专栏1 建设平台")),
        ("丁。", ("（2）壮大工程",)),
        ("戊。", ("（2）壮大工程",)),
    ]


def test_text_after_a_box_belongs_above_it() -> None:
    found = shown("（1）工程\n\t专栏1 平台\n\t乙。\n\n\n丁。")
    assert found[-1] == ("text", "丁。", ("（1）工程",))


def test_a_title_above_a_reporter_opens_an_article() -> None:
    text = "大标题\n本报记者 李增辉\n甲。\n小标题\n乙。\n另一篇\n本报记者 刘新吾\n丙。"
    found = blocks_of(text)
    assert [(b.body.text, b.level) for b in found if b.kind == "heading"] == [
        ("大标题", ARTICLE),
        ("小标题", PLAIN),
        ("另一篇", ARTICLE),
    ]
    assert found[-1].section == ("另一篇",)
    assert found[3].section == ("大标题", "小标题")


def test_a_numbered_heading_above_a_reporter_is_no_article() -> None:
    assert blocks_of("一、要闻\n本报记者 李增辉\n甲。")[0].level == 3


def test_bylines_are_in_no_block() -> None:
    assert shown("甲。\n本版责编：纪雅林\n版式设计：张丹峰") == [("text", "甲。", ())]


@pytest.mark.parametrize("text", ["", "\n\n", "加入收藏", "\t\n\t\n"])
def test_of_nothing_there_is_no_block(text: str) -> None:
    assert [words for _, words, _ in shown(text) if words.strip()] == []
