"""Questions as asked to queries as searched: normalising and checks."""

import re
import unicodedata
from functools import cache
from importlib import resources

from policyqa.index.text.cleaning import INVISIBLE
from policyqa.index.text.words import simplified, words
from policyqa.qa.errors import QuestionError
from policyqa.qa.types import MAX_QUESTION_CHARS

SPACE = re.compile(r"\s+")
CONTENT = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffffA-Za-z0-9]")
# Words that ask or join but name nothing; a question of these alone has no subject of its own.
FUNCTION_WORDS = "function_words.txt"


def normalise_query(question: str) -> str:
    """One line, full width to half, traditional to simplified, invisible characters out.

    Raises:
        QuestionError: empty, longer than the limit, or without a letter, digit or Han character.
    """
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", question))
    plain = SPACE.sub(" ", plain).strip()
    if not plain:
        raise QuestionError("问题是空的，请输入想了解的内容")
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"问题有 {len(question)} 字，超过上限 {MAX_QUESTION_CHARS} 字，请缩短或分几次问"
        )
    if not CONTENT.search(plain):
        raise QuestionError("问题里没有文字，请用一句话说明想了解什么")
    return simplified(plain)


@cache
def function_words() -> frozenset[str]:
    """Words that ask or join but name nothing."""
    text = resources.files(__package__).joinpath(FUNCTION_WORDS).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


def content_words(query: str) -> list[str]:
    """The words of a query that name something."""
    return [w for w in dict.fromkeys(words(query)) if w not in function_words()]
