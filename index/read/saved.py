"""A web page saved as text: the lines of the site round its article, and a list of contents."""

import re
from collections.abc import Sequence
from itertools import takewhile

from policyqa.index.read.html.chrome import POSITION, is_foot, is_furniture
from policyqa.index.text.lines import NUMBERED

MAX_TOP_LINES, MAX_TOP_SENTENCES = 60, 2
MIN_MENU, MIN_SITE_LINES, MIN_CONTENTS = 3, 2, 3
SKIP = re.compile("skip to (?:main )?content|跳[到至转](?:主要)?[内內]容.{0,4}", re.I)
ITEM = re.compile("[\u4e00-\u9fffA-Za-z]{1,8}")
HOME = re.compile("(?:网站)?首[页頁]")
SENTENCE = re.compile(".{12,}[。！？；]$|.{40,}")
INFO = re.compile(".{0,20}(?:来源|日期|时间|文号|机构|机关|单位)[:：]")
KEPT = re.compile(r"附\s*件|第.{1,7}[条章]|.{0,30}\d{4}\s*年.{1,9}日$|[^\t]*\t")
CONTENTS = re.compile(r"目\s*[录錄]")
ENTRY = re.compile(r"(.*?[\u4e00-\u9fff）)”》])[\s.．…·]+(\d{1,3})")


def without_site(text: str) -> str:
    """A text without the menu above its title and what a site writes below its end; every text
    that has no such lines is as it was."""
    lines = text.splitlines(keepends=True)
    bare = [line.strip() for line in lines]
    top = _top(bare)
    body = [n for n in range(_bottom(bare)) if n >= top or INFO.match(bare[n])]
    running = next((n for n in body if SENTENCE.match(bare[n])), 0)
    return "".join(lines[n] for n in body if n >= running or not _is_site(bare[n]))


def _is_site(line: str) -> bool:
    """Whether a line is a button, a path or a foot; neither 12人次 nor 位置：东路2号 is."""
    own = line[:1].isdigit() or line.startswith("位置")
    return not own and (is_furniture(line) or is_foot(line))


def _top(lines: Sequence[str]) -> int:
    """The line below the path to the page (当前位置：首页 > 正文), and below a run of very short
    lines that is no list of the text."""
    near = enumerate(lines[:MAX_TOP_LINES])
    at = max((n + 1 for n, line in near if _is_path(line)), default=0)
    if sum(bool(SENTENCE.match(line)) for line in lines[:at]) > MAX_TOP_SENTENCES:
        return 0
    menu = takewhile(lambda n: not lines[n] or _is_item(lines[n]), range(at, len(lines)))
    run = [n for n in menu if lines[n]]
    sure = at or any(_is_site(lines[n]) or HOME.fullmatch(lines[n]) for n in run)
    if run and not lines[run[-1] - 1] and not _is_site(lines[run[-1]]):
        run.pop()  # apart from the others: a short title
    return run[-1] + 1 if sure and len(run) >= MIN_MENU else at


def _is_path(line: str) -> bool:
    return SKIP.fullmatch(line) is not None or (_is_site(line) and POSITION.match(line) is not None)


def _is_item(line: str) -> bool:
    return not NUMBERED.match(line) and (ITEM.fullmatch(line) is not None or _is_site(line))


def _bottom(lines: Sequence[str]) -> int:
    """The first line of the site below the last sentence, where it has several there and nothing
    else of weight; the end otherwise."""
    own = [n for n, line in enumerate(lines) if SENTENCE.match(line) and not is_foot(line)]
    below = range(own[-1] + 1 if own else len(lines), len(lines))
    site = [n for n in below if _is_site(lines[n])]
    if len(site) < MIN_SITE_LINES or any(KEPT.match(x) for x in lines[site[0] :]):
        return len(lines)
    return site[0]


def without_contents(text: str) -> str:
    """A text without its list of contents: lines with a page's number, in order, whose words stand
    below again."""
    lines = text.splitlines(keepends=True)
    bare = [line.strip() for line in lines]
    found = {n: entry for n, x in enumerate(bare) if (entry := ENTRY.fullmatch(x))}
    start = next(iter(found), len(lines))
    run = list(takewhile(lambda n: n in found or not bare[n], range(start, len(lines))))
    entries = [found[n] for n in run if n in found]
    pages = [int(entry.group(2)) for entry in entries]
    below = set(bare[start + len(run) :])
    again = sum(entry.group(1) in below for entry in entries)
    if len(entries) < MIN_CONTENTS or pages != sorted(pages) or again * 2 < len(entries):
        return text
    out = {*run, *(n for n in range(start) if CONTENTS.fullmatch(bare[n]))}
    return "".join(line for n, line in enumerate(lines) if n not in out)
