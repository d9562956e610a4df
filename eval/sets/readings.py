"""Questions on real policies that lie outside the project: their labels to a data set, and the
documents that they are asked of to a folder.

A folder of such questions has `questions.jsonl`, a line a question: `id`, `source` (a file of the
folder of documents), `question`, `type` ("none" where the documents do not answer) and `evidence`
[{`quote`}], every sentence of the answer.
"""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

from policyqa.eval.judge.dataset import Dataset, Query
from policyqa.qa.errors import DatasetError

PER_DOCUMENT = 8  # questions, so that no document counts for more than others
TWENTIETHS = 20  # of the hashes of names: fifteen teach, three tune, two are measured on
Part = Literal["train", "tuning", "test"]
UNTAUGHT: tuple[Part, ...] = ("tuning", "test")


def part_of(source: str) -> Part:
    """What the questions on a document are for, by its name's hash: 75 % of the documents teach
    models, 15 % tune them (thresholds, mixtures, calibration), 10 % are only measured on."""
    place = _hash(source) % TWENTIETHS
    if place % 4:
        return "train"
    return "tuning" if place in (0, 4, 8) else "test"


def load(
    folder: Path,
    *,
    parts: Collection[Part] = UNTAUGHT,
    per_document: int | None = PER_DOCUMENT,
) -> Dataset:
    """The questions on the documents of some parts; each has its document as `source`, and
    `named`, whether it names place or policy.

    Args:
        folder: with `questions.jsonl`.
        parts: of the documents.
        per_document: at most so many questions of one, by the hash of their ids; None for all.

    Raises:
        DatasetError: a line is no question.
    """
    path = folder / "questions.jsonl"
    queries: list[Query] = []
    counted: Counter[str] = Counter()
    for source, query in sorted(_queries(path), key=lambda pair: _hash(pair[1].id)):
        full = per_document is not None and counted[source] >= per_document
        if part_of(source) in parts and not full:
            counted[source] += 1
            queries.append(query)
    ordered = tuple(sorted(queries, key=lambda query: query.id))
    return Dataset(name=folder.name, queries=ordered, qrels={}, corpus=None)


def _queries(path: Path) -> Iterator[tuple[str, Query]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            record = json.loads(line)
            yield (
                record["source"],
                Query.model_validate(
                    {
                        "id": record["id"],
                        "text": record["question"],
                        "type": record["type"],
                        "answerable": record["type"] != "none",
                        "source": record["source"],
                        "named": record.get("named", False),
                        "evidence": [
                            {"source": record["source"], "quote": each["quote"]}
                            for each in record["evidence"]
                        ],
                    }
                ),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"{path}:{number}: 不是一道题：{error}") from error


def documents(dataset: Dataset, folder: Path, into: Path) -> Path:
    """Copy the documents that questions are asked of, so that they can be indexed by themselves.

    Args:
        dataset: the questions; those without evidence name no document.
        folder: where the documents lie.
        into: an empty or new folder.
    """
    into.mkdir(parents=True, exist_ok=True)
    for source in sorted({item.source for q in dataset.queries for item in q.evidence}):
        shutil.copyfile(folder / source, into / source)
    return into


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)
