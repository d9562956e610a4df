"""What a rule says to a question whether something may be: 可以, 不可以, or that it depends."""

import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from pydantic import Field

from policyqa.index.types import Value

Said = Literal["不可以", "可以", "视条件而定"]
RULINGS: tuple[Said, ...] = ("不可以", "可以", "视条件而定")
THRESHOLDS = "ruling.json"


class Ruling(NamedTuple):
    """Probabilities of each of `RULINGS`, in their order."""

    refused: float
    allowed: float
    depends: float

    def said(self) -> Said | None:
        """The ruling that is sure enough to be said; None for none."""
        sure = _thresholds()
        for name, probability in zip(RULINGS, self, strict=True):
            if probability >= sure.least.get(name, math.inf):
                return name
        return None


@runtime_checkable
class Ruler(Protocol):
    """Says what a rule means for a question."""

    def rule(self, query: str, title: str, sentences: Sequence[str]) -> Ruling | None:
        """The ruling of these sentences; None where it cannot be told.

        Args:
            query: normalised, as `qa.question.query` gives it.
            title: of the document that they are of.
            sentences: as they stand there.
        """
        ...


class Thresholds(Value):
    """The least probability from which each ruling is said; what is not named never is.
    `trained_on` says how many questions of which sets they were chosen on."""

    least: dict[str, float]
    trained_on: dict[str, int] = Field(default_factory=dict)


@cache
def _thresholds() -> Thresholds:
    text = resources.files(__package__).joinpath(THRESHOLDS).read_text(encoding="utf-8")
    return Thresholds.model_validate_json(text)
