"""What the reader costs and loses in single, half and 8-bit precision, on this machine.

python -m policyqa.eval.bench.precisions LESSONS 100 > eval/results/ablations/precisions.json

`LESSONS` is of `eval.train.lessons`; so many of its tuning lessons are read, one after another, in
each precision in turn, on one thread.
"""

import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import nn

from policyqa.eval.train.lessons import SEED, Lesson
from policyqa.eval.train.reader_training import Step, judged, read_lessons, scored
from policyqa.qa.retrieve.pages import tokenizer_in
from policyqa.qa.retrieve.reader_model import ReaderModel

READER = Path(str(resources.files("policyqa.qa.retrieve") / "reader"))


def models(folder: Path) -> dict[str, ReaderModel]:
    """The reader in each precision; in 8 bits only its linear layers are, their inputs as they
    come (dynamic quantization)."""
    whole = ReaderModel.load(folder, torch.float32)
    eighth: Any = torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]
        ReaderModel.load(folder, torch.float32), {nn.Linear}, dtype=torch.qint8
    )
    return {
        "float32": whole,
        "bfloat16": ReaderModel.load(folder, torch.bfloat16),
        "int8": eighth,
    }


def measured(
    readers: Mapping[str, ReaderModel], lessons: Sequence[Lesson], tokenizer: Tokenizer
) -> list[dict[str, Any]]:
    """Of each precision: windows a second, and how well it reads (`reader_training.judged`)."""
    steps = [Step([lesson], tokenizer) for lesson in lessons]
    seconds = dict.fromkeys(readers, 0.0)
    with torch.inference_mode():
        for number, step in enumerate(steps):
            names = list(readers)
            for turn in range(len(names)):
                name = names[(number + turn) % len(names)]
                begun = time.perf_counter()
                scored(readers[name], step)
                seconds[name] += time.perf_counter() - begun
    count = sum(len(step.windows) for step in steps)
    return [
        {"precision": name, "lessons": len(lessons), "windows": count}
        | {"windows_a_second": round(count / seconds[name], 1)}
        | judged(reader, lessons, tokenizer)
        for name, reader in readers.items()
    ]


def main(path: str, limit: str) -> None:
    """Print what was measured as JSON."""
    torch.set_num_threads(1)
    tuning = [lesson for lesson in read_lessons([path]) if lesson.part == "tuning"]
    chosen = random.Random(SEED).sample(tuning, min(int(limit), len(tuning)))
    print(json.dumps(measured(models(READER), chosen, tokenizer_in(READER)), indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
