"""Marks by which texts tell themselves apart: the years, editions and places that one names, and
the numbers of headings."""

import re
from functools import cache, lru_cache
from importlib import resources

from policyqa.index.text.numerals import HAN, ONES, TENS, value
from policyqa.index.text.words import dictionary, normalise, words

YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_NUMERAL = rf"([{ONES}]?十[{ONES}]?|[{ONES}]{{1,3}}|\d{{1,3}})"
# 第三届, 第2批, 第四章: one of a series; 第一次 alone is mostly a "for the first time".
EDITION = re.compile(rf"第{_NUMERAL}(届|批|期|轮|章|节|条|次(?=会议|全会|大会))")
BOX = re.compile(rf"(专栏|附件|附表|脚注){_NUMERAL}")
# The number that a heading or clause begins with: 第三章, 一、, （一）, 1., 专栏1; none of 1.5万元.
HEADING_NUMBER = re.compile(
    rf"\s*(第[{HAN}\d]{{1,8}}[编章节節条條款]|[{TENS}]{{1,3}}、|[（(][{TENS}\d]{{1,3}}[）)]"
    r"|\d{1,3}(?:[.．](?!\d{1,2}(?!\d))|、)|专栏\d+)\s*"
)
# A five-year plan: 十四五; its number alone is the group.
PLAN = "(十[一二三四五六])五"
# A district's name has two characters before its ending, at least, and is no kind of district.
DISTRICT = re.compile(
    r"[\u3400-\u9fff]{3,}(?<![社园校小片景库地战时山][区])(?<![兴强城都超上股门全本各该我]市)"
    r"(?<!(?:示范|实验|试验|核心|开发|集聚|功能|保税|自贸|引领|先行|先导|集中|居住|特色)区)(?<=[市区县省州])"
)


@lru_cache(maxsize=4096)
def years(text: str) -> frozenset[str]:
    """Years that a text names."""
    return frozenset(YEAR.findall(normalise(text)))


@lru_cache(maxsize=4096)
def editions(text: str) -> frozenset[str]:
    """Editions and parts that a text names, with numbers in digits: 第三届 is "3届"."""
    plain = normalise(text)
    boxes = [(number, kind) for kind, number in BOX.findall(plain)]
    return frozenset(f"{value(number)}{kind}" for number, kind in EDITION.findall(plain) + boxes)


def places(text: str) -> tuple[str, ...]:
    """Names of places in a text, the longest of each: 两江新区 and not 新区."""
    return _places_in(text, dictionary())


@lru_cache(maxsize=4096)
def _places_in(text: str, in_words_of: str) -> tuple[str, ...]:
    named = [word for word in dict.fromkeys(words(text)) if is_place(word)]
    return tuple(p for p in named if not any(p != other and p in other for other in named))


def is_place(word: str) -> bool:
    """Whether a word is the name of a place: of a province or city in `places.txt`, or by its
    ending that of a district (两江新区, 江津区). The dictionary's own tags are too noisy."""
    return word in listed_places() or DISTRICT.fullmatch(word) is not None


def place_stem(name: str) -> str:
    """海南省 as 海南: the ending of provinces and cities is often left out."""
    return name[:-1] if len(name) > 2 and name[-1] in "省市" else name


def without_number(heading: str) -> str:
    """A heading without the number that it begins with."""
    found = HEADING_NUMBER.match(heading)
    return heading[found.end() :] if found else heading


@cache
def listed_places() -> frozenset[str]:
    """Provinces, cities and prefectures by their short names."""
    text = resources.files(__package__).joinpath("places.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
