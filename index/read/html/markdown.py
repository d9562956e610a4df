"""Markdown (CommonMark with tables), also made from a web page: then its furniture goes too."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.encoding import decode
from policyqa.index.read.extract import (
    Cell,
    Extract,
    Limits,
    Paragraph,
    Part,
    Table,
    hidden_warning,
    struck_warning,
)
from policyqa.index.read.html.article import article_of
from policyqa.index.read.html.blocks import HtmlLine, collapsed, lines_of, merged_headings
from policyqa.index.read.html.chrome import is_foot, is_furniture
from policyqa.index.read.html.looks import (
    background,
    declared,
    is_tiny,
    is_unseen,
    is_white,
)
from policyqa.index.read.html.particulars import iso_date
from policyqa.index.read.html.reader import part_of
from policyqa.index.read.html.tree import STRUCK, Node, page_of

FRONT = re.compile(r"\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
FRONT_LINE = re.compile(r"([\w\u4e00-\u9fff -]+?)\s*[:：]\s*(.*)")
FRONT_NAMES = {
    "title": "title", "标题": "title", "date": "date", "日期": "date", "发布日期": "date",
    "成文日期": "date", "issuer": "issuer", "发文机关": "issuer", "发布机构": "issuer",
    "doc_number": "doc_number", "文号": "doc_number", "发文字号": "doc_number",
}  # fmt: skip
MIME = re.compile(r"Content-(Type|Disposition|Transfer-Encoding|Location|ID)\s*:", re.IGNORECASE)
MIME_TYPE = re.compile(r"Content-Type\s*:\s*([\w-]+/[\w-]+)", re.IGNORECASE)
READABLE = frozenset(("text/html", "text/plain", "multipart/related", "multipart/mixed"))
BREAK, TAG_NAME = re.compile(r"<br\b", re.IGNORECASE), re.compile(r"<(/?)([a-zA-Z]+)")
STYLE = re.compile(r"""\bstyle\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
VOID = frozenset(("br", "hr", "img", "input", "wbr"))
OPEN_TABLE, CLOSE_TABLE = re.compile("<table\\b", re.I), re.compile("</table\\s*>", re.I)
PIECE_BREAK = "\x00"


class _Markdown(MarkdownIt):
    """Takes every link for one, also `javascript:`: only its words are used."""

    def validateLink(self, url: str) -> bool:
        return True


@dataclass
class _LeftOut:
    """Words that are not read: those struck out (~~旧~~, <del>旧</del>) and those not shown
    (<span style="display:none">)."""

    struck: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def rest(self, tokens: Sequence[Token]) -> list[Token]:
        """Running text without the words that are left out."""
        kept: list[Token] = []
        words: list[str] = []
        open_tags: list[str] = []
        for token in tokens:
            name, closes, hides = _mark(token)
            inside = bool(open_tags)
            if closes and name in open_tags:
                while open_tags.pop() != name:
                    pass
            elif not closes and name and (hides or name == "s" or name in open_tags):
                words = words if inside else (self.hidden if hides else self.struck)
                words += [] if inside else [""]
                open_tags.append(name)
            elif inside:
                words[-1] += "" if name else token.content
            elif name != "s":
                kept.append(token)
        return kept


def _mark(token: Token) -> tuple[str, bool, bool]:
    """The element that a token opens or closes ("" for none, `s` for all that strike out),
    whether it closes it, and whether it hides what stands in it."""
    if token.type in ("s_open", "s_close"):
        return "s", token.nesting < 0, False
    tag = TAG_NAME.match(token.content) if token.type == "html_inline" else None
    if tag is None:
        return "", False, False
    name = tag.group(2).lower()
    style = STYLE.search(token.content)
    look = declared(style.group(1)[1:-1]) if style else {}
    hides = is_unseen(look) or is_tiny(look) or (is_white(look) and background(look) != "other")
    return "s" if name in STRUCK else name, bool(tag.group(1)), hides and name not in VOID


def read(data: bytes, limits: Limits) -> Extract:
    """The parts of a Markdown text.

    Raises:
        UnreadableFile: without text, of unknown encoding, or beyond a bound.
    """
    source = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    front = FRONT.match(source)
    said = _front_matter(front.group(1)) if front else {}
    if len(source) > limits.max_chars:
        raise UnreadableFile(f"文字有 {len(source)} 字，超过上限 {limits.max_chars} 字，请拆分")
    body = Node("body")
    left = _LeftOut()
    lines = list(_lines(source[front.end() :] if front else source, body, limits, left))
    rows = sum(len(line.table.rows) for line in lines if line.table is not None)
    if rows > limits.max_rows:
        raise UnreadableFile(f"表格有 {rows} 行，超过上限 {limits.max_rows} 行，请拆分")
    parts = _parts(_without_mime(lines), body)
    if not parts:
        raise UnreadableFile("文件里没有文字")
    warnings = (*struck_warning(left.struck), *hidden_warning(left.hidden))
    return Extract(tuple(parts), said, warnings)


def _front_matter(text: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for line in text.splitlines():
        found = FRONT_LINE.fullmatch(line.strip())
        field = FRONT_NAMES.get(found.group(1).lower()) if found else None
        if found and field:
            value = found.group(2).strip().strip("\"'").strip()
            value = iso_date(value) if field == "date" else value
            said.update({field: value} if value else {})
    return said


def _parts(lines: Sequence[HtmlLine], body: Node) -> list[Part]:
    """The parts; of a text made from a web page only those of its article."""
    texts = [line.text for line in lines if line.table is None]
    if not any(is_foot(text) or is_furniture(text) for text in texts):
        return [part_of(line) for line in lines]
    article = article_of(body, lines)
    bylines = [Paragraph(f"{n}：{v}" if n else v, "byline") for n, v in article.pairs]
    parts = [part_of(line) for line in article.lines]
    first = parts[0] if parts else None
    top = 1 if isinstance(first, Paragraph) and first.kind == "heading" else 0
    return [*parts[:top], *bylines, *parts[top:]]


def _without_mime(lines: Sequence[HtmlLine]) -> list[HtmlLine]:
    """Lines without what a saved web archive (.mht) has round its page: headers, and the parts
    that are scripts, styles and pictures."""
    kept: list[HtmlLine] = []
    shown = True
    for line in lines:
        if len(MIME.findall(line.text)) >= 2:
            types = MIME_TYPE.findall(line.text)
            shown = not types or types[-1].lower() in READABLE
        elif shown:
            kept.append(line)
    return kept


def _lines(source: str, body: Node, limits: Limits, left: _LeftOut) -> Iterator[HtmlLine]:
    """The lines of a Markdown text in reading order, without what is left out."""
    parser = _Markdown("commonmark").enable(["table", "strikethrough"])
    tokens = parser.use(footnote_plugin, inline=False).parse(source)
    for token in tokens:
        token.children = left.rest(token.children or [])
    end = next((n for n, t in enumerate(tokens) if t.type == "footnote_block_open"), len(tokens))
    notes = _notes(tokens[end:], body)
    tokens = tokens[:end]
    at, marker, heading = 0, "", None
    while at < len(tokens):
        token = tokens[at]
        if token.type == "html_block":
            at, markup = _markup(tokens, at, source)
            yield from _html_lines(markup, body, limits, left)
        elif token.type == "table_open":
            at, table = _table(tokens, at)
            yield HtmlLine("", body, chars=1, table=table)
        elif token.type == "inline":
            yield from _inline_lines(token, body, marker, heading)
            yield from _noted(token, notes)
            marker = ""
        elif token.type in ("fence", "code_block"):
            yield from (_line(x.strip(), body) for x in token.content.splitlines() if x.strip())
        elif token.type == "list_item_open":
            marker = f"{token.info}{token.markup} "
        heading = Node(token.tag) if token.type == "heading_open" else None
        at += 1


def _notes(tokens: Sequence[Token], body: Node) -> dict[str, HtmlLine]:
    """The footnotes by their label, each one line."""
    notes: dict[str, HtmlLine] = {}
    label = ""
    for token in tokens:
        if token.type == "footnote_open":
            label = str(token.meta.get("label", ""))
        elif token.type == "inline" and label:
            words = collapsed("".join(text for text, _, _ in _pieces(token.children or [])))
            text = f"{notes[label].text}{words}" if label in notes else words
            notes[label] = _line(text, body)
            notes[label].note = f"脚注{label}"
    return notes


def _noted(token: Token, notes: dict[str, HtmlLine]) -> Iterator[HtmlLine]:
    """The footnotes whose marks stand in one block, each where it is first called."""
    for child in token.children or []:
        if child.type == "footnote_ref":
            note = notes.pop(str(child.meta.get("label", "")), None)
            if note is not None:
                yield note


def _line(text: str, body: Node) -> HtmlLine:
    return HtmlLine(text, body, chars=len("".join(text.split())), spaced=text)


def _markup(tokens: Sequence[Token], at: int, source: str) -> tuple[int, str]:
    """A block of HTML; a table that blank lines break into several is read to its end."""
    first = tokens[at]
    markup = first.content
    start, end = first.map or [0, 0]
    while len(OPEN_TABLE.findall(markup)) > len(CLOSE_TABLE.findall(markup)):
        later = next((n for n in range(at + 1, len(tokens)) if _ends_table(tokens[n])), None)
        if later is None:
            break
        at, end = later, (tokens[later].map or [0, end])[1]
        markup = "\n".join(source.split("\n")[start:end])
    return at, markup


def _ends_table(token: Token) -> bool:
    return bool(token.map) and bool(CLOSE_TABLE.search(token.content))


def _html_lines(markup: str, body: Node, limits: Limits, left: _LeftOut) -> Iterator[HtmlLine]:
    page = page_of(markup)
    left.struck += page.struck
    left.hidden += (node.text() for node in page.unseen)
    for line in merged_headings(lines_of(page.body, limits)):
        line.node = body
        yield line


def _inline_lines(
    token: Token, body: Node, marker: str, heading: Node | None
) -> Iterator[HtmlLine]:
    """The paragraphs of one block of running text: several where lines are broken on purpose."""
    pieces: list[tuple[str, bool, bool]] = []
    for piece in _pieces(token.children or []):
        if piece[0] != PIECE_BREAK:
            pieces.append(piece)
        else:
            yield from _assembled(pieces, body, marker, heading)
            pieces, marker = [], ""
    yield from _assembled(pieces, body, marker, heading)


def _assembled(
    pieces: Sequence[tuple[str, bool, bool]], body: Node, marker: str, heading: Node | None
) -> Iterator[HtmlLine]:
    text = collapsed("".join(piece for piece, _, _ in pieces))
    if text:
        line = _line(marker + text, body)
        sizes = [(len("".join(piece.split())), bold, link) for piece, bold, link in pieces]
        line.chars = sum(size for size, _, _ in sizes)
        line.linked = sum(size for size, _, link in sizes if link)
        line.bold = all(bold for size, bold, _ in sizes if size)
        line.heading = heading
        line.spaced = " ".join("".join(piece for piece, _, _ in pieces).split())
        yield line


def _pieces(tokens: Sequence[Token]) -> Iterator[tuple[str, bool, bool]]:
    """The words of running text, each with whether it is bold and whether it is a link."""
    bold = link = 0
    for token in tokens:
        if token.type in ("strong_open", "strong_close"):
            bold += token.nesting
        elif token.type in ("link_open", "link_close"):
            link += token.nesting
        elif token.type in ("text", "code_inline", "text_special"):
            yield token.content, bold > 0, link > 0
        elif token.type == "softbreak":
            yield "\n", bold > 0, link > 0
        elif token.type == "hardbreak" or (
            token.type == "html_inline" and BREAK.match(token.content)
        ):
            yield PIECE_BREAK, False, False


def _table(tokens: Sequence[Token], at: int) -> tuple[int, Table]:
    """A pipe table, and where it ends."""
    rows: list[list[Cell]] = []
    while tokens[at].type != "table_close":
        token = tokens[at]
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            pieces = [text for text, _, _ in _pieces(token.children or [])]
            texts = "".join(pieces).split(PIECE_BREAK)
            rows[-1].append(Cell("\n".join(collapsed(text) for text in texts)))
        at += 1
    width = max(len(row) for row in rows)
    grid = tuple(tuple(row) + (Cell(),) * (width - len(row)) for row in rows)
    return at, Table(grid, header_rows=1)
