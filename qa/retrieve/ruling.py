"""What a rule says to a question whether something may be: 可以, 不可以, or that it depends."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from pydantic import Field

from policyqa.index.errors import ModelError
from policyqa.index.store.embedding import computing_on, first_line
from policyqa.index.store.weights import check_shipped
from policyqa.index.types import Value
from policyqa.qa.retrieve.pages import rule_window

if TYPE_CHECKING:  # importing it takes seconds; `LearnedRuler.load` does it
    from tokenizers import Tokenizer

    from policyqa.qa.retrieve.ruling_model import RulingModel

Said = Literal["不可以", "可以", "视条件而定"]
# What comparing the numbers that the asker tells gave: there was nothing to compare, all is met,
# something fails, or something cannot be told.
Compared = Literal["nothing", "met", "failed", "open"]
RULINGS: tuple[Said | Literal["没说"], ...] = ("不可以", "可以", "视条件而定", "没说")
FOLDER, WEIGHTS, THRESHOLDS = "ruler", "ruling.safetensors", "ruling.json"


class Ruling(NamedTuple):
    """Probabilities of each of `RULINGS`, in their order, and what comparing numbers gave."""

    refused: float
    allowed: float
    depends: float
    unsaid: float
    compared: Compared = "nothing"

    def said(self) -> Said | None:
        """The ruling that is sure enough to be said; None for none."""
        sure = _thresholds().least.get(self.compared, {})
        every = (self.refused, self.allowed, self.depends, self.unsaid)
        for name, probability in zip(RULINGS, every, strict=True):
            if name != "没说" and probability >= sure.get(name, math.inf):
                return name
        return None


class Ruler(Protocol):
    """Says what a rule means for a question."""

    def rule(
        self, query: str, title: str, sentences: Sequence[str], compared: Compared = "nothing"
    ) -> Ruling:
        """The ruling of these sentences.

        Args:
            query: normalised, as `qa.question.query` gives it.
            title: of the document that they are of.
            sentences: as they stand there.
            compared: what comparing the numbers in them gave.
        """
        ...


class LearnedRuler:
    """The ruler of this package, for its embedding model."""

    def __init__(self, model: "RulingModel", tokenizer: "Tokenizer") -> None:
        self._model = model
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, base: Any, tokenizer: "Tokenizer") -> "LearnedRuler":
        """Load what was learned over an embedding model, whose lower layers are shared.

        Args:
            base: the transformer of the default model.
            tokenizer: of this model.

        Raises:
            ModelError: the weights are absent, damaged, or do not fit.
        """
        from safetensors.numpy import load

        from policyqa.qa.retrieve.ruling_model import RulingModel

        folder = Path(str(resources.files(__package__) / FOLDER))
        check_shipped(folder)
        try:
            model = RulingModel(base)
            model.learn(load((folder / WEIGHTS).read_bytes()))
        except Exception as error:  # safetensors has errors of no common kind
            raise ModelError(f"无法加载判断模型 {WEIGHTS}（{first_line(error)}）") from error
        return cls(model.to(base.dtype).eval(), tokenizer)

    def rule(
        self, query: str, title: str, sentences: Sequence[str], compared: Compared = "nothing"
    ) -> Ruling:
        """See `Ruler`."""
        import torch

        window = rule_window(self._tokenizer, query, title, sentences)
        with computing_on(1), torch.inference_mode():
            found = torch.softmax(self._model([window]), dim=-1)[0]
        refused, allowed, depends, unsaid = found.tolist()
        return Ruling(refused, allowed, depends, unsaid, compared)


class Thresholds(Value):
    """The least probability from which each ruling is said, by what comparing gave; what is not
    named never is. `trained_on` says how many questions of which sets they were chosen on."""

    least: Mapping[str, Mapping[str, float]]
    trained_on: Mapping[str, int] = Field(default_factory=dict)


@cache
def _thresholds() -> Thresholds:
    text = resources.files(__package__).joinpath(THRESHOLDS).read_text(encoding="utf-8")
    return Thresholds.model_validate_json(text)
