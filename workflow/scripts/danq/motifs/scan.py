"""Scan sequences with the filters of a model's first convolution, and keep the sites where they fire on disk.

A filter fires where its final output (see `models.contract`) is high. There are two ways to choose sites (`PLACES`):
the position of the highest activation in each sequence, if it is above the threshold (DeepBind and DanQ: Alipanahi
2015; Quang & Xie 2016), or every position above the threshold (Basset: Kelley 2016). The threshold is a fraction of the
filter's highest activation over all sequences and also at least zero:

- a filter whose activation is never above zero is dead, also with an activation that can be negative, such as GELU;
- with an activation that is always positive, such as an exponential, no filter is dead.

The highest activation is known only after the scan, so candidates above the current threshold are stored during the
scan, then filtered and grouped by filter. A place of the genome that several overlapping windows show counts once (see
`distinct_sites`). Memory does not grow with the number of sites.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from ..data.sources import Source
from ..data.targets import Target
from ..data.windows import Windows, blocks
from ..errors import UserError
from ..files import temporary_folder
from ..models.contract import first_layer
from ..runtime.batches import Batches, on_packed
from .activations import MOST, Activations, chosen_windows
from .distinct_sites import SITE, keep_distinct

PLACES = ("best", "all")
BATCH = 512  # sequences
MOST_VALUES = 1 << 25  # activations per batch that leave the device (128 MiB)
CHUNK = 1 << 16  # sites filtered and grouped at a time
MOST_SORTED = 1 << 21  # largest number of sites of a filter that are sorted in memory (100 MB)


@dataclass(frozen=True)
class Sites:
    """The distinct sites of all filters, on disk, read one filter at a time.

    path : file of `SITE` records, grouped by filter
    highest : highest activation of each filter, float32 (filters,); 0 for a dead filter
    width : width of a site in bp
    edges : where each filter's records begin in the file, int64 (filters + 1,)
    merged : sites of each filter that were left out because another window shows the same place, int64 (filters,)
    source : the scanned sequences
    """

    path: Path
    highest: np.ndarray
    width: int
    edges: np.ndarray
    merged: np.ndarray
    source: Source

    @property
    def n_filters(self) -> int:
        return len(self.highest)

    def count(self, filter: int) -> int:
        """Number of sites of a filter (from 0)."""
        return int(self.edges[filter + 1] - self.edges[filter])

    def of(self, filter: int) -> Iterator[np.ndarray]:
        """Chunks of `SITE` records of a filter (from 0), sorted by decreasing activation, then by sequence.

        More than `MOST_SORTED` sites are in no particular order.

        A record's sample is i for sequence i and len(source) + i for its reverse complement. Its position is the site's
        0-based first base on that strand. With "same" padding, a site may extend beyond both ends of the sequence, so
        that its position is negative or above length - width.
        """
        size = MOST_SORTED if self.count(filter) <= MOST_SORTED else CHUNK
        for begin in range(self.edges[filter], self.edges[filter + 1], size):
            rows = min(size, self.edges[filter + 1] - begin)
            found = np.fromfile(self.path, SITE, rows, offset=begin * SITE.itemsize)
            if size == MOST_SORTED:
                found = found[np.lexsort((found["position"], found["sample"], -found["activation"]))]
            yield from (found[block] for block in blocks(len(found), CHUNK))

    def bases(self, found: np.ndarray) -> np.ndarray:
        """One-hot nibbles uint8 (n, width) of sites, as in `onehot.LETTERS`; 0 (unknown) outside the sequence."""
        packed = self.source.packed(*self.source.strands(found["sample"]))
        nibbles = np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), 2 * packed.shape[1])
        place = found["position"][:, None] + np.arange(self.width)
        inside = (place >= 0) & (place < self.source.length)
        return np.take_along_axis(nibbles, place * inside, axis=1) * inside


def chosen_samples(source: Source, targets: Sequence[Target] | None, strands: str) -> np.ndarray:
    """Samples to scan: i for sequence i, len(source) + i for its reverse complement.

    source : of `Windows`, the positive ones are scanned; of any other source, all sequences
    targets : windows must be positive for one of these; None or an empty list accepts any target
    strands : "both" or "forward"
    """
    forward = _positive(source, targets) if isinstance(source, Windows) else np.arange(len(source))
    return np.concatenate([forward, forward + len(source)]) if strands == "both" else forward


def _positive(windows: Windows, targets: Sequence[Target] | None) -> np.ndarray:
    """Index of the windows that are positive for any of the targets."""
    bits = np.zeros(len(windows.targets), np.uint8)
    bits[[target.index - 1 for target in (targets or windows.targets)]] = 1
    mask = np.packbits(bits)
    positive = np.concatenate([(windows.packed_labels(block) & mask).any(axis=1) for block in blocks(len(windows))])
    if not positive.any():
        raise UserError(f"{windows}: no window is positive for a chosen target; scan another split or other targets")
    return np.flatnonzero(positive)


@contextmanager
def scanned(
    model: keras.Model,
    source: Source,
    samples: np.ndarray,
    places: str = "best",
    threshold: float = 0.5,
    folder: str | Path = ".",
) -> Iterator[Sites]:
    """Yield the sites where a filter's activation is above zero and above `threshold` times its highest activation.

    samples : int64 (n,), as from `chosen_samples`
    places : "best" considers only the highest position of each sample (the first of equal ones), "all" every position
    folder : for temporary files, 36 bytes per site

    With the places of the windows (`Source.places`), each place of the genome counts once per strand, with its highest
    activation; without them, each sequence counts.
    """
    if not 0 <= threshold < 1:
        raise UserError(f"threshold must be at least 0 and below 1, not {threshold}")
    with temporary_folder(folder, "sites-of-filters") as temporary:
        spool, path = temporary / "found", temporary / "by_filter"
        highest = _scan(model, source, samples, places, threshold, spool)
        edges = _by_filter(spool, path, threshold * highest)
        spool.unlink()
        width, before = first_layer(model).width, np.diff(edges)
        edges = keep_distinct(path, edges, source, width, MOST_SORTED)
        yield Sites(path, highest, width, edges, before - np.diff(edges), source)


def best_activations(model: keras.Model, source: Source, samples: np.ndarray, most: int = MOST) -> Activations:
    """The best activation of every filter in at most `most` of the windows that the samples show, on their strands."""
    window = chosen_windows(source, samples, most)
    scan, batch_size = _scanner(model, "best")
    best = np.full((len(window), first_layer(model).filters), -np.inf, np.float32)
    for strand in (window, window + len(source)):
        shown = np.flatnonzero(np.isin(strand, samples))
        done = 0
        for (packed,) in Batches(source, strand[shown], batch_size, with_labels=False):
            rows = shown[done : done + len(packed)]
            best[rows] = np.maximum(best[rows], scan.predict_on_batch(packed)[0])
            done += len(packed)
    return Activations(window, best)


def _scan(model, source: Source, samples: np.ndarray, places: str, threshold: float, spool: Path) -> np.ndarray:
    """Write all candidates to `spool`, and return each filter's highest activation, at least 0."""
    find = {"best": _best, "all": _all}[places]
    layer = first_layer(model)
    scan, batch_size = _scanner(model, places)
    highest = np.zeros(layer.filters, np.float32)
    done = 0
    with spool.open("wb") as file, tqdm(desc="scanning", total=len(samples), unit=" windows", disable=None) as progress:
        for (packed,) in Batches(source, samples, batch_size, with_labels=False):
            rows, position, filters, activation = find(scan.predict_on_batch(packed), highest, threshold)
            found = np.empty(len(rows), SITE)
            found["filter"], found["activation"] = filters, activation
            found["position"] = position * layer.stride - layer.left
            found["sample"] = samples[done + rows]
            file.write(found.tobytes())  # `tofile` does not say why it fails
            done += len(packed)
            progress.update(len(packed))
    return highest


def _scanner(model: keras.Model, places: str) -> tuple[keras.Model, int]:
    """A model from packed sequences to the input of `_best` or `_all`, and its batch size."""
    layer = first_layer(model)
    output, first = layer.output, keras.Model(layer.input, layer.output)

    def activations(sequence):
        return keras.ops.cast(first(sequence), "float32")

    def best(sequence):
        activation = activations(sequence)
        return [keras.ops.max(activation, axis=1), keras.ops.argmax(activation, axis=1)]

    length = model.input_shape[1]
    if places == "best":
        return on_packed(best, length), BATCH
    return on_packed(activations, length), max(1, min(BATCH, MOST_VALUES // int(np.prod(output.shape[1:]))))


def _best(result, highest: np.ndarray, threshold: float):
    """Rows, positions, filters and activations of candidates; updates `highest` in place."""
    best, place = result
    np.maximum(highest, best.max(axis=0), out=highest)
    rows, filters = np.nonzero(best > threshold * highest)  # the final threshold is at least as high
    return rows, place[rows, filters], filters, best[rows, filters]


def _all(activation: np.ndarray, highest: np.ndarray, threshold: float):
    """The same as `_best` for every position."""
    np.maximum(highest, activation.max(axis=(0, 1)), out=highest)
    rows, position, filters = np.nonzero(activation > threshold * highest)
    return rows, position, filters, activation[rows, position, filters]


def _by_filter(spool: Path, path: Path, least: np.ndarray) -> np.ndarray:
    """Write the candidates above `least` (filters,), grouped by filter, by a counting sort; returns `Sites.edges`."""
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
    """Chunks of the candidates above `least` (filters,)."""
    with spool.open("rb") as file:
        while len(found := np.fromfile(file, SITE, CHUNK)):
            yield found[found["activation"] > least[found["filter"]]]
