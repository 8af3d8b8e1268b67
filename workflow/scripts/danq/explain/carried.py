"""How much of the predictions each motif carries: sums of the contributions of its hits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..data.targets import Target
from ..motifs.known import Known
from .hit_tables import ALL, CARRIED


class Sums:
    """Adds up the hits of one target, block by block."""

    def __init__(self, target: Target, motifs: Sequence[Known]):
        self._target, self._motifs = target, motifs
        n = len(motifs) + 1  # the last is all motifs
        self._windows = self._bases = 0
        self._absolute = 0.0
        self._hits, self._with, self._length = (np.zeros(n, np.int64) for _ in range(3))
        self._contribution, self._carried = np.zeros(n), np.zeros(n)

    def add(self, found: np.ndarray, contributions: np.ndarray) -> None:
        """Add windows.

        found : their hits, `hits.HIT` records
        contributions : (n, L), of their bases
        """
        self._windows += len(contributions)
        self._bases += contributions.size
        self._absolute += float(np.abs(contributions, dtype=float).sum())
        widths = np.array([len(one.motif.probabilities) for one in self._motifs])
        for rows, motif in ((found["motif"] == i, i) for i in np.unique(found["motif"])):
            self._count(found[rows], motif, widths)
        self._count(found, len(self._motifs), widths)

    def _count(self, found: np.ndarray, row: int, widths: np.ndarray) -> None:
        self._hits[row] += len(found)
        self._with[row] += len(np.unique(found["window"]))
        self._contribution[row] += found["contribution"].sum()
        self._carried[row] += found["carried"].sum()
        self._length[row] += widths[found["motif"]].sum()

    def table(self) -> pd.DataFrame:
        """A row of `CARRIED` for each motif with a hit, the one that carries most first, and a row of all of them.

        contribution : mean over the hits
        carried : sum over the hits, in logits, of bases that no better hit has; of all windows
        share : of the sum of the absolute contributions of all bases; what is left is in no hit
        share_of_length : of the bases; a base in two hits counts twice
        """
        with np.errstate(invalid="ignore"):
            columns = {
                "windows_with_hit": self._with,
                "hits": self._hits,
                "contribution": self._contribution / self._hits,
                "carried": self._carried,
                "share": np.abs(self._carried) / self._absolute if self._absolute else np.nan,
                "share_of_length": self._length / max(self._bases, 1),
            }
        names = [(one.motif.name, one.name) for one in self._motifs] + [(ALL, ALL)]
        table = pd.DataFrame(names, columns=["motif", "name"]).assign(windows=self._windows, **columns)
        table = table.assign(index=self._target.index, target=self._target.title, assay=self._target.assay)
        of_motifs, of_all = table[:-1], table[-1:]
        of_motifs = of_motifs[of_motifs["hits"] > 0].sort_values("share", ascending=False, kind="stable")
        return pd.concat([of_motifs, of_all], ignore_index=True)[list(CARRIED.columns)]
