"""Questions as people ask them, with what a very good clerk would say, and how answers were judged.

A folder of them has `questions.jsonl`, a line a question: `id`, `source` (the file it is about),
`type`, `question`, `answerable`, `verdict`, `evidence` (every sentence that the answer needs),
`plus` (sentences that may be said too), `answer` (the clerk's); and `judgements.jsonl`, a line an
answer that somebody judged: `id`, `version`, `answer`, `judged`, `why`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import ValidationError

from policyqa.index.types import Value
from policyqa.qa.errors import DatasetError

FILE, JUDGED = "questions.jsonl", "judgements.jsonl"
Judged = Literal["right", "partial", "wrong", "silent"]
Row = TypeVar("Row", bound=Value)


class Task(Value):
    """One question, as above."""

    id: str
    source: str
    type: str
    question: str
    answerable: bool
    verdict: str = ""
    evidence: tuple[str, ...] = ()
    plus: tuple[str, ...] = ()
    answer: str = ""


class Judgement(Value):
    """What somebody thought of the answer that a version gave, as above."""

    id: str
    version: str
    answer: str
    judged: Judged
    why: str = ""


def load(folder: Path) -> tuple[Task, ...]:
    """The questions of a folder, in order.

    Raises:
        DatasetError: there is no such file, or a line is no question.
    """
    return tuple(_lines(folder / FILE, Task))


def judgements(folder: Path) -> tuple[Judgement, ...]:
    """The answers that were judged, () where none was.

    Raises:
        DatasetError: a line is no judgement.
    """
    path = folder / JUDGED
    return tuple(_lines(path, Judgement)) if path.exists() else ()


def _lines(path: Path, of: type[Row]) -> Sequence[Row]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DatasetError(f"读不了 {path}：{error}") from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(of.model_validate_json(line))
        except ValidationError as error:
            raise DatasetError(f"{path}:{number}: 格式不对：{error}") from error
    return found
