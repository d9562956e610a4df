"""Files to their parts: the format is told by content, its loader does the rest."""

import re
from collections.abc import Callable
from contextlib import suppress

from index.errors import UnreadableFile
from index.extract import Extract, Limits
from index.formats.detect import Format, format_of

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
USUAL = re.compile("[\\s\x20-\x7e\u2010-\u2030\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
Loader = Callable[[bytes, Limits], Extract]


def read(data: bytes, name: str, limits: Limits | None = None) -> Extract:
    """The parts of one file.

    Args:
        data: the file's bytes.
        name: its name, which decides between kinds of text only.
        limits: bounds on what is read.

    Raises:
        UnsupportedFile: no document, or of a kind that cannot be read.
        MissingTool: it needs a program or a package that is not installed.
        UnreadableFile: too large, damaged, locked, or without text.
    """
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        size, bound = len(data) / 2**20, limits.max_bytes // 2**20
        raise UnreadableFile(f"文件 {size:.0f} MB，超过上限 {bound} MB，请拆分")
    if not data.strip(b" \t\r\n\x00"):
        raise UnreadableFile("文件是空的")
    extract = _loader(format_of(data, name))(data, limits)
    if not any(_has_text(part) for part in extract.parts):
        raise UnreadableFile("文件里没有文字")
    return extract


def _has_text(part: object) -> bool:
    rows = getattr(part, "rows", ())
    return bool(getattr(part, "text", "").strip()) or any(c.text.strip() for r in rows for c in r)


def _loader(found: Format) -> Loader:
    """The loader of a format; each is imported only when a file needs it."""
    if found == "pdf":
        return _pdf()
    if found in ("text", "rtf"):
        from index.formats import text

        return text.read if found == "text" else text.read_rtf
    from importlib import import_module

    module = {"csv": "csv_"}.get(found, found)
    loader: Loader = import_module(f"index.formats.{module}").read
    return loader


def _pdf() -> Loader:
    from index.formats import ocr, pdf

    def loader(data: bytes, limits: Limits) -> Extract:
        able = limits.recognise_scans and ocr.available()
        return pdf.read(data, limits, recognise=ocr.load() if able else None)

    return loader


def decode(data: bytes) -> str:
    """Bytes of a text file to text, trying UTF-8, UTF-16, GB18030 and Big5.

    Raises:
        UnreadableFile: it is binary, or no encoding fits.
    """
    marked = data[:2] in UTF16_MARKS
    if not marked and b"\x00" in data[:4096]:
        with suppress(UnicodeDecodeError):
            return _unmarked_utf16(data)
        raise UnreadableFile("不是文本文件（含二进制内容），请另存为 UTF-8 文本")
    with suppress(UnicodeDecodeError):
        return data.decode("utf-16" if marked else "utf-8-sig")
    try:
        return _without_mark(data)
    except UnicodeDecodeError as error:
        raise UnreadableFile("无法识别文字编码，请另存为 UTF-8 文本") from error


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without a mark: line ends and digits give every other byte a zero."""
    order = "utf-16-le" if data[1:200:2].count(0) >= data[0:200:2].count(0) else "utf-16-be"
    text = data.decode(order)
    if len(USUAL.findall(text)) < 0.9 * len(text):
        raise UnicodeDecodeError(order, data[:1], 0, 1, "no text")
    return text


def _without_mark(data: bytes) -> str:
    """GB18030 reads nearly everything, but Big5's punctuation as characters for private use."""
    text = data.decode("gb18030")
    if PRIVATE_USE.search(text):
        with suppress(UnicodeDecodeError):
            return data.decode("big5")
    return text
