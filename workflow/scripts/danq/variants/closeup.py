"""One variant seen closely: what both alleles predict, and how important the bases around it are for a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from ..data.targets import Target
from ..errors import UserError
from ..explain.mutagenesis import bases_of, importance, mutated, present
from ..explain.mutants import TURNS
from ..runtime.ensembles import Ensemble
from . import scores
from .alleles import AlleleWindows, anchor, longest
from .checked import Alleles, checked
from .contigs import Contigs
from .read import Record

SHOWN = 10  # targets by default
WINDOWS = 2  # of a variant: one for each allele


@dataclass(frozen=True)
class CloseUp:
    """The predictions for both alleles of a variant, and the importance of the bases around it.

    The W columns are those of an alignment of both sequences.

    contig : name in the genome
    position : 1-based place of the first base of `ref`
    id, ref, alt : of the variant
    targets : the shown ones
    p_ref, p_alt : their probabilities, float32 (T,)
    target : the one of them that `heights` are about, as index
    heights : importance of the base at each column in logits, at its letter A, C, G, T: float64 (2, W, 4), reference
        first; 0 for unknown bases and in gaps
    gaps : bool (2, W), where a sequence has no base
    places : 1-based position on the contig of each column of the reference, int64 (W,); 0 in gaps and beyond the contig
    differing : first column of the variant and the one after the last, without bases that both alleles share
    """

    contig: str
    position: int
    id: str
    ref: str
    alt: str
    targets: list[Target]
    p_ref: np.ndarray
    p_alt: np.ndarray
    target: int
    heights: np.ndarray
    gaps: np.ndarray
    places: np.ndarray
    differing: tuple[int, int]


def aligned(ref: str, alt: str) -> tuple[np.ndarray, tuple[int, int]]:
    """Columns of two alleles, whose first and last bases are aligned where they are equal: the shorter one has a gap.

    Returns the index of the base of each allele in each column, int64 (2, W), -1 in gaps, and the first column that
    differs and the one after the last.
    """
    width, least = max(len(ref), len(alt)), min(len(ref), len(alt))
    same = [one == other for one, other in zip(ref, alt, strict=False)]
    first = same.index(False) if False in same else least
    same = [one == other for one, other in zip(ref[::-1], alt[::-1], strict=False)]
    last = min(same.index(False) if False in same else least, least - first)
    index = np.full((2, width), -1)
    for row, allele in enumerate((ref, alt)):
        left = len(allele) - last
        index[row, :left] = np.arange(left)
        index[row, width - last :] = np.arange(left, len(allele))
    return index, (first, width - last)


class Viewer:
    """Makes close-ups with one model and one genome.

    ensemble : the model; its strands are averaged before logits are taken
    contigs : of the genome, with a margin of at least a window
    around : bases on each side of a variant, fewer where the window ends
    mode : for reference alleles that are not the genome's, see `checked`
    """

    def __init__(self, ensemble: Ensemble, contigs: Contigs, around: int, mode: str = "skip"):
        if around < 1:
            raise UserError(f"the number of bases around a variant must be at least 1, not {around}")
        self.ensemble, self.contigs, self.around, self.mode = ensemble, contigs, around, mode

    def allele(self, record: Record, name: str) -> Alleles:
        """The only allele of a record. One that cannot be scored, or several, are a UserError.

        name : of the record, for the message
        """
        if len(record.alts) > 1:
            raise UserError(
                f"{name}: has several alternative alleles; choose one, such as "
                f"--variant={record.contig}:{record.position}:{record.ref}:{record.alts[0]}"
            )
        alleles, counts = checked([record], 0, self.contigs, longest(self.ensemble.length), self.mode)
        counts.check(name, self.mode)
        return alleles

    def sequences(self, alleles: Alleles) -> int:
        """How many sequences `view` predicts for an allele."""
        begin, end = self._stretch(alleles)
        return WINDOWS * (1 + TURNS * (end - begin))

    def _stretch(self, alleles: Alleles) -> tuple[int, int]:
        """The part of the windows that is mutated: the longer allele, and as much around it as wanted and there."""
        begin = anchor(self.ensemble.length)
        end = begin + max(len(alleles.refs[0]), len(alleles.alts[0]))
        return max(begin - self.around, 0), min(end + self.around, self.ensemble.length)

    def view(
        self,
        alleles: Alleles,
        chosen: Sequence[Target] = (),
        target: Target | None = None,
        progress: tqdm | None = None,
    ) -> CloseUp:
        """The close-up of one allele.

        chosen : targets to show; default: the `SHOWN` with the largest |difference|
        target : the one whose importance is shown; default: of the shown ones, that with the largest |difference|
        progress : a progress bar over `sequences`, which is moved on; default: one of its own
        """
        source = AlleleWindows(alleles, self.contigs, self.ensemble.length, WINDOWS, WINDOWS)
        begin, end = self._stretch(alleles)
        found = np.concatenate([values for _, values in mutated(self.ensemble, source, begin, end, progress=progress)])
        bases = bases_of(source, slice(0, WINDOWS), begin, end)
        p_ref, p_alt = present(found, bases)[:, 0]
        columns = self._shown(p_ref, p_alt, chosen, target)
        column = columns[0] if target is None else target.index - 1
        heights = importance(found[..., [column]], bases) * bases
        index, differing = self._columns(alleles, begin, end)
        gaps = index < 0
        return CloseUp(
            contig=self.contigs.names[alleles.contig[0]],
            position=int(alleles.start[0]) + 1,
            id=alleles.ids[0],
            ref=alleles.refs[0],
            alt=alleles.alts[0],
            targets=[self.ensemble.targets[one] for one in columns],
            p_ref=p_ref[columns],
            p_alt=p_alt[columns],
            target=columns.index(column),
            heights=np.where(gaps[..., None], 0, heights[np.arange(2)[:, None], index]),
            gaps=gaps,
            places=self._places(alleles, index[0], begin),
            differing=differing,
        )

    def _shown(
        self, p_ref: np.ndarray, p_alt: np.ndarray, chosen: Sequence[Target], target: Target | None
    ) -> list[int]:
        """Columns of the targets to show, the largest |difference| first."""
        order = np.argsort(-np.abs(scores.difference(p_ref, p_alt)), kind="stable").tolist()
        wanted = {one.index - 1 for one in chosen} or set(order[:SHOWN])
        if target:
            wanted.add(target.index - 1)
        return [column for column in order if column in wanted]

    def _columns(self, alleles: Alleles, begin: int, end: int) -> tuple[np.ndarray, tuple[int, int]]:
        """Index of the base of each sequence in each column, counted from `begin`; the columns of the variant."""
        ref, alt = alleles.refs[0], alleles.alts[0]
        inner, (first, last) = aligned(ref, alt)
        left, right = anchor(self.ensemble.length) - begin, end - anchor(self.ensemble.length) - inner.shape[1]
        inner = np.where(inner < 0, -1, left + inner)
        flanks = np.arange(left), np.arange(right)
        rows = [
            np.concatenate([flanks[0], row, left + len(allele) + flanks[1]])
            for row, allele in zip(inner, (ref, alt), strict=True)
        ]
        return np.stack(rows), (left + first, left + last)

    def _places(self, alleles: Alleles, index: np.ndarray, begin: int) -> np.ndarray:
        """Positions on the contig, from 1, of the columns of the reference; 0 where there is none."""
        places = alleles.start[0] - anchor(self.ensemble.length) + begin + index + 1
        beyond = (places < 1) | (places > self.contigs.lengths[alleles.contig[0]])
        return np.where((index < 0) | beyond, 0, places)
