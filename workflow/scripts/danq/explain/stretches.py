"""Parts of explained windows to look at: the contributions of their bases, and marked places such as peaks."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..data.contig_names import genome_name
from ..data.regions import Region, parse_region, read_bed
from ..data.targets import Target
from ..errors import UserError
from .attributions import Attributions

log = logging.getLogger(__name__)
ENDLESS = 1 << 40  # bp; files of attributions do not have the lengths of contigs


class _Endless(dict):
    """Contigs of any name and endless length: a file of attributions knows no contigs but those of its windows."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> int:
        return ENDLESS


@dataclass(frozen=True)
class Stretch:
    """Neighbouring bases of one explained window.

    title : target, place and prediction
    method : of attribution
    contributions : float32 (n, 4); letters that the sequence does not have are 0
    first : number of the first base on the contig or in the window, from 1
    place : contig or name of the window
    marks : for each kind of marked places, start, end (columns, half-open) and name of those in the stretch
    """

    title: str
    method: str
    contributions: np.ndarray
    first: int
    place: str
    marks: Mapping[str, Sequence[tuple[int, int, str]]] = field(default_factory=dict)


def read_marks(paths: Mapping[str, str | Path], found: Attributions) -> dict[str, list[Region]]:
    """The regions of BED files (also peak files) in a file's windows, by a name for each BED file.

    Windows without places are a UserError.
    """
    return {name: marks_in(regions, path, found) for name, (path, regions) in read_regions(paths).items()}


def read_regions(paths: Mapping[str, str | Path]) -> dict[str, tuple[str | Path, list[Region]]]:
    """All regions of BED files with the path of each, by its name."""
    return {name: (path, read_bed(path, _Endless())[0]) for name, path in paths.items()}


def marks_in(every: Sequence[Region], path: str | Path, found: Attributions) -> list[Region]:
    """Those regions of a BED file that overlap a window of a file of attributions."""
    if not found.contigs:
        raise UserError(f"{found.path}: its windows have no places on a genome, so nothing can be marked in them")
    contigs, starts = found.places()
    sorted_starts = {name: np.sort(starts[contigs == name]) for name in found.contigs}
    names = {name: genome_name(name, found.contigs) for name in {one.contig for one in every}}
    kept, inside = 0, []
    for one in every:
        name = names[one.contig]
        if name is not None:
            kept += 1
            first = np.searchsorted(sorted_starts[name], one.start - found.length, side="right")
            if first < len(sorted_starts[name]) and sorted_starts[name][first] < one.end:
                inside.append(one._replace(contig=name))
    text = "%s: %s of %s regions are on the contigs of the windows, %s in a window"
    (log.info if inside else log.warning)(text, path, *(f"{n:,}" for n in (kept, len(every), len(inside))))
    return inside


def hits_of(regions: Sequence[Region], target: Target) -> list[Region]:
    """The hits in the contributions to a target, of a hits.bed.gz of all targets; their names are the motifs'."""
    end = label("", target)
    return [one._replace(name=one.name.removesuffix(end)) for one in regions if one.name.endswith(end)]


def label(motif: str, target: Target) -> str:
    """The name of a hit in hits.bed.gz, without spaces: `CTCF/K562_CTCF`."""
    return "_".join(f"{motif}/{target.title}".split())


def of_window(
    found: Attributions, target: Target, number: int, marks: Mapping[str, Sequence[Region]], around: int | None = None
) -> Stretch:
    """A window of a target, or `around` bases on each side of its largest contribution.

    number : from 1, the window with the highest prediction; another one than the target has is a UserError
    """
    n = len(found.windows(target))
    if not 1 <= number <= n:
        raise UserError(f"{found.path}: {target.title} has {n} explained windows; window {number} is none of them")
    chosen = int(found.ranked(target)[number - 1])
    begin, end = 0, found.length
    if around is not None:
        middle = int(np.abs(found.of(target, [chosen])[2][0].sum(axis=1)).argmax())
        begin, end = max(0, middle - around), min(found.length, middle + around + 1)
    return _stretch(found, target, chosen, begin, end, marks)


def of_region(found: Attributions, target: Target, text: str, marks: Mapping[str, Sequence[Region]]) -> Stretch:
    """A region such as `chr8:1001-1100`, in the window whose middle is nearest to the region's.

    A region that lies in no window of the target is a UserError.
    """
    if not found.contigs:
        raise UserError(f"{found.path}: its windows have no places on a genome; choose a window by number")
    rank, start, end = parse_region(text, dict.fromkeys(found.contigs, ENDLESS))
    contigs, starts = (values[found.windows(target)] for values in found.places())
    inside = (contigs == found.contigs[rank]) & (starts <= start) & (starts + found.length >= end)
    if not inside.any():
        raise UserError(f"{text}: lies in no window of {found.path} that is explained for {target.title}")
    distance = np.where(inside, np.abs(2 * starts + found.length - start - end), ENDLESS)
    chosen = int(distance.argmin())
    return _stretch(found, target, chosen, start - int(starts[chosen]), end - int(starts[chosen]), marks)


def _stretch(found: Attributions, target: Target, chosen: int, begin: int, end: int, marks) -> Stretch:
    contributions = found.of(target, [chosen])[2][0, begin:end]
    row = int(found.windows(target)[chosen])
    title = f"{target.title}: predicted {found.predictions(target)[chosen]:.3f}"
    if found.contigs:
        contigs, starts = found.places()
        place, first = str(contigs[row]), int(starts[row]) + begin
        title = f"{title}   {place}:{first + 1:,}-{first + end - begin:,}"
    else:
        place, first = found.names[row] if found.names else f"window {int(found.rows[row]) + 1}", begin
        title = f"{title}   {place}"
    places = {name: within(regions, place, first, end - begin) for name, regions in marks.items()}
    return Stretch(title, found.facts.method, contributions, first + 1, place, places)


def within(regions: Sequence[Region], contig: str, first: int, n: int) -> list[tuple[int, int, str]]:
    """Those regions that overlap n bases from `first`, in columns, cut at the ends; a name of "." is none."""
    return [
        (max(0, one.start - first), min(n, one.end - first), "" if one.name == "." else one.name)
        for one in regions
        if one.contig == contig and one.start < first + n and one.end > first
    ]
