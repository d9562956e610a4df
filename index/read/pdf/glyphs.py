"""Characters as PDFs write them, made plain: radicals, ligatures, rubbish, spaced-out words."""

import re
import unicodedata

HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
IS_HAN = re.compile(f"[{HAN}]")
WIDE = re.compile(
    f"[{HAN}\u3000-\u303f\u3040-\u30ff\uff00-\uff60\u2014\u2018-\u201d\u2026\u00b7①-⑳]"
)
# Radicals without a decomposition in Unicode that fonts of browsers give back for plain characters.
RADICALS = dict(
    zip(
        "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻪⻬⻮⻰",
        "民虎西见角贝车长门青页风飞食马骨鬼鱼鸟麦黄黾齐齿龙",
        strict=True,
    )
)
LONE = re.compile(
    rf"(?<![^ ])[{HAN}](?: [{HAN}](?![^ ：:]))+(?=[：:]| |$)"
    rf"|(?<![^ ])[{HAN}](?:  [{HAN}](?![^ ：:]))+(?=[：:]| |$)"
)
SPACES = re.compile(r" {2,}")
UNMAPPED = "\ufffd"
MAX_STRANGE_SHARE = 0.3
MIN_JUDGED_CHARS = 4


def plain(code: int) -> str:
    """The character of a code point; compatibility radicals and ligatures in plain letters.

    Full-width forms stay: they are how Chinese is typed. Unmapped glyphs become U+FFFD.
    """
    if code > 0x10FFFF or code == 0 or 0xD800 <= code <= 0xDFFF:
        return UNMAPPED
    char = chr(code)
    if code < 0x2E80 and code != 0xA0:
        return char if code >= 0x20 else " " if code == 9 else UNMAPPED
    if 0x2E80 <= code <= 0x2FDF or 0xF900 <= code <= 0xFB06:
        return RADICALS.get(char) or unicodedata.normalize("NFKC", char)
    return " " if code in (0xA0, 0x3000) else char


def is_wide(char: str) -> bool:
    """Whether a character fills a whole em and takes no space around it."""
    return bool(WIDE.match(char))


def ems(text: str) -> float:
    """The usual width of a text, in ems."""
    return sum(1.0 if is_wide(char) else 0.5 for char in text)


def spaced(left: str, right: str) -> str:
    """Two texts in a row: Latin words with a space between them, Chinese without."""
    left, right = left.rstrip(), right.lstrip()
    if not left or not right:
        return left or right
    if is_wide(left[-1]) or is_wide(right[0]):
        return left + right
    if left[-1] == "-" and right[0].islower() and left[-2:-1].isalpha():
        return left[:-1] + right
    return f"{left} {right}"


def closed_up(text: str) -> str:
    """A line whose spread-out words (`重 庆 市`) are closed up; other gaps become one space."""
    closed = LONE.sub(lambda found: found.group().replace(" ", ""), text)
    return SPACES.sub(" ", closed).strip()


def is_rubbish(text: str) -> bool:
    """Whether a text is what a broken font map leaves: unmapped, private, or mojibake letters."""
    letters = [char for char in text if not char.isspace()]
    if len(letters) < MIN_JUDGED_CHARS:
        return False
    strange = sum(map(_strange, letters))
    return strange > MAX_STRANGE_SHARE * len(letters)


def _strange(char: str) -> bool:
    code = ord(char)
    if code < 0x80:
        return code < 0x20
    if code < 0x250:
        return char not in "×÷°±·§«»²³¹"
    return char == UNMAPPED or unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs")
