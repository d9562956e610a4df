"""Runs and judgements in TREC's files, to and from other tools of the field.

A run's line is `query Q0 document rank score tag`, a judgement's `query 0 document relevance`,
fields parted by white space. White space inside a name is written as `%20` and the like.
Source: https://trec.nist.gov (trec_eval's README).
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import numpy as np

from policyqa.eval.judge.figures import Certainty
from policyqa.eval.judge.judging import CUT_OFFS, Row
from policyqa.eval.judge.metrics import MEASURES, Qrel, ScoredDoc, judged_runs
from policyqa.eval.judge.statistics import intervals
from policyqa.qa.errors import DatasetError

ESCAPED = re.compile(r"[\s%]")
Lines = Iterator[tuple[int, list[str]]]


class Score(NamedTuple):
    """The mean of one measure over the judged queries."""

    value: float
    certainty: Certainty


def run_lines(rows: Iterable[Row], tag: str) -> Iterator[str]:
    """A ranking as lines, best first. The order is what was judged, so the score is 1 / rank."""
    for row in rows:
        for rank, name in enumerate(row.ranked, start=1):
            yield f"{_name(row.id)} Q0 {_name(name)} {rank} {1 / rank:.9g} {_name(tag)}\n"


def qrels_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The judgements that the rows were measured by. Where evidence is judged these are of this
    run: a piece is the first passage that holds it, and `missed-…` where none does."""
    for row in rows:
        for name, grade in row.judged.items():
            yield f"{_name(row.id)} 0 {_name(name)} {grade}\n"


def read_run(path: Path) -> list[ScoredDoc]:
    """The ranked documents of a run file.

    Raises:
        DatasetError: the file or a line is wrong; names file and line.
    """
    found = []
    for number, fields in _fields(path, 6):
        score = _number(path, number, "score", fields[4])
        found.append(ScoredDoc(fields[0], fields[2], score))
    return found


def read_qrels(path: Path) -> list[Qrel]:
    """The judgements of a qrels file.

    Raises:
        DatasetError: the file or a line is wrong; names file and line.
    """
    found = []
    for number, fields in _fields(path, 4):
        grade = _number(path, number, "relevance", fields[3])
        found.append(Qrel(fields[0], fields[2], int(grade)))
    return found


def scores(qrels: Sequence[Qrel], run: Sequence[ScoredDoc]) -> dict[str, Score]:
    """Each measure at each cut-off (`success_at_1`), over the queries of the qrels."""
    names = [f"{name}_at_{k}" for name in MEASURES for k in CUT_OFFS]
    values = np.array(
        [
            [measure(judged, k) for measure in MEASURES.values() for k in CUT_OFFS]
            for judged in judged_runs(qrels, run).values()
        ],
        dtype=np.float64,
    )
    bounds = intervals(values, np.ones_like(values))
    return {
        name: Score(float(column.mean()), Certainty(n=len(values), low=b.low, high=b.high))
        for name, column, b in zip(names, values.T, bounds, strict=True)
        if b is not None
    }


def _name(text: str) -> str:
    return ESCAPED.sub(lambda found: quote(found.group(), safe=""), text)


def _fields(path: Path, count: int) -> Lines:
    """The fields of each line that is not blank, from line 1."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "不是 UTF-8 编码"
        raise DatasetError(f"{path}: 无法读取（{reason}）") from error
    empty = True
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            empty = False
            yield number, _fields_of(path, number, line, count)
    if empty:
        raise DatasetError(f"{path}: 是空的")


def _fields_of(path: Path, number: int, line: str, count: int) -> list[str]:
    fields = line.split()
    if len(fields) != count:
        raise DatasetError(f"{path}:{number}: 应为 {count} 列，现为 {len(fields)} 列")
    return fields


def _number(path: Path, number: int, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or (name == "relevance" and value != int(value)):
        raise DatasetError(f"{path}:{number}: {name} 应为数字，现为 {text[:40]}")
    return value
