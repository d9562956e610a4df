"""Other names for what a query names: policy wording for colloquial words, those that an office
adds, and the short names that the documents themselves give (以下简称“…”)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType

from policyqa.index.text.words import is_word, normalise

FILE = "lexicon.txt"
# 重庆英才服务管理办公室（以下简称“英才办”）: what stands before the bracket is the full name.
SHORT_NAME = re.compile(
    r"([\u4e00-\u9fff0-9a-zA-Z“”《》·]{3,40})[（(](?:以下|下)?(?:统称|简称)[:：为]?\s*[“\"《]?"
    r"([\u4e00-\u9fff0-9a-zA-Z]{2,12})[”\"》]?[）)]"
)
MANY = 5  # other names of one query
Names = Mapping[str, Sequence[str]]


class Lexicon:
    """Other names by name."""

    def __init__(self, short_names: Names, said: Names = MappingProxyType({})) -> None:
        """`short_names` maps the names that documents give, both ways; `said` what people of one
        office say to what its documents say, before what people say everywhere."""
        self._names = short_names
        own = {normalise(name): tuple(map(normalise, others)) for name, others in said.items()}
        self._said: Names = {**_colloquial(), **own}

    @classmethod
    def learned(cls, texts: Iterable[str], said: Names = MappingProxyType({})) -> "Lexicon":
        """With the short names that the texts of documents give; `said` as in the constructor."""
        names: dict[str, list[str]] = {}
        for text in texts:
            for before, short in SHORT_NAME.findall(text):
                brief = normalise(short)
                full = _full_name(normalise(before), brief)
                if full and not (len(brief) < 3 and is_word(brief)):
                    names.setdefault(brief, []).append(full)
                    names.setdefault(full, []).append(brief)
        return cls({name: tuple(dict.fromkeys(others)) for name, others in names.items()}, said)

    def other_names(self, query: str) -> tuple[str, ...]:
        """What a normalised query may also be looked for by; the longest names count first, and
        at most `MANY`."""
        found: list[str] = []
        covered = ""
        for names in (self._names, self._said):
            for name in sorted((n for n in names if n in query), key=lambda n: (-len(n), n)):
                if name not in covered:
                    found += [other for other in names[name] if other not in query]
                    covered += f" {name}"
        return tuple(dict.fromkeys(found))[:MANY]


def _full_name(before: str, short: str) -> str:
    """The end of what stands before the bracket that has the characters of the short name in
    their order, from the first of them on; "" where it has them not, or nothing besides."""
    plain = re.sub('[“”《》"]', "", before)
    place = len(plain)
    for char in reversed(short):
        place = plain.rfind(char, 0, place)
        if place < 0:
            return ""
    return "" if plain[place:] == short else plain[place:]


@cache
def _colloquial() -> dict[str, tuple[str, ...]]:
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    entries = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            said, _, written = line.partition("=")
            entries[normalise(said.strip())] = tuple(normalise(word) for word in written.split())
    return entries
