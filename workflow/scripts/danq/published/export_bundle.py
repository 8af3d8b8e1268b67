"""Exports packed windows in the layout of the published .mat bundle, for other tools."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
from tqdm import tqdm

from ..data import onehot
from ..data.windows import Windows, blocks
from ..files import replacing
from . import matlab5
from .bundle import ALPHABET, check_alphabet
from .import_bundle import BOTH

log = logging.getLogger(__name__)
COMPRESSED = 4  # minimum compression ratio; random DNA reaches 5
CHUNK = (125, 4, 2048)  # positions, channels, samples: 1 MB
BLOCK = 8 * CHUNK[2]  # windows written at a time
V73_HEADER = b"MATLAB 7.3 MAT-file, written by the DanQ workflow".ljust(124) + b"\0\2IM"
USER_BLOCK = 512  # bytes that MATLAB keeps before the HDF5 part


def export_split(windows: Windows, split: str, output: str | Path, alphabet: str = ALPHABET) -> None:
    """Write `<split>xdata` and `<split>data`: forward windows, then their reverse complements.

    As in the published bundle, train is written as v7.3 (compressed) and the others as v5; data of more than
    2 GB, the limit of v5, are written as v7.3. Windows imported with both halves are written without change.
    """
    both = windows.made_by.get("bundle", {}).get("kept") != BOTH
    check_alphabet(alphabet)
    channels = [onehot.ALPHABET.index(base) for base in alphabet]
    n = len(windows) * (2 if both else 1)
    small = n * 4 * windows.length < matlab5.MOST_BYTES - (1 << 16)
    if split != "train" and not small:
        log.info("%s is too large for a v5 file and is written as v7.3, like train.mat", output)
    v5 = split != "train" and small
    size = n * (4 * windows.length + len(windows.targets))
    with replacing(output, room=size if v5 else size // COMPRESSED) as temporary:
        (_write_v5 if v5 else _write_v73)(temporary, windows, split, channels, both)


def _strands(windows: Windows, both: bool) -> Iterator[tuple[slice, slice, np.ndarray | None]]:
    """Yield the samples to write, the windows to read, and whether to reverse-complement them."""
    for half in range(2 if both else 1):
        for block in blocks(len(windows), BLOCK):
            place = slice(block.start + half * len(windows), block.stop + half * len(windows))
            yield place, block, np.full(block.stop - block.start, bool(half))


def _write_v73(path: Path, windows: Windows, split: str, channels: list[int], both: bool) -> None:
    n = len(windows) * (2 if both else 1)
    with h5py.File(path, "w", userblock_size=USER_BLOCK) as file:
        chunk = tuple(min(size, most) for size, most in zip((windows.length, 4, n), CHUNK, strict=True))
        settings = {"compression": "gzip", "compression_opts": 1, "dtype": np.uint8}
        shapes = {f"{split}xdata": ((windows.length, 4, n), chunk)}
        shapes[f"{split}data"] = ((len(windows.targets), n), (min(125, len(windows.targets)), chunk[2]))
        sequence, labels = (
            file.create_dataset(name, shape, chunks=c, **settings) for name, (shape, c) in shapes.items()
        )
        for data in (sequence, labels):
            data.attrs["MATLAB_class"] = np.bytes_("uint8")
        with tqdm(desc=f"writing {split}.mat", total=n, unit=" samples", unit_scale=True, disable=None) as progress:
            for place, block, reverse in _strands(windows, both):
                onehot_block = windows.onehot(block, reverse, np.uint8)[:, :, channels]
                sequence[:, :, place] = np.ascontiguousarray(onehot_block.transpose(1, 2, 0))
                labels[:, place] = windows.labels(block).T
                progress.update(place.stop - place.start)
    with path.open("r+b") as file:
        file.write(V73_HEADER)


def _write_v5(path: Path, windows: Windows, split: str, channels: list[int], both: bool) -> None:
    n = len(windows) * (2 if both else 1)
    shapes = (n, 4, windows.length), (n, len(windows.targets))
    with path.open("wb") as file:
        matlab5.write(file, [
            (f"{split}xdata", shapes[0], _sequence_planes(windows, channels, both, n)),
            (f"{split}data", shapes[1], _label_planes(windows, both)),
        ])  # fmt: skip


def _sequence_planes(windows: Windows, channels: list[int], both: bool, n: int) -> Iterator[bytes]:
    """Yield one channel at one position of all samples at a time; only the packed windows are kept in memory."""
    packed = np.empty((onehot.packed_width(windows.length), n), np.uint8)
    for place, block, reverse in _strands(windows, both):
        packed[:, place] = windows.packed(block, reverse).T
    for position in tqdm(range(windows.length), "writing", unit=" positions", disable=None):
        nibble = packed[position // 2] >> (0 if position % 2 else 4)
        for channel in channels:
            yield ((nibble >> (3 - channel)) & 1).tobytes()


def _label_planes(windows: Windows, both: bool) -> Iterator[bytes]:
    packed = windows.packed_labels().T
    for target in range(len(windows.targets)):
        yield np.tile((packed[target // 8] >> (7 - target % 8)) & 1, 2 if both else 1).tobytes()
