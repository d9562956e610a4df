"""What an index costs at some sizes: building, disk, memory, opening, retrieval, and what retrieval
misses of an exact scan."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from policyqa.eval.bench.benchmark import WARM_UP, milliseconds
from policyqa.eval.bench.synthetic import collection
from policyqa.eval.judge.metrics import percentile
from policyqa.index.build import building
from policyqa.index.store import search_index
from policyqa.index.store.embedding import Embedder
from policyqa.index.store.search_index import SearchIndex, SourceFile
from policyqa.index.store.vectors import Vectors
from policyqa.index.types import FileReport, Value
from policyqa.qa.pictures import legend, svg
from policyqa.qa.question.asked import Asked, understood
from policyqa.qa.retrieve.retrieval import POOL, WEIGHTS, rank, signals_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNITS = {"k": 1_000, "m": 1_000_000}
GIB = 2**30
TABLE = {
    "段": "passages",
    "建索引，毫秒／段（不含向量）": "build_ms",
    "磁盘，字节／段": "disk_bytes",
    "内存，字节／段": "memory_bytes",
    "打开，秒": "open_s",
    "检索 p50 ÷ 嵌入问题": "p50_ratio",
    "检索 p95 ÷ 嵌入问题": "p95_ratio",
    "召回（对逐行精确）": "recall",
}


class Opened(Value):
    """What one process found: seconds of opening, bytes that it came to hold (mapped files that
    were looked into are counted), milliseconds of retrieval, share of the exact best."""

    open_s: float
    memory: int
    times_ms: tuple[float, ...]
    recall: float


class Growth(Value):
    """What a collection of so many passages costs; `_ratio` is over the median of embedding a
    query in the same run. `recall` is the share of the `POOL` passages with the nearest vectors, by
    an exact scan, that stand among the candidates."""

    passages: int
    build_ms: float
    disk_bytes: float
    memory_bytes: float
    open_s: float
    encode_query_p50_ms: float
    p50_ratio: float
    p95_ratio: float
    recall: float


def sizes_of(given: str) -> tuple[int, ...]:
    """10k,100k,1m as numbers, ascending.

    Raises:
        ValueError: one of them is no size.
    """
    sizes = []
    for part in given.lower().replace(" ", "").split(","):
        unit = UNITS.get(part[-1:], 1)
        digits = part[:-1] if unit > 1 else part
        if not (digits.isdecimal() and digits.isascii() and int(digits) and len(digits) <= 9):
            raise ValueError(f"--sizes 写成 10k,100k,1m，不能是 {part[:20]!r}")
        sizes.append(int(digits) * unit)
    return tuple(sorted(set(sizes)))


def growth(source: SearchIndex, embedder: Embedder, texts: Sequence[str], size: int) -> Growth:
    """Build a synthetic collection in a folder that is removed after, and ask it.

    Args:
        source: whose words and vectors it is made of.
        embedder: embeds the questions; the index is opened in a process without it.
        texts: of questions, as they are searched; at least one.
        size: passages.
    """
    vectors = np.stack([embedder.encode_query(text) for text in texts])
    encoded = partial(_encoded, embedder, texts)
    with TemporaryDirectory() as name:
        folder = Path(name)
        build_s = _built(source, embedder, size, folder)
        disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        times = encoded()  # right before and after, so that a slow moment hits both
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            found = alone.submit(opened, folder, embedder.fingerprint, texts, vectors).result()
        times += encoded()
    encode = percentile(times, 50)
    return Growth(
        passages=size,
        build_ms=build_s * 1000 / size,
        disk_bytes=disk / size,
        memory_bytes=found.memory / size,
        open_s=found.open_s,
        encode_query_p50_ms=encode,
        p50_ratio=percentile(found.times_ms, 50) / encode,
        p95_ratio=percentile(found.times_ms, 95) / encode,
        recall=found.recall,
    )


def _encoded(embedder: Embedder, texts: Sequence[str]) -> list[float]:
    """Milliseconds of embedding each question."""
    return [milliseconds(partial(embedder.encode_query, t), time.perf_counter) for t in texts]


def _built(source: SearchIndex, embedder: Embedder, size: int, folder: Path) -> float:
    """Seconds of all that is done with passages that are parsed and embedded."""
    embedded = list(collection(source, size))
    files = [
        SourceFile(
            source=e.document.source,
            state=e.document.sha256,
            report=FileReport(source=e.document.source, status="read"),
        )
        for e in embedded
    ]
    started = time.perf_counter()
    search_index.save(building.assemble(embedded, embedder, files), folder)
    return time.perf_counter() - started


def opened(folder: Path, model: str, texts: Sequence[str], vectors: Vectors) -> Opened:
    """Open an index and retrieve for each question; run in a process of its own."""
    before = _resident()
    started = time.perf_counter()
    index = search_index.load(folder, model=model)
    open_s = time.perf_counter() - started
    asked = [
        understood(text, known_words=index.words, known_bigrams=index.bigrams) for text in texts
    ]
    pairs = list(zip(asked, vectors, strict=True))
    for each, vector in pairs[:WARM_UP]:
        _retrieved(index, each, vector)
    times = [
        milliseconds(partial(_retrieved, index, each, vector), time.perf_counter)
        for each, vector in pairs
    ]
    memory = _resident() - before
    recall = float(np.mean([_recall(index, each, vector) for each, vector in pairs]))
    return Opened(open_s=open_s, memory=memory, times_ms=tuple(times), recall=recall)


def _retrieved(index: SearchIndex, asked: Asked, vector: Vectors) -> set[int]:
    """Rows of the candidates."""
    ranking = rank(index, asked, signals_of(index, asked, vector), WEIGHTS)
    return {int(row) for row in ranking.rows}


def _recall(index: SearchIndex, asked: Asked, vector: Vectors) -> float:
    scores = index.passage_vectors.scores(vector, slice(None))
    exact = np.argsort(-scores, kind="stable")[:POOL]
    return len(_retrieved(index, asked, vector).intersection(exact.tolist())) / len(exact)


def _resident() -> int:
    """Bytes of this process in memory, 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def table(found: Sequence[Growth]) -> str:
    """One row a size."""
    lines = [list(TABLE), ["---"] * len(TABLE)]
    lines += [[_shown(getattr(each, name)) for name in TABLE.values()] for each in found]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if isinstance(value, int) or value >= 100 else f"{value:.3f}"


def plot(found: Sequence[Growth]) -> str:
    """Cost against size, both logarithmic, as SVG."""
    lines: dict[str, Callable[[Growth], float]] = {
        "p95 ÷ encode_query": lambda each: each.p95_ratio,
        "open, s": lambda each: each.open_s,
        "memory, GiB": lambda each: each.memory_bytes * each.passages / GIB,
        "disk, GiB": lambda each: each.disk_bytes * each.passages / GIB,
    }

    def draw(axes: "Axes") -> None:
        sizes = [each.passages for each in found]
        for name, value in lines.items():
            axes.plot(sizes, [value(each) for each in found], marker="o", label=name)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("passages")
        legend(axes)

    return svg(draw, label="cost by size", above=0.6)
