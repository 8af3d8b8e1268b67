"""Where the filters of the first convolution fire: their sites in many sequences, kept on disk.

Two ways (see `PLACES`): the one place of the highest activation in each sequence, when that is above the threshold
(DeepBind and DanQ: Alipanahi 2015; Quang & Xie 2016), or every place above it (Basset: Kelley 2016). The threshold
is a fraction of the filter's highest activation over all sequences, which is known only at the end; so what is above
that fraction of the highest so far is written down, and sorted out by filter afterwards. Memory stays flat however
many windows are scanned and however many sites they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from .batches import Batches, Unpack, packed_input
from .errors import UserError
from .files import temporary_folder
from .models import FIRST_CONVOLUTION
from .targets import Target
from .windows import Windows, blocks

PLACES = ("best", "all")
BATCH = 512  # sequences
MOST_VALUES = 1 << 25  # activations that leave the device at a time (128 MiB)
CHUNK = 1 << 16  # sites sorted out at a time
MOST_SORTED = 1 << 21  # sites of a filter, for whose sorting there is memory (100 MB)
SITE = np.dtype([("filter", np.int16), ("sample", np.int64), ("position", np.int32), ("activation", np.float32)])


@dataclass(frozen=True)
class Sites:
    """The sites of all filters, on disk; sites are read one filter at a time.

    highest : float32 (filters,), the highest activation of each filter
    width : bp of a site
    edges : int64 (filters + 1,), where each filter's records begin in the file at `path`
    windows : what was scanned
    """

    path: Path
    highest: np.ndarray
    width: int
    edges: np.ndarray
    windows: Windows

    @property
    def n_filters(self) -> int:
        return len(self.highest)

    def count(self, filter: int) -> int:
        """How many sites a filter (from 0) has."""
        return int(self.edges[filter + 1] - self.edges[filter])

    def of(self, filter: int) -> Iterator[np.ndarray]:
        """Records `SITE` of a filter (from 0), a chunk at a time: the highest activation first, ties in the order of
        the windows; more than `MOST_SORTED` come in the order of the windows alone.

        sample is i for window i and N + i for its reverse complement; position is 0-based on that strand.
        """
        size = MOST_SORTED if self.count(filter) <= MOST_SORTED else CHUNK
        for begin in range(self.edges[filter], self.edges[filter + 1], size):
            rows = min(size, self.edges[filter + 1] - begin)
            found = np.fromfile(self.path, SITE, rows, offset=begin * SITE.itemsize)
            if size == MOST_SORTED:
                found = found[np.lexsort((found["position"], found["sample"], -found["activation"]))]
            yield from (found[block] for block in blocks(len(found), CHUNK))

    def bases(self, found: np.ndarray) -> np.ndarray:
        """The bases under sites: one-hot nibbles uint8 (n, width), as in `onehot.LETTERS`."""
        reverse = found["sample"] >= len(self.windows)
        packed = self.windows.packed(found["sample"] - reverse * len(self.windows), reverse)
        nibbles = np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), -1)
        return np.take_along_axis(nibbles, found["position"][:, None] + np.arange(self.width), axis=1)


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


@contextmanager
def scanned(
    model: keras.Model,
    windows: Windows,
    samples: np.ndarray,
    places: str = "best",
    threshold: float = 0.5,
    folder: str | Path = ".",
) -> Iterator[Sites]:
    """The sites where a filter's activation is above `threshold` times its highest over all samples (and above zero).

    places : "best" takes the highest place of each sample only (the first of equal ones), "all" takes every place
    folder : where the temporary files lie, 36 bytes a site
    """
    with temporary_folder(folder, "sites-of-filters") as temporary:
        spool, path = temporary / "found", temporary / "by_filter"
        highest = _scan(model, windows, samples, places, threshold, spool)
        edges = _by_filter(spool, path, threshold * highest)
        spool.unlink()
        width = model.get_layer(FIRST_CONVOLUTION).kernel_size[0]
        yield Sites(path, highest, width, edges, windows)


def _scan(model, windows: Windows, samples: np.ndarray, places: str, threshold: float, spool: Path) -> np.ndarray:
    """Write all candidates to `spool`; returns each filter's highest activation."""
    find = {"best": _best, "all": _all}[places]
    scan, batch_size = _scanner(model, places)
    highest = np.zeros(model.get_layer(FIRST_CONVOLUTION).filters, np.float32)
    done = 0
    with spool.open("wb") as file, tqdm(desc="scanning", total=len(samples), unit=" windows", disable=None) as progress:
        for (packed,) in Batches(windows, samples, batch_size, with_labels=False):
            rows, position, filters, activation = find(scan.predict_on_batch(packed), highest, threshold)
            found = np.empty(len(rows), SITE)
            found["filter"], found["position"], found["activation"] = filters, position, activation
            found["sample"] = samples[done + rows]
            found.tofile(file)
            done += len(packed)
            progress.update(len(packed))
    return highest


def _scanner(model: keras.Model, places: str) -> tuple[keras.Model, int]:
    """A model from packed windows to what `_best` or `_all` takes, and how many windows to give it at a time."""
    length = model.input_shape[1]
    convolution = keras.Model(model.inputs, model.get_layer(FIRST_CONVOLUTION).output)
    packed = packed_input(length)
    activation = keras.ops.cast(convolution(Unpack(length)(packed)), "float32")
    if places == "all":
        return keras.Model(packed, activation), max(1, min(BATCH, MOST_VALUES // int(np.prod(activation.shape[1:]))))
    return keras.Model(packed, [keras.ops.max(activation, axis=1), keras.ops.argmax(activation, axis=1)]), BATCH


def _best(result, highest: np.ndarray, threshold: float):
    """Rows, positions, filters and activations of candidates; raises `highest` in place."""
    best, place = result
    np.maximum(highest, best.max(axis=0), out=highest)
    rows, filters = np.nonzero(best > threshold * highest)  # the final threshold is at least as high
    return rows, place[rows, filters], filters, best[rows, filters]


def _all(activation: np.ndarray, highest: np.ndarray, threshold: float):
    """As `_best`, of every place."""
    np.maximum(highest, activation.max(axis=(0, 1)), out=highest)
    rows, position, filters = np.nonzero(activation > threshold * highest)
    return rows, position, filters, activation[rows, position, filters]


def _by_filter(spool: Path, path: Path, least: np.ndarray) -> np.ndarray:
    """Keep the candidates above `least` (filters,), grouped by filter: a counting sort from file to file."""
    counts = np.zeros(len(least), np.int64)
    for found in _above(spool, least):
        counts += np.bincount(found["filter"], minlength=len(least))
    edges = np.concatenate([[0], np.cumsum(counts)])
    with path.open("wb") as file:
        free = edges[:-1].copy()
        for found in _above(spool, least):
            found = found[np.argsort(found["filter"], kind="stable")]
            filters, begins, sizes = np.unique(found["filter"], return_index=True, return_counts=True)
            for filter, begin, size in zip(filters, begins, sizes, strict=True):
                file.seek(free[filter] * SITE.itemsize)
                file.write(found[begin : begin + size].tobytes())
                free[filter] += size
    return edges


def _above(spool: Path, least: np.ndarray) -> Iterator[np.ndarray]:
    with spool.open("rb") as file:
        while len(found := np.fromfile(file, SITE, CHUNK)):
            yield found[found["activation"] > least[found["filter"]]]
