"""Speed as ratios of two measurements of one run: milliseconds move between machines."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from policyqa.eval.judge.metrics import percentile
from policyqa.index.types import Value
from policyqa.qa.types import Answer, Question

WARM_UP = 3  # questions asked before the clock counts: first calls load and compile

Clock = Callable[[], float]


class AskingSpeed(Value):
    """Milliseconds of embedding a query alone and of a whole answer; ratio = answer / query."""

    n: int
    encode_query_p50_ms: float
    ask_p50_ms: float
    ratio: float


class IndexingSpeed(Value):
    """Passages a second; ratio = indexing / bare encoding, 1 when nothing is lost beside it."""

    passages: int
    index_per_s: float
    encode_per_s: float
    ratio: float


class UpdatingSpeed(Value):
    """Seconds of a full build and of an update after one document changed; update / full."""

    documents: int
    full_s: float
    update_s: float
    share: float


def asking_speed(
    encode_query: Callable[[str], object],
    ask: Callable[[Question], Answer],
    questions: Sequence[Question],
    *,
    clock: Clock = time.perf_counter,
) -> AskingSpeed:
    """Time both on each question in turn, so that a slow moment of the machine hits both.

    Args:
        encode_query: embeds one query.
        ask: answers one question.
        questions: at least one; the first `WARM_UP` are asked once more, before.
        clock: seconds, for tests.
    """
    for question in questions[:WARM_UP]:
        encode_query(question.question)
        ask(question)
    encoded, asked = [], []
    for question in questions:
        encoded.append(milliseconds(partial(encode_query, question.question), clock))
        asked.append(milliseconds(partial(ask, question), clock))
    encode_p50, ask_p50 = percentile(encoded, 50), percentile(asked, 50)
    return AskingSpeed(
        n=len(questions),
        encode_query_p50_ms=encode_p50,
        ask_p50_ms=ask_p50,
        ratio=ask_p50 / encode_p50,
    )


def indexing_speed(
    index: Callable[[], int], encode: Callable[[], int], *, clock: Clock = time.perf_counter
) -> IndexingSpeed:
    """Time indexing against bare encoding of the same passages.

    Args:
        index: indexes them from scratch and gives their number.
        encode: only embeds them, with a model already loaded, and gives their number.
        clock: seconds, for tests.

    Raises:
        ValueError: the two numbers differ, or are 0.
    """
    started = clock()
    indexed = index()
    between = clock()
    encoded = encode()
    ended = clock()
    if indexed != encoded or not indexed:
        raise ValueError(f"两边应处理同样多的段落，现为 {indexed} 与 {encoded}")
    index_per_s, encode_per_s = indexed / (between - started), encoded / (ended - between)
    return IndexingSpeed(
        passages=indexed,
        index_per_s=index_per_s,
        encode_per_s=encode_per_s,
        ratio=index_per_s / encode_per_s,
    )


def updating_speed(
    build: Callable[[], int], change: Callable[[], object], *, clock: Clock = time.perf_counter
) -> UpdatingSpeed:
    """Time a build from scratch against one after a single document changed.

    Args:
        build: brings the index up to date and gives the number of its documents.
        change: changes one document.
        clock: seconds, for tests.
    """
    started = clock()
    documents = build()
    full_s = clock() - started
    change()
    started = clock()
    build()
    update_s = clock() - started
    return UpdatingSpeed(
        documents=documents, full_s=full_s, update_s=update_s, share=update_s / full_s
    )


def milliseconds(act: Callable[[], object], clock: Clock) -> float:
    """How long it takes."""
    started = clock()
    act()
    return (clock() - started) * 1000
