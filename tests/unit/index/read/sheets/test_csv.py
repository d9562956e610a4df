"""The .csv loader: encodings, delimiters, quotes, and what is no table."""

import pytest

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Limits, Plain, Table
from policyqa.index.read.sheets import csv as csv_


def rows(data: bytes) -> list[list[str]]:
    (part,) = csv_.read(data, Limits()).parts
    assert isinstance(part, Table)
    assert not part.merges_known
    return [[cell.text for cell in row] for row in part.rows]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (("学历", "补贴"), ("博士", "10万元")))
    assert rows(text.encode()) == [["学历", "补贴"], ["博士", "10万元"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    data = "学历,补贴\n博士,10万元\n".encode(encoding)
    assert rows(data) == [["学历", "补贴"], ["博士", "10万元"]]


def test_quotes_keep_delimiters_line_breaks_and_quotes() -> None:
    data = '条件,补贴\r\n"博士,\r\n""双一流""高校",10\r\n'.encode()
    assert rows(data) == [["条件", "补贴"], ['博士,\n"双一流"高校', "10"]]


def test_ragged_rows_are_filled_up_and_empty_edges_left_out() -> None:
    (part,) = csv_.read("\n\n甲,乙,丙,,\n丁\n戊,己,,,\n,,\n".encode(), Limits()).parts
    assert isinstance(part, Table)
    assert [[cell.text for cell in row] for row in part.rows] == [
        ["甲", "乙", "丙"], ["丁", "", ""], ["戊", "己", ""],
    ]  # fmt: skip
    assert part.first_row == 3


def test_commas_within_cells_do_not_mislead() -> None:
    text = "姓名\t说明\n甲\t一,二,三\n乙\t四\n丙\t五,六\n"
    assert rows(text.encode()) == [
        ["姓名", "说明"],
        ["甲", "一,二,三"],
        ["乙", "四"],
        ["丙", "五,六"],
    ]


def test_excels_own_line_names_the_delimiter() -> None:
    assert rows("sep=;\n甲;乙,丙\n丁;戊,己\n".encode()) == [["甲", "乙,丙"], ["丁", "戊,己"]]


def test_a_quote_that_never_ends_does_not_swallow_the_rest() -> None:
    lines = ["名称,金额", '"甲,1', *(f"乙{at},{at}" for at in range(300))]
    found = rows("\n".join(lines).encode())
    assert len(found) == 302
    assert found[-1] == ["乙299", "299"]


def test_running_text_is_no_table() -> None:
    text = "第一条 本办法适用于本市。\n第二条 申请人应当具有户籍,且缴纳社保。\n第三条 略。\n"
    assert csv_.read(text.encode(), Limits()).parts == (Plain(text),)


def test_too_many_rows_are_named() -> None:
    with pytest.raises(UnreadableFile, match="3 行，超过上限 2 行"):
        csv_.read(b"a,b\nc,d\ne,f\n", Limits(max_rows=2))


@pytest.mark.parametrize("data", [b"", b" \n\n", b"\x00\x01\x02", b"\xff\xff\xff\x81"])
def test_what_is_no_text_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        csv_.read(data, Limits())
