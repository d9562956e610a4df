"""From when and until when a document holds, and what it ends."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from policyqa.index.metadata.dates import DATE, iso_date, last_day, number, period, shifted
from policyqa.index.metadata.numbers import numbers_in
from policyqa.index.metadata.page import NOTICE, RULES, TAIL, Page, read
from policyqa.index.text.numerals import TENS
from policyqa.index.types import Kind, Reading, Span

MAX_ENDED, MAX_RUN_CHARS = 10, 4000
SENTENCE = re.compile(r"[^。；;\n]+")
ITSELF = (
    "(?:本|该|此)(?:办法|规定|细则|实施细则|通知|意见|实施意见|方案|措施|政策|公告|通告|条例|决定"
    "|若干措施|若干政策|实施办法|制度|文件|规则|指引|指南|计划)"
)
OWN = re.compile(ITSELF)
FROM_DATE = re.compile(
    rf"[自从]?({DATE})(?:零时)?(?:之日)?[起始后](?:正式|开始)?(?:施行|实施|执行|生效|试行)"
)
FROM_ISSUE = re.compile(
    r"自?(?:印发|发布|公布|颁布|下发|签发|发文)之?日(?:起)?(?:(\d{1,3})[日天](?:后|起))?(?:起|后)?(?:正式|开始)?(?:施行|实施|执行|生效|试行)"
)
LASTS = re.compile(
    rf"(?:有效期限?|施行期限?|执行期限?|实施期限?|试行期限?|试行|暂定|期限)(?:为|暂定为?|：|:|至)?\s{{0,2}}(\d{{1,2}}|[{TENS}两])\s{{0,2}}(个月|年|月)(?!\d)"
)
UNTIL = re.compile(
    rf"(?:有效期限?|执行期限?|实施期限?|政策|施行)?(?:截止|截至|执行至|实施至|施行至|有效至|有效期至|期限至|有效期(?:限)?(?:截止|截至)|至)(?:到|日期?为?|时间为?)?\s{{0,2}}({DATE})(底|末)?(?:止|终止|失效|为止)?"
)
IN_FORCE = re.compile("现[予将就]|印发给|通过|同意|审议")  # of a document that this one brings
ENDS_ON = re.compile(rf"[，,]({DATE})起?(?:自行|自动)?(?:废止|失效|停止执行)")
HOLDS = re.compile("有效期|执行期|实施期|施行|执行至|实施至|有效至|试行期|失效")
DEADLINE = re.compile(
    rf"(?:申报|报名|申请|受理|征集|提交|推荐|投递|网上填报|材料报送)[^。；\n]{{0,24}}?(?:截止|截至|至|[-－—–~～])[^。；\n\d]{{0,14}}({DATE})"
)
CLOSES = re.compile(rf"截止(?:日期|时间|到|至|于)?[为是：:\s]{{0,3}}({DATE})")
ENDED = re.compile(
    "同时废止|予以废止|即行废止|自行废止|同步废止|一并废止|相应废止|废止|停止执行|停止使用|停止实施|不再执行|自动失效|同时失效"
)
# Only a work of rules lapses by another one; a card does by itself.
ENDS_WORKS = re.compile(rf"(?:{NOTICE}|{RULES}|法){TAIL}》[^《》]*$")
PASSED = re.compile("(?:已|已经|曾|被|经)$")
LISTED = re.compile(
    "(?:同时|予以|一并|即行)?(?:废止|停止执行)(?:[^。；\n]{0,12}[:：]|(?:以下|下列)[^。；\n]{0,12})$"
)
TITLE = re.compile(r"《((?:[^《》\n]|《[^《》\n]{1,80}》){2,120})》")
JOINING = re.compile(
    r"(?:（[^（）]{0,60}）|\([^()]{0,60}\)|[、，,及和与以\s原]|同时|自[^，。]{0,16}起|等文件|文件|也|均|亦|则|中的[^，。]{0,20})*"
)

# Who issued the next title, and when: and 省政府2029年3月28日发布的《…》.
ISSUED = re.compile(r"(?<=[、，,和及与])[^，。；、（）()《》]{0,30}(?:发布|公布|印发|颁布|通过)的$")


def terms(
    page: Page, *, kind: Kind, title: Reading | None, date: Reading | None
) -> Iterator[Reading]:
    """Readings of `effective` and `expires`."""
    for item in page.particulars:
        day = iso_date(item.value) if item.field in ("effective", "expires") else ""
        if day:
            span = (item.start, item.start + len(item.value))
            yield read(item.field, day, span, confidence=item.confidence)
    for field in ("effective", "expires"):
        said = iso_date(page.said.get(field, ""))
        if said:
            yield read(field, said, confidence=0.75, origin="file")
    if kind in ("news", "event", "guide"):
        return
    yield from _by_period(kind, title)
    if kind == "notice":
        yield from _deadline(page)
    yield from _by_words(page, date)


def _by_period(kind: Kind, title: Reading | None) -> Iterator[Reading]:
    found = period(title.value) if title and kind in ("plan", "policy") else None
    if title and found:
        confidence = min(0.9 if kind == "plan" else 0.72, title.confidence)
        for field, value in (("effective", found[0]), ("expires", found[1])):
            words = {"field": field, "value": value, "confidence": round(confidence, 2)}
            yield title.model_copy(update=words)


def _deadline(page: Page) -> Iterator[Reading]:
    for pattern, confidence in ((DEADLINE, 0.78), (CLOSES, 0.78)):
        found = pattern.search(page.text)
        day = iso_date(found.group(1)) if found else ""
        if found and len(day) == 10:
            yield read("expires", day, found.span(1), confidence=confidence)
            return


def _by_words(page: Page, date: Reading | None) -> Iterator[Reading]:
    """What the closing sentences say: 本办法自2020年3月1日起施行，有效期5年。"""
    effective: Reading | None = None
    for sentence in SENTENCE.finditer(page.text):
        words = sentence.group()
        if (
            not HOLDS.search(words)
            and "生效" not in words
            and "起实施" not in words
            and "执行" not in words
            and "起试行" not in words
        ):
            continue
        begins = _effective(words, sentence.start(), date)
        if begins:
            effective = begins
            yield begins
        start = effective if effective and effective.confidence >= 0.6 else None
        yield from _expires(words, sentence.start(), start, bool(begins))


def _effective(words: str, at: int, date: Reading | None) -> Reading | None:
    found = FROM_DATE.search(words)
    if found:
        cited = words.startswith("的《", found.end())
        confidence = 0.4 if cited else _own(words[: found.start()], (0.93, 0.88, 0.4))
        span = (at + found.start(), at + found.end())
        return (
            read("effective", iso_date(found.group(1)), span, confidence=confidence)
            if iso_date(found.group(1))
            else None
        )
    found = FROM_ISSUE.search(words)
    if not found or not date or len(date.value) < 10:
        return None
    value = shifted(date.value, days=int(found.group(1) or 0))
    confidence = min(_own(words[: found.start()], (0.88, 0.82, 0.4)), date.confidence)
    return read(
        "effective", value, (at + found.start(), at + found.end()), confidence=round(confidence, 2)
    )


def _own(before: str, levels: tuple[float, float, float]) -> float:
    """How sure it is that a sentence speaks of its own document, by the words before 自…起施行."""
    clause = before.strip()
    last = re.split("[，,]", clause)[-1].strip()
    own = OWN.search(last)
    if own and "《" not in last and len(last) - own.end() <= 4:
        return levels[0]
    if not last or re.fullmatch(
        r"(?:第?[\u4e00-\u9fff\d]{1,6}[条、.]?|[（(].{1,3}[）)]|[\d.、\s]+|现予[公发]布|现印发给你们)",
        last,
    ):
        return levels[1] if "《" not in clause or IN_FORCE.search(clause) else levels[2]
    return levels[2]


def _expires(words: str, at: int, effective: Reading | None, begins: bool) -> Iterator[Reading]:
    own = bool(OWN.search(words)) or begins
    lasts = LASTS.search(words)
    if (
        lasts
        and own
        and _of_itself(words, lasts.start(), begins)
        and effective
        and len(effective.value) == 10
    ):
        count, unit = number(lasts.group(1)), lasts.group(2)
        shift = {"years": count} if unit == "年" else {"months": count}
        value = shifted(shifted(effective.value, **shift), days=-1)
        confidence = round(min(0.92 if "有效期" in lasts.group() else 0.8, effective.confidence), 2)
        yield read("expires", value, (at + lasts.start(), at + lasts.end()), confidence=confidence)
        return
    until = UNTIL.search(words) or (ENDS_ON.search(words) if begins else None)
    day = iso_date(until.group(1)) if until else ""
    if until and day and own and HOLDS.search(words) and _of_itself(words, until.start(), begins):
        confidence = 0.9 if len(day) == 10 or until.group(2) else 0.8
        yield read(
            "expires", last_day(day), (at + until.start(), at + until.end()), confidence=confidence
        )


def _of_itself(words: str, at: int, begins: bool) -> bool:
    """Whether a term is the document's own and not that of a card or another document."""
    before = words[max(0, at - 24) : at]
    if re.search("证|卡|合同|许可|资格|称号|《|批文|核准|公示|结果|补贴|贷款|协议", before):
        return False
    return begins or OWN.search(before) is not None or at < 4


def replaced(page: Page) -> Iterator[Reading]:
    """Titles and numbers that the document ends, one reading each."""
    seen: set[str] = set()
    lines = page.lines
    for n, line in enumerate(lines):
        spans = [*_ended_in(line.text)]
        if LISTED.search(line.text):
            below = _listed_below([x.text for x in lines[n + 1 : n + 31]])
            for m, words in enumerate(below, start=n + 1):
                yield from _new(words, (0, len(words)), lines[m].start, seen)
        for span in spans:
            yield from _new(line.text, span, line.start, seen)


def _listed_below(lines: Sequence[str]) -> list[str]:
    """The lines of a list of titles."""
    count = 0
    for text in lines:
        if not re.match(
            rf"\s*(?:[（(]?[\d{TENS}]{{1,3}}[）)、.．]\s*)?(?:关于)?《|.{{0,4}}《", text
        ):
            break
        count += 1
    return list(lines[:count])


def _ended_in(text: str) -> Iterator[Span]:
    """Parts of a line with the titles that it ends: those that lead up to the word 废止, or those
    right after it (同时废止《…》)."""
    if "废止" not in text and not ENDED.search(text):
        return
    for sentence in SENTENCE.finditer(text):
        words, at = sentence.group(), sentence.start()
        for ended in islice(ENDED.finditer(words), MAX_ENDED):
            if PASSED.search(words[max(0, ended.start() - 2) : ended.start()]):
                continue
            lapses = "失效" in ended.group()
            if lapses and not ENDS_WORKS.search(words[: ended.start()]):
                continue
            before = _run_before(words, ended.start())
            after = _run_after(words, ended.end())
            if before or after:
                start, end = before or after or (0, 0)
                yield at + start, at + end


def _run_before(words: str, end: int) -> Span | None:
    """The run of titles that ends where the word begins."""
    found = list(TITLE.finditer(words, max(0, end - MAX_RUN_CHARS), end))
    edge, start = end, None
    for title in reversed(found):
        gap = ISSUED.sub("", words[title.end() : edge])
        if len(gap) > 120 or not JOINING.fullmatch(gap):
            break
        start = edge = title.start()
    return (start, end) if start is not None else None


def _run_after(words: str, start: int) -> Span | None:
    """The run of titles that begins where the word ends."""
    edge = start
    for title in TITLE.finditer(words, start, start + MAX_RUN_CHARS):
        gap = ISSUED.sub("", words[edge : title.start()])
        if len(gap) > 120 or not JOINING.fullmatch(gap.lstrip("：:的")):
            break
        edge = title.end()
    number = re.match(r"[（(][^（）()]{0,60}[）)]", words[edge:])
    return (start, edge + (number.end() if number else 0)) if edge > start else None


def _new(text: str, span: Span, at: int, seen: set[str]) -> Iterator[Reading]:
    part = text[slice(*span)]
    titles = [(m.group(1), m.start(1), m.end(1)) for m in TITLE.finditer(part)]
    outside = TITLE.sub(lambda m: " " * len(m.group()), part)
    for value, start, end in [*titles, *numbers_in(outside)]:
        if value not in seen:
            seen.add(value)
            where = (at + span[0] + start, at + span[0] + end)
            yield read("replaces", value, where, confidence=0.88)
