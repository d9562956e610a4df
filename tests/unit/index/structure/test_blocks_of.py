"""Headings, tables, boxes and articles out of cleaned lines."""
# ruff: noqa: E501  (lines of the samples)

import time

import pytest

from policyqa.index.read.extract import Cell, Extract, Paragraph, Plain, Table
from policyqa.index.structure.blocks import ARTICLE, BOX, PLAIN, Block
from policyqa.index.structure.blocks_of import blocks_of
from policyqa.index.structure.headings import heading_level


def blocks(text: str) -> list[Block]:
    return blocks_of(Extract((Plain(text),)))


def shown(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(block.kind, block.body.text, block.section) for block in blocks(text)]


def block(text: str, words: str) -> Block:
    (found,) = [item for item in blocks(text) if item.body.text == words]
    return found


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("第一章 总则", 1),
        ("第十二编 附则", 1),
        ("第二节  基本原则", 2),
        ("一、指导思想", 3),
        ("（二）主要目标", 5),
        ("3.打造合作平台", 6),
        ("（1）实施“顶尖人才招引工程”", 7),
        ("表1 主要指标", 8),
        ("专栏3 专项行动", BOX),
        ("打造人才特区", PLAIN),
        ("第一条 申请人应当年满十八周岁。", None),
        ("第一条 申请人", None),  # a clause, however short
        ("一、符合条件的申请人，可以享受以下支持：", None),
        ("3.5%的增长", PLAIN),  # a number, not a numbering
        ("2021年7月13日", None),
        ("3月26日至4月14日", None),
        ("2026年", PLAIN),
        ("二〇二一年七月十三日", None),
        ("二○○七年十二月十日", None),
        ("Who can apply for the talent apartments", PLAIN),
        ("2021—2025", None),
        ("人才是第一资源。", None),
        ("渝北人社发〔2023〕18号", None),
        ("（联系人：张三 023-67821234）", None),
        ("申报时间：2024年3月1日至3月31日", None),
        ("重庆市人力资源和社会保障局 2024年2月20日", None),
        ("专项行动：让人才扎根", PLAIN),
        ("南岸区“十四五”人才发展规划（2021—2025年）", PLAIN),
        ("【办理条件】", PLAIN),
        ("【适用对象】在渝高层次人才", None),
        ("1.申请表；2.身份证", None),
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
    assert [(b.body.text, b.level, b.section) for b in blocks(text) if b.kind == "heading"] == [
        ("总则", 1, ("总则",)),
        ("目的", 3, ("总则", "目的")),
        ("原则", 2, ("总则", "原则")),
    ]


def test_wide_spaces_in_a_heading_close_up_in_the_path_only() -> None:
    (heading, _) = blocks("第一章\u3000 序言\n甲。")
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
        ("row", "规模\t顶尖人才\t50", path),  # its first cell is merged with the one above
        ("text", "正文。", path),
    ]


def test_rows_know_the_page_they_stand_on() -> None:
    rows = tuple((Cell(a), Cell(b)) for a, b in (("序号", "事项"), ("一", "入户"), ("二", "落户")))
    table = Table(rows, page=1, pages=(1, 1, 2))
    found = [(b.body.text, b.page) for b in blocks_of(Extract((table,))) if b.kind == "row"]
    assert found == [("一\t入户", 1), ("二\t落户", 2)]


def test_rows_know_their_header() -> None:
    header = block(TABLE, "类别\t指标\t2025年")
    rows = [item for item in blocks(TABLE) if item.kind == "row"]
    assert [row.head and row.head.body.text for row in rows] == [header.body.text] * 2
    assert header.head is None


def test_cells_point_into_the_file() -> None:
    row = block(TABLE, "规模\t人才总量\t20")
    pairs = zip(row.body.text, row.body.at.tolist(), strict=True)
    assert all(TABLE[at] == char for char, at in pairs if char != "\t")


def test_a_note_in_a_cell_follows_its_row() -> None:
    text = (
        "\t指标\n\t数\n\n\t技能人才[footnoteRef:3]比例 [3:  指技师] \n\t30\n\n\t专家\n\t9\n\n正文。"
    )
    assert [(kind, words) for kind, words, _ in shown(text)] == [
        ("header", "指标\t数"),
        ("row", "技能人才比例\t30"),
        ("note", "指技师"),
        ("row", "专家\t9"),
        ("text", "正文。"),
    ]


def test_latin_cells_keep_their_spaces() -> None:
    assert shown("\t指 标\n\tR and D\n\n\t经 费\n\t5 5")[0][1] == "指标\tR and D"


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("正高8000元\n副高5000元\n中级3000元", "正高8000元 副高5000元 中级3000元"),
        ("优秀90\n良好80", "优秀90 良好80"),
        ("1.学历\n2.年龄", "1.学历 2.年龄"),
        ("正高8000元；\n副高5000元", "正高8000元；副高5000元"),
        ("2024年1月1日\n至2024年12月31日", "2024年1月1日至2024年12月31日"),
        ("每月补\n贴1000元，最长36\n个月", "每月补贴1000元，最长36个月"),
        ("补贴1.5\n万元\n贷款20万元", "补贴1.5万元 贷款20万元"),
        ("面向第3\n批人才，每人20万\n元", "面向第3批人才，每人20万元"),
        ("呼和\n浩特", "呼和浩特"),
    ],
)
def test_lines_of_a_cell_that_are_items_of_their_own_do_not_run_together(
    cell: str, line: str
) -> None:
    table = Table(((Cell("类别"), Cell("标准")), (Cell("甲"), Cell(cell))))
    (row,) = (b for b in blocks_of(Extract((table,))) if b.kind == "row")
    assert row.body.text == f"甲\t{line}"


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
    found = blocks(text)
    assert [(b.body.text, b.level) for b in found if b.kind == "heading"] == [
        ("大标题", ARTICLE),
        ("小标题", PLAIN),
        ("另一篇", ARTICLE),
    ]
    assert [(b.body.text, b.section) for b in found if b.kind == "text"] == [
        ("甲。", ("大标题",)),
        ("乙。", ("大标题", "小标题")),
        ("丙。", ("另一篇",)),
    ]


def test_a_byline_goes_above_its_title() -> None:
    text = "大标题\n本报记者 李增辉\n甲。"
    assert [kind for kind, _, _ in shown(text)] == ["byline", "heading", "text"]


def test_a_numbered_heading_above_a_reporter_is_no_article() -> None:
    assert block("一、要闻\n本报记者 李增辉\n甲。", "一、要闻").level == 3


def test_bylines_are_marked() -> None:
    assert [kind for kind, _, _ in shown("甲。\n本版责编：纪雅林\n版式设计：张丹峰")] == [
        "text", "byline", "byline",
    ]  # fmt: skip


def test_a_clause_is_a_section_and_keeps_its_number() -> None:
    text = "第一章 总则\n第一条 支持博士。\n补充一段。\n第二条之一 附则。"
    assert [(words, path) for kind, words, path in shown(text) if kind == "text"] == [
        ("第一条 支持博士。", ("第一章 总则", "第一条")),
        ("补充一段。", ("第一章 总则", "第一条")),
        ("第二条之一 附则。", ("第一章 总则", "第二条之一")),
    ]


def test_a_short_numbered_first_sentence_names_its_section() -> None:
    text = (
        "一、措施\n（一）强化组织领导。建立机制。\n落实责任。\n"
        "（二）各单位要把人才工作摆在更加重要的位置，按照分工抓好落实，定期报告进展情况和存在的问题。然后。"
    )
    paths = [path for kind, _, path in shown(text) if kind == "text"]
    assert paths == [("一、措施", "（一）强化组织领导")] * 2 + [("一、措施",)]


def test_a_name_above_a_day_is_a_signature() -> None:
    text = "一、措施\n甲。\n重庆高新区管委会\n2021年7月13日"
    assert shown(text)[2:] == [
        ("text", "重庆高新区管委会", ("一、措施",)),
        ("text", "2021年7月13日", ("一、措施",)),
    ]


def leads(text: str) -> list[tuple[str, str]]:
    return [(b.body.text, b.lead.body.text) for b in blocks(text) if b.lead]


def test_items_know_the_sentence_that_introduces_them() -> None:
    text = "申请人应当具备下列条件：\n（一）年满十八周岁\n（二）有博士学位；\n第二条 其他。"
    lead = "申请人应当具备下列条件："
    assert leads(text) == [("（一）年满十八周岁", lead), ("（二）有博士学位；", lead)]
    assert [kind for kind, _, _ in shown(text)] == ["text"] * 4  # a short item is no heading


def test_items_below_items_know_both() -> None:
    text = "条件如下：\n1.学历：\n（1）博士；\n（2）硕士；\n2.年龄。"
    assert leads(text) == [
        ("1.学历：", "条件如下："),
        ("（1）博士；", "1.学历："),
        ("（2）硕士；", "1.学历："),
        ("2.年龄。", "条件如下："),
    ]


def test_a_paragraph_between_two_items_belongs_to_the_list() -> None:
    text = "条件如下：\n1.学历。\n以学信网为准。\n2.年龄。\n其他说明。"
    assert [words for words, _ in leads(text)] == ["1.学历。", "以学信网为准。", "2.年龄。"]


def test_lines_with_semicolons_after_a_colon_are_items() -> None:
    assert [words for words, _ in leads("材料：\n身份证；\n学位证；\n合同。\n另行通知。")] == [
        "身份证；", "学位证；", "合同。",
    ]  # fmt: skip


def test_short_items_under_a_heading_are_a_list_and_headings_are_not() -> None:
    assert len(leads("三、申请材料\n1.身份证\n2.学位证\n四、流程\n网上办理。")) == 2
    assert leads("三、主要任务\n1.引才\n大力引进人才。\n2.育才\n大力培育人才。") == []
    assert leads("三、主要任务\n1.引才\n2.育才\n大力培育人才。") == []


def test_headings_with_text_below_are_sections_also_under_an_introduction() -> None:
    text = "现提出以下意见。\n一、统一思想\n各镇要高度重视。\n二、抓好落实\n各镇要按时上报。"
    assert leads(text) == []
    assert [b.section for b in blocks(text)][-1] == ("二、抓好落实",)
    assert len(leads("材料如下：\n1.身份证\n2.户口本\n复印件各一份。\n3.合同\n另行通知。")) == 4


def test_a_telephone_heads_nothing() -> None:
    assert heading_level("0516-66554433（工作日）") is None


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("缴费满10年：最长24个月", False),
        ("其他城市：积分120分以上", False),
        ("广州：8%与14%", False),
        ("展望：2035年远景目标", True),
        ("目标：2035年基本建成", True),
        ("人才：第一资源", True),
    ],
)
def test_a_figure_after_what_it_is_of_heads_nothing(text: str, heads: bool) -> None:
    assert (heading_level(text) is not None) is heads


def table(*rows: str, header_rows: int | None = None, **said: object) -> list[Block]:
    """Blocks of a table whose cells are parted by |; ^ is covered from above, < from the left."""
    covered = {"^": Cell(covered="above"), "<": Cell(covered="left")}
    cells = tuple(tuple(covered.get(c, Cell(c)) for c in row.split("|")) for row in rows)
    return blocks_of(Extract((Table(cells, header_rows=header_rows, **said),)))  # type: ignore[arg-type]


def told(found: list[Block]) -> list[tuple[str, str]]:
    return [(b.kind, b.body.text) for b in found]


def test_merged_cells_are_filled_from_above() -> None:
    found = table("类别|学历|补贴", "全职|博士|50万", "^|硕士|20万")
    assert told(found)[1:] == [("row", "全职\t博士\t50万"), ("row", "全职\t硕士\t20万")]


def test_two_header_rows_make_one_label_a_column() -> None:
    found = table("城市|补贴标准|<", "^|博士|硕士", "重庆|50万|20万")
    assert told(found) == [
        ("header", "城市\t补贴标准 博士\t补贴标准 硕士"), ("row", "重庆\t50万\t20万"),
    ]  # fmt: skip


def test_a_table_without_labels_has_no_header() -> None:
    assert [kind for kind, _ in told(table("1|2.5|30%", "2|3.5|40%"))] == ["row", "row"]


def test_a_title_and_a_line_across_a_table_are_headings_of_its_rows() -> None:
    found = table("人才补贴表|<|<", "城市|学历|金额", "全职引进|<|<", "重庆|博士|50万")
    assert [(b.kind, b.section) for b in found] == [
        ("heading", ("人才补贴表",)),
        ("header", ("人才补贴表",)),
        ("heading", ("全职引进",)),
        ("row", ("全职引进",)),
    ]


def test_a_long_cell_is_text_under_its_row() -> None:
    article = "第一条 " + "支持人才。" * 70 + "\n第二条 本办法自印发之日起施行。"
    found = table("省份|政策|全文", f"重庆|人才办法|{article}", sheet="各省")
    assert [(b.kind, b.section) for b in found] == [
        ("header", ("各省",)),
        ("row", ("各省",)),
        ("text", ("各省", "重庆 人才办法", "全文", "第一条")),
        ("text", ("各省", "重庆 人才办法", "全文", "第二条")),
    ]
    assert found[1].body.text == "重庆\t人才办法\t"
    assert [b.row for b in found] == [None, 2, 2, 2]


def test_a_long_merged_cell_is_one_text_below_its_first_row() -> None:
    article = "支持人才。" * 70
    found = table("省份|政策|全文", f"重庆|人才办法|{article}", "重庆|安居办法|^")
    assert told(found)[1:] == [
        ("row", "重庆\t人才办法\t"), ("text", article), ("row", "重庆\t安居办法\t"),
    ]  # fmt: skip


def test_a_row_that_has_only_a_long_cell_of_its_own_is_that_text() -> None:
    article = "支持人才。" * 70
    found = table("省份|政策|全文", "重庆|人才办法|略", f"^|^|{article}")
    assert told(found)[1:] == [("row", "重庆\t人才办法\t略"), ("text", article)]
    assert found[-1].section == ("重庆 人才办法", "全文")


def test_a_long_cell_is_named_by_its_row_and_column_and_by_no_other_text() -> None:
    article = "第一条 " + "支持人才。" * 70
    found = table(
        "类别|事项|云城|海城", f"医保|异地|第二条 云城支持。|{article}", "社保|灵活|略|略"
    )
    assert found[-2].section == ("医保 异地", "海城", "第一条")


@pytest.mark.parametrize("header", ["事项|云城|海城", "1|2|3"], ids=["labels", "no labels"])
def test_lists_and_sections_end_with_their_cell(header: str) -> None:
    cell = "受理条件如下：\n1." + "本市户籍满三年，" * 40 + "并在职。\n2.年满十八周岁。\n"
    found = table(header, f"入户|{cell}（一）另附。|3.结婚满五年。{cell}")
    other = next(b for b in found if b.body.text == "3.结婚满五年。受理条件如下：")
    assert other.lead is None
    assert "（一）另附" not in "".join(other.section)


def test_a_line_that_counts_as_header_row_takes_no_row_of_the_table_away() -> None:
    found = table("|入户|<", "城市|购房|投靠", "云城|一年|两年", "海城|三年|四年", header_rows=2)
    assert told(found)[:3] == [
        ("heading", "入户"), ("header", "城市\t购房\t投靠"), ("row", "云城\t一年\t两年"),
    ]  # fmt: skip
    found = table("名单||", "城市|购房|投靠", "云城|一年|两年", header_rows=1)
    assert told(found)[1:] == [("header", "城市\t购房\t投靠"), ("row", "云城\t一年\t两年")]


def test_a_row_with_its_second_cell_only_is_no_heading() -> None:
    found = table("类别|事项|云城|海城", "社保|灵活|一|二", "|个体户||", "医保|参保|三|四")
    assert told(found)[2] == ("row", "\t个体户\t\t")
    assert found[-1].section == ()


def test_styles_of_word_rank_headings_without_numbers_among_those_with() -> None:
    parts = [("一、总则", 2), ("目的", 3), ("（一）甲", 3), ("附则", 2)]
    paragraphs = tuple(Paragraph(text, "heading", level) for text, level in parts)
    found = blocks_of(Extract(paragraphs))
    assert [b.section for b in found] == [
        ("一、总则",), ("一、总则", "目的"), ("一、总则", "（一）甲"), ("附则",),
    ]  # fmt: skip


def test_pages_and_labels_are_kept() -> None:
    parts = (Paragraph("甲。", page=3), Paragraph("指技师", "note", label="脚注1", page=3))
    assert [(b.kind, b.label, b.page) for b in blocks_of(Extract(parts))] == [
        ("text", "", 3), ("note", "脚注1", 3),
    ]  # fmt: skip


WRAPPED = """    第一条　为深入实施人才强区战略，加快聚集一批高
层次人才，根据《鸿雁计划实施办法》（渝府发〔2017〕14
号）等规定，结合我区实际，制定本办法。
    第二条　申请安家补贴应当提交下列材料：
    （一）申请表①；
    （二）身份证明。
    第三条　A类人才最高200万元，B类人才100万元，C类人
才50万元。安家补贴分5年拨付，每年拨付20%，从次年起算
（遇节假日顺延）。
-----------
①申请表可在区政府网站下载。
"""


def test_lines_broken_at_a_width_are_paragraphs_again() -> None:
    clauses = [text for kind, text, _ in shown(WRAPPED) if kind == "text"]
    assert clauses == [
        "第一条　为深入实施人才强区战略，加快聚集一批高层次人才，根据《鸿雁计划实施办法》（渝府发〔2017〕14号）等规定，结合我区实际，制定本办法。",
        "第二条　申请安家补贴应当提交下列材料：",
        "（一）申请表；",
        "（二）身份证明。",
        "第三条　A类人才最高200万元，B类人才100万元，C类人才50万元。安家补贴分5年拨付，每年拨付20%，从次年起算（遇节假日顺延）。",
    ]


def test_a_note_below_a_rule_goes_to_its_mark() -> None:
    (note,) = [item for item in blocks(WRAPPED) if item.kind == "note"]
    assert (note.label, note.body.text) == ("脚注1", "申请表可在区政府网站下载。")
    texts = [item.body.text for item in blocks(WRAPPED)]
    assert texts.index(note.body.text) == texts.index("（一）申请表；") + 1


def test_circled_items_without_a_rule_are_no_notes() -> None:
    text = "流程为①申报②审核，具体如下：\n①申报：网上提交。\n②审核：十日内完成。"
    assert [item.kind for item in blocks(text)] == ["text"] * 3


def test_lines_of_like_length_are_not_wrapped() -> None:
    names = "\n".join(f"重庆市{name}区人力资源和社会保障局人才服务中心" for name in "甲乙丙丁戊")
    assert len(blocks(names)) == 5
    items = "\n".join(f"{n}.引进高层次人才，给予安家补贴和项目资助等支持" for n in range(1, 6))
    assert len(blocks(items)) == 5


def test_a_sentence_broken_once_is_joined_and_a_headline_is_not() -> None:
    broken = "近日，经开区出台《人才新政12条》，对新引进的博士\n一次性给予30万元安家补助。"
    assert [text for _, text, _ in shown(broken)] == [broken.replace("\n", "")]
    news = "科技引领，人才先行\n近日，经开区出台新政，一次性给予新引进的博士30万元安家补助。"
    assert [kind for kind, _, _ in shown(news)] == ["heading", "text"]


NUMBERED_TABLE = (
    "附件2\n补贴标准表\n序号\n人才类别\n金额\n（万元）\n1\nA类\n200\n2\nB类\n100\n注：可叠加。"
)


def test_a_table_of_one_cell_a_line_by_its_serial_numbers() -> None:
    rows = [text for kind, text, _ in shown(NUMBERED_TABLE) if kind in ("header", "row")]
    assert rows == ["序号\t人才类别\t金额（万元）", "1\tA类\t200", "2\tB类\t100"]
    assert shown(NUMBERED_TABLE)[-1][1] == "注：可叠加。"


def test_cells_broken_over_lines_are_not_guessed() -> None:
    text = "序号\n类别\n金额\n1\nA类\n人才\n200\n2\nB类\n100\n3\nC类\n50"
    assert [kind for kind, _, _ in shown(text) if kind == "row"] == []


def test_a_table_of_one_cell_a_line_by_the_kinds_of_its_cells() -> None:
    text = "类别\n金额\n年限\n领军\n200万元\n5年\n骨干\n100万元\n5年\n新秀\n50万元\n3年\n"
    rows = [text for kind, text, _ in shown(text + "以上补贴不重复享受。") if kind == "row"]
    assert rows == ["领军\t200万元\t5年", "骨干\t100万元\t5年", "新秀\t50万元\t3年"]


def test_short_lines_that_are_no_table() -> None:
    dates = "活动安排\n日程\n3月1日\n开幕式\n3月2日\n论坛\n3月3日\n闭幕式\n"
    assert [kind for kind, _, _ in shown(dates + "欢迎参加。") if kind == "row"] == []


def test_a_heading_stays_over_what_follows_its_table() -> None:
    table = Table(((Cell("类别"), Cell("金额")), (Cell("博士"), Cell("20"))), header_rows=1)
    parts = (Paragraph("支持标准", "heading"), table, Paragraph("标准按年调整。"))
    assert blocks_of(Extract(parts))[-1].section == ("支持标准",)
    titled = (Paragraph("支持标准表", "heading"), table, Paragraph("标准按年调整。"))
    assert blocks_of(Extract(titled))[-1].section == ()


def test_the_title_of_rules_without_chapters_is_their_section() -> None:
    text = "关于印发细则的通知\n现印发给你们。\n人才服务细则\n第一条 统筹安排。\n第二条 自印发之日起施行。"
    assert block(text, "第二条 自印发之日起施行。").section == ("人才服务细则", "第二条")


def test_issuers_above_their_day_are_a_signature() -> None:
    text = "请遵照执行。\n渝北区人力资源和社会保障局\n渝北区财政局\n2023年5月12日\n附件目录如下。"
    assert [kind for kind, _, _ in shown(text)] == ["text"] * 5


def test_a_masthead_and_reporters_are_bylines() -> None:
    text = "重庆日报 2025年3月12日 第5版\n活动走进两江新区\n■新渝报记者 赵亮\n活动走进园区。\n责编 刘洋 美编 陈曦"
    assert [kind for kind, _, _ in shown(text)] == ["byline", "byline", "heading", "text", "byline"]


def test_a_single_item_below_an_item_ends_no_list() -> None:
    text = (
        "具备下列条件之一：\n- 博士学位；\n- 副高级职称；\n1. 其中医务人员须从业5年\n- 省部级奖项。"
    )
    assert all(item.lead for item in blocks(text)[1:])


def test_a_form_has_no_header() -> None:
    rows = (("姓名", "", "性别", ""), ("出生年月", "", "学历", ""), ("工作单位", "", "", ""))
    table = Table(tuple(tuple(map(Cell, row)) for row in rows))
    assert {item.kind for item in blocks_of(Extract((table,)))} & {"header"} == set()
    ticks = (("事项", "博士", "硕士", "本科"), ("落户", "√", "√", ""), ("住房", "√", "", ""))
    table = Table(tuple(tuple(map(Cell, row)) for row in ticks))
    assert blocks_of(Extract((table,)))[0].kind == "header"


def test_what_is_attached_heads_nothing_and_an_attachment_begins_anew() -> None:
    text = "四、联系方式\n电话见网站。\n附件：1.江北英才申报书\n2.推荐汇总表\n附件1\n江北英才申报书\n第一章 填写说明\n请如实填写。"
    assert [kind for kind, _, _ in shown(text)][:4] == ["heading", "text", "text", "text"]
    assert block(text, "2.推荐汇总表").section == ("四、联系方式",)
    assert block(text, "请如实填写。").section == ("江北英才申报书", "第一章 填写说明")


def test_a_line_beside_a_sheets_table_keeps_its_row() -> None:
    (note,) = blocks_of(Extract((Paragraph("注：不重复享受。", sheet="标准", row=8),)))
    assert (note.section, note.row) == (("标准",), 8)


GUIDE = (
    ("事项名称", "人才引进落户", "实施主体", "重庆市公安局"),
    ("法定办结时限", "20个工作日", "承诺办结时限", "5个工作日"),
)


def guide(*, marked: bool) -> Table:
    rows = [tuple(map(Cell, row)) for row in GUIDE]
    left = Cell(covered="left")
    rows.append((Cell("受理条件"), Cell("1.本科以上；\n2.在渝就业。"), left, left))
    return Table(tuple(rows), pairs=marked)


@pytest.mark.parametrize("marked", [True, False])
def test_labels_to_the_left_of_their_values(marked: bool) -> None:
    found = blocks_of(Extract((guide(marked=marked), Paragraph("咨询电话见网站。"))))
    pairs = [(item.head.body.text, item.body.text) for item in found if item.head]
    assert pairs == [
        ("事项名称", "人才引进落户"),
        ("实施主体", "重庆市公安局"),
        ("法定办结时限", "20个工作日"),
        ("承诺办结时限", "5个工作日"),
    ]
    assert ("header", "受理条件") in [(item.kind, item.body.text) for item in found]
    texts = [(item.section, item.body.text) for item in found if item.kind == "text"]
    assert texts == [
        (("受理条件",), "1.本科以上；"),
        (("受理条件",), "2.在渝就业。"),
        ((), "咨询电话见网站。"),
    ]


def test_a_header_of_particulars_is_a_header() -> None:
    rows = (("材料名称", "份数"), ("学历证明材料", "1"), ("业绩材料", "2"))
    table = Table(tuple(tuple(map(Cell, row)) for row in rows))
    assert blocks_of(Extract((table,)))[0].body.text == "材料名称\t份数"


def test_clauses_in_traditional_script() -> None:
    text = "支援措施\n第一條 給予補貼。\n第二條 自2022年起施行。"
    assert block(text, "第二條 自2022年起施行。").section == ("支援措施", "第二條")


def test_very_many_short_lines_are_read_in_time() -> None:
    started = time.perf_counter()
    blocks("一\n" * 30_000)
    blocks("类别\n金额\n" * 15_000)
    assert time.perf_counter() - started < 20


def test_a_very_wide_table_is_read_in_time() -> None:
    cells = [tuple(Cell(f"{row}项补贴{n}") for n in range(1500)) for row in range(8)]
    started = time.perf_counter()
    blocks_of(Extract((Table(tuple(cells), header_rows=1),)))
    assert time.perf_counter() - started < 20


def test_a_number_between_a_title_and_its_clauses_parts_them_not() -> None:
    text = "产业人才奖励办法\n长寿府规〔2023〕4号\n第一条 制定本办法。\n第二条 每年3万元。"
    assert block(text, "第二条 每年3万元。").section == ("产业人才奖励办法", "第二条")


def test_what_a_picture_shows_is_a_caption() -> None:
    assert block("正文。\n[图片说明：青年驿站]", "[图片说明：青年驿站]").kind == "caption"


@pytest.mark.parametrize(
    "text", ["自2027年9月1日起施行）", "（某市人大常委会通过", "第[1]页", "大 中 小"]
)
def test_a_half_remark_and_a_sites_buttons_head_nothing(text: str) -> None:
    assert heading_level(text) is None


def test_a_page_laid_out_by_a_table_keeps_its_lines() -> None:
    lines = [
        "各区人力资源社会保障局：为做好本市有关工作，现就有关问题提出以下处理意见：",
        "一、参保登记",
        "（一）" + "年满十六周岁的人员到服务中心办理。" * 10,
        "（二）变更的，办理变更手续。",
        "二、个人缴费",
        "（一）按年度选择缴费档次。",
        "（二）" + "资金足额存入缴费卡后按月扣缴。" * 10,
    ]
    table = Table(((Cell("沪人社发（2012）32号"),), (Cell("\n".join(lines)),)))
    made = blocks_of(Extract((table,)))
    assert [(b.kind, b.body.text) for b in made[:3]] == [
        ("text", "沪人社发（2012）32号"),
        ("text", lines[0]),
        ("heading", "一、参保登记"),
    ]
    assert made[-1].section == ("二、个人缴费",)


def test_sections_whose_texts_are_numbered_otherwise_are_no_items() -> None:
    text = "现提出以下意见：\n一、对象\n（一）年满十六周岁。\n二、缴费\n（一）按年缴纳。\n"
    assert [b.body.text for b in blocks(text) if b.kind == "heading"] == ["一、对象", "二、缴费"]


def test_sections_whose_titles_run_in_are_no_items() -> None:
    own = (
        "各区要在市级部门指导下，根据适龄学生人数、学校分布、所在社区、学校规模、交通状况等因素，"
        "按照公平和就近的原则，为每一所小学划定范围，并在报名以前向社会公布。"
    )
    text = f"现将有关事项通知如下：\n一、合理划分片区。{own}\n划分后应当稳定。\n二、方便入学。{own}\n学校应当混合编班。\n"
    sections = {b.body.text: b.section for b in blocks(text)}
    assert sections["划分后应当稳定。"] == ("一、合理划分片区",)
    assert sections["学校应当混合编班。"] == ("二、方便入学",)
    short = "申请材料如下：\n一、身份证。复印件一份。\n二、户口簿。原件。\n"
    assert {b.section for b in blocks(short)} == {()}


@pytest.mark.parametrize("mark", ["问：", "{n}、", "{n}.", "Q{n}：", ""])
def test_in_a_text_of_questions_each_heads_its_answer(mark: str) -> None:
    asked = ["什么是居住证？", "要什么材料？", "多久能办好？"]
    told = ["居住证是居住的证明。", "身份证和照片。", "受理之日起15日内。"]
    pairs = zip(asked, told, strict=True)
    text = "".join(f"{mark.format(n=n)}{q}\n{a}\n" for n, (q, a) in enumerate(pairs, start=1))
    sections = {b.body.text: b.section for b in blocks(text)}
    for n, (question, answer) in enumerate(zip(asked, told, strict=True), start=1):
        assert sections[answer] == (f"{mark.format(n=n)}{question}",)


def test_two_questions_make_no_text_of_questions() -> None:
    text = "什么是居住证？\n居住证是居住的证明。\n多久能办好？\n受理之日起15日内。\n"
    assert [b.kind for b in blocks(text)] == ["text"] * 4
