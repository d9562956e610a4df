"""An answer while it is put together."""

from dataclasses import dataclass, field
from typing import Literal

from policyqa.index.types import Span
from policyqa.qa.compose.composer import Composer
from policyqa.qa.compose.verdicts import Verdict, verdict_words
from policyqa.qa.retrieve.evidence import Quote
from policyqa.qa.types import Compared, Completeness, Condition, Note, Role
from policyqa.qa.wording import ABOVE


@dataclass
class Draft:
    """An answer while it is put together."""

    composer: Composer
    verdict: Verdict = ""
    missing: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    compared_by: Literal["", "time", "place"] = ""
    conditions: list[Condition] = field(default_factory=list)
    choices: tuple[str, ...] = ()

    def say(self, quote: Quote, span: Span, role: Role = "statement") -> tuple[int, ...]:
        """Say a part of a sentence, if the gate lets it; the numbers of its citations."""
        return self.composer.add(quote, span, role=role)

    def compare(self, label: str, value: str, citation: int) -> None:
        """A row of the table beside the answer."""
        self.compared.append(Compared(label=label, value=value, citation=citation))

    @property
    def completeness(self) -> Completeness:
        """Whether all that was asked is answered."""
        open_ones = self.missing or self.verdict == "还不能判断"
        return "partial" if open_ones else "full"

    def text(self, question: str) -> str:
        """The answer to a question in one text: what must be known before it, verdict, sentences
        with marks, what is missing, notes."""
        above = [note.text for note in self.notes if note.kind in ABOVE]
        below = [note.text for note in self.notes if note.kind not in ABOVE]
        head = f"{verdict_words(self.verdict, question)}：" if self.verdict else ""
        open_ = [note.text for note in self.missing]
        return "\n".join([*above, head + self.composer.text(), *open_, *below])
