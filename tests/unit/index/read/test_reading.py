"""Bytes to parts, and what cannot be read said in plain words."""

import pytest

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.encoding import decode
from policyqa.index.read.extract import Extract, Limits, Paragraph, Plain, Table
from policyqa.index.read.reading import read

SIMPLIFIED = "关于支持人才发展的若干措施，自公布之日起施行。"
TRADITIONAL = "臺灣青年來渝創業補助，請於三月前申請。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "gb2312"])
def test_simplified_text_is_read(encoding: str) -> None:
    assert decode(SIMPLIFIED.encode(encoding)) == SIMPLIFIED


def test_utf16_big_endian_is_read_by_its_mark() -> None:
    assert decode(b"\xfe\xff" + SIMPLIFIED.encode("utf-16-be")) == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read(encoding: str) -> None:
    text = f"{SIMPLIFIED}\r\n2021年7月13日\r\n"
    assert decode(text.encode(encoding)) == text


def test_big5_is_not_taken_for_gb18030() -> None:
    assert decode(TRADITIONAL.encode("big5")) == TRADITIONAL


def test_symbols_of_word_do_not_make_utf8_something_else() -> None:
    text = "\uf06c 人才政策，措施。"
    assert decode(text.encode()) == text
    assert decode(text.encode("gb18030")) == text  # cannot be Big5


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04\x00", b"ab\x00c\x01\x02"]
)
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="不是文本文件"):
        decode(data)


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\xff\xfe\x00", b"\xe4\xba\xba\xff\xff"])
def test_bytes_of_no_encoding_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="无法识别文字编码"):
        decode(data)


def test_a_text_file_is_one_plain_part() -> None:
    assert read(SIMPLIFIED.encode("gb18030"), "a.txt") == Extract((Plain(SIMPLIFIED),))


def test_the_name_does_not_hide_a_web_page() -> None:
    page = f"<html><body><h1>人才办法</h1><p>{SIMPLIFIED}</p></body></html>".encode()
    parts = read(page, "a.pdf").parts
    assert [p.text for p in parts if isinstance(p, Paragraph)] == ["人才办法", SIMPLIFIED]


def test_a_single_file_web_page_is_read() -> None:
    page = f"<html><body><p>{SIMPLIFIED}</p></body></html>".encode().hex("=").upper()
    data = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=X\r\n\r\n--X\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"\r\n={page}\r\n--X--\r\n"
    )
    parts = read(data.encode(), "a.doc").parts
    assert [p.text for p in parts if isinstance(p, Paragraph)] == [SIMPLIFIED]


def test_rich_text_is_read() -> None:
    words = "".join(f"\\'{byte:02x}" for byte in SIMPLIFIED.encode("gbk"))
    data = f"{{\\rtf1\\ansi\\ansicpg936 {words}\\par}}".encode()
    (part,) = read(data, "a.doc").parts
    assert isinstance(part, Plain)
    assert part.text.strip() == SIMPLIFIED


def test_a_csv_file_is_a_table() -> None:
    (part,) = read("城市,补贴\n重庆,50万\n成都,30万\n".encode("gbk"), "a.csv").parts
    assert isinstance(part, Table)
    assert [[cell.text for cell in row] for row in part.rows] == [
        ["城市", "补贴"], ["重庆", "50万"], ["成都", "30万"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data", [b"", b" \r\n\t", "\u3000\n".encode(), b"\xef\xbb\xbf", b"\x00\x00"]
)
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="文件是空的"):
        read(data, "a.txt")


def test_limits_are_named() -> None:
    with pytest.raises(UnreadableFile, match="文件 3 MB，超过上限 2 MB"):
        read(b"a" * 3 * 2**20, "a.txt", Limits(max_bytes=2 * 2**20))
    with pytest.raises(UnreadableFile, match="文字 11 字，超过上限 10 字"):
        read(b"a" * 11, "a.txt", Limits(max_chars=10))


@pytest.mark.parametrize(
    ("text", "name", "only"),
    [
        ("# 服务平台\n\n- [办事手册](http://a/b.pdf)\n- [申请表](http://a/c.doc)", "a.md", True),
        ("柳泉区住建局\nhttp://www.example.org/a/index.htm", "a.txt", True),
        ("补贴每月500元，详见\nhttp://www.example.org/a", "a.txt", False),
        ("- [办事手册](http://a/b.pdf)\n- 咨询电话：023-5551234", "a.md", False),
        ("柳泉区住建局", "a.txt", False),
    ],
)
def test_a_list_of_links_is_told(text: str, name: str, only: bool) -> None:
    warnings = read(text.encode(), name).warnings
    assert [warning[:12] for warning in warnings] == ["文件里只有名称和链接，没有"[:12]] * only
