"""Questions as asked to queries as searched: normalising, checks, follow-ups."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import resources

from index.cleaning import INVISIBLE
from index.errors import QuestionError
from index.words import simplified, words
from qa.types import MAX_QUESTION_CHARS, Turn

SPACE = re.compile(r"\s+")
CONTENT = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffffA-Za-z0-9]")
# What points back at an earlier turn.
CONTINUES = re.compile(r"^(那么?|那|还有|以及|其中|另外|此外|and |what about |how about )", re.I)
ENDS_OPEN = re.compile(r"呢[?!。\s]*$")
PRONOUN = re.compile(
    r"(他们|她们|它们|他|她|它|这个|那个|这些|那些|这种|这项|该项|前者|后者"
    r"|上述|上面|刚才|这里面|那里面|这里|那里)"
)
# Words that ask or join but name nothing; a question of these alone has no subject of its own.
FUNCTION_WORDS = "function_words.txt"
TAIL = re.compile(
    r"(是|有|为|叫)?(什么|哪些|哪个|哪里|多少|几个|怎么样|怎么办|如何|吗|呢|吧|么)?[?!。，,\s]*$"
)


def normalise_query(question: str) -> str:
    """One line, full width to half, traditional to simplified, invisible characters out.

    Raises:
        QuestionError: empty, longer than the limit, or without a letter, digit or Han character.
    """
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", question))
    plain = SPACE.sub(" ", plain).strip()
    if not plain:
        raise QuestionError("问题是空的,请输入想了解的内容")
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"问题有 {len(question)} 字,超过上限 {MAX_QUESTION_CHARS} 字,请缩短或分几次问"
        )
    if not CONTENT.search(plain):
        raise QuestionError("问题里没有文字,请用一句话说明想了解什么")
    return simplified(plain)


def with_history(query: str, history: Sequence[Turn]) -> str:
    """The query completed by what earlier questions were about, if it cannot stand alone.

    Each turn is resolved in its order, so that a chain of short questions keeps its subject; a
    question that names its own subject ends the chain.
    """
    topic = ""
    for turn in history:
        if turn.role == "user":
            topic = completed(_plain(turn.content), topic) or topic
    return completed(query, topic)


def _plain(text: str) -> str:
    try:
        return normalise_query(text[:MAX_QUESTION_CHARS])
    except QuestionError:
        return ""


def completed(query: str, topic: str) -> str:
    """One question with the topic before it: unchanged when it stands alone."""
    if not topic or not query or not depends(query):
        return query
    subject = CONTINUES.sub("", ENDS_OPEN.sub("", query)).strip("的 ,，?")
    if ENDS_OPEN.search(query) and subject and len(subject) <= 16:
        replaced = _substituted(topic, subject)
        if replaced:
            return replaced
    return f"{TAIL.sub('', topic)} {query}"


def depends(query: str) -> bool:
    """Whether a question needs an earlier one to make sense."""
    content = content_words(query)
    if CONTINUES.search(query) or ENDS_OPEN.search(query):
        return sum(not any(w != o and w in o for o in content) for w in content) <= 4
    if PRONOUN.search(query) and len("".join(content)) <= 10:
        return True
    return len(content) == 0


@cache
def function_words() -> frozenset[str]:
    """Words that ask or join but name nothing."""
    text = resources.files("qa").joinpath(FUNCTION_WORDS).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


def content_words(query: str) -> list[str]:
    """The words of a query that name something."""
    return [w for w in dict.fromkeys(words(query)) if w not in function_words()]


YEAR = re.compile(r"\d{4}年?|“?十[二三四五六]五”?")


def _substituted(topic: str, subject: str) -> str:
    """The earlier question with its like part replaced: 2020年 by 2025年, X人才 by Y人才."""
    if YEAR.fullmatch(subject) and YEAR.search(topic):
        return YEAR.sub(subject, topic, count=1)
    for length in (3, 2):
        ending = subject[-length:]
        if len(subject) <= length or ending not in topic:
            continue
        end = topic.index(ending) + length
        start = _term_start(topic, end - length)
        return topic[:start] + subject + topic[end:]
    return ""


def _term_start(topic: str, end: int) -> int:
    """Where the term that ends here starts: after the last word that names nothing."""
    import jieba

    start = 0
    position = 0
    for word in jieba.lcut(topic[:end]):
        position += len(word)
        if word in function_words() or not CONTENT.search(word) or word in "市省区县":
            start = position
    return max(start, end - 6)
