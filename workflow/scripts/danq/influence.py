"""How much a model needs each filter: what its predictions lose without the filter's signal.

After Basset (Kelley 2016): a filter's output is held at its mean over all places of all windows, which takes away
what it says about one window or place and leaves the rest of the network in the range that it knows.
"""

from __future__ import annotations

import logging

import keras
import numpy as np
import pandas as pd
from tqdm import tqdm

from .batches import Batches, Unpack, packed_input
from .errors import UserError
from .models import FIRST_CONVOLUTION
from .targets import Target
from .windows import Windows, blocks

log = logging.getLogger(__name__)
BATCH = 128  # windows
CHUNK = 1 << 14  # windows whose labels are looked at together


def sampled(windows: Windows, count: int, seed: int = 1) -> np.ndarray:
    """At most `count` windows, in order: as many positive ones of each target as there is room for.

    Targets take turns, so that rare ones are there, too; a window counts for all targets it is positive for.
    """
    turn_of = np.random.default_rng(seed).permutation(len(windows))  # windows with a low number come first
    turns = [np.empty(0, np.int64)] * len(windows.targets)
    for block in blocks(len(windows), CHUNK):
        for k, column in enumerate(windows.labels(block).T):
            found = np.concatenate([turns[k], block.start + np.flatnonzero(column)])
            turns[k] = found[np.argsort(turn_of[found])[:count]]
    chosen: dict[int, None] = {}
    for turn in range(max(map(len, turns), default=0)):
        for order in turns:
            if turn < len(order) and len(chosen) < count:
                chosen.setdefault(int(order[turn]))
        if len(chosen) >= count:
            break
    if not chosen:
        raise UserError(f"{windows.path}: no window is positive for any target; choose another split")
    return np.sort(np.fromiter(chosen, np.int64))


def influence(model: keras.Model, windows: Windows, samples: np.ndarray) -> np.ndarray:
    """What each target's prediction loses when a filter is held at its mean: float64 (filters, T).

    Mean of (prediction - prediction without the filter) over those of the `samples` (forward windows) that are
    positive for the target; NaN where there is none. Negative where the filter speaks against the target.
    """
    held = _held(model, _mean_outputs(model, windows, samples))
    filters = held.input_shape[1][1]
    labels = windows.labels(samples).astype(float)
    lost = np.zeros((filters, labels.shape[1]))
    done = 0
    with tqdm(desc="holding filters", total=len(samples), unit=" windows", disable=None) as progress:
        for (packed,) in Batches(windows, samples, BATCH, with_labels=False):
            positive = labels[done : done + len(packed)]
            free = np.ones((len(packed), filters), np.float32)
            whole = held.predict_on_batch([packed, free])
            for filter in range(filters):
                free[:, filter] = 0
                lost[filter] += (positive * (whole - held.predict_on_batch([packed, free]))).sum(axis=0)
                free[:, filter] = 1
            done += len(packed)
            progress.update(len(packed))
    with np.errstate(invalid="ignore"):
        return lost / labels.sum(axis=0)


def _held(model: keras.Model, means: np.ndarray) -> keras.Model:
    """`model` on packed windows (n, ceil(L/2)) and `free` (n, filters): where that is 0, the filter is at its mean."""
    packed, free = packed_input(model.input_shape[1]), keras.Input((len(means),), name="free")
    output = model.get_layer(FIRST_CONVOLUTION).output
    first, rest = keras.Model(model.inputs, output), keras.Model(output, model.outputs[0])
    active = first(Unpack(model.input_shape[1])(packed))
    shares = keras.ops.cast(keras.ops.expand_dims(free, 1), active.dtype)
    means = keras.ops.cast(keras.ops.convert_to_tensor(means, "float32"), active.dtype)
    return keras.Model([packed, free], rest(active * shares + means * (1 - shares)))


def _mean_outputs(model: keras.Model, windows: Windows, samples: np.ndarray) -> np.ndarray:
    """Each filter's mean output over all places of the samples, float64 (filters,)."""
    packed = packed_input(model.input_shape[1])
    first = keras.Model(model.inputs, model.get_layer(FIRST_CONVOLUTION).output)
    active = keras.ops.cast(first(Unpack(model.input_shape[1])(packed)), "float32")
    mean = keras.Model(packed, keras.ops.mean(active, axis=1))
    batches = Batches(windows, samples, BATCH, with_labels=False)
    return sum(mean.predict_on_batch(part).sum(axis=0, dtype=float) for (part,) in batches) / len(samples)


def table_of(lost: np.ndarray, targets: list[Target]) -> pd.DataFrame:
    """`influence` as a table: column filter (from 1), then one for each target, headed by its number and title."""
    table = pd.DataFrame(lost, columns=[f"{target.index} {target.title}" for target in targets])
    table.insert(0, "filter", range(1, len(lost) + 1))
    return table
