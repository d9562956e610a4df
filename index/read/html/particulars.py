"""The particulars of a page (发布日期、来源、发文机关、文号): lines, tables and `meta` elements."""

import re
from collections.abc import Iterable, Mapping, Sequence

from policyqa.index.read.extract import Table

NAMES = (
    "发布日期|发布时间|发表时间|发表日期|发文日期|成文日期|成文时间|印发日期|印发时间|生成日期|公开日期|公开时间|更新时间|更新日期"
    "|时间|日期|信息来源|文章来源|稿件来源|内容来源|来源|发布机构|发布单位|发布部门|发文机关|发文机构|发文单位|制发机关|公开机构"
    "|发布者|发布人|作者|文号|发文字号|发文号|文件编号|文件号|信息索引号|信息索引|索引号|主题分类|体裁分类|服务对象分类|公开类别|信息分类"
    "|组配分类|分类|主题词|关键词|有效性|时效性|文件状态|效力状态|是否有效|实施日期|施行日期|生效日期|失效日期|失效时间|废止日期|有效期至|有效期"
    "|信息名称|文件名称|名称|标题|责任编辑|编辑|责编|审核|公开方式|公开范围|统一编号|统一登记号|公文种类|文种|语种|公开责任部门|内容概述"
)
BUTTONS = (
    "浏览次数|阅读次数|点击次数|点击数|点击量|点击率|访问次数|访问量|浏览量|阅读量|浏览数|人气|浏览字号|字号大小|字号|字体大小"
    "|字体|背景色|分享到|分享|打印|收藏|视力保护色|保护视力色|阅读|浏览|点击"
)
VAGUE_NAMES = "时间 日期 名称 标题 分类 有效期 作者 关键词 审核 主题词 内容概述"
CLOSING_NAMES = "来源 信息来源 文章来源 稿件来源 责任编辑 编辑 责编 作者 审核"
VAGUE, CLOSING = frozenset(VAGUE_NAMES.split()), frozenset(CLOSING_NAMES.split())
SPACED = "|".join(r"\s*".join(name) for name in f"{NAMES}|{BUTTONS}".split("|"))
LABEL = re.compile(
    rf"(?:^|(?<=[\s|｜【\[(（、,，;；>/\]】]))(?:({SPACED})\s*[:：]|[\[【]\s*({SPACED})\s*[\]】]\s*[:：]?)\s*"
)
ONLY_LABEL = re.compile(rf"\W*({SPACED})\s*[:：]?\W*")
DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})"
CLOCK = r"(\d{1,2}:\d{2}(:\d{2})?)?"
WHEN = re.compile(rf"\W*{DAY}日?[\sT]*{CLOCK}\W*")
DATE = re.compile(DAY)
DATED = re.compile(rf"{DAY}日?\s*{CLOCK}\W*$")
EDGE = " \t|｜【】[]()（）;；,，、>"
MAX_LINE_CHARS, MAX_VALUE_CHARS = 300, 100
ORGAN = re.compile(r"(局|厅|委|委员会|政府|办公室|办公厅|部|院|会|中心|处|科|公安|行|署|室|组)$")
MEDIUM = re.compile("网|报|社$|电视|公众号|客户端|新华|微信|转载|互联")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "date": (
        "成文日期", "成文时间", "发文日期", "印发日期", "印发时间", "发布日期", "发布时间",
        "发表时间", "发表日期", "公开日期", "公开时间", "生成日期", "更新时间", "更新日期",
        "日期", "时间", "",
    ),
    "issuer": (
        "发文机关", "发文机构", "发文单位", "制发机关", "发布机构", "发布单位", "公开机构",
        "发布部门",
    ),
    "doc_number": ("发文字号", "文号", "发文号", "文件编号", "文件号"),
    "effective": ("施行日期", "实施日期", "生效日期"),
    "expires": ("失效日期", "失效时间", "废止日期"),
    "title": ("标题", "文件名称", "信息名称"),
}  # fmt: skip
META: Mapping[str, tuple[str, ...]] = {
    "title": ("articletitle", "og:title", "twitter:title", "title", "dc.title"),
    "date": (
        "pubdate", "publishdate", "publish_date", "firstpublishedtime", "article:published_time",
        "datepublished", "og:release_date", "dc.date", "createdate", "date",
    ),
    "issuer": ("contentsource", "source", "publisher", "author", "dc.publisher"),
}  # fmt: skip


def split_line(text: str) -> list[tuple[str, str]] | None:
    """Names and values of a line that holds particulars only; None for any other line.

    A date that stands alone has the name "".
    """
    if len(text) > MAX_LINE_CHARS or "。" in text:
        return None
    found = list(LABEL.finditer(text))
    lead = text[: found[0].start()].strip(EDGE) if found else text
    dated = WHEN.fullmatch(lead) if lead else None
    if (lead and not dated) or (not lead and not found):
        return None
    pairs = [("", lead.strip(EDGE))] if dated else []
    ends = [*(label.start() for label in found[1:]), len(text)]
    for label, end in zip(found, ends, strict=False):
        name = "".join((label.group(1) or label.group(2)).split())
        pairs.append((name, text[label.end() : end].strip(EDGE)))
    return pairs if all(len(value) <= MAX_VALUE_CHARS for _, value in pairs) else None


def shown(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs that say something of the document: no counters, no buttons, no empty values."""
    buttons = set(BUTTONS.split("|"))
    return [(name, value) for name, value in pairs if name not in buttons and value.strip("-—: ：")]


def only_label(text: str) -> str:
    """The name that a text consists of (索 引 号), "" if it is none."""
    found = ONLY_LABEL.fullmatch(text) if len(text) <= 20 else None
    return "".join(found.group(1).split()) if found else ""


def awaits_value(text: str) -> str:
    """The name that a line consists of, if its value can only follow (索引号：); "" otherwise."""
    name = only_label(text) if re.search(r"[:：\]】]\s*$", text) else ""
    return "" if name in BUTTONS.split("|") else name


def dated_line(text: str) -> str:
    """A short line that ends with a date (原创 人才办 2021-07-13 18:00), else ""."""
    return text if len(text) <= MAX_VALUE_CHARS and DATED.search(text) else ""


def is_closing(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether a line is one as stands below an article (来源：…… 责任编辑：……)."""
    return all(name in CLOSING or name in BUTTONS.split("|") for name, _ in pairs)


def is_certain(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether a line could not as well be a line of the article (时间：8月11日)."""
    return len(pairs) > 1 or any(name and name not in VAGUE for name, _ in pairs)


def table_pairs(table: Table) -> list[tuple[str, str]] | None:
    """Names and values of a table of particulars; None for any other table."""
    pairs: list[tuple[str, str]] = []
    for row in table.rows:
        texts = [" ".join(cell.text.split()) for cell in row if not cell.covered]
        while len(texts) >= 2:
            pairs.append((texts[0], texts[1]))
            texts = texts[2:]
    named = [(only_label(name), value) for name, value in pairs if name or value]
    known = [(name, value) for name, value in named if name]
    if len(known) < 2 or len(known) < 0.6 * len(named):
        return None
    return known


def said_by(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The particulars by `index.types.Metadata`'s names."""
    values = {name: value for name, value in reversed(list(pairs)) if value}
    said: dict[str, str] = {}
    for field, names in FIELDS.items():
        value = next((values[name] for name in names if name in values), "")
        value = iso_date(value) if field in ("date", "effective", "expires") else value
        if value:
            said[field] = value
    source = next((values[n] for n in ("信息来源", "来源") if is_organ(values.get(n, ""))), "")
    if source:
        said.setdefault("issuer", source)
    return said


def said_in_meta(meta: Mapping[str, str]) -> dict[str, str]:
    """What a page's `meta` elements say, by `index.types.Metadata`'s names."""
    said: dict[str, str] = {}
    for field, names in META.items():
        values = [meta[name] for name in names if name in meta]
        if field == "date":
            values = [iso_date(value) for value in values]
        if field == "issuer":
            values = [value for value in values if is_organ(value)]
        if any(values):
            said[field] = next(value for value in values if value)
    return said


def is_organ(name: str) -> bool:
    """Whether a source is an office and no newspaper or site."""
    return bool(ORGAN.search(name.strip())) and not MEDIUM.search(name) and len(name) <= 60


def iso_date(text: str) -> str:
    """The first date of a text, `2021-07-13`; "" without one."""
    found = DATE.search(text)
    if not found:
        return ""
    year, month, day = (int(x) for x in found.groups())
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""
