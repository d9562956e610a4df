"""Web pages, also those saved as .doc or .pdf: the article and its particulars, nothing else.

Own selection on selectolax's tree: trafilatura 2.3 lost no sentence either on 7 real pages, but
the date on 5 and attachments' names on 2, and kept every menu of a page laid out by tables.
"""

import re
from collections.abc import Iterator, Sequence

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import (
    Extract,
    Limits,
    Paragraph,
    Part,
    hidden_warning,
    struck_warning,
)
from policyqa.index.read.html.article import Article, article_of, weight_of
from policyqa.index.read.html.blocks import HEADINGS, HtmlLine, lines_of, merged_headings
from policyqa.index.read.html.particulars import said_by, said_in_meta, split_line
from policyqa.index.read.html.title import is_same, title_of, titled
from policyqa.index.read.html.tree import Page, parsed

MIN_WEIGHT, MIN_UNNAMED_WEIGHT = 12, 60
MAX_BOLD_HEADING_CHARS = 40
MAX_HEADING_CHARS = 100
HAN = re.compile("[\u4e00-\u9fff]")
RUNS_ON = re.compile(r"[。；！？：，、;!?:,…][”’）)]?$")
NOTHING = "网页里没有正文（可能只有导航、脚本或图片），请打开原网页，把正文另存一份"


def read(data: bytes, limits: Limits) -> Extract:
    """The article of a web page.

    Args:
        data: the file, in any of the encodings of Chinese pages.
        limits: bounds on rows and characters.

    Raises:
        UnreadableFile: without an article, of unknown encoding, or beyond a bound.
    """
    page = parsed(data)
    lines, article = _article(page, limits)
    hidden = [pair for text in page.hidden for pair in split_line(text) or () if pair[0]]
    shown = said_by(article.pairs)
    said = {**said_by(hidden), **said_in_meta(page.meta), **shown}
    title = title_of(page, lines, shown.get("title", "")) or said.get("title", "")
    if title:
        said["title"] = title
    unseen = hidden_warning([*_unseen(page, article)])
    left = (*struck_warning(page.struck), *unseen, *_pictured(lines, article))
    return Extract((*_headed(article, title),), said, (*page.warnings, *left))


def _unseen(page: Page, article: Article) -> Iterator[str]:
    """The words not shown that stand in the article or beside its lines, particulars aside: menus
    and windows that open later are hidden on most pages."""
    near = {node for line in article.lines for node in (line.node, line.node.parent) if node}
    for node in page.unseen:
        above = [x for x, _ in zip(node.ancestors(), range(4), strict=False)][1:]
        text, linked = node.text(), node.linked > 0.5 * node.chars
        if near.intersection(above) and not linked and HAN.search(text) and not split_line(text):
            yield text


def _pictured(lines: Sequence[HtmlLine], article: Article) -> Iterator[str]:
    """A line for staff if large pictures stand in the article."""
    kept = [n for n, line in enumerate(lines) if line in article.lines]
    inside = lines[max(kept[0] - 1, 0) : kept[-1] + 1] if kept else []
    if count := sum(line.images for line in inside):
        yield f"网页正文里有 {count} 张大图没有读，图里如有文字，请录成文字或表格再上传"


def _article(page: Page, limits: Limits) -> tuple[list[HtmlLine], Article]:
    """All lines and the article; if the names of elements leave nothing of it, once more without
    heeding them."""
    for prose, enough in ((max(1, page.body.prose), MIN_WEIGHT), (0, MIN_UNNAMED_WEIGHT)):
        lines = merged_headings(lines_of(page.body, limits, prose))
        article = article_of(page.body, lines)
        weight = sum(weight_of(line) for line in article.lines)
        if weight >= enough or any(_is_data(line) for line in article.lines):
            return lines, article
    raise UnreadableFile(NOTHING)


def _is_data(line: HtmlLine) -> bool:
    return line.table is not None and line.plain > line.linked


def _headed(article: Article, title: str) -> list[Part]:
    """The parts with the title as first heading, unless the article begins with it."""
    lines, begins = titled(article.lines, title) if title else (article.lines, True)
    bylines = [
        Paragraph(f"{name}：{value}" if name else value, "byline") for name, value in article.pairs
    ]
    parts = [part_of(line) for line in lines]
    if not begins:
        return [Paragraph(title, "heading", 1), *bylines, *parts]
    for n, line in enumerate(lines[:8]):
        if title and is_same(line.text, title):
            parts[n] = Paragraph(line.text, "heading", 1)
            return [*parts[: n + 1], *bylines, *parts[n + 1 :]]
    return [*bylines, *parts]


def part_of(line: HtmlLine) -> Part:
    """A line as a part of the extract."""
    if line.table is not None:
        return line.table
    if line.note:
        return Paragraph(line.text, "note", label=line.note)
    if line.heading is not None and len(line.text) <= MAX_HEADING_CHARS and "。" not in line.text:
        return Paragraph(line.text, "heading", HEADINGS[line.heading.tag])
    if line.bold and is_heading(line.text):
        return Paragraph(line.text, "heading")
    return Paragraph(line.text, link=line.linked > 0.5 * line.chars)


def is_heading(text: str) -> bool:
    """Whether a wholly bold line is short and no sentence."""
    return len(text) <= MAX_BOLD_HEADING_CHARS and not RUNS_ON.search(text)
