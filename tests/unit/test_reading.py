"""Bytes to text, and what cannot be read said in plain words."""

from pathlib import Path

import pytest

from index import reading
from index.errors import UnreadableFile
from index.reading import decode, read_text

SIMPLIFIED = "关于支持人才发展的若干措施，自公布之日起施行。"
TRADITIONAL = "臺灣青年來渝創業補助，請於三月前申請。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_simplified_text_is_read(encoding: str) -> None:
    assert decode(SIMPLIFIED.encode(encoding)) == SIMPLIFIED


def test_utf16_big_endian_is_read_by_its_mark() -> None:
    assert decode(b"\xfe\xff" + SIMPLIFIED.encode("utf-16-be")) == SIMPLIFIED


def test_big5_is_not_taken_for_gb18030() -> None:
    assert decode(TRADITIONAL.encode("big5")) == TRADITIONAL


def test_symbols_of_word_do_not_make_utf8_something_else() -> None:
    text = "\uf06c 人才政策，措施。"
    assert decode(text.encode()) == text
    assert decode(text.encode("gb18030")) == text  # cannot be Big5


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04\x00", b"ab\x00c"])
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="不是文本文件"):
        decode(data)


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\xff\xfe\x00", b"\xe4\xba\xba\xff\xff"])
def test_bytes_of_no_encoding_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="无法识别文字编码"):
        decode(data)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(SIMPLIFIED.encode("gb18030"))
    assert read_text(path) == SIMPLIFIED


@pytest.mark.parametrize("data", [b"", b" \r\n\t", "\u3000\n".encode(), b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(UnreadableFile, match="文件是空的"):
        read_text(tmp_path / "a.txt")


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as sparse:
        sparse.truncate(reading.MAX_BYTES + 2**20)
    with pytest.raises(UnreadableFile, match="文件 21 MB,超过上限 20 MB"):
        read_text(tmp_path / "a.txt")


def test_a_file_that_is_gone_is_named_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="无法读取"):
        read_text(tmp_path / "gone.txt")
