"""Influence of filters: how much predictions change without a filter's signal.

After Basset (Kelley 2016): a filter's output is replaced by its mean over all positions of all windows, where the next
layer reads it, which is after pooling (see `held`). This removes the filter's information about a window and a
position, and keeps the input of the later layers in its usual range. The unit is the predicted probability: an
influence of .1 is a prediction that falls from .6 to .5.
"""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
from tqdm import tqdm

from ..data.sources import Source
from ..data.targets import Target
from ..data.windows import Windows, blocks
from ..errors import UserError
from ..models.contract import larger, strand_network, strands_read
from ..runtime.batches import Batches, on_packed
from .held import held_output

BATCH = 128  # windows
CHUNK = 1 << 14  # windows whose labels are read at a time


def sampled(windows: Windows, count: int, seed: int = 1) -> np.ndarray:
    """Choose at most `count` positive windows, about equally many for each target; returns their sorted index.

    Targets take turns in choosing their next positive window in a random order, so that rare targets are represented.
    A window counts for all targets that it is positive for.
    """
    turn_of = np.random.default_rng(seed).permutation(len(windows))  # windows with a low number are chosen first
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
        raise UserError(f"{windows}: no window is positive for any target; choose another split")
    return np.sort(np.fromiter(chosen, np.int64))


def influence(model: keras.Model, source: Source, samples: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Decrease of each target's prediction when a filter's output is replaced by its mean, float64 (filters, T).

    The mean of (probability - probability without the filter) over the positive samples of each target; NaN for a
    target without positive samples. Negative values mean that the filter lowers the prediction.

    samples : int64 (n,), i for sequence i of the source and len(source) + i for its reverse complement
    labels : 0 or 1 (n, T), of the samples
    """
    replaced = _replaceable(model, mean_outputs(model, source, samples))
    filters = replaced.input_shape[1][1]
    labels = np.asarray(labels, float)
    lost = np.zeros((filters, labels.shape[1]))
    done = 0
    with tqdm(desc="replacing filters", total=len(samples), unit=" windows", disable=None) as progress:
        for (packed,) in Batches(source, samples, BATCH, with_labels=False):
            positive = labels[done : done + len(packed)]
            kept = np.ones((len(packed), filters), np.float32)
            whole = replaced.predict_on_batch([packed, kept])
            for filter in range(filters):
                kept[:, filter] = 0
                lost[filter] += (positive * (whole - replaced.predict_on_batch([packed, kept]))).sum(axis=0)
                kept[:, filter] = 1
            done += len(packed)
            progress.update(len(packed))
    with np.errstate(invalid="ignore"):
        return lost / labels.sum(axis=0)


def mean_outputs(model: keras.Model, source: Source, samples: np.ndarray) -> np.ndarray:
    """Mean of each filter's output where it is held, over all positions of the samples, float64 (filters,)."""
    read = keras.Model(strand_network(model).inputs, held_output(model))

    def of_strand(window):
        values = keras.ops.cast(read(window), "float32")
        return keras.ops.mean(values, axis=1) if len(values.shape) == 3 else values

    def mean(window):
        strands = strands_read(model, window)
        return sum(of_strand(strand) for strand in strands) / len(strands)

    means = on_packed(mean, model.input_shape[1])
    batches = Batches(source, samples, BATCH, with_labels=False)
    return sum(means.predict_on_batch(part).sum(axis=0, dtype=float) for (part,) in batches) / len(samples)


def _replaceable(model: keras.Model, means: np.ndarray) -> keras.Model:
    """`model` on packed windows and `kept` (n, filters): where `kept` is 0, the filter's output is its mean."""
    network, output = strand_network(model), held_output(model)
    first, rest = keras.Model(network.inputs, output), keras.Model(output, network.outputs[0])

    def of_strand(window, kept):
        active = first(window)
        share = keras.ops.cast(keras.ops.expand_dims(kept, 1) if len(active.shape) == 3 else kept, active.dtype)
        mean = keras.ops.cast(keras.ops.convert_to_tensor(means, "float32"), active.dtype)
        return rest(active * share + mean * (1 - share))

    def build(window, kept):
        return larger([of_strand(strand, kept) for strand in strands_read(model, window)])

    return on_packed(build, model.input_shape[1], keras.Input((len(means),), name="kept"))


def table_of(lost: np.ndarray, targets: list[Target]) -> pd.DataFrame:
    """Table of influence: column `filter` (from 1), then one column per target, named by its index and title."""
    table = pd.DataFrame(lost, columns=[f"{target.index} {target.title}" for target in targets])
    table.insert(0, "filter", range(1, len(lost) + 1))
    return table
