"""Predicts both alleles of variants and scores them, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ..errors import UserError
from ..runtime import ensembles
from ..runtime.ensembles import Ensemble
from . import scores
from .alleles import AlleleWindows, longest
from .checked import Alleles, Counts, checked
from .contigs import Contigs
from .effects import Effects, compared
from .read import Part, Record, parts
from .scores import Background


class Scorer:
    """A model, a genome and how variants on it are scored.

    ensemble : the model; its strands are averaged before alleles are compared
    contigs : of the genome, with a margin of at least a window
    columns : of the chosen targets among the model's
    mode : for reference alleles that are not the genome's, see `checked`
    block_size : records that are read at a time. Windows are shared and batches are filled within a block, so that a
        block has the same results to the last bit whether it is scored alone or with the others.
    """

    def __init__(self, ensemble: Ensemble, contigs: Contigs, columns: Sequence[int], mode: str, block_size: int):
        self.ensemble, self.contigs, self.columns = ensemble, contigs, list(columns)
        self.mode, self.block_size = mode, block_size

    def checked(self, part: Part) -> tuple[Alleles, Counts]:
        """The alleles of some records that can be scored, and what became of the others."""
        return checked(part.records, part.first, self.contigs, longest(self.ensemble.length), self.mode)

    def probabilities(self, alleles: Alleles) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Probabilities of the chosen targets: rows of the alleles, and float32 (n, T) of both alleles."""
        if not len(alleles):
            return
        source = AlleleWindows(alleles, self.contigs, self.ensemble.length, ensembles.CHUNK, ensembles.BATCH)
        predicted = self.ensemble.means(source, " alleles")
        for (_, found), (rows, reference, alternative) in zip(predicted, source.pieces, strict=True):
            if not np.isfinite(found).all():
                paths = ", ".join(map(str, self.ensemble.paths))
                raise UserError(f"{paths}: predicts values that are not numbers (NaN); train again")
            chosen = np.ascontiguousarray(found[:, self.columns])
            yield rows, chosen[reference], chosen[alternative]

    def effects(self, alleles: Alleles, background: Background | None = None) -> Iterator[Effects]:
        """The effects of the alleles of a block, in pieces."""
        for rows, reference, alternative in self.probabilities(alleles):
            yield compared(alleles[rows], reference, alternative, background)

    def differences(self, found: Iterable[Record], name: str) -> np.ndarray:
        """The differences float32 (m, T) of all alleles of some records, in memory; to make a background of.

        name : of the records, for messages
        """
        counts, differences = Counts(), []
        for part in parts(found, self.block_size):
            alleles, of_part = self.checked(part)
            counts.add(of_part)
            differences += [scores.difference(one, other) for _, one, other in self.probabilities(alleles)]
        counts.check(name, self.mode)
        return np.concatenate(differences)
