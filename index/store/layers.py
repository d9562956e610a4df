"""Networks that share the lower layers of another one and have upper layers of their own. It
imports torch: load it only where a network is built."""

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from policyqa.index.store.tuning import SCALE, differences, tuned


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


def learned(taught: nn.Module, untaught: nn.Module) -> dict[str, NDArray[Any]]:
    """What weights have more than those that were taught nothing, as `store.tuning` keeps it."""
    return differences(_arrays(untaught), _arrays(taught))


def learn(module: nn.Module, kept: Mapping[str, NDArray[Any]]) -> None:
    """Add to weights what `learned` gave. Raises KeyError or RuntimeError where it does not fit."""
    old = _arrays(module)
    unknown = {name.removesuffix(SCALE) for name in kept} - old.keys()
    if unknown:
        raise KeyError(f"{sorted(unknown)[0]} is no weight of this network")
    new = {name: torch.from_numpy(value) for name, value in tuned(old.items(), kept)}
    module.load_state_dict(new)


def _arrays(module: nn.Module) -> dict[str, NDArray[np.float32]]:
    return {name: value.float().cpu().numpy() for name, value in module.state_dict().items()}
