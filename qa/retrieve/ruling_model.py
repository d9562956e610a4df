"""The network that says what a rule means for a question. It imports torch: load it only where
something is ruled.

It is the reader up to `SHARED` layers, whose weights it shares, and layers of its own above; the
first token and the mean of title and rule give the log-odds of each ruling.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from policyqa.index.store.layers import upper_layers_of_its_own
from policyqa.qa.retrieve.pages import Window
from policyqa.qa.retrieve.reader_model import ReaderModel, padded

WEIGHTS = "ruling.safetensors"  # in the folder of the reader
SHARED = 4  # layers of the reader below those of its own
RULINGS = 3


class RulingModel(nn.Module):
    """Log-odds of rulings, over the lower layers of a reader."""

    def __init__(self, reader: ReaderModel) -> None:
        """Its own layers begin as those of the reader; its last one says nothing yet."""
        super().__init__()
        self.encoder, self.own = upper_layers_of_its_own(reader.encoder, SHARED)
        self.last = nn.Linear(2 * self.encoder.config.hidden_size, RULINGS)

    @classmethod
    def load(cls, folder: Path, reader: ReaderModel, dtype: torch.dtype) -> "RulingModel":
        """Raises OSError, ValueError, KeyError or RuntimeError where the file is none of it."""
        model = cls(reader)
        model.taught().load_state_dict(load_file(folder / WEIGHTS))
        return model.to(dtype).eval()

    def taught(self) -> nn.ModuleDict:
        """What is its own, and what is stored."""
        return nn.ModuleDict({"own": self.own, "last": self.last})

    def save(self, folder: Path) -> None:
        """Write its own weights, in half precision."""
        weights = {
            name: value.to(torch.float16).contiguous()
            for name, value in self.taught().state_dict().items()
        }
        save_file(weights, folder / WEIGHTS)

    def forward(self, windows: Sequence[Window]) -> Tensor:
        """Log-odds of n windows, shape (n, `RULINGS`), of which each has one span."""
        ids, mask, marks = padded(windows)
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        mean = torch.bmm(marks.to(states.dtype), states)[:, 0]
        found: Tensor = self.last(torch.cat([states[:, 0], mean], dim=-1)).float()
        return found
