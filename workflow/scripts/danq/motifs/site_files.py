"""Write the sites of filters as a table, a BED file, and one alignment per filter."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import pandas as pd

from ..data import onehot
from ..data.windows import blocks
from ..files import replacing
from .meme import filter_name

if TYPE_CHECKING:
    from .scan import Sites  # loads Keras

COLUMNS = ("filter", "window", "strand", "position", "contig", "start", "end", "activation", "sequence")
CHUNK = 1 << 14  # sites formatted at a time
MOST_ALIGNED = 10_000  # sites in an alignment; tools that read FASTA alignments accept fewer


@contextmanager
def writing(folder: str | Path, sites: Sites) -> Iterator[Writer]:
    """Yield a Writer of instances.tsv.gz, instances.bed.gz (if places are known) and the folder sites/ in `folder`."""
    folder = Path(folder)
    with ExitStack() as stack:
        table = stack.enter_context(_compressed(folder / "instances.tsv.gz"))
        known = sites.source.places() is not None
        bed = stack.enter_context(_compressed(folder / "instances.bed.gz")) if known else None
        alignments = stack.enter_context(replacing(folder / "sites"))
        alignments.mkdir()
        table.write("\t".join(COLUMNS) + "\n")
        yield Writer(sites, table, bed, alignments)


@contextmanager
def _compressed(path: Path) -> Iterator[IO[str]]:
    """A text file compressed with gzip; its bytes depend on the text only."""
    with replacing(path) as temporary, temporary.open("wb") as raw:
        packed = gzip.GzipFile(filename="", mode="wb", compresslevel=3, fileobj=raw, mtime=0)
        with packed, io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as text:
            yield text


class Writer:
    """Writes the sites of one filter after another; created by `writing`."""

    def __init__(self, sites: Sites, table: IO[str], bed: IO[str] | None, alignments: Path):
        self._sites, self._table, self._bed, self._alignments = sites, table, bed, alignments
        self._places = sites.source.places()
        self._aligned: dict[int, int] = {}

    def write(self, filter: int, found: np.ndarray, bases: np.ndarray) -> None:
        """Append sites of a filter (from 0).

        found : `scan.SITE` records (n,)
        bases : one-hot nibbles uint8 (n, width), as from `Sites.bases`

        In the table, `position` is the 0-based first base in the window, on the scanned strand; `start` and `end` are
        genome coordinates, 0-based and half-open as in BED, empty if the places of the windows are not known. The BED
        score is the activation in thousandths of the filter's highest. Sites that begin or end with an unknown base
        are not in the BED file, because they may extend beyond the end of the contig.
        """
        for block in blocks(len(found), CHUNK):
            table = self._frame(filter, found[block], bases[block])
            options = {"sep": "\t", "index": False, "header": False, "quoting": csv.QUOTE_NONE}
            table.to_csv(self._table, float_format="%.5g", **options)
            if self._bed:
                facts = {"name": filter_name(filter), "score": self._scores(filter, found[block])}
                bed = table.assign(**facts)[["contig", "start", "end", "name", "score", "strand"]]
                bed[bases[block][:, [0, -1]].all(axis=1)].to_csv(self._bed, **options)
            self._align(filter, table)

    def _frame(self, filter: int, found: np.ndarray, bases: np.ndarray) -> pd.DataFrame:
        source, width = self._sites.source, self._sites.width
        window, reverse = source.strands(found["sample"])
        position = found["position"]
        table = {"filter": filter + 1, "window": window, "strand": np.where(reverse, "-", "+")}
        table |= {"position": position, "contig": "", "start": "", "end": ""}
        if self._places:
            start = self._places[1][window] + np.where(reverse, source.length - position - width, position)
            table |= {"contig": self._places[0][window], "start": start, "end": start + width}
        letters = np.ascontiguousarray(onehot.LETTERS[bases])
        table |= {"activation": found["activation"], "sequence": letters.view(f"U{width}")[:, 0]}
        return pd.DataFrame(table, columns=COLUMNS)

    def _scores(self, filter: int, found: np.ndarray) -> np.ndarray:
        return np.rint(1000 * found["activation"] / self._sites.highest[filter]).astype(int)

    def _align(self, filter: int, table: pd.DataFrame) -> None:
        """Append to the filter's alignment, up to `MOST_ALIGNED` sites."""
        done = self._aligned.get(filter, 0)
        table = table[: MOST_ALIGNED - done]
        if table.empty:
            return
        self._aligned[filter] = done + len(table)
        place = table["contig"] + ":" + table["start"].astype(str) + "-" + table["end"].astype(str)
        if not self._places:
            place = "window_" + table["window"].astype(str) + ":" + table["position"].astype(str)
        lines = ">" + place + "(" + table["strand"] + ")\n" + table["sequence"] + "\n"
        with (self._alignments / f"{filter_name(filter)}.fa").open("a", encoding="utf-8") as file:
            file.writelines(lines)
