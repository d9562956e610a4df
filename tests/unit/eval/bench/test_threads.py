"""How the threads of the reader are measured: in turns, beside processes that never rest."""

from functools import partial

from policyqa.eval.bench.threads import WARM_UP, alternated, busy, table
from policyqa.qa.types import Question

QUESTIONS = [Question(question=f"第{number}问") for number in range(4)]


def test_the_ways_of_asking_take_turns_and_turns_to_begin() -> None:
    asked: list[tuple[str, str]] = []

    def ask(way: str, question: Question) -> None:
        asked.append((way, question.question))

    times = alternated([partial(ask, "one"), partial(ask, "two")], QUESTIONS)
    assert [len(each) for each in times] == [4, 4]
    measured = asked[2 * WARM_UP :]
    assert [way for way, _ in measured] == ["one", "two", "two", "one"] * 2
    assert [question for _, question in measured[::2]] == [q.question for q in QUESTIONS]


def test_busy_processes_run_while_it_is_measured_and_no_longer() -> None:
    with busy(2) as running:
        assert [process.poll() for process in running] == [None, None]
    assert None not in [process.poll() for process in running]


def test_a_row_says_the_time_on_two_threads_as_a_share_of_that_on_one() -> None:
    def row(threads: int, p50: float, p95: float) -> dict[str, float]:
        machine = {"cores": 2, "load": 3.0, "busy": 1, "n": 30}
        return {**machine, "threads": threads, "p50_ms": p50, "p95_ms": p95}

    last = table([row(1, 100, 200), row(2, 150, 500)]).splitlines()[-1]
    assert last == "| 1.5 | 1 | 30 | 1.50 | 2.50 |"
