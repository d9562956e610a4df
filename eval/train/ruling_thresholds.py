r"""Makes `qa/retrieve/ruling.json`: from which probability on a ruling is said.

    python -m policyqa.eval.train.ruling_thresholds --index DIR

Asked are the questions that tune and have a verdict, as the product answers them, among all
documents of an index; the thresholds are the lowest from which wrong rulings are at most
`MAX_WRONG` of all that were asked, each ruling, and each thing that comparing numbers may have
given, taking its part. Where a question names neither place nor policy and another document answers
it than the one that its verdict is of, the ruling is neither right nor wrong, and does not count.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, get_args

from policyqa.eval.sets.readings import part_of
from policyqa.eval.train.ruling_training import WRITTEN
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.assistant import Assistant
from policyqa.qa.errors import SettingsError
from policyqa.qa.retrieve.ruling import (
    RULINGS,
    THRESHOLDS,
    Compared,
    Ruler,
    Ruling,
    Thresholds,
)
from policyqa.qa.types import Question

READINGS = Path("../shared/data/policy_reading")
MAX_WRONG = 0.04  # of all questions; each outcome of comparing numbers takes its part
FEWEST = 40  # questions of which thresholds can be chosen
SAID = ("不可以", "可以")  # what depends on something is told by comparing


class Recording:
    """A ruler that remembers the last ruling that it gave."""

    def __init__(self, ruler: Ruler) -> None:
        self._ruler = ruler
        self.last: Ruling | None = None

    def rule(
        self, query: str, title: str, sentences: Sequence[str], compared: Compared = "nothing"
    ) -> Ruling:
        """See `Ruler`."""
        self.last = self._ruler.rule(query, title, sentences, compared)
        return self.last


class Asked(NamedTuple):
    """A question, its right verdict, the document that this is of, and whether it names it."""

    question: str
    right: str
    source: str
    named: bool


class Ruled(NamedTuple):
    """What one question got, None for nothing, and the right answer."""

    said: Ruling | None
    right: str


def asked(folder: Path) -> Iterator[Asked]:
    """The tuning questions of a folder that have a verdict."""
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        verdict = record.get("verdict")
        if part_of(record["source"]) == "tuning" and verdict:
            right, named = WRITTEN.get(verdict, verdict), record["named"]
            yield Asked(record["question"], right, record["source"], named)


def ruled(index: Path, ruler: Ruler, questions: Sequence[Asked]) -> list[Ruled]:
    """The rulings of questions as the product answers them."""
    settings = configuration.load()
    whole = wiring.open_assistant(index)
    recording = Recording(ruler)
    assistant = Assistant(
        whole.index,
        whole.embedder,
        settings.ranking.model_dump(),
        settings.answer,
        wiring.reading_stage(settings),
        ruler=recording,
    )
    found = []
    for n, each in enumerate(questions):
        recording.last = None
        answer = assistant.ask(Question(id=str(n), question=each.question))
        sources = {citation.source for citation in answer.citations}
        if each.named or not sources or each.source in sources:
            found.append(Ruled(recording.last, each.right))
    return found


def lowest(found: Sequence[Ruled], name: str, allowed: float) -> float | None:
    """The lowest probability of a ruling from which on at most so many are wrong; None for one that
    is too often wrong among the surest."""
    place = RULINGS.index(name)
    rows = [(float(each.said[place]), each.right == name) for each in found if each.said]
    wrong, best = 0, None
    for probability, right in sorted(rows, reverse=True):
        wrong += not right
        if wrong > allowed or probability <= 1 / len(RULINGS):
            break
        best = round(probability - 0.00005, 4)
    return best


def of_group(rulings: Sequence[Ruled], compared: Compared) -> dict[str, float]:
    """The thresholds where comparing numbers gave one thing; none where there are too few."""
    asked_of = [each for each in rulings if each.said]
    group = [each for each in asked_of if each.said and each.said.compared == compared]
    if len(group) < FEWEST:
        return {}
    allowed = MAX_WRONG * len(rulings) * len(group) / len(asked_of) / len(SAID)
    found = {name: lowest(group, name, allowed) for name in SAID}
    return {name: value for name, value in found.items() if value}


def main() -> None:
    """Choose, write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("qa/retrieve"))
    arguments = parser.parse_args()
    ruler = wiring.ruler(wiring.embedder())
    if ruler is None:
        raise SettingsError("判断模型建立在默认的向量模型上，请不要设 POLICYQA_MODEL__NAME")
    rulings = ruled(arguments.index, ruler, list(asked(READINGS)))
    least = {name: of_group(rulings, name) for name in get_args(Compared)}
    chosen = Thresholds(
        least={name: found for name, found in least.items() if found},
        trained_on={f"{READINGS.name}-tuning": len(rulings)},
    )
    text = chosen.model_dump_json(indent=1) + "\n"
    (arguments.output / THRESHOLDS).write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
