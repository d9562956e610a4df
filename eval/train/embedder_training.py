r"""Makes `index/store/tuning.safetensors`: what the embedding model learns of questions and the
passages that answer them.

    python -m policyqa.eval.train.embedder_training --output index/store/tuning.safetensors \
        --curve eval/results/ablations/embedder.json --lessons readings.jsonl cmrc2018_dev.jsonl:2 …

Each question beside one passage that answers and one that tempts; those of the other questions of
a batch are negatives too (InfoNCE, van den Oord et al. 2018; hard negatives after Karpukhin et al.
2020). The vocabulary's rows stay as they are. What is written leads half-way from the old weights
to the new ones: it keeps what the old ones knew of other texts (Wortsman et al., CVPR 2022). Name
the sha256 that is printed in `index.store.weights`. Lessons are those of `eval.train.lessons`.
"""

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from policyqa.eval.train.lessons import SEED, Labelled, Lesson
from policyqa.eval.train.optimizing import ATTENTION, Optimizer, is_taught, without_dropout
from policyqa.eval.train.reader_training import read_lessons
from policyqa.index.store.embedding import quiet
from policyqa.index.store.tuning import differences
from policyqa.index.store.weights import unpack
from policyqa.qa import settings

PAIRS_A_STEP = 32
MAX_TOKENS = 192
AT_ONCE = 16  # texts in one pass, of like length
SCALE = 20.0  # of cosines, as log-odds
LEARNING_RATE = 1e-4
KEPT = 0.5  # of the old weights
EVERY = 50  # steps between two points of the learning curve
JUDGED = 200  # tuning questions of such a point


def text_of(page: Labelled) -> str:
    """A page as it is embedded."""
    return "\n".join(filter(None, (page.head, page.above, "".join(page.sentences))))


def embedded(model: SentenceTransformer, texts: Sequence[str]) -> Tensor:
    """Unit vectors, shape (n, dimension), through which gradients flow."""
    ids = model.tokenizer(list(texts), truncation=True, max_length=MAX_TOKENS)["input_ids"]
    order = sorted(range(len(ids)), key=lambda n: len(ids[n]))
    vectors: dict[int, Tensor] = {}
    for first in range(0, len(order), AT_ONCE):
        chosen = order[first : first + AT_ONCE]
        vectors |= zip(chosen, _pooled(model, [ids[n] for n in chosen]), strict=True)
    return torch.stack([vectors[n] for n in range(len(ids))])


def _pooled(model: SentenceTransformer, ids: Sequence[Sequence[int]]) -> Tensor:
    padded = model.tokenizer.pad({"input_ids": list(ids)}, return_tensors="pt")
    transformer: Any = model[0]
    states = transformer.auto_model(**padded).last_hidden_state.float()
    mask = padded["attention_mask"][:, :, None].float()
    return normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


def loss_of(model: SentenceTransformer, lessons: Sequence[Lesson], draw: random.Random) -> Tensor:
    """Cross-entropy of the right passage among all of the batch; others that answer the same
    question are left out."""
    right = [draw.choice([p for p in lesson.pages if p.answers]) for lesson in lessons]
    tempting = [_tempting(lesson, draw) for lesson in lessons]
    texts = [text_of(page) for page in [*right, *filter(None, tempting)]]
    queries = embedded(model, [f"query: {lesson.query}" for lesson in lessons])
    passages = embedded(model, [f"passage: {text}" for text in texts])
    scores = SCALE * queries @ passages.T
    for n, lesson in enumerate(lessons):
        answering = {text_of(page) for page in lesson.pages if page.answers}
        same = [k for k, text in enumerate(texts) if text in answering and k != n]
        scores[n, same] = -1e4
    return cross_entropy(scores, torch.arange(len(lessons)))


def _tempting(lesson: Lesson, draw: random.Random) -> Labelled | None:
    wrong = [page for page in lesson.pages if not page.answers]
    return draw.choice(wrong) if wrong else None


def steps_of(lessons: Sequence[Lesson], epochs: float) -> Iterator[list[Lesson]]:
    """Batches, so many times through all lessons, drawn anew each time."""
    draw = random.Random(SEED)
    left = round(epochs * len(lessons) / PAIRS_A_STEP)
    while left > 0:
        order = draw.sample(list(lessons), len(lessons))
        batches = [order[n : n + PAIRS_A_STEP] for n in range(0, len(order), PAIRS_A_STEP)]
        yield from batches[:left]
        left -= len(batches)


def judged(model: SentenceTransformer, lessons: Sequence[Lesson]) -> dict[str, float]:
    """Share of questions whose right passage is nearest among their own pages."""
    first = []
    model.eval()
    with torch.inference_mode():
        for lesson in lessons:
            query = embedded(model, [f"query: {lesson.query}"])
            pages = embedded(model, [f"passage: {text_of(page)}" for page in lesson.pages])
            first.append(bool(lesson.pages[int((query @ pages.T).argmax())].answers))
    model.train()
    return {"first": round(float(np.mean(first)), 4)}


def train(
    model: SentenceTransformer,
    lessons: Sequence[Lesson],
    held_out: Sequence[Lesson],
    epochs: float,
) -> Iterator[dict[str, Any]]:
    """Train in place; the points of the learning curve."""
    steps = list(steps_of(lessons, epochs))
    optimizer, draw = Optimizer(model, len(steps), LEARNING_RATE), random.Random(SEED)
    recent: list[float] = []
    begun = time.perf_counter()
    model.train()
    for done, batch in enumerate(steps, start=1):
        loss = loss_of(model, batch, draw)
        torch.autograd.backward(loss)
        optimizer.step()
        recent.append(float(loss.detach()))
        if done % EVERY == 0 or done == len(steps):
            minutes = round((time.perf_counter() - begun) / 60, 1)
            point = {"step": done, "of": len(steps), "minutes": minutes}
            yield point | {"loss": round(float(np.mean(recent)), 4), **judged(model, held_out)}
            recent.clear()


def between(old: dict[str, Tensor], new: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights between two sets of them: `KEPT` of the old ones, all of it where nothing was
    taught."""
    return {
        name: KEPT * old[name].float() + (1 - KEPT) * value.float()
        if value.is_floating_point() and is_taught(name)
        else old[name]
        for name, value in new.items()
    }


def main() -> None:
    """Train, and write what was learned and the learning curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", nargs="+", required=True)
    parser.add_argument("--epochs", type=float, default=1.2)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--curve", type=Path, required=True)
    arguments = parser.parse_args()
    answered = [x for x in read_lessons(arguments.lessons) if any(p.answers for p in x.pages)]
    taught = [lesson for lesson in answered if lesson.part == "train"]
    tuning = [lesson for lesson in answered if lesson.part == "tuning"]
    held_out = random.Random(SEED).sample(tuning, min(JUDGED, len(tuning)))
    base = unpack(settings.load().cache, tuning=None)
    with quiet():
        model = SentenceTransformer(str(base), device="cpu", local_files_only=True)
    transformer: Any = model[0]
    old = {name: value.clone() for name, value in transformer.auto_model.state_dict().items()}
    transformer.auto_model.set_attn_implementation(ATTENTION)
    without_dropout(model).to(torch.bfloat16)
    curve: list[dict[str, Any]] = [{"step": 0, **judged(model, held_out)}]
    for point in train(model, taught, held_out, arguments.epochs):
        curve.append(point)
        arguments.curve.write_text(json.dumps(curve, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(point), flush=True)
    new = between(old, transformer.auto_model.state_dict())
    transformer.auto_model.load_state_dict(new)
    save_file(differences(_numpy(old), _numpy(new)), arguments.output)
    digest = hashlib.sha256(arguments.output.read_bytes()).hexdigest()
    print(json.dumps({"sha256": digest, **judged(model, held_out)}))


def _numpy(weights: dict[str, Tensor]) -> dict[str, NDArray[np.float32]]:
    return {name: value.float().numpy() for name, value in weights.items()}


if __name__ == "__main__":
    main()
