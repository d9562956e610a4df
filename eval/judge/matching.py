"""When one text holds, repeats or carries another."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from policyqa.eval.judge.dataset import Answers

SHARED = 0.6  # share of the shorter text's bigrams from which two quotes are about one place
LONG = 40  # characters from which an answer is prose rather than a phrase
SUPPORTED = 0.9  # share of a sentence's bigrams that its quotes must hold

WORDS = re.compile(r"[^\W_]+")
FIGURE = re.compile(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)*(?:\s*%)?")


def squeezed(text: str) -> str:
    """The text without white space; nothing else is changed."""
    return "".join(text.split())


@lru_cache(maxsize=4096)  # the same passages come up for many questions
def normalise(text: str) -> str:
    """NFKC, lower case, no white space: ７０ ％ is 70%, and 50 万元 is 50万元."""
    return squeezed(unicodedata.normalize("NFKC", text).lower())


def alternatives(answers: Answers) -> list[list[str]]:
    """What must be met: of each inner list one string. Blank strings ask for nothing.

    A plain list of strings is one inner list.
    """
    nested = [[a] if isinstance(a, str) else list(a) for a in answers]
    if answers and isinstance(answers[0], str):
        nested = [[text for group in nested for text in group]]
    kept = [[text for text in group if text.strip()] for group in nested]
    return [group for group in kept if group]


def answers_in(text: str, answers: Answers) -> bool:
    """Whether the text holds a right answer, as `normalise` sees both."""
    return answers_in_any([text], answers)


def answers_in_any(texts: Sequence[str], answers: Answers) -> bool:
    """Whether the texts together hold a right answer; each string must stand in one of them."""
    groups = alternatives(answers)
    held = [normalise(text) for text in texts]
    return bool(groups) and all(
        any(normalise(string) in text for string in group for text in held) for group in groups
    )


def long_answer_in(texts: Sequence[str], answers: Answers) -> float | None:
    """Share of the different bigrams of a long answer that stand in the texts, of the alternative
    that stands there best; None where no answer is longer than `LONG` characters."""
    strings = [normalise(s) for group in alternatives(answers) for s in group]
    long = [_pairs(s) for s in strings if len(s) > LONG]
    if not long:
        return None
    held = frozenset[str]().union(*(_pairs(normalise(text)) for text in texts))
    return max(len(pairs & held) / len(pairs) for pairs in long)


def carries_answer(quote: str, answers: Answers) -> bool:
    """Whether the quote holds any one of the answer strings, be it of one inner list only."""
    held = normalise(quote)
    return any(normalise(string) in held for group in alternatives(answers) for string in group)


def holds(passage: str, quote: str) -> bool:
    """Whether the passage has the quote in it, white space aside."""
    return squeezed(quote) in squeezed(passage)


def overlaps(quote: str, evidence: str) -> bool:
    """Whether two quotes are about one place of a text.

    One holds the other, white space aside, or they share at least `SHARED` of the different
    character bigrams of the one that has fewer.
    """
    one, other = squeezed(quote), squeezed(evidence)
    if not one or not other:
        return False
    if one in other or other in one:
        return True
    pairs, others = set(bigrams(one)), set(bigrams(other))
    fewer = min(len(pairs), len(others))
    return fewer > 0 and len(pairs & others) >= SHARED * fewer


def supported(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether what a sentence says stands in the quotes: every number, and nearly all its words.

    Numbers are compared whole (5 is not supported by 50, nor 5 by 5%). Of the character bigrams
    inside its runs of letters and digits at least `SUPPORTED` must stand in one quote each;
    bigrams across punctuation are not asked for, as a table row is shown with its labels.
    """
    if not numbers(sentence) <= set[str]().union(*(numbers(quote) for quote in quotes)):
        return False
    pieces = [piece for run in _runs(sentence) for piece in _pieces(run)]
    texts = ["".join(_runs(quote)) for quote in quotes]
    standing = sum(any(piece in text for text in texts) for piece in pieces)
    return standing >= SUPPORTED * len(pieces)


def says_something(sentence: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return WORDS.search(sentence) is not None


def numbers(text: str) -> set[str]:
    """The numbers of a text: 1,000 is 1000, ９０ ％ is 90%."""
    found = FIGURE.findall(unicodedata.normalize("NFKC", text))
    return {squeezed(number).replace(",", "") for number in found}


def bigrams(text: str) -> list[str]:
    """Neighbouring pairs of characters, in order; none of a text of one."""
    return [text[i : i + 2] for i in range(len(text) - 1)]


@lru_cache(maxsize=1024)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(bigrams(text))


def _runs(text: str) -> list[str]:
    """Runs of letters and digits; white space inside a run of them does not part it."""
    return WORDS.findall(normalise(text))


def _pieces(run: str) -> list[str]:
    return bigrams(run) or [run]
