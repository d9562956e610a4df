r"""Makes `qa/retrieve/reader/ruling.safetensors`: whether a rule says 可以, 不可以 or 视条件 to a
question.

    python -m policyqa.eval.train.ruling_training --readings ../shared/data/policy_reading \
        --curve eval/results/ablations/ruling.json

The upper layers of the reader are copied and taught on question, title and the sentences of the
answer, with the verdict that was written by hand (cross-entropy, rare verdicts count more); the
lower ones are shared with the reader and stay. Questions of the documents that teach are taught,
those that tune give the learning curve.
"""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from policyqa.eval.sets.readings import part_of
from policyqa.eval.train.optimizing import share_of_rate
from policyqa.index.text.words import normalise
from policyqa.qa.retrieve.pages import Window, rule_window, tokenizer_in
from policyqa.qa.retrieve.reader_model import ReaderModel
from policyqa.qa.retrieve.ruling import RULINGS
from policyqa.qa.retrieve.ruling_model import RulingModel

READER = Path("qa/retrieve/reader")
SEED, EPOCHS, AT_ONCE, LEARNING_RATE = 1, 5, 16, 2e-4
COUNTS = (1.0, 1.2, 2.0)  # how much a question of each ruling counts
SURE = (0.1, 0.2, 0.3, 0.5)  # shares of the surest whose rightness the curve tells
WRITTEN = {"可以": "可以", "不可以": "不可以", "视条件": "视条件而定"}


class Example(NamedTuple):
    """A question beside its answer, and the place of its verdict in `RULINGS`."""

    window: Window
    label: int
    part: str


def examples(folder: Path) -> list[Example]:
    """The questions of a folder that have a verdict."""
    tokenizer = tokenizer_in(READER)
    found = []
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record.get("verdict") not in WRITTEN:
            continue
        sentences = [each["quote"] for each in record["evidence"]]
        window = rule_window(tokenizer, normalise(record["question"]), record["title"], sentences)
        label = RULINGS.index(WRITTEN[record["verdict"]])
        found.append(Example(window, label, part_of(record["source"])))
    return found


def batches(found: Sequence[Example], draw: random.Random) -> list[list[Example]]:
    """All of them in groups of about one length, in a drawn order."""
    order = sorted(found, key=lambda each: len(each.window.ids) + 30 * draw.random())
    groups = [order[n : n + AT_ONCE] for n in range(0, len(order), AT_ONCE)]
    draw.shuffle(groups)
    return groups


def judged(model: RulingModel, found: Sequence[Example]) -> dict[str, float]:
    """The share of right rulings, of all and of the surest."""
    model.eval()
    with torch.inference_mode():
        said = torch.cat(
            [
                torch.softmax(model([e.window for e in found[n : n + AT_ONCE]]), -1)
                for n in range(0, len(found), AT_ONCE)
            ]
        ).numpy()
    model.train()
    right = said.argmax(1) == np.array([each.label for each in found])
    surest = right[np.argsort(-said.max(1))]
    shares = {f"surest_{share}": surest[: int(len(surest) * share)].mean() for share in SURE}
    return {name: round(float(v), 4) for name, v in ({"all": right.mean()} | shares).items()}


def taught(found: Sequence[Example]) -> tuple[RulingModel, list[dict[str, Any]]]:
    """The model after all epochs, and its learning curve on the questions that tune."""
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    model = RulingModel(ReaderModel.load(READER, torch.float32))
    for parameter in model.parameters():
        parameter.requires_grad = False
    weights = list(model.taught().parameters())
    for parameter in weights:
        parameter.requires_grad = True
    own, last = list(model.own.parameters()), list(model.last.parameters())
    adam = torch.optim.AdamW(
        [{"params": own, "lr": LEARNING_RATE}, {"params": last, "lr": 10 * LEARNING_RATE}]
    )
    train = [each for each in found if each.part == "train"]
    tuning = [each for each in found if each.part == "tuning"]
    steps = EPOCHS * -(-len(train) // AT_ONCE)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda n: share_of_rate((n + 1) / steps))
    curve = []
    model.train()
    for epoch in range(EPOCHS):
        losses = []
        for group in batches(train, draw):
            with torch.autocast("cpu", torch.bfloat16):
                said = model([each.window for each in group])
            labels = torch.tensor([each.label for each in group])
            loss = cross_entropy(said, labels, weight=torch.tensor(COUNTS))
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            adam.step()
            schedule.step()
            losses.append(float(loss))
        curve.append({"epoch": epoch + 1, "loss": round(float(np.mean(losses)), 4)})
        curve[-1] |= judged(model, tuning)
        print(json.dumps(curve[-1]), flush=True)
    return model, curve


def main() -> None:
    """Teach, write the weights beside the reader's and the learning curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=READER)
    parser.add_argument("--curve", type=Path, required=True)
    arguments = parser.parse_args()
    found = examples(arguments.readings)
    model, curve = taught(found)
    model.save(arguments.output)
    counts = {part: sum(e.part == part for e in found) for part in ("train", "tuning")}
    record = {"seed": SEED, "questions": counts, "curve": curve}
    arguments.curve.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
