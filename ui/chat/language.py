"""The page's own words in the reader's language.

Functions that make HTML mark their words (`say`), and the page turns the marks into one language
as the last step (`in_language`), so that nothing in between need know for whom it works. The marks
are private characters of Unicode; `render.escape` takes them out of everything that comes from
outside. What documents say is never translated.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["zh", "en"]

COOKIE = "policyqa_language"
BEGIN, PART, END = MARKS = "\ue000\ue001\ue002"

_SAID = re.compile(f"{BEGIN}([^{MARKS}]*)((?:{PART}[^{BEGIN}{END}]*)*){END}")


def say(words: str, *parts: object) -> str:
    """Words of the page, Chinese; `{}` in them stand for the parts, which are HTML already."""
    return f"{BEGIN}{words}{''.join(f'{PART}{part}' for part in parts)}{END}"


def in_language(html: str, language: Language) -> str:
    """HTML with every mark in one language; words without a translation stay Chinese."""
    known = english() if language == "en" else {}
    while _SAID.search(html):  # innermost first: a part may hold marks
        html = _SAID.sub(lambda found: _said(found[1], found[2], known), html)
    return html


def language_of(cookies: Mapping[str, str]) -> Language:
    """The language that a reader has chosen; Chinese where none is chosen."""
    return "en" if cookies.get(COOKIE) == "en" else "zh"


@cache
def english() -> Mapping[str, str]:
    """The English of each of the page's words."""
    text = files(__package__).joinpath("english.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text))


def _said(words: str, parts: str, known: Mapping[str, str]) -> str:
    said = known.get(words, words)
    for part in parts.split(PART)[1:]:
        said = said.replace("{}", part, 1)
    return said
