"""The words of an office: what its file says is taken, what is wrong in it is named."""

import re
from pathlib import Path

import pytest

from policyqa.index.errors import SourceError
from policyqa.index.metadata import office
from policyqa.index.metadata.office import NO_WORDS, OfficeWords

FULL = """
terms = ["留渝率", " 渝快办 "]
shares = ["留渝率"]
[names]
"人才卡" = ["英才卡", "服务卡"]
[english]
"英才卡 服务" = ["talent card"]
"""


def write(folder: Path, text: str) -> Path:
    (folder / office.FILE_NAME).write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(SourceError) as caught:
        office.load(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder / office.FILE_NAME} ")
    assert "\n" not in message
    return message


def test_without_a_file_there_are_no_words(tmp_path: Path) -> None:
    assert office.load(tmp_path) == NO_WORDS == OfficeWords()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_words_are_read_without_the_space_around_them(tmp_path: Path, mark: str) -> None:
    assert office.load(write(tmp_path, mark + FULL)) == OfficeWords(
        terms=("留渝率", "渝快办"),
        shares=("留渝率",),
        names={"人才卡": ("英才卡", "服务卡")},
        english={"英才卡 服务": ("talent card",)},
    )


@pytest.mark.parametrize(("text", "said"), [
    ("termss = []", "中 termss 有误：没有这个键，可用的是 terms、shares、names、english"),
    ('terms = "留渝率"', "中 terms 有误：应是列表"),
    ('terms = ["甲乙", 3]', "中 terms 第 2 项 有误：应是加引号的文字"),
    ('terms = [" "]', "中 terms 第 1 项 有误：应是 1 至 40 个看得见的字"),
    (f'terms = ["{"长" * 41}"]', "中 terms 第 1 项 有误：应是 1 至 40 个看得见的字"),
    ('shares = ["率\\u0007"]', "中 shares 第 1 项 有误：应是 1 至 40 个看得见的字"),
    ('shares = ["率\\n高"]', "中 shares 第 1 项 有误：应是 1 至 40 个看得见的字"),
    ('names = ["甲"]', "中 names 有误：应是一节"),
    ('[names]\n"卡" = ["英才卡", ""]', "中 names.卡 第 2 项 有误：应是 1 至 40 个看得见的字"),
    ('[names]\n"\\u202e" = ["英才卡"]', "有误：应是 1 至 40 个看得见的字"),
    (f'[english]\n"卡" = {["card"] * 21}', "中 english.卡 有误：太多了"),
    (f"terms = {['甲乙'] * 3001}", "中 terms 有误：太多了"),
    ("terms = ", "无法读取："),
    ("a = " + "[" * 5000, "无法读取："),
    ("#" * (1 << 20) + "\n", "太大，最多 1 MB"),
])  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(write(tmp_path, text))


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / office.FILE_NAME).write_bytes(b"terms = ['\xff']")
    assert "不是 UTF-8，请另存为 UTF-8" in refused(tmp_path)


def test_a_stored_value_is_the_same_again(tmp_path: Path) -> None:
    words = office.load(write(tmp_path, FULL))
    assert OfficeWords.model_validate_json(words.model_dump_json()) == words


def test_the_seeds_bring_the_words_of_their_office() -> None:
    words = office.load(Path(__file__).parents[4] / "seeds")
    assert {"留渝率", "渝快办", "两江新区"} <= set(words.terms)
    assert len(set(words.terms)) == len(words.terms)
    assert words.shares == ("留渝率",)
    assert all(re.search("[a-z]", english[0]) for english in words.english.values())
