"""Conditions that the asker answers himself, by their own words: “具有本市户籍”：是."""

import re
from collections.abc import Iterable, Mapping

from policyqa.index.structure.headings import without_marker
from policyqa.index.text.words import normalise
from policyqa.qa.eligibility.logic import Truth

ANSWERS: Mapping[str, Truth] = {"是": True, "否": False, "不清楚": None}
REPLY = re.compile(r"[“\"](?P<condition>.+)[”\"]\s*[:：]\s*(?P<answer>是|否|不清楚)[。.]?")
LEADS = ("：", ":")  # what ends so is continued by what follows and no condition by itself
LONGEST = 80  # characters of a condition that is asked for


def condition_of(item: str) -> str:
    """The condition that an item of a list states, in a line without its number; "" for one that
    is too long to be asked for, or goes on below."""
    text = " ".join(without_marker(item).split()).rstrip("。；;，,、")
    return "" if len(text) > LONGEST or text.endswith(LEADS) else text


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
    """The same for one condition, however its marks are written; those between digits stay (满1.5年
    is not 满15年)."""
    return re.sub(r"\W(?!(?<=\d\W)\d)", "", normalise(condition))
