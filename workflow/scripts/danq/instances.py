"""The sites of filters as files: a table, BED, and an alignment per filter."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

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
        table = stack.enter_context(_compressed(folder / "instances.tsv.gz"))
        known = sites.windows.places() is not None
        bed = stack.enter_context(_compressed(folder / "instances.bed.gz")) if known else None
        alignments = stack.enter_context(replacing(folder / "sites"))
        alignments.mkdir()
        table.write("\t".join(COLUMNS) + "\n")
        yield Writer(sites, table, bed, alignments)


@contextmanager
def _compressed(path: Path) -> Iterator[IO[str]]:
    """A gzip file to write text into; the same text makes the same bytes."""
    with replacing(path) as temporary, temporary.open("wb") as raw:
        packed = gzip.GzipFile(filename="", mode="wb", compresslevel=3, fileobj=raw, mtime=0)
        with packed, io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as text:
            yield text


class Writer:
    """Writes one filter's sites after the other; made by `writing`."""

    def __init__(self, sites: Sites, table: IO[str], bed: IO[str] | None, alignments: Path):
        self._sites, self._table, self._bed, self._alignments = sites, table, bed, alignments
        self._places = sites.windows.places()
        self._aligned: dict[int, int] = {}

    def write(self, filter: int, found: np.ndarray, bases: np.ndarray) -> None:
        """Append some sites of a filter (from 0): records `scan.SITE` and their bases.

        `position` is 0-based on the strand that was read; `start` and `end` are genome coordinates,
        0-based and half-open as in BED, empty when the windows' places are not known. A site's score
        in the BED file is its activation in thousandths of the filter's highest; a site that begins or ends with an
        unknown base is not in that file, for it may hang over its contig's end.
        """
        for block in blocks(len(found), CHUNK):
            table = self._frame(filter, found[block], bases[block])
            options = {"sep": "\t", "index": False, "header": False}
            table.to_csv(self._table, float_format="%.5g", **options)
            if self._bed:
                facts = {"name": filter_name(filter), "score": self._scores(filter, found[block])}
                bed = table.assign(**facts)[["contig", "start", "end", "name", "score", "strand"]]
                bed[bases[block][:, [0, -1]].all(axis=1)].to_csv(self._bed, **options)
            self._align(filter, table)

    def _frame(self, filter: int, found: np.ndarray, bases: np.ndarray) -> pd.DataFrame:
        windows, width = self._sites.windows, self._sites.width
        reverse = found["sample"] >= len(windows)
        window, position = found["sample"] - reverse * len(windows), found["position"]
        table = {"filter": filter + 1, "window": window, "strand": np.where(reverse, "-", "+")}
        table |= {"position": position, "contig": "", "start": "", "end": ""}
        if self._places:
            start = self._places[1][window] + np.where(reverse, windows.length - position - width, position)
            table |= {"contig": self._places[0][window], "start": start, "end": start + width}
        letters = np.ascontiguousarray(onehot.LETTERS[bases])
        table |= {"activation": found["activation"], "sequence": letters.view(f"U{width}")[:, 0]}
        return pd.DataFrame(table, columns=COLUMNS)

    def _scores(self, filter: int, found: np.ndarray) -> np.ndarray:
        return np.rint(1000 * found["activation"] / self._sites.highest[filter]).astype(int)

    def _align(self, filter: int, table: pd.DataFrame) -> None:
        """Append to the filter's alignment until it is long enough."""
        done = self._aligned.get(filter, 0)
        table = table[: MOST_ALIGNED - done]
        if table.empty:
            return
        self._aligned[filter] = done + len(table)
        place = table["contig"] + ":" + table["start"].astype(str) + "-" + table["end"].astype(str)
        if not self._places:
            place = "window_" + table["window"].astype(str) + ":" + table["position"].astype(str)
        lines = ">" + place + "(" + table["strand"] + ")\n" + table["sequence"] + "\n"
        with (self._alignments / f"{filter_name(filter)}.fa").open("a") as file:
            file.writelines(lines)
