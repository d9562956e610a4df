"""What a file is, by its content; its name only decides between kinds of text."""

import io
import re
import zipfile
from typing import Literal

from policyqa.index.errors import UnreadableFile, UnsupportedFile

Format = Literal["text", "markdown", "html", "mhtml", "rtf", "csv", "word", "doc", "sheets", "pdf"]

APPLE_DOUBLE = b"\x00\x05\x16\x07"
APPLE_REASON = "苹果系统的附属文件，没有正文"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MARKUP = re.compile(
    r"\s*(<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|meta|title|table|div|p|h[1-6]|"
    r"span|style|script|link|br|font|center|ul|ol|article|section)\b",
    re.IGNORECASE | re.DOTALL,
)
HEAD_BYTES = 8192
SUFFIXES: dict[str, Format] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".csv": "csv",
    ".tsv": "csv",
}
OTHERS = (
    (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"), (b"GIF8", "图片"), (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"), (b"BM", "图片"), (b"Rar!", "压缩包"), (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"), (b"\x7fELF", "程序"), (b"MZ", "程序"), (b"ID3", "音频"),
    (b"SQLite format 3", "数据库"),
)  # fmt: skip


def format_of(data: bytes, name: str) -> Format:
    """The format of a file.

    Raises:
        UnsupportedFile: it is no document of a kind that can be read.
        UnreadableFile: it is one, and damaged or locked.
    """
    head = data[:HEAD_BYTES]
    if head.startswith(APPLE_DOUBLE):
        raise UnsupportedFile(APPLE_REASON)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(OLE):
        return _ole(data)
    if head.startswith(ZIP):
        return _zip(data)
    for magic, kind in OTHERS:
        if head.startswith(magic) and not _is_text(head):
            raise UnsupportedFile(f"这是{kind}，不是文档")
    return _text(head, name)


def _is_text(head: bytes) -> bool:
    return b"\x00" not in head and not any(byte < 9 for byte in head)


def _ole(data: bytes) -> Format:
    """Old Office files keep their parts in streams, whose names stand in the file."""
    streams: tuple[tuple[str, Format], ...] = (
        ("WordDocument", "doc"), ("Workbook", "sheets"), ("Book", "sheets"),
    )  # fmt: skip
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UnreadableFile("文件有密码保护，请先去掉密码")
    for name, found in streams:
        if name.encode("utf-16-le") in data:
            return found
    if "PowerPoint".encode("utf-16-le") in data:
        raise UnsupportedFile("暂不支持演示文稿，请另存为 PDF")
    raise UnreadableFile("旧版 Office 文件已损坏，请重新另存一次")


def _zip(data: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile("文件已损坏或不完整（无法解压），请重新获取") from error
    if "word/document.xml" in names or any(re.match(r"word/document\d*\.xml$", n) for n in names):
        return "word"
    if any(name.startswith("xl/") for name in names):
        return "sheets"
    if any(name.startswith("ppt/") for name in names):
        raise UnsupportedFile("暂不支持演示文稿，请另存为 PDF")
    if "content.xml" in names:
        raise UnsupportedFile("暂不支持 OpenDocument 格式，请另存为 .docx 或 .xlsx")
    raise UnsupportedFile("这是压缩包，不是文档，请解压后再放进来")


def _text(head: bytes, name: str) -> Format:
    suffix = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    plain = head.replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    text = plain.decode("latin-1").lstrip("\ufeffÿþ\u00ef\u00bb\u00bf")
    if text.startswith("{\\rtf"):
        return "rtf"
    if re.search(r"^MIME-Version:", text, re.MULTILINE | re.IGNORECASE) and "multipart/" in text:
        return "mhtml"
    if "<?mso-application" in text:
        raise UnsupportedFile("暂不支持 Office 2003 的 XML 格式，请另存为 .docx 或 .xlsx")
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if MARKUP.match(text) or (suffix in (".html", ".htm", ".xhtml") and "<" in text):
        return "html"
    return "text"
