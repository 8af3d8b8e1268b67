"""Groups of near-duplicate sequences, which must be on one side of a split.

Two sequences are near-duplicates if they share a k-mer on either strand, and groups are what such pairs join: no k-mer
is in two groups. By the pigeonhole principle, sequences of L bp with m substitutions share a k-mer if (L - m) / (m + 1)
is at least k: with k = 24, two sequences of 101 bp with up to 3 differences, and two windows of a genome that overlap
by 24 bp. Sorting the k-mers finds the groups without comparing all pairs (Linclust, Steinegger & Söding 2018). No
alignment follows, so the rule rather joins too much than too little, as a split should.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from tqdm import tqdm

from ..data.windows import blocks
from ..files import temporary_folder

LARGEST_K = 31  # two bits for each base of a k-mer, in 64 bits
K = 24
CHUNK = 1 << 22  # bases of which the k-mers are in memory at a time
PART = 1 << 24  # k-mers that are sorted at a time
ENTRY = np.dtype([("kmer", np.uint64), ("row", np.uint32)])
_CODE = np.full(16, 4, np.uint8)
_CODE[[8, 4, 2, 1]] = range(4)


def kmers(packed: np.ndarray, length: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Canonical k-mers uint64 (m,) of packed sequences (n, ceil(L/2)), and the row int64 (m,) of each.

    The canonical k-mer is the smaller of a k-mer and its reverse complement. Those with an unknown base are left out.
    """
    if length < k:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    code = _CODE[np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), -1)[:, :length]]
    unknown = np.concatenate([np.zeros((len(code), 1), np.int32), np.cumsum(code == 4, axis=1, dtype=np.int32)], axis=1)
    known = unknown[:, k:] == unknown[:, :-k]
    forward, reverse = _rolled(code.astype(np.uint64) & np.uint64(3), k)
    return np.minimum(forward, reverse)[known], np.nonzero(known)[0]


def _rolled(code: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers uint64 (n, L - k + 1) of all k-mers and of their reverse complements, from codes (n, L), by doubling."""
    width, power, power_width = 0, (code, np.uint64(3) - code), 1
    result: tuple[np.ndarray, np.ndarray] | None = None
    while True:
        if k & power_width:
            result = power if result is None else _joined(result, width, power, power_width)
            width += power_width
        if width == k:
            return result
        power = _joined(power, power_width, power, power_width)
        power_width *= 2


def _joined(left, a: int, right, b: int):
    """The words of a + b letters of words of a letters, each followed by one of b letters."""
    size = left[0].shape[1] - b
    first = tuple(part[:, :size] for part in left)
    second = tuple(part[:, a : a + size] for part in right)
    return (first[0] << np.uint64(2 * b)) | second[0], first[1] | (second[1] << np.uint64(2 * a))


def group(packed: np.ndarray, length: int, k: int, folder: str | Path) -> np.ndarray:
    """The group of each sequence: int64 (n,), the number of the first sequence in it.

    packed : uint8 (n, ceil(L/2)), an array or a memory map
    folder : for a temporary folder with the k-mers, 12 bytes for each base
    """
    n = len(packed)
    label = np.arange(n)
    parts = max(1, -(-n * max(length - k + 1, 0) // PART))
    with temporary_folder(folder, "kmers") as scratch:
        paths = [Path(scratch, str(part)) for part in range(parts)]
        for found in _entries(packed, length, k):
            part = _mixed(found["kmer"]) % np.uint64(parts)
            for number in np.unique(part):
                with paths[int(number)].open("ab") as out:
                    out.write(found[part == number].tobytes())
        for path in paths:
            if path.exists():
                label = _united(label, np.fromfile(path, ENTRY))
                path.unlink()
    first = np.full(n, n)
    np.minimum.at(first, label, np.arange(n))
    return first[label]


def _entries(packed: np.ndarray, length: int, k: int) -> Iterator[np.ndarray]:
    with tqdm(desc="comparing", total=len(packed), unit=" sequences", disable=None) as progress:
        for block in blocks(len(packed), max(1, CHUNK // length)):
            found, row = kmers(np.asarray(packed[block]), length, k)
            entries = np.empty(len(found), ENTRY)
            entries["kmer"], entries["row"] = found, row + block.start
            progress.update(block.stop - block.start)
            yield entries


def _mixed(values: np.ndarray) -> np.ndarray:
    """A number that depends on all bits of a k-mer (the finalizer of MurmurHash3, Appleby 2011)."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53) >> np.uint64(33)


def _united(label: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """Labels int64 (n,) after the groups of sequences with a k-mer in common are joined."""
    entries = entries[np.argsort(entries["kmer"], kind="stable")]
    same = np.flatnonzero(entries["kmer"][1:] == entries["kmer"][:-1])
    a, b = label[entries["row"][same]], label[entries["row"][same + 1]]
    differ = a != b
    pairs = coo_array((np.ones(int(differ.sum()), bool), (a[differ], b[differ])), shape=(len(label), len(label)))
    return connected_components(pairs, directed=False)[1].astype(np.int64)[label]
