"""The contigs of a genome as padded nibbles, a few of them in memory."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import numpy as np

from ..data.contig_names import genome_name
from ..data.genome import Genome

BASES = 1 << 29  # in memory at a time, if no single contig has more


class Contigs:
    """Reads the contigs of a genome when they are needed and keeps the latest.

    genome : path of a FASTA file
    margin : unknown bases to add at both ends of each contig
    index_folder : folder for a missing index if that of the genome is not writable

    Attributes
    ----------
    path : of the genome
    names : of the contigs, in the order of the file
    lengths : int64 (n,), in bp
    margin : as given
    """

    def __init__(self, genome: str | Path, margin: int, index_folder: str | Path | None = None):
        self._genome, self.margin = Genome(genome, index_folder), margin
        self.path = self._genome.path
        self.names = list(self._genome.contigs)
        self.lengths = np.array([*self._genome.contigs.values()], np.int64)
        self._kept: OrderedDict[int, np.ndarray] = OrderedDict()
        self._rank: dict[str, int] = {name: rank for rank, name in enumerate(self.names)}

    def rank(self, name: str) -> int:
        """The number of a contig, from 0, by any of its names; -1 if the genome does not have it."""
        if name not in self._rank:
            found = genome_name(name, self._genome.contigs)
            self._rank[name] = -1 if found is None else self._rank[found]
        return self._rank[name]

    def nibbles(self, rank: int) -> np.ndarray:
        """A contig as uint8 (length + 2 margin,): 8, 4, 2, 1 for A, C, G, T and 0 for unknown bases."""
        if rank not in self._kept:
            while self._kept and sum(map(len, self._kept.values())) + self.lengths[rank] > BASES:
                self._kept.popitem(last=False)
            self._kept[rank] = np.pad(self._genome.nibbles(self.names[rank]), self.margin)
        self._kept.move_to_end(rank)
        return self._kept[rank]
