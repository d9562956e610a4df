"""What people get in the course of a conversation, turn by turn: what they asked for, found and
said, silence where the documents are silent; and the same questions written out in full."""

from collections.abc import Iterator, Mapping, Sequence

from policyqa.eval.judge.evaluate import Progress
from policyqa.eval.runs.readings import Figure, figures_table, is_of, mean
from policyqa.eval.sets.circumstances import RULINGS
from policyqa.eval.sets.conversations import Said
from policyqa.index.types import Value
from policyqa.qa.assistant import Assistant
from policyqa.qa.types import Answer, Question, Turn

NEAREST = 5


class Heard(Value):
    """One turn and what came; None where it does not apply.

    `found` is whether a piece of the evidence stands in the first five passages, `first` whether
    it stands in the first, `document` whether that is of a right document; `held` whether some of
    the evidence was said and the verdict is none that contradicts, `every` whether all was said
    with the right verdict.
    """

    id: str
    turn: int
    kind: str
    question: str
    query: str
    silent: bool
    searched: bool
    confidence: float
    found: bool | None = None
    first: bool | None = None
    document: bool | None = None
    held: bool | None = None
    every: bool | None = None


def heard(turn: Said, answer: Answer) -> Heard:
    """How one answer did."""
    base = Heard(
        id=turn.id,
        turn=turn.turn,
        kind=turn.kind,
        question=turn.question,
        query=answer.query,
        silent=answer.status != "answered",
        searched=bool(answer.hits),
        confidence=answer.confidence,
    )
    if not turn.evidence:
        return base
    sources = {each.source for each in turn.evidence}
    near = [
        any(e.source == hit.source and is_of(e.quote, [hit.shown]) for e in turn.evidence)
        for hit in answer.hits[:NEAREST]
    ]
    said = [
        any(c.source == e.source and is_of(c.quote, [e.quote]) for c in answer.citations)
        for e in turn.evidence
    ]
    wanted, verdict = RULINGS.get(turn.verdict, ""), RULINGS.get(answer.verdict, "")
    opposite = {wanted, verdict} == {"符合", "不符合"}
    return base.model_copy(
        update={
            "found": any(near),
            "first": bool(near) and near[0],
            "document": bool(answer.hits) and answer.hits[0].source in sources,
            "held": any(said) and not opposite,
            "every": all(said) and wanted == verdict,
        }
    )


def rows(
    assistant: Assistant,
    turns: Sequence[Said],
    *,
    written_out: bool = False,
    progress: Progress | None = None,
) -> Iterator[Heard]:
    """Every turn asked, in order, after the questions before it; `written_out` asks each by itself
    in its full form instead."""
    for n, turn in enumerate(turns, start=1):
        history = tuple(Turn(role="user", content=text) for text in turn.history)
        question = (
            Question(id=turn.id, question=turn.standalone)
            if written_out
            else Question(id=turn.id, question=turn.question, history=history)
        )
        yield heard(turn, assistant.ask(question))
        if progress:
            progress("提问", n, len(turns))


def figures(found: Sequence[Heard]) -> Mapping[str, Figure]:
    """Shares with n. All but the first are of later turns; `silent` is of what the documents do
    not answer, `talked` of small talk that was not searched, `lost` of questions with an answer
    that got none."""
    later = [row for row in found if row.turn > 1]
    asked = [row for row in later if row.held is not None]
    turned = [row for row in asked if row.kind in ("switch", "back")]
    return {
        "opening_held": mean([row.held for row in found if row.turn == 1]),
        "held": mean([row.held for row in asked]),
        "every": mean([row.every for row in asked]),
        "found": mean([row.found for row in asked]),
        "first": mean([row.first for row in asked]),
        "document": mean([row.document for row in asked]),
        "lost": mean([row.silent for row in asked]),
        "turned_held": mean([row.held for row in turned]),
        "silent": mean([row.silent for row in later if row.kind == "none"]),
        "talked": mean([not row.searched for row in later if row.kind == "chitchat"]),
    }


def by_kind(found: Sequence[Heard], name: str) -> Mapping[str, Figure]:
    """One figure of later turns, kind by kind."""
    kinds = dict.fromkeys(row.kind for row in found if row.turn > 1)
    return {k: mean([getattr(row, name) for row in found if row.kind == k]) for k in kinds}


LABELS = {
    "opening_held": "第一问：说到依据，判断不反", "held": "后面各问：说到依据，判断不反",
    "every": "后面各问：依据全说到，判断对", "found": "依据在前五段里", "first": "依据在第一段",
    "document": "第一段是对的文件", "lost": "有依据却没有作答",
    "turned_held": "换话题、回头再问：说到依据",
    "silent": "文件没写的，没有作答", "talked": "客气话没有去查",
}  # fmt: skip


def table(found: Mapping[str, Mapping[str, Figure]]) -> str:
    """A table of figures, a column a way of asking."""
    return figures_table(found, LABELS)
