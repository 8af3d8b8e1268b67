"""Random variants of a genome, as a background when no common variants are known."""

from __future__ import annotations

import numpy as np

from ..errors import UserError
from .contigs import Contigs
from .read import Record

BASES = {8: "A", 4: "C", 2: "G", 1: "T"}  # of nibbles


def random_variants(contigs: Contigs, n: int, seed: int) -> list[Record]:
    """`n` random SNVs at known bases of the genome, ordered by place; a place may be drawn twice.

    Every known base of the genome is equally likely, and so is every change of it.
    """
    draw = np.random.default_rng(seed)
    share = contigs.lengths / contigs.lengths.sum()
    found: list[Record] = []
    missing = n
    while missing:
        drawn = draw.multinomial(missing, share)
        for rank in np.flatnonzero(drawn):
            bases = contigs.nibbles(rank)
            place = draw.integers(0, contigs.lengths[rank], drawn[rank])
            change = draw.integers(1, 4, len(place))
            for start, step in zip(place.tolist(), change.tolist(), strict=True):
                ref = BASES.get(int(bases[start + contigs.margin]))
                if ref:
                    alt = "ACGT"[("ACGT".index(ref) + step) % 4]
                    found.append(Record(contigs.names[rank], start + 1, "", ref, (alt,)))
        if not found:
            raise UserError("the genome has no known bases (A, C, G, T) to draw random variants from")
        missing = n - len(found)
    rank = {name: number for number, name in enumerate(contigs.names)}
    return sorted(found, key=lambda one: (rank[one.contig], one.position, one.alts))
