"""How models are moved on a processor: in bfloat16, over float32 copies of their weights."""

from typing import TypeVar

import torch

WARM_UP = 0.06  # share of the steps
FIXED = ("word_embeddings", "pooler")

Model = TypeVar("Model", bound=torch.nn.Module)


def without_dropout(model: Model) -> Model:
    """The same model, whose layers drop nothing."""
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


class Optimizer:
    """AdamW over float32 copies of bfloat16 weights, whose own steps would be rounded away."""

    def __init__(self, model: torch.nn.Module, steps: int, rate: float) -> None:
        """The vocabulary's rows stay as they are: few of them are seen often."""
        for name, parameter in model.named_parameters():
            parameter.requires_grad = not any(part in name for part in FIXED)
        self._weights = [p for p in model.parameters() if p.requires_grad]
        self._copies = [p.detach().clone().float() for p in self._weights]
        self._adam = torch.optim.AdamW(self._copies, lr=rate, weight_decay=0.01)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._adam, lambda step: share_of_rate((step + 1) / steps)
        )

    def step(self) -> None:
        """Take the gradients of the weights and move them."""
        for weight, copy in zip(self._weights, self._copies, strict=True):
            copy.grad = None if weight.grad is None else weight.grad.float()
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(self._copies, 1.0)
        self._adam.step()
        self._schedule.step()
        with torch.no_grad():
            for weight, copy in zip(self._weights, self._copies, strict=True):
                weight.copy_(copy)


def share_of_rate(done: float) -> float:
    """Of the learning rate, after this share of the steps: up, then down to nothing."""
    return done / WARM_UP if done < WARM_UP else max(0.0, (1 - done) / (1 - WARM_UP))
