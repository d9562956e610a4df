r"""Makes `qa/retrieve/ruling.json`: from which probability on a ruling is said, and a condition
said to hold or not.

    python -m policyqa.eval.train.ruling_thresholds --index DIR

Asked are the questions that tune and have a verdict, as the product answers them, among all
documents of an index; the thresholds are the lowest from which wrong rulings are at most
`MAX_WRONG` of all that were asked, each ruling, and each thing that comparing numbers may have
given, taking its part. Those of conditions are the lowest
from which at most `MAX_WRONG_SAID` of what is said is wrong, over the conditions that tune.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, get_args

from policyqa.eval.sets.readings import part_of
from policyqa.eval.train.ruling_training import WRITTEN, of_rulings
from policyqa.index.text.words import normalise
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.assistant import Assistant
from policyqa.qa.errors import SettingsError
from policyqa.qa.retrieve.ruling import (
    HOLDINGS,
    RULINGS,
    THRESHOLDS,
    Compared,
    Holding,
    Ruler,
    Ruling,
    Thresholds,
)
from policyqa.qa.types import Question

READINGS, OWN = Path("../shared/data/policy_reading"), Path("eval/datasets/rulings")
MAX_WRONG = 0.02  # of all questions; each outcome of comparing numbers takes its part
FEWEST = 40  # questions of which thresholds can be chosen
MAX_WRONG_SAID = 0.03  # of the conditions of which something is said
SAID = ("不可以", "可以")  # what depends on something is told by comparing


class Recording:
    """A ruler that remembers the last ruling that it gave, and says nothing of conditions: what
    would be said of them is chosen by itself."""

    def __init__(self, ruler: Ruler) -> None:
        self._ruler = ruler
        self.last: Ruling | None = None

    def rule(
        self, query: str, title: str, sentences: Sequence[str], compared: Compared = "nothing"
    ) -> Ruling:
        """See `Ruler`."""
        self.last = self._ruler.rule(query, title, sentences, compared)
        return self.last

    def hold(self, query: str, title: str, conditions: Sequence[str]) -> list[Holding]:
        """See `Ruler`."""
        return [Holding(0.0, 0.0, 1.0) for _ in conditions]


class Ruled(NamedTuple):
    """What one question, or one condition, got (None for nothing), and the right answer."""

    said: Ruling | Holding | None
    right: str


def asked(folder: Path) -> Iterator[tuple[str, str]]:
    """The tuning questions of a folder that have a verdict, with it."""
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        verdict = record.get("verdict")
        if part_of(record["source"]) == "tuning" and verdict and verdict != "没说":
            yield record["question"], WRITTEN.get(verdict, verdict)


def ruled(index: Path, ruler: Ruler, questions: Sequence[tuple[str, str]]) -> list[Ruled]:
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
    for n, (question, right) in enumerate(questions):
        recording.last = None
        assistant.ask(Question(id=str(n), question=question))
        found.append(Ruled(recording.last, right))
    return found


def held(folder: Path, ruler: Ruler) -> list[Ruled]:
    """Of the conditions that tune, what is said of each and what is right."""
    found = []
    for each in of_rulings(folder):
        if each.part == "tuning" and each.kind == "holding":
            said = ruler.hold(normalise(each.question), each.title, each.sentences)
            found.append(Ruled(said[0], HOLDINGS[each.label]))
    return found


def lowest(
    found: Sequence[Ruled], names: Sequence[str], name: str, enough: Callable[[int, int], bool]
) -> float | None:
    """The lowest probability of an answer from which on it is right often enough; None for one
    that is too often wrong among the surest.

    Args:
        found: what was said.
        names: the answers in the order of the probabilities.
        name: one of them.
        enough: whether so many wrong among so many said will do.
    """
    place = names.index(name)
    rows = sorted(
        ((float(each.said[place]), each.right == name) for each in found if each.said),
        reverse=True,
    )
    wrong, best = 0, None
    for count, (probability, right) in enumerate(rows, start=1):
        wrong += not right
        if probability <= 1 / len(names):
            break
        if enough(wrong, count):
            best = round(probability - 0.00005, 4)
    return best


def of_group(rulings: Sequence[Ruled], compared: Compared) -> dict[str, float]:
    """The thresholds where comparing numbers gave one thing; none where there are too few."""
    asked_of = [r for r in rulings if isinstance(r.said, Ruling)]
    group = [r for r in asked_of if isinstance(r.said, Ruling) and r.said.compared == compared]
    if len(group) < FEWEST:
        return {}
    allowed = MAX_WRONG * len(rulings) * len(group) / len(asked_of) / len(SAID)
    found = {n: lowest(group, RULINGS, n, lambda wrong, _: wrong <= allowed) for n in SAID}
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
    questions = [*asked(READINGS), *asked(OWN)]
    rulings = ruled(arguments.index, ruler, questions)
    holdings = held(OWN, ruler)
    least = {name: of_group(rulings, name) for name in get_args(Compared)}
    holding = {
        name: lowest(holdings, HOLDINGS, name, lambda wrong, said: wrong <= MAX_WRONG_SAID * said)
        for name in HOLDINGS[:2]
    }
    chosen = Thresholds(
        least={name: found for name, found in least.items() if found},
        holding={name: value for name, value in holding.items() if value},
        trained_on={"questions": len(rulings), "conditions": len(holdings)},
    )
    text = chosen.model_dump_json(indent=1) + "\n"
    (arguments.output / THRESHOLDS).write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
