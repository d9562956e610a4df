"""What visitors think of answers: one JSON line a thumb, with personal numbers masked."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from index.types import Value
from qa.types import Answer

Verdict = Literal["up", "down", "withdrawn"]

_PERSONAL = (
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "〔身份证号〕"),
    (re.compile(r"(?<!\d)(?:\+?86[ -]?)?[1１][3-9３-９]\d(?:[ -]?\d{4}){2}(?!\d)"), "〔手机号〕"),
    (re.compile(r"(?<![A-Za-z0-9])[EGDSPH][A-Z]?\d{7,8}(?!\d)"), "〔护照号〕"),
)


class Feedback(Value):
    """One verdict on one answer; `time` is UTC, `corpus` the index that answered."""

    time: str
    verdict: Verdict
    answer_id: str
    question: str
    status: str
    corpus: str


def masked(text: str) -> str:
    """`text` without 身份证, 手机 and passport numbers; \\d takes full-width digits too."""
    for pattern, name in _PERSONAL:
        text = pattern.sub(name, text)
    return text


def feedback_on(answer: Answer, verdict: Verdict, *, now: datetime | None = None) -> Feedback:
    """What is kept of a verdict: never the answer's text, which the corpus gives again."""
    return Feedback(
        time=(now or datetime.now(UTC)).isoformat(timespec="seconds"),
        verdict=verdict,
        answer_id=answer.id,
        question=masked(answer.question),
        status=answer.status,
        corpus=answer.corpus,
    )


def append_feedback(path: Path, feedback: Feedback) -> None:
    """Add one line to the file, which is made when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(feedback.model_dump(), ensure_ascii=False) + "\n"
    with path.open("a", encoding="utf-8") as file:
        file.write(line)
