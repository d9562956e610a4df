"""What goes into the store and comes out of it."""

from typing import Literal

from pydantic import Field

from policyqa.index.types import Value
from policyqa.qa.types import Answer

Verdict = Literal["up", "down", "withdrawn"]
Reason = Literal["off_topic", "wrong_citation", "outdated", "incomplete"]
REASONS: dict[Reason, str] = {
    "off_topic": "答非所问",
    "wrong_citation": "引用不符",
    "outdated": "信息过时",
    "incomplete": "不完整",
}

MAX_COMMENT_CHARS = 1000


class KeptAnswer(Value):
    """An answer as it was given, personal numbers masked. `time` is UTC in ISO 8601; `share` is
    the secret part of its public address, "" while it is not shared."""

    id: str
    time: str
    answer: Answer
    share: str = ""


class Feedback(Value):
    """What one reader thinks of one answer; the last word counts."""

    answer_id: str
    time: str
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    comment: str = Field(default="", max_length=MAX_COMMENT_CHARS)


class Gap(Value):
    """A reader's word that the documents should answer what they do not."""

    answer_id: str
    time: str
    comment: str = Field(default="", max_length=MAX_COMMENT_CHARS)
