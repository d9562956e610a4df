"""What numbers at the beginning of a line say: the level of a heading, an item of a list."""

import re
from typing import NamedTuple

from policyqa.index.metadata.numbers import is_number_line
from policyqa.index.structure.blocks import ARTICLE, BOX, CLAUSE, PLAIN
from policyqa.index.text.cleaning import NAVIGATION
from policyqa.index.text.lines import CIRCLED, NUMBERED, SENTENCE_END, columns
from policyqa.index.text.numerals import HAN, TENS, YEAR_DIGITS, value
from policyqa.index.types import Span

MAX_HEADING_CHARS = 40
MAX_RUN_IN_CHARS = 40
LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (ARTICLE, rf"附\s*[件录表]\s*[\d{TENS}]{{0,3}}[:：]?$"),
        (1, rf"第[{HAN}\d]{{1,6}}[编章]"),
        (2, rf"第[{HAN}\d]{{1,6}}[节節]"),
        (3, rf"[{TENS}]{{1,3}}[、.．]"),
        (5, rf"[（(][{TENS}]{{1,3}}[）)]"),
        (6, r"\d{1,2}[.．、](?!\d)"),
        (7, r"[（(]\d{1,2}[）)]"),
        (8, r"表\s*\d"),
        (BOX, r"专栏\s*\d"),
    )
)
CLAUSE_NUMBER = re.compile(rf"(第[{HAN}\d]{{1,7}}[条條](?:之[{TENS}])?)[\s\u3000:：【（(]*(?=\S)")
RUN_IN = re.compile(rf"[^。；;：:！？]{{2,{MAX_RUN_IN_CHARS}}}。")
DATE = re.compile(
    rf"^[（(]?[{YEAR_DIGITS}\d]{{2,4}}\s*年[{TENS}\d]{{1,3}}月([{TENS}\d]{{1,3}}日)?[）)]?$"
)
DATED = re.compile(r"\d{4}年.{1,8}日[）)]?$|[-/.]\d{1,2}[-/.]\d{1,2}$")
BRACKETED = re.compile(r"^[（(][^（）()]*[）)]$")
HALF = re.compile(r"^[^（(]*[）)]$|^[（(][^）)]*$")  # of a remark in brackets on two lines
LABELLED = re.compile(r"【[^【】]{2,12}】\s*\S")
PARTICULAR = re.compile(
    r"^.{0,12}(联系|咨询|电话|传真|邮箱|邮编|地址|网址|时间|日期|地点|来源|作者|单位|对象|范围|期限|方式|渠道)[^：:]{0,4}[：:]"
)
FIGURE = re.compile(  # 缴费满10年：最长24个月
    r"[：:][^：:]*?(?<!\d)(?!(?:19|20)\d\d年)\d+(?:\.\d+)?\s*"
    r"(?:个?月|个?工作日|万?元|[%％天日人名次分倍㎡]|周?岁|小时|平方米|年(?![度来代]))"
)
MARKERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("（一）", re.compile(rf"[（(]([{TENS}]{{1,3}})[）)]")),
    ("（1）", re.compile(r"[（(](\d{1,2})[）)]")),
    ("1.", re.compile(r"(\d{1,2})[.．、](?!\d)")),
    ("1）", re.compile(r"(\d{1,2})[）)]")),
    ("一、", re.compile(rf"([{TENS}]{{1,3}})[、.．]")),
    ("第一，", re.compile(rf"第([{TENS}]{{1,3}})[,，、]")),
    ("一是", re.compile(rf"([{TENS}])是")),
    ("①", re.compile(f"([{CIRCLED}])")),
    ("•", re.compile(r"[-●■◆▪•·○◇□➢*\uf06c\uf0b7]\s*(?=\S)()")),
)


class Marker(NamedTuple):
    """What numbers an item of a list; `ordinal` is 0 for a bullet."""

    family: str
    ordinal: int


def marker(text: str) -> Marker | None:
    """The mark that an item of a list begins with, if it does."""
    stripped = text.lstrip()
    for family, pattern in MARKERS:
        found = pattern.match(stripped)
        if found:
            return Marker(family, ordinal(found.group(1)))
    return None


def without_marker(text: str) -> str:
    """An item of a list without the mark that it begins with."""
    stripped = text.lstrip()
    found = next((m for _, pattern in MARKERS if (m := pattern.match(stripped))), None)
    return stripped[found.end() :].lstrip() if found else stripped


def ordinal(digits: str) -> int:
    """The number that 十二, 12 or ⑫ writes, 0 for nothing."""
    if digits and digits in CIRCLED:
        return CIRCLED.index(digits) + 1
    return value(digits) or 0


def number_level(text: str) -> int | None:
    """The level that a line's own number gives it, None without one."""
    stripped = text.strip()
    return next((level for level, pattern in LEVELS if pattern.match(stripped)), None)


def heading_level(text: str) -> int | None:
    """Level of a heading (1 the chapter, PLAIN without a number); None for running text."""
    stripped = text.strip()
    size = columns(stripped) / 2
    if size > MAX_HEADING_CHARS or stripped[-1] in SENTENCE_END + "：:，,、.":
        return None
    if re.search("[；;]", stripped):
        return None
    level = number_level(stripped)
    if level is not None:
        return level
    if NUMBERED.match(stripped) or size > 32 or DATE.match(stripped):
        return None
    return None if _says(stripped) else PLAIN


def _says(text: str) -> bool:
    """Whether a short line is a particular of its own (a number, a day, a telephone, a figure
    after what it is of) and heads nothing."""
    if (
        re.match(
            r"[\d\W]+$|(?=.*月)[\d\W年月日时至到起止]+$|0\d{2,3}-\d{7,8}|第\W*\d+\W*页.{0,9}$", text
        )
        or BRACKETED.match(text)
        or PARTICULAR.match(text)
        or FIGURE.search(text)
    ):
        return True
    if LABELLED.match(text) or NAVIGATION.match(text) or HALF.search(text):
        return True
    return DATED.search(text) is not None or is_number_line(text)


def is_clause_title(text: str) -> bool:
    """Whether a line names a clause and says nothing yet (第六条 缴费率)."""
    short = len(text) <= MAX_HEADING_CHARS and text[-1] not in SENTENCE_END + "：:，,、"
    return short and CLAUSE_NUMBER.match(text) is not None


def clause_name(text: str) -> Span:
    """Where the number of a clause stands in its text, or its title (第六条 缴费率)."""
    blank = len(text) - len(text.lstrip())
    stripped = text.strip()
    clause = CLAUSE_NUMBER.match(stripped)
    if clause is None:
        return 0, 0
    return blank, blank + (len(stripped) if is_clause_title(stripped) else clause.end(1))


def opened(text: str) -> tuple[int, str]:
    """Level and name of the section that a paragraph opens: 第三条, or a numbered short first
    sentence (（一）强化组织领导。建立……). A longer one only ends what is above and has no name;
    PLAIN without a number."""
    stripped = text.strip()
    if CLAUSE_NUMBER.match(stripped):
        return CLAUSE, stripped[slice(*clause_name(stripped))]
    level = number_level(stripped)
    if level is None:
        return PLAIN, ""
    run_in = RUN_IN.match(stripped)
    return level, run_in.group()[:-1].strip() if run_in else ""
