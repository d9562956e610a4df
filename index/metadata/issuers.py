"""Who issued a document, where it holds, and the day it was made."""

import re
from collections.abc import Iterator, Sequence

from policyqa.index.metadata import regions
from policyqa.index.metadata.dates import days, iso_date
from policyqa.index.metadata.page import DATE_LINE, GENERIC, SEAL, Page, Particular, organs, read
from policyqa.index.metadata.titles import LEADS, RED_HEAD
from policyqa.index.text.cleaning import MASTHEAD
from policyqa.index.text.numerals import TENS
from policyqa.index.types import Reading, Span

MEDIUM = re.compile(
    r"(?:日报|晚报|晨报|商报|时报|都市报|青年报|新华社|新华网|人民网|央视|电视台|报社|周刊|华龙网|网$|中新社|观察|报$)"
)
PAPER = re.compile(
    r"([\u4e00-\u9fff]{0,8}?(?:日报|晚报|晨报|商报|时报|都市报|青年报|新华社|新华网|人民网|央视网|华龙网|中新社|电视台))"
)
DATELINE = re.compile(
    r"(?:^|[□■\s（(])([\u4e00-\u9fff]{2,8}?(?:日报|晚报|晨报|商报|时报|都市报|新华社|新华网|人民网|中新网|中新社|[\u4e00-\u9fff]网))"
    r"(?:[^。，\n]{0,16}?(?:电|讯)(?=[\s　（(])|\s{0,2}(?:首席|特约)?(?:记者|通讯员))"
)
ORDER_BY = re.compile(r"^([\u4e00-\u9fff]{3,30}?(?:政府|委员会|国务院|部|局))令")
SITE_OF = re.compile("(?:官网|网站|官方网站)$")
WRITTEN = re.compile(r"\s*[/／|｜·]\s*[^\s/]{1,20}")  # and by whom: 2031年4月19日 / 某某
STAMP = re.compile(r"\d{1,2}:\d{2}")
ABBREVIATED = (
    (re.compile("^(?:国发|国办|国令|中发|中办|人社部)"), "全国"),
    (re.compile("^渝"), "重庆市"),
)
OFFICER = re.compile(
    r"(.{0,20}?)(?:[部省市州区县局署厅院]\s{0,2}长|主\s{0,2}任|主\s{0,2}席|总\s{0,2}理)[\s：:]{1,6}"
    r"[\u4e00-\u9fff]{1,4}(?:\s{0,3}[\u4e00-\u9fff]{1,3})?"
)
FLOOR = 0.5  # what is as little sure counts only where nothing else is said
HEAD_LINES = 6  # in which issuer, number and day may stand, each on a line of its own
TASK_FORCE = re.compile("(?:小组|指挥部|组)$")
MANY = re.compile(rf"等[\d{TENS}]{{1,2}}(?:个)?(?:部门|单位|机构|局)$")


def issuers(page: Page, title: Reading | None, *, news: bool) -> Iterator[Reading]:
    """What may be the issuer: particulars, the signature, the title's beginning, the red head."""
    for item in page.particulars:
        if item.field in ("issuer", "source"):
            yield from _by_particular(item, news=news)
    if news:
        yield from _paper(page)
        return
    yield from _signed(page, _named_in_title(title), _place_of(title))
    yield from _by_officer(page)
    if title:
        yield from _by_title(title)
    yield from _by_head(page)
    yield from _under_title(page, _named_in_title(title))
    said = organs(page.said.get("issuer", ""))
    if said:
        yield read("issuer", "、".join(said), confidence=_weighed(said, 0.7), origin="file")


def _weighed(names: Sequence[str], confidence: float) -> float:
    """Less for names that do not say of which place they are (市人社局)."""
    return 0.42 if any(_is_part(name) for name in names) else confidence


def _is_part(name: str) -> bool:
    """Whether a name leaves out its place (市人社局), or is the end of one on two lines (a task
    force's is long)."""
    if GENERIC.match(name):
        return True
    placed = regions.begins_with_place(name) or regions.is_national(name)
    return TASK_FORCE.search(name) is not None and not placed


def _by_particular(item: Particular, *, news: bool) -> Iterator[Reading]:
    span = (item.start, item.start + len(item.value))
    name = SITE_OF.sub("", item.value)
    if MEDIUM.search(name):
        if news and len(item.value) <= 20:
            yield read("issuer", item.value, span, confidence=item.confidence)
        return
    names = organs(name)
    if names:
        source = item.field == "source"
        confidence = _weighed(names, 0.6 if source else item.confidence)
        yield read("issuer", "、".join(names), span, confidence=confidence)


def _paper(page: Page) -> Iterator[Reading]:
    """The paper of a report: 重庆日报记者…, 新华社重庆2月6日电."""
    for line in page.lines[: page.head + 2]:
        found = DATELINE.search(line.text[:60])
        if found and found.group(1) not in ("本报", "本网"):
            span = (line.start + found.start(1), line.start + found.end(1))
            yield read("issuer", found.group(1), span, confidence=0.85)
            return


def _placed(names: Sequence[str], place: str) -> tuple[str, ...]:
    """Names of a city's or county's offices with the place whose title it is (市教育局 below a
    title of 惠州市)."""
    own = place if place and place[-1] in "省市区县" else ""
    return tuple(own + name[1:] if own and name[0] == own[-1] else name for name in names)


def _signed(page: Page, titled: Sequence[str], place: str) -> Iterator[Reading]:
    signed = [s for s in page.signatures if s.organs and s.line > 0]
    for n, signature in enumerate(signed[:3]):
        most = 0.9 if n == 0 else 0.55
        names = _placed(signature.organs, place)
        confidence = _weighed(names, most if fits(names, titled) else 0.45)
        span = (signature.start, signature.end)
        one = "".join(names)  # a name with a blank in it
        value = one if one in titled else "、".join(names)
        yield read("issuer", value, _stripped(page, span), confidence=confidence)


def _stripped(page: Page, span: Span) -> Span:
    words = page.text[slice(*span)]
    return span[0], span[0] + len(SEAL.sub("", words.rstrip()))


def _prefix(title: Reading) -> str:
    """What stands before 关于 in a title."""
    lead = LEADS.search(title.value)
    return title.value[: lead.start()].strip() if lead else ""


def _named_in_title(title: Reading | None) -> tuple[str, ...]:
    return organs(MANY.sub("", _prefix(title))) if title else ()


def fits(signed: Sequence[str], titled: Sequence[str]) -> bool:
    """Whether a signature can be that of the issuers that the title names (市商务局 for
    北京市商务局, 省府办公厅 for 某省人民政府办公厅); another one is that of a document attached."""
    return not titled or any(
        _shortens(t, s) or _shortens(s, t) or (s[0] == t[0] and s[-1] == t[-1])
        for s in signed
        for t in titled
    )


def _shortens(short: str, name: str) -> bool:
    """Whether a name has all characters of another, in order: 省府办公厅, 某省人民政府办公厅."""
    rest = iter(name)
    return all(char in rest for char in short)


def _place_of(title: Reading | None) -> str:
    """The one place that a title names, as it is called (惠州市)."""
    places = regions.places_of(title.value) if title else []
    return places[0].own if len(places) == 1 else ""


def _by_officer(page: Page) -> Iterator[Reading]:
    """Whose head signs: 住房和城乡建设部部长 某某."""
    for signature in page.signatures[:1]:
        line = page.lines[signature.line - 1]
        officer = OFFICER.fullmatch(line.text) if signature.line else None
        names = organs(officer.group(1)) if officer else ()
        if officer and names:
            span = (line.start, line.start + officer.end(1))
            yield read("issuer", "、".join(names), span, confidence=_weighed(names, 0.85))


def _by_title(title: Reading) -> Iterator[Reading]:
    many = MANY.search(_prefix(title))
    names = _named_in_title(title)
    if names:
        certain = 0.58 if many else min(0.88, title.confidence)
        words = {
            "field": "issuer",
            "value": "、".join(names),
            "confidence": _weighed(names, certain),
        }
        yield title.model_copy(update=words)


def _by_head(page: Page) -> Iterator[Reading]:
    for line in page.lines[: page.head]:
        red, order = RED_HEAD.fullmatch(line.text), ORDER_BY.match("".join(line.text.split()))
        if red and organs(red.group(1)):
            span = (line.start, line.start + red.end(1))
            yield read("issuer", "、".join(organs(red.group(1))), span, confidence=0.88)
        if order and len(line.text) <= 40:
            name = order.group(1).removeprefix("中华人民共和国")
            span = (line.start, line.start + line.text.rindex("令"))
            yield read("issuer", name, span, confidence=0.88)


def _under_title(page: Page, titled: Sequence[str]) -> Iterator[Reading]:
    """A line of nothing but issuers below the title: 某市财政局　某市人社局."""
    for line in page.lines[1:HEAD_LINES]:
        pieces = line.text.split()
        names = [name for piece in pieces for name in organs(piece)]
        if pieces and len(names) >= len(pieces) and len("".join(names)) >= len("".join(pieces)) - 2:
            span = (line.start, line.start + len(line.text))
            confidence = _weighed(names, 0.8 if fits(names, titled) else 0.45)
            yield read("issuer", "、".join(names), span, confidence=confidence)
            return


def made_on(page: Page, title: Reading | None, *, news: bool) -> Iterator[Reading]:
    """What may be the document's day: 成文 before 印发 before 发布; a news page's own day."""
    for item in page.particulars:
        day = iso_date(item.value) if item.field == "date" else ""
        if day:
            span = (item.start, item.start + len(item.value))
            yield read("date", day, span, confidence=item.confidence)
    yield from _stamped(page, news=news)
    if not news:
        yield from _day_signed(page, _named_in_title(title))
        yield from _day_under_title(page)
    said = iso_date(page.said.get("date", ""))
    if said:
        yield read("date", said, confidence=0.72 if news else 0.68, origin="file")


def _day_signed(page: Page, titled: Sequence[str]) -> Iterator[Reading]:
    first = True
    for signature in page.signatures:
        day = signature.day
        below = signature.line >= page.head
        officer = OFFICER.fullmatch(page.lines[signature.line - 1].text)
        signed = signature.organs or (organs(officer.group(1)) or titled if officer else ())
        if not day.iso or not (signature.organs or below):
            continue
        confidence = (0.92 if signed or officer else 0.76) if first else 0.48
        confidence = confidence if not signed or fits(signed, titled) else 0.48
        first = False
        yield read(
            "date", day.iso, (day.start, day.end), confidence=confidence - 0.1 * (not day.is_whole)
        )


def _day_under_title(page: Page) -> Iterator[Reading]:
    """A line of nothing but a day below the title, where issuer and number stand too."""
    for line in page.lines[1:HEAD_LINES]:
        if "。" in line.text:
            return
        if DATE_LINE.fullmatch(line.text.strip()):
            for day in days(line.text):
                if day.is_whole:
                    span = (line.start + day.start, line.start + day.end)
                    yield read("date", day.iso, span, confidence=0.74)
                    return


def _stamped(page: Page, *, news: bool) -> Iterator[Reading]:
    """The day in a page's byline: 2022-03-02 14:00:38 来源：重庆日报."""
    for line in page.lines[: page.head + 1]:
        if len(line.text) > 120 or "。" in line.text:
            continue
        alone = DATE_LINE.fullmatch(line.text)
        if alone and "年" in line.text:
            continue  # a signature's
        paper = re.match(MASTHEAD, line.text) is not None
        written = any(
            d.start == 0 and WRITTEN.fullmatch(line.text[d.end :]) for d in days(line.text)
        )
        if not (alone or paper or written or STAMP.search(line.text) or "来源" in line.text):
            continue
        for day in days(line.text):
            timed = STAMP.match(line.text[day.end :].strip()) is not None
            if day.is_whole and (paper or timed or day.start <= 2 or "来源" in line.text):
                span = (line.start + day.start, line.start + day.end)
                yield read("date", day.iso, span, confidence=0.85 if news else 0.6)
                return


def region(
    page: Page, *, issuer: Reading | None, title: Reading | None, number: Reading | None, news: bool
) -> Iterator[Reading]:
    """Where a document holds: by its issuer and title; for a report by what it is mostly about.
    A place in its title is not widened by who prints it, nor by what it speaks of."""
    context = page.text[:2000]
    titled = regions.region_in(title.value, context) if title else ""
    if issuer and not news:
        wider = regions.is_national(issuer.value) and titled not in ("", regions.COUNTRY)
        yield from _named(issuer, context, FLOOR if wider else 0.92)
    if title:
        yield from _named(title, context, 0.8 if news else 0.85)
    if number:
        for start, name in ABBREVIATED:
            if start.match(number.value):
                words = {"field": "region", "value": name, "confidence": 0.6}
                yield number.model_copy(update=words)
    name, share, span = regions.most_named(page.text, least=3 if news else 5)
    wider = name != titled and regions.within(titled, name)
    if name and not wider and share >= (0.5 if news else 0.75):
        yield read("region", name, span, confidence=round(0.4 + (0.35 if news else 0.2) * share, 2))


def _named(reading: Reading, context: str, most: float) -> Iterator[Reading]:
    name = regions.region_in(reading.value, context)
    if name:
        confidence = round(min(most, reading.confidence), 2)
        words = {"field": "region", "value": name, "confidence": confidence}
        yield reading.model_copy(update=words)
