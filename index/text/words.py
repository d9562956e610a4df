"""Text to words and character bigrams, both normalised the same way for passages and queries.

Which words there are depends on the office: `cutting(terms)` adds its own to those of the field.
"""

import logging
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from platformdirs import user_cache_path

from policyqa.index.text.cleaning import INVISIBLE

VERSION = "2"

WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?%?|[\u3400-\u9fff\U00020000-\U0002ffff]+")
RUN = re.compile(r"[a-z0-9.]+|[\u3400-\u9fff\U00020000-\U0002ffff]+")
TRADITIONAL_HINT = re.compile("[\u4e00-\u9fff]")
DIGIT_COMMA = re.compile(r"(?<=\d),(?=\d{3})")

Tokenizer = Callable[[str], list[str]]


def normalise(text: str) -> str:
    """One form for matching: NFKC, lower case, simplified script, invisible characters out.

    Lengths may change; use it for comparing and tokenising, never for offsets.
    """
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).lower()
    return DIGIT_COMMA.sub("", simplified(plain))


def simplified(text: str) -> str:
    """Traditional script to simplified; other text is unchanged."""
    if not TRADITIONAL_HINT.search(text):
        return text
    converted: str = _opencc().convert(text)
    return converted


@cache
def _opencc() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


class Dictionary(NamedTuple):
    """Words that text is cut into; `name` tells one dictionary from another."""

    name: str
    jieba: Any


OFFICES = 4  # whose dictionaries are kept ready, some 25 MB each
_kept_in = user_cache_path("policyqa") / "words"
_IN_USE: ContextVar[Dictionary | None] = ContextVar("dictionary", default=None)


@contextmanager
def cutting(terms: Sequence[str]) -> Iterator[None]:
    """Cut with an office's terms beside those of the field, until the block ends. It holds for
    this thread alone, so that two offices can be answered for at once."""
    before = _IN_USE.set(_with_terms(tuple(terms)) if terms else None)
    try:
        yield
    finally:
        _IN_USE.reset(before)


def dictionary() -> str:
    """Name of the dictionary in use: what is remembered of words is of one dictionary."""
    return _in_use().name


def _in_use() -> Dictionary:
    return _IN_USE.get() or _general()


def keep_in(folder: Path) -> None:
    """Keep what jieba works out of its dictionary in a folder; to be called before any text is
    cut."""
    global _kept_in
    _kept_in = folder


def _own_folder() -> Path:
    """A folder that nobody else may write: jieba runs what it finds there (`marshal`)."""
    try:
        _kept_in.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = _kept_in.stat()
        ours = about.st_uid == os.getuid() and not about.st_mode & 0o022
        if ours and os.access(_kept_in, os.W_OK):
            return _kept_in
    except OSError:
        pass  # a home that is not there, or may not be written
    return Path(tempfile.mkdtemp())


@cache
def _general() -> Dictionary:
    """The words of the field beside those of a general dictionary."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(_own_folder())
    text = resources.files(__package__).joinpath("terms.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        word = line.strip()
        if word and not word.startswith("#"):
            tokenizer.add_word(word)
    return Dictionary("", tokenizer)


@lru_cache(maxsize=OFFICES)
def _with_terms(terms: tuple[str, ...]) -> Dictionary:
    """A copy of the general dictionary with these words too."""
    import jieba

    general = _general().jieba
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ = dict(general.FREQ)
    tokenizer.total = general.total
    tokenizer.initialized = True
    for term in terms:
        tokenizer.add_word(normalise(term))
    return Dictionary("\n".join(terms), tokenizer)


def words(text: str) -> list[str]:
    """Words of a text, long ones with their parts too; digits and Latin runs stay whole."""
    found: list[str] = []
    for run in WORD.findall(normalise(text)):
        if run[0].isascii():
            found.append(run)
        else:
            found += _in_use().jieba.lcut_for_search(run)
    return found


def cut(text: str) -> list[str]:
    """The text in words, each once, nothing left out: `"".join(cut(text)) == text`."""
    pieces: list[str] = _in_use().jieba.lcut(text)
    return pieces


@cache
def _verbs() -> frozenset[str]:
    """Verbs of jieba's dictionary (part of speech `v`)."""
    with _general().jieba.get_dict_file() as lines:
        entries = (line.decode("utf-8").split() for line in lines)
        return frozenset(e[0] for e in entries if len(e) == 3 and e[2] == "v")


def is_word(text: str) -> bool:
    """Whether the dictionary has a text as one word."""
    return bool(_in_use().jieba.FREQ.get(text))


def is_verb(word: str) -> bool:
    """Whether a word is a verb before anything else (part of speech `v`)."""
    return word in _verbs()


def bigrams(text: str) -> list[str]:
    """Character bigrams of each run of Han characters, and whole runs of digits and Latin."""
    found: list[str] = []
    for run in RUN.findall(normalise(text)):
        if run[0].isascii() or len(run) == 1:
            found.append(run)
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
    return found


def warm() -> None:
    """Load the dictionaries now instead of at the first question."""
    words("人才政策")
    is_verb("")
