"""Conditions that the asker answers himself, by their own words: “具有本市户籍”：是."""

import re
from collections.abc import Iterable, Mapping

from policyqa.index.structure.headings import without_marker
from policyqa.index.text.words import normalise
from policyqa.qa.eligibility.logic import Truth

ANSWERS: Mapping[str, Truth] = {"是": True, "否": False, "不清楚": None}
REPLY = re.compile(r"[“\"](?P<condition>.+)[”\"]\s*[:：]\s*(?P<answer>是|否|不清楚)[。.]?")
GRANTS = re.compile(
    r"(?:第[^条]{1,6}条)?\s*(?P<condition>[^。；;]{6,80}?)的?[，,](?:均|都|即|方|才|也)?"
    r"(?:可以|可(?!能)|准予|予以|给予|享受|纳入)"
)
TAKES = re.compile(
    "不予|不得|不能|不可以|不再|不享受|禁止|取消|注销|退回|收回|追回|停止|终止|撤销|暂停|驳回"
    "|处罚|处分|罚款|警告|通报|批评|追究|解除|腾退|清退|除名|辞退"
)
LEADS = ("：", ":")  # what ends so is continued by what follows and no condition by itself
LONGEST = 80  # characters of a condition that is asked for


def condition_of(item: str) -> str:
    """The condition that an item of a list states, in a line without its number; "" for one that
    is too long to be asked for, or goes on below."""
    text = " ".join(without_marker(item).split()).rstrip("。；;，,、")
    return "" if len(text) > LONGEST or text.endswith(LEADS) else text


def granted_if(sentence: str) -> str:
    """The condition of a sentence that grants something on it: 符合……的，可以……; "" for another, as
    for one that takes something away or punishes on it."""
    found = GRANTS.match(" ".join(without_marker(sentence).split()))
    found = None if TAKES.search(sentence) else found
    return found["condition"].strip("，,") if found else ""


def replies_to(condition: str) -> tuple[str, ...]:
    """What may be said to a condition."""
    return tuple(f"“{condition}”：{answer}" for answer in ANSWERS)


def is_reply(text: str) -> bool:
    """Whether a turn answers a condition rather than asking something."""
    return REPLY.fullmatch(text.strip()) is not None


def replied(turns: Iterable[str]) -> dict[str, Truth]:
    """What was said to each condition, by its words as `key_of` gives them; the last word counts.

    Args:
        turns: what the asker said, oldest first.
    """
    found = (REPLY.fullmatch(turn.strip()) for turn in turns)
    return {key_of(each["condition"]): ANSWERS[each["answer"]] for each in found if each}


def key_of(condition: str) -> str:
    """The same for one condition, however its marks are written."""
    return re.sub(r"\W", "", normalise(condition))
