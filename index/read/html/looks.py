"""What the styles of a page say of what is seen: hidden elements, tiny and white words.

Of a page's own style sheet only simple rules are heeded (`.name`, `#id`, `tag.name`), and none that
another rule or a script of the page undoes: such a rule is one state of a tab or an answer that a
click opens.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NOTE = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
AT_RULE = re.compile(r"@[^{};]*(?:\{(?:[^{}]|\{[^{}]*\})*\}|;)")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
SIMPLE, NAME = re.compile(r"[a-z0-9]*([.#][\w-]+)"), re.compile(r"[.#][\w-]+|^[a-z0-9]+")
HIDDEN = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|opacity:0(?![.\d])|text-indent:-\d{4}"
    r"|mso-element:comment|position:(?:absolute|fixed)\b.*\b(?:left|top):-\d{4}"
    r"|\b(?:left|top):-\d{4}.*position:(?:absolute|fixed)\b"
)
TINY = re.compile(r"0+(\.0*)?(px|pt|r?em|%)?|[01](\.\d+)?(px|pt)")
WHITE = re.compile(r"white|#f{3}|#f{6}|rgba?\(255,255,255(,1(\.0)?)?\)")
CLEAR = re.compile(r"none|transparent|inherit|initial|unset|0|$")
LIGHT = re.compile(r"white|#(?:[ef][0-9a-f]){3}|#[ef]{3}|rgba?\((?:2[2-5]\d,?){3}")
Look = dict[str, str]


def declared(style: str) -> Look:
    """The declarations of a style by their names, in small letters and without blanks."""
    pairs = (part.split(":", 1) for part in "".join(style.lower().split()).split(";"))
    return {pair[0]: pair[1].removesuffix("!important") for pair in pairs if len(pair) == 2}


def is_unseen(look: Look) -> bool:
    """Whether what has this look is not shown, or far outside the screen."""
    return bool(HIDDEN.search(";".join(f"{name}:{value}" for name, value in look.items())))


def is_tiny(look: Look) -> bool:
    """Whether words of this look are too small to be read."""
    return bool(TINY.fullmatch(look.get("font-size", "")))


def is_white(look: Look) -> bool:
    """Whether words of this look are white."""
    return bool(WHITE.fullmatch(look.get("color", "")))


def background(look: Look) -> str:
    """`light`, `other` (dark, a picture), or "" where it is not said."""
    said = look.get("background-color") or look.get("background", "")
    if "url(" in look.get("background", "") + look.get("background-image", ""):
        return "other"
    return "light" if LIGHT.match(said) else "" if CLEAR.match(said) else "other"


@dataclass(frozen=True)
class Sheet:
    """The simple rules of a page's own style sheet, and the names and tags that some rule gives a
    background (`painted`). `linked` says that there are other sheets, not seen here."""

    rules: Mapping[str, Look] = field(default_factory=dict)
    painted: frozenset[str] = frozenset()
    linked: bool = False

    @classmethod
    def of(cls, sheets: Iterable[str], scripts: str, *, linked: bool) -> "Sheet":
        """From the texts of `style` elements and of all scripts."""
        text = AT_RULE.sub("", NOTE.sub("", "\n".join(sheets)))
        found = [
            (selector.strip().lower(), declared(rule.group(2)))
            for rule in RULE.finditer(text)
            for selector in rule.group(1).split(",")
            if selector.strip()
        ]
        rules: dict[str, Look] = {}
        undone: set[str] = set()
        painted: set[str] = set()
        words = set(re.findall(r"[\w-]+", scripts.lower()))
        for selector, look in found:
            last = NAME.findall(re.split(r"[\s>+~]+", selector)[-1])
            painted |= set(last) if background(look) == "other" else set()
            if SIMPLE.fullmatch(selector):
                rules[selector] = {**rules.get(selector, {}), **look}
            elif not is_unseen(look) and {"display", "visibility"} & look.keys():
                undone |= set(last)
        undone |= {f"{mark}{word}" for word in words for mark in ".#"}
        kept = {x: look for x, look in rules.items() if NAME.findall(x)[-1] not in undone}
        return cls(kept, frozenset(painted), linked)

    def names(self, attrs: Mapping[str, str]) -> list[str]:
        """An element's classes and its id as selectors name them."""
        classes = [f".{name}" for name in attrs.get("class", "").lower().split()]
        return [*classes, *(f"#{name}" for name in attrs.get("id", "").lower().split()[:1])]

    def ruled(self, tag: str, attrs: Mapping[str, str]) -> Look:
        """The look that the rules give an element."""
        look: Look = {}
        for name in self.names(attrs) if self.rules else ():
            look |= self.rules.get(name, {}) | self.rules.get(f"{tag}{name}", {})
        look.pop("opacity", None)  # what fades in when the page has come
        return look
