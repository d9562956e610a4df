"""People and their own circumstances, outside the project or in it: questions with the verdict that
is right, the clauses that decide it, and what is missing.

Three forms are read: a folder of files, each with `source` and `scenarios` (`question`, `verdict`,
`because`, `missing`); one with `pairs.jsonl`, each line of two questions `a` and `b` that differ in
one fact; and one of questions on real policies (`eval.sets.readings`), of which those count that
have a verdict and are of documents that are only measured on. The files of the first form may have
`programmes`, whose conditions somebody has written out as trees, and the `facts` of each person.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from policyqa.eval.sets.readings import Part, part_of
from policyqa.index.types import Value
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.assistant import Assistant
from policyqa.qa.errors import DatasetError

Ruling = Literal["符合", "不符合", "还不能判断"]
Operator = Literal[">=", "<=", "<", ">", "=", "is", "in", "not in"]
Said = str | int | float
PAIRS, READINGS = "pairs.jsonl", "questions.jsonl"
# What an answer's verdict says of the asker.
RULINGS: dict[str, Ruling] = {
    "可以": "符合", "不可以": "不符合", "视条件而定": "还不能判断", "视条件": "还不能判断",
    "符合": "符合", "不符合": "不符合", "还不能判断": "还不能判断",
}  # fmt: skip
NOT_KNOWN = "不清楚"  # told of a fact: that he does not know
APPLIES = "申请日期"  # the fact that is the day on which somebody applies
COMPARES: Mapping[Operator, Callable[[Any, Any], bool]] = {
    ">=": lambda told, value: told >= value,
    "<=": lambda told, value: told <= value,
    ">": lambda told, value: told > value,
    "<": lambda told, value: told < value,
    "=": lambda told, value: told == value,
    "is": lambda told, value: told == value,
    "in": lambda told, value: told in value,
    "not in": lambda told, value: told not in value,
}


class Person(Value):
    """One question of somebody who tells his circumstances. `because` are the clauses that decide,
    `missing` the facts that are not told; `pair` is the id of the pair that it is of, "" for none,
    and `changes` whether the other one's verdict is another. `facts` are what the question tells,
    by attribute, for the programme of that name."""

    id: str
    source: str
    question: str
    verdict: Ruling
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    pair: str = ""
    changes: bool = False
    programme: str = ""
    facts: Mapping[str, Said] = {}


class Demand(Value):
    """A single condition, in words of the set's own: its attribute compared with a value. One that
    is `assumed` holds unless something else is told; an `office` decides what is so marked."""

    attribute: str
    operator: Operator
    value: Said | tuple[Said, ...]
    unit: str = ""
    quote: str = ""
    assumed: bool = False
    office: bool = False

    def met(self, facts: Mapping[str, Said]) -> bool | None:
        """Whether what somebody tells meets it; None where that is not known.

        Raises:
            TypeError: a number is compared with words.
        """
        told = facts.get(self.attribute)
        if told is None:
            return True if self.assumed else None
        return None if told == NOT_KNOWN else COMPARES[self.operator](told, self.value)


class Demands(Value):
    """Conditions that belong together: all of `parts`, any, at least `least`, or (`not`) none."""

    node: Literal["all", "any", "at_least", "not"]
    parts: tuple["Demand | Demands", ...] = Field(min_length=1)
    least: int = 1


class Scheme(Value):
    """A programme whose conditions somebody has written out; "" for dates that are not known."""

    source: str
    name: str
    quote: str
    valid_from: str = ""
    valid_to: str = ""
    root: Demand | Demands


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


def schemes(folder: Path) -> Mapping[tuple[str, str], Scheme]:
    """The programmes of a folder by source and name.

    Raises:
        DatasetError: it has none, or one cannot be read.
    """
    found: dict[tuple[str, str], Scheme] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            for each in record.get("programmes", ()):
                scheme = Scheme(
                    source=record["source"],
                    root=_demanded(each["conditions"]),
                    **{k: each[k] for k in ("name", "quote", "valid_from", "valid_to")},
                )
                found[scheme.source, scheme.name] = scheme
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DatasetError(f"{path} 里有一项政策读不懂：{error}") from error
    if not found:
        raise DatasetError(f"{folder} 里没有带 programmes 的 .json")
    return found


def _demanded(node: Mapping[str, Any]) -> Demand | Demands:
    if "attribute" in node:
        return Demand.model_validate(node)
    kind: Literal["all", "any", "at_least", "not"]
    for kind in ("all", "any", "at_least", "not"):
        if kind in node:
            parts = tuple(map(_demanded, node[kind]))
            return Demands(node=kind, parts=parts, least=node.get("count", 1))
    raise ValueError(f"既不是条件也不是一组条件：{'、'.join(node)[:80]}")


def leaves(node: Demand | Demands) -> Sequence[Demand]:
    """The single conditions of a tree, in its order."""
    if isinstance(node, Demand):
        return (node,)
    return tuple(leaf for part in node.parts for leaf in leaves(part))


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
                programme=each.get("programme", ""),
                facts=each.get("facts", {}),
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
