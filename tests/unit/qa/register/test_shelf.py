"""The register as files: what is written is read, and what is wrong is named with its line."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from policyqa.index.build import scanning
from policyqa.qa.errors import FaultyFile, RegisterError
from policyqa.qa.register import shelf
from policyqa.qa.register.shelf import Fault
from policyqa.qa.register.types import Programme
from tests.programmes import office, programmes, signed

BUYING = programmes(office())[0]

READ = [signed(each) for each in programmes(office())]


def test_what_is_written_is_read_with_its_signatures(tmp_path: Path) -> None:
    for programme in READ:
        path = shelf.write(tmp_path / "register", programme)
        assert shelf.read(path) == programme
        assert all(cell.is_signed for _, _, cell in shelf.read(path).cells())
    held = shelf.load(tmp_path / "register")
    assert sorted(p.id for p in held.programmes) == sorted(p.id for p in READ)
    assert held.faults == ()


def test_a_file_says_in_words_what_each_condition_is() -> None:
    lines = shelf.dumped(READ[0]).splitlines()
    at = lines.index("# 年龄不超过45周岁")
    assert lines[at + 1 : at + 8] == [
        'node = "leaf"', "start = 18", "end = 27", 'attribute = "age"', 'unit = "岁"',
        "whole = true", "allowed = {high = 45}",
    ]  # fmt: skip


def test_the_last_version_counts_and_earlier_ones_can_be_named(tmp_path: Path) -> None:
    first = READ[0]
    second = first.model_copy(update={"version": 10, "name": "新购房补贴"})
    for each in (second, first):
        shelf.write(tmp_path, each)
    held = shelf.load(tmp_path)
    assert held.programmes == (second,)
    assert held.of(first.id, 1) == first
    assert held.of("新购房补贴") == second
    with pytest.raises(RegisterError, match="登记册里没有 别的"):
        held.of("别的")


def test_beside_a_faulty_version_no_other_counts_as_signed(tmp_path: Path) -> None:
    path = shelf.write(tmp_path, signed(BUYING))
    assert any(cell.is_signed for _, _, cell in shelf.load(tmp_path).of(BUYING.id).cells())
    path.with_name(f"{BUYING.id}.v2.toml").write_text("=", "utf-8")
    held = shelf.load(tmp_path)
    assert not any(cell.signed for _, _, cell in held.of(BUYING.id).cells())
    assert [fault.file for fault in held.faults] == [f"{BUYING.id}.v2.toml"]


def test_a_name_that_two_have_wants_the_id(tmp_path: Path) -> None:
    other = READ[1].model_copy(update={"name": READ[0].name})
    for each in (READ[0], other):
        shelf.write(tmp_path, each)
    with pytest.raises(RegisterError, match="有 2 个叫“购房补贴”的，请写编号"):
        shelf.load(tmp_path).of("购房补贴")


@pytest.mark.parametrize(
    ("old", "new", "line_with", "reason"),
    [
        ('kind = "guess"\n', "", "", ""),
        ("version = 1", "version = 0", "version", "version 应不小于 1"),
        ("amount = 60000", "amount = -1", "amount = -1", "benefits.1.amount 应不小于 0"),
        ('period = "once"', 'period = "daily"', 'period = "daily"', "benefits.0.period 不是可用"),
        ("end = 27", "end = 999", "[[conditions]]", "条件的位置 18–999 不在原文之内"),
        ('link = "pq1:', 'link = "', "quote =", "conditions.0.quote.link 不是引文链接"),
        ("version = 1", "version = ", "version =", "不是正确的 TOML"),
        ("version = 1", "version = 2", "id =", "与文件名不符"),
        ("version = 1", 'version = 1\ncolour = "red"', "colour", "colour 没有这一项"),
    ],
)
def test_a_wrong_file_is_named_with_its_line_and_the_others_go_on(
    tmp_path: Path, old: str, new: str, line_with: str, reason: str
) -> None:
    path = shelf.write(tmp_path, READ[0])
    shelf.write(tmp_path, READ[1])
    text = path.read_text("utf-8").replace(old, new, 1)
    path.write_text(text, "utf-8")
    if not line_with:
        assert shelf.load(tmp_path).faults == ()
        return
    lines = text.splitlines()
    line = next(n for n, each in enumerate(lines, 1) if line_with in each)
    held = shelf.load(tmp_path)
    assert [each.id for each in held.programmes] == [READ[1].id]
    (fault,) = held.faults
    assert (fault.file, fault.line) == (path.name, line)
    assert reason in fault.reason


def test_what_is_no_text_or_wrongly_named_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.v1.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "b.toml").write_text("", "utf-8")
    deep = "[tree]\n" + "a = " + "[" * 20_000
    (tmp_path / "c.v1.toml").write_text(deep, "utf-8")
    held = shelf.load(tmp_path)
    assert held.faults[0] == Fault(file="a.v1.toml", line=0, reason="不是 UTF-8，请另存为 UTF-8")
    assert held.faults[1].reason.startswith("文件名应为 编号.v版本.toml")
    assert len(held.faults) == 3


def test_conditions_may_not_be_nested_without_end() -> None:
    condition = READ[0].conditions[0]
    tree: object = condition.tree.model_dump()
    for _ in range(13):
        tree = {"node": "all", "parts": [tree]}
    with pytest.raises(ValueError, match="条件套得太深"):
        type(condition).model_validate({**condition.model_dump(), "tree": tree})


def test_no_list_may_ask_for_more_than_it_has() -> None:
    condition = READ[0].conditions[0]
    tree = {"node": "at_least", "least": 9, "parts": [condition.tree.model_dump()]}
    with pytest.raises(ValueError, match="应在 1 和列出的项数之间"):
        type(condition).model_validate({**condition.model_dump(), "tree": tree})


def test_a_folder_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "register").write_text("", "utf-8")
    with pytest.raises(RegisterError, match="写不进"):
        shelf.write(tmp_path / "register", READ[0])


def test_the_register_is_no_document_of_the_source_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("办法", "utf-8")
    shelf.write(tmp_path / shelf.FOLDER, READ[0])
    (tmp_path / shelf.FOLDER / "说明.txt").write_text("说明", "utf-8")
    found = {path.name for path in scanning.paths(tmp_path)}
    assert found == {"a.txt", "说明.txt"}


def test_a_faulty_file_names_itself() -> None:
    assert str(FaultyFile("a.v1.toml", 3, "太长")) == "a.v1.toml:3：太长"
    assert str(FaultyFile("a.v1.toml", 0, "太长")) == "a.v1.toml：太长"


def test_a_cell_has_no_signs_that_nobody_sees_and_no_sum_without_end() -> None:
    cell = BUYING.benefits[0]
    said = cell.model_dump() | {"text": "一次\u202e性\x1b给予\u200b补贴"}
    assert type(cell).model_validate(said).text == "一次性给予补贴"
    with pytest.raises(ValidationError):
        type(cell).model_validate(cell.model_dump() | {"amount": "1e999"})


def test_fields_have_the_names_of_the_contract() -> None:
    assert set(Programme.model_fields) >= {
        "for_whom", "conditions", "benefits", "materials", "steps", "time_limit", "fee", "place",
        "channel", "phone", "window", "exclusions", "basis", "valid_from", "valid_to",
    }  # fmt: skip
