"""A document as metadata is read from it: lines, particulars, the head, signatures."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import unquote

from policyqa.index.metadata import regions
from policyqa.index.metadata.dates import DATE, Day, iso_date
from policyqa.index.text.numerals import HAN
from policyqa.index.types import Origin, Reading, Span

MAX_HEAD_LINES, MAX_TAIL_LINES = 150, 40
MAX_PARTICULAR_CHARS = 300

_LABELS: Sequence[tuple[str, float, str]] = (
    ("issuer", 0.93, "发文机关 发文机构 发文单位 制发机关 颁布单位 发文部门"),
    ("issuer", 0.8, "发布机构 发布单位 发布机关 公开机构 发布部门"),
    ("source", 0.85, "来源 信息来源 文章来源 稿件来源 内容来源"),
    ("doc_number", 0.95, "发文字号 文号 发文号 文件编号 文件号 文件字号 发布文号"),
    ("date", 0.95, "成文日期 成文时间"),
    ("date", 0.9, "发文日期 发文时间 印发日期 印发时间 签发日期 颁布日期"),
    ("date", 0.75, "发布日期 发布时间 发表时间 发表日期 公开日期"),
    ("date", 0.6, "日期 时间 生成日期 更新时间 更新日期"),
    ("effective", 0.9, "施行日期 实施日期 生效日期 执行日期 实施时间 施行时间"),
    ("expires", 0.9, "失效日期 失效时间 废止日期 有效期至 有效期截止"),
    ("title", 0.86, "标题 文件名称 信息名称 名称"),
    ("", 0, "索引号 信息索引 主题分类 体裁分类 信息分类 组配分类 分类 公文种类 公文类型"),
    ("", 0, "有效性 时效性 时效 效力状态 文件状态 公开方式 公开类别 责任编辑 编辑 审核 作者"),
    ("", 0, "浏览次数 浏览量 阅读 点击 字号 字体 统一编号 附加码 内容概述 文种 主题词 关键词"),
)
LABELS = {name: (field, sure) for field, sure, names in _LABELS for name in names.split()}
_SPACED = "|".join(r"[\s\u3000]{0,6}".join(name) for name in sorted(LABELS, key=len)[::-1])
LABEL = re.compile(rf"(?:^|(?<=[\s|｜【\[(（、,，;；]))({_SPACED})[】\]\s\u3000]{{0,4}}[:：]")
CELL_LABEL = re.compile(rf"(?:^|(?<=\t))(?!名称|日期|时间|分类|来源)({_SPACED})(?=\t)")

NOTICE = "通知|意见|公告|通告|决定|通报|批复|函|公示|启事|说明|报告|请示|简章|命令|决议"
RULES = (
    "办法|规定|细则|条例|规划|规划纲要|纲要|方案|计划|措施|制度|准则|规则|标准|政策|指南|指引|清单|目录|要点|条款|规程|章程|手册"
    "|规范|倡议书|告知书|公开信"
)
TAIL = r"(?:[（(〔\[][^（）()]{1,30}[）)〕\]])?"
WORK = re.compile(rf"(?:{NOTICE}|{RULES}){TAIL}$")
ORGAN_ENDING = (
    "政府|办公厅|办公室|委员会|管委会|党工委|局|厅|委|部|署|院|中心|小组|指挥部|公司|大学|学院|协会|学会|联合会|总会|银行|海关"
    "|总队|支队|机关|处|办|组|站|所|会|社|行"
)
ORGAN = re.compile(
    rf"(?![各第附与和及])[\u4e00-\u9fff（）()·“”]{{1,40}}(?:{ORGAN_ENDING})(?:[（(][^（）()]{{2,20}}[）)])?"
)
SEAL = re.compile(r"\s*[（(](?:盖章|公章|印章|章|签章)[）)]$")
NO_ORGAN = re.compile(
    "^(?:关于|附件|抄送|联系|主办|承办|责任|市长|省长|部长)|(?:的|我)|(?:机会|社会|部分)$"
)
GENERIC = re.compile(
    "^(?:本?[市区县省]|我[市区县省]|局|厅|委|办公室$|管委会$|[一-龥]{1,3}[处科室]$)(?!政府网)"
)
DATE_LINE = re.compile(
    rf"[（(\s]{{0,2}}({DATE})[）)\s]{{0,2}}(?:[（(](?:全文|正文)?(?:结束|完)[）)])?"
)
SIGNED_LINE = re.compile(rf"(\S[^。；：:]{{2,60}}?)\s{{0,40}}({DATE})")
ADDRESSEE = re.compile(
    r"^(?=[^。！？]{3,300}$).*(?:单位|部门|政府|局|厅|委|办|校|院|企业|机构|朋友|市民|们|会|处|人员|公司|中心|所|站|镇|街道|区|县|市|省|兵团|银行|[）)])[：:]$"
)
ARTICLE = re.compile(rf"^第[{HAN}\d]{{1,7}}[条條]")
SHEET = re.compile(r"\.(?:xlsx?|xlsm|csv|tsv|ods|et)$", re.I)
BODY_CHARS, SENTENCE_CHARS = 60, 25


@dataclass(frozen=True)
class PageLine:
    """A line without the blanks at its ends: `page.text[start:end]`."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Particular:
    """What a line says of the document (成文日期：2021年7月13日): the value and its place."""

    field: str
    value: str
    start: int
    confidence: float


@dataclass(frozen=True)
class Signature:
    """The names above a date, or below it with a seal, and the date; `line` is the date's."""

    organs: tuple[str, ...]
    start: int
    end: int
    day: Day
    line: int


@dataclass(frozen=True)
class Page:
    """A document's text with its headings, its file's name, and what its format says of it."""

    text: str
    headings: Sequence[Span]
    source: str
    said: Mapping[str, str]

    @cached_property
    def lines(self) -> tuple[PageLine, ...]:
        found: list[PageLine] = []
        at = 0
        for raw in self.text.split("\n"):
            line = raw.strip(" \u3000\xa0\r")
            if line:
                found.append(PageLine(line, at + raw.index(line[0])))
            at += len(raw) + 1
        return tuple(found)

    @cached_property
    def heading_starts(self) -> frozenset[int]:
        return frozenset(start for start, _ in self.headings)

    @cached_property
    def head(self) -> int:
        """How many lines stand above the running text: titles, numbers, particulars."""
        for n, line in enumerate(self.lines[:MAX_HEAD_LINES]):
            long = _is_running(line.text)
            if n and (ADDRESSEE.match(line.text) or ARTICLE.match(line.text)):
                return n
            if long and not LABEL.search(line.text):
                return n
        return min(len(self.lines), MAX_HEAD_LINES)

    @property
    def is_sheet(self) -> bool:
        """Whether it is a workbook: a collection, whose texts are not its own."""
        return SHEET.search(self.source) is not None

    @cached_property
    def particulars(self) -> tuple[Particular, ...]:
        if self.is_sheet:
            return ()
        ends = self.lines[: self.head + 3], self.lines[self.head + 3 :][-MAX_TAIL_LINES:]
        return tuple(found for lines in ends for line in lines for found in _particulars(line))

    @cached_property
    def signatures(self) -> tuple[Signature, ...]:
        return () if self.is_sheet else tuple(_signatures(self.lines))


def _is_running(text: str) -> bool:
    """Whether a line is running text: long, or a whole sentence of some length."""
    if len(text) >= BODY_CHARS:
        return re.search("[。；，,]", text) is not None
    return len(text) >= SENTENCE_CHARS and text[-1] == "。"


def _particulars(line: PageLine) -> Iterator[Particular]:
    if len(line.text) > MAX_PARTICULAR_CHARS or "。" in line.text:
        return
    labels = [*LABEL.finditer(line.text), *CELL_LABEL.finditer(line.text)]
    labels.sort(key=lambda label: label.start())
    for n, label in enumerate(labels):
        end = labels[n + 1].start() if n + 1 < len(labels) else len(line.text)
        field, confidence = LABELS[re.sub(r"\s", "", label.group(1))]
        raw = line.text[label.end() : end]
        value = raw.strip(" \t\u3000\xa0|｜【】;；,，").split("\t")[0]
        if field and value.strip("-—: ："):
            start = line.start + label.end() + raw.index(value)
            yield Particular(field, value.strip(), start, confidence)


def organs(text: str) -> tuple[str, ...]:
    """The authorities that a text consists of, () when it holds anything else: joint issuers are
    parted by blanks or 、; blanks inside one name (重 庆 市) are no more."""
    text = SEAL.sub("", text.strip())
    parts = [part for part in re.split(r"[\s\u3000、,，]+", text) if part]
    if not parts or len(text) > 300:
        return ()
    if all(_is_organ(part) for part in parts):
        return tuple(dict.fromkeys(parts))
    whole = "".join(parts)
    split = sum(_is_organ(part) for part in parts) < 2 and not re.search("[、,，]", text)
    return (whole,) if split and _is_organ(whole) else ()


def _is_organ(text: str) -> bool:
    return len(text) >= 3 and ORGAN.fullmatch(text) is not None and not NO_ORGAN.search(text)


def _signatures(lines: Sequence[PageLine]) -> Iterator[Signature]:
    for n, line in enumerate(lines):
        if len(line.text) > 90:
            continue
        alone = DATE_LINE.fullmatch(line.text)
        if alone:
            names, start = _names_above(lines, n)
            signature = _signature(names, start, line, alone, n)
            yield signature if names else _sealed_below(signature, lines[n + 1 : n + 2])
            continue
        signed = SIGNED_LINE.fullmatch(line.text)
        if signed and organs(signed.group(1)):
            names, start = _names_above(lines, n)
            yield _signature((*names, *organs(signed.group(1))), start, line, signed, n)


def _signature(
    names: Sequence[str], start: int, line: PageLine, found: re.Match[str], n: int
) -> Signature:
    group = found.lastindex or 1
    at = line.start + found.start(group)
    day = Day(iso_date(found.group(group)), at, line.start + found.end(group))
    return Signature(tuple(dict.fromkeys(names)), start, line.start + found.start(group), day, n)


def _sealed_below(signature: Signature, below: Sequence[PageLine]) -> Signature:
    """A signature with the names that stand below its date with a seal: 某市人才中心（盖章）."""
    seal = SEAL.search(below[0].text) if below else None
    if seal is None:
        return signature
    start, names = below[0].start, organs(below[0].text)
    return replace(signature, organs=names, start=start, end=start + seal.start())


def _names_above(lines: Sequence[PageLine], n: int) -> tuple[list[str], int]:
    """The authorities on the lines right above one, and where they begin."""
    names: list[str] = []
    first = n
    while first and n - first < 12:
        text = lines[first - 1].text
        above = organs(text)
        if not above and len(names) == 1 and names[0][:2] != text[:2] and len(text) < 30:
            above = _broken(text, names[0])
            names = [] if above else names
        if not above:
            break
        names = [*above, *names]
        first -= 1
    return names, lines[first].start


def _broken(text: str, rest: str) -> tuple[str, ...]:
    """A name that runs over two lines begins with its place; the rest alone otherwise, or below
    the title."""
    if WORK.search(text) or not regions.begins_with_place(text):
        return ()
    return (text + rest,) if _is_organ(text + rest) else ()


def read(
    field: str,
    value: str,
    span: Span = (0, 0),
    *,
    confidence: float,
    origin: Origin = "text",
) -> Reading:
    """A reading of the text (with a span) or of another origin."""
    start, end = span
    return Reading(
        field=field, value=value, start=start, end=end, confidence=confidence, origin=origin
    )


def decoded(name: str) -> str:
    """A file's name without folder and suffix, with %u3014 and %E6… resolved."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,6}$", "", name.rsplit("/", 1)[-1])
    return unquote(re.sub(r"%u([0-9a-fA-F]{4})", lambda m: chr(int(m.group(1), 16)), stem))
