"""JSON lines in, JSON lines out: same order, one line a question even when one fails."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from policyqa.qa.errors import QuestionError, meaning
from policyqa.qa.types import Answer, Question, Reason

logger = logging.getLogger(__name__)

MAX_LINE_CHARS = 1_000_000


class Answerer(Protocol):
    """Whatever answers a question: the assistant, or a test's."""

    def ask(self, question: Question) -> Answer:
        """Answer or abstain; never raises for a bad question."""
        ...


@contextmanager
def opened(name: str) -> Iterator[Iterable[str]]:
    """Lines of a file, or of standard input for `-`; bytes that are no UTF-8 become "�", so that
    one bad line does not cost the others their answers.

    Raises:
        QuestionError: the file cannot be read.
    """
    if name == "-":
        yield sys.stdin
        return
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise QuestionError(f"无法读取 {name}：{error.strerror or error}") from error
    yield data.decode("utf-8-sig", "replace").split("\n")


def answers(assistant: Answerer, lines: Iterable[str], *, k: int) -> Iterator[str]:
    """One JSON line for each line that is not blank."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield answer_line(assistant, line, number=number, k=k)


def answer_line(assistant: Answerer, line: str, *, number: int, k: int) -> str:
    """The answer to one line; a line that is no question gives status "error"."""
    record: Any = None
    try:
        if len(line) > MAX_LINE_CHARS:
            raise ValueError(f"一行超过 {MAX_LINE_CHARS} 字")
        sound = json.dumps(json.loads(line.lstrip("\ufeff")), ensure_ascii=False)
        record = json.loads(sound.encode("utf-8", "replace"))  # half an emoji cannot be written
        if not isinstance(record, dict):
            raise ValueError("每行应为一个 JSON 对象")
        fields = {"k": k} | {n: record[n] for n in FIELDS if record.get(n) is not None}
        question = Question.model_validate(fields)
    except (ValueError, RecursionError) as error:
        return _failed(record, _reason(error), number)
    try:
        return assistant.ask(question).model_dump_json()
    except Exception:  # the contract: one line a question, whatever becomes of it
        logger.exception("line %d", number)
        return _failed(record, "程序出错，详见日志", number, "failed")


FIELDS = ("id", "question", "history", "as_of", "filters", "forget", "k")


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return f"{where} 有误：{meaning(first)}"
    if isinstance(error, json.JSONDecodeError):
        return f"不是 JSON：{error.msg}"
    return str(error)


def _failed(record: Any, message: str, number: int, reason: Reason = "bad_question") -> str:
    known = record if isinstance(record, dict) else {}
    return Answer(
        id=str(known.get("id", ""))[:200],
        question=str(known.get("question", ""))[:2000],
        query="",
        status="error",
        reason=reason,
        answer=f"第 {number} 行：{message}",
    ).model_dump_json()
