"""English questions about Chinese documents: the Chinese words for what they name.

The embedding model reads both languages; the lexical signals know only the words of the
documents. So the Chinese words are added to the query, as a clerk would note them beside it.
"""

import re
from functools import cache
from importlib import resources

FILE = "glossary.txt"
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[a-z0-9&.'-]+")
MAX_WORDS = 6  # of a phrase


def with_chinese(query: str) -> str:
    """The query with the Chinese words for its English ones after it; unchanged where it has
    Chinese of its own or names nothing in the glossary."""
    if HAN.search(query):
        return query
    added = in_chinese(query)
    return f"{query} {' '.join(added)}" if added else query


def in_chinese(text: str) -> list[str]:
    """Chinese words for an English text, in its order; the longest phrase wins."""
    tokens = [_stem(token) for token in LATIN_WORD.findall(text.lower())]
    found: list[str] = []
    place = 0
    while place < len(tokens):
        for length in range(min(MAX_WORDS, len(tokens) - place), 0, -1):
            known = _glossary().get(" ".join(tokens[place : place + length]))
            if known:
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


@cache
def _glossary() -> dict[str, tuple[str, ...]]:
    """Chinese words by English phrase, each word of the phrase in its stem."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    entries: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            chinese, _, english = line.partition(" = ")
            for phrase in english.split(","):
                key = " ".join(_stem(t) for t in LATIN_WORD.findall(phrase.lower()))
                entries.setdefault(key, tuple(chinese.split()))
    return entries
