"""English questions about Chinese documents: the Chinese words for what they name.

The embedding model reads both languages; the lexical signals know only the words of the
documents. So the Chinese words are added to the query, as a clerk would note them beside it. What
an office adds (`own`, see `phrases`) comes before the words of the field, and these before the
places of the country, which English calls by their sound.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType

from policyqa.index.text.marks import listed_places

FILE = "glossary.txt"
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[a-z0-9&.'-]+")
MAX_WORDS = 6  # of a phrase
SOUND = 4  # letters at least of a place
Phrases = Mapping[str, tuple[str, ...]]
NONE: Phrases = MappingProxyType({})


def is_english(text: str) -> bool:
    """Whether somebody writes in English: letters, and nothing Chinese."""
    return not HAN.search(text) and re.search("[A-Za-z]{2}", text) is not None


def with_chinese(query: str, own: Phrases = NONE) -> str:
    """The query with the Chinese words for its English ones after it; unchanged where it has
    Chinese of its own or names nothing in the glossary."""
    if HAN.search(query):
        return query
    added = in_chinese(query, own)
    return f"{query} {' '.join(added)}" if added else query


def in_chinese(text: str, own: Phrases = NONE) -> list[str]:
    """Chinese words for an English text, in its order; the longest phrase wins."""
    tokens = [_stem(token) for token in LATIN_WORD.findall(text.lower())]
    found: list[str] = []
    place = 0
    while place < len(tokens):
        for length in range(min(MAX_WORDS, len(tokens) - place), 0, -1):
            phrase = " ".join(tokens[place : place + length])
            if known := own.get(phrase) or _glossary().get(phrase) or _by_sound().get(phrase):
                found += known
                place += length
                break
        else:
            place += 1
    return list(dict.fromkeys(found))


def _stem(token: str) -> str:
    """Without a plural ending, hyphens opened, so that forms of one word meet."""
    plain = token.strip(".'-").removesuffix("'s").replace("-", " ")
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    return plain[:-1] if plain.endswith("s") and not plain.endswith(("ss", "us", "is")) else plain


def phrases(entries: Mapping[str, Sequence[str]]) -> Phrases:
    """Chinese words by English phrase, each word of the phrase in its stem; the first entry of a
    phrase counts. `entries` maps Chinese, several words with spaces, to what English calls it."""
    found: dict[str, tuple[str, ...]] = {}
    for chinese, english in entries.items():
        for phrase in english:
            key = " ".join(_stem(t) for t in LATIN_WORD.findall(phrase.lower()))
            if key:
                found.setdefault(key, tuple(chinese.split()))
    return found


@cache
def _glossary() -> Phrases:
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return phrases(dict(_entries(text.splitlines())))


@cache
def _by_sound() -> Phrases:
    """Places by their pinyin, those left out that share it (泰州, 台州) or whose is shorter than
    `SOUND` letters."""
    from pypinyin import lazy_pinyin

    sounds = {name: "".join(lazy_pinyin(name)) for name in sorted(listed_places())}
    count = Counter(sounds.values())
    return {
        sound: (name,)
        for name, sound in sounds.items()
        if count[sound] == 1 and len(sound) >= SOUND
    }


def _entries(lines: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    for line in lines:
        if line.strip() and not line.startswith("#"):
            chinese, _, english = line.partition(" = ")
            yield chinese, english.split(",")
