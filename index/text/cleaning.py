"""A file's text without what is not its own: layout marks, advertisements, bylines, doubles.

Three steps, each a pure function: `cleaned` takes out what cannot be seen, `lines_of` splits into
lines with their kind and sets footnotes apart, `mended` rejoins sentences that the layout broke.
"""

import re
from dataclasses import replace
from itertools import groupby

from policyqa.index.text.lines import (
    CIRCLED,
    NUMBERED,
    SENTENCE_END,
    TERMINAL,
    TextLine,
    columns,
    glued,
)
from policyqa.index.text.traced import Traced
from policyqa.index.text.wrapping import unwrapped

VERSION = "3"

# Zero-width and directional characters, soft hyphen, BOM, variation selectors, Unicode tags.
INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f"
    "\x00-\x08\x0b\x0e-\x1f\x7f]"
)
# Word's bookmarks and field codes, as text exports write them.
LAYOUT_MARK = re.compile(r"\[bookmark:[^\]\n]{0,80}\]|\[footnoteRef:\d+\]")
FOOTNOTE = re.compile(r"(?:(?<![ \t])[ \t]+)?\[(\d{1,3}):[ \t]{1,4}([^\[\]]{2,2000})\][ \t]*")
FOOTNOTE_REF = re.compile(r"\[footnoteRef:(\d{1,3})\]")
LINE_BREAK = re.compile(r"\r\n?|[\n\x0c\u2028\u2029]|(?<=\S)\u3000{2,}")

MASTHEAD = (
    r"^[\u4e00-\u9fff\s]{0,12}\d{4}年\d{1,2}月\d{1,2}日"
    r"[\s\u4e00-\u9fff]{0,10}第?[\dA-Z]{1,3}版.{0,12}$"
)
BYLINE = re.compile(
    r"^[□■●◆\s]*(本报|本台|[\u4e00-\u9fff]{2,8}(社|报|网|台|客户端|频道))?\s*"
    r"(特约|首席|见习|实习|全媒体)*(记者|通讯员)[\s:：]*[\u4e00-\u9fff·\s]{2,30}$"
    r"|^(本版)?(责编|责任编辑|版式设计|版式|美编|编辑|校对|审核|图片?编辑)\s*[:：].{1,40}$"
    r"|^(本版)?(责编|责任编辑|编辑)\s+[\u4e00-\u9fff]{2,4}(\s+[\u4e00-\u9fff]{2,4}){0,7}$"
    rf"|{MASTHEAD}"
    r"|^\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?[\s\d:：]*来源\s*[:：].{1,30}$|^来源\s*[:：].{1,30}$"
    r"|^[（(](此页无正文|此件公开发布|此件主动公开|本页无正文)[）)]$"
)
CREDIT = re.compile(r"^[^。！？]{0,30}(供图|摄|资料图片|制图|图片来源.{0,20})[）)]?$")
END_CREDIT = re.compile(r"(?<=\S)[（(][^（）()。]{0,20}(资料图片|供图|摄|制图)[）)]$")
PICTURE = re.compile(
    r"^[▲▼◆△▽]|^[\[【（(]图片?(说明)?[:：]|^[（(]?(上图|下图|左图|右图|图为|图①|图片)|资料图片[）)]$"
)
NAVIGATION = re.compile(
    r"^(加入收藏|设为首页|收藏本站|返回首页|打印(本页)?|关闭(窗口)?|分享到?.{0,12}|扫一扫.{0,20}"
    r"|【?字体.{0,12}】?|[您你]?的?(现在|当前|目前|[您你]所?在)(所在)?的?(当前)?位置是?\s*([:：>›»首].{0,80})?"
    r"|首页\s*[>›»].{0,60}|[【\[]?大\s+中\s+小[】\]]?|上一篇.{0,60}|下一篇.{0,60})$"
)
TAIL = re.compile(
    r"^(关键词|标签|相关(阅读|链接|新闻|推荐|文章)|推荐阅读|延伸阅读|猜你喜欢|热门(推荐|文章|新闻)"
    r"|大家都在看|免责声明|版权声明|友情链接|更多(新闻|资讯))\s*([:：].*)?$"
)
TEASER = re.compile(r"(\.{3,}|…{1,3})\s*(更多|详细|查看|\[)|更多\s*[>》»]|(\.{3,}|…)$")
RULE = re.compile(r"^[-—_=*~─━]{5,}$")
MARK = re.compile(r"[①-⑳]|[\[［〔]\d{1,2}[\]］〕]")
COMMA, SENTENCE = re.compile("[，、]"), re.compile("[。！？]")
MIN_BROKEN_CHARS = 24
MAX_MENDED_CHARS = 20_000  # what is joined to a line beyond is no sentence that goes on
COMMAS = ("，", "、", ",")
DOUBLED = re.compile(r"([^\n]{9,120}?)[ \u3000]{0,20}(?=\1)")
LEAST_DOUBLED, MOST_DOUBLED = 9, 140  # characters to what is said again, the blanks among them


def cleaned(body: Traced) -> Traced:
    """Without characters that nobody sees."""
    return body.without(INVISIBLE)


def lines_of(original: Traced) -> list[TextLine]:
    """A text's own lines, cleaned, in reading order; empty when nothing is left."""
    lines = [_classified(part) for part in cleaned(original).split(LINE_BREAK)]
    lines = _without_tail(unwrapped(_without_navigation(lines)))
    return _without_doubles(_captioned(_below_rule(_footnoted(lines))))


def _classified(part: Traced) -> TextLine:
    cell = part.text.startswith("\t")
    stripped = part.strip(" \u3000\xa0\r\n" if cell else None)
    if not stripped.text.strip():
        return TextLine(stripped, "cell" if cell else "blank")
    indent = columns(part.text[: len(part.text) - len(part.text.lstrip())])
    width = indent + columns(stripped.text)
    return TextLine(stripped, "cell" if cell else "text", indent=indent, columns=width)


def _without_navigation(lines: list[TextLine]) -> list[TextLine]:
    return [line for line in lines if not NAVIGATION.match(line.text.strip())]


def _without_tail(lines: list[TextLine]) -> list[TextLine]:
    """Cut other pages' teasers that follow a closing label such as 关键词 or 相关阅读.

    The label alone proves nothing (a policy has its 关键词 on top): what follows must be mostly
    teasers or unfinished lines, and must hold no numbered clause.
    """
    total = sum(len(line.text) for line in lines)
    seen = 0
    for number, line in enumerate(lines):
        if seen * 3 >= total and TAIL.match(line.text.strip()) and _is_litter(lines[number + 1 :]):
            return lines[:number]
        seen += len(line.text)
    return lines


def _is_litter(lines: list[TextLine]) -> bool:
    texts = [line.text.strip() for line in lines if line.text.strip()]
    if any(NUMBERED.match(text) and text[0] in "第一二三（" for text in texts):
        return False
    finished = sum(len(t) for t in texts if t[-1] in SENTENCE_END and not TEASER.search(t))
    return finished * 3 <= sum(map(len, texts))


def _footnoted(lines: list[TextLine]) -> list[TextLine]:
    """Marks out; the words of each note become a line of their own after its line."""
    known = {
        m.group(1): int(line.body.at[m.start()])
        for line in lines
        for m in FOOTNOTE_REF.finditer(line.text)
    }
    result: list[TextLine] = []
    for line in lines:
        notes = [m for m in FOOTNOTE.finditer(line.text) if m.group(1) in known]
        body = line.body.without_spans([m.span() for m in notes]).without(LAYOUT_MARK)
        blank = line.kind == "text" and not body.text.strip() and bool(line.text.strip())
        if not blank:
            result.append(replace(line, body=body))
        for m in notes:
            note = line.body[slice(*m.span(2))].strip()
            number = m.group(1)
            result.append(TextLine(note, "note", f"脚注{number}", known[number]))
    return result


def _below_rule(lines: list[TextLine]) -> list[TextLine]:
    """Notes that stand below a rule, or with their number in brackets: a line that begins with a
    mark (①, [1]) which an earlier line calls. The marks go, and so do the rules."""
    result: list[TextLine] = []
    ruled = False
    for line in lines:
        mark = MARK.match(line.text) if line.kind == "text" else None
        if line.kind == "text" and RULE.match(line.text.strip()):
            ruled = True
            continue
        called = _caller(result, mark.group()) if mark and (ruled or mark.group()[1:]) else None
        if mark is None or called is None:
            ruled = ruled and line.kind != "text"
            result.append(line)
            continue
        n, at = called
        anchor = int(result[n].body.at[at])
        marked = result[n].body.without_spans([(at, at + len(mark.group()))])
        result[n] = replace(result[n], body=marked)
        label = f"脚注{number_in(mark.group())}"
        result.append(TextLine(line.body[mark.end() :].strip(), "note", label, anchor))
    return result


def _caller(lines: list[TextLine], mark: str) -> tuple[int, int] | None:
    """The last line with a mark behind its first word, and where in it."""
    for n in range(len(lines) - 1, -1, -1):
        at = lines[n].text.find(mark, 1) if lines[n].kind == "text" else -1
        if at > 0:
            return n, at
    return None


def number_in(mark: str) -> int:
    """The number that ③ or [3] writes."""
    return CIRCLED.index(mark) + 1 if mark in CIRCLED else int(mark[1:-1])


def _captioned(lines: list[TextLine]) -> list[TextLine]:
    """Mark bylines, picture credits, and the caption that stands just above a credit."""
    lines = [part for line in lines for part in _without_credit(line)]
    marked = list(lines)
    filled = [n for n, line in enumerate(lines) if line.kind == "text"]
    for place, n in enumerate(filled):
        text = lines[n].text.strip()
        if BYLINE.match(text):
            marked[n] = replace(lines[n], kind="byline")
        elif PICTURE.search(text):
            marked[n] = replace(lines[n], kind="caption")
        elif CREDIT.match(text) and len(text) <= 34:
            marked[n] = replace(lines[n], kind="byline")
            above = filled[place - 1] if place else None
            if above is not None and len(lines[above].text) <= 80:
                marked[above] = replace(lines[above], kind="caption")
    return marked


def _without_credit(line: TextLine) -> list[TextLine]:
    """A caption and the credit in brackets at its end, as two lines."""
    found = END_CREDIT.search(line.text) if line.kind == "text" else None
    if found is None:
        return [line]
    caption, credit = line.body[: found.start()], line.body[found.start() :]
    return [replace(line, body=caption, kind="caption"), replace(line, body=credit, kind="byline")]


def _without_doubles(lines: list[TextLine]) -> list[TextLine]:
    """Drop a line that repeats the one before it."""
    result: list[TextLine] = []
    last = ""
    for line in lines:
        text = line.text.strip()
        if line.kind in ("text", "caption") and len(text) > 4 and text == last:
            continue
        result.append(line)
        last = text or last
    return result


def undoubled(body: Traced) -> Traced:
    """Without the first of two equal runs of ten or more characters that follow each other."""
    spans, end = [], 0
    for at in _said_again(body.text):
        if at >= end and (found := DOUBLED.match(body.text, at)):
            end = found.end()
            spans += [] if _is_filler(found.group(1)) else [found.span()]
    return body.without_spans(spans) if spans else body


def _said_again(text: str) -> list[int]:
    """Where `DOUBLED` may match, in order: its first characters come again near by. To try it
    everywhere takes ten times as long."""
    found: list[int] = []
    after: dict[str, int] = {}
    for at in range(len(text) - LEAST_DOUBLED, -1, -1):
        first = text[at : at + LEAST_DOUBLED]
        if after.get(first, len(text) + MOST_DOUBLED) - at <= MOST_DOUBLED:
            found.append(at)
        after[first] = at
    return found[::-1]


def _is_filler(text: str) -> bool:
    return len(set(text)) < 6


def is_open(text: str) -> bool:
    """Whether a running text breaks off: no end of sentence, and too long for a heading."""
    stripped = text.rstrip()
    if not stripped or stripped[-1] in TERMINAL:
        return False
    if len(stripped) <= 40 and stripped.count("《") > stripped.count("》"):
        return True
    return stripped[-1] in "，、,—" or len(stripped) > 40 or bool(re.search("[。；！？]", stripped))


def breaks_off(text: str, below: str) -> bool:
    """Whether a line ends in the middle of a sentence whose short rest stands below it."""
    if text[-1] in TERMINAL or not COMMA.search(text) or NUMBERED.match(below):
        return False
    whole = below[-1] in SENTENCE_END and not SENTENCE.search(below[:-1])
    return len(text) >= MIN_BROKEN_CHARS and whole and len(below) < len(text)


def continues(text: str) -> bool:
    """Whether a line can be the rest of a broken sentence: running text, no number before it."""
    stripped = text.strip()
    if not stripped or NUMBERED.match(stripped) or stripped[0] in "□▲▼":
        return False
    return stripped[-1] in TERMINAL or len(stripped) > 30


def closes_title(text: str) -> bool:
    """Whether a line ends a title that was opened with 《 on the line before."""
    return "》" in text and text.count("》") > text.count("《") and len(text) <= 40


def mended(lines: list[TextLine]) -> list[TextLine]:
    """Rejoin what the layout broke: an open line takes the next running line to itself.

    Blank lines, bylines, captions and notes between the two are stepped over (all but blank lines
    follow after); a heading or a numbered clause is not.
    """
    result: list[TextLine] = []
    mixed = _mixed_columns(lines)
    n = 0
    while n < len(lines):
        line, n = lines[n], n + 1
        aside: list[TextLine] = []
        while (
            line.kind == "text"
            and len(line.text) < MAX_MENDED_CHARS
            and (is_open(line.text) or _has_rest(line, lines[n : n + 1]))
        ):
            found = _rest_of(lines, n)
            if found is None or (found > n and mixed[n - 1] and line.text.endswith(COMMAS)):
                break
            aside += [x for x in lines[n:found] if x.kind in ("caption", "note", "byline")]
            line = replace(line, body=glued(line.body, lines[found].body))
            n = found + 1
        if line.kind == "text":
            line = replace(line, body=undoubled(line.body))
        result += [line, *aside]
    return result


def _mixed_columns(lines: list[TextLine]) -> list[bool]:
    """Whether the columns around each line are out of order: between two reporters' names a line
    breaks off at a comma and nothing goes on from it. Then no other line there that ends with a
    comma can be trusted to go on in the next paragraph."""
    mixed: list[bool] = []
    for is_byline, run in groupby(range(len(lines)), key=lambda n: lines[n].kind == "byline"):
        places = list(run)
        breaks = any(
            lines[n].kind == "text"
            and lines[n].text.endswith(COMMAS)
            and _rest_of(lines, n + 1) is None
            for n in places
        )
        mixed += [breaks and not is_byline] * len(places)
    return mixed


def _has_rest(line: TextLine, below: list[TextLine]) -> bool:
    text, rest = line.text.strip(), below[0].text.strip() if below else ""
    return bool(text and rest) and below[0].kind == "text" and breaks_off(text, rest)


def _rest_of(lines: list[TextLine], start: int) -> int | None:
    """Index of the line that continues an open one, within the next twelve."""
    for n in range(start, min(start + 12, len(lines))):
        if lines[n].kind == "text":
            return n if continues(lines[n].text) or closes_title(lines[n].text) else None
        if lines[n].kind == "cell":
            return None
    return None
