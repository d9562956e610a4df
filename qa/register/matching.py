"""People of a table held against all programmes: who is due what, by which clause, and what is not
known. Nothing is kept."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from policyqa.qa.eligibility.facts import Fact
from policyqa.qa.eligibility.logic import Truth
from policyqa.qa.eligibility.replies import key_of
from policyqa.qa.errors import QuestionError, RegisterError
from policyqa.qa.register.answering import asked, fact_of, reply_of
from policyqa.qa.register.checking import Engine, Profile, Verdict

MAX_ROWS = 100_000
MAX_BYTES = 50_000_000
ENCODINGS = ("utf-8-sig", "gb18030")
UNIT = re.compile(r"[（(]\s*(?P<unit>[^）)]{1,6})\s*[）)]|(?P<bare>月数|年数|年限|年份|万元)")
OTHER_UNIT = re.compile("千|百|亿|美|港|欧|日元|天|日|周(?!岁)|星期|季|小时")
# What people call a column, beside the attribute's label and words.
CALLED: Mapping[str, str] = {
    "最高学历": "degree", "学位": "degree", "职业资格": "skill", "技能": "skill",
    "职业技能": "skill",
    "工龄": "worked", "从业": "worked", "社保": "insured", "住房": "house", "房产": "house",
    "有无住房": "house", "户籍地": "registered", "户口": "registered", "户口所在地": "registered",
    "户籍所在地": "registered", "月薪": "income_monthly",
}  # fmt: skip
COLUMNS = ("人员", "政策", "编号", "结论", "条款", "还差", "待遇", "说明")
RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes what begins so for a formula


class Column(NamedTuple):
    """What a column of the table tells: an attribute (with the unit that its head names) or what
    is said to a condition (by its key); neither of what is only carried along."""

    attribute: str = ""
    unit: str = ""
    key: str = ""


class Matched(NamedTuple):
    """One person's row: its number in the file (the head is 1), who it is, what follows for each
    programme, and what is wrong with single cells."""

    row: int
    who: str
    verdicts: tuple[Verdict, ...]
    wrong: tuple[str, ...]


class Table(NamedTuple):
    """A table of people: what its columns tell, and its rows."""

    heads: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def read(path: Path, engine: Engine) -> Table:
    """A CSV file of people. Raises as `table_of`, and for one that cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RegisterError(f"{path.name} 太大，最多 {MAX_BYTES // 10**6} MB")
        data = path.read_bytes()
    except OSError as error:
        raise RegisterError(f"读不了 {path.name}：{error.strerror}") from error
    return table_of(path.name, data, engine)


def table_of(name: str, data: bytes, engine: Engine) -> Table:
    """A table of people, from CSV in UTF-8 or GB 18030.

    Args:
        name: what the file is called, for messages.
        data: its bytes.
        engine: whose conditions columns may be named after.

    Raises:
        RegisterError: it is no such table, or no column tells anything of people.
    """
    rows = _rows(name, data)
    if not rows:
        raise RegisterError(f"{name} 是空的，第一行应为列名")
    keys = {each.key for checked in engine.checked for each in checked.asked}
    columns = tuple(column_of(head, keys) for head in rows[0])
    if not any(each.attribute or each.key for each in columns):
        labels = "、".join(each.label for each in list(asked().values())[:6])
        raise RegisterError(f"{name}:1：没有认得的列，列名应为{labels}等")
    told = [each.attribute or each.key for each in columns if each.attribute or each.key]
    twice = [name for name, times in Counter(told).items() if times > 1]
    if twice:
        label = asked()[twice[0]].label if twice[0] in asked() else twice[0]
        raise RegisterError(f"{name}:1：有几列都是{label}，请只留一列")
    return Table(rows[0], columns, rows[1:])


def _rows(name: str, data: bytes) -> tuple[tuple[str, ...], ...]:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RegisterError(f"{name} 不是 UTF-8，也不是 GB 18030 编码，请另存为 UTF-8")
    try:
        found = [tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text))]
    except csv.Error as error:
        raise RegisterError(f"{name} 不是正确的 CSV") from error
    rows = tuple(row for row in found if any(row))
    if len(rows) > MAX_ROWS + 1:
        raise RegisterError(f"{name} 有 {len(rows) - 1} 行，最多 {MAX_ROWS} 行")
    return rows


def column_of(head: str, keys: set[str]) -> Column:
    """What a column tells by its head: 年龄, 社保（月）, 最高学历, or a condition's own words.

    Raises:
        RegisterError: it is counted in something that is not converted (千元, 天).
    """
    if key_of(head) in keys and key_of(head):
        return Column(key=key_of(head))
    found = UNIT.search(head)
    said = (found["unit"] or found["bare"]) if found else ""
    if OTHER_UNIT.search(said):
        raise RegisterError(f"列“{head[:20]}”的单位不认得，请换算成年、月、元或万元")
    unit = "年" if "年" in said else "万" if "万" in said else ""
    name = UNIT.sub("", head).strip()
    for attribute, about in asked().items():
        if name in (attribute, about.label):
            return Column(attribute, unit)
    if name in CALLED:
        return Column(CALLED[name], unit)
    hits = [
        attribute
        for attribute, about in asked().items()
        if (about.words and re.fullmatch(f"(?:{about.words})+", name)) or about.label in name
    ]
    return Column(hits[0], unit) if len(hits) == 1 else Column()


def matched(table: Table, engine: Engine) -> Iterator[Matched]:
    """What follows for each row, in their order; a cell that cannot be read is named, and counts as
    not known."""
    for number, row in enumerate(table.rows, start=2):
        facts: list[Fact] = []
        replies: dict[str, Truth] = {}
        wrong: list[str] = []
        for column, cell in zip(table.columns, row, strict=False):
            try:
                if column.attribute and (fact := fact_of(column.attribute, cell, unit=column.unit)):
                    facts.append(fact)
                if column.key:
                    replies[column.key] = reply_of(cell)
            except QuestionError as error:
                wrong.append(str(error))
        if len(row) > len(table.heads):
            wrong.append(f"这一行有 {len(row)} 格，比列名多")
        profile = Profile(tuple(facts), replies)
        found = tuple(engine.verdicts(profile))
        yield Matched(number, _who(table, row, number), found, tuple(wrong))


def _who(table: Table, row: Sequence[str], number: int) -> str:
    """The first cell that tells no fact (姓名, 工号), else the number of the row."""
    pairs = zip(table.columns, row, strict=False)
    return next((cell for each, cell in pairs if each == Column() and cell), f"第 {number} 行")


def rows_of(found: Matched) -> Iterator[tuple[str, ...]]:
    """The lines of one person in the table that is written, as `COLUMNS`."""
    for verdict in found.verdicts:
        failed = "；".join(f"{p.words}{f'（{p.gap}）' if p.gap else ''}" for p in verdict.failed)
        office = "；".join(p.words for p in verdict.open if p.wants == "office")
        lacks = "；".join(p.demanded or p.words for p in verdict.open if p.wants != "office")
        given = (
            zip(verdict.benefits, verdict.worth, strict=True) if verdict.met is not False else ()
        )
        sums = "；".join(f"{b.text}{worth.remark}" for b, worth in given)
        signed = "" if verdict.is_signed else "条件未签"
        notes = filter(
            None, (*verdict.notes, signed, f"须由经办部门判断：{office}" if office else "")
        )
        programme = verdict.programme
        yield (
            found.who, programme.name, programme.id, verdict.word, failed, lacks, sums,
            "；".join(dict.fromkeys(notes)),
        )  # fmt: skip


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    words = " ".join(cell.split())
    return f"'{words}" if words.startswith(RISKY) else words


class Summary:
    """How many people each programme is due to, refused to or open for."""

    def __init__(self) -> None:
        self.people = 0
        self.wrong: list[str] = []
        self.words: dict[str, Counter[str]] = {}
        self.names: dict[str, str] = {}

    def add(self, found: Matched) -> None:
        """Count one person."""
        self.people += 1
        self.wrong += [f"第 {found.row} 行（{found.who}）{each}" for each in found.wrong]
        for verdict in found.verdicts:
            self.names[verdict.programme.id] = verdict.programme.name
            self.words.setdefault(verdict.programme.id, Counter())[verdict.word] += 1
