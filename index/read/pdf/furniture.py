"""What pages carry besides their text: headers, footers, page numbers, watermarks, web chrome."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile
from statistics import median

from policyqa.index.read.pdf.glyphs import ems
from policyqa.index.read.pdf.lines import PdfLine
from policyqa.index.text.numerals import HAN

MARGIN_SHARE = 0.16
PLACE = 4.0
MIN_REPEATS = 3
MIN_REPEAT_SHARE = 0.3
SMALL, LARGE = 0.9, 1.2
APART = 1.25
MAX_PITCH_EM = 2.0
MAX_HEAD_EM = 40.0
MIN_HEAD_CHARS = 5
WATERMARK_SIZE = 1.6
WATERMARK_SHARE = 0.8
PAGE = rf"(?:\d{{1,4}}|[ivxlcIVXLC]{{1,6}}|[{HAN}]{{1,5}})"
PAGE_NUMBER = re.compile(
    rf"[-—–―－·•~～]+\s*(?:{PAGE}|\d(?:\s?\d){{1,3}})\s*[-—–―－·•~～]+"
    rf"|[-—–―一]\s*\d{{1,4}}\s*[-—–―一]"
    rf"|第\s*{PAGE}\s*页(?:\s*[,，/／|]?\s*[（(]?共\s*{PAGE}\s*页[）)]?)?"
    rf"|共\s*{PAGE}\s*页\s*[,，/／|]?\s*第\s*{PAGE}\s*页"
    rf"|{PAGE}\s*[/／]\s*{PAGE}|[Pp]age\s*\d+(?:\s*of\s*\d+)?|[Pp]\.\s*\d+"
)
BARE_NUMBER = re.compile(r"\d{1,4}|[ivxlc]{1,6}")
PRINT_STAMP = re.compile(
    r"(?:https?://|file:///|www\.)\S+(?:\s+\d+\s*/\s*\d+)?|\d+\s*/\s*\d+\s+(?:https?://)\S+"
    r"|\d{2,4}[/.-]\d{1,2}[/.-]\d{1,4},?\s*(?:上午|下午|AM|PM)?\s*\d{1,2}:\d{2}(?::\d{2})?(?:\s*(?:AM|PM))?(?:\s+.*)?",
)
CONTENTS = re.compile(r"目\s*[录錄次]|contents", re.IGNORECASE)
DOTS = "[.．·•…‥⋯・]"
LEADER = re.compile(
    rf"[^\s：:.．·•…‥⋯・]\s*(?:(?:{DOTS}\s*){{5,}}|(?:{DOTS}\s*){{2,}}[-—(（\s]*{PAGE}[-—)）\s]*)$"
)
MIN_ENTRIES = 3
PAGE_OF = re.compile(r"(?<=第)\s*\d{1,4}(?=\s*页)")
FOLIO = re.compile(r"^\d{1,3}(?=[\s—–·|-])|(?<![\d.])\d{1,3}$")
STATEMENT = re.compile(
    rf"[。；，！？]|[：、]$|^\s*第\s*(?:\d+|[{HAN}]+)\s*[条款]|\d\s*[百千万亿]*元"
    r"|[于自至在]\s*\d+\s*年|日(?:之?前|起|止|至|以)"
)
CHROME = re.compile(
    r"(?:网站)?首页(?:\s+[^\s。，]{2,8}){1,15}|(?:返回)?(?:首页|网站首页)(?:\s*[>›»|/].{0,80})?|(?:您?(?:现在|当前)?(?:所在)?(?:的)?位置)\s*[:：].{0,80}"
    r"|(?:【?\s*字体\s*[:：]?.{0,16})|(?:【?\s*(?:打印|关闭|收藏|大|中|小)(?:本页|窗口)?\s*】?\s*)+"
    r"|分享(?:到|至)?\s*[:：]?(?:\s*(?:微信|微博|QQ空间?|朋友圈|新浪微博|人人网|复制链接))*|扫一扫.{0,24}"
    r"|.{0,40}(?:版权所有|Copyright\s*[©Ⓒ(]).{0,80}|.{0,30}[\u4e00-\u9fff]ICP备\s*\d+.{0,60}"
    r"|.{0,20}网站标识码\s*[:：]?.{0,60}|.{0,30}公网安备.{0,60}|(?:主办|承办|运行维护|技术支持)单位?\s*[:：][^。]{2,40}"
    r"|(?:网站地图|联系我们|关于我们|网站声明|无障碍(?:浏览|阅读)?|登录|注册|繁體?|简体|English|EN|手机版|\||\s){2,}"
    r"|(?:上一篇|下一篇)\s*[:：].{0,80}|浏览(?:次数|量)\s*[:：]?\s*\d*\s*次?|责任编辑\s*[:：].{0,12}"
)
LINKS = re.compile(
    r"【?(?:相关(?:链接|阅读|新闻|文章|推荐|稿件)|推荐阅读|友情链接|热门推荐)】?\s*[:：]?"
)
SENTENCE = re.compile(r"[。；]")
MAX_LINK_CHARS = 60


Sheet = tuple[Sequence[PdfLine], float, float]
"""A page's pieces, its width and its height."""


def without_furniture(sheets: Sequence[Sheet], body_size: float) -> list[list[PdfLine]]:
    """The pieces of each page that are its text."""
    repeated, numbered = _repeated(sheets), _numbered(sheets)
    running = _running(sheets)
    behind, pitch = _watermarks(sheets, body_size), _pitch(sheets, body_size)
    kept = []
    for page, (pieces, _, height) in enumerate(sheets):
        inner = [
            p for p in pieces if _place(p) not in behind or p.size < WATERMARK_SIZE * body_size
        ]
        sure = _sure(inner, page, numbered)
        said = running | {id(p) for p in inner if repeated & _keys(p, page)}
        beside = _beside(inner, sure)
        heads = _heads(inner, beside, said, body_size)
        own = beside | {id(p) for p in inner if p.size <= SMALL * body_size}
        gone: set[int] = set()
        for rows in _margins(inner, height):
            reached = _reachable(rows, sure | heads)
            apart = _apart(reached, _rows(inner), pitch)
            gone |= _ids(reached) & (sure | heads & (own | apart))
        kept.append([p for p in inner if id(p) not in gone])
    return kept


def without_contents(sheets: Sequence[Sequence[PdfLine]]) -> list[list[PdfLine]]:
    """The pieces of each page without tables of contents: entries led to their page by dots, or
    under the word by white; with the word, and what stands among them."""
    kept: list[list[PdfLine]] = []
    before = 0
    for pieces in sheets:
        rows = _rows(pieces)
        held = _contents(rows, MIN_ENTRIES if not before else 1)
        gone = {id(piece) for n in held for piece in rows[n]}
        kept.append([piece for piece in pieces if id(piece) not in gone])
        before = len(held)
    return kept


def _contents(rows: Sequence[Sequence[PdfLine]], enough: int) -> set[int]:
    """Numbers of a page's rows that are a table of contents."""
    word = next((n for n, row in enumerate(rows) if CONTENTS.fullmatch(_words(row))), None)
    entries = {n for n, row in enumerate(rows) if LEADER.search(_words(row))}
    if word is not None:
        white = {n for n, row in enumerate(rows) if len(row) > 1 and row[-1].text.isdecimal()}
        entries |= {n for n in white if n > word}
    if len(entries) < enough:
        return set()
    first = min(entries) if word is None else min(word, *entries)
    whole = set(range(first, max(entries) + 1))
    return whole if 2 * len(entries) + 1 >= len(whole) else entries


def _words(row: Sequence[PdfLine]) -> str:
    return " ".join(piece.text for piece in row)


def is_stamped(sheets: Iterable[Sheet]) -> bool:
    """Whether the pages were printed by a browser: its stamp stands in their margin."""
    return any(
        PRINT_STAMP.fullmatch(piece.text) and "://" in piece.text
        for pieces, _, height in sheets
        for row in _outer_rows(pieces, height)
        for piece in row
    )


def _sure(pieces: Sequence[PdfLine], page: int, numbered: set[tuple[int, int]]) -> set[int]:
    """Ids of page numbers and of what a browser prints on a page."""
    stamped = {p.row for p in pieces if PRINT_STAMP.fullmatch(p.text)}
    return {
        id(p)
        for p in pieces
        if p.row in stamped
        or PAGE_NUMBER.fullmatch(p.text)
        or (BARE_NUMBER.fullmatch(p.text) and (page, p.row) in numbered)
    }


def _beside(pieces: Sequence[PdfLine], sure: set[int]) -> set[int]:
    """Ids of the pieces at the height of those that are `sure`."""
    bases = [p.base for p in pieces if id(p) in sure]
    return {id(p) for p in pieces if any(abs(p.base - base) < PLACE for base in bases)}


def _heads(
    pieces: Sequence[PdfLine], beside: set[int], said: set[int], body_size: float
) -> set[int]:
    """Ids of pieces `said` by other pages too that may be running heads, and of numbers in their
    rows: short, no statement, no larger than the text unless `beside` what is no text."""
    heads = {
        id(p)
        for p in pieces
        if id(p) in said
        and (id(p) in beside or p.size <= LARGE * body_size)
        and ems(p.text) <= MAX_HEAD_EM
        and not STATEMENT.search(p.text)
    }
    rows = {p.row for p in pieces if id(p) in heads}
    return heads | {id(p) for p in pieces if p.row in rows and BARE_NUMBER.fullmatch(p.text)}


def _pitch(sheets: Sequence[Sheet], body_size: float) -> float:
    """The usual distance of two rows."""
    steps = [b[0].base - a[0].base for s in sheets for a, b in pairwise(_rows(s[0]))]
    return min(median(steps), MAX_PITCH_EM * body_size) if steps else 0.0


def _apart(
    reached: Sequence[Sequence[PdfLine]], rows: Sequence[Sequence[PdfLine]], pitch: float
) -> set[int]:
    """Ids of the pieces of rows, from the edge of the page, that white parts from all others."""
    others = [row[0].base for row in rows if not _ids([row]) & _ids(reached)]
    bases = [row[0].base for row in reached]
    for count in range(len(reached), 0, -1):
        rest = [*others, *bases[count:]]
        if all(abs(bases[count - 1] - base) >= APART * pitch for base in rest):
            return _ids(reached[:count])
    return set()


def _ids(rows: Iterable[Iterable[PdfLine]]) -> set[int]:
    return {id(piece) for row in rows for piece in row}


def _margins(
    pieces: Sequence[PdfLine], height: float
) -> tuple[list[list[PdfLine]], list[list[PdfLine]]]:
    """The rows in the top and in the bottom margin, each from the edge of the page inwards."""
    ordered = _rows(pieces)
    top = [row for row in ordered if row[0].bottom < MARGIN_SHARE * height]
    low = [row for row in reversed(ordered) if row[0].top > (1 - MARGIN_SHARE) * height]
    return top, low


def _rows(pieces: Sequence[PdfLine]) -> list[list[PdfLine]]:
    """The rows of a page from the top."""
    rows: dict[int, list[PdfLine]] = defaultdict(list)
    for piece in pieces:
        rows[piece.row].append(piece)
    return sorted(rows.values(), key=lambda row: row[0].base)


def _outer_rows(pieces: Sequence[PdfLine], height: float) -> list[list[PdfLine]]:
    top, low = _margins(pieces, height)
    return [*top, *low]


def _reachable(rows: Sequence[Sequence[PdfLine]], drop: set[int]) -> list[Sequence[PdfLine]]:
    """Rows of furniture with nothing but furniture between them and the edge of the page."""
    return list(takewhile(lambda row: any(id(piece) in drop for piece in row), rows))


def _place(piece: PdfLine) -> tuple[str, int, int]:
    return piece.text, round(piece.x0 / PLACE), round(piece.base / PLACE)


def _keys(piece: PdfLine, page: int) -> set[tuple[str, int]]:
    """What a piece says, also with its page's number as the distance to `page`, and its height;
    headers of odd pages stand elsewhere."""
    text, height = PAGE_OF.sub("#", piece.text), _height(piece)
    keys = {(text, height)}
    if not MIN_HEAD_CHARS > len(FOLIO.sub("", text).strip()) > 0:
        keys.add((FOLIO.sub(lambda m: f"#{int(m.group()) - page}", text), height))
    return keys


def _height(piece: PdfLine) -> int:
    return round(piece.base / (2 * PLACE))


def _repeated(sheets: Sequence[Sheet]) -> set[tuple[str, int]]:
    """Pieces in the margins that many pages carry at the same height."""
    counts: Counter[tuple[str, int]] = Counter()
    for page, (pieces, _, height) in enumerate(sheets):
        rows = _outer_rows(pieces, height)
        counts.update({key for row in rows for piece in row for key in _keys(piece, page)})
    return {key for key, count in counts.items() if count >= _enough(sheets)}


def _enough(sheets: Sequence[Sheet]) -> float:
    return max(MIN_REPEATS, MIN_REPEAT_SHARE * len(sheets))


def _running(sheets: Sequence[Sheet]) -> set[int]:
    """Ids of the pieces of running heads that change with the chapter: rows at a height where many
    pages (or all) say what others do. The first one that says it stays, as it may be a title,
    unless a row of larger type on its page says so."""
    places: dict[int, list[tuple[int, str, list[PdfLine]]]] = defaultdict(list)
    for page, (pieces, _, height) in enumerate(sheets):
        for row in _outer_rows(pieces, height):
            words = " ".join(p.text for p in row if not BARE_NUMBER.fullmatch(p.text))
            places[_height(row[0])].append((page, words, row))
    later: set[int] = set()
    for rows in places.values():
        counts = Counter(words for _, words, _ in rows)
        again = [(page, words, row) for page, words, row in rows if words and counts[words] > 1]
        if len({page for page, _, _ in again}) < min(_enough(sheets), max(len(sheets), 2)):
            continue
        firsts = {words: row for _, words, row in reversed(again)}
        later |= {id(p) for _, words, row in again if firsts[words] is not row for p in row}
        later |= {id(p) for page, _, row in rows for p in row if _is_said(p, sheets[page][0])}
    return later


def _is_said(piece: PdfLine, pieces: Sequence[PdfLine]) -> bool:
    return any(p.text.endswith(piece.text) and p.size * SMALL >= piece.size for p in pieces)


def _numbered(sheets: Sequence[Sheet]) -> set[tuple[int, int]]:
    """Page and row of bare numbers that count with the pages."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for page, (pieces, _, height) in enumerate(sheets):
        for row in _outer_rows(pieces, height):
            if len(row) == 1 and row[0].text.isdecimal():
                found[int(row[0].text) - page].append((page, row[0].row))
    return {place for places in found.values() if len(places) > 1 for place in places}


def _watermarks(sheets: Sequence[Sheet], body_size: float) -> set[tuple[str, int, int]]:
    """Large words that nearly every page carries at exactly one place."""
    counts = Counter(
        place
        for pieces, _, _ in sheets
        for place in {_place(p) for p in pieces if p.size >= WATERMARK_SIZE * body_size}
    )
    enough = max(MIN_REPEATS, WATERMARK_SHARE * len(sheets))
    return {place for place, count in counts.items() if count >= enough}


def chrome_of(texts: Sequence[str]) -> set[int]:
    """Numbers of the paragraphs of a printed web page that belong to the site, told by kind."""
    out = {n for n, text in enumerate(texts) if CHROME.fullmatch(text.strip())}
    for n, text in enumerate(texts):
        if LINKS.fullmatch(text.strip()):
            out.add(n)
            out |= _links_after(texts, n + 1)
    return out


def _links_after(texts: Sequence[str], start: int) -> set[int]:
    """Titles of other pages that follow a heading such as 相关链接."""
    out = set()
    for n in range(start, len(texts)):
        if SENTENCE.search(texts[n]) or len(texts[n]) > MAX_LINK_CHARS:
            break
        out.add(n)
    return out
