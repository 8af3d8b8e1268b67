"""Both alleles of variants as windows, so that a model can predict them.

A window of L bp has the first base of an allele at index L // 2 - 1 (0-based; DeepSEA, Selene and ExPecto put a SNV
there). To its left is the genome's sequence before the variant, the same for both alleles; to its right, the genome's
sequence behind the reference allele, as much as fits. An insertion thus pushes bases out at the right end, and a
deletion draws others in. Bases beyond a contig are unknown.
"""

from __future__ import annotations

import numpy as np

from ..data import onehot
from ..data.sources import Source
from .checked import Alleles, Bases
from .contigs import Contigs


def anchor(length: int) -> int:
    """Index (from 0) of an allele's first base in a window of `length` bp."""
    return max(length // 2 - 1, 0)


def longest(length: int) -> int:
    """The longest allele in bp that fits between the anchor and the end of a window."""
    return length - anchor(length)


class AlleleWindows(Source):
    """Windows with the alleles, in pieces of `piece` windows: first each reference, then each alternative.

    Alleles at one place share the window of the reference within a piece. At most one window of a piece, and less than
    `batch` windows of the last one, are repetitions that fill it up, so that batches are full.

    Parameters
    ----------
    alleles : at most some hundred thousand
    contigs : the genome, with a margin of at least `length`
    length : of a window in bp
    piece : windows in a piece, a multiple of `batch`
    batch : windows that a model predicts at a time

    Attributes
    ----------
    pieces : per piece, the slice of its alleles and, for each, the numbers of its two windows within the piece
    """

    def __init__(self, alleles: Alleles, contigs: Contigs, length: int, piece: int, batch: int):
        if contigs.margin < length or piece % batch:
            raise ValueError("the margin is at least a window, and a piece is a number of batches")
        self.length = length
        self._alleles, self._contigs = alleles, contigs
        self._bases = Bases(alleles.refs + alleles.alts)
        self._removed = self._bases.lengths[: len(alleles)]
        self.pieces: list[tuple[slice, np.ndarray, np.ndarray]] = []
        self._plan(piece, batch)

    def __str__(self) -> str:
        return f"{len(self._alleles):,} alleles"

    def __len__(self) -> int:
        return len(self._text)

    def _plan(self, piece: int, batch: int) -> None:
        """Set the pieces, and which text each window shows: i for the reference of allele i, n + i for the other."""
        n, keys, shown, begin = len(self._alleles), self._keys(), [], 0
        while begin < n:
            new = _first_ones(keys[begin : begin + piece])
            fits = int(np.searchsorted(np.cumsum(1 + new), piece, side="right"))
            rows = slice(begin, min(begin + fits, n))
            _, first, reference = np.unique(keys[rows], return_index=True, return_inverse=True)
            texts = np.concatenate([begin + first, n + np.arange(rows.start, rows.stop)])
            room = piece if rows.stop < n else -(-len(texts) // batch) * batch
            shown.append(np.pad(texts, (0, room - len(texts)), mode="edge"))
            self.pieces.append((rows, reference, len(first) + np.arange(rows.stop - rows.start)))
            begin = rows.stop
        self._text = np.concatenate(shown) if shown else np.empty(0, np.int64)

    def _keys(self) -> np.ndarray:
        """Numbers int64 (n,) that are equal where the windows of the references are."""
        alleles = self._alleles
        texts = (None if match else ref for ref, match in zip(alleles.refs, alleles.ref_match, strict=True))
        seen: dict[tuple, int] = {}
        places = zip(alleles.contig.tolist(), alleles.start.tolist(), texts, strict=True)
        return np.fromiter((seen.setdefault(key, len(seen)) for key in places), np.int64, len(alleles))

    def _forward(self, index) -> np.ndarray:
        text = self._text[index]
        row = text % len(self._alleles)
        contig = self._alleles.contig[row]
        out = np.empty((len(text), self.length), np.uint8)
        first = self._alleles.start[row] - anchor(self.length) + self._contigs.margin
        gained = self._bases.lengths[text] - self._removed[row]
        for one in np.unique(contig):
            nibbles = self._contigs.nibbles(one)
            plain = np.flatnonzero((contig == one) & (gained == 0))
            out[plain] = np.lib.stride_tricks.sliding_window_view(nibbles, self.length)[first[plain]]
            moved = np.flatnonzero((contig == one) & (gained != 0))
            column = np.arange(self.length)
            behind = column >= anchor(self.length) + self._bases.lengths[text[moved], None]
            out[moved] = nibbles[first[moved, None] + column - behind * gained[moved, None]]
        window, place = self._bases.ramp(text)
        out[window, anchor(self.length) + place] = self._bases.flat[self._bases.begins[text][window] + place]
        return onehot.pack_nibbles(out)

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        row = self._text % len(self._alleles)
        names = np.array(self._contigs.names, object)[self._alleles.contig[row]]
        return names, self._alleles.start[row] - anchor(self.length)


def _first_ones(keys: np.ndarray) -> np.ndarray:
    """Whether each key is the first of its value, bool (n,)."""
    first = np.zeros(len(keys), bool)
    first[np.unique(keys, return_index=True)[1]] = True
    return first
