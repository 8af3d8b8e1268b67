"""motifs.txt: the sequences of every filter's sites, as plain text.

Each filter, also a dead one, has a header line such as `>filter_001 sites=214`. The sequences of its sites follow, one
per line, by decreasing activation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..data import onehot
from ..errors import UserError
from ..files import existing, replacing
from .meme import Motif, filter_name

if TYPE_CHECKING:
    from .scan import Sites  # loads Keras

_OTHER = "not a list of motif sequences; make one with predict.py -M, or give a file in MEME format"
_HEAD = re.compile(r">(?P<name>\S+) sites=(?P<sites>\d+)")
LETTERS = np.frombuffer("".join(onehot.LETTERS).encode(), np.uint8)
CODES = np.full(256, 4)
CODES[list(onehot.ALPHABET.encode())] = range(4)


def write_sites(path: str | Path, sites: Sites) -> int:
    """Write the sites of all filters; returns their number."""
    total = 0
    with replacing(path) as temporary, temporary.open("wb") as file:
        for i in range(sites.n_filters):
            total += sites.count(i)
            file.write(f">{filter_name(i)} sites={sites.count(i)}\n".encode())
            for found in sites.of(i):
                text = LETTERS[sites.bases(found)]
                file.write(np.pad(text, ((0, 0), (0, 1)), constant_values=ord("\n")).tobytes())
    return total


def read_sites(path: str | Path) -> list[Motif]:
    """The motifs of all filters in the file, from their sequences; the motif of a dead filter has no sites."""
    return [
        Motif.from_counts(name, counts[:, :4]) for name, counts in _counts(existing(path, "list of motif sequences"))
    ]


def _counts(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Each filter's name and its counts (width, 5) of A, C, G, T and other letters."""
    name, counts = "", None
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(map(str.strip, file), 1):
            head = _HEAD.fullmatch(line)
            if head:
                if name:
                    yield name, np.zeros((1, 5)) if counts is None else counts
                name, counts = head["name"], None
            elif not name or not line.isalpha():
                raise UserError(f"{path}, line {number}: {_OTHER}")
            else:
                codes = CODES[np.frombuffer(line.encode(), np.uint8)]
                counts = np.zeros((len(codes), 5)) if counts is None else counts
                if len(codes) != len(counts):
                    raise UserError(f"{path}, line {number}: {len(codes)} bp, but {name} has {len(counts)} bp")
                counts[np.arange(len(codes)), codes] += 1
    if name:
        yield name, np.zeros((1, 5)) if counts is None else counts
