"""A folder of judged questions: `queries.jsonl`, and `qrels.tsv` and `corpus.jsonl` if given."""

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from index.errors import DatasetError
from index.types import Value
from qa.types import MAX_HISTORY_TURNS, Turn

Filled = Annotated[str, StringConstraints(pattern=r"\S")]
Answers = tuple[str, ...] | tuple[tuple[str, ...], ...]

HEADER = ("query_id", "query-id")


class Record(BaseModel):
    """A frozen line of a data set; fields that are not known here are left out, since sets
    carry notes of their own (`distractor_doc`, `keywords`, …)."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Evidence(Record):
    """Words that answer the question; with `source`, only where they stand in that document."""

    quote: Filled
    source: str = ""


class Query(Record):
    """One judged question.

    `answers` lists strings of which one is right, or lists of which each must be met by one of
    its strings. `answer_kind` "free_text" says that the answers are prose, not phrases.
    """

    id: Filled
    text: Filled
    answers: Answers = ()
    answerable: bool = True
    evidence: tuple[Evidence, ...] = ()
    history: tuple[Turn, ...] = Field(default=(), max_length=MAX_HISTORY_TURNS)
    as_of: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    type: str = ""
    split: str = ""
    answer_kind: str = ""

    @field_validator("answers")
    @classmethod
    def _no_group_is_empty(cls, answers: Answers) -> Answers:
        if any(not group for group in answers):
            raise ValueError("answers 里有空的一项，永远无法满足")
        return answers


class Article(Record):
    """One document of `corpus.jsonl`."""

    id: Filled
    text: str
    title: str | None = None


class Dataset(Value):
    """Questions with their judgements. `qrels` maps a query's id to document ids and grades.

    `corpus` is the collection to ask, None where the current index is meant.
    """

    name: str
    queries: tuple[Query, ...]
    qrels: Mapping[str, Mapping[str, int]]
    corpus: Path | None


def load(folder: Path, *, split: str | None = None, limit: int | None = None) -> Dataset:
    """Read and check a data set.

    Args:
        folder: holds `queries.jsonl`.
        split: keep only the questions of this split; None keeps all.
        limit: keep only the first questions, at least 1; None keeps all.

    Raises:
        DatasetError: a file or a line is wrong, or no question is left; names file and line.
    """
    queries = _read(folder / "queries.jsonl", Query)
    corpus = folder / "corpus.jsonl"
    documents = _read(corpus, Article) if corpus.exists() else None
    qrels = _qrels(folder / "qrels.tsv", queries, documents)
    chosen = _chosen(folder, tuple(queries.values()), split)[:limit]
    return Dataset(
        name=folder.resolve().name,
        queries=chosen,
        qrels=qrels,
        corpus=None if documents is None else corpus,
    )


def _chosen(folder: Path, queries: tuple[Query, ...], split: str | None) -> tuple[Query, ...]:
    if not queries:
        raise DatasetError(f"{folder / 'queries.jsonl'}: 没有一个问题")
    kept = tuple(query for query in queries if split is None or query.split == split)
    if not kept:
        known = "、".join(sorted({query.split for query in queries} - {""})) or "无"
        raise DatasetError(
            f"{folder / 'queries.jsonl'}: 没有 split 为 {split} 的问题，现有：{known}"
        )
    return kept


Line = TypeVar("Line", Query, Article)


def _read(path: Path, kind: type[Line]) -> dict[str, Line]:
    records: dict[str, Line] = {}
    for number, line in _lines(path):
        try:
            record = kind.model_validate_json(line, strict=True)
        except ValidationError as error:
            raise _fault(path, number, _reason(error)) from error
        if record.id in records:
            raise _fault(path, number, f"编号 {record.id} 与前面重复")
        records[record.id] = record
    return records


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, from 1. Only a line feed ends a line: JSON strings may hold
    U+2028 and its like, at which `str.splitlines` would break them."""
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise DatasetError(f"{path}: 无法读取（{error.strerror}）") from error
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise _fault(path, number, "不是 UTF-8 编码") from error
        if text.strip():
            yield number, text


def _qrels(
    path: Path, queries: Mapping[str, Query], documents: Mapping[str, Article] | None
) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    if not path.exists():
        return qrels
    for number, line in _lines(path):
        fields = [field.strip() for field in line.split("\t")]
        if number == 1 and fields[0] in HEADER:
            continue
        query_id, doc_id, relevance = _qrel(path, number, fields)
        if query_id not in queries:
            raise _fault(path, number, f"queries.jsonl 里没有问题 {query_id}")
        if documents is not None and doc_id not in documents:
            raise _fault(path, number, f"corpus.jsonl 里没有文件 {doc_id}")
        if doc_id in qrels.setdefault(query_id, {}):
            raise _fault(path, number, f"问题 {query_id} 与文件 {doc_id} 已判过")
        qrels[query_id][doc_id] = relevance
    return qrels


def _qrel(path: Path, number: int, fields: list[str]) -> tuple[str, str, int]:
    if len(fields) != 3 or not all(fields):
        raise _fault(path, number, f"应为三列（query_id doc_id relevance，制表符分隔）：{fields}")
    try:
        return fields[0], fields[1], int(fields[2])
    except ValueError as error:
        raise _fault(path, number, f"relevance 应为整数，现为 {fields[2]}") from error


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return f"不是 JSON（{first['msg']}）"
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"缺少字段 {place}"
    return f"字段 {place} 有误（{first['msg']}）" if place else "应为一个 JSON 对象"


def _fault(path: Path, number: int, reason: str) -> DatasetError:
    return DatasetError(f"{path}:{number}: {reason}")
