"""The .doc loader: what the tools write, and how they are run."""

import io
import shutil
import sys
import zipfile
from pathlib import Path

import docx
import pytest

from policyqa.index.errors import MissingTool, UnreadableFile
from policyqa.index.read.extract import Cell, Extract, Limits, Paragraph, Table
from policyqa.index.read.word import doc

BOOK = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE book PUBLIC "-//OASIS//DTD DocBook XML V4.1.2//EN"
	"http://www.oasis-open.org/docbook/xml/4.1.2/docbookx.dtd">
<book lang='zh_CN'>
<title>ÔÁÈËÉç</title>
 <bookinfo><title>ÔÁÈËÉç</title></bookinfo>
 <chapter>
<title/>
  <para>
附件<emphasis role='bold'>：</emphasis>
  </para>
  <para>

  </para>
  <para>
<emphasis role='bold'>第一章  </emphasis><emphasis role='bold'>总则</emphasis>
  </para>
  <para>
   <informaltable frame='none' colsep='0' rowsep='0'>
    <tgroup cols='2'>
     <tbody>
      <row>
       <entry>
指标
分类
       </entry>
       <entry>
分值
       </entry>
      </row>
      <row>
       <entry>

       </entry>
       <entry>
20分
       </entry>
      </row>
     </tbody>
    </tgroup>
   </informaltable>
  </para>
  <para>
第一条  本办法<footnote>
<para/>
</footnote>适用于本市。
  </para>
 </chapter>
</book>
"""


def fib(flags: int) -> bytes:
    """An OLE file with Word's header in its second sector."""
    header = b"\xec\xa5\xc1\x00" + b"\x00" * 6 + flags.to_bytes(2, "little")
    return (doc.OLE_MAGIC.ljust(512, b"\x00") + header).ljust(2048, b"\x00")


def test_docbook_gives_paragraphs_headings_and_tables() -> None:
    table = Table(((Cell("指标\n分类"), Cell("分值")), (Cell(), Cell("20分"))), merges_known=False)
    assert doc.from_docbook(BOOK.encode()).parts == (
        Paragraph("附件："),
        Paragraph("第一章  总则", kind="heading"),
        table,
        Paragraph("第一条  本办法适用于本市。"),
    )


def group(widths: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    specs = "".join(f"<colspec colwidth='{width}'/>" for width in widths)
    cells = ("".join(f"<entry>{text}</entry>" for text in row) for row in rows)
    body = "".join(f"<row>{row}</row>" for row in cells)
    return f"<tgroup cols='{len(widths)}'>{specs}<tbody>{body}</tbody></tgroup>"


def test_a_row_of_wider_cells_lies_over_several_columns() -> None:
    head = group(("90.0pt", "40.0pt"), ("对象", "资格"))
    body = group(("20.0pt", "71.0pt", "39.0pt"), ("本市户籍", "应届生", "毕业"))
    book = (
        f"<book><chapter><para><informaltable>{head}{body}</informaltable></para></chapter></book>"
    )
    (table,) = doc.from_docbook(book.encode()).parts
    assert isinstance(table, Table)
    assert table.rows == (
        (Cell("对象"), Cell(covered="left"), Cell("资格")),
        (Cell("本市户籍"), Cell("应届生"), Cell("毕业")),
    )


def test_odd_widths_take_no_cell_away() -> None:
    book = group(("x", "", "9e9pt"), ("甲", "乙", "丙", "丁"))
    book = f"<book><chapter><para><informaltable>{book}</informaltable></para></chapter></book>"
    (table,) = doc.from_docbook(book.encode()).parts
    assert isinstance(table, Table)
    assert [cell.text for cell in table.rows[0] if not cell.covered] == ["甲", "乙", "丙", "丁"]


def test_names_of_fields_in_place_of_their_texts_are_noticed() -> None:
    def made(text: str) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            field = '<w:instrText> DOCPROPERTY "FlSubject"</w:instrText>'
            archive.writestr("word/document.xml", f"{field}<w:t>{text}</w:t>")
        return file.getvalue()

    assert doc.has_lost_fields(made("FlSubject"))
    assert not doc.has_lost_fields(made("关于印发办法的通知"))
    assert not doc.has_lost_fields(b"no archive")


def test_notes_of_the_plain_text_follow_the_paragraph_of_their_mark() -> None:
    parts = (
        Paragraph("本办法适用于本市。"),
        Paragraph("渝公户[2004]37号"),
        Paragraph("另行规定。"),
    )
    text = "本办法[1]适用于本市。\n\n渝公户[2004]37号\n另行规定。\n\n[1]指试行办法。\n[2]见附件。\n"
    assert doc.with_notes(parts, text) == (
        parts[0],
        Paragraph("指试行办法。", kind="note", label="脚注1"),
        *parts[1:],
        Paragraph("见附件。", kind="note", label="脚注2"),
    )


def test_a_line_that_only_looks_like_a_note_is_none() -> None:
    parts = (Paragraph("[3]参考文献"),)
    assert doc.with_notes(parts, "[3]参考文献\n") == parts


def test_chapters_and_sections_are_headings_by_depth() -> None:
    book = (
        "<book><chapter><title>第一章</title><para>甲。</para>"
        "<sect1><title>第一节</title><para>乙。</para></sect1></chapter></book>"
    )
    assert doc.from_docbook(book.encode()).parts == (
        Paragraph("第一章", kind="heading", level=1),
        Paragraph("甲。"),
        Paragraph("第一节", kind="heading", level=2),
        Paragraph("乙。"),
    )


def test_lost_numbers_are_warned_of() -> None:
    listed = "<orderedlist><listitem><para>总体要求</para></listitem></orderedlist>"
    book = f"<book><chapter>{listed}</chapter></book>"
    extract = doc.from_docbook(book.encode())
    assert extract == Extract((Paragraph("总体要求"),), warnings=(doc.NO_NUMBERS,))


def test_docbook_that_is_cut_keeps_what_it_has() -> None:
    cut = BOOK[: BOOK.index("第一条")]
    parts = doc.from_docbook(cut.encode()).parts
    assert [type(part).__name__ for part in parts] == ["Paragraph", "Paragraph", "Table"]


@pytest.mark.parametrize("book", [b"", b"no xml"])
def test_docbook_that_is_none_is_unreadable(book: bytes) -> None:
    with pytest.raises(UnreadableFile, match="antiword"):
        doc.from_docbook(book)


def test_lines_of_catdoc_are_paragraphs_without_their_tabs() -> None:
    extract = doc.from_lines("附件：\n\n指标\t分值\n学历\t20分\n")
    assert extract.parts == (Paragraph("附件："), Paragraph("指标 分值"), Paragraph("学历 20分"))
    assert extract.warnings == (doc.NO_TABLES,)


def test_damaged_bytes_taken_for_text_are_told() -> None:
    assert doc.is_garbled(Extract((Paragraph("第一条\x01\x02\ue000�"),)))
    assert not doc.is_garbled(Extract((Paragraph("第一条 本办法适用于本市。"),)))


def test_a_password_is_named() -> None:
    assert doc.has_password(fib(0x0100))
    assert not doc.has_password(fib(0x0200))
    with pytest.raises(UnreadableFile, match="有密码保护"):
        doc.read(fib(0x0100), Limits())


def test_another_kind_of_file_is_turned_away() -> None:
    with pytest.raises(UnreadableFile, match="不是旧版 Word 文件"):
        doc.read(b"<html><body>x</body></html>", Limits())


def test_without_a_tool_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doc.available() == ""
    with pytest.raises(MissingTool, match="apt install antiword"):
        doc.read(fib(0), Limits())


def script(folder: Path, name: str, text: str) -> None:
    """A stand-in for a tool, found on PATH."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)


def test_the_next_tool_reads_what_the_first_refuses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script(tmp_path, "antiword", "exit 1")
    script(tmp_path, "catdoc", "echo 第一条")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doc.available() == "antiword"
    assert doc.read(fib(0), Limits()).parts == (Paragraph("第一条"),)


def test_the_tool_gets_a_copy_filled_up_to_whole_sectors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script(tmp_path, "catdoc", 'for last; do :; done; echo "${last##*/} $(/usr/bin/wc -c < $last)"')
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doc.read(fib(0) + b"\x00", Limits()).parts == (Paragraph("input.doc 2560"),)


def test_when_no_tool_can_the_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script(tmp_path, "catdoc", "exit 69")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        UnreadableFile, match=r"catdoc 读不了这个文件（退出码 69），请用 Word.*另存为 .docx"
    ):
        doc.read(fib(0), Limits())


@pytest.mark.parametrize("name", ["soffice", "libreoffice"])
def test_libreoffice_has_either_name(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document = docx.Document()
    document.add_paragraph("第一条 每月补贴五百元。")
    document.save(tmp_path / "made.docx")
    script(tmp_path, name, f"/bin/cp {tmp_path}/made.docx input.docx")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doc.available() == "soffice"
    assert doc.read(fib(0), Limits()).parts == (Paragraph("第一条 每月补贴五百元。"),)


def test_a_tool_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="没有读完"):
        doc.output([sys.executable, "-c", "import time; time.sleep(30)"], tmp_path, timeout_s=0.3)


def test_output_is_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doc, "MAX_OUTPUT_BYTES", 2**20)
    endless = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    with pytest.raises(UnreadableFile, match="超过上限 1 MB"):
        doc.output([sys.executable, "-c", endless], tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="only LibreOffice can make a .doc")
@pytest.mark.parametrize("tool", ["soffice", "antiword", "catdoc"])
def test_every_tool_reads_a_real_file(tool: str, tmp_path: Path) -> None:
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")
    document = docx.Document()
    document.add_paragraph("第一条 申请人应当具有本市户籍。")
    made = document.add_table(2, 2)
    for at, text in enumerate(("指标", "分值", "学历", "60")):
        made.cell(at // 2, at % 2).text = text
    for _ in range(40):  # antiword turns away what is very short
        document.add_paragraph("本办法自印发之日起施行，由市人力社保局负责解释。")
    file = io.BytesIO()
    document.save(file)
    (tmp_path / "made.docx").write_bytes(file.getvalue())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [shutil.which("soffice") or "", profile, "--headless", "--convert-to", "doc"]
    doc.output([*command, "--outdir", str(tmp_path), str(tmp_path / "made.docx")], tmp_path)
    extract = doc._with_tool(tool, (tmp_path / "made.doc").read_bytes(), Limits())
    assert extract.parts[0] == Paragraph("第一条 申请人应当具有本市户籍。")
    if tool != "catdoc":
        table = extract.parts[1]
        assert isinstance(table, Table)
        assert [[cell.text for cell in row] for row in table.rows] == [
            ["指标", "分值"],
            ["学历", "60"],
        ]
        assert table.merges_known == (tool == "soffice")
