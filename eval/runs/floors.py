"""Floors under which no figure may fall: `eval/gate.toml`, kept by CI.

dataset = "datasets/seeds"            # from the file's own folder
split = "test"
[floors]
"retrieval.success_at_1" = 0.85       # raise it here, when it holds
[reasons]                             # for each floor that is lower than it once was
"retrieval.success_at_1" = "0.85: …"  # begins with the floor that it excuses
"""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from policyqa.eval.errors import GateError
from policyqa.eval.judge.figures import Figures, figure
from policyqa.eval.runs import toml_files
from policyqa.eval.runs.machine import git
from policyqa.index.types import Value


class Gate(Value):
    """The floors of one data set, by the figure's key."""

    dataset: str
    split: str | None = None
    floors: dict[str, float] = Field(min_length=1)
    reasons: dict[str, str] = Field(default_factory=dict)


class Verdict(Value):
    """One figure and its floor."""

    figure: str
    floor: float
    value: float | None
    holds: bool


def read(path: Path) -> Gate:
    """The gate of a file.

    Raises:
        GateError: it cannot be read or is no gate.
    """
    return toml_files.read(path, Gate, GateError)


def parsed(text: str) -> Gate:
    """A gate from TOML; raises what `tomllib` and pydantic raise."""
    return Gate.model_validate(tomllib.loads(text))


def verdicts(gate: Gate, figures: Figures) -> list[Verdict]:
    """Each floor against its figure; a figure that there is nothing for does not hold.

    Raises:
        GateError: a floor is of no known figure.
    """
    found = []
    for name, floor in gate.floors.items():
        try:
            value = figure(figures, name)
        except KeyError as error:
            raise GateError(f"没有名为 {name} 的指标，见 policyqa eval --json") from error
        holds = value is not None and value >= floor
        found.append(Verdict(figure=name, floor=floor, value=value, holds=holds))
    return found


def lowered(gate: Gate, earlier: Sequence[Gate]) -> list[str]:
    """What was made easier than it once was without a reason, a line each."""
    highest: dict[str, float] = {}
    for before in earlier:
        for name, floor in before.floors.items():
            highest[name] = max(floor, highest.get(name, floor))
    lines = []
    for name, once in highest.items():
        present = gate.floors.get(name)
        if present is not None and present >= once:
            continue
        wanted = "none:" if present is None else f"{present:g}:"
        if not gate.reasons.get(name, "").startswith(wanted):
            now = "取消" if present is None else f"降到 {present:g}"
            lines.append(f'{name} 曾为 {once:g}，现{now}：请在 [reasons] 里写 "{wanted} 理由"')
    return lines


def earlier(path: Path) -> list[Gate]:
    """The gates that the file held in earlier commits, as far as git knows; versions that were no
    gate are left out."""
    folder = path.resolve().parent
    return list(_versions(folder, path.name))


def _versions(folder: Path, name: str) -> Iterator[Gate]:
    for commit in git("log", "--format=%H", "--", name, folder=folder).split():
        try:
            yield parsed(git("show", f"{commit}:./{name}", folder=folder))
        except (ValidationError, tomllib.TOMLDecodeError):
            continue
