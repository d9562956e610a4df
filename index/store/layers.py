"""Networks that share the lower layers of another one and have upper layers of their own. It
imports torch: load it only where a network is built."""

import copy
from typing import Any

from torch import nn


def upper_layers_of_its_own(base: nn.Module, shared: int) -> tuple[Any, nn.ModuleList]:
    """An encoder like another one, and its own layers, which begin as those of the other.

    Args:
        base: a BERT encoder of transformers, which stays as it is.
        shared: how many of its layers, and what is below them, both have in common.
    """
    lower: Any = base
    layers = list(lower.encoder.layer)
    own = nn.ModuleList(copy.deepcopy(layer) for layer in layers[shared:])
    encoder = copy.copy(lower)
    encoder._modules = dict(lower._modules)
    encoder.encoder = copy.copy(lower.encoder)
    encoder.encoder._modules = dict(lower.encoder._modules)
    encoder.encoder.layer = nn.ModuleList([*layers[:shared], *own])
    return encoder, own
