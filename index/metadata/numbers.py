"""The number of a document (渝府发〔2021〕26号), its own and not that of one it cites."""

import re
from collections.abc import Iterator

from policyqa.index.metadata.page import Page, decoded, read
from policyqa.index.text.numerals import TENS
from policyqa.index.types import Reading

MAX_OWN_LINES = 60
OPEN, CLOSE = "〔﹝\\[［(（【{〈", "〕﹞\\]］)）】}〉"
DOC_NUMBER = re.compile(
    rf"([\u4e00-\u9fff]{{1,14}}(?:[（(][\u4e00-\u9fff]{{1,6}}[）)])?[\u4e00-\u9fff]{{0,6}})\s{{0,3}}[{OPEN}]\s{{0,2}}((?:19|20)\d{{2}})\s{{0,2}}年?[{CLOSE}]"
    r"\s{0,3}第?\s{0,2}(\d{1,5})\s{0,3}号"
)
ORDER = re.compile(
    r"([\u4e00-\u9fff\s]{2,40}令)\s{0,6}[（(]?\s{0,3}第?\s{0,3}(\d{1,5})\s{0,3}号[）)]?"
)
SHORT_ORDER = re.compile(r"国令\s{0,2}第\s{0,2}(\d{1,5})\s{0,2}号")
REVERSED_ORDER = re.compile(r"[\u4e00-\u9fff\s]{2,40}第\s{0,3}\d{1,5}\s{0,3}号\s?令")
ORDER_HEAD = re.compile(r"[\u4e00-\u9fff\s]{2,40}(?:令|委员会公告)")
ORDER_NUMBER = re.compile(
    rf"[（(]?\s{{0,3}}第?\s{{0,3}}(\d{{1,5}}|[{TENS}]{{1,6}})\s{{0,3}}号[）)]?"
)
YEARLY = re.compile(
    r"([\u4e00-\u9fff\s、]{2,40}(?:公告|通告))\s{0,4}[（(]?((?:19|20)\d{2})\s{0,2}年\s{0,2}第\s{0,2}(\d{1,4})\s{0,2}号[）)]?"
)
LETTERHEAD = re.compile("^.{2,}文件(?=.)")  # on the number's line
SUFFIX = re.compile(r"[（(]([^（）()]{2,20}[〔﹝\[［][^（）()]{4,12}号)[）)]$")


def numbers_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Every number in a text, written the one way, and where it stands."""
    for found in DOC_NUMBER.finditer(text):
        yield _written(found), found.start(), found.end()


def _written(found: re.Match[str]) -> str:
    prefix = LETTERHEAD.sub("", re.sub(r"\s", "", found.group(1)))
    return f"{prefix}〔{found.group(2)}〕{int(found.group(3))}号"


def number_of(line: str) -> str:
    """The number that a line consists of, "" for any other line."""
    text = line.strip()
    if len(text) > 80:
        return ""
    found = DOC_NUMBER.fullmatch(text)
    if found:
        return _written(found)
    order = ORDER.fullmatch(text)
    if order:
        return re.sub(r"\s", "", order.group(1)) + f"第{order.group(2)}号"
    if REVERSED_ORDER.fullmatch(text):
        return re.sub(r"\s", "", text)
    short = SHORT_ORDER.fullmatch(text)
    if short:
        return f"国令第{short.group(1)}号"
    yearly = YEARLY.fullmatch(text)
    if yearly:
        return f"{' '.join(yearly.group(1).split())}{yearly.group(2)}年第{yearly.group(3)}号"
    return ""


def is_number_line(line: str) -> bool:
    """Whether a line is a number and nothing else."""
    return bool(number_of(line)) or ORDER_NUMBER.fullmatch(line.strip()) is not None


def doc_numbers(page: Page) -> Iterator[Reading]:
    """What may be the document's own number."""
    for item in page.particulars:
        value = number_of(item.value) if item.field == "doc_number" else ""
        if value:
            span = (item.start, item.start + len(item.value))
            yield read("doc_number", value, span, confidence=item.confidence)
    yield from _on_top(page)
    yield from _in_name(page)


def _on_top(page: Page) -> Iterator[Reading]:
    """Lines that are a number, above the running text: the first is the document's own."""
    lines = page.lines[: min(page.head + 2, MAX_OWN_LINES)]
    confidence = 0.93
    for n, line in enumerate(lines):
        value, span = number_of(line.text), (line.start, line.end)
        below = ORDER_NUMBER.fullmatch(lines[n + 1].text) if n + 1 < len(lines) else None
        if not value and below and ORDER_HEAD.fullmatch(line.text):
            value = re.sub(r"\s", "", line.text) + f"第{below.group(1)}号"
            span = (line.start, lines[n + 1].end)
        suffix = SUFFIX.search(line.text) if not value and len(line.text) <= 120 else None
        if suffix and DOC_NUMBER.fullmatch(suffix.group(1)):
            value = number_of(suffix.group(1))
            span = (line.start + suffix.start(1), line.start + suffix.end(1))
        if value:
            yield read("doc_number", value, span, confidence=confidence)
            confidence = 0.45


def _in_name(page: Page) -> Iterator[Reading]:
    found = next(numbers_in(decoded(page.source)), None)
    if found:
        yield read("doc_number", found[0], confidence=0.6, origin="name")
