"""What a second thread of the reader brings, on this machine as it is and with its cores busy.

python -m policyqa.eval.bench.threads eval/datasets/seeds 60 > eval/results/ablations/threads.json
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from policyqa.eval.bench.benchmark import WARM_UP, milliseconds
from policyqa.eval.judge import dataset as datasets
from policyqa.eval.judge.evaluate import question_of
from policyqa.eval.judge.metrics import percentile
from policyqa.qa import settings as configuration
from policyqa.qa import wiring
from policyqa.qa.types import Question

THREADS = (1, 2)
BUSY = (0, 1)  # processes of our own beside it that never rest
LOOP = "while True: pass"

Ask = Callable[[Question], object]


@contextmanager
def busy(processes: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """So many processes of our own that each keep a core busy."""
    running = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(processes)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def alternated(asks: Sequence[Ask], questions: Sequence[Question]) -> list[list[float]]:
    """Milliseconds of each way of asking; they take turns, and in turns begin, so that a slow
    moment of the machine hits all of them.

    Args:
        asks: ways of asking.
        questions: each is asked once in every way; the first are asked once more, before.
    """
    for ask in asks:
        for question in questions[:WARM_UP]:
            ask(question)
    times: list[list[float]] = [[] for _ in asks]
    for number, question in enumerate(questions):
        for turn in range(len(asks)):
            at = (number + turn) % len(asks)
            times[at].append(milliseconds(partial(asks[at], question), time.perf_counter))
    return times


def measured(asks: Mapping[int, Ask], questions: Sequence[Question]) -> list[dict[str, Any]]:
    """The median and the 95th percentile by number of threads and of busy processes, with the
    load of the machine (the kernel's mean of a minute) before each."""
    rows = []
    for processes in BUSY:
        load = os.getloadavg()[0]
        with busy(processes):
            times = alternated(list(asks.values()), questions)
        rows += [
            {"cores": os.cpu_count(), "load": load, "busy": processes,
             "threads": threads, "n": len(each),
             "p50_ms": percentile(each, 50), "p95_ms": percentile(each, 95)}
            for threads, each in zip(asks, times, strict=True)
        ]  # fmt: skip
    return rows


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """One row a number of busy processes: the time on two threads as a share of that on one."""
    head = [
        "load ÷ cores before",
        "busy beside it",
        "n",
        "p50, 2 threads ÷ 1",
        "p95, 2 threads ÷ 1",
    ]
    lines = [head, ["---"] * len(head)]
    for one, two in zip(rows[::2], rows[1::2], strict=True):
        ratios = [f"{two[key] / one[key]:.2f}" for key in ("p50_ms", "p95_ms")]
        load = f"{one['load'] / one['cores']:.1f}"
        lines.append([load, str(one["busy"]), str(one["n"]), *ratios])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(dataset: str, limit: str) -> None:
    """Print what was measured as JSON."""
    chosen = configuration.load()
    assistant = wiring.open_assistant()
    asks = {
        threads: wiring.varied(
            assistant, configuration.changed(chosen, {"model.threads": threads})
        ).ask
        for threads in THREADS
    }
    queries = datasets.load(Path(dataset), limit=int(limit)).queries
    print(json.dumps(measured(asks, [question_of(query) for query in queries]), indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
