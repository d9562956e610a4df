"""Numbers with what they count, in whatever way they are written."""

from decimal import Decimal

import pytest

from policyqa.index.text.quantities import quantities


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("５０万元", 500_000, "元"),
        ("50 万元", 500_000, "元"),
        ("五十万元", 500_000, "元"),
        ("伍拾万元", 500_000, "元"),
        ("1,000人", 1000, "人"),
        ("一千名", 1000, "人"),
        ("百分之三十", 30, "%"),
        ("30％", 30, "%"),
        ("15万人次", 150_000, "人次"),
        ("四十五周岁", 45, "岁"),
        ("7天", 7, "日"),
        ("第三届", 3, "第届"),
        ("首家", 1, "第家"),
        ("一百二十个工作日", 120, "工作日"),
        ("三个月", 3, "个月"),
        ("一年", 1, "年"),
        ("500余名", 500, "人"),
        ("8.36万人", 83_600, "人"),
    ],
)
def test_ways_of_writing_a_quantity(text: str, value: int, unit: str) -> None:
    (found,) = quantities(text)
    assert found.key == (Decimal(value), unit)


@pytest.mark.parametrize(
    "text",
    ["一站式服务", "统一规划", "五险一金", "“十四五”规划", "一个港", "万人发明专利", "十分重要"],
)
def test_what_counts_nothing(text: str) -> None:
    assert quantities(text) == ()


def test_an_article_counts_where_it_is_asked_for() -> None:
    assert quantities("享受一次") == ()
    assert [q.key for q in quantities("享受一次", articles=True)] == [(Decimal(1), "次")]


def test_a_range_gives_its_unit_to_both_ends() -> None:
    assert [q.key for q in quantities("50—80万元")] == [
        (Decimal(500_000), "元"),
        (Decimal(800_000), "元"),
    ]
    assert [q.key for q in quantities("11月23日至24日")] == [
        (Decimal(11), "月"), (Decimal(23), "日"), (Decimal(24), "日"),
    ]  # fmt: skip


def test_two_ways_of_writing_a_day_are_one() -> None:
    spoken, iso = quantities("二〇二四年三月十五日"), quantities("2024-03-15")
    assert [q.key for q in spoken] == [q.key for q in iso] == [
        (Decimal(2024), "年"), (Decimal(3), "月"), (Decimal(15), "日"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("最高不超过100万元", "at_most"),
        ("45岁以下", "at_most"),
        ("不少于30天", "at_least"),
        ("两年以上", "at_least"),
        ("突破565万人", "more"),
        ("未满3年", "less"),
        ("30日内", "within"),
        ("430名左右", "about"),
        ("每月3000元", ""),
        ("最多申请，每次间隔30天", ""),
    ],
)
def test_what_bounds_a_quantity(text: str, bound: str) -> None:
    assert quantities(text)[-1].bound == bound


def test_a_cell_of_a_table_keeps_to_itself() -> None:
    found = quantities("343\t1000\n类别\t指标")
    assert [q.key for q in found] == [(Decimal(343), ""), (Decimal(1000), "")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("一百十二人", (Decimal(112), "人")),
        ("三点五万元", (Decimal(35_000), "元")),
        ("两三年", (Decimal(3), "年")),
        ("〇〇〇一年", (Decimal(1), "年")),
    ],
)
def test_numerals_that_are_written_in_their_own_way(text: str, key: tuple[Decimal, str]) -> None:
    assert [q.key for q in quantities(text)] == [key]


@pytest.mark.parametrize("text", ["百千万人才工程", "十百千工程"])
def test_signs_alone_count_nothing(text: str) -> None:
    assert quantities(text) == ()
