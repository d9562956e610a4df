r"""Makes `qa/retrieve/reader/`: the small model that picks the sentences that answer.

    python -m policyqa.eval.train.reader_training --start FOLDER --output qa/retrieve/reader \
        --curve eval/results/ablations/reader.json --lessons readings.jsonl domain-dev.jsonl …

It goes on from a cross-encoder of six layers with a vocabulary of its own (the reranker of version
0.2.0, itself cut from the embedding model and taught on sets with a licence; `eval/README.md`). A
sentence of the answer has label 1, what a clerk might add 0.3, others 0 (binary cross-entropy, an
answering sentence counts `EVIDENCE` times); so has the page; among the pages of a question the
answering ones come first, among its sentences one that answers (softmax; Cao et al., ICML 2007).
Lessons of `FILE:n` are every n-th. `--start` may be a reader, too: it is taught further. With
`--mean-with` what is written at the end is the mean of its weights and those of other readers of
one descent, such as the stages before (model soups; Wortsman et al., ICML 2022).
"""

import argparse
import json
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, logsumexp
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax

from policyqa.eval.train.lessons import SEED, Labelled, Lesson
from policyqa.eval.train.optimizing import ATTENTION, Optimizer, without_dropout
from policyqa.qa.retrieve.pages import TOKENIZER, Window, tokenizer_in, windows
from policyqa.qa.retrieve.reader_model import WEIGHTS, ReaderModel

LESSONS_A_STEP = 8
PAGES_A_LESSON = 6
WINDOWS_AT_ONCE = 12
EVIDENCE = 2.0
PAGE, SOFTMAX, FIRST = 1.0, 0.5, 0.5  # weights of the other losses, beside that of sentences
LEARNING_RATE = 1.2e-4
EVERY = 200  # steps between two points of the learning curve
JUDGED = 120  # tuning lessons of such a point


def read_lessons(given: Sequence[str]) -> list[Lesson]:
    """Lessons of all files; of `FILE:n` every n-th."""
    lines: list[str] = []
    for name in given:
        path, _, every = name.partition(":")
        lines += Path(path).read_text(encoding="utf-8").splitlines()[:: int(every or 1)]
    return [Lesson.model_validate_json(line) for line in lines]


def started(folder: Path) -> tuple[ReaderModel, Tokenizer]:
    """What is taught: the reader in this folder, or the transformer of another model, which gets
    new heads."""
    torch.manual_seed(SEED)
    model = ReaderModel.untaught(folder)
    weights = load_file(folder / WEIGHTS)
    whole = model.state_dict().keys() <= weights.keys()
    (model if whole else model.encoder).load_state_dict(weights, strict=whole)
    return model, tokenizer_in(folder)


class Step:
    """The windows of some lessons with their labels: all, or (to teach) of each page those with
    the answer, or one of them where it has none."""

    def __init__(
        self, lessons: Sequence[Lesson], tokenizer: Tokenizer, draw: random.Random | None = None
    ) -> None:
        self.windows: list[Window] = []
        self.labels: list[list[float]] = []  # of the sentences, by window
        self.pages: list[int] = []  # page of each window
        self.answers: list[float] = []  # by page
        self.groups: list[range] = []  # pages of each lesson
        for lesson in lessons:
            first = len(self.answers)
            for page in lesson.pages:
                every = windows(tokenizer, lesson.query, page.page())
                for window in _taught(every, page, draw) if draw else every:
                    self.windows.append(window)
                    self.labels.append([page.labels[n] for n, _, _ in window.spans])
                    self.pages.append(len(self.answers))
                self.answers.append(page.answers)
            self.groups.append(range(first, len(self.answers)))


def _taught(every: list[Window], page: Labelled, draw: random.Random) -> list[Window]:
    holding = [w for w in every if any(page.labels[n] == 1 for n, _, _ in w.spans)]
    return holding or [draw.choice(every)]


def _drawn(lesson: Lesson, draw: random.Random) -> Lesson:
    """The lesson with the pages that answer, and others drawn."""
    right = [page for page in lesson.pages if page.answers][: PAGES_A_LESSON // 2]
    others = [page for page in lesson.pages if not page.answers]
    count = min(len(others), PAGES_A_LESSON - len(right))
    return lesson.model_copy(update={"pages": (*right, *draw.sample(others, count))})


def scored(model: ReaderModel, step: Step) -> tuple[Tensor, list[Tensor]]:
    """Log-odds of pages (their best window's) and of sentences, by window."""
    order = sorted(range(len(step.windows)), key=lambda n: len(step.windows[n].ids))
    of_window: dict[int, Tensor] = {}
    sentences: dict[int, Tensor] = {}
    for first in range(0, len(order), WINDOWS_AT_ONCE):
        chosen = order[first : first + WINDOWS_AT_ONCE]
        pages, rows = model([step.windows[n] for n in chosen])
        of_window |= dict(zip(chosen, pages, strict=True))
        sentences |= dict(zip(chosen, rows, strict=True))
    best: list[Tensor] = []
    for page in range(len(step.answers)):
        own = [of_window[n] for n, p in enumerate(step.pages) if p == page]
        best.append(torch.stack(own).max())
    return torch.stack(best), [sentences[n] for n in range(len(order))]


def loss_of(pages: Tensor, sentences: Sequence[Tensor], step: Step) -> Tensor:
    """Of sentences, of pages, and of the order of both."""
    said = torch.cat(list(sentences))
    labels = torch.tensor([x for row in step.labels for x in row])
    known = labels >= 0
    weights = torch.where(labels == 1, EVIDENCE, 1.0)[known]
    loss = binary_cross_entropy_with_logits(said[known], labels[known], weights)
    answers = torch.tensor(step.answers)
    loss = loss + PAGE * binary_cross_entropy_with_logits(pages, answers)
    lists, firsts = [], []
    for group in step.groups:
        wanted = answers[group.start : group.stop]
        if 0 < wanted.sum() < len(wanted):
            logs = log_softmax(pages[group.start : group.stop], dim=0)
            lists.append(-(logs * wanted).sum() / wanted.sum())
        of_group = [n for n, page in enumerate(step.pages) if page in group]
        firsts += _that_one_is_first(
            torch.cat([sentences[n] for n in of_group]),
            torch.tensor([x for n in of_group for x in step.labels[n]]),
        )
    loss = loss + SOFTMAX * torch.stack(lists).mean() if lists else loss
    return loss + FIRST * torch.stack(firsts).mean() if firsts else loss


def _that_one_is_first(scores: Tensor, labels: Tensor) -> list[Tensor]:
    """The loss of a question whose best right sentence is to stand before all wrong ones; none
    where it has no sentence of both kinds."""
    right, wrong = scores[labels == 1], scores[labels == 0]
    if not len(right) or not len(wrong):
        return []
    return [logsumexp(torch.cat([right, wrong]), dim=0) - logsumexp(right, dim=0)]


def steps_of(lessons: Sequence[Lesson], tokenizer: Tokenizer) -> Iterator[Step]:
    """All lessons once, drawn."""
    order, draw = list(lessons), random.Random(SEED)
    draw.shuffle(order)
    for first in range(0, len(order), LESSONS_A_STEP):
        chosen = [_drawn(lesson, draw) for lesson in order[first : first + LESSONS_A_STEP]]
        yield Step(chosen, tokenizer, draw)


def write_mean(folders: Sequence[Path], output: Path) -> None:
    """Write the mean of the weights of readers of one shape into a folder, in half precision."""
    every = [load_file(folder / WEIGHTS) for folder in folders]
    mean = {
        name: torch.stack([weights[name].float() for weights in every]).mean(dim=0).half()
        for name in every[0]
    }
    save_file(mean, output / WEIGHTS)


def judged(model: ReaderModel, lessons: Sequence[Lesson], tokenizer: Tokenizer) -> dict[str, float]:
    """On lessons that did not teach: how often the first sentence and the first page are right
    (questions with both kinds), and whether the best sentence tells pages that answer from others,
    lessons that are answered from near misses (area under the ROC curve)."""
    from sklearn.metrics import roc_auc_score

    first, best, labels, tops, answered = [], [], [], [], []
    model.eval()
    with torch.inference_mode():
        for lesson in lessons:
            step = Step([lesson], tokenizer)
            pages, rows = scored(model, step)
            said = [
                (float(s), y)
                for row, ys in zip(rows, step.labels, strict=True)
                for s, y in zip(row, ys, strict=True)
            ]
            tops.append(max(s for s, _ in said))
            answered.append(float(max(step.answers)))
            best += pages.tolist()
            labels += step.answers
            if sum(step.answers) > 0 and any(y == 1 for _, y in said):
                first.append(max(said)[1] == 1)
    model.train()
    return {
        "first_sentence": round(float(np.mean(first)), 4),
        "page_auc": round(float(roc_auc_score(labels, best)), 4),
        "answered_auc": round(float(roc_auc_score(answered, tops)), 4),
    }


def train(
    model: ReaderModel,
    tokenizer: Tokenizer,
    lessons: Sequence[Lesson],
    held_out: Sequence[Lesson],
    output: Path,
    *,
    rate: float = LEARNING_RATE,
) -> Iterator[dict[str, Any]]:
    """Train in place, one epoch; the points of the learning curve, with the model as it stands
    saved at each."""
    total = -(-len(lessons) // LESSONS_A_STEP)
    optimizer = Optimizer(model, total, rate)
    recent: list[float] = []
    begun, read = time.perf_counter(), 0
    model.train()
    for done, step in enumerate(steps_of(lessons, tokenizer), start=1):
        loss = loss_of(*scored(model, step), step)
        torch.autograd.backward(loss)
        optimizer.step()
        recent.append(float(loss.detach()))
        read += len(step.windows)
        if done % EVERY == 0 or done == total:
            minutes = round((time.perf_counter() - begun) / 60, 1)
            point = {"step": done, "of": total, "windows": read, "minutes": minutes}
            point |= {"loss": round(float(np.mean(recent)), 4)}
            recent.clear()
            model.save(output)
            yield point | judged(model, held_out, tokenizer)


def main() -> None:
    """Train and write the model and its learning curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", nargs="+", required=True)
    parser.add_argument("--start", type=Path, required=True, help="model to go on from")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--curve", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--mean-with", type=Path, nargs="*", default=[], metavar="FOLDER")
    arguments = parser.parse_args()
    lessons = read_lessons(arguments.lessons)
    taught = [lesson for lesson in lessons if lesson.part == "train"]
    tuning = [lesson for lesson in lessons if lesson.part == "tuning"]
    held_out = random.Random(SEED).sample(tuning, min(JUDGED, len(tuning)))
    model, tokenizer = started(arguments.start)
    model = without_dropout(model).to(torch.bfloat16)
    encoder: Any = model.encoder
    encoder.set_attn_implementation(ATTENTION)
    arguments.output.mkdir(parents=True, exist_ok=True)
    shutil.copy(arguments.start / TOKENIZER, arguments.output)
    curve: list[dict[str, Any]] = []
    for point in train(model, tokenizer, taught, held_out, arguments.output, rate=arguments.rate):
        curve.append(point)
        arguments.curve.write_text(json.dumps(curve, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(point), flush=True)
    if arguments.mean_with:
        write_mean([arguments.output, *arguments.mean_with], arguments.output)


if __name__ == "__main__":
    main()
