"""The network that reads a question in its conversation. It imports torch: load it only where
something is resolved.

It is the embedding model up to `SHARED` layers, whose weights it shares, and layers of its own
above. The mean of all tokens is the vector of what is meant, in the space of the passages (after
ConvDR, Yu et al. 2021, arXiv:2105.04166); one linear layer over each token says whether its word
belongs to the question (after QuReTeC, Voskarides et al. 2020), one over the mean of each title
whether its document answers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import normalize

from policyqa.index.store.layers import learn, learned, upper_layers_of_its_own
from policyqa.qa.conversation.sheet import Sheet

SHARED = 8  # layers of the embedding model below those of its own
PAD = 1

Arrays = Mapping[str, NDArray[Any]]


class ResolverModel(nn.Module):
    """Vectors of questions in their conversations, and log-odds of what was said before them."""

    def __init__(self, base: nn.Module) -> None:
        """Its own layers begin as those of the embedding model; its last one says nothing yet."""
        super().__init__()
        self.encoder, self.own = upper_layers_of_its_own(base, SHARED)
        width = self.encoder.config.hidden_size
        self.word = nn.Linear(width, 1)
        self.title = nn.Linear(width, 1)
        for parameter in (*self.word.parameters(), *self.title.parameters()):
            nn.init.zeros_(parameter)

    def taught(self) -> nn.ModuleDict:
        """What is its own, and what is stored."""
        return nn.ModuleDict({"own": self.own, "word": self.word, "title": self.title})

    def learned(self, untaught: "ResolverModel") -> dict[str, NDArray[Any]]:
        """What it has more than one that was taught nothing, as it is kept."""
        return learned(self.taught(), untaught.taught())

    def learn(self, kept: Arrays) -> None:
        """Add what was learned. Raises KeyError or RuntimeError where it does not fit."""
        learn(self.taught(), kept)

    def forward(self, sheets: Sequence[Sheet]) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Unit vectors of n sheets, shape (n, dimension), and of each the log-odds of its words,
        shape (words,), and of its titles, shape (titles,)."""
        tokens = max(len(sheet.ids) for sheet in sheets)
        ids = torch.full((len(sheets), tokens), PAD)
        for n, sheet in enumerate(sheets):
            ids[n, : len(sheet.ids)] = torch.tensor(sheet.ids)
        mask = (torch.arange(tokens) < torch.tensor([[len(s.ids)] for s in sheets])).long()
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        counted = mask[:, :, None].float()
        vectors = normalize((states.float() * counted).sum(1) / counted.sum(1), dim=-1)
        said = self.word(states).squeeze(-1).float()
        words = [
            _stacked([row[slice(*word.tokens)].max() for word in sheet.words], row)
            for row, sheet in zip(said, sheets, strict=True)
        ]
        means = [
            [row[slice(*span)].mean(0) for span in sheet.titles]
            for row, sheet in zip(states, sheets, strict=True)
        ]
        titles = [
            _stacked([self.title(mean)[0].float() for mean in each], said[0]) for each in means
        ]
        return vectors, words, titles


def _stacked(values: Sequence[Tensor], like: Tensor) -> Tensor:
    return torch.stack(list(values)) if values else like.new_zeros(0)
