"""What is known of one region: predictions of tracks, peaks and variants, to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.contig_names import genome_name
from ..data.regions import Region, named_regions
from ..errors import UserError
from ..files import opened
from .reader import Line, Tracks
from .sheet import PeakFile


@dataclass
class Panel:
    """One target in a region.

    title, assay : of the target
    lines : of each model, the edges of steps int64 (n + 1,) in bp and their values float64 (n,), NaN where there is no
        prediction
    peaks : starts and ends int64 (n, 2) in bp, cut at the ends of the region; None if they are not known
    """

    title: str
    assay: str
    lines: dict[str, Line]
    peaks: np.ndarray | None = None


def read_panels(
    tracks: Tracks, region: Region, wanted: Sequence[str] = (), peaks: Mapping[str, PeakFile] | None = None
) -> list[Panel]:
    """A panel for each target.

    wanted : titles, numbers or assays of targets; empty for all
    peaks : title of each target to its peak file
    """
    panels = []
    for target in tracks.choose(wanted):
        lines = {model: tracks.line(target, model, region) for model in target.files}
        panel = Panel(target.title, target.assay, lines)
        if peaks and panel.title in peaks:
            panel.peaks = _inside(peaks[panel.title], tracks.contigs, region)
        panels.append(panel)
    return panels


def region_of(tracks: Tracks, text: str) -> Region:
    """The region of a text such as `chr8:1001-2000`; one that is not on the genome is a UserError."""
    return named_regions([text], tracks.contigs)[0]


def _inside(file: PeakFile, contigs: dict[str, int], region: Region) -> np.ndarray:
    """The peaks of a file in a region, int64 (n, 2)."""
    peaks = file.read(contigs)
    ends = np.clip(np.stack([peaks.start, peaks.end], axis=1), region.start, region.end)
    return ends[(peaks.contig == list(contigs).index(region.contig)) & (ends[:, 0] < ends[:, 1])]


def read_positions(path: str | Path, contigs: Mapping[str, int], region: Region) -> np.ndarray:
    """The 0-based positions int64 (n,) of the variants of a file that lie in a region.

    The first two columns, separated by tabs, are contig and 1-based position, as in a VCF file. Lines that begin with
    `#`, and a heading, are skipped; any other line without a position is a UserError.
    """
    found = []
    with opened(path, "list of variants") as file:
        lines = (line.decode("utf-8", "replace").rstrip("\r\n") for line in file)
        rows = [(number, line.split("\t")) for number, line in enumerate(lines, 1) if line and line[0] != "#"]
    for row, (number, fields) in enumerate(rows):
        if len(fields) > 1 and fields[1].isascii() and fields[1].isdigit():
            if genome_name(fields[0], contigs) == region.contig:
                found.append(int(fields[1]) - 1)
        elif row > 0 or len(fields) < 2:
            raise UserError(f"{path}, line {number}: needs a contig and a position, separated by a tab")
    positions = np.array(found, np.int64)
    return positions[(positions >= region.start) & (positions < region.end)]
