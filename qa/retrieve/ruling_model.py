"""The network that says what a rule means for a question. It imports torch: load it only where
something is ruled.

It is the embedding model up to `SHARED` layers, whose weights it shares, and layers of its own
above; the first token and the mean of title and rule give the log-odds of each ruling.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from policyqa.index.store.layers import learn, learned, upper_layers_of_its_own
from policyqa.qa.retrieve.pages import Window
from policyqa.qa.retrieve.reader_model import padded
from policyqa.qa.retrieve.ruling import RULINGS

SHARED = 6  # layers of the embedding model below those of its own


class RulingModel(nn.Module):
    """Log-odds of rulings."""

    def __init__(self, base: nn.Module) -> None:
        """Its own layers begin as those of the embedding model; its last one says nothing yet."""
        super().__init__()
        self.encoder, self.own = upper_layers_of_its_own(base, SHARED)
        width = 2 * self.encoder.config.hidden_size
        self.last = nn.Linear(width, len(RULINGS))
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)

    def taught(self) -> nn.ModuleDict:
        """What is its own, and what is stored."""
        return nn.ModuleDict({"own": self.own, "last": self.last})

    def learned(self, untaught: "RulingModel") -> dict[str, NDArray[Any]]:
        """What it has more than one that was taught nothing, as it is kept."""
        return learned(self.taught(), untaught.taught())

    def learn(self, kept: Mapping[str, NDArray[Any]]) -> None:
        """Add what was learned. Raises KeyError or RuntimeError where it does not fit."""
        learn(self.taught(), kept)

    def forward(self, windows: Sequence[Window]) -> Tensor:
        """Log-odds of n windows, shape (n, `RULINGS`), of which each has one span."""
        ids, mask, marks = padded(windows)
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        mean = torch.bmm(marks.to(states.dtype), states)[:, 0]
        found: Tensor = self.last(torch.cat([states[:, 0], mean], dim=-1)).float()
        return found
