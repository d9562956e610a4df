"""The network of the reader. It imports torch: load it only where something is read.

A transformer reads question and page in one pass. A sentence is the mean of its tokens beside the
first token, the page the first token alone; one linear layer each makes a log-odds of it (after
Provence, Chirkova et al. 2025, arXiv:2501.16214, which marks tokens).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoModel, BertConfig

from policyqa.qa.retrieve.pages import Window

WEIGHTS, CONFIG = "model.safetensors", "config.json"
PAD = 1


class ReaderModel(nn.Module):
    """Log-odds of windows and of their sentences."""

    def __init__(self, encoder: nn.Module, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.sentence = nn.Linear(2 * width, 1)
        self.page = nn.Linear(width, 1)

    @classmethod
    def untaught(cls, folder: Path) -> "ReaderModel":
        """A network of the shape that a folder's configuration says, with weights that say
        nothing."""
        config = BertConfig.from_json_file(folder / CONFIG)
        models: Any = AutoModel  # its functions have no types
        encoder = models.from_config(config, attn_implementation="eager")
        encoder.pooler = None
        return cls(encoder, config.hidden_size)

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype) -> "ReaderModel":
        """Raises OSError, ValueError, KeyError or RuntimeError where the files are no reader."""
        model = cls.untaught(folder)
        encoder: Any = model.encoder
        encoder.set_attn_implementation("sdpa")  # 1.7 times as fast as "eager" on one thread
        model.load_state_dict(load_file(folder / WEIGHTS))
        return model.to(dtype).eval()

    def save(self, folder: Path) -> None:
        """Write configuration and weights, in half precision."""
        folder.mkdir(parents=True, exist_ok=True)
        config: BertConfig = self.encoder.config  # type: ignore[assignment]
        config.to_json_file(folder / CONFIG)
        weights = {
            name: value.to(torch.float16).contiguous() for name, value in self.state_dict().items()
        }
        save_file(weights, folder / WEIGHTS)

    def forward(self, windows: Sequence[Window]) -> tuple[Tensor, list[Tensor]]:
        """Log-odds of n windows, shape (n,), and of the sentences of each, shape (sentences,)."""
        ids, mask, marks = padded(windows)
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        first = states[:, 0]
        means = torch.bmm(marks.to(states.dtype), states)
        both = torch.cat([means, first[:, None].expand_as(means)], dim=-1)
        sentences = self.sentence(both).squeeze(-1).float()
        rows = [row[: len(w.spans)] for row, w in zip(sentences, windows, strict=True)]
        return self.page(first).squeeze(-1).float(), rows


def padded(windows: Sequence[Window]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids and mask, shape (n, tokens), and what averages the tokens of each sentence, shape
    (n, sentences, tokens)."""
    tokens = max(len(w.ids) for w in windows)
    sentences = max(len(w.spans) for w in windows)
    ids = torch.full((len(windows), tokens), PAD)
    marks = torch.zeros(len(windows), sentences, tokens)
    for n, window in enumerate(windows):
        ids[n, : len(window.ids)] = torch.tensor(window.ids)
        for k, (_, start, end) in enumerate(window.spans):
            marks[n, k, start:end] = 1 / max(1, end - start)
    return ids, (ids != PAD).long(), marks
