"""A question and what was said before it, laid out for a resolver to read in one pass."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policyqa.index.text.words import cut
from policyqa.qa.conversation.conversation import Conversation
from policyqa.qa.question.query import CONTENT, function_words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PROMPT = "query: "  # of e5, whose space the vectors are of
MAX_TOKENS = 256
QUESTION_TOKENS, TITLE_TOKENS = 96, 36
BEGIN, END = 0, 2  # ids of the marks around each part, as of XLM-R


@dataclass(frozen=True)
class Word:
    """A word of what was said before that names something: its text, and the half-open span of its
    tokens. `part` numbers what it stands in, `start` its place there."""

    text: str
    part: int
    start: int
    tokens: tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """Token ids of the question, of the titles and of the earlier questions, latest first; the
    half-open span of the tokens of each title, and the words of titles and earlier questions."""

    ids: tuple[int, ...]
    titles: tuple[tuple[int, int], ...]
    words: tuple[Word, ...]


def sheet_of(tokenizer: "Tokenizer", query: str, before: Conversation) -> Sheet:
    """As much as there is room for, the question first."""
    ids = [BEGIN, *_encoded(tokenizer, PROMPT + query)[0][:QUESTION_TOKENS], END]
    found: list[Word] = []
    spans: list[tuple[int, int]] = []
    for part, text in enumerate((*before.titles, *before.questions)):
        titled = part < len(before.titles)
        room = min(TITLE_TOKENS if titled else MAX_TOKENS, MAX_TOKENS - len(ids) - 1)
        if room <= 0:
            break
        tokens, places = _encoded(tokenizer, text)
        found += _words(text, part, places[:room], len(ids))
        if titled:
            spans.append((len(ids), len(ids) + min(room, len(tokens))))
        ids += [*tokens[:room], END]
    return Sheet(tuple(ids), tuple(spans), tuple(found))


def _encoded(tokenizer: "Tokenizer", text: str) -> tuple[list[int], list[tuple[int, int]]]:
    found = tokenizer.encode(text, add_special_tokens=False)
    return found.ids, found.offsets


def _words(text: str, part: int, spans: list[tuple[int, int]], first: int) -> list[Word]:
    found, position = [], 0
    for word in cut(text):
        start, position = position, position + len(word)
        held = [n for n, (a, b) in enumerate(spans) if a < position and b > start]
        named = CONTENT.search(word) and not word.isdecimal() and word not in function_words()
        if held and named:
            tokens = (first + held[0], first + held[-1] + 1)
            found.append(Word(word, part, start, tokens))
    return found
