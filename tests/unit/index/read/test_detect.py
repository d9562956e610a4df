"""A file is what its content says; its name decides between kinds of text only."""

import io
import zipfile

import pytest

from policyqa.index.errors import UnreadableFile, UnsupportedFile
from policyqa.index.read.detect import OLE, format_of


def archive(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name in names:
            # A fixed time: the bytes are part of a test's name, which all processes must agree on.
            made.writestr(zipfile.ZipInfo(name), "x")
    return data.getvalue()


def ole(stream: str) -> bytes:
    return OLE + b"\x00" * 504 + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "name", "found"),
    [
        ("人才政策".encode(), "a.txt", "text"),
        ("人才政策".encode("gb18030"), "a", "text"),
        (b"# a", "a.md", "markdown"),
        (b"a,b", "a.CSV", "csv"),
        (b"a\tb", "a.tsv", "csv"),
        (b"%PDF-1.7", "a.txt", "pdf"),
        (b"\n\n%PDF-1.4", "a.doc", "pdf"),
        (b"<!DOCTYPE html><p>", "a.doc", "html"),
        (b"\xef\xbb\xbf \r\n<HTML xmlns:o='x'>", "a.pdf", "html"),
        (b'<?xml version="1.0"?>\n<!-- x --><html>', "a.txt", "html"),
        ("\ufeff<html>".encode("utf-16-le"), "a.doc", "html"),
        (b"<table><tr><td>", "a.xls", "html"),
        (b"text <b>bold</b>", "a.htm", "html"),
        (b"text <b>bold</b>", "a.txt", "text"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "a.doc", "mhtml"),
        (b"{\\rtf1\\ansi", "a.doc", "rtf"),
        (archive("word/document.xml"), "a.xlsx", "word"),
        (archive("xl/workbook.xml"), "a.docx", "sheets"),
        (ole("WordDocument"), "a.xls", "doc"),
        (ole("Workbook"), "a.doc", "sheets"),
        (ole("Book"), "a.doc", "sheets"),
    ],
)
def test_formats(data: bytes, name: str, found: str) -> None:
    assert format_of(data, name) == found


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\x05\x16\x07" + b"\x00" * 9, "苹果系统的附属文件"),
        (b"\x89PNG\r\n\x1a\n\x00", "这是图片"),
        (b"\xff\xd8\xff\xe0\x00", "这是图片"),
        (b"Rar!\x1a\x07\x00", "这是压缩包"),
        (archive("a.txt"), "这是压缩包"),
        (archive("ppt/slides/slide1.xml"), "暂不支持演示文稿"),
        (archive("content.xml", "mimetype"), "OpenDocument"),
        (ole("PowerPoint Document"), "暂不支持演示文稿"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>', "2003"),
    ],
)
def test_what_is_no_document_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(UnsupportedFile, match=reason):
        format_of(data, "a.doc")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (archive("word/document.xml")[:40], "已损坏或不完整"),
        (ole("EncryptedPackage"), "有密码保护"),
        (ole("Nothing"), "已损坏"),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        format_of(data, "a.docx")


def test_text_that_begins_like_a_bitmap_is_text() -> None:
    assert format_of(b"BM25 is a ranking function", "a.txt") == "text"
