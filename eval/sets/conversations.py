"""Conversations on real policies, outside the project or in it, turn by turn.

A folder of them has `conversations.jsonl`, a line a turn: `id`, `conversation`, `turn`, `question`,
`history` (what the asker asked before), `standalone` (the same question written out in full),
`kind`, `answerable`, `verdict`, `evidence` [{`source`, `quote`}], every sentence of the answer, and
`right_answer`, what a clerk would say.
"""

from collections import Counter
from collections.abc import Collection
from pathlib import Path

from pydantic import ValidationError

from policyqa.eval.sets.readings import Part, part_of
from policyqa.index.types import Value
from policyqa.qa.errors import DatasetError

FILE = "conversations.jsonl"


class Proof(Value):
    """One sentence of an answer, in its file."""

    source: str
    quote: str


class Said(Value):
    """One turn of a conversation, as above."""

    id: str
    conversation: str
    turn: int
    question: str
    history: tuple[str, ...]
    standalone: str
    kind: str
    answerable: bool
    verdict: str
    evidence: tuple[Proof, ...]
    right_answer: str = ""


def load(folder: Path, *, parts: Collection[Part]) -> tuple[Said, ...]:
    """The turns of the conversations that are about documents of some parts, in order.

    Raises:
        DatasetError: there is no such file, or a line is no turn.
    """
    path, turns = folder / FILE, []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DatasetError(f"读不了 {path}：{error}") from error
    for number, line in enumerate(lines, start=1):
        try:
            turns.append(Said.model_validate_json(line))
        except ValidationError as error:
            raise DatasetError(f"{path}:{number}: 不是一轮对话：{error}") from error
    about = _parts(turns)
    return tuple(turn for turn in turns if about[turn.conversation] in parts)


def _parts(turns: Collection[Said]) -> dict[str, Part]:
    """What each conversation is for: as the document that most of it is about."""
    sources: dict[str, Counter[str]] = {turn.conversation: Counter() for turn in turns}
    for turn in turns:
        sources[turn.conversation].update(each.source for each in turn.evidence)
    return {
        name: part_of(counted.most_common(1)[0][0] if counted else name)
        for name, counted in sources.items()
    }
