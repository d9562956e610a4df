"""Files are parsed in child processes, bounded in time and memory: a hostile one costs itself."""

import atexit
import hashlib
import logging
import os
import re
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from policyqa.index.conditions.trees import rules
from policyqa.index.conditions.types import Rule
from policyqa.index.errors import UnreadableFile
from policyqa.index.read.extract import Extract, Limits
from policyqa.index.read.reading import read
from policyqa.index.structure.parsing import parse
from policyqa.index.types import Document, Metadata, Passage

logger = logging.getLogger(__name__)

WORD = re.compile(r"\w")
WORKERS = 2
FILES_A_PROCESS = 100  # then it is replaced, with whatever a parser has leaked


@dataclass(frozen=True)
class Task:
    """One file to parse: where it lies, its name in the index, what the catalogue says of it."""

    path: Path
    source: str
    metadata: Metadata


@dataclass(frozen=True)
class Parsed:
    """One document with its passages and its rules, before embedding."""

    document: Document
    passages: tuple[Passage, ...]
    rules: tuple[Rule, ...] = ()


def parsed(extract: Extract, *, source: str, metadata: Metadata, sha256: str) -> Parsed:
    """What a file's loader gave, as a document; the arguments are those of `parse`."""
    found = parse(extract, source=source, metadata=metadata, sha256=sha256)
    return Parsed(*found, rules(*found))


def parse_file(task: Task, limits: Limits) -> Parsed:
    """Read and parse one file in this process. Raises UnreadableFile."""
    try:
        if task.path.stat().st_size > limits.max_bytes:
            data = b"\x00" * (limits.max_bytes + 1)  # `read` says so
        else:
            data = task.path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"无法读取：{error.strerror or error}") from error
    extract = read(data, task.path.name, limits)
    sha256 = hashlib.sha256(data).hexdigest()
    found = parsed(extract, source=task.source, metadata=task.metadata, sha256=sha256)
    if not any(WORD.search(passage.text) for passage in found.passages):
        raise UnreadableFile("文件里没有可用的正文")
    return found


def parse_files(tasks: Sequence[Task], limits: Limits) -> Iterator[Parsed | UnreadableFile]:
    """Each file parsed, or why it cannot be, in order. No file takes this process down."""
    if not tasks:
        return
    pool = _pool(limits.memory_bytes)
    futures = [pool.schedule(parse_file, args=(t, limits), timeout=limits.seconds) for t in tasks]
    for task, future in zip(tasks, futures, strict=True):
        yield _outcome(task, future, limits)


def _outcome(task: Task, future: Any, limits: Limits) -> Parsed | UnreadableFile:
    try:
        found: Parsed = future.result()
        return found
    except UnreadableFile as error:
        return error
    except TimeoutError:
        return UnreadableFile(f"解析超过 {limits.seconds:.0f} 秒，已放弃，请拆分或另存为其他格式")
    except MemoryError:
        return UnreadableFile(f"解析所需内存超过 {limits.memory_bytes / 2**30:.0f} GB，请拆分")
    except ProcessExpired:
        return UnreadableFile("解析程序异常退出，文件可能已损坏，请另存为其他格式")
    except Exception as error:
        logger.exception("parsing failed: %s", type(error).__name__)
        return UnreadableFile("解析出错，请另存为其他格式；详情在服务器的日志里")


@cache
def _pool(memory_bytes: int) -> ProcessPool:
    """Child processes of this process, started at the first file and kept."""
    pool = ProcessPool(
        max_workers=WORKERS,
        max_tasks=FILES_A_PROCESS,
        initializer=_confine,
        initargs=(memory_bytes,),
        context=get_context("spawn"),
    )
    atexit.register(_stop, pool)
    return pool


def _confine(memory_bytes: int) -> None:
    """In the child: bound its memory, leave no core dump, say nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where libraries print the trace of a crash
    logging.disable(logging.CRITICAL)


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
