"""The sites of filters as files: a table, BED, and an alignment per filter."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from . import onehot
from .files import replacing
from .meme import filter_name
from .windows import blocks

if TYPE_CHECKING:
    from .scan import Sites  # which loads Keras

COLUMNS = ("filter", "window", "strand", "position", "contig", "start", "end", "activation", "sequence")
CHUNK = 1 << 14  # sites turned into text at a time
MOST_ALIGNED = 10_000  # sites of a filter's alignment: more than the tools that read FASTA alignments take


@contextmanager
def writing(folder: str | Path, sites: Sites) -> Iterator[Writer]:
    """A Writer of instances.tsv.gz, instances.bed.gz (when places are known) and the folder sites/ in `folder`."""
    folder = Path(folder)
    with ExitStack() as stack:
        files = {}
        for name in ("instances.tsv.gz", *(["instances.bed.gz"] if sites.windows.places() else [])):
            temporary = stack.enter_context(replacing(folder / name))
            files[name] = stack.enter_context(gzip.open(temporary, "wt", compresslevel=3))
        alignments = stack.enter_context(replacing(folder / "sites"))
        alignments.mkdir()
        files["instances.tsv.gz"].write("\t".join(COLUMNS) + "\n")
        yield Writer(sites, files["instances.tsv.gz"], files.get("instances.bed.gz"), alignments)


class Writer:
    """Writes one filter's sites after the other; made by `writing`."""

    def __init__(self, sites: Sites, table, bed, alignments: Path):
        self._sites, self._table, self._bed, self._alignments = sites, table, bed, alignments
        self._places = sites.windows.places()

    def write(self, filter: int, found: np.ndarray) -> None:
        """Append the sites of a filter (from 0): records `scan.SITE`, the highest activation first.

        `position` is 0-based on the strand that was read; `start` and `end` are genome coordinates,
        0-based and half-open as in BED, empty when the windows' places are not known. A site's score
        in the BED file is its activation in thousandths of the filter's highest.
        """
        for block in blocks(len(found), CHUNK):
            table = self._frame(filter, found[block])
            options = {"sep": "\t", "index": False, "header": False}
            table.to_csv(self._table, float_format="%.5g", **options)
            if self._bed:
                facts = {"name": filter_name(filter), "score": self._scores(filter, found[block])}
                bed = table.assign(**facts)[["contig", "start", "end", "name", "score", "strand"]]
                bed.to_csv(self._bed, **options)
            if block.start < MOST_ALIGNED:
                self._align(filter, table[: MOST_ALIGNED - block.start])

    def _frame(self, filter: int, found: np.ndarray) -> pd.DataFrame:
        windows, width = self._sites.windows, self._sites.width
        reverse = found["sample"] >= len(windows)
        window, position = found["sample"] - reverse * len(windows), found["position"]
        table = {"filter": filter + 1, "window": window, "strand": np.where(reverse, "-", "+")}
        table |= {"position": position, "contig": "", "start": "", "end": ""}
        if self._places:
            start = self._places[1][window] + np.where(reverse, windows.length - position - width, position)
            table |= {"contig": self._places[0][window], "start": start, "end": start + width}
        letters = np.ascontiguousarray(onehot.LETTERS[self._sites.bases(found)])
        table |= {"activation": found["activation"], "sequence": letters.view(f"U{width}")[:, 0]}
        return pd.DataFrame(table, columns=COLUMNS)

    def _scores(self, filter: int, found: np.ndarray) -> np.ndarray:
        return np.rint(1000 * found["activation"] / self._sites.highest[filter]).astype(int)

    def _align(self, filter: int, table: pd.DataFrame) -> None:
        place = table["contig"] + ":" + table["start"].astype(str) + "-" + table["end"].astype(str)
        if not self._places:
            place = "window_" + table["window"].astype(str) + ":" + table["position"].astype(str)
        lines = ">" + place + "(" + table["strand"] + ")\n" + table["sequence"] + "\n"
        with (self._alignments / f"{filter_name(filter)}.fa").open("a") as file:
            file.writelines(lines)
