"""Bytes of a text file to text, whatever encoding an office wrote it in."""

import re
from contextlib import suppress

from policyqa.index.errors import UnreadableFile

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
USUAL = re.compile("[\\s\x20-\x7e\u2010-\u2030\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


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
