"""Numerals to numbers. Every value is worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyqa.index.text.numerals import decimal, value


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("7", 7), ("2024", 2024), ("１２", 12), ("007", 7),
        ("〇", 0), ("零", 0), ("二〇二四", 2024), ("二○二四", 2024), ("一〇", 10),
        ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99),
        ("一百", 100), ("一百零五", 105), ("一百一十", 110), ("一百十二", 112), ("一百二十", 120),
        ("三千", 3000), ("三千零四", 3004), ("九千九百九十九", 9999),
        ("两", 2), ("两百", 200), ("两千两百", 2200), ("一千零一十", 1010),
        ("壹佰贰拾", 120), ("贰零贰肆", 2024), ("拾贰", 12), ("叁仟零伍", 3005),
        ("一百五", 105), ("二三十", 30), ("两三", 3),
    ],
)  # fmt: skip
def test_what_a_numeral_writes(written: str, number: int) -> None:
    assert value(written) == number


@pytest.mark.parametrize(
    "written",
    ["", "百", "千", "百二十", "千五", "十百", "十十", "一百二百", "零百", "百零五",
     "万", "十万", "第一", "元", "2〇", "3.5", "三点五", "½", "²", "-1", "1,000", " 1", "①"],
)  # fmt: skip
def test_what_is_no_numeral(written: str) -> None:
    assert value(written) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("3.5", "3.5"), ("50", "50"), ("三点五", "3.5"), ("十点二五", "10.25"), ("零点五", "0.5"),
     ("一百二十", "120"), ("１２.５", "12.5"), ("三点", "3")],
)  # fmt: skip
def test_decimals(written: str, number: str) -> None:
    assert decimal(written) == Decimal(number)


@pytest.mark.parametrize("written", ["", ".5", "点五", "百点五", "三点十", "3.5.1", "一点二点三"])
def test_no_decimals(written: str) -> None:
    assert decimal(written) is None


def test_a_long_run_of_digits_is_one_number() -> None:
    """`int` refuses a text of more than 4300 digits."""
    assert value("1" + "0" * 5000) == 10**5000
    assert decimal("一" + "〇" * 5000) == Decimal(10) ** 5000


def written(number: int) -> str:
    """A number below 10000 as it is read aloud: 1050 is 一千零五十."""
    if number < 10:
        return "零一二三四五六七八九"[number]
    worth, sign = max((w, s) for w, s in ((10, "十"), (100, "百"), (1000, "千")) if w <= number)
    first, rest = divmod(number, worth)
    gap = "零" if 0 < rest < worth // 10 else ""
    return written(first) + sign + gap + (written(rest) if rest else "")


@given(st.integers(0, 9999))
def test_reading_undoes_writing(number: int) -> None:
    assert value(written(number)) == number
    assert value(written(number).replace("一十", "十")) == number
    assert value(str(number)) == number
    assert value("".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))) == number


@given(st.text("〇零○一二三四五六七八九十百千两点.12", max_size=8))
def test_it_never_fails_and_is_never_negative(text: str) -> None:
    number = value(text)
    assert number is None or number >= 0
    assert decimal(text) == number or number is None
