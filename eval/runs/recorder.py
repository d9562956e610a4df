"""Evaluations that are kept, a folder each, so that they can be continued and compared.

    NAME/run.json        what was asked of what, on which machine, at which commit; "finished"
    NAME/rows.jsonl      one row a question, written as it is asked
    NAME/metrics.json    the figures, once all are asked
    NAME/run.trec qrels.trec
    NAME/report.html             for a person

What ran beside the product is a run of its own, `NAME@bm25-words`; the report of both is one.
"""

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, TypeVar

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from policyqa.eval.judge.dataset import Dataset
from policyqa.eval.judge.evaluate import Evaluation, figures_of
from policyqa.eval.judge.figures import Figures
from policyqa.eval.judge.judging import Row
from policyqa.eval.runs import trec
from policyqa.eval.runs.machine import Machine, commit, machine
from policyqa.index.types import Value
from policyqa.qa.errors import RunError

NAME = re.compile(r"[\w][\w.\-]{0,79}")
BESIDE = "@"
PRODUCT = "policyqa"
FIXED = ("contestant", "dataset_fingerprint", "split", "limit", "corpus", "settings", "commit")

T = TypeVar("T", bound=BaseModel)


class RunInfo(Value):
    """What a run is of. `asks_s` is what the assistants took by their own clocks, of all that were
    asked together, `seconds` what the whole took. `finished` is "" until all questions are asked.
    """

    name: str
    contestant: str = PRODUCT
    dataset: str
    dataset_fingerprint: str
    split: str | None
    limit: int | None
    n: int
    corpus: str
    settings: dict[str, Any]
    commit: str
    machine: Machine
    started: str
    finished: str = ""
    asks_s: float = 0.0
    seconds: float = 0.0


class Run(NamedTuple):
    """A finished run as it was kept."""

    info: RunInfo
    figures: Figures
    rows: tuple[Row, ...]


def described(
    name: str,
    contestant: str,
    dataset: Dataset,
    *,
    corpus: str,
    settings: Mapping[str, Any],
    split: str | None = None,
    limit: int | None = None,
) -> RunInfo:
    """What a run that begins now is of."""
    return RunInfo(
        name=name,
        contestant=contestant,
        dataset=dataset.name,
        dataset_fingerprint=dataset.fingerprint,
        split=split,
        limit=limit,
        n=len(dataset.queries),
        corpus=corpus,
        settings=dict(settings),
        commit=commit(),
        machine=machine(),
        started=now(),
    )


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def checked_name(name: str) -> str:
    """The name, if a folder can be called so.

    Raises:
        RunError: it holds other signs than letters, digits, `-`, `_` and `.`, or is too long.
    """
    if not NAME.fullmatch(name):
        raise RunError(f"运行的名字只能用字母、汉字、数字、-、_、.，不超过 80 字：{name[:100]}")
    return name


class Recorder:
    """Keeps the rows of one run as they come; use it in a `with` statement.

    `done` holds the rows of an earlier, interrupted run of the same name that asked the same of
    the same. Only one process at a time may keep a run of one name.

    Args:
        folder: of this run.
        info: what it is of.
        replace: begin anew, whatever is there.
        again: a finished run of the same is taken as it is, for those that ran beside an
            interrupted one.

    Raises:
        RunError: on entering, the run is finished, is of something else, or is being made.
    """

    def __init__(
        self, folder: Path, info: RunInfo, *, replace: bool = False, again: bool = False
    ) -> None:
        self.folder = folder
        self.info = info
        self.done: dict[str, Row] = {}
        self._replace = replace
        self._again = again
        self._stack = ExitStack()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "Recorder":
        with ExitStack() as opening:
            try:
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                lock = FileLock(self.folder.parent / f".{self.folder.name}.lock", timeout=0)
                opening.enter_context(lock)
                self._begin()
                self._file = opening.enter_context((self.folder / "rows.jsonl").open("ab"))
            except Timeout as error:
                raise RunError(f"运行 {self.info.name} 正在另一个进程里进行") from error
            except OSError as error:
                raise RunError(f"无法写入 {self.folder}（{error.strerror}）") from error
            self._stack = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _begin(self) -> None:
        known = (self.folder / "run.json").exists()
        if not known and self.folder.exists() and _holds_files(self.folder):
            raise RunError(f"{self.folder} 里是别的东西，请换个名字")
        if known and self._replace:
            shutil.rmtree(self.folder)
        if not known or self._replace:
            self.folder.mkdir(exist_ok=True)
            _put(self.folder / "run.json", self.info.model_dump_json(indent=2) + "\n")
            (self.folder / "rows.jsonl").write_bytes(b"")
            return
        earlier = _info(self.folder)
        if earlier.finished and not self._again:
            raise _already(self.info.name)
        _check_same(earlier, self.info)
        self.info = earlier
        self.done = {row.id: row for row in _whole_rows(self.folder / "rows.jsonl")}

    def keep(self, row: Row) -> None:
        """Write one row; a process that is killed right after has it."""
        if self._file is None:
            raise RunError(f"运行 {self.info.name} 没有打开")
        try:
            self._file.write(row.model_dump_json().encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise RunError(f"无法写入 {self.folder}（{error.strerror}）") from error
        self.done[row.id] = row

    def spent(self, seconds: float) -> None:
        """Add the seconds spent until here, which counts when the run is continued."""
        asks_s = sum(row.total_ms for row in self.done.values()) / 1000
        added = {"asks_s": asks_s, "seconds": self.info.seconds + seconds}
        self.info = self.info.model_copy(update=added)
        _put(self.folder / "run.json", self.info.model_dump_json(indent=2) + "\n")

    def finish(self, evaluation: Evaluation, *, page: str = "") -> Run:
        """Write what was made of all rows, with `page` the report; last of all the mark that the
        run is finished."""
        self.info = self.info.model_copy(update={"finished": now()})
        rows = evaluation.rows
        files: dict[str, str] = {
            "metrics.json": evaluation.figures.model_dump_json(indent=2) + "\n",
            "run.trec": "".join(trec.run_lines(rows, self.info.name)),
            "qrels.trec": "".join(trec.qrels_lines(rows)),
            **({"report.html": page} if page else {}),
            "run.json": self.info.model_dump_json(indent=2) + "\n",
        }
        for name, text in files.items():
            _put(self.folder / name, text)
        return Run(self.info, evaluation.figures, rows)


def _holds_files(folder: Path) -> bool:
    """What begins with a dot is what a process left that was killed while it began."""
    return any(not path.name.startswith(".") for path in folder.iterdir())


def _put(path: Path, text: str) -> None:
    """Write a file in one step."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise RunError(f"无法写入 {path}（{error.strerror}）") from error


def evaluation_of(info: RunInfo, dataset: Dataset, rows: Mapping[str, Row]) -> Evaluation:
    """The rows in the data set's order, and their figures."""
    ordered = tuple(rows[query.id] for query in dataset.queries)
    return Evaluation(figures=figures_of(dataset.name, info.corpus, ordered), rows=ordered)


def load(folder: Path) -> Run:
    """A finished run.

    Raises:
        RunError: there is none, it is not finished, or one of its files is damaged.
    """
    info = _info(folder)
    if not info.finished:
        count = len(_whole_rows(folder / "rows.jsonl", mend=False))
        raise RunError(f"运行 {folder.name} 还没有完成（{count}/{info.n}），先用同样的命令继续")
    rows = _whole_rows(folder / "rows.jsonl", mend=False)
    figures = _parsed(folder / "metrics.json", Figures)
    if len(rows) != info.n:
        raise RunError(f"{folder / 'rows.jsonl'}: 应有 {info.n} 行，现有 {len(rows)} 行")
    return Run(info, figures, tuple(rows))


def outline(folder: Path) -> tuple[RunInfo, Figures | None]:
    """What a run is of and its figures, without its rows; None until it is finished.

    Raises:
        RunError: there is none, or one of the files is damaged.
    """
    info = _info(folder)
    return info, _parsed(folder / "metrics.json", Figures) if info.finished else None


def check_unfinished(folder: Path) -> None:
    """Refuse a finished run early, before anything is loaded.

    Raises:
        RunError: it is finished.
    """
    if (folder / "run.json").is_file() and _info(folder).finished:
        raise _already(folder.name)


def _already(name: str) -> RunError:
    return RunError(f"运行 {name} 已经完成；换个名字，或加 --replace 重做")


def found(name: str, runs: Path) -> Path:
    """The folder of a run by its name in `runs`, or by its path.

    Raises:
        RunError: there is none; names those that there are.
    """
    for folder in (runs / name, Path(name)):
        if (folder / "run.json").is_file():
            return folder
    known = "、".join(sorted(path.parent.name for path in runs.glob("*/run.json"))) or "无"
    raise RunError(f"没有名为 {name[:100]} 的运行；{runs} 里有：{known}")


def _info(folder: Path) -> RunInfo:
    return _parsed(folder / "run.json", RunInfo)


def _parsed(path: Path, kind: type[T]) -> T:
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise RunError(f"{path}: 无法读取（{error.strerror}）") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise RunError(f"{path}: 内容有误（{first['msg']}），请用 --replace 重做") from error


def _whole_rows(path: Path, *, mend: bool = True) -> list[Row]:
    """The rows that were written whole; with `mend` what follows them is cut off the file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RunError(f"{path}: 无法读取（{error.strerror}）") from error
    whole, _, rest = data.rpartition(b"\n")
    if mend and rest:
        path.write_bytes(whole + b"\n" if whole else b"")
    return list(_rows(path, whole.split(b"\n") if whole else []))


def _rows(path: Path, lines: Iterable[bytes]) -> Iterable[Row]:
    for number, line in enumerate(lines, start=1):
        try:
            yield Row.model_validate_json(line)
        except ValidationError as error:
            raise RunError(f"{path}:{number}: 内容有误，请用 --replace 重做") from error


def _check_same(earlier: RunInfo, info: RunInfo) -> None:
    for field in FIXED:
        was, now_is = getattr(earlier, field), getattr(info, field)
        if was != now_is:
            what = f"{field}：{_short(was)} → {_short(now_is)}"
            raise RunError(
                f"未完成的运行 {info.name} 与这次不同（{what}）；换个名字，或加 --replace 重做"
            )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:60] + "…"
