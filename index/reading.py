"""Files to text. Only plain text for now: other formats are named and skipped."""

import re
from contextlib import suppress
from pathlib import Path

from index.errors import UnreadableFile

SUFFIXES = (".txt", ".md")
MAX_BYTES = 20 * 2**20
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


def decode(data: bytes) -> str:
    """Bytes of a text file to text, trying UTF-8, UTF-16 (with a mark), GB18030 and Big5.

    Raises:
        UnreadableFile: it is binary, or no encoding fits.
    """
    marked = data[:2] in UTF16_MARKS
    if not marked and b"\x00" in data[:4096]:
        raise UnreadableFile("不是文本文件(含二进制内容),请另存为 UTF-8 文本")
    with suppress(UnicodeDecodeError):
        return data.decode("utf-16" if marked else "utf-8-sig")
    try:
        return _without_mark(data)
    except UnicodeDecodeError as error:
        raise UnreadableFile("无法识别文字编码,请另存为 UTF-8 文本") from error


def _without_mark(data: bytes) -> str:
    """GB18030 reads nearly everything, but Big5's punctuation as characters for private use."""
    text = data.decode("gb18030")
    if PRIVATE_USE.search(text):
        with suppress(UnicodeDecodeError):
            return data.decode("big5")
    return text


def read_text(path: Path) -> str:
    """The text of one file.

    Raises:
        UnreadableFile: too large, unreadable, binary, of unknown encoding, or empty.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableFile(f"文件 {size / 2**20:.0f} MB,超过上限 {MAX_BYTES // 2**20} MB")
        text = decode(path.read_bytes())
    except OSError as error:
        raise UnreadableFile(f"无法读取:{error.strerror or error}") from error
    if not text.strip():
        raise UnreadableFile("文件是空的")
    return text
