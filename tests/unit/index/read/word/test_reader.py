"""The .docx loader: what a reader sees, in order, and nothing else."""

import io
import zipfile

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt, RGBColor

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Cell, Extract, Limits, Paragraph, Table
from policyqa.index.read.word import reader as word
from policyqa.index.read.word.numbering import numeral

NS = nsdecls("w")
LEFT, ABOVE = Cell(covered="left"), Cell(covered="above")


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def rezipped(data: bytes, **changes: str) -> bytes:
    """The package with parts replaced or added; `word__notes_xml` names word/notes.xml."""
    names = {key.replace("__", "/").replace("_xml", ".xml"): text for key, text in changes.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
        for name, text in names.items():
            new.writestr(name, text)
    return made.getvalue()


def read(document: Document) -> Extract:
    return word.read(saved(document), Limits())


def body(*elements: str) -> Document:
    """A document of raw elements."""
    document = docx.Document()
    for element in elements:
        node = parse_xml(
            element.replace(">", f" {NS}>", 1) if "xmlns:w" not in element else element
        )
        document.element.body.insert(len(document.element.body) - 1, node)
    return document


def texts(extract: Extract) -> list[str]:
    return [part.text for part in extract.parts if isinstance(part, Paragraph)]


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def table(extract: Extract) -> Table:
    return next(part for part in extract.parts if isinstance(part, Table))


def test_paragraphs_and_tables_come_in_the_order_of_the_body() -> None:
    document = docx.Document()
    document.add_paragraph("申请人应当具有本市户籍。")
    document.add_table(1, 2).cell(0, 0).text = "学历"
    document.add_paragraph("本办法自印发之日起施行。")
    parts = read(document).parts
    assert [type(part).__name__ for part in parts] == ["Paragraph", "Table", "Paragraph"]
    assert parts[2] == Paragraph("本办法自印发之日起施行。")


def test_headings_have_the_level_of_their_style() -> None:
    document = docx.Document()
    document.add_heading("人才引进办法", 0)
    document.add_heading("第一章 总则", 1)
    document.add_heading("第一节 目的", 2)
    document.add_paragraph("本办法适用于本市。")
    kinds = [(p.text, p.kind, p.level) for p in read(document).parts if isinstance(p, Paragraph)]
    assert kinds == [
        ("人才引进办法", "heading", 1),
        ("第一章 总则", "heading", 1),
        ("第一节 目的", "heading", 2),
        ("本办法适用于本市。", "text", 0),
    ]


def test_a_style_of_wps_with_a_number_for_its_id_is_a_heading() -> None:
    document = docx.Document()
    document.styles.element.append(
        parse_xml(
            f'<w:style {NS} w:type="paragraph" w:styleId="3"><w:name w:val="标题 2"/></w:style>'
        )
    )
    node = parse_xml(
        f'<w:p {NS}><w:pPr><w:pStyle w:val="3"/></w:pPr><w:r><w:t>补贴标准</w:t></w:r></w:p>'
    )
    document.element.body.insert(0, node)
    assert read(document).parts == (Paragraph("补贴标准", kind="heading", level=2),)


@pytest.mark.parametrize("look", ["bold", "centred", "large"])
def test_a_short_line_that_stands_out_is_a_heading_of_no_level(look: str) -> None:
    document = docx.Document()
    line = document.add_paragraph()
    run = line.add_run("申报条件")
    if look == "bold":
        run.bold = True
    elif look == "centred":
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        run.font.size = Pt(22)
    document.add_paragraph("申请人应当具有全日制本科以上学历，且在本市缴纳社会保险。")
    assert read(document).parts[0] == Paragraph("申报条件", kind="heading", level=0)


@pytest.mark.parametrize(
    "text", ["渝府发〔2016〕12号", "2016年7月20日", "各区县人民政府：", "（试行）"]
)
def test_a_centred_number_date_or_salutation_is_no_heading(text: str) -> None:
    document = docx.Document()
    document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("现将有关事项通知如下，请认真贯彻执行，并及时报告落实情况。")
    assert read(document).parts[0] == Paragraph(text)


def test_bold_tells_nothing_where_all_is_bold() -> None:
    document = docx.Document()
    for text in ("申报条件", "具有本市户籍"):
        document.add_paragraph().add_run(text).bold = True
    assert read(document).parts == (Paragraph("申报条件"), Paragraph("具有本市户籍"))


def numbered(document: Document, levels: list[tuple[str, str]], *, restart: int = 0) -> None:
    """Numbering 90 with these (format, text) levels; 91 is the same, started anew."""
    root = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (style, text) in enumerate(levels)
    )
    root.insert(0, parse_xml(f'<w:abstractNum {NS} w:abstractNumId="90">{inner}</w:abstractNum>'))
    start = f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{restart}"/></w:lvlOverride>'
    for num, extra in ((90, ""), (91, start)):
        root.append(
            parse_xml(f'<w:num {NS} w:numId="{num}"><w:abstractNumId w:val="90"/>{extra}</w:num>')
        )


def item(document: Document, text: str, level: int = 0, num: int = 90) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {NS}><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')
    )


def test_automatic_numbers_are_written_out_and_restart_below_a_higher_level() -> None:
    document = docx.Document()
    numbered(
        document,
        [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")],
    )
    for text, level in (
        ("总体要求", 0),
        ("思想", 1),
        ("原则", 1),
        ("项", 2),
        ("实施", 0),
        ("领导", 1),
    ):
        item(document, text, level)
    assert texts(read(document)) == [
        "一、总体要求", "（一）思想", "（二）原则", "1. 项", "二、实施", "（一）领导",
    ]  # fmt: skip


def test_a_number_goes_on_or_starts_anew_as_the_file_says() -> None:
    document = docx.Document()
    numbered(document, [("chineseCountingThousand", "第%1条")], restart=20)
    for num in (90, 90, 91, 91):
        item(document, "内容", num=num)
    assert texts(read(document)) == [
        "第一条 内容",
        "第二条 内容",
        "第二十条 内容",
        "第二十一条 内容",
    ]


def test_a_number_shows_the_levels_above_it() -> None:
    document = docx.Document()
    numbered(document, [("decimal", "%1"), ("decimal", "%1.%2")])
    for text, level in (("总则", 0), ("范围", 1), ("术语", 1)):
        item(document, text, level)
    assert texts(read(document)) == ["1 总则", "1.1 范围", "1.2 术语"]


@pytest.mark.parametrize(
    ("count", "style", "shown"),
    [
        (10, "chineseCounting", "十"), (11, "chineseCounting", "十一"),
        (20, "chineseCounting", "二十"), (101, "chineseCountingThousand", "一百零一"),
        (110, "chineseCountingThousand", "一百一十"), (1005, "japaneseCounting", "一千零五"),
        (12, "chineseLegalSimplified", "壹拾贰"), (10, "ideographDigital", "一〇"),
        (3, "decimalEnclosedCircle", "③"), (21, "decimalEnclosedCircle", "21"),
        (2, "ideographTraditional", "乙"), (28, "lowerLetter", "bb"), (4, "upperRoman", "IV"),
        (7, "decimalZero", "07"), (7, "koreanCounting", "7"), (5, "none", ""),
    ],
)  # fmt: skip
def test_numerals(count: int, style: str, shown: str) -> None:
    assert numeral(count, style) == shown


def test_insertions_stay_and_deleted_moved_and_hidden_text_goes() -> None:
    document = body(
        "<w:p><w:r><w:t>补贴</w:t></w:r><w:del><w:r><w:delText>三万</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>五万元</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:r><w:t>。</w:t></w:r></w:p>"
    )
    assert texts(read(document)) == ["补贴五万元。"]


def test_a_paragraph_whose_end_was_deleted_runs_into_the_next() -> None:
    document = body(
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>人才</w:t></w:r></w:p>",
        paragraph("补贴。"),
    )
    assert texts(read(document)) == ["人才补贴。"]


def test_a_field_keeps_its_result_only() -> None:
    document = body(
        '<w:p><w:r><w:t>共</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        "<w:r><w:instrText>REF x</w:instrText></w:r><w:r><w:t>代码</w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>12</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>项</w:t></w:r></w:p>'
    )
    assert texts(read(document)) == ["共12项"]


def contents(end: str) -> Document:
    return body(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o</w:instrText>'
        '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>总则……1</w:t></w:r></w:p>',
        f"<w:p><w:r><w:t>附则……9</w:t></w:r>{end}</w:p>",
        paragraph("第一条 目的。"),
    )


def test_the_table_of_contents_is_left_out() -> None:
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert texts(read(contents(end))) == ["第一条 目的。"]


def test_a_table_of_contents_that_never_ends_does_not_swallow_the_text() -> None:
    assert texts(read(contents(""))) == ["总则……1", "附则……9", "第一条 目的。"]


def test_soft_breaks_end_a_paragraph_and_tabs_are_gaps() -> None:
    document = body("<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t></w:r></w:p>")
    assert texts(read(document)) == ["甲", "乙 丙"]


def test_content_controls_smart_tags_and_links_are_looked_through() -> None:
    document = body(
        f"<w:sdt><w:sdtContent>{paragraph('控件里。')}</w:sdtContent></w:sdt>",
        "<w:p><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>"
        "<w:smartTag><w:r><w:t>重庆</w:t></w:r></w:smartTag>"
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处</w:t></w:r>"
        "</w:sdtContent></w:sdt></w:p>",
    )
    assert texts(read(document)) == ["控件里。", "链接重庆"]


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:pict><w:txbxContent>{paragraph('框内文字。')}</w:txbxContent></w:pict>"
    document = body(
        f"<w:p {NS} {mc}><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
        "<w:r><w:t>正文。</w:t></w:r></w:p>"
    )
    assert texts(read(document)) == ["正文。", "框内文字。"]


def test_notes_follow_the_paragraph_of_their_mark() -> None:
    document = body(
        '<w:p><w:r><w:t>甲</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r>'
        '<w:r><w:t>乙。</w:t></w:r><w:r><w:endnoteReference w:id="2"/></w:r></w:p>',
        paragraph("丙。"),
    )
    footnotes = (
        f'<w:footnotes {NS}><w:footnote w:id="7"><w:p><w:r><w:footnoteRef/></w:r>'
        "<w:r><w:t>见附件。</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    endnotes = (
        f'<w:endnotes {NS}><w:endnote w:id="2">{paragraph("含税。")}</w:endnote></w:endnotes>'
    )
    data = rezipped(saved(document), word__footnotes_xml=footnotes, word__endnotes_xml=endnotes)
    assert word.read(data, Limits()).parts == (
        Paragraph("甲乙。"),
        Paragraph("见附件。", kind="note", label="脚注1", mark=1),
        Paragraph("含税。", kind="note", label="尾注1", mark=3),
        Paragraph("丙。"),
    )


def test_merged_cells_are_told_from_empty_ones() -> None:
    document = docx.Document()
    made = document.add_table(3, 3)
    made.cell(0, 0).merge(made.cell(0, 1)).text = "指标"
    made.cell(0, 2).text = "分值"
    made.cell(1, 0).merge(made.cell(2, 0)).text = "学历"
    made.cell(1, 1).text, made.cell(1, 2).text = "本科", "60"
    made.cell(2, 1).text = "硕士"
    assert table(read(document)).rows == (
        (Cell("指标"), LEFT, Cell("分值")),
        (Cell("学历"), Cell("本科"), Cell("60")),
        (ABOVE, Cell("硕士"), Cell()),
    )


def test_header_rows_are_those_that_the_file_repeats() -> None:
    document = docx.Document()
    made = document.add_table(2, 2)
    made.cell(0, 0).text, made.cell(0, 1).text = "指标", "分值"
    made.cell(1, 0).text, made.cell(1, 1).text = "学历", "60"
    assert table(read(document)).header_rows is None
    made.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {NS}/>"))
    assert table(read(document)).header_rows == 1


def test_a_cell_has_its_lines_its_numbers_and_its_inner_table() -> None:
    document = docx.Document()
    numbered(document, [("decimal", "%1")])
    made = document.add_table(1, 2)
    number = made.cell(0, 0).paragraphs[0]._p.get_or_add_pPr()
    number.append(parse_xml(f'<w:numPr {NS}><w:numId w:val="90"/></w:numPr>'))
    cell = made.cell(0, 1)
    cell.text = "甲\n乙"
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "内", "表"
    assert table(read(document)).rows == ((Cell("1"), Cell("甲\n乙\n内 表")),)


def test_a_table_of_one_cell_is_a_frame() -> None:
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "申报材料见附件。"
    assert read(document).parts == (Paragraph("申报材料见附件。"),)


def test_page_headers_and_comments_are_left_out_and_staff_are_told() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.add_comment(document.add_paragraph("正文。").runs[0], text="批注", author="某")
    found = read(document)
    assert texts(found) == ["正文。"]
    assert found.warnings == ("页眉页脚里有文字没有读：“内部资料”", "有 1 处批注没有读")


@pytest.mark.parametrize(
    ("header", "footer", "expected"),
    [
        (
            "柳人社〔2025〕3号",
            "举报电话：023-5551234",
            ["柳人社〔2025〕3号", "举报电话：023-5551234"],
        ),
        ("", "咨询 0791-66778899", ["咨询 0791-66778899"]),
        ("柳泉区租房补贴办法", "第 1 页 共 3 页", []),
        ("", "- 2 -", []),
    ],
)
def test_of_page_headers_and_footers_what_says_something_is_read(
    header: str, footer: str, expected: list[str]
) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = header
    document.sections[0].footer.paragraphs[0].text = footer
    document.add_paragraph("柳泉区租房补贴办法")
    found = read(document)
    assert [x for x in texts(found) if x != "柳泉区租房补贴办法"] == expected
    assert found.warnings == ()


@pytest.mark.parametrize("mark", ["strike", "dstrike", 'rStyle w:val="Old"'])
def test_struck_out_words_are_not_read_and_staff_are_told(mark: str) -> None:
    document = body(
        f"<w:p><w:r><w:t>补贴</w:t></w:r><w:r><w:rPr><w:{mark}/></w:rPr><w:t>三</w:t></w:r>"
        f"<w:r><w:rPr><w:{mark}/></w:rPr><w:t>万元</w:t></w:r><w:r><w:t>五万元。</w:t></w:r></w:p>"
    )
    style = document.styles.add_style("Old", WD_STYLE_TYPE.CHARACTER)
    style.font.strike = True
    found = read(document)
    assert texts(found) == ["补贴五万元。"]
    assert found.warnings == ("有 1 处划掉的文字（删除线）没有读，如“三万元”",)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("人才补贴发放办法", {"title": "人才补贴发放办法"}),
        ("另一份文件的通知", {}),
        ("人才补贴发放", {}),
        ("办法.docx", {}),
    ],
)
def test_the_property_title_counts_if_whole_and_in_the_text(
    title: str, said: dict[str, str]
) -> None:
    document = docx.Document()
    document.core_properties.title = title
    document.add_paragraph("人才补贴发放办法")
    assert read(document).said == said


def test_a_file_with_macros_is_read() -> None:
    data = saved(body(paragraph("正文。")))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml").decode()
    types = types.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    made = rezipped(data, **{"[Content_Types]_xml": types, "word__vbaProject.bin": "x"})
    assert texts(word.read(made, Limits())) == ["正文。"]


def test_too_large_once_unpacked_is_refused_before_unpacking() -> None:
    data = rezipped(saved(body(paragraph("正文。"))), word__media="0" * 3 * 2**20)
    with pytest.raises(UnreadableFile, match=r"解压后有 \d MB，超过上限 2 MB"):
        word.read(data, Limits(max_unpacked_bytes=2 * 2**20))


def test_a_bomb_is_refused_by_its_ratio() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 40 * 2**20)
    with pytest.raises(UnreadableFile, match="疑似压缩炸弹"):
        word.read(made.getvalue(), Limits())


def test_entities_are_not_expanded() -> None:
    bomb = (
        '<!DOCTYPE d [<!ENTITY a "AAAAAAAAAA"><!ENTITY b "&a;&a;&a;&a;">]>'
        f"<w:document {NS}><w:body><w:p><w:r><w:t>正文</w:t></w:r><w:r><w:t>&b;</w:t></w:r></w:p>"
        "</w:body></w:document>"
    )
    data = rezipped(saved(docx.Document()), word__document_xml=bomb)
    assert texts(word.read(data, Limits())) == ["正文"]


def test_a_password_is_named() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(UnreadableFile, match="有密码保护"):
        word.read(data, Limits())


def test_a_file_without_text_says_so() -> None:
    with pytest.raises(UnreadableFile, match="没有文字"):
        read(docx.Document())


def test_damage_is_named_whatever_it_is() -> None:
    data = saved(body(paragraph("正文。")))
    for size in range(0, len(data), 997):
        with pytest.raises(UnreadableFile):
            word.read(data[:size], Limits())
    broken = rezipped(data, word__document_xml="<w:document")
    with pytest.raises(UnreadableFile, match="已损坏"):
        word.read(broken, Limits())


def run(text: str, look: str = "") -> str:
    return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize("look", ["<w:vanish/>", '<w:color w:val="ffffff"/>', '<w:sz w:val="2"/>'])
def test_words_that_are_not_seen_are_not_read_and_staff_are_told(look: str) -> None:
    found = read(
        body(f"<w:p>{run('补贴')}{run('内部', look)}{run('九万', look)}{run('五万。')}</w:p>")
    )
    assert texts(found) == ["补贴五万。"]
    told = "有 1 处看不见的文字（隐藏、白色或极小的字）没有读，如“内部九万”"
    assert found.warnings == (told,)


@pytest.mark.parametrize(
    ("own", "paragraph"),
    [
        ('<w:highlight w:val="red"/>', ""),
        ('<w:shd w:val="clear" w:fill="C00000"/>', ""),
        ("", '<w:shd w:val="clear" w:fill="1F4E79"/>'),
        ("", '<w:shd w:val="solid" w:color="000000" w:fill="FFFFFF"/>'),
    ],
)
def test_white_words_on_a_dark_ground_are_read(own: str, paragraph: str) -> None:
    words = run("限期办理。", f'<w:color w:val="FFFFFF"/>{own}')
    found = read(body(f"<w:p><w:pPr>{paragraph}</w:pPr>{words}</w:p>"))
    assert (texts(found), found.warnings) == (["限期办理。"], ())


def test_a_white_header_row_is_read_on_the_ground_of_its_table_or_of_its_style() -> None:
    document = docx.Document()
    for style in ("Light List Accent 1", "Table Grid"):
        table = document.add_table(2, 1, style=style)
        table.cell(0, 0).paragraphs[0].add_run("学历").font.color.rgb = RGBColor(255, 255, 255)
        table.cell(1, 0).text = "博士"
    shade = f'<w:shd {NS} w:val="clear" w:fill="003366"/>'
    table.cell(0, 0)._tc.get_or_add_tcPr().append(parse_xml(shade))
    found = read(document)
    assert [x.rows[0] for x in found.parts if isinstance(x, Table)] == [(Cell("学历"),)] * 2
    assert found.warnings == ()


def test_a_hidden_row_is_not_read_nor_what_is_merged_from_it() -> None:
    document = docx.Document()
    table = document.add_table(4, 2)
    for at, text in enumerate(["学历", "补贴", "内部", "九万", "", "五万", "硕士", "三万"]):
        table.cell(at // 2, at % 2).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f"<w:hidden {NS}/>"))
    found = read(document)
    (read_table,) = [part for part in found.parts if isinstance(part, Table)]
    assert [list(row) for row in read_table.rows] == [
        [Cell("学历"), Cell("补贴")],
        [Cell(), Cell("五万")],
        [Cell("硕士"), Cell("三万")],
    ]
    told = "有 1 处看不见的文字（隐藏、白色或极小的字）没有读，如“内部 九万”"
    assert found.warnings == (told,)
