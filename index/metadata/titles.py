"""The title of a document, and what it says: whether it is on trial, for whom it is."""

import re
from collections.abc import Iterator, Sequence

from policyqa.index.metadata.numbers import DOC_NUMBER, is_number_line
from policyqa.index.metadata.page import (
    ARTICLE,
    DATE_LINE,
    LABEL,
    NOTICE,
    RULES,
    TAIL,
    WORK,
    Page,
    PageLine,
    decoded,
    organs,
    read,
)
from policyqa.index.text.cleaning import BYLINE, NAVIGATION
from policyqa.index.text.numerals import HAN, TENS
from policyqa.index.types import Reading, Span

MAX_TITLE_CHARS, MAX_TITLE_LINES, MAX_ISSUER_LINES = 260, 5, 12
MAX_TITLE_HEAD, MAX_TITLE_TAIL = 30, 12
NOTICE_TITLE = re.compile(
    rf"[^。；！？]{{0,60}}(?:关于|印发|转发|发布|公布|批转)[^。；！？]{{2,}}(?:{NOTICE}|{RULES}){TAIL}"
)
RULES_TITLE = re.compile(rf"[^。；！？：:，,]{{4,60}}(?:{RULES}|意见|决定){TAIL}")
PASSES_ON = re.compile("关于(?:印发|转发|发布|公布|批转|下发)")
DECREE_END = re.compile(rf"(?:{NOTICE}|令){TAIL}$")
LEADS = re.compile("关于|印发|转发|批转")
REPRINT = re.compile(
    r"^原标题\s*[:：]\s*|^[■●◆★▲◎]\s*"
    r"|^[（(【\[](?:转载|转发|转|原文)[）)】\]]\s*|^[\[【][^\]】]{1,12}[\]】](?=.)"
)
LINK = re.compile(
    r"^【.{2,8}】|\s[>›»]\s|^(?:点击|附件|首页|网址|关注)|https?:|^[（(][^（）]{0,30}[）)]$|索引号"
    r"|/.*/|设为首页|网站地图|[|｜].*[|｜]|\.(?:pdf|docx?|xlsx?|zip)"
)
RED_HEAD = re.compile(r"([\u4e00-\u9fff（）()、\s]{3,40})文件$")
FINISHED = re.compile(r"[。；，、,;：:]$")
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
GLUED = re.compile(
    rf"([^。；！？，：]{{0,60}}关于[^。；！？：]{{4,100}}?的(?:{NOTICE}){TAIL})"
    r"(?=各|为|根据|按照|经|现将|《|当前|[\u4e00-\u9fff]{2,8}〔)"
)
NUMBERED_LINE = re.compile(
    rf"^(?:[（(]?[{TENS}\d]{{1,3}}[）)、.．\s]|第[{HAN}\d]{{1,7}}[章节条]|[-●■◆▪•])"
)
VERBS = re.compile(
    rf"^(?:采取|落实|出台|坚持|加强|推进|强化|\d*[{TENS}]?部门)|联合|出台|发文|下发|[^关]于\d"
)
SITE = re.compile(r"\s*[-_—–|｜]{1,2}\s*")
SITE_NAME = re.compile("网$|网站|门户|首页|之窗|GitHub|平台$|频道|栏目|官网|公告公示$|_|政务公开")
LEADING_NUMBER = re.compile(r"^[\(（\[【]?\d{1,4}[a-zA-Z]?[\)）\]】]?[-_\s.、．]+|^\d{8,}[-_\s]*")
TRAILING_YEAR = re.compile(r"(?<=[\u4e00-\u9fff）)])[-_（(]?(?:19|20)\d{2}[）)]?$")
JUNK = re.compile(
    r"^(?:新建|文档|无标题|未命名|Microsoft|附件\s*\d*$|Sheet|Document|目录$|封面|幻灯片|PowerPoint)",
    re.I,
)
SITE_TAIL = re.compile(r"\s[-_—|]\s?[^-_—|]{0,20}(?:网|网站|门户|官网)$")
STAMP_TAIL = re.compile(r"\s*[（(]?\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\s+\d{1,2}:\d{2}(?::\d{2})?[）)]?$")
DRAFT = re.compile(r"[（(][^（）()]{0,8}(?:稿|草案|试行|暂行|修订|修正|第.版)[）)]")
ORDER = re.compile(r"[\u4e00-\u9fff]{2,38}(?:政府|委员会|国务院|部|局|署)令")
ENACTS = re.compile(r"《([^《》]{4,60})》[^。《》]{0,60}(?:通过|同意|审定)[^。]{0,40}(?:公布|发布)")
UNIT_TAIL = re.compile(r"\s+[（(]?(?:计量)?单位[:：]\s?[^：:]{1,8}[）)]?$")
CITED = re.compile("(?<!印发)(?<!发布)(?<!公布)(?<!颁布)(?<!下发)《[^《》]*》(?=.)")
TRIAL = re.compile("试行|暂行")

GROUPS = (
    "高校毕业生|博士后|博士|留学回国人员|留学人员|海外高层次人才|海外人才|外籍人才|外国人才|外国专家|外国人|高层次人才|高技能人才|技能人才"
    "|青年人才|港澳青年|港澳居民|港澳台青年|专业技术人才|乡村人才|卫生人才|教育人才|科技人才|急需紧缺人才|人才|大学生|毕业生"
    "|中小微企业|中小企业|小微企业|民营企业|外商投资企业|台资企业|企业|事业单位|用人单位|来穗人员|异地务工人员|务工人员|农民工|就业困难人员"
    "|失业人员|灵活就业人员|退役军人|残疾人|老年人|新生儿|特困人员|低保对象|随迁子女|学生|教师|医务人员|创业者|个体工商户|居民|新莞人"
)
GROUP = re.compile(GROUPS)
SCOPE = re.compile(
    "(?:适用范围|适用对象|申报对象|申请对象|支持对象|补贴对象|资助对象|服务对象|招聘对象|面向对象|选拔对象|参评对象|申领对象)"
    r"[\s为是：:]{0,4}([^。；\n]{2,60})"
)


def titles(page: Page) -> Iterator[Reading]:
    """What may be the title, from particulars, the text's head, the format and the file's name."""
    for item in page.particulars:
        if item.field == "title" and _is_title(item.value):
            span = (item.start, item.start + len(item.value))
            yield read("title", tidy(item.value), span, confidence=item.confidence)
    name = _from_name(page.source, 2 if page.is_sheet else 4)
    own = [] if page.is_sheet and name else [_with_draft(page, r) for r in _in_text(page)]
    yield from own
    yield from _said(page, own)
    if name:
        agreed = any(_same(name, reading.value) for reading in own)
        yield read("title", name, confidence=0.4 if agreed else 0.52, origin="name")


def _is_title(text: str, least: int = 4) -> bool:
    return len(IDEOGRAPH.findall(text)) >= least and not JUNK.match(text)


def _with_draft(page: Page, title: Reading) -> Reading:
    """A title with the edition that stands in brackets on the line below it: （征求意见稿）."""
    below = next((line for line in page.lines if line.start >= title.end), None)
    if title.end == 0 or below is None or not DRAFT.fullmatch(below.text):
        return title
    return title.model_copy(update={"value": title.value + below.text, "end": below.end})


def _same(text: str, other: str) -> bool:
    left, right = (re.sub(r"[\W_]", "", t) for t in (text, other))
    return left == right or (min(len(left), len(right)) >= 8 and (left in right or right in left))


def tidy(text: str) -> str:
    """A title in one line: blanks stay only where a headline has them and between joint issuers
    that no 、 parts."""
    text = re.sub(r"[\s\u3000]+", " ", REPRINT.sub("", text)).strip(" -_—|")
    text = STAMP_TAIL.sub("", UNIT_TAIL.sub("", SITE_TAIL.sub("", text)))
    lead = LEADS.search(text)
    if not lead:
        return text
    prefix, rest = text[: lead.start()], text[lead.start() :]
    rest = re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])|(?<=\d) (?=[^\x00-\x7f])", "", rest)
    between = "、" if "、" in prefix else " "
    return between.join(organs(prefix) or (prefix.replace(" ", ""),)) + rest


def _in_text(page: Page) -> Iterator[Reading]:
    head = page.lines[: max(page.head, 1)]
    for n in range(len(head)):
        found = _notice(head, n)
        if found:
            value, span = found
            yield read("title", tidy(value), span, confidence=0.88)
            yield from _annexed(page, span[1])
            return
    glued = GLUED.match(page.lines[0].text) if page.lines else None
    if glued:
        yield _title(page, (page.lines[0].start, page.lines[0].start + glued.end(1)), 0.74)
        return
    yield from _enacted(page)
    plain = [line for line in head if _may_head(line)]
    first = next((x for x in plain if not organs(x.text)), None)
    ruled = next((x for x in plain if _is_ruled(x.text)), None)
    if ruled:
        alone = ruled == first or sum(bool(ARTICLE.match(x.text)) for x in page.lines) >= 3
        begins = _run_over(head, ruled) or ruled
        words = begins.text + ruled.text if begins != ruled else ruled.text
        span = (begins.start, ruled.end)
        yield read("title", tidy(words), span, confidence=0.78 if alone else 0.6)
        first = None if begins == first else first
    if first and first != ruled:
        yield _title(page, (first.start, first.end), 0.7 if _marked(page, first) else 0.62)


def _enacted(page: Page) -> Iterator[Reading]:
    """What an order puts in force, by its first sentence: 《…办法》已经…通过，现予公布."""
    order = any(ORDER.fullmatch("".join(line.text.split())) for line in page.lines[: page.head])
    first = page.lines[page.head : page.head + 1]
    found = ENACTS.match(first[0].text) if order and first else None
    if found:
        yield _title(page, (first[0].start + 1, first[0].start + found.end(1)), 0.8)


def _run_over(head: Sequence[PageLine], ruled: PageLine) -> PageLine | None:
    """The line in which the title of a short line of rules begins (重庆市职工医疗保险 over
    市级统筹办法): the first of the page, of no organ and no site."""
    above = head[0]
    if len(head) < 2 or head[1] != ruled or len(ruled.text) > MAX_TITLE_TAIL:
        return None
    if not _may_head(above) or len(above.text) > MAX_TITLE_HEAD or _is_ruled(above.text):
        return None
    return None if organs(above.text) or SITE_NAME.search(above.text) else above


def _is_ruled(text: str) -> bool:
    return len(text) >= 8 and bool(RULES_TITLE.fullmatch(text)) and not VERBS.search(text)


def _title(page: Page, span: Span, confidence: float) -> Reading:
    return read("title", tidy(page.text[slice(*span)]), span, confidence=confidence)


def _marked(page: Page, line: PageLine) -> bool:
    return line.start in page.heading_starts


def _may_head(line: PageLine) -> bool:
    text = line.text
    if not 6 <= len(text) <= 80 or LINK.search(text) or LABEL.search(text) or "\t" in text:
        return False
    if (
        FINISHED.search(text)
        or is_number_line(text)
        or DATE_LINE.fullmatch(text)
        or RED_HEAD.match(text)
    ):
        return False
    if BYLINE.match(text) or NAVIGATION.match(text) or ORDER.fullmatch("".join(text.split())):
        return False
    listed = NUMBERED_LINE.match(text) and not re.match(r"\d{4}年|\d+[\u4e00-\u9fff]", text)
    if listed and not (text[0] in "■●◆" and WORK.search(text)):
        return False
    return len(IDEOGRAPH.findall(text)) >= 5 and not re.search("记者|通讯员|。", text)


def _notice(lines: Sequence[PageLine], first: int) -> tuple[str, Span] | None:
    """A notice's title that begins on a line, and where it stands: issuers may have lines of
    their own, and its words run over several."""
    last = _past_issuers(lines, first)
    if last is None:
        return None
    text = _issuer_lines(lines[first:last], lines[last].text)
    for n in range(last, min(last + MAX_TITLE_LINES, len(lines))):
        line = lines[n]
        text += line.text
        if len(text) > MAX_TITLE_CHARS or _breaks(line, n > last):
            return None
        if _is_notice("".join(text.split())):  # its last word may be spread out: 通　知
            return text, (lines[first].start, line.end)
    return None


def _is_notice(text: str) -> bool:
    """Whether a title is complete: one that puts another document in force ends with 通知."""
    if not NOTICE_TITLE.fullmatch(text) or text.count("《") > text.count("》"):
        return False
    return not PASSES_ON.search(text) or DECREE_END.search(text) is not None


def _issuer_lines(above: Sequence[PageLine], text: str) -> str:
    """The lines of issuers above a title's words: a line each, or one name over two lines."""
    lead = LEADS.search(text)
    prefix = text[: lead.start()] if lead else ""
    spaced = "".join(line.text + " " for line in above)
    return spaced if organs(spaced + prefix) else "".join(line.text for line in above)


def _breaks(line: PageLine, later: bool) -> bool:
    """Whether a line can be no part of a title, or no later part."""
    text = line.text
    if LINK.search(text) or LABEL.search(text) or re.search("[。；;：:\t]", text):
        return True
    return later and (is_number_line(text) or DATE_LINE.fullmatch(text) is not None)


def _past_issuers(lines: Sequence[PageLine], first: int) -> int | None:
    """The line with the words 关于… of a title, None when none begins here."""
    n = first
    while n < len(lines) - 1 and n - first < MAX_ISSUER_LINES and _may_issue(lines[n].text):
        n += 1
    text = lines[n].text
    lead = LEADS.search(text)
    if not lead or (n > first and not _follows(text, lead.start(), lines[first:n])):
        return None
    prefix = text[: lead.start()]
    return n if len(prefix) <= 60 and not re.search("[，。！？!?]", prefix) else None


def _may_issue(text: str) -> bool:
    """Whether a line names issuers, or begins to: a name may run over into the next line."""
    first = text.split(" ", 1)[0]
    return not LEADS.search(text) and (
        bool(organs(text)) or (first != text and bool(organs(first)))
    )


def _follows(text: str, lead: int, above: Sequence[PageLine]) -> bool:
    """Whether the lines above a title's line are its first issuers, not the page's own names."""
    prefix, names = text[:lead].strip(), [x.text for x in above]
    if prefix in names or any(set(organs(prefix)) & set(organs(name)) for name in names):
        return False
    joined = organs(" ".join([*names, prefix])) or organs("".join([*names, prefix]))
    return bool(joined) and all(organs(name) for name in names[:-1])


def _annexed(page: Page, after: int) -> Iterator[Reading]:
    """The title of what a notice brings in force, where it stands below the notice."""
    for line in page.lines:
        if line.start > after and _may_head(line) and _is_ruled(line.text):
            yield _title(page, (line.start, line.end), 0.6)
            return
        if line.start > after + 6000:
            return


def _said(page: Page, own: Sequence[Reading]) -> Iterator[Reading]:
    title = without_site(page.said.get("title", ""))
    if not _is_title(title):
        return
    agreed = [reading for reading in own if _same(title, reading.value)]
    best = max(agreed, key=lambda reading: len(reading.value), default=None)
    if best and len(best.value) >= len(title) - 2:
        yield best.model_copy(update={"confidence": 0.95})
        return
    at = page.text.find(title)
    found = (at, at + len(title)) if at >= 0 else (0, 0)
    confidence = 0.9 if 0 <= at < 1500 else 0.66
    yield read(
        "title", tidy(title), found, confidence=confidence, origin="text" if at >= 0 else "file"
    )


def without_site(title: str) -> str:
    """A page's title without site and column: 关于…的通知-公告公示-首都之窗 → 关于…的通知."""
    parts = [part.strip() for part in SITE.split(title.strip()) if part.strip()]
    if len(parts) < 2:
        return "" if parts and SITE_NAME.search(parts[0]) and len(parts[0]) < 16 else title.strip()
    kept = [part for part in parts if not SITE_NAME.search(part) and len(part) >= 6]
    if not kept:
        return ""
    first = kept[0]
    return title[: title.index(first) + len(first)].strip() if title.startswith(first) else first


def _from_name(source: str, least: int) -> str:
    stem = LEADING_NUMBER.sub("", decoded(source))
    whole = DOC_NUMBER.sub("", stem)
    parts = [part for part in re.split("_+", whole) if IDEOGRAPH.search(part)]
    name = TRAILING_YEAR.sub("", max(parts, key=len, default="").strip(" -()[]"))
    return name if _is_title(name, least) else ""


def core(title: str) -> str:
    """What a title is about: of 关于印发《某某办法》的通知 the 某某办法."""
    found = re.search(
        rf"(?:印发|发布|公布|下发|颁布|转发|批转)(.{{4,}}?)(?:的(?:{NOTICE}))?{TAIL}$", title
    )
    inner = found.group(1) if found else title
    return inner.strip("《》〈〉 ")


def trial(title: Reading) -> Iterator[Reading]:
    """Whether the title says 试行 or 暂行."""
    own = CITED.sub("", title.value)
    found = TRIAL.search(own)
    if found and not re.search(rf"(?:废止|修订|修改).{{0,60}}{found.group()}", title.value):
        confidence = round(title.confidence, 2)
        yield _copy(title, "trial", "true", confidence)


def _copy(title: Reading, field: str, value: str, confidence: float) -> Reading:
    return title.model_copy(update={"field": field, "value": value, "confidence": confidence})


def audience(page: Page, title: Reading | None) -> Iterator[Reading]:
    """For whom it is: by the title, or by a clause on whom it applies to."""
    named = _groups(title.value) if title else ""
    if title and named:
        yield _copy(title, "audience", named, round(min(0.75, title.confidence), 2))
    scope = SCOPE.search(page.text)
    clause = _groups(scope.group(1)) if scope else ""
    if scope and clause:
        yield read("audience", clause, scope.span(1), confidence=0.62)


def _groups(text: str) -> str:
    return "、".join(list(dict.fromkeys(GROUP.findall(text)))[:3])
