"""People held against programmes that somebody has written out, and how that is counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from policyqa.eval.runs.register import amiss, figures, registered, rows, table
from policyqa.eval.sets.circumstances import Person, Scheme, load, schemes
from policyqa.qa.errors import DatasetError
from tests.command_line import done, policyqa


def leaf(attribute: str, operator: str, value: object, **more: Any) -> dict[str, Any]:
    base = {"attribute": attribute, "operator": operator, "value": value, "unit": ""}
    return base | {"quote": f"{attribute}的条款"} | more


AGE = leaf("年龄", "<", 45, unit="周岁")
WORK = leaf("在莞连续工作年数", ">=", 1.5, unit="年")
LONG = leaf("在莞连续工作年数", ">=", 15, unit="年")
RECORD = leaf("刑事犯罪记录", "is", "无", assumed=True)
OFFICE = leaf("单位推荐", "is", "是", office=True)
FULL = leaf("学历", "in", ["全日制本科", "全日制硕士"])
SCHOOLS = leaf("学历", "in", ["中专", "技校"])
DEGREES = leaf("学历", "in", ["本科", "硕士"])
FINED = leaf("罚过款", "is", "是")
CHEATED = leaf("虚报过", "is", "是")


def held(folder: Path, conditions: object, *people: dict[str, Any], valid_to: str = "") -> Path:
    """A set of one programme and these people."""
    programme = {
        "name": "落户", "quote": "可以落户：", "conditions": conditions,
        "valid_from": "2020-01-01", "valid_to": valid_to,
    }  # fmt: skip
    who = [
        {"question": "能吗", "programme": "落户", "facts": {}, "verdict": "符合", "because": []}
        | each
        for each in people
    ]
    record = {"source": "a.txt", "programmes": [programme], "scenarios": who}
    (folder / "01.json").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    return folder


def said(folder: Path, conditions: object, **facts: object) -> tuple[str, tuple[str, ...]]:
    """What one person is told, and what stays open."""
    held(folder, conditions, {"facts": facts})
    (row,) = rows(load(folder), schemes(folder))
    return row.said, row.open


@pytest.mark.parametrize(("conditions", "facts", "verdict", "unknown"), [
    (AGE, {"年龄": 44}, "符合", ()),
    (AGE, {"年龄": 45}, "不符合", ()),  # 不满 has not the bound
    (AGE, {"年龄": "不清楚"}, "还不能判断", ("年龄",)),
    (AGE | {"operator": "<="}, {"年龄": 45}, "符合", ()),
    (AGE | {"operator": ">"}, {"年龄": 45}, "不符合", ()),
    (AGE | {"operator": ">="}, {"年龄": 45}, "符合", ()),
    (AGE | {"operator": "="}, {"年龄": 46}, "不符合", ()),
    (WORK, {"在莞连续工作年数": 1.5}, "符合", ()),
    (WORK, {"在莞连续工作年数": 1}, "不符合", ()),
    (WORK, {}, "还不能判断", ("在莞连续工作年数",)),
    ({"all": [WORK, LONG]}, {"在莞连续工作年数": 2}, "不符合", ()),
    ({"any": [LONG, WORK]}, {"在莞连续工作年数": 2}, "符合", ()),
    (RECORD, {}, "符合", ()),  # holds until something else is said
    (RECORD, {"刑事犯罪记录": "有"}, "不符合", ()),
    (RECORD, {"刑事犯罪记录": "不清楚"}, "还不能判断", ("刑事犯罪记录",)),
    (OFFICE, {"单位推荐": "否"}, "不符合", ()),
    (OFFICE, {"单位推荐": "是"}, "还不能判断", ("单位推荐",)),  # he cannot say so himself
    (DEGREES, {"学历": "硕士"}, "符合", ()),
    (DEGREES, {"学历": "大专"}, "不符合", ()),
    (SCHOOLS, {"学历": "高中"}, "不符合", ()),  # the catalogue counts them as one
    (FULL, {"学历": "非全日制本科"}, "不符合", ()),  # it has no such class
    ({"not": [FINED, CHEATED]}, {"罚过款": "否"}, "还不能判断", ("虚报过",)),
    ({"not": [FINED, CHEATED]}, {"虚报过": "是"}, "不符合", ()),
    ({"at_least": [AGE, WORK, FULL], "count": 2}, {"年龄": 30, "学历": "全日制本科"}, "符合", ()),
    ({"at_least": [AGE, WORK, FULL], "count": 2}, {"年龄": 50}, "还不能判断",
     ("在莞连续工作年数", "学历")),
    ({"at_least": [AGE, WORK, FULL], "count": 2}, {"年龄": 50, "学历": "大专"}, "不符合", ()),
])  # fmt: skip
def test_a_tree_of_the_set_is_judged_as_a_signed_programme(
    tmp_path: Path, conditions: object, facts: dict[str, object], verdict: str, unknown: Any
) -> None:
    assert said(tmp_path, conditions, **facts) == (verdict, unknown)


def test_nothing_is_said_of_a_programme_before_or_after_its_term(tmp_path: Path) -> None:
    days = ({}, *({"申请日期": day} for day in ("2024-12-31", "2025-01-01", "2019-12-31")))
    people = [{"facts": {"年龄": 30} | each, "missing": ["现行规定"]} for each in days]
    held(tmp_path, AGE, *people, valid_to="2024-12-31")
    found = list(rows(load(tmp_path), schemes(tmp_path)))
    assert [row.said for row in found] == ["符合", "符合", "还不能判断", "还不能判断"]
    assert [row.asks for row in found] == [
        False,
        False,
        None,
        False,
    ]  # of one that has ended nothing


def test_right_wrong_and_open_are_counted_and_what_is_amiss_is_listed(tmp_path: Path) -> None:
    no, because = "不符合", ["单位推荐的条款"]
    people = [
        {"facts": {"年龄": 30, "单位推荐": "否"}, "verdict": no, "because": because},
        {"facts": {"年龄": 50}, "verdict": no, "because": because},  # refused by another clause
        {"facts": {"年龄": 30}, "verdict": "还不能判断", "missing": ["单位推荐"]},
        {"facts": {"年龄": 50}, "verdict": "还不能判断", "missing": ["年龄"]},
        {"facts": {"年龄": 30, "单位推荐": "是"}, "verdict": "符合"},
    ]  # fmt: skip
    folder = held(tmp_path, {"all": [AGE, OFFICE]}, *people)
    found = list(rows(load(folder), schemes(folder)))
    shares = {name: (each.value, each.n) for name, each in figures(found).items()}
    assert shares == {
        "right": (0.6, 5), "wrong": (0.2, 5), "open": (0.5, 2), "asks": (0.5, 2),
        "clause": (0.3333, 3),
    }  # fmt: skip
    lines = [
        "错 01-04 应为还不能判断，说成不符合",
        "没说死 01-05 应为符合，说成还不能判断，还差 单位推荐",
    ]
    assert list(amiss(found)) == lines
    printed = done("eval", "register", "--set", folder)
    assert printed.splitlines() == [*table(folder.name, figures(found)).splitlines(), *lines]
    whole = json.loads(done("eval", "register", "--set", folder, "--json"))
    assert {name: (each["value"], each["n"]) for name, each in whole.items()} == shares


@pytest.mark.parametrize(("conditions", "person", "reason"), [
    ({"every": [AGE]}, {}, "01.json 里有一项政策读不懂：既不是条件也不是一组条件：every"),
    (AGE | {"operator": "~"}, {}, "01.json 里有一项政策读不懂"),
    (AGE, {"facts": {"年龄": "很大"}}, "01-01：年龄 的事实看不懂"),
    (WORK, {"facts": {"在莞连续工作年数": "很久"}}, "01-01：在莞连续工作年数 的事实看不懂"),
    (AGE, {"programme": "别的"}, "01-01：a.txt 里没有政策 别的"),
    (AGE, {"programme": ""}, "题集里没有写明政策"),
])  # fmt: skip
def test_a_set_that_cannot_be_judged_is_refused_in_one_line(
    tmp_path: Path, conditions: object, person: dict[str, Any], reason: str
) -> None:
    result = policyqa("eval", "register", "--set", held(tmp_path, conditions, person))
    assert result.returncode == 1
    assert reason in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_set_without_programmes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="没有带 programmes"):
        schemes(tmp_path)


def test_a_person_may_be_judged_by_itself() -> None:
    scheme = Scheme.model_validate(
        {"source": "a.txt", "name": "落户", "quote": "可以", "root": AGE}
    )
    person = Person(id="1", source="a.txt", question="能吗", verdict="符合", facts={"年龄": 44})
    assert registered(person, scheme).right
