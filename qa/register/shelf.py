"""The register as a folder of readable files: `ID.vN.toml`, one a programme and version."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.items import InlineTable, Table

from policyqa.index.build.scanning import REGISTER, REGISTER_SUFFIX
from policyqa.index.conditions.types import Branch, Node
from policyqa.index.types import Value
from policyqa.qa.errors import FaultyFile, RegisterError, meaning
from policyqa.qa.register.types import FIELDS, Cell, Condition, Programme

FOLDER, SUFFIX = REGISTER, REGISTER_SUFFIX  # in the source folder, beside `catalogue.toml`
NAME = re.compile(r"(?P<id>[a-z0-9][a-z0-9-]{0,79})\.v(?P<version>[1-9]\d{0,3})\.toml")
MAX_BYTES = 2_000_000
AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class Fault(Value):
    """What is wrong with one file of the register, with the line where it stands (0: none)."""

    file: str
    line: int
    reason: str


class Shelf(Value):
    """What a folder holds: every version that is valid, by id and version, and what is wrong."""

    versions: tuple[Programme, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def programmes(self) -> tuple[Programme, ...]:
        """The last version of each programme."""
        return tuple({each.id: each for each in self.versions}.values())

    def of(self, name: str, version: int | None = None) -> Programme:
        """A programme by its id, or by its name where only one has it; its last version where none
        is given.

        Raises:
            RegisterError: there is none, or there are several of this name.
        """
        found = [p for p in self.versions if p.id == name and version in (None, p.version)]
        if not found:
            found = [p for p in self.programmes if p.name == name and version in (None, p.version)]
            if len(found) > 1:
                ids = "、".join(p.id for p in found)
                raise RegisterError(f"有 {len(found)} 个叫“{name[:60]}”的，请写编号：{ids}")
        if not found:
            raise RegisterError(f"登记册里没有 {name[:80]}，可用 policyqa register list 查看")
        return found[-1]


def load(folder: Path) -> Shelf:
    """Every file of the register; empty where there is no folder. A file that is wrong is named
    among the faults, and the others go on; no other version of the same programme counts as
    signed then: it may be one that was to be replaced."""
    held: list[Programme] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else ():
        try:
            held.append(read(path))
        except FaultyFile as error:
            faults.append(Fault(file=error.file, line=error.line, reason=error.reason))
    ordered = sorted(held, key=lambda programme: (programme.id, programme.version))
    newer = {named["id"] for fault in faults if (named := NAME.fullmatch(fault.file))}
    sure = [each.unsigned() if each.id in newer else each for each in ordered]
    return Shelf(versions=tuple(sure), faults=tuple(faults))


def read(path: Path) -> Programme:
    """One file.

    Raises:
        FaultyFile: it is no TOML, no programme, or another one than its name says.
    """
    named = NAME.fullmatch(path.name)
    if named is None:
        raise FaultyFile(path.name, 0, "文件名应为 编号.v版本.toml，如 zhu-fang-bu-tie.v1.toml")
    text = _text(path)
    try:
        programme = Programme.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        at = AT_LINE.search(str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise FaultyFile(path.name, line, "不是正确的 TOML") from error
    except RecursionError as error:
        raise FaultyFile(path.name, 0, "条件套得太深") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FaultyFile(
            path.name, line_of(text, first["loc"]), f"{place} {meaning(first)}"
        ) from error
    if (programme.id, str(programme.version)) != (named["id"], named["version"]):
        own = f"{programme.id}.v{programme.version}"
        raise FaultyFile(path.name, line_of(text, ("id",)), f"与文件名不符，这里写的是 {own}")
    return programme


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FaultyFile(path.name, 0, f"太大，最多 {MAX_BYTES} 字节")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FaultyFile(path.name, 0, "不是 UTF-8，请另存为 UTF-8") from error
    except OSError as error:
        raise FaultyFile(path.name, 0, f"无法读取：{error.strerror}") from error


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line in which a value stands, by the names that lead to it; else that of the innermost
    table that is there, 0 for none.

    Args:
        text: of a TOML file.
        place: as pydantic names a place, numbers counting tables of one name from 0.
    """
    lines, at, found = text.splitlines(), 0, 0
    for n, part in enumerate(place):
        if not isinstance(part, str):
            continue
        head = re.compile(rf"\s*(?:\[\[?[^\]]*\b{re.escape(part)}\]\]?|{re.escape(part)}\s*=)")
        number = place[n + 1] if n + 1 < len(place) and isinstance(place[n + 1], int) else 0
        hits = [i for i in range(at, len(lines)) if head.match(lines[i])]
        if int(number) < len(hits):
            at = hits[int(number)]
            found = at + 1
    return found


def path_of(folder: Path, programme: Programme) -> Path:
    """Where a version of a programme is kept."""
    return folder / f"{programme.id}.v{programme.version}{SUFFIX}"


def write(folder: Path, programme: Programme) -> Path:
    """Keep a version of a programme, whole or not at all; one that is there is replaced.

    Raises:
        RegisterError: the folder does not take it.
    """
    path = path_of(folder, programme)
    beside = path.with_name(f".{path.name}.new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside.write_text(dumped(programme), encoding="utf-8")
        os.replace(beside, path)
    except OSError as error:
        raise RegisterError(f"写不进 {path}：{error.strerror}") from error
    return path


def dumped(programme: Programme) -> str:
    """A version of a programme as its file has it; conditions with their words as remarks."""
    said = programme.model_dump(exclude_defaults=True, exclude=set(FIELDS))
    document = tomlkit.document()
    document.update(said)
    for field, label in FIELDS.items():
        tables = tomlkit.aot()
        for cell in getattr(programme, field):
            tables.append(_cell_table(cell, label))
        if tables:
            document.add(field, tables)
    return tomlkit.dumps(document)


def _cell_table(cell: Cell, label: str) -> Table:
    table = tomlkit.table()
    table.add(tomlkit.comment(label))
    for name, value in cell.model_dump(exclude_defaults=True, exclude={"tree"}).items():
        table.add(name, _inline(value) if isinstance(value, dict) else _plain(value))
    if isinstance(cell, Condition):
        table.add("tree", _tree_table(cell.tree, cell.quote.text))
    return table


def _tree_table(node: Node, words: str) -> Table:
    table = tomlkit.table()
    if isinstance(node, Branch):
        table.update(node.model_dump(exclude_defaults=True, exclude={"parts"}))
        parts = tomlkit.aot()
        for part in node.parts:
            parts.append(_tree_table(part, words))
        table.add("parts", parts)
        return table
    table.add(tomlkit.comment(" ".join(words[node.start : node.end].split())))
    table.update(node.model_dump(exclude_defaults=True, exclude={"allowed", "guards"}))
    bounds = {name: _plain(value) for name, value in node.allowed._asdict().items()}
    allowed = {name: v for name, v in bounds.items() if v is not None and v is not True}
    if allowed:
        table.add("allowed", _inline(allowed))
    if node.guards:
        table.add("guards", [_inline(each.model_dump()) for each in node.guards])
    return table


def _inline(values: Mapping[str, Any]) -> InlineTable:
    inline = tomlkit.inline_table()
    inline.update(values)
    return inline


def _plain(value: object) -> object:
    """A value that TOML has: of a decimal number an integer, else its digits."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"
    return list(value) if isinstance(value, tuple) else value
