"""Find the hits of motifs in the contributions to several targets, and write them as tables and BED."""

from __future__ import annotations

import csv
import gzip
import io
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..data import onehot
from ..data.targets import Target
from ..files import replacing
from ..motifs.known import Known
from ..motifs.matches import Matcher
from .carried import Sums
from .hit_tables import CARRIED, HITS, MATCHES, NEIGHBOURS, SPACINGS
from .hits import HIT, Noise, supported
from .neighbours import neighbours
from .stretches import label

log = logging.getLogger(__name__)
FILES = ("hits.tsv.gz", "hits.bed.gz", "carried.tsv", "matches.tsv", "pairs.tsv", "spacings.tsv")
BED = ["contig", "start", "end", "name", "score", "strand"]


@dataclass(frozen=True)
class Given:
    """Contributions to one target.

    blocks : gives them from the first window on, whenever it is called: one-hot uint8 (n, L, 4), and the contributions
        of the bases float32 (n, L)
    windows, length : number of windows, and their length in bp
    places : contigs and 0-based starts of the windows, if known
    """

    target: Target
    blocks: Callable[[], Iterator[tuple[np.ndarray, np.ndarray]]]
    windows: int
    length: int
    places: tuple[np.ndarray, np.ndarray] | None


@dataclass(frozen=True)
class Choice:
    """What counts as a hit: the largest p-value of a match, and the share of random sums that contribute as much."""

    pvalue: float = 1e-4
    alpha: float = 0.05


def find_hits(given: Sequence[Given], motifs: Sequence[Known], folder: str | Path, choice: Choice) -> None:
    """Write `FILES` to a folder, the BED file only if the places of the windows are known."""
    folder = Path(folder)
    carried, counts, pairs, spacings = ([] for _ in range(4))
    with Hits(folder, motifs, any(one.places is not None for one in given)) as written:
        for one in given:
            found, sums, fates = _of_target(one, motifs, choice, written)
            carried.append(sums.table())
            counts.append([one.target.index, one.target.title, one.windows, *fates])
            for tables, table in zip(
                (pairs, spacings),
                neighbours(found, one.target, motifs, one.windows, one.length, one.places),
                strict=True,
            ):
                tables.append(table)
            log.info("%s: %d hits, %d matches without contributions, %d overlapping", one.target.title, *fates)
    CARRIED.write(pd.concat(carried, ignore_index=True), folder / "carried.tsv")
    MATCHES.write(pd.DataFrame(counts, columns=list(MATCHES.columns)), folder / "matches.tsv")
    NEIGHBOURS.write(pd.concat(pairs, ignore_index=True), folder / "pairs.tsv")
    SPACINGS.write(pd.concat(spacings, ignore_index=True), folder / "spacings.tsv")


def _of_target(
    given: Given, motifs: Sequence[Known], choice: Choice, written: Hits
) -> tuple[np.ndarray, Sums, np.ndarray]:
    """All hits of a target, `HIT` records by window of the target, what they carry, and what became of the matches."""
    bases = np.zeros(4)
    noise = Noise([len(one.motif.probabilities) for one in motifs], given.windows)
    for tensor, contributions in given.blocks():
        bases += tensor.sum(axis=(0, 1))
        noise.add(contributions)
    matcher = Matcher([one.motif for one in motifs], choice.pvalue, (bases + 1) / (bases + 1).sum())
    limits, sums = noise.limits(choice.alpha), Sums(given.target, motifs)
    parts, fates, begin = [np.empty(0, HIT)], np.zeros(3, np.int64), 0
    for tensor, contributions in given.blocks():
        found, counts = supported(matcher.find(tensor), contributions, matcher.widths, limits)
        sums.add(found, contributions)
        written.append(given, found, tensor, begin)
        found["window"] += begin
        parts.append(found)
        fates += counts
        begin += len(tensor)
    return np.concatenate(parts), sums, fates


class Hits:
    """Appends hits to hits.tsv.gz and, if the places are known, collects hits.bed.gz; a context manager."""

    def __init__(self, folder: Path, motifs: Sequence[Known], places: bool):
        self._folder, self._motifs = folder, motifs
        self._bed: list[pd.DataFrame] | None = [] if places else None
        self._stack = ExitStack()

    def __enter__(self) -> Hits:
        path = self._stack.enter_context(replacing(self._folder / "hits.tsv.gz"))
        raw = self._stack.enter_context(path.open("wb"))
        packed = self._stack.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0))
        self._table = self._stack.enter_context(io.TextIOWrapper(packed, encoding="utf-8", newline="\n"))
        self._table.write("\t".join(HITS.columns) + "\n")
        return self

    def __exit__(self, *error) -> None:
        self._stack.__exit__(*error)
        if error[0] is None and self._bed is not None:
            self._write_bed()

    def append(self, given: Given, found: np.ndarray, tensor: np.ndarray, begin: int) -> None:
        """Add hits of a target.

        found : `HIT` records of the windows of `tensor`, one-hot uint8 (n, L, 4)
        begin : number of the first of these windows, among those of the target
        """
        if not len(found):
            return
        widths = np.array([len(one.motif.probabilities) for one in self._motifs])[found["motif"]]
        table = pd.DataFrame({name: found[name] for name in ("position", "score", "pvalue", "contribution", "carried")})
        window = begin + found["window"]
        table["index"], table["target"], table["window"] = given.target.index, given.target.title, window
        table["motif"] = [self._motifs[i].motif.name for i in found["motif"]]
        table["name"] = [self._motifs[i].name for i in found["motif"]]
        table["strand"] = np.where(found["reverse"], "-", "+")
        texts = onehot.text(onehot.pack(tensor), tensor.shape[1])
        places = zip(found["window"], found["position"], widths, found["reverse"], strict=True)
        table["sequence"] = [_oriented(texts[i][begin : begin + width], turned) for i, begin, width, turned in places]
        table["contig"], table["start"], table["end"] = "", pd.NA, pd.NA
        if given.places is not None:
            start = np.asarray(given.places[1])[window] + found["position"]
            table["contig"], table["start"], table["end"] = given.places[0][window], start, start + widths
        options = {"sep": "\t", "index": False, "header": False, "quoting": csv.QUOTE_NONE, "na_rep": "NA"}
        table[list(HITS.columns)].to_csv(self._table, float_format=f"%.{HITS.digits}g", **options)
        if self._bed is not None and given.places is not None:
            table["label"] = [label(name, given.target) for name in table["name"]]
            self._bed.append(table[["contig", "start", "end", "label", "strand", "contribution"]])

    def _write_bed(self) -> None:
        """One line for each place, motif and target; the score is the mean |contribution|, 1000 for the largest."""
        columns = ["contig", "start", "end", "label", "strand"]
        table = pd.concat([pd.DataFrame(columns=[*columns, "contribution"]), *self._bed], ignore_index=True)
        table["contribution"] = table["contribution"].astype(float).abs()
        table = table.groupby(columns, as_index=False, sort=True)["contribution"].mean()
        highest = table.groupby("label")["contribution"].transform("max")
        table = table.assign(score=np.rint(1000 * table["contribution"] / highest).astype(int), name=table["label"])
        with (
            replacing(self._folder / "hits.bed.gz") as path,
            path.open("wb") as raw,
            gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file,
        ):
            file.write(table[BED].to_csv(sep="\t", index=False, header=False, quoting=csv.QUOTE_NONE).encode())


def _oriented(text: str, reverse: bool) -> str:
    return text[::-1].translate(str.maketrans("ACGT", "TGCA")) if reverse else text
