"""A folder of judged questions: `queries.jsonl`, and `qrels.tsv` and `corpus.jsonl` if given.

BEIR's layout is read too: `_id` for `id`, and a folder `qrels` with a file a split, of which only
the judged questions are asked (Thakur et al., BEIR, NeurIPS Datasets and Benchmarks 2021).
"""

import codecs
import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from policyqa.index.types import IsoDate, Value
from policyqa.qa.errors import DatasetError
from policyqa.qa.types import MAX_HISTORY_TURNS, Reason, Turn

Filled = Annotated[str, StringConstraints(pattern=r"\S")]
Answers = tuple[str, ...] | tuple[tuple[str, ...], ...]

SAYS = re.compile(r"[^\W_]")
HEADER = ("query_id", "query-id")
LIKE = 0.8  # difflib's ratio from which an unknown field is a known one misspelt
BEIR_SPLIT = "test"

Id = Annotated[Filled, Field(validation_alias=AliasChoices("id", "_id"))]


class Record(BaseModel):
    """A frozen line of a data set. Fields that are not known here are kept and not used, since
    sets carry notes of their own (`distractor_doc`, `keywords`, …); one that looks like a known
    field misspelt is refused."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    def unknown(self) -> list[str]:
        """Names of the fields that are not used, in the line's order."""
        return list(self.model_extra or {})

    def misspelt(self) -> tuple[str, str] | None:
        """The first unknown field that is like a known one which is not given, and that one."""
        absent = [name for name in type(self).model_fields if name not in self.model_fields_set]
        for name in self.unknown():
            as_long = [known for known in absent if abs(len(known) - len(name)) <= 1]
            near = difflib.get_close_matches(name.lower(), as_long, n=1, cutoff=LIKE)
            if near:
                return name, near[0]
        return None


class Evidence(Record):
    """Words that answer the question; with `source`, only where they stand in that document."""

    quote: Filled
    source: str = ""


class Rejected(Evidence):
    """Words that do not answer the question, though they were taken to; `verdict` says why not."""

    verdict: str = ""


class Query(Record):
    """One judged question.

    `answers` lists strings of which one is right, or lists of which each must be met by one of
    its strings. `answer_kind` "free_text" says that the answers are prose, not phrases. `reason`
    is why an unanswerable one should be left unanswered, where the set's author says so.
    `rejected` are words that should not be cited; where nothing but those is known, `answerable` is
    null, and the question is judged by `rejected_cited` alone.
    """

    id: Id
    text: Filled
    answers: Answers = ()
    answerable: bool | None = True
    evidence: tuple[Evidence, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    history: tuple[Turn, ...] = Field(default=(), max_length=MAX_HISTORY_TURNS)
    as_of: IsoDate | None = None
    type: str = ""
    split: str = ""
    answer_kind: str = ""
    reason: Reason | Literal[""] = ""

    @field_validator("answers")
    @classmethod
    def _no_group_is_empty(cls, answers: Answers) -> Answers:
        """Flat answers are one group; of each group one string has a letter or a digit."""
        groups = [[g] if isinstance(g, str) else g for g in answers]
        if answers and isinstance(answers[0], str):
            groups = [[text for group in groups for text in group]]
        if any(not any(SAYS.search(text) for text in group) for group in groups):
            raise ValueError("answers 里有一项是空的或只有标点，无法判断对错")
        return answers


class Article(Record):
    """One document of `corpus.jsonl`."""

    id: Id
    text: str
    title: str | None = None


class Dataset(Value):
    """Questions with their judgements. `qrels` maps a query's id to document ids and grades.

    `corpus` is the collection to ask, None where the current index is meant. `fingerprint` tells
    this set, as judged, from any other; `ignored` names fields that nothing here knows; `lines`
    says on which line of `queries.jsonl` a query stands.
    """

    name: str
    queries: tuple[Query, ...]
    qrels: Mapping[str, Mapping[str, int]]
    corpus: Path | None
    fingerprint: str = ""
    ignored: tuple[str, ...] = ()
    lines: Mapping[str, int] = {}


def load(folder: Path, *, split: str | None = None, limit: int | None = None) -> Dataset:
    """Read and check a data set.

    Args:
        folder: holds `queries.jsonl`.
        split: keep only the questions of this split; None keeps all, of BEIR's those of `test`.
        limit: keep only the first questions, at least 1; None keeps all.

    Raises:
        DatasetError: a file or a line is wrong, or no question is left; names file and line.
    """
    path, corpus = folder / "queries.jsonl", folder / "corpus.jsonl"
    lines = _read(path, Query)
    queries = {query.id: query for query in lines.values()}
    documents = None
    if corpus.exists():
        documents = {article.id for article in _read(corpus, Article).values()}
        if not documents:
            raise DatasetError(f"{corpus}: 没有一份文件")
    judged = _qrels_file(folder, split)
    qrels = {} if judged is None else _qrels(judged, queries, documents)
    if judged is not None and judged.parent != folder:
        lines = {number: query for number, query in lines.items() if query.id in qrels}
        split = None
    chosen = _chosen(path, lines, split)
    for number, query in chosen.items():
        _check_judged(path, number, query, qrels)
    return Dataset(
        name=folder.resolve().name,
        queries=tuple(chosen.values())[:limit],
        qrels=qrels,
        corpus=None if documents is None else corpus,
        fingerprint=_fingerprint([path, judged, corpus if documents else None]),
        ignored=_ignored(lines.values()),
        lines={query.id: number for number, query in chosen.items()},
    )


def _qrels_file(folder: Path, split: str | None) -> Path | None:
    """The judgements: `qrels.tsv`, or of BEIR's layout the split's file in `qrels`."""
    if (folder / "qrels.tsv").exists():
        return folder / "qrels.tsv"
    if not (folder / "qrels").is_dir():
        return None
    path = folder / "qrels" / f"{split or BEIR_SPLIT}.tsv"
    if not path.is_file():
        known = "、".join(sorted(file.stem for file in path.parent.glob("*.tsv"))) or "无"
        raise DatasetError(f"{path}: 没有这个文件；--split 可用：{known}")
    return path


def _chosen(path: Path, lines: Mapping[int, Query], split: str | None) -> dict[int, Query]:
    if not lines:
        raise DatasetError(f"{path}: 没有一个问题")
    kept = {n: query for n, query in lines.items() if split is None or query.split == split}
    if not kept:
        known = "、".join(sorted({query.split for query in lines.values()} - {""})) or "无"
        raise DatasetError(f"{path}: 没有 split 为 {split} 的问题，现有：{known}")
    return kept


def _check_judged(
    path: Path, number: int, query: Query, qrels: Mapping[str, Mapping[str, int]]
) -> None:
    relevant = any(grade > 0 for grade in qrels.get(query.id, {}).values())
    known = query.answers or query.evidence or relevant
    if query.answerable is None and (known or not query.rejected):
        raise _fault(
            path, number, f'问题 {query.id} 的 "answerable" 是 null：只能有 rejected，而且要有'
        )
    if query.answerable and not known:
        raise _fault(
            path,
            number,
            f"问题 {query.id} 无从判断对错：请给出 answers、evidence 或 qrels.tsv 里的相关文件，"
            '没有答案的写 "answerable": false',
        )


def _fingerprint(paths: Iterable[Path | None]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path is not None:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _ignored(queries: Iterable[Query]) -> tuple[str, ...]:
    names = [name for query in queries for name in query.unknown() if name != "metadata"]
    names += [
        f"evidence.{n}" for query in queries for item in query.evidence for n in item.unknown()
    ]
    return tuple(dict.fromkeys(names))


Labelled = TypeVar("Labelled", Query, Article)


def _read(path: Path, kind: type[Labelled]) -> dict[int, Labelled]:
    """Records by the number of their line."""
    records: dict[int, Labelled] = {}
    known = set()
    for number, line in _lines(path):
        try:
            record = kind.model_validate_json(line, strict=True)
        except ValidationError as error:
            raise _fault(path, number, _reason(error)) from error
        if record.id in known:
            raise _fault(path, number, f"编号 {record.id} 与前面重复")
        _check_names(path, number, record)
        known.add(record.id)
        records[number] = record
    return records


def _check_names(path: Path, number: int, record: Query | Article) -> None:
    if isinstance(record, Article):  # a collection comes as it is, its notes are nobody's mistake
        return
    for part in (record, *record.evidence):
        if wrong := part.misspelt():
            raise _fault(path, number, f"不认识的字段 {wrong[0]}，是否想写 {wrong[1]}")


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
    path: Path, queries: Mapping[str, Query], documents: set[str] | None
) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
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


TEXT = '带引号的文字，如 "q1"'
SHAPES = {
    "id": TEXT,
    "_id": TEXT,
    "text": TEXT,
    "type": TEXT,
    "split": TEXT,
    "as_of": '带引号的日子，如 "2024-12-31"',
    "answers": '列表，如 ["90%", "九成"]（任一即可）或 [["甲"], ["乙"]]（都要有）',
    "answerable": "不带引号的 true 或 false，或 null（只知道 rejected）",
    "evidence": '列表，如 [{"source": "文件名", "quote": "原话"}]',
    "reason": " no_evidence、out_of_scope、ambiguous、refused 之一",
    "history": '列表，如 [{"role": "user", "content": "上一个问题"}]',
}


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return f"不是 JSON（{first['msg']}）"
    field = str(first["loc"][0]) if first["loc"] else ""
    place = ".".join(str(part) for part in first["loc"] if "[" not in str(part))
    if first["type"] == "missing":
        return f"缺少字段 {place}"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    if field in SHAPES and first["type"].endswith(("_type", "literal_error")):
        return f"字段 {place} 应为{SHAPES[field]}"
    if first["type"] == "string_pattern_mismatch" and not str(first["input"]).strip():
        return f"字段 {place} 是空的"
    return f"字段 {place} 有误（{first['msg']}）" if place else "应为一个 JSON 对象"


def _fault(path: Path, number: int, reason: str) -> DatasetError:
    return DatasetError(f"{path}:{number}: {reason}")
