"""What stands below a title of who passed and published a text, when, and by which number:
（2027年7月10日某市人民政府第49次常务会议通过　2027年8月16日某市人民政府令第225号公布）."""

import re
from collections.abc import Iterator

from policyqa.index.metadata.dates import DATE, iso_date
from policyqa.index.metadata.page import ARTICLE, LABEL, Page, read
from policyqa.index.text.numerals import TENS
from policyqa.index.text.numerals import value as number_in
from policyqa.index.types import Reading, Span

MAX_LINES, MAX_CHARS = 8, 400
CLOSING = {"（": "）", "(": ")"}
PASSED = re.compile(
    rf"({DATE})([^，。；（）()《》]{{0,60}}?)(通过|批准|公布|发布|颁布|修订)(?=[\s，,；;、）)]|自|根据|[施实]行|实施|$)"
)
ORDER = re.compile(
    r"(?:(?<![\u4e00-\u9fff\d])|(?<=[日以]))(?:中华人民共和国)?([\u4e00-\u9fff]{0,30}?(?:政府|委员会|国务院|部|局|署))"
    r"令\s{0,2}[（(]?第?\s{0,2}(\d{1,5})\s{0,2}号"
)
DATED_ORDER = re.compile(
    rf"({DATE})([^，。；（）()《》]{{2,40}}?)令\s{{0,2}}第?\s{{0,2}}(\d{{1,5}}|[{TENS}]{{1,6}})\s{{0,2}}号"
)
NUMBERED = re.compile(rf"令.*?第(\d{{1,5}}|[{TENS}]{{1,6}})号")
SESSION = re.compile(rf"第[{TENS}\d]{{1,4}}届")
BODY = re.compile(
    r"([\u4e00-\u9fff]{0,24}?(?:代表大会常务委员会|代表大会|委员会|国务院|政府|部|局))"
    r"(?=第|主席团|常务|会议|全体)"
)


def preamble(page: Page, number: Reading | None) -> Iterator[Reading]:
    """Readings of date, issuer and number in the remark below the title; where a decree's number
    stands above it, only the day on which the remark dates that decree."""
    start, end = _remark(page)
    decree = NUMBERED.search(number.value) if number and 0 < number.end <= start else None
    orders = list(DATED_ORDER.finditer(page.text, start, end)) if decree else []
    if decree and orders:
        own = (order for order in orders if number_in(order[3]) == number_in(decree[1]))
        yield from (
            read("date", iso_date(order.group(1)), order.span(1), confidence=0.9) for order in own
        )
        return
    found = list(PASSED.finditer(page.text, start, end))
    best = max(found, key=_weight, default=None)
    if best is None or not iso_date(best.group(1)):
        return
    yield read("date", iso_date(best.group(1)), best.span(1), confidence=0.9)
    order = ORDER.search(page.text, start, best.end())
    if order:
        value = f"{order.group().split('令')[0]}令第{order.group(2)}号"
        yield read("doc_number", value, order.span(), confidence=0.93)
        yield read("issuer", order.group(1), order.span(1), confidence=0.88)
        return
    for said in found:
        body = BODY.match(SESSION.sub("", said.group(2)))
        if body:
            yield read("issuer", body.group(1), said.span(2), confidence=0.85)
            return


def _weight(passed: re.Match[str]) -> int:
    """Published comes first, then made anew, then passed; the first of a kind before others."""
    return {"修订": 1, "通过": 0, "批准": 0}.get(passed.group(3), 2)


def _remark(page: Page) -> Span:
    """From the first line below the title that says so to the end of its bracket, or to the last
    of such lines; (0, 0) without one."""
    lines = page.lines[1:MAX_LINES]
    above = next((n for n, line in enumerate(lines) if ARTICLE.match(line.text)), len(lines))
    said = [line for line in lines[:above] if _says(line.text)]
    if not said:
        return 0, 0
    start = said[0].start
    closed = page.text.find(CLOSING.get(said[0].text[0], "\n"), start, start + MAX_CHARS)
    return start, max(closed, said[-1].end)


def _says(text: str) -> bool:
    if "。" in text or LABEL.search(text):
        return False
    return (PASSED.search(text) or ORDER.match(text)) is not None
