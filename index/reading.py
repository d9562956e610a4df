"""Files to text. Only plain text for now: other formats are named and skipped."""

from pathlib import Path

from index.errors import UnreadableFile

SUFFIXES = (".txt", ".md")
MAX_BYTES = 20 * 2**20
ENCODINGS = ("utf-8-sig", "utf-16", "gb18030", "big5")


def decode(data: bytes) -> str:
    """Bytes of a text file to text, trying UTF-8, UTF-16 (with a mark), GB18030 and Big5.

    Raises:
        UnreadableFile: it is binary, or no encoding fits.
    """
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff") and b"\x00" in data[:4096]:
        raise UnreadableFile("不是文本文件(含二进制内容),请另存为 UTF-8 文本")
    for encoding in ENCODINGS:
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("无法识别文字编码,请另存为 UTF-8 文本")


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
