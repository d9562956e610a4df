"""The title of a page: from its `meta`, its own heading, or `title` without the site's name."""

import re
from collections.abc import Sequence
from itertools import groupby

from policyqa.index.read.html.blocks import HtmlLine, joined
from policyqa.index.read.html.chrome import is_furniture, is_title
from policyqa.index.read.html.particulars import split_line
from policyqa.index.read.html.tree import Page

MIN_CHARS, MAX_CHARS = 4, 150
MAX_LINES = 5
WITHIN_LINES = 8
SITE = re.compile(
    r"(网|网站|门户|之窗|平台|频道|首页|主页|官网|公众号|政府|局|委员会|厅|办公室|大学|学院|日报|文库)$"
)
COLUMN = re.compile(
    r"(信息公开|目录|政务|文件|公告|公示|通知|动态|中心|新闻|要闻|法规|专栏|公报|解读)$"
)
MAX_SITE_CHARS, MAX_COLUMN_CHARS, MAX_WORD_CHARS = 30, 10, 4
NO_SITE = re.compile("关于|通知$|办法$|意见$|规定$|方案$")
NOTICE = re.compile(
    r"[^。；！？]{0,40}关于[^。；！？]{2,100}的(?:通知|意见|公告|通告|决定|通报|批复|函)"
)
NUMBER_BEHIND = re.compile(r"[（(][^（()）]{2,12}〔\d{4}〕[^（()）]{1,6}号[）)]$")
PARTING = re.compile(r"(\s*[-_|｜–—·>»]+\s*)")
HEADING_TAGS = frozenset(("h1", "h2", "ucaptitle"))


def title_of(page: Page, lines: Sequence[HtmlLine], said: str = "") -> str:
    """The title of a page, "" if nothing tells it.

    Args:
        page: the page.
        lines: all its lines, also those that are no part of the article.
        said: the title that its particulars name.
    """
    if said or page.meta.get("articletitle"):
        return said or page.meta["articletitle"]
    named = without_site(page.title) or without_site(page.meta.get("og:title", ""))
    own = _own_titles(lines)
    for text in own:
        if named and (_bare(text) in _bare(page.title) or _bare(named) in _bare(text)):
            return text
    if len(named) >= MIN_CHARS:
        return named
    called = (text for text in own if not _is_site(text))
    shown = (line.text for line in lines if _may_be_title(line) and NOTICE.fullmatch(line.text))
    return next(called, "") or next(shown, "")


def _own_titles(lines: Sequence[HtmlLine]) -> list[str]:
    """The texts of the page's elements that are named as titles, h1 and h2 first."""
    found: list[tuple[bool, str]] = []
    for node, group in groupby(lines, key=lambda line: line.node):
        above = [a for a, _ in zip(node.ancestors(), range(3), strict=False) if is_title(a)]
        texts = [line.text for line in group if _may_be_title(line)]
        if above and texts and len(texts) <= MAX_LINES:
            text = texts[0]
            for more in texts[1:]:
                text = joined(text, more)
            if MIN_CHARS <= len(text) <= MAX_CHARS:
                found.append((not any(a.tag in HEADING_TAGS for a in above), text))
    return [text for _, text in sorted(found, key=lambda pair: pair[0])]


def _may_be_title(line: HtmlLine) -> bool:
    if line.table is not None or line.chrome == "hard" or line.linked > 0.5 * line.chars:
        return False
    return not is_furniture(line.text) and split_line(line.text) is None and "。" not in line.text


def without_site(title: str) -> str:
    """What a page is called without the names of site and column behind and before it, and
    without the number of the document."""
    parts = PARTING.split(" ".join(title.split()))
    while parts and (_is_site(parts[-1]) or (len(parts) > 1 and _is_column(parts[-1]))):
        parts = parts[:-2]
    while len(parts) > 1 and (_is_site(parts[0]) or _is_column(parts[0])):
        parts = parts[2:]
    return NUMBER_BEHIND.sub("", "".join(parts).strip())


def _is_site(name: str) -> bool:
    return len(name) <= MAX_SITE_CHARS and bool(SITE.search(name)) and not NO_SITE.search(name)


def _is_column(name: str) -> bool:
    named = len(name) <= MAX_COLUMN_CHARS and bool(COLUMN.search(name)) and "关于" not in name
    return named or len(name) <= MAX_WORD_CHARS


def is_same(one: str, other: str) -> bool:
    """Whether two titles differ in blanks and punctuation only."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def titled(lines: Sequence[HtmlLine], title: str) -> tuple[list[HtmlLine], bool]:
    """Lines with those that make up the title put together, and whether there are such. A title
    that the page shows above its article and once more in it is kept in the article only."""
    spans = [span for start in range(WITHIN_LINES) if (span := _span(lines, start, title))]
    if not spans:
        return list(lines), False
    start, _, text = spans[-1]
    lines[start].text, lines[start].bold = text, True
    gone = {n for first, last, _ in spans for n in range(first, last + 1)} - {start}
    return [line for n, line in enumerate(lines) if n not in gone], True


def _span(lines: Sequence[HtmlLine], start: int, title: str) -> tuple[int, int, str] | None:
    """First and last of the lines from `start` on that make up the title together, and it."""
    text = ""
    for end in range(start, min(start + MAX_LINES, len(lines))):
        if lines[end].table is not None:
            return None
        text = joined(text, lines[end].text) if text else lines[end].text
        if is_same(text, title):
            return start, end, text
    return None
