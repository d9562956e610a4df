"""The runs of one folder as the staff desk shows them; named by the entry point group
`policyqa.evaluations`, so that the desk need not import `eval`."""

from functools import lru_cache
from pathlib import Path

from policyqa.eval.judge.figures import Figures, entries
from policyqa.eval.report import wording
from policyqa.eval.runs import recorder as runs
from policyqa.eval.runs.comparison import Change, Comparison, Difference, Side, compare
from policyqa.qa.errors import RunError
from policyqa.qa.evaluations import (
    ChangedFigure,
    ChangedQuestion,
    ComparedRuns,
    Figure,
    KeptRun,
    Outcome,
)

SHOWN = (
    "retrieval.success_at_1",
    "retrieval.success_at_5",
    "answers.accuracy",
    "answers.sentence_support",
    "answers.quote_exact",
    "abstention.precision",
    "abstention.recall",
    "abstention.error",
    "answers.rejected_cited",
    "latency_ms.p50",
)
DRAWN = frozenset(
    {
        "retrieval.success_at_1",
        "answers.accuracy",
        "abstention.precision",
        "abstention.recall",
    }
)
REMEMBERED = 4  # comparisons: a page asks for its figures and for their picture


class KeptRuns:
    """Tells of the runs in a folder, a `qa.evaluations.Evaluations`.

    Args:
        folder: of all runs; it need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def runs(self) -> tuple[KeptRun, ...]:
        """All of them, the latest first; what cannot be read says why, at the end."""
        found = [_kept(path.parent) for path in self._folder.glob("*/run.json")]
        found.sort(key=lambda run: run.name)
        return tuple(sorted(found, key=lambda run: run.finished, reverse=True))

    def report(self, name: str) -> str:
        """The whole page of one run.

        Raises:
            RunError: there is none of this name, or it has no page.
        """
        path = self._of(name) / "report.html"
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(f"运行 {name} 没有可读的报告") from error

    def compare(self, before: str, after: str) -> ComparedRuns:
        """Two runs over the questions that both asked.

        Raises:
            RunError: one is not there, not finished or damaged, or they share no question.
        """
        return _compared(*(_stamped(self._of(name)) for name in (before, after)))

    def _of(self, name: str) -> Path:
        """The folder of a name: of those that are there, so that no name leads elsewhere."""
        for path in self._folder.glob("*/run.json"):
            if path.parent.name == name:
                return path.parent
        raise RunError(f"没有名为 {name[:100]} 的运行")


def _kept(folder: Path) -> KeptRun:
    try:
        info, figures = runs.outline(folder)
    except RunError:
        return KeptRun(name=folder.name, fault="文件已损坏，请用 --replace 重做")
    if figures is None:
        return KeptRun(name=folder.name, fault="还没有完成，先用同样的命令继续")
    return KeptRun(
        name=folder.name,
        product=info.contestant == runs.PRODUCT,
        questions=f"{info.dataset}:{info.split}" if info.split else info.dataset,
        n=info.n,
        commit=info.commit[:12],
        finished=info.finished,
        figures=_figures(figures),
    )


def _figures(figures: Figures) -> tuple[Figure, ...]:
    known = {entry.key: entry for entry in entries(figures)}
    return tuple(
        Figure(
            title=known[key].title,
            value=known[key].value,
            shown=known[key].shown(),
            drawn=key in DRAWN,
        )
        for key in SHOWN
    )


def _stamped(folder: Path) -> tuple[Path, int]:
    """The folder, and when its run was written last."""
    try:
        return folder, (folder / "run.json").stat().st_mtime_ns
    except OSError as error:
        raise RunError(f"没有名为 {folder.name} 的运行") from error


@lru_cache(maxsize=REMEMBERED)
def _compared(before: tuple[Path, int], after: tuple[Path, int]) -> ComparedRuns:
    found: Comparison = compare(runs.load(before[0]), runs.load(after[0]))
    return ComparedRuns(
        before=before[0].name,
        after=after[0].name,
        verdict=wording.verdict(found),
        notes=tuple(wording.notes(found)),
        figures=tuple(_figure(line) for line in found.differences if line.difference),
        questions=tuple(map(_question, found.changes)),
    )


def _figure(line: Difference) -> ChangedFigure:
    title, _, before, after, shown, p = wording.cells(line)
    return ChangedFigure(
        title=title,
        n=line.n,
        before=before,
        after=after,
        shown=shown,
        p=p,
        difference=line.difference,
        low=line.low,
        high=line.high,
        share=not line.figure.endswith("chars"),
    )


def _question(change: Change) -> ChangedQuestion:
    return ChangedQuestion(
        id=change.id,
        question=change.question,
        wanted="；".join(change.wanted) or "拒答",
        gain=change.gain,
        before=_outcome(change.before),
        after=_outcome(change.after),
    )


def _outcome(side: Side) -> Outcome:
    return Outcome(said=wording.outcome(side), answer=side.answer)
