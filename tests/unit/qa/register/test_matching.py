"""People of a table: what its columns tell, what follows, and which cells cannot be read."""

from decimal import Decimal
from pathlib import Path

import pytest

from policyqa.index.conditions.intervals import NOTHING, SOME, exactly
from policyqa.qa.errors import QuestionError, RegisterError
from policyqa.qa.register import matching
from policyqa.qa.register.answering import asked as attributes_asked
from policyqa.qa.register.answering import choices, fact_of, reply_of
from policyqa.qa.register.checking import Engine
from policyqa.qa.register.matching import Column, column_of
from policyqa.qa.register.standing import Standings
from tests.programmes import DAY, office, programmes, signed

CORPUS = office()
ENGINE = Engine([signed(each) for each in programmes(CORPUS)], Standings(CORPUS, DAY))


@pytest.mark.parametrize(
    ("attribute", "said", "unit", "told"),
    [
        ("age", "45", "", 45), ("age", "36周岁", "", 36), ("insured", "8", "", 8),
        ("insured", "2年", "", 24), ("worked", "3", "年", 36), ("income", "1.5", "万", 15_000),
        ("income", "8000元", "", 8000), ("degree", "硕士研究生", "", 6), ("degree", "无", "", 0),
        ("title", "没有", "", 0),
    ],
)  # fmt: skip
def test_a_field_is_read_as_a_number_or_class(
    attribute: str, said: str, unit: str, told: int
) -> None:
    fact = fact_of(attribute, said, unit=unit)
    assert fact is not None
    assert fact.told == exactly(Decimal(told))


def test_a_field_is_read_as_had_or_not_or_as_a_place() -> None:
    for said, told in (("有", SOME), ("没有", NOTHING), ("是", SOME), ("无", NOTHING)):
        fact = fact_of("house", said)
        assert fact is not None
        assert fact.told == told
    home = fact_of("registered", "上海市")
    assert home is not None
    assert home.place is not None
    assert home.place.name == "上海市"


@pytest.mark.parametrize("said", ["", " ", "不知道", "-", "—", "不清楚", "N/A"])
def test_what_is_not_known_is_no_fact(said: str) -> None:
    assert fact_of("age", said) is None
    assert fact_of("degree", said) is None
    assert reply_of(said) is None


@pytest.mark.parametrize(
    ("attribute", "said", "words"),
    [
        ("age", "很年轻", "年龄：“很年轻”看不懂，请填数字（岁）"),
        ("age", "200", "年龄：“200”太大"),
        (
            "degree",
            "大侠",
            "学历：“大侠”不是可选的，请填小学、初中、高中、大专、本科、硕士研究生、博士",
        ),
        ("house", "两套多", "自有住房：“两套多”看不懂，请填有或没有"),
        ("age", "1" * 101, "年龄：太长，最多 100 字"),
    ],
)
def test_what_cannot_be_read_is_said(attribute: str, said: str, words: str) -> None:
    with pytest.raises(QuestionError) as error:
        fact_of(attribute, said)
    assert str(error.value) == words
    with pytest.raises(QuestionError, match="请填是或否"):
        reply_of("也许")


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("insured", "不到6个月"), ("insured", "11个月以上"), ("worked", "5年多"),
        ("worked", "5年零10天"), ("age", "快36"), ("degree", "博士在读"),
        ("degree", "本科（肄业）"),
    ],
)  # fmt: skip
def test_what_is_only_about_so_much_is_no_number(attribute: str, said: str) -> None:
    """不到6个月 was held against a rule as six months."""
    with pytest.raises(QuestionError):
        fact_of(attribute, said)


def test_an_age_is_in_full_years() -> None:
    fact = fact_of("age", "35.9")
    assert fact is not None
    assert fact.told == exactly(Decimal(35))


@pytest.mark.parametrize(
    "head", ["收入（千元）", "收入(美元)", "社保（天）", "社保（周）", "社保（季度）"]
)
def test_a_column_in_other_units_is_refused(head: str) -> None:
    with pytest.raises(RegisterError, match="的单位不认得"):
        column_of(head, set())


def test_every_scale_has_names_to_choose_from() -> None:
    for about in attributes_asked().values():
        assert all(choices(about))


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("年龄", Column("age")), ("最高学历", Column("degree")), ("age", Column("age")),
        ("社保（月）", Column("insured")), ("工作年限", Column("worked", "年")),
        ("年收入", Column("income")), ("收入(万元)", Column("income", "万")),
        ("姓名", Column()), ("户籍所在地", Column("registered")),
        ("经区人才办认定", Column(key="经区人才办认定")),
    ],
)  # fmt: skip
def test_heads_of_columns(head: str, column: Column) -> None:
    assert column_of(head, {"经区人才办认定"}) == column


def table(folder: Path, text: str | bytes) -> matching.Table:
    path = folder / "people.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return matching.read(path, ENGINE)


PEOPLE = (
    "姓名,年龄,最高学历,社保（月）,部门\n张三,40,博士,8,研发\n李四,44,硕士,2年,=cmd()\n"
    "王五,很年轻,本科,,,多一格\n"
)


def test_each_person_gets_a_verdict_for_each_programme(tmp_path: Path) -> None:
    first, second, third = matching.matched(table(tmp_path, PEOPLE), ENGINE)
    assert [v.word for v in first.verdicts] == ["不符合", "不符合", "还差"]
    assert [v.word for v in second.verdicts] == ["符合", "不符合", "还差"]
    assert third.wrong == ("年龄：“很年轻”看不懂，请填数字（岁）", "这一行有 6 格，比列名多")
    assert third.row == 4
    rows = [row for each in (first, second) for row in matching.rows_of(each)]
    assert rows[0][:5] == (
        "张三", "购房补贴", ENGINE.checked[0].programme.id, "不符合",
        "社会保险缴费满12个月（还差4个月）",
    )  # fmt: skip
    assert rows[3][6] == "硕士一次性给予购房补贴6万元。"
    summary = matching.Summary()
    for each in (first, second, third):
        summary.add(each)
    assert summary.words[ENGINE.checked[0].programme.id] == {"不符合": 2, "符合": 1}


def test_tables_of_excel_in_chinese_are_read(tmp_path: Path) -> None:
    for encoding in ("gb18030", "utf-8-sig"):
        assert table(tmp_path, PEOPLE.encode(encoding)).heads[1] == "年龄"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "是空的"),
        (b"\xff\xff\xff", "不是 UTF-8"),
        ("姓名,部门\n张三,研发\n", "没有认得的列"),
        ("年龄,age\n3,4\n", "有几列都是年龄"),
    ],
)
def test_tables_that_tell_nothing_are_refused(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    with pytest.raises(RegisterError, match=words):
        table(tmp_path, text)
    with pytest.raises(RegisterError, match=r"读不了 gone.csv"):
        matching.read(tmp_path / "gone.csv", ENGINE)


def test_no_cell_is_a_formula() -> None:
    assert [matching.safe(each) for each in ("=1+1", "@a", "-2", "张三\n李四", "a=b")] == [
        "'=1+1", "'@a", "'-2", "张三 李四", "a=b",
    ]  # fmt: skip
