"""The effect of motifs alone and in pairs: what a model predicts for backgrounds with and without them.

Marginalisation (Koo et al., PLOS Computational Biology 17:e1008925, 2021; tangermeme's `marginalize`; for pairs,
BPNet's in-silico analysis, Avsec et al., Nature Genetics 53:354, 2021): a motif is put into the middle of many
background sequences that keep nothing of the genome but its dinucleotides, and the effect is the mean change of the
logit. The sequence around a motif varies, so the effect is that of the motif.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit
from tqdm import tqdm

from ..data.targets import Target
from ..errors import UserError
from ..runtime.ensembles import Ensemble
from .embedded import Design, Embedded, Placement
from .embedding_tables import EFFECTS, OF_TARGET, PAIRS
from .inserts import Insert, reverse_complement
from .mutagenesis import CLIP

log = logging.getLogger(__name__)
SIDES, STRANDS = ("right", "left"), ("+", "-")


class Laboratory:
    """A model, backgrounds to insert motifs into, and the predictions for the backgrounds themselves.

    Parameters
    ----------
    ensemble : the model
    backgrounds : nibbles uint8 (n, L), at least two
    targets : the targets to measure
    seed : None inserts the most probable bases of each motif; a number samples bases with this seed
    """

    def __init__(self, ensemble: Ensemble, backgrounds: np.ndarray, targets: Sequence[Target], seed: int | None = None):
        self._ensemble, self._backgrounds, self._seed = ensemble, backgrounds, seed
        self.targets = list(targets)
        self.n, self.length = backgrounds.shape
        [self.plain] = self._logits([()])

    def _logits(self, designs: Sequence[Design], progress: tqdm | None = None) -> Iterator[np.ndarray]:
        """Logits float64 (n, T) of the backgrounds with each design. At most a chunk of sequences is in memory."""
        columns, waiting = [target.index - 1 for target in self.targets], None
        for _, found in self._ensemble.means(Embedded(self._backgrounds, designs), " sequences", progress):
            if not np.isfinite(found).all():
                paths = ", ".join(map(str, self._ensemble.paths))
                raise UserError(f"{paths}: predicts values that are not numbers (NaN); train again")
            found = logit(np.clip(found[:, columns].astype(np.float64), CLIP, 1 - CLIP))
            waiting = found if waiting is None else np.concatenate([waiting, found])
            while len(waiting) >= self.n:
                yield waiting[: self.n]
                waiting = waiting[self.n :]

    def changes(self, designs: Sequence[Design], progress: tqdm | None = None) -> Iterator[np.ndarray]:
        """Logits with each design minus those of the backgrounds, float64 (n, T)."""
        return (found - self.plain for found in self._logits(designs, progress))

    def bases(self, insert: Insert) -> np.ndarray:
        """What is inserted into each background, nibbles (n, width); always the same for an insert."""
        draw = None if self._seed is None else np.random.default_rng([self._seed, *insert.name.encode()])
        return insert.bases(self.n, draw)

    def middle(self, insert: Insert) -> int:
        """Where an insert in the middle of a background begins; one that is wider is a UserError."""
        if insert.width > self.length:
            raise UserError(
                f"{insert.name} has {insert.width} bp, more than the model's window of {self.length}; leave it out"
            )
        return (self.length - insert.width) // 2


def alone(laboratory: Laboratory, inserts: Sequence[Insert]) -> pd.DataFrame:
    """The effect of each insert in the middle of the backgrounds on each target: columns of `EFFECTS`.

    `control` is the effect of the same bases in random order, another one in each background. `excess` is the mean over
    the backgrounds of the difference between the two, and `pvalue` that of a paired t-test (two-sided).
    """
    draw = np.random.default_rng(1)
    designs: list[Design] = []
    for insert in inserts:
        start, bases = laboratory.middle(insert), laboratory.bases(insert)
        designs += [(Placement(bases, start),), (Placement(draw.permuted(bases, axis=1), start),)]
    changes = laboratory.changes(designs)
    tables = [
        _of_insert(laboratory, insert, change, control)
        for insert, change, control in zip(inserts, changes, changes, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)[list(EFFECTS.columns)]


def _of_insert(laboratory: Laboratory, insert: Insert, change: np.ndarray, control: np.ndarray) -> pd.DataFrame:
    mean, low, high = interval(change)
    facts = {"insert": insert.name, "consensus": insert.consensus, "backgrounds": laboratory.n}
    before, after = expit(laboratory.plain).mean(axis=0), expit(laboratory.plain + change).mean(axis=0)
    figures = {"p_background": before, "p_insert": after, "effect": mean, "low": low, "high": high}
    figures |= {"control": control.mean(axis=0), "excess": mean - control.mean(axis=0)}
    return _of_targets(laboratory.targets).assign(**facts, **figures, pvalue=_pvalue(change - control))


def _pvalue(values: np.ndarray) -> np.ndarray:
    """P-values (T,) of the t-test that the mean of values (n, T) is 0; NaN if all of them are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = values.mean(axis=0) / (values.std(axis=0, ddof=1) / np.sqrt(len(values)))
    return 2 * stats.t.sf(np.abs(statistic), len(values) - 1)


def in_pairs(
    laboratory: Laboratory, pairs: Sequence[tuple[Insert, Insert]], gaps: Sequence[int]
) -> Iterator[pd.DataFrame]:
    """The effect of two inserts at each gap, side and strand: tables with the columns of `PAIRS`, one for each place.

    The first insert is in the middle, the second one to its right or left, `gap` bases between them, on the same strand
    (+) or the other one (-). `interaction` is the effect of both minus the effects of each alone at the same places:
    what the two do to each other. Places beyond the ends of the backgrounds are left out, and their number is logged.

    The first table is empty, so that there is one without any pair.
    """
    plans = [_arrangements(laboratory, first, second, gaps) for first, second in pairs]
    total, beyond = sum(len(plan) for plan in plans), 2 * len(STRANDS) * len(gaps) * len(pairs)
    if total < beyond:
        log.warning("%d of %d places of pairs are beyond the ends of the window, and left out", beyond - total, beyond)
    yield pd.DataFrame(columns=list(PAIRS.columns))
    with tqdm(desc="inserting pairs", total=(2 * total + len(pairs)) * laboratory.n, disable=None) as progress:
        for (first, second), plan in zip(pairs, plans, strict=True):
            middle = Placement(laboratory.bases(first), laboratory.middle(first))
            designs: list[Design] = [(middle,)]
            for _, placement in plan:
                designs += [(placement,), (middle, placement)]
            changes = laboratory.changes(designs, progress)
            one = next(changes)
            for (facts, _), other, both in zip(plan, changes, changes, strict=False):
                table = _of_pair(laboratory, one, other, both)
                yield table.assign(first=first.name, second=second.name, **facts)[list(PAIRS.columns)]


def _arrangements(
    laboratory: Laboratory, first: Insert, second: Insert, gaps: Sequence[int]
) -> list[tuple[dict, Placement]]:
    """Where the second insert is, as columns of `PAIRS` and as a placement."""
    begin, bases = laboratory.middle(first), laboratory.bases(second)
    strands = dict(zip(STRANDS, (bases, reverse_complement(bases)), strict=True))
    found = []
    for side in SIDES:
        for strand in STRANDS:
            for gap in gaps:
                start = begin + first.width + gap if side == "right" else begin - gap - second.width
                if 0 <= start <= laboratory.length - second.width:
                    facts = {"side": side, "gap": gap, "strand": strand}
                    found.append((facts, Placement(strands[strand], start)))
    return found


def _of_pair(laboratory: Laboratory, one: np.ndarray, other: np.ndarray, both: np.ndarray) -> pd.DataFrame:
    mean, low, high = interval(both - one - other)
    alone = {"first_alone": one.mean(axis=0), "second_alone": other.mean(axis=0)}
    figures = {"effect": both.mean(axis=0), **alone, "interaction": mean, "low": low, "high": high}
    return _of_targets(laboratory.targets).assign(**figures)


def interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (T,) of values (n, T), and its 95 % interval by Student's t."""
    mean = values.mean(axis=0)
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return mean, mean - half, mean + half


def _of_targets(targets: Sequence[Target]) -> pd.DataFrame:
    rows = [(target.index, target.title, target.assay) for target in targets]
    return pd.DataFrame(rows, columns=list(OF_TARGET))
