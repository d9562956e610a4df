"""Words typed by their sound or shape: 转线 for 专线, 博土后 for 博士后.

Chinese is typed by pinyin, so a wrong word mostly sounds as the right one does; where it is
written by hand or read from a scan, it looks like it. Only what is no word at all is corrected, and
only to a word of the documents: a question about something else (眼科) keeps its own words and
finds nothing, as it should.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from policyqa.index.store.lexical import LexicalIndex
from policyqa.index.text.words import bigrams, cut, is_word
from policyqa.qa.question.query import function_words

HAN = re.compile(r"[\u4e00-\u9fff]+")
LOOKALIKES = "lookalikes.txt"
LENGTHS = (4, 3, 2)  # characters of a word that is looked for, long ones first


class Speller:
    """Corrects queries to the words of one corpus."""

    def __init__(self, words: LexicalIndex, known: LexicalIndex) -> None:
        """Learn how the words of the documents sound.

        Args:
            words: of the documents.
            known: character bigrams of the documents.
        """
        self._known = known
        self._words = frozenset(words.tokens())
        self._by_sound: dict[str, list[str]] = {}
        for word in words.tokens():
            if HAN.fullmatch(word) and len(word) in LENGTHS:
                self._by_sound.setdefault(_sound(word), []).append(word)

    def corrected(self, query: str) -> str:
        """The query with what is no word replaced by the word that sounds alike, if one does."""
        for run in HAN.findall(query):
            right = self._run(run)
            if right != run:
                query = query.replace(run, right, 1)
        return query

    def _run(self, run: str) -> str:
        pieces = cut(run)
        done: list[str] = []
        while pieces:
            count, right = self._first(pieces)
            done.append(right)
            pieces = pieces[count:]
        return "".join(done)

    def _first(self, pieces: Sequence[str]) -> tuple[int, str]:
        """How many pieces the first word takes up, and how it is spelt."""
        for count in range(min(len(pieces), LENGTHS[0]), 0, -1):
            window = "".join(pieces[:count])
            joins = "是" in window or not function_words().isdisjoint(pieces[:count])
            if len(window) in LENGTHS and not joins:
                word = self._alike(window, [_is_loose(piece) for piece in pieces[:count]], pieces)
                if word:
                    return count, word
        return 1, pieces[0]

    def _alike(self, window: str, loose: Sequence[bool], pieces: Sequence[str]) -> str:
        """The word of the documents that a window stands for; "" when it may stand for itself.

        Only loose pieces are changed: the words beside them are what the writer meant.
        """
        if is_word(window) or all(self._known.knows(pair) for pair in bigrams(window)):
            return ""
        changeable = [free for free, piece in zip(loose, pieces, strict=False) for _ in piece]
        alike = {
            word
            for word in (*self._by_sound.get(_sound(window), []), *self._by_shape(window))
            if all(a == b or free for a, b, free in zip(word, window, changeable, strict=True))
            and any(a == b for a, b in zip(word, window, strict=True))
        }
        return alike.pop() if len(alike) == 1 else ""

    def _by_shape(self, window: str) -> Iterator[str]:
        """Words of the documents that differ in one character which looks like the typed one."""
        for place, char in enumerate(window):
            for other in _lookalikes().get(char, ""):
                word = window[:place] + other + window[place + 1 :]
                if word in self._words:
                    yield word


def _is_loose(piece: str) -> bool:
    """Whether a piece is what is left where no word was recognised."""
    return len(piece) == 1 or not is_word(piece)


def _sound(word: str) -> str:
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(word))


@cache
def _lookalikes() -> dict[str, str]:
    """The characters that each one may be taken for."""
    text = resources.files(__package__).joinpath(LOOKALIKES).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found: dict[str, str] = {}
    for group in " ".join(lines).split():
        for char in group:
            found[char] = found.get(char, "") + group.replace(char, "")
    return found
