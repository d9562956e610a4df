"""People and their own circumstances, outside the project or in it: questions with the verdict that
is right, the clauses that decide it, and what is missing.

Three forms are read: a folder of files, each with `source` and `scenarios` (`question`, `verdict`,
`because`, `missing`); one with `pairs.jsonl`, each line of two questions `a` and `b` that differ in
one fact; and one of questions on real policies (`eval.sets.readings`), of which those count that
have a verdict and are of documents that are only measured on.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from policyqa.eval.sets.readings import Part, part_of
from policyqa.index.types import Value
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.assistant import Assistant
from policyqa.qa.errors import DatasetError

Ruling = Literal["符合", "不符合", "还不能判断"]
PAIRS, READINGS = "pairs.jsonl", "questions.jsonl"
# What an answer's verdict says of the asker.
RULINGS: dict[str, Ruling] = {
    "可以": "符合", "不可以": "不符合", "视条件而定": "还不能判断", "视条件": "还不能判断",
    "符合": "符合", "不符合": "不符合", "还不能判断": "还不能判断",
}  # fmt: skip


class Person(Value):
    """One question of somebody who tells his circumstances. `because` are the clauses that decide,
    `missing` the facts that are not told; `pair` is the id of the pair that it is of, "" for none,
    and `changes` whether the other one's verdict is another."""

    id: str
    source: str
    question: str
    verdict: Ruling
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    pair: str = ""
    changes: bool = False


def load(folder: Path, *, part: Part = "test") -> tuple[Person, ...]:
    """The people of a folder, in the order of its files.

    Args:
        folder: as above.
        part: of the documents, where they are parted.

    Raises:
        DatasetError: it holds none, or a line is none.
    """
    try:
        if (folder / READINGS).is_file():
            found = tuple(_of_readings(folder / READINGS, part))
        elif (folder / PAIRS).is_file():
            found = tuple(_of_pairs(folder / PAIRS))
        else:
            found = tuple(_of_files(folder))
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{folder} 里有一条读不懂：{error}") from error
    if not found:
        raise DatasetError(f"{folder} 里没有 {PAIRS}，也没有带 scenarios 的 .json")
    return found


def opened(folder: Path, index_dir: Path | None) -> Assistant:
    """What answers a folder's questions: an index of its own documents, else the one given.

    Raises:
        As `qa.wiring`.
    """
    own = folder / "documents"
    if not own.is_dir():
        return wiring.open_assistant(index_dir)
    place = configuration.load().cache / "sets" / f"{folder.name}-index"
    wiring.build_index(own, place)
    return wiring.open_assistant(place)


def _of_files(folder: Path) -> Iterator[Person]:
    for path in sorted(folder.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        for n, each in enumerate(record.get("scenarios", ())):
            yield Person(
                id=f"{path.stem}-{n + 1:02}",
                source=record["source"],
                question=each["question"],
                verdict=RULINGS[each["verdict"]],
                because=tuple(each.get("because", ())),
                missing=tuple(each.get("missing", ())),
            )


def _of_readings(path: Path, part: Part) -> Iterator[Person]:
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record.get("verdict") and part_of(record["source"]) == part:
            yield Person(
                id=record["id"],
                source=record["source"],
                question=record["question"],
                verdict=RULINGS[record["verdict"]],
                because=tuple(each["quote"] for each in record["evidence"]),
            )


def _of_pairs(path: Path) -> Iterator[Person]:
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        for side in ("a", "b"):
            yield Person(
                id=f"{record['id']}{side}",
                source=record["source"],
                question=record[side]["question"],
                verdict=RULINGS[record[side]["verdict"]],
                because=tuple(record.get("because", ())),
                pair=record["id"],
                changes=record["changes"],
            )
