r"""What a person would want of answers on real policies: the right passage and document found, the
answer's sentence first, all of it said, and near misses kept silent.

    python -m policyqa.eval.runs.readings --index DIR --part tuning [--rows FILE] [--limit N]

The questions lie outside the project (`eval.sets.readings`); the index is of their documents, and
of as many others as there are. Figures are means with n; those of finding are over questions that
name their place or policy, since others may be answered by other documents too.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from policyqa.eval.judge.dataset import Query
from policyqa.eval.judge.evaluate import question_of
from policyqa.eval.judge.matching import holds
from policyqa.eval.judge.statistics import intervals
from policyqa.eval.sets import readings
from policyqa.index.types import Value
from policyqa.qa.assistant import Assistant
from policyqa.qa.types import Answer

LABELS = {
    "named_evidence_in_5": "点名地方或文件的：依据在前五段",
    "named_document_first": "点名的：第一段是那份文件",
    "named_first_said": "点名的：第一句是依据",
    "named_every_said": "点名的：依据说全",
    "evidence_in_5": "全部：依据在前五段",
    "first_said": "全部：第一句是依据",
    "every_said": "全部：依据说全",
    "precision": "引文里依据的份额",
    "false_answers": "误答：文件里没有而答了",
    "false_silences": "误默：文件里有而没有答",
    "auc": "把握分清答得对与别的（AUC）",
}
SHARED = Path("../shared/data/policy_reading")


class Judged(Value):
    """One question and what came; None where it does not apply.

    `found` is whether a piece of the evidence stands in the first five passages, `document`
    whether the first is of the right document, `first` whether the first sentence said is of the
    evidence, `every` whether all of it was said; `precision` is the share of the citations that are
    of it.
    """

    id: str
    question: str
    type: str
    named: bool
    answerable: bool
    silent: bool
    reason: str
    confidence: float
    found: bool | None = None
    document: bool | None = None
    first: bool | None = None
    every: bool | None = None
    precision: float | None = None
    answer: str = ""


def judged(query: Query, answer: Answer) -> Judged:
    """How one answer did."""
    extra = query.model_extra or {}
    base = Judged(
        id=query.id,
        question=query.text,
        type=query.type,
        named=bool(extra.get("named")),
        answerable=bool(query.answerable),
        silent=answer.status != "answered",
        reason=answer.reason or "",
        confidence=answer.confidence,
        answer=answer.answer,
    )
    if not query.answerable:
        return base
    source, quotes = query.evidence[0].source, [item.quote for item in query.evidence]
    near = [hit for hit in answer.hits[:5] if hit.source == source]
    cited = {c.n: c.source == source and is_of(c.quote, quotes) for c in answer.citations}
    first = answer.sentences[0].citations if answer.sentences else ()
    own = [c.quote for c in answer.citations if c.source == source]
    return base.model_copy(
        update={
            "found": any(is_of(quote, [hit.shown]) for hit in near for quote in quotes),
            "document": bool(answer.hits) and answer.hits[0].source == source,
            "first": any(cited[n] for n in first),
            "every": all(is_of(quote, own) for quote in quotes),
            "precision": sum(cited.values()) / len(cited) if cited else None,
        }
    )


def is_of(quote: str, others: Sequence[str]) -> bool:
    """Whether one of the others holds the quote, or is part of it."""
    return any(holds(other, quote) or holds(quote, other) for other in others)


def rows(assistant: Assistant, queries: Sequence[Query]) -> Iterator[Judged]:
    """Every question asked, in order."""
    for query in queries:
        yield judged(query, assistant.ask(question_of(query)))


class Figure(Value):
    """A mean, its 95 % bootstrap interval (resampling questions), and over how many questions;
    None where there are none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int


def figures(found: Sequence[Judged]) -> Mapping[str, Figure]:
    """The means. `false_answers` are near misses that were answered, `false_silences` questions
    with an answer that were kept silent; `auc` is the area under the ROC curve of the confidence,
    of questions whose first sentence was right against all others."""
    answerable = [row for row in found if row.answerable]
    named = [row for row in answerable if row.named]
    misses = [row for row in found if not row.answerable]
    return {
        "named_evidence_in_5": mean([row.found for row in named]),
        "named_document_first": mean([row.document for row in named]),
        "named_first_said": mean([row.first for row in named]),
        "named_every_said": mean([row.every for row in named]),
        "evidence_in_5": mean([row.found for row in answerable]),
        "first_said": mean([row.first for row in answerable]),
        "every_said": mean([row.every for row in answerable]),
        "precision": mean([row.precision for row in answerable]),
        "false_answers": mean([not row.silent for row in misses]),
        "false_silences": mean([row.silent for row in answerable]),
        "auc": _auc(found),
    }


def mean(values: Sequence[float | bool | None]) -> Figure:
    """The mean of what is known, with its bounds and n."""
    known = np.array([[float(value)] for value in values if value is not None])
    if not len(known):
        return Figure(value=None, n=0)
    (bounds,) = intervals(known, np.ones_like(known))
    low, high = bounds or (None, None)
    return Figure(
        value=_rounded(known.mean()), low=_rounded(low), high=_rounded(high), n=len(known)
    )


def kept_table(path: Path) -> str:
    """The table of stored figures, as `main` prints them."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return figures_table({"test": {name: Figure(**each) for name, each in stored.items()}}, LABELS)


def figures_table(found: Mapping[str, Mapping[str, Figure]], labels: Mapping[str, str]) -> str:
    """A table in Markdown: a line for each label, a column for each of what was found."""
    head = ["| | " + " | ".join(found) + " |", "|---" * (len(found) + 1) + "|"]
    lines = [
        f"| {label} | " + " | ".join(_shown(each[name]) for each in found.values()) + " |"
        for name, label in labels.items()
    ]
    return "\n".join([*head, *lines])


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    bounds = f"（{figure.low:.2f}–{figure.high:.2f}）" if figure.low is not None else ""
    return f"{figure.value:.2f}{bounds} n={figure.n}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _auc(found: Sequence[Judged]) -> Figure:
    from sklearn.metrics import roc_auc_score

    labels = [bool(row.first) for row in found]
    if len(set(labels)) < 2:
        return Figure(value=None, n=len(found))
    value = roc_auc_score(labels, [row.confidence for row in found])
    return Figure(value=_rounded(value), n=len(found))


def main() -> None:
    """Print the figures as JSON."""
    from policyqa.qa import wiring

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=Path, default=SHARED)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--part", choices=readings.UNTAUGHT, required=True)
    parser.add_argument("--rows", type=Path, help="where each question's row goes, JSON lines")
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    chosen = readings.load(arguments.readings, parts=(arguments.part,), per_document=None)
    found = list(rows(wiring.open_assistant(arguments.index), chosen.queries[: arguments.limit]))
    if arguments.rows:
        arguments.rows.write_text("".join(row.model_dump_json() + "\n" for row in found), "utf-8")
    shown = {name: figure.model_dump() for name, figure in figures(found).items()}
    print(json.dumps(shown, indent=1))


if __name__ == "__main__":
    main()
