"""Numerals as Chinese texts write them: the characters that they are made of, and the number that
one writes. The only reader of numerals there is.

The names below are made to stand in character classes of patterns: `[{HAN}\\d]`. 万 and 亿 are no
part of a numeral here but multipliers of what is counted (`qa.check.quantities`).
"""

from decimal import Decimal

ONES = "一二三四五六七八九"
TENS = ONES + "十"  # write 1 to 99: what chapters, items and days are counted with
HAN = "〇零" + TENS + "百千两"  # write all whole numbers up to 9999
YEAR_DIGITS = "〇零○" + ONES  # one by one, as in 二〇二四; ○ is a circle in place of the numeral
FORMAL_DIGITS, FORMAL_SIGNS = "零壹贰叁肆伍陆柒捌玖", "拾佰仟"  # of cheques and contracts
ARABIC = r"\d+(?:\.\d+)?"  # a pattern of its own, with decimals

FROM_FORMAL = str.maketrans(FORMAL_DIGITS[1:] + FORMAL_SIGNS, ONES + "十百千")
_DIGITS = {"〇": 0, "零": 0, "○": 0} | {digit: n for n, digit in enumerate(ONES, start=1)}
_COUNTING = _DIGITS | {"两": 2}
_SIGNS = {"十": 10, "百": 100, "千": 1000}


def value(written: str) -> int | None:
    """The whole number that a numeral writes.

    Read are Arabic digits of any width (12, １２), Han digits one by one (二〇二四, 一〇) and
    Han numerals with signs up to 9999 (十二, 一百零五, 两千), formal ones too (壹佰贰拾). After a
    sign each digit counts as it stands, so that 一百五 is 105; of two digits that name a span
    (二三十, 两三) the last counts.

    Args:
        written: the numeral and nothing else; no spaces, commas or points.

    Returns:
        At least 0. None for what is no numeral: "", 百 (how many?), 十百, 万, 第一, 2〇, ½.
    """
    plain = written.translate(FROM_FORMAL)
    digits = _one_by_one(plain)
    return int(Decimal(digits)) if digits else _with_signs(plain)


def decimal(written: str) -> Decimal | None:
    """As `value`, of a numeral that may have decimals: 3.5 and 三点五. None for what is none."""
    whole, _, part = written.replace("点", ".").partition(".")
    if not part:
        number = value(whole)
        return None if number is None else Decimal(number)
    digits, decimals = _one_by_one(whole) or value(whole), _one_by_one(part)
    return Decimal(f"{digits}.{decimals}") if digits is not None and decimals else None


def _one_by_one(written: str) -> str:
    """The digits of a numeral that is written digit by digit in one script, "" for others."""
    if written.isdecimal():
        return "".join(str(int(char)) for char in written)
    if all(char in _DIGITS for char in written):
        return "".join(str(_DIGITS[char]) for char in written)
    return ""


def _with_signs(written: str) -> int | None:
    """The number of a numeral with signs of falling worth, or of 两 without one."""
    total, digit, worth = 0, None, 10_000
    for char in written:
        if char in _COUNTING:
            digit = _COUNTING[char]
            continue
        sign = _SIGNS.get(char, worth)
        if sign >= worth or (not digit and sign > 10):
            return None
        total, digit, worth = total + (digit or 1) * sign, None, sign
    return total + (digit or 0) if written else None
