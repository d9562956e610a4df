r"""Makes `qa/retrieve/ruling.json`: from which probability on a ruling is said.

    python -m policyqa.eval.train.ruling_thresholds --index DIR

Asked are the questions that tune and have a verdict, as the product answers them, among all
documents of an index; the thresholds are the lowest from which wrong rulings are at most
`MAX_WRONG` of all that were asked, each ruling taking its part.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from policyqa.eval.sets.readings import part_of
from policyqa.eval.train.ruling_training import WRITTEN
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.assistant import Assistant
from policyqa.qa.errors import SettingsError
from policyqa.qa.retrieve.pages import Page
from policyqa.qa.retrieve.reading import Read, ReadingStage
from policyqa.qa.retrieve.ruling import RULINGS, THRESHOLDS, Ruling, Said, Thresholds
from policyqa.qa.types import Question

SHARED = Path("../shared/data/policy_reading")
MAX_WRONG = 0.02  # of all questions
SAID: tuple[Said, ...] = ("不可以", "可以")  # what depends on something is told by comparing


class Recording:
    """A reader that remembers the last ruling that it gave."""

    def __init__(self, stage: ReadingStage) -> None:
        if stage.ruler is None:
            raise SettingsError("阅读模型不会判断许可，请把 POLICYQA_READER__MODEL 设为 small")
        self._reader, self._ruler = stage.reader, stage.ruler
        self.last: Ruling | None = None

    def read(self, query: str, pages: Sequence[Page]) -> list[Read]:
        """See `Reader`."""
        return self._reader.read(query, pages)

    def rule(self, query: str, title: str, sentences: Sequence[str]) -> Ruling | None:
        """See `Ruler`."""
        self.last = self._ruler.rule(query, title, sentences)
        return self.last


class Ruled(NamedTuple):
    """The ruling that one question got, None for none, and the right one."""

    ruling: Ruling | None
    right: Said


def ruled(index: Path, folder: Path) -> list[Ruled]:
    """The tuning questions of a folder that have a verdict, as the product answers them."""
    settings = configuration.load()
    stage = wiring.reading_stage(settings)
    if stage is None:
        raise SettingsError("没有阅读模型，请把 POLICYQA_READER__MODEL 设为 small")
    reader = Recording(stage)
    whole = wiring.open_assistant(index)
    weights = settings.ranking.model_dump()
    second = ReadingStage(reader, settings.reader)
    assistant = Assistant(whole.index, whole.embedder, weights, settings.answer, second)
    found = []
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        verdict = WRITTEN.get(record.get("verdict") or "")
        if verdict is None or part_of(record["source"]) != "tuning":
            continue
        reader.last = None
        assistant.ask(Question(id=record["id"], question=record["question"]))
        found.append(Ruled(reader.last, next(name for name in RULINGS if name == verdict)))
    return found


def thresholds(found: Sequence[Ruled]) -> dict[str, float]:
    """The lowest probability of each ruling from which on it is wrong in at most its part of
    `MAX_WRONG`; none for one that is too often wrong among the surest."""
    allowed = MAX_WRONG * len(found) / len(SAID)
    least: dict[str, float] = {}
    for name in SAID:
        place = RULINGS.index(name)
        rows = [(each.ruling[place], each.right == name) for each in found if each.ruling]
        wrong, lowest = 0, None
        for probability, right in sorted(rows, reverse=True):
            wrong += not right
            if wrong > allowed or probability < 1 / len(RULINGS):
                break
            lowest = probability
        if lowest is not None:
            least[name] = round(lowest, 4)
    return least


def main() -> None:
    """Choose, write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--readings", type=Path, default=SHARED)
    parser.add_argument("--output", type=Path, default=Path("qa/retrieve"))
    arguments = parser.parse_args()
    found = ruled(arguments.index, arguments.readings)
    chosen = Thresholds(
        least=thresholds(found), trained_on={f"{arguments.readings.name}-tuning": len(found)}
    )
    text = chosen.model_dump_json(indent=1) + "\n"
    (arguments.output / THRESHOLDS).write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
