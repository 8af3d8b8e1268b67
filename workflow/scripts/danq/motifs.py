"""What the filters of the first convolution learned: where they fire most, and the motif they read.

The DeepBind and DanQ way (Alipanahi 2015; Quang & Xie 2016): for each filter, in each sequence
with a chosen target, the one window at the highest activation, when that is above a threshold;
the windows are stacked into a count matrix without pseudocounts.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from tqdm import tqdm

from . import onehot
from .batches import Batches, Unpack, packed_input
from .devices import feed
from .errors import UserError
from .files import replacing
from .meme import Motif
from .models import FIRST_CONVOLUTION
from .targets import Target
from .windows import Windows, blocks

log = logging.getLogger(__name__)
CHUNK = 1 << 14  # sequences scanned between two looks at the results
BATCH = 512
COLUMNS = ("filter", "window", "strand", "position", "contig", "start", "end", "activation", "sequence")


@dataclass
class Instances:
    """Sites of all filters, sorted by sequence; every array has one row a site.

    filter int16 from 0; sample int64 (i is window i, N + i its reverse complement); position int32,
    0-based on the sample's strand; activation float32; sites uint8 (n, kernel), one-hot nibbles
    """

    filter: np.ndarray
    sample: np.ndarray
    position: np.ndarray
    activation: np.ndarray
    sites: np.ndarray


def scanner(model: keras.Model) -> keras.Model:
    """Packed windows to each filter's highest activation (n, filters) and its place (n, filters)."""
    length = model.input_shape[1]
    convolution = keras.Model(model.inputs, model.get_layer(FIRST_CONVOLUTION).output)
    packed = packed_input(length)
    activation = convolution(Unpack(length)(packed))
    return keras.Model(packed, [keras.ops.max(activation, axis=1), keras.ops.argmax(activation, axis=1)])


def chosen_samples(windows: Windows, targets: Sequence[Target] | None, strands: str) -> np.ndarray:
    """Samples (i forward, N + i reverse complement) that are positive for any of the targets (all if None)."""
    bits = np.zeros(len(windows.targets), np.uint8)
    bits[[target.index - 1 for target in (targets or windows.targets)]] = 1
    mask = np.packbits(bits)
    positive = np.concatenate([(windows.packed_labels(block) & mask).any(axis=1) for block in blocks(len(windows))])
    forward = np.flatnonzero(positive)
    if not len(forward):
        raise UserError(
            f"{windows.path}: no window is positive for a chosen target; scan another split or other targets"
        )
    return np.concatenate([forward, forward + len(windows)]) if strands == "both" else forward


def find_instances(model: keras.Model, windows: Windows, samples: np.ndarray, threshold: float = 0.5) -> Instances:
    """Each filter's best site in each sample, where its activation is above `threshold` times the
    filter's highest activation over all samples (and above zero)."""
    scan = scanner(model)
    highest = np.zeros(scan.output_shape[0][1], np.float32)
    found = []
    for block in tqdm(list(blocks(len(samples), CHUNK)), "scanning", unit=" chunks", disable=None):
        best, place = feed(scan.predict, Batches(windows, samples[block], BATCH, with_labels=False))
        highest = np.maximum(highest, best.max(axis=0))
        row, filters = np.nonzero(best > threshold * highest)  # the final threshold is at least as high
        found.append((filters.astype(np.int16), samples[block][row], place[row, filters], best[row, filters]))
    filters, sample, position, activation = (np.concatenate(parts) for parts in zip(*found, strict=True))
    above = activation > threshold * highest[filters]
    filters, sample, position, activation = filters[above], sample[above], position[above], activation[above]
    width = model.get_layer(FIRST_CONVOLUTION).kernel_size[0]
    return Instances(filters, sample, position, activation, _sites(windows, sample, position, width))


def _sites(windows: Windows, sample: np.ndarray, position: np.ndarray, width: int) -> np.ndarray:
    """One-hot nibbles uint8 (n, width) at each site."""
    out = np.empty((len(sample), width), np.uint8)
    for block in blocks(len(sample), CHUNK):
        reverse = sample[block] >= len(windows)
        packed = windows.packed(sample[block] - reverse * len(windows), reverse)
        nibbles = np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), -1)
        out[block] = np.take_along_axis(nibbles, position[block][:, None] + np.arange(width), axis=1)
    return out


def count_matrices(instances: Instances, n_filters: int) -> np.ndarray:
    """Counts int64 (filters, width, 4) of A, C, G, T at each place of the stacked sites."""
    width = instances.sites.shape[1]
    place = instances.filter[:, None].astype(np.int64) * width + np.arange(width)
    per_base = [np.bincount(place[instances.sites == nibble], minlength=n_filters * width) for nibble in (8, 4, 2, 1)]
    return np.stack(per_base, axis=1).reshape(n_filters, width, 4)


def make_motifs(instances: Instances, n_filters: int, min_sites: int = 10) -> tuple[list[Motif], pd.DataFrame]:
    """A motif for each filter with enough sites, and a table of all filters.

    The table: filter (from 1), sites, consensus, information (bits), mean, standard deviation and maximum of
    the activation at the sites, note.
    """
    motifs, rows = [], []
    counts = count_matrices(instances, n_filters)
    order = np.argsort(instances.filter, kind="stable")
    edges = np.searchsorted(instances.filter[order], np.arange(n_filters + 1))
    for i in range(n_filters):
        activation = instances.activation[order[edges[i] : edges[i + 1]]]
        n = len(activation)
        row = {"filter": i + 1, "sites": n, "consensus": "", "information": np.nan}
        row |= dict(zip(("mean", "std", "maximum"), _summary(activation), strict=True))
        if n < min_sites:
            row["note"] = "dead: never active" if n == 0 else f"fewer than {min_sites} sites"
        else:
            motif = Motif.from_counts(f"filter_{i + 1:03d}", counts[i])
            row |= {"consensus": motif.consensus, "information": motif.information, "note": ""}
            motifs.append(motif)
        rows.append(row)
    return motifs, pd.DataFrame(rows)


def _summary(activation: np.ndarray) -> tuple[float, float, float]:
    if not len(activation):
        return (np.nan,) * 3
    return float(activation.mean()), float(activation.std()), float(activation.max())


def write_instances(path: str | Path, instances: Instances, windows: Windows) -> None:
    """Write the sites as a gzip table, columns `COLUMNS`, sorted by filter and falling activation.

    `position` is 0-based on the strand that was read; `start` and `end` are genome coordinates,
    0-based and half-open as in BED, empty when the windows' places are not known.
    """
    order = np.lexsort((-instances.activation, instances.filter))
    places, width = windows.places(), instances.sites.shape[1]
    with replacing(path) as temporary, gzip.open(temporary, "wt", compresslevel=3) as file:
        file.write("\t".join(COLUMNS) + "\n")
        for block in blocks(len(order), CHUNK):
            rows = order[block]
            reverse = instances.sample[rows] >= len(windows)
            window = instances.sample[rows] - reverse * len(windows)
            position = instances.position[rows]
            table = {"filter": instances.filter[rows] + 1, "window": window, "strand": np.where(reverse, "-", "+")}
            table |= {"position": position, "contig": "", "start": "", "end": ""}
            if places:
                offset = np.where(reverse, windows.length - position - width, position)
                start = places[1][window] + offset
                table |= {"contig": places[0][window], "start": start, "end": start + width}
            table |= {"activation": instances.activation[rows]}
            table |= {"sequence": ["".join(site) for site in onehot.LETTERS[instances.sites[rows]]]}
            pd.DataFrame(table, columns=COLUMNS).to_csv(file, sep="\t", index=False, header=False, float_format="%.5g")
