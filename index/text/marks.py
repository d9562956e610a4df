"""Marks by which texts tell themselves apart: the years, editions and places that one names."""

import re
from functools import lru_cache

from policyqa.index.text.words import dictionary, is_place, normalise, words

YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_NUMERAL = r"([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]{1,3}|\d{1,3})"
# 第三届, 第2批, 第四章: one of a series; 第一次 alone is mostly a "for the first time".
EDITION = re.compile(rf"第{_NUMERAL}(届|批|期|轮|章|节|条|次(?=会议|全会|大会))")
BOX = re.compile(rf"(专栏|附件|附表|脚注){_NUMERAL}")
DIGITS = "零一二三四五六七八九"


@lru_cache(maxsize=4096)
def years(text: str) -> frozenset[str]:
    """Years that a text names."""
    return frozenset(YEAR.findall(normalise(text)))


@lru_cache(maxsize=4096)
def editions(text: str) -> frozenset[str]:
    """Editions and parts that a text names, with numbers in digits: 第三届 is "3届"."""
    plain = normalise(text)
    boxes = [(number, kind) for kind, number in BOX.findall(plain)]
    return frozenset(f"{_number(number)}{kind}" for number, kind in EDITION.findall(plain) + boxes)


def places(text: str) -> tuple[str, ...]:
    """Names of places in a text, the longest of each: 两江新区 and not 新区."""
    return _places(text, dictionary())


@lru_cache(maxsize=4096)
def _places(text: str, in_words_of: str) -> tuple[str, ...]:
    named = [word for word in dict.fromkeys(words(text)) if is_place(word)]
    return tuple(p for p in named if not any(p != other and p in other for other in named))


def _number(text: str) -> int:
    """The value of a Chinese or Arabic numeral below 1000."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(DIGITS.index(char)) for char in ones))
    return (DIGITS.index(tens[-1]) if tens else 1) * 10 + (DIGITS.index(ones[-1]) if ones else 0)
