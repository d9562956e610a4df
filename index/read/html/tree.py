"""Bytes of a web page to a small tree: its encoding found, scripts, forms and pictures left out."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from policyqa.index.errors import UnreadableFile
from policyqa.index.read.encoding import decode
from policyqa.index.read.html.looks import (
    Sheet,
    background,
    declared,
    is_tiny,
    is_unseen,
    is_white,
)

MAX_OPEN = 150
MAX_DEPTH = 250
MAX_BAD_SHARE = 0.01
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*+)([^<>]*+)>")
DULL = frozenset(("font", "tt", "big", "small", "nobr", "u", "i", "em", "code"))
UNCOUNTED_NAMES = (
    "p li td th tr tbody thead tfoot dt dd option optgroup br hr img input meta link col base wbr "
    "area param source track embed frame b strong a html head body"
)
UNCOUNTED = frozenset(UNCOUNTED_NAMES.split())
STRUCK = frozenset(("del", "s", "strike"))
INLINE = STRUCK | {"span", "o:p", "ins", "sub", "sup", "label", "st1", "cite", "q", "abbr"}
DROPPED_NAMES = (
    "script style noscript template svg select option input button textarea canvas audio video "
    "iframe frame frameset noframes embed applet map area xml link param source track title "
    "datalist"
)
DROPPED = frozenset(DROPPED_NAMES.split())
TAB = re.compile(r"(?<![a-z])(tab(?!le)|pane|accordion|collaps)", re.IGNORECASE)
OPENED = re.compile(
    r"panel|con(tent|s)?\b|answer|faq|toggle|expand|fold|detail|more", re.IGNORECASE
)
UNPAINTED = frozenset(("p", "span", "div", "b", "strong", "section"))
PEERS = frozenset(("div", "section", "article", "ul", "ol", "dl", "li", "dd", "table"))
SWITCH = re.compile(
    r"""\bon\w+\s*=\s*(?:"[^"]*"|'[^']*')|(?:href|data-[\w-]+)\s*=\s*["'][#.][^"']*"""
)
STRUCK_STYLE = re.compile(r"text-decoration(-line)?\s*:[^;]*line-through", re.IGNORECASE)
PROSE = re.compile("[。；，！？]")
MIN_OBJECT_CHARS, MAX_LINK_CHARS = 200, 200
MAX_HIDDEN_CHARS = 100
MAX_HIDDEN_SHARE = 0.4


@dataclass(eq=False, slots=True)
class Node:
    """An element. `chars` counts its characters without blanks, `prose` those of running text
    outside links, `linked` those in links."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    parent: "Node | None" = None
    depth: int = 0
    children: "list[Node | str]" = field(default_factory=list)
    chars: int = 0
    prose: int = 0
    linked: int = 0

    def elements(self) -> "Iterator[Node]":
        """Its child elements."""
        return (child for child in self.children if isinstance(child, Node))

    def walk(self) -> "Iterator[Node]":
        """It and every element below it, in the page's order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(list(node.elements())))

    def ancestors(self) -> "Iterator[Node]":
        """It and every element above it."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def text(self) -> str:
        """All its words, blanks collapsed."""
        found: list[str] = []
        stack: list[Node | str] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                found.append(item)
            else:
                stack.extend(reversed(item.children))
        return " ".join("".join(found).split())

    @property
    def is_link(self) -> bool:
        """Whether it is a link; one round a whole article was only never closed."""
        return self.tag == "a" and "href" in self.attrs and self.chars <= MAX_LINK_CHARS

    @property
    def style(self) -> str:
        return self.attrs.get("style", "")


@dataclass(frozen=True)
class Page:
    """A parsed page: what is shown, what its `meta` elements say (names in small letters), the
    short texts that are not shown, the struck-out ones, and the elements that are `unseen`."""

    body: Node
    title: str
    meta: dict[str, str]
    warnings: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    unseen: tuple[Node, ...] = ()


def parsed(data: bytes) -> Page:
    """The tree of a page.

    Raises:
        UnreadableFile: no encoding fits.
    """
    text, warnings = decoded(data)
    return page_of(text, warnings)


def page_of(text: str, warnings: tuple[str, ...] = ()) -> Page:
    """The tree of a page or of a piece of one."""
    parser = LexborHTMLParser(_shallow(text.replace("\x00", "")))
    title = parser.css_first("title")
    named = " ".join(title.text().split()) if title is not None else ""
    body = _tree(parser.body) if parser.body is not None else Node("body")
    _weigh(body)
    hidden = _dropped(body, _Hiding(body, _sheet(parser, text)).goes)
    struck = _dropped(body, _is_struck)
    shown = {x.text() for node in hidden for x in node.walk() if 0 < x.chars <= MAX_HIDDEN_CHARS}
    crossed = tuple(node.text() for node in struck)
    unseen = tuple(node for node in hidden if node.chars and node.tag != "object")
    return Page(body, named, _meta(parser), warnings, tuple(sorted(shown)), crossed, unseen)


def _sheet(parser: LexborHTMLParser, text: str) -> Sheet:
    styles = [found.text() for found in parser.css("style")]
    scripts = [*(found.text() for found in parser.css("script")), *SWITCH.findall(text)]
    linked = parser.css_first("link[rel~=stylesheet]") is not None
    return Sheet.of(styles, " ".join(scripts) if styles else "", linked=linked)


def decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a page, and a warning if some of its bytes had to be given up.

    UTF-8 is tried first: Chinese text in another encoding is never valid UTF-8 by chance, while
    what a page declares is often wrong.
    """
    with suppress(UnicodeDecodeError, LookupError):
        return data.decode(_utf16(data)).lstrip("\ufeff"), ()
    data = data.removeprefix(BOM_UTF8).replace(b"\x00", b"")
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8"), ()
    declared = CHARSET.search(data[:4096])
    name = declared.group(1).decode("ascii", "replace").lower() if declared else ""
    with suppress(UnicodeDecodeError):
        if name.startswith("big5"):
            return data.decode("big5hkscs"), ()
    try:
        return decode(data), ()
    except UnreadableFile:
        return _mended(data, name)


def _utf16(data: bytes) -> str:
    """The name of the two-byte encoding that a page is in, "" for none."""
    if data.startswith((BOM_UTF16_LE, b"<\x00")):
        return "utf-16-le"
    return "utf-16-be" if data.startswith((BOM_UTF16_BE, b"\x00<")) else ""


def _mended(data: bytes, declared: str) -> tuple[str, tuple[str, ...]]:
    """The text without the few bytes that do not fit, in the encoding that loses fewest."""
    names = ("utf-8", "gb18030", *(("big5hkscs",) if declared.startswith("big5") else ()))
    texts = [data.decode(name, errors="replace") for name in names]
    best = min(texts, key=lambda text: text.count("\ufffd"))
    bad = best.count("\ufffd")
    if bad > max(3, len(best) * MAX_BAD_SHARE):
        raise UnreadableFile("无法识别网页的文字编码，请用浏览器打开后另存为 UTF-8 网页")
    return best, (f"网页里有 {bad} 处文字无法识别，已用“\ufffd”代替",)


def _shallow(text: str) -> str:
    """The markup without elements nested absurdly deep (a browser stops at 512 too): the parser
    takes time that grows with the square of the depth."""
    open_tags: list[tuple[str, bool]] = []
    counts: Counter[str] = Counter()

    def kept(found: re.Match[str]) -> str:
        closing, name = found.group(1), found.group(2).lower()
        if name in DULL:
            return ""
        if name in ("b", "strong") and not closing:
            return f"<{name}>"
        if name in UNCOUNTED or found.group(3).endswith("/"):
            return found.group()
        shown = _closed(open_tags, counts, name) if closing else len(open_tags) < MAX_OPEN
        if not closing:
            open_tags.append((name, shown))
            counts[name] += 1
        return found.group() if shown else "" if name in INLINE else "<br>"

    return TAG.sub(kept, text)


def _closed(open_tags: list[tuple[str, bool]], counts: Counter[str], name: str) -> bool:
    """Close an element; whether its opening tag was kept."""
    if not counts[name]:
        return True
    while True:
        last, shown = open_tags.pop()
        counts[last] -= 1
        if last == name:
            return shown


def _tree(root: LexborNode) -> Node:
    top = Node("body", _attributes(root))
    stack: list[tuple[LexborNode, Node]] = []
    current, parent = root.child, top
    while current is not None or stack:
        if current is None:
            current, parent = stack.pop()
        node = _grown(current, parent)
        follows, child = current.next, current.child
        if node is not None and child is not None:
            if follows is not None:
                stack.append((follows, parent))
            current, parent = child, node
        else:
            current = follows
    return top


def _grown(found: LexborNode, parent: Node) -> Node | None:
    """Put one node of the parser below its parent; the new element, if it is one."""
    if found.is_text_node:
        parent.children.append(found.text_content or "")
        return None
    heads = found.tag == "button" and re.fullmatch("h[1-6]", parent.tag)  # it opens what is below
    if not found.is_element_node or ((found.tag or "") in DROPPED and not heads):
        return None
    if parent.depth >= MAX_DEPTH:
        if found.tag not in INLINE:
            parent.children.append(Node("br", parent=parent, depth=parent.depth + 1))
        return parent
    node = Node(found.tag or "", _attributes(found), parent, parent.depth + 1)
    parent.children.append(node)
    return node


def _attributes(found: LexborNode) -> dict[str, str]:
    return {name.lower(): value or "" for name, value in found.attributes.items()}


def _meta(parser: LexborHTMLParser) -> dict[str, str]:
    said: dict[str, str] = {}
    for found in parser.css("meta"):
        attrs = _attributes(found)
        name = (attrs.get("name") or attrs.get("property") or attrs.get("itemprop") or "").lower()
        content = " ".join(attrs.get("content", "").split())
        if name and content:
            said.setdefault(name, content)
    return said


def _weigh(body: Node) -> None:
    """Count the words of every element."""
    nodes = list(body.walk())
    for node in nodes:
        node.chars = node.prose = node.linked = 0
    for node in reversed(nodes):
        _weigh_own(node)
        if node.parent is not None and node is not body:
            node.parent.chars += node.chars
            node.parent.prose += 0 if node.is_link else node.prose
            node.parent.linked += node.chars if node.is_link else node.linked


def _weigh_own(node: Node) -> None:
    cell = node.tag in ("td", "th")
    for child in node.children:
        if isinstance(child, str):
            length = len("".join(child.split()))
            node.chars += length
            if cell or length >= 25 or (length >= 8 and PROSE.search(child)):
                node.prose += length


def _dropped(body: Node, goes: Callable[[Node, Node], bool]) -> list[Node]:
    """Take out what goes, judged by element and page; the outermost elements that went."""
    gone = {node: None for node in body.walk() if node is not body and goes(node, body)}
    outer = [x for x in gone if not any(above in gone for above in list(x.ancestors())[1:])]
    for parent in {node.parent for node in outer if node.parent is not None}:
        parent.children = [child for child in parent.children if child not in gone]
    _weigh(body)
    return outer


class _Hiding:
    """Which elements of a page are not seen, by their own styles and by the page's sheet."""

    def __init__(self, body: Node, sheet: Sheet) -> None:
        self._body, self._sheet = body, sheet
        self._ruled = {node: sheet.ruled(node.tag, node.attrs) for node in body.walk()}
        self._looks = {node: {**self._ruled[node], **declared(node.style)} for node in self._ruled}
        hidden = (node for node, look in self._ruled.items() if look and is_unseen(look))
        self._hidden_prose = sum(node.prose for node in hidden)
        self._shown: dict[tuple[Node, str], set[str]] = {}
        self._white: Counter[Node] = Counter()
        for node, look in self._looks.items():
            for above in node.ancestors() if is_white(look) else ():
                self._white[above] += node.chars

    def goes(self, node: Node, body: Node) -> bool:
        """Whether an element is not shown, unless it is the better part of the page's running
        text: such a page shows its content later, by script (`js_content` of WeChat), as it does
        a tab."""
        if node.tag == "object" and node.chars < MIN_OBJECT_CHARS:
            return True
        hidden = "hidden" in node.attrs or is_unseen(self._looks[node])
        by_rule = not ("hidden" in node.attrs or is_unseen(declared(node.style)))
        hidden = hidden and not _is_tab(node) and not (by_rule and self._is_opened(node))
        hidden = hidden or self._is_faint(node)
        return hidden and not node.prose > MAX_HIDDEN_SHARE * body.prose

    def _is_opened(self, node: Node) -> bool:
        """Whether a rule that hides an element is for what a click opens: by its name, by a like
        element beside it that is shown, or since it would hide much of the page."""
        names = set(self._sheet.names(node.attrs))
        if OPENED.search(" ".join(names)):
            return True
        if node.tag in PEERS and node.parent and names & self._shown_names(node.parent, node.tag):
            return True
        return self._hidden_prose > MAX_HIDDEN_SHARE * self._body.prose

    def _shown_names(self, parent: Node, tag: str) -> set[str]:
        """The classes of the elements below a parent that are shown."""
        if (parent, tag) not in self._shown:
            like = [x for x in parent.elements() if x.tag == tag and not is_unseen(self._looks[x])]
            self._shown[parent, tag] = {name for x in like for name in self._sheet.names(x.attrs)}
        return self._shown[parent, tag]

    def _is_faint(self, node: Node) -> bool:
        """Whether an element's words are too small to be read or white on white; one inside that
        has its own size or colour tells that the look is for the space between them."""
        look = self._looks[node]
        below = [x for x in node.walk() if x is not node] if is_tiny(look) or is_white(look) else []
        if is_tiny(look):
            return not any({"font-size", "font"} & self._looks[x].keys() for x in below)
        if not is_white(look) or any("color" in self._looks[x] or self._paint(x) for x in below):
            return False
        among = False
        for above in node.ancestors():
            paint = self._paint(above)
            if paint == "light":
                return True
            among = among or above.chars - self._white[above] > node.chars  # black words around
            if paint or (self._sheet.linked and not among and self._may_be_painted(above)):
                return False
        return True

    def _paint(self, node: Node) -> str:
        """The background of an element, "" where nothing known gives it one."""
        if "background" in node.attrs:
            return "other"
        said = {"background": node.attrs.get("bgcolor", "").lower(), **self._looks[node]}
        named = {node.tag, *self._sheet.names(node.attrs)} & self._sheet.painted
        return background(said) or ("other" if named else "")

    def _may_be_painted(self, node: Node) -> bool:
        """Whether a sheet that is not seen may give an element a background."""
        return node.tag not in UNPAINTED or bool(self._sheet.names(node.attrs))


def _is_tab(node: Node) -> bool:
    """Whether an element is one of several that a click shows: part of the page, links aside."""
    names = " ".join(node.attrs.get(name, "") for name in ("class", "id", "role"))
    return bool(TAB.search(names)) and node.linked < 0.5 * node.chars


def _is_struck(node: Node, body: Node) -> bool:
    """Whether words are struck out; a mark round most of the page was only never closed."""
    struck = node.tag in STRUCK or bool(node.style and STRUCK_STYLE.search(node.style))
    return struck and node.chars <= 0.5 * body.chars
