r"""Makes `qa/retrieve/reranker/`: a small cross-encoder of our own, cut from the embedding model.

    python -m policyqa.eval.train.reranker_training --output first \\
        --curve eval/results/ablations/reranker-first.json \\
        --pairs cmrc.jsonl robust.jsonl crud.jsonl drcd.jsonl stard.jsonl seeds.jsonl
    python -m policyqa.eval.train.reranker_training --start first --output qa/retrieve/reranker \\
        --curve eval/results/ablations/reranker.json \\
        --pairs domain.jsonl domain.jsonl seeds.jsonl cmrc.jsonl:6 drcd.jsonl:6 \\
        crud.jsonl:2 robust.jsonl:2

The first layers of the embedding model and the rows of its vocabulary that Chinese text uses, mean
pooling, one linear layer. The first epoch sees the general sets; the second one the questions of
the field, twice, and every sixth or second of the others (`FILE:n`), so that they are not
forgotten. Loss: a passage that answers has 1, one that does not 0 (binary cross-entropy), and among
the passages of a question the wanted one is the first (softmax; Cao et al., Learning to Rank: from
pairwise to listwise, ICML 2007). Runs on two cores in under 90 minutes, never in CI.
"""

import argparse
import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from policyqa.eval.train.reranker_pairs import Group
from policyqa.index.store.weights import unpack
from policyqa.qa import settings

if TYPE_CHECKING:
    import torch
    from sentence_transformers import CrossEncoder

SEED = 20261123
LAYERS = 6
SPECIAL = 4  # the first pieces of the vocabulary: bos, pad, eos, unk
MAX_PIECES = 18_000
MAX_TOKENS = 192
GROUPS_A_STEP = 8
NEGATIVES = 4
LEARNING_RATE = 1.5e-4
WARM_UP = 0.06  # share of the steps
SOFTMAX = 0.5  # weight of the listwise loss
EVERY = 150  # steps between two points of the learning curve
JUDGED = 240  # held-out groups of such a point


def read_groups(given: Sequence[str]) -> list[Group]:
    """Groups of `eval.train.reranker_pairs`, those of all files; of `FILE:n` every n-th."""
    lines = []
    for name in given:
        path, _, every = name.partition(":")
        lines += Path(path).read_text(encoding="utf-8").splitlines()[:: int(every or 1)]
    return [Group.model_validate_json(line) for line in lines]


def kept_pieces(vocabulary: Sequence[tuple[str, float]], counts: Mapping[int, int]) -> list[int]:
    """Rows of the vocabulary to keep, in their order: the special ones, every single character
    of Chinese, English and punctuation, and the pieces that the texts use most."""
    kept = set(range(SPECIAL))
    kept |= {n for n, (piece, _) in enumerate(vocabulary) if _is_character(piece)}
    often = sorted(counts, key=lambda n: (-counts[n], n))
    kept |= set(often[: max(0, MAX_PIECES - len(kept))])
    return sorted(kept)


def _is_character(piece: str) -> bool:
    bare = piece.removeprefix("▁")
    return len(bare) <= 1 and (not bare or bare < "\u0250" or "\u2010" <= bare <= "\u9fff")


def cut(base: Path, folder: Path, counts: Mapping[int, int]) -> None:
    """Write the first layers and the kept rows of the embedding model as a model of its own."""
    import torch
    from transformers import AutoModel

    tokenizer = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = [(piece, score) for piece, score in tokenizer["model"]["vocab"]]
    rows = kept_pieces(vocabulary, counts)
    tokenizer["model"]["vocab"] = [vocabulary[row] for row in rows]
    model = AutoModel.from_pretrained(base, dtype=torch.float32)
    model.encoder.layer = model.encoder.layer[:LAYERS]
    words = torch.nn.Embedding(len(rows), model.config.hidden_size, padding_idx=1)
    words.weight.data = model.embeddings.word_embeddings.weight.detach()[rows].clone()
    model.embeddings.word_embeddings = words
    model.config.vocab_size, model.config.num_hidden_layers = len(rows), LAYERS
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    shutil.copy(base / "tokenizer_config.json", folder)


def fresh(base: Path, folder: Path, counts: Mapping[int, int]) -> "CrossEncoder":
    """The untrained cross-encoder."""
    import torch
    from sentence_transformers import CrossEncoder
    from sentence_transformers.cross_encoder.modules import Dense, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    cut(base, folder, counts)
    transformer = Transformer(str(folder), max_seq_length=MAX_TOKENS)
    width = transformer.get_embedding_dimension()
    head = Dense(width, 1, activation_function=torch.nn.Identity(), module_output_name="scores")
    model: CrossEncoder = CrossEncoder(
        modules=[transformer, Pooling(width, "mean"), head], device="cpu"
    )
    return model


def prepared(model: "CrossEncoder") -> "CrossEncoder":
    """The model as it is trained: in bfloat16, without dropout, with the attention that is
    quickest for short texts on a processor (2.2 times the steps of the defaults)."""
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    transformer: Any = model[0]
    transformer.auto_model.set_attn_implementation("eager")
    return model.to(torch.bfloat16)


def piece_counts(base: Path, texts: Sequence[str]) -> Counter[int]:
    """How often each row of the vocabulary is used."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    counts: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        counts.update(encoding.ids)
    return counts


def steps_of(groups: Sequence[Group]) -> Iterator[list[tuple[Group, list[str]]]]:
    """The groups of each step, with the passages drawn: wanted ones first."""
    draw = random.Random(SEED)
    order = list(groups)
    draw.shuffle(order)
    for first in range(0, len(order), GROUPS_A_STEP):
        yield [
            (group, list(group.positives[:1]) + _drawn(group, draw))
            for group in order[first : first + GROUPS_A_STEP]
        ]


def _drawn(group: Group, draw: random.Random) -> list[str]:
    """Negatives of one step; the first is the wanted passage without the answer, and stays."""
    if len(group.negatives) <= NEGATIVES:
        return list(group.negatives)
    first, *others = group.negatives
    return [first, *draw.sample(others, NEGATIVES - 1)]


def loss_of(scores: "torch.Tensor", step: Sequence[tuple[Group, Sequence[str]]]) -> "torch.Tensor":
    """Binary cross-entropy over all passages, and softmax over those of each question."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    labels, lists, at = [], [], 0
    for group, texts in step:
        wanted = min(1, len(group.positives))
        labels += [1.0] * wanted + [0.0] * (len(texts) - wanted)
        if wanted and len(texts) > 1:
            zero = torch.zeros(1, dtype=torch.long)
            lists.append(cross_entropy(scores[at : at + len(texts)][None], zero))
        at += len(texts)
    pointwise = binary_cross_entropy_with_logits(scores, torch.tensor(labels))
    return pointwise + SOFTMAX * torch.stack(lists).mean() if lists else pointwise


def scored(model: "CrossEncoder", pairs: Sequence[tuple[str, str]]) -> "torch.Tensor":
    """Logits of question and passage, shape (n,), float32."""
    scores: torch.Tensor = model(model.preprocess(list(pairs)))["scores"]
    return scores.squeeze(-1).float()


def judged(model: "CrossEncoder", groups: Sequence[Group]) -> dict[str, float]:
    """Share of the questions whose wanted passage is first, and the area under the ROC curve of
    wanted against others, over held-out groups, whole and by source."""
    import torch
    from sklearn.metrics import roc_auc_score

    by_source: dict[str, list[tuple[bool, list[float], list[int]]]] = {}
    model.eval()
    with torch.inference_mode():
        for group in groups:
            if not group.positives or not group.negatives:
                continue
            texts = [group.positives[0], *group.negatives]
            values = scored(model, [(group.query, text) for text in texts]).tolist()
            first = values[0] > max(values[1:])
            labels = [1] + [0] * len(group.negatives)
            by_source.setdefault(group.source, []).append((first, values, labels))
    model.train()
    figures = {}
    every = [row for rows in by_source.values() for row in rows]
    for name, rows in {**by_source, "all": every}.items():
        values = [v for _, vs, _ in rows for v in vs]
        labels = [x for _, _, xs in rows for x in xs]
        figures[f"{name} success_at_1"] = round(float(np.mean([f for f, _, _ in rows])), 4)
        figures[f"{name} auc"] = round(float(roc_auc_score(labels, values)), 4)
    return figures


class Optimizer:
    """AdamW over float32 copies of bfloat16 weights, whose own steps would be rounded away."""

    def __init__(self, model: "CrossEncoder", steps: int) -> None:
        """The vocabulary's rows stay as they are: few of them are seen often."""
        import torch

        fixed = ("word_embeddings", "pooler")
        for name, parameter in model.named_parameters():
            parameter.requires_grad = not any(part in name for part in fixed)
        self._weights = [p for p in model.parameters() if p.requires_grad]
        self._copies = [p.detach().clone().float() for p in self._weights]
        self._adam = torch.optim.AdamW(self._copies, lr=LEARNING_RATE, weight_decay=0.01)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._adam, lambda step: _rate((step + 1) / steps)
        )

    def step(self) -> None:
        """Take the gradients of the weights and move them."""
        import torch

        for weight, copy in zip(self._weights, self._copies, strict=True):
            copy.grad = None if weight.grad is None else weight.grad.float()
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(self._copies, 1.0)
        self._adam.step()
        self._schedule.step()
        with torch.no_grad():
            for weight, copy in zip(self._weights, self._copies, strict=True):
                weight.copy_(copy)


def train(
    model: "CrossEncoder", groups: Sequence[Group], held_out: Sequence[Group]
) -> list[dict[str, Any]]:
    """Train in place, one epoch; the points of the learning curve."""
    import torch

    total = -(-len(groups) // GROUPS_A_STEP)
    optimizer = Optimizer(model, total)
    curve: list[dict[str, Any]] = []
    recent: list[float] = []
    started = time.perf_counter()
    model.train()
    for done, step in enumerate(steps_of(groups), start=1):
        pairs = [(group.query, text) for group, texts in step for text in texts]
        loss = loss_of(scored(model, pairs), step)
        torch.autograd.backward(loss)
        optimizer.step()
        recent.append(float(loss.detach()))
        if done % EVERY == 0 or done == total:
            minutes = round((time.perf_counter() - started) / 60, 1)
            point = {"step": done, "of": total, "minutes": minutes}
            point |= {"loss": round(float(np.mean(recent)), 4), **judged(model, held_out)}
            curve.append(point)
            recent.clear()
            print(json.dumps(point), flush=True)
    return curve


def _rate(done: float) -> float:
    return done / WARM_UP if done < WARM_UP else max(0.0, (1 - done) / (1 - WARM_UP))


def save(model: "CrossEncoder", folder: Path) -> None:
    """Write the model in half precision."""
    import torch

    shutil.rmtree(folder, ignore_errors=True)
    model.to(torch.float16).save(str(folder), create_model_card=False)


def main() -> None:
    """Train and write the model and its learning curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", nargs="+", required=True)
    parser.add_argument("--start", type=Path, default=None, help="model to go on from")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--curve", type=Path, required=True)
    arguments = parser.parse_args()
    groups = read_groups(arguments.pairs)
    taught = [group for group in groups if not group.held_out]
    held_out = list(dict.fromkeys(group for group in groups if group.held_out))
    held_out = random.Random(SEED).sample(held_out, min(JUDGED, len(held_out)))
    model = prepared(_start(arguments.start, arguments.output, taught))
    curve = train(model, taught, held_out)
    save(model, arguments.output)
    arguments.curve.write_text(json.dumps(curve, indent=1) + "\n", encoding="utf-8")


def _start(start: Path | None, output: Path, taught: Sequence[Group]) -> "CrossEncoder":
    import torch
    from sentence_transformers import CrossEncoder

    torch.manual_seed(SEED)
    if start:
        begun: CrossEncoder = CrossEncoder(str(start), device="cpu", local_files_only=True)
        return begun
    base = unpack(settings.load().cache / "models")
    texts = [t for g in taught for t in (g.query, *g.positives, *g.negatives)]
    work = output.with_name(output.name + ".cut")
    model = fresh(base, work, piece_counts(base, texts))
    shutil.rmtree(work)
    return model


if __name__ == "__main__":
    main()
