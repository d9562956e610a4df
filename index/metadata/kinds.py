"""What kind of document it is: policy, plan, report, call for applications, guide, event."""

import re
from collections.abc import Iterator

from policyqa.index.metadata.dates import period
from policyqa.index.metadata.issuers import DATELINE, MEDIUM
from policyqa.index.metadata.page import ARTICLE, NOTICE, RULES, TAIL, Page, read
from policyqa.index.metadata.titles import LEADS, VERBS, core
from policyqa.index.text.numerals import TENS
from policyqa.index.types import Kind, Reading

PLAN = re.compile(rf"(?:规划|规划纲要|五年计划){TAIL}$")
PROGRAMME = re.compile(rf"(?:纲要|计划|方案){TAIL}$")
GUIDE = re.compile(
    "指南|指引|问答|常见问题|热点.{0,4}问|解读|一图|图解|流程|攻略|手册|须知|详解|一文|如何|怎么|怎样|什么|简介|清单|名单|一览|汇总|对照表|目录|您?想了解"
    r"|请查收|[？?]$|\d{1,3}问$|比较"
)
EXPLAINS = re.compile("^(?:【?.{0,4}】?)?(?:解读|一图读懂|图解|政策问答)|(?:解读|问答)$")
WHOLE = 10  # articles, each with a line of its own
NO_DECREE = re.compile("公开信|倡议书|告知书|说明$|报告$")
CALL = re.compile(
    "申报|征集|报名|招聘|选聘|招募|遴选|评选|推荐.{0,12}(?:工作|人选|对象)|招生|招录|申请|受理|申领|认定工作|选拔|参评|征求"
)
CALLS = re.compile(rf"(?:通知|公告|通告|启事|简章|公开信){TAIL}$")
DECREES = re.compile(rf"(?:{NOTICE}|{RULES}|令){TAIL}$")
EVENT = re.compile(
    r"(?:活动|大会|论坛|招聘会|双选会|宣讲会|对接会|邀请函|预告|日程|议程|沙龙|大赛)(?:（.{1,20}）)?$"
)
STEP = re.compile(
    rf"^(?:[（(]?[{TENS}\d]{{1,2}}[）)、.．\s]\s*)?((?:受理|办理|申请|申报|申领|所需|提交)"
    r"(?:条件|对象|材料|资料|流程|程序|步骤|方式|渠道|时限|时间|地点)|收费标准)\s*(?:[:：]|$)",
    re.M,
)
STEPS = 3  # particulars of how to apply that make a guide
EVENT_TIME = re.compile("^(?:活动|举办|会议)?(?:时间|地点)[：:]|^(?:举办|活动)(?:时间|地点)$", re.M)
REPORTER = re.compile(
    r"(?:本报|本台|本网|新华社|[\u4e00-\u9fff]{2,8}(?:日报|晚报|时报|商报|网))[^。\n]{0,12}(?:讯|电)[\s（(]"
    r"|^[□■\s]{0,3}(?:本报|新华社|人民日报|[\u4e00-\u9fff]{2,8}(?:日报|晚报|时报))?\s{0,2}(?:首席|特约)?记者[\s:：]"
    r"|[（(](?:本报|新华社)?[^（）()]{0,12}(?:记者|通讯员)[\s:：][^（）()]{2,40}[）)]|记者[^。\n]{0,20}(?:获悉|了解到|采访|专访)|原标题[:：]",
    re.M,
)
REPORTS = re.compile(
    r"^(?:\d{1,2}月\d{1,2}日|\d{1,2}日|近日|日前|近期|昨日?天?|今天|今日|连日来|记者)|(?:获悉|了解到)"
)
AS_FOLLOWS = re.compile("现(?:就|将)[^。\n]{2,80}(?:通知|通告|公告|公布|规定|意见)如下")
EDITORS = re.compile(r"^(?:责编|责任编辑|版式设计|版式|美编|本报记者)\s{0,2}[:：]?.{0,20}$", re.M)


def is_news(page: Page, *, numbered: bool) -> bool:
    """Whether a document is a newspaper's report, by its byline, dateline or reporters."""
    if numbered:
        return False
    ends = page.text[:1500] + "\n" + page.text[-400:]
    return bool(REPORTER.search(ends) or DATELINE.search(page.text[:300]) or EDITORS.search(ends))


def kinds(page: Page, title: Reading | None, *, numbered: bool, news: bool) -> Iterator[Reading]:
    """What a document may be, surest first by confidence."""
    medium = any(p.field == "source" and MEDIUM.search(p.value) for p in page.particulars)
    decreed = title is not None and DECREES.search(title.value) is not None
    if news:
        yield read("kind", "news", confidence=0.7 if decreed else 0.88)
    elif medium and not decreed and not numbered:
        yield read("kind", "news", confidence=0.72)
    if title and not (news and not decreed):
        yield from _by_title(page, title, numbered=numbered)
    if not news and not numbered and not page.signatures and REPORTS.search(_first_words(page)):
        yield read("kind", "news", confidence=0.6)
    if not page.is_sheet and sum(1 for line in page.lines if ARTICLE.match(line.text)) >= WHOLE:
        yield read("kind", "policy", confidence=0.92)  # the rules themselves, under whatever title
    if page.is_sheet:
        yield read("kind", "guide", confidence=0.6)
    if len(set(STEP.findall(page.text))) >= STEPS:
        yield read("kind", "guide", confidence=0.55)
    if AS_FOLLOWS.search(page.text[:3000]) and page.signatures:
        yield read("kind", "policy", confidence=0.6)
    articles = sum(1 for line in page.lines if ARTICLE.match(line.text))
    if not page.is_sheet and (articles >= 3 or numbered):
        yield read("kind", "policy", confidence=0.74 if articles >= 3 else 0.7)


def _first_words(page: Page) -> str:
    first = page.lines[page.head : page.head + 1]
    return first[0].text[:60] if first else ""


def _by_title(page: Page, title: Reading, *, numbered: bool) -> Iterator[Reading]:
    kind, confidence = _titled(title.value, numbered=numbered)
    if kind == "other" and EVENT.search(title.value) and EVENT_TIME.search(page.text):
        kind, confidence = "event", 0.7
    if kind != "other":
        sure = round(min(confidence, title.confidence + 0.1), 2)
        yield title.model_copy(update={"field": "kind", "value": kind, "confidence": sure})


def _titled(title: str, *, numbered: bool) -> tuple[Kind, float]:
    about = core(title)
    if EXPLAINS.search(title):
        return "guide", 0.9
    if PLAN.search(about) or (period(about) and PROGRAMME.search(about)):
        return "plan", 0.9
    if NO_DECREE.search(title):
        return "other", 0.0
    if about == title and CALLS.search(title) and CALL.search(title):
        return "notice", 0.85
    if about == title and GUIDE.search(title) and not numbered:
        return "guide", 0.84
    if DECREES.search(title) and not VERBS.search(title):
        return "policy", 0.9 if numbered else 0.8 if LEADS.search(title) else 0.58
    return "other", 0.0
