"""Kept evaluations as a person reads them, and who tells of them: what shows them and what makes
them know only this."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from policyqa.index.types import Value
from policyqa.qa.errors import SettingsError

GROUP = "policyqa.evaluations"


class Figure(Value):
    """One figure of a run; `drawn` where it belongs in a plot over the runs, as a share."""

    title: str
    value: float | None
    shown: str
    drawn: bool = False


class KeptRun(Value):
    """One run. `questions` names the set and the part of it that was asked, `product` is False
    where something else was asked beside the product. With a `fault` nothing else is known."""

    name: str
    fault: str = ""
    product: bool = True
    questions: str = ""
    n: int = 0
    commit: str = ""
    finished: str = ""
    figures: tuple[Figure, ...] = ()


class ChangedFigure(Value):
    """One figure of two runs, in words, with p of the paired test; `difference` and its 95 % bounds
    are None where one of the runs has no such figure."""

    title: str
    n: int
    before: str
    after: str
    shown: str
    p: str
    difference: float | None
    low: float | None
    high: float | None
    share: bool


class Outcome(Value):
    """What became of one question in one run."""

    said: str
    answer: str


class ChangedQuestion(Value):
    """A question that did otherwise; `gain` is below 0 where it is worse."""

    id: str
    question: str
    wanted: str
    gain: float
    before: Outcome
    after: Outcome


class ComparedRuns(Value):
    """Two runs over the questions that both asked; the questions begin with what became worst."""

    before: str
    after: str
    verdict: str
    notes: tuple[str, ...]
    figures: tuple[ChangedFigure, ...]
    questions: tuple[ChangedQuestion, ...]


class Evaluations(Protocol):
    """Tells of the runs in one folder.

    `runs` gives all, the latest first. `report` is the whole page of one, which needs no other
    file. `report` and `compare` raise `qa.errors.RunError` for a run that is not there, not
    finished or damaged, and `compare` for two without a common question.
    """

    def runs(self) -> tuple[KeptRun, ...]: ...

    def report(self, name: str) -> str: ...

    def compare(self, before: str, after: str) -> ComparedRuns: ...


def open_evaluations(folder: Path) -> Evaluations:
    """The runs in a folder, read by whatever is installed to keep them.

    Raises:
        SettingsError: nothing is.
    """
    for entry in entry_points(group=GROUP):
        found: Evaluations = entry.load()(folder)
        return found
    raise SettingsError("没有装好评测的部分，请重新安装 policyqa。")
