"""The product and what runs beside it, asked the same questions in turn and kept as runs."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from policyqa.eval.judge.dataset import Dataset
from policyqa.eval.judge.evaluate import Assistant, Evaluation, Progress, asked
from policyqa.eval.judge.figures import Figures
from policyqa.eval.report.page import page
from policyqa.eval.runs.recorder import (
    BESIDE,
    Recorder,
    Run,
    RunInfo,
    checked_name,
    described,
    evaluation_of,
)
from policyqa.qa.errors import RunError


class Contestant(NamedTuple):
    """An assistant with its name, and the settings that it answers by."""

    name: str
    assistant: Assistant
    settings: Mapping[str, Any]


class Asking(NamedTuple):
    """What is asked, and where it is kept."""

    dataset: Dataset
    split: str | None
    limit: int | None
    runs: Path
    name: str


def hold(
    contestants: Sequence[Contestant],
    asking: Asking,
    *,
    replace: bool = False,
    progress: Progress | None = None,
) -> list[Run]:
    """Ask every question of every contestant and keep a run of each: the first, which is the
    product, under the name itself, the others under `name@contestant`.

    An interrupted contest goes on where it stopped when it is held again.

    Raises:
        RunError: a run cannot be kept or continued (see `eval.runs.recorder`), or the user
            interrupted.
    """
    with ExitStack() as stack:
        recorders = {
            contestant.name: stack.enter_context(
                Recorder(
                    asking.runs / info.name,
                    info,
                    replace=replace,
                    again=contestant is not contestants[0],
                )
            )
            for contestant in contestants
            for info in [_info(contestant, contestants[0], asking)]
        }
        started = time.perf_counter()
        try:
            _ask(contestants, asking, recorders, progress)
            kept = {
                name: evaluation_of(recorder.info, asking.dataset, recorder.done)
                for name, recorder in recorders.items()
            }
            shown = _page(contestants, recorders, kept)
        except KeyboardInterrupt as error:
            done = min(len(recorder.done) for recorder in recorders.values())
            raise RunError(
                f"已中断：{asking.name} 已存 {done}/{len(asking.dataset.queries)} 题，"
                "再用同样的命令会接着做"
            ) from error
        finally:
            for recorder in recorders.values():
                recorder.spent(time.perf_counter() - started)
        product, *others = [contestant.name for contestant in contestants]
        # The product is finished last: while it is not, the contest can be held again.
        beside = [recorders[name].finish(kept[name]) for name in others]
        return [recorders[product].finish(kept[product], page=shown), *beside]


def _info(contestant: Contestant, product: Contestant, asking: Asking) -> RunInfo:
    name = checked_name(asking.name)
    if contestant is not product:
        name += BESIDE + contestant.name
    return described(
        name,
        contestant.name,
        asking.dataset,
        corpus=contestant.assistant.corpus.fingerprint,
        settings=contestant.settings,
        split=asking.split,
        limit=asking.limit,
    )


def _ask(
    contestants: Sequence[Contestant],
    asking: Asking,
    recorders: Mapping[str, Recorder],
    progress: Progress | None,
) -> None:
    assistants = {contestant.name: contestant.assistant for contestant in contestants}
    done = {name: recorder.done for name, recorder in recorders.items()}
    total = len(asking.dataset.queries) * len(contestants)
    for name, row in asked(assistants, asking.dataset, done=done):
        recorders[name].keep(row)
        if progress:
            progress("提问", sum(map(len, done.values())), total)


def _page(
    contestants: Sequence[Contestant],
    recorders: Mapping[str, Recorder],
    kept: Mapping[str, Evaluation],
) -> str:
    """The product's page, with the figures of all."""
    product = contestants[0].name
    figures: dict[str, Figures] = {each.name: kept[each.name].figures for each in contestants}
    return page(kept[product], info=recorders[product].info, beside=figures)
