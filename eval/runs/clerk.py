"""How near answers come to those of a very good clerk: a stand-in that a command counts, and the
judgements of people."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from policyqa.eval.judge.evaluate import Progress
from policyqa.eval.runs.readings import Figure, figures_table, is_of, mean
from policyqa.eval.sets.circumstances import RULINGS
from policyqa.eval.sets.clerk import Judged, Judgement, Task
from policyqa.index.types import Value
from policyqa.qa.assistant import Assistant
from policyqa.qa.types import Answer, Question


class Served(Value):
    """One question and what came; None where it does not apply.

    `every` is whether all of the evidence was said, `some` whether a piece of it was; `idle` is
    the share of the citations that are neither of it nor may be said too; `verdict` is whether the
    verdict is the clerk's, `opposite` whether it is the other one. `good` is the stand-in for what
    a person would call right: all is said and no verdict is the opposite, or silence where the
    file is silent.
    """

    id: str
    type: str
    silent: bool
    good: bool
    every: bool | None = None
    some: bool | None = None
    idle: float | None = None
    verdict: bool | None = None
    opposite: bool | None = None


def served(task: Task, answer: Answer) -> Served:
    """How one answer did."""
    silent = answer.status != "answered"
    base = Served(id=task.id, type=task.type, silent=silent, good=silent)
    if not task.answerable:
        return base
    own = [c.quote for c in answer.citations if c.source == task.source]
    said = [is_of(quote, own) for quote in task.evidence]
    may = [*task.evidence, *task.plus]
    idle = [c.source != task.source or not is_of(c.quote, may) for c in answer.citations]
    wanted, verdict = RULINGS.get(task.verdict, ""), RULINGS.get(answer.verdict, "")
    opposite = {wanted, verdict} == {"符合", "不符合"}
    return base.model_copy(
        update={
            "good": all(said) and not opposite,
            "every": all(said),
            "some": any(said),
            "idle": sum(idle) / len(idle) if idle else None,
            "verdict": verdict == wanted if wanted else None,
            "opposite": opposite if wanted else None,
        }
    )


def rows(
    assistant: Assistant, tasks: Sequence[Task], *, progress: Progress | None = None
) -> Iterator[Served]:
    """Every question asked, in order."""
    for n, task in enumerate(tasks, start=1):
        yield served(task, assistant.ask(Question(id=task.id, question=task.question)))
        if progress:
            progress("提问", n, len(tasks))


def figures(found: Sequence[Served]) -> Mapping[str, Figure]:
    """Shares with n."""
    answerable = [row for row in found if row.every is not None]
    return {
        "good": mean([row.good for row in found]),
        "every": mean([row.every for row in answerable]),
        "some": mean([row.some for row in answerable]),
        "idle": mean([row.idle for row in answerable]),
        "verdict": mean([row.verdict for row in answerable]),
        "opposite": mean([row.opposite for row in answerable]),
        "lost": mean([row.silent for row in answerable]),
        "kept": mean([row.silent for row in found if row.every is None]),
    }


def by_type(found: Sequence[Served]) -> Mapping[str, Mapping[str, Figure]]:
    """The figures of all, then of each type."""
    types = dict.fromkeys(row.type for row in found)
    each = {name: figures([row for row in found if row.type == name]) for name in types}
    return {"全部": figures(found), **each}


LABELS = {
    "good": "依据全说到、判断不反，或该沉默时沉默", "every": "依据全说到", "some": "说到一部分依据",
    "idle": "多说的引文占比", "verdict": "判断与办事员一致", "opposite": "判断相反",
    "lost": "有依据却没有作答", "kept": "文件没写的，没有作答",
}  # fmt: skip


def table(found: Mapping[str, Mapping[str, Figure]]) -> str:
    """A table of figures, a column a type."""
    return figures_table(found, LABELS)


def judged_table(found: Sequence[Judgement], tasks: Sequence[Task] = ()) -> str:
    """How many answers of each version were judged how, then those of the last one by the type of
    the question, as a table in Markdown; "" for none."""
    if not found:
        return ""
    versions = list(dict.fromkeys(each.version for each in found))
    columns = {v: Counter(each.judged for each in found if each.version == v) for v in versions}
    last = [each for each in found if each.version == versions[-1]]
    types = {task.id: task.type for task in tasks}
    for each in last:
        if each.id in types:
            columns.setdefault(types[each.id], Counter())[each.judged] += 1
    names = {"right": "对", "partial": "部分对", "wrong": "错", "silent": "误沉默"}
    head = "| 人工判断 | " + " | ".join(f"{v} n={c.total()}" for v, c in columns.items()) + " |"
    lines = [
        f"| {names[kind]} | "
        + " | ".join(f"{c[kind] / c.total():.2f}" for c in columns.values())
        + " |"
        for kind in get_args(Judged)
    ]
    return "\n".join([head, "|---" * (len(columns) + 1) + "|", *lines])
