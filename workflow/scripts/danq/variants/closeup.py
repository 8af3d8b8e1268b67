"""One variant seen closely: what both alleles predict, and how important the bases around it are for a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from ..data.onehot import ALPHABET
from ..data.targets import Target
from ..errors import UserError
from ..explain.mutagenesis import bases_of, importance, mutated, present
from ..explain.mutants import TURNS
from ..file_names import file_names
from ..runtime.ensembles import Ensemble
from . import scores
from .alleles import AlleleWindows, anchor, longest
from .checked import Alleles, checked
from .contigs import Contigs
from .read import Record

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
    letters : base of each sequence, reference first, in each column: two texts of W letters; N if unknown, - in gaps
    heights : its importance in logits, at A, C, G or T: float64 (2, W, 4); 0 for other letters
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
    letters: tuple[str, str]
    heights: np.ndarray
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


def _shown(differences: np.ndarray, candidates: Sequence[Target], most: int | None, target: Target | None) -> list[int]:
    """Columns of the targets to show, the largest |difference| first."""
    wanted = {one.index - 1 for one in candidates}
    order = np.argsort(-np.abs(differences), kind="stable").tolist()
    shown = [column for column in order if column in wanted][:most]
    also = target.index - 1 if target else shown[0]
    return [column for column in order if column in {*shown, also}]


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
        candidates: Sequence[Target],
        most: int | None = None,
        target: Target | None = None,
        progress: tqdm | None = None,
    ) -> CloseUp:
        """The close-up of one allele.

        candidates : targets to show
        most : how many of them to show, those with the largest |difference|; default: all
        target : the one whose importance is shown, also shown if it is no candidate; default: that with the largest
            |difference|
        progress : a progress bar over `sequences`, which is moved on; default: one of its own
        """
        source = AlleleWindows(alleles, self.contigs, self.ensemble.length, WINDOWS, WINDOWS)
        begin, end = self._stretch(alleles)
        found = np.concatenate([values for _, values in mutated(self.ensemble, source, begin, end, progress=progress)])
        bases = bases_of(source, slice(0, WINDOWS), begin, end)
        p_ref, p_alt = present(found, bases)[:, 0]
        columns = _shown(scores.difference(p_ref, p_alt), candidates, most, target)
        column = columns[0] if target is None else target.index - 1
        heights = importance(found[..., [column]], bases) * bases
        index, differing = self._columns(alleles, begin, end)
        gaps, row = index < 0, np.arange(WINDOWS)[:, None]
        texts = np.array(list(ALPHABET + "N"))[np.where(bases.any(axis=2), bases.argmax(axis=2), 4)]
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
            letters=tuple(map("".join, np.where(gaps, "-", texts[row, index]).tolist())),
            heights=np.where(gaps[..., None], 0, heights[row, index]),
            places=self._places(alleles, index[0], begin),
            differing=differing,
        )

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


def views(
    viewer: Viewer,
    records: Sequence[Record],
    candidates: Sequence[Target],
    most: int | None = None,
    target: Target | None = None,
) -> dict[str, CloseUp]:
    """The close-ups of several variants, by names of files that begin with their number; see `Viewer.view`."""
    digits = len(str(len(records)))
    texts = [f"{one.contig}:{one.position}:{one.ref}:{one.alts[0]}" for one in records]
    names = file_names(f"{number:0{digits}}_{text}" for number, text in enumerate(texts, 1))
    alleles = [viewer.allele(one, text) for one, text in zip(records, texts, strict=True)]
    total = sum(map(viewer.sequences, alleles))
    with tqdm(desc="mutating", total=total, unit=" sequences", disable=None) as progress:
        return {
            name: viewer.view(one, candidates, most, target, progress) for name, one in zip(names, alleles, strict=True)
        }
