"""Sites as distinct places of the genome: a place that several windows show counts once.

A place is the contig, the strand and the first base of a site on the genome. Of the sites of a filter at one place, the
one with the highest activation is kept, and of equal ones the one in the first sample.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from ..data.sources import Source
from ..files import temporary_folder

SITE = np.dtype([("filter", np.int16), ("sample", np.int64), ("position", np.int32), ("activation", np.float32)])
CHUNK = 1 << 16  # sites divided at a time
CONTIG, MARGIN = 41, 1 << 20  # bits of the strand and start in a key; a start may be this far before the contig


def keep_distinct(path: Path, edges: np.ndarray, source: Source, width: int, most: int) -> np.ndarray:
    """Keep one site of each filter and place in a file of `SITE` records; returns the new edges, int64 (filters + 1,).

    path : records grouped by filter, rewritten in place
    edges : where each filter's records begin, int64 (filters + 1,)
    width : width of a site in bp
    most : records in memory at a time; a filter with more is divided by a hash of the place, so that all sites of one
        place come together
    """
    key = place_key(source, width)
    if key is None:
        return edges
    kept = [0]
    with path.open("r+b") as file:
        for begin, end in pairwise(edges):
            count = int(end - begin)
            if count <= most:
                file.seek(begin * SITE.itemsize)
                kept.append(kept[-1] + _write(file, kept[-1], distinct(np.fromfile(file, SITE, count), key)))
            else:
                kept.append(kept[-1] + _keep_of_many(file, kept[-1], begin, count, key, most))
        file.truncate(kept[-1] * SITE.itemsize)
    return np.array(kept, np.int64)


def place_key(source: Source, width: int) -> Callable[[np.ndarray], np.ndarray] | None:
    """A function from `SITE` records (n,) to a number of each one's place, int64 (n,); None without places."""
    places = source.places()
    if places is None:
        return None
    contigs, starts = pd.factorize(places[0])[0].astype(np.int64), places[1]

    def key(found: np.ndarray) -> np.ndarray:
        window, reverse = source.strands(found["sample"])
        position = found["position"]
        start = starts[window] + np.where(reverse, source.length - position - width, position)
        return contigs[window] << CONTIG | (start + MARGIN) << 1 | reverse

    return key


def distinct(found: np.ndarray, key: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The strongest of the records (n,) at each place, in the order of the records."""
    order = np.lexsort((found["position"], found["sample"], -found["activation"]))
    first = np.unique(key(found[order]), return_index=True)[1]
    return found[np.sort(order[first])]


def _write(file, at: int, found: np.ndarray) -> int:
    """Write records from record `at` on; returns their number."""
    file.seek(at * SITE.itemsize)
    file.write(found.tobytes())
    return len(found)


def _keep_of_many(file, at: int, begin: int, count: int, key: Callable, most: int) -> int:
    """`distinct` of `count` records from `begin` on, written from record `at` on; returns how many were kept."""
    parts = -(-2 * count // most)  # twice as many as needed, because they differ in size
    total = 0
    with temporary_folder(Path(file.name).parent, "parts-of-filters") as folder:
        paths = [folder / str(part) for part in range(parts)]
        for first in range(begin, begin + count, CHUNK):
            file.seek(first * SITE.itemsize)
            found = np.fromfile(file, SITE, min(CHUNK, begin + count - first))
            part = _hash(key(found)) % parts
            for number in np.unique(part):
                with paths[number].open("ab") as out:
                    out.write(found[part == number].tobytes())
        for path in paths:
            if path.exists():
                total += _write(file, at + total, distinct(np.fromfile(path, SITE), key))
    return total


def _hash(key: np.ndarray) -> np.ndarray:
    """Numbers int64 (n,) without the pattern of the keys (Fibonacci hashing, Knuth 1973)."""
    return ((key.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(33)).astype(np.int64)
