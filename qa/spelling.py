"""Words typed by their sound: 转线 where the documents say 专线.

Chinese is typed by pinyin, so a wrong word mostly sounds as the right one does. Only what is no
word at all is corrected, and only to a word of the documents: a question about something else
(眼科) keeps its own words and finds nothing, as it should.
"""

import re
from collections.abc import Sequence

from index.lexical import LexicalIndex
from index.words import bigrams, cut, is_word
from qa.query import function_words

HAN = re.compile(r"[\u4e00-\u9fff]+")
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
            if len(window) in LENGTHS and function_words().isdisjoint(pieces[:count]):
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
        alike = [
            word
            for word in self._by_sound.get(_sound(window), [])
            if all(a == b or free for a, b, free in zip(word, window, changeable, strict=True))
            and any(a == b for a, b in zip(word, window, strict=True))
        ]
        return alike[0] if len(alike) == 1 else ""


def _is_loose(piece: str) -> bool:
    """Whether a piece is what is left where no word was recognised."""
    return len(piece) == 1 or not is_word(piece)


def _sound(word: str) -> str:
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(word))
