r"""Makes `qa/retrieve/ruler`: whether a rule says 可以, 不可以 or 视条件 to a question, or nothing.

    python -m policyqa.eval.train.ruling_training --readings ../shared/data/policy_reading \
        --rulings eval/datasets/rulings --curve eval/results/ablations/ruling.json

The upper layers of the embedding model are copied and taught on question, title and sentences,
with the verdict that was written by hand (cross-entropy, rare verdicts count more); the lower ones
are shared and stay, so that what they give is computed once. What tempts a careless reader of a
question that has no answer (`near`) says nothing to it. Questions of the documents that teach are
taught, those that tune give the learning curve.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor
from torch.nn.functional import cross_entropy

from policyqa.eval.sets.readings import part_of
from policyqa.eval.train.optimizing import share_of_rate
from policyqa.index.store.embedding import SentenceTransformerEmbedder
from policyqa.index.store.weights import DIGESTS
from policyqa.index.text.words import normalise
from policyqa.qa import wiring
from policyqa.qa.errors import SettingsError
from policyqa.qa.retrieve.pages import Window, rule_window
from policyqa.qa.retrieve.reader_model import padded
from policyqa.qa.retrieve.ruling import FOLDER, RULINGS, WEIGHTS
from policyqa.qa.retrieve.ruling_model import RulingModel

OUTPUT = Path("qa/retrieve") / FOLDER
SEED, EPOCHS, AT_ONCE, LEARNING_RATE = 1, 4, 16, 1e-4
COUNTS = (1.0, 1.2, 2.0, 1.0)  # how much a question of each answer counts
NEAR = 0.4  # how much a near miss counts
SURE = (0.2, 0.3, 0.5)  # shares of the surest whose rightness the curve tells
WRITTEN = {"视条件": "视条件而定"}


class Example(NamedTuple):
    """What is read, what is asked of it, the place of the right answer, and how much it counts."""

    question: str
    title: str
    sentences: tuple[str, ...]
    label: int
    weight: float
    part: str


def of_readings(folder: Path) -> Iterator[Example]:
    """Questions on real policies that have a verdict, and near misses with what tempts."""
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        near = record["type"] == "none"
        said = record["near"] if near else record["evidence"]
        verdict = "没说" if near else record.get("verdict")
        if not verdict or not said:
            continue
        yield Example(
            record["question"],
            record["title"],
            tuple(each["quote"] for each in said),
            RULINGS.index(WRITTEN.get(verdict, verdict)),
            NEAR if near else 1.0,
            part_of(record["source"]),
        )


def of_rulings(folder: Path) -> Iterator[Example]:
    """Questions written beside rules."""
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        label = RULINGS.index(WRITTEN.get(record["verdict"], record["verdict"]))
        sentences, part = tuple(record["sentences"]), part_of(record["source"])
        yield Example(record["question"], record["title"], sentences, label, 1.0, part)


class Lower:
    """What the shared layers give of each window: the last states that are not taught."""

    def __init__(self, model: RulingModel, windows: Sequence[Window]) -> None:
        self.windows = windows
        self.states: dict[int, Tensor] = {}
        shared = model.encoder.encoder.layer
        own = len(model.own)
        model.encoder.encoder.layer = shared[: len(shared) - own]
        order = sorted(range(len(windows)), key=lambda n: len(windows[n].ids))
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            for first in range(0, len(order), 2 * AT_ONCE):
                group = order[first : first + 2 * AT_ONCE]
                ids, mask, _ = padded([windows[n] for n in group])
                found = model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.half()
                for n, row in zip(group, found, strict=True):
                    self.states[n] = row[: len(windows[n].ids)].clone()
        model.encoder.encoder.layer = shared

    def read(self, model: RulingModel, group: Sequence[int]) -> Tensor:
        """What the own layers make of it: the first token and the mean of title and rule."""
        _, mask, marks = padded([self.windows[n] for n in group])
        states = torch.nn.utils.rnn.pad_sequence(
            [self.states[n].float() for n in group], batch_first=True
        )
        ahead = ((1 - mask.float()) * -1e4)[:, None, None, :]
        for layer in model.own:
            found = layer(states, ahead)
            states = found[0] if isinstance(found, tuple) else found
        mean = torch.bmm(marks, states.float())[:, 0]
        return torch.cat([states[:, 0].float(), mean], dim=-1)


def batches(found: Sequence[Example], lower: Lower, draw: random.Random) -> list[list[int]]:
    """Those that teach in groups of about one length, in a drawn order."""
    train = [n for n, each in enumerate(found) if each.part == "train"]
    order = sorted(train, key=lambda n: len(lower.windows[n].ids) + 30 * draw.random())
    groups = [order[n : n + AT_ONCE] for n in range(0, len(order), AT_ONCE)]
    draw.shuffle(groups)
    return groups


def _loss(model: RulingModel, lower: Lower, found: Sequence[Example], group: list[int]) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        read = torch.nn.functional.dropout(lower.read(model, group), 0.1)
    labels = torch.tensor([found[n].label for n in group])
    weights = torch.tensor([found[n].weight for n in group])
    counts = torch.tensor(COUNTS)
    each = cross_entropy(model.last(read.float()), labels, weight=counts, reduction="none")
    return (each * weights).mean()


def judged(model: RulingModel, lower: Lower, found: Sequence[Example]) -> dict[str, float]:
    """Of the questions that tune, the share of right answers, of all and of the surest."""
    model.eval()
    own = [n for n, each in enumerate(found) if each.part == "tuning"]
    groups = [own[n : n + 2 * AT_ONCE] for n in range(0, len(own), 2 * AT_ONCE)]
    said = np.concatenate([_said(model, lower, group) for group in groups])
    right = said.argmax(1) == np.array([found[n].label for n in own])
    surest = right[np.argsort(-said.max(1))]
    shares = {
        f"surest_{share}": surest[: max(1, int(len(surest) * share))].mean() for share in SURE
    }
    model.train()
    return {name: round(float(v), 4) for name, v in ({"all": right.mean()} | shares).items()}


def _said(model: RulingModel, lower: Lower, group: list[int]) -> NDArray[np.float32]:
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        read = lower.read(model, group)
    with torch.inference_mode():
        return torch.softmax(model.last(read.float()), dim=-1).numpy()


def taught(model: RulingModel, lower: Lower, found: Sequence[Example]) -> list[dict[str, Any]]:
    """Teaches a model; its learning curve on the questions that tune."""
    draw = random.Random(SEED)
    for parameter in model.parameters():
        parameter.requires_grad = False
    for parameter in model.taught().parameters():
        parameter.requires_grad = True
    adam = torch.optim.AdamW(
        [
            {"params": list(model.own.parameters()), "lr": LEARNING_RATE},
            {"params": list(model.last.parameters()), "lr": 10 * LEARNING_RATE},
        ]
    )
    steps = EPOCHS * len(batches(found, lower, random.Random(SEED)))
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda n: share_of_rate((n + 1) / steps))
    curve = []
    model.train()
    for epoch in range(EPOCHS):
        losses = []
        for group in batches(found, lower, draw):
            loss = _loss(model, lower, found, group)
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.taught().parameters(), 1.0)
            adam.step()
            schedule.step()
            losses.append(loss.item())
        curve.append({"epoch": epoch + 1, "loss": round(float(np.mean(losses)), 4)})
        curve[-1] |= judged(model, lower, found)
        print(json.dumps(curve[-1]), flush=True)
    return curve


def kept(model: RulingModel, untaught: RulingModel, folder: Path) -> None:
    """Write what was learned, and its digest."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(model.learned(untaught), folder / WEIGHTS)
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    (folder / DIGESTS).write_text(json.dumps({WEIGHTS: digest}, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Teach, write what was learned and the learning curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=Path, required=True)
    parser.add_argument("--rulings", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--curve", type=Path, required=True)
    arguments = parser.parse_args()
    embedder = wiring.embedder()
    if not isinstance(embedder, SentenceTransformerEmbedder):
        raise SettingsError("判断模型建立在默认的向量模型上，请不要设 POLICYQA_MODEL__NAME")
    every = [*of_readings(arguments.readings), *of_rulings(arguments.rulings)]
    found = [each for each in every if each.part != "test"]
    tokenizer = embedder.tokenizer
    windows = [
        rule_window(tokenizer, normalise(each.question), each.title, each.sentences)
        for each in found
    ]
    torch.manual_seed(SEED)
    base = embedder.encoder.float()
    model = RulingModel(base)
    lower = Lower(model, windows)
    curve = taught(model, lower, found)
    kept(model, RulingModel(base), arguments.output)
    counts = {part: sum(each.part == part for each in found) for part in ("train", "tuning")}
    record = {"seed": SEED, "examples": counts, "curve": curve}
    arguments.curve.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
