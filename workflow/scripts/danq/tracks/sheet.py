"""The peak files of a sheet of targets."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..data.peaks import Peaks, read_peaks
from ..data.targets import min_signals_of, read_sheet, targets_of
from ..fetch import local_path


class PeakFile(NamedTuple):
    """A peak file, its signal threshold, and the table of other names of its contigs."""

    path: str
    min_signal: float | None = None
    aliases: str | None = None

    def read(self, contigs: dict[str, int]) -> Peaks:
        """The peaks on a genome's contigs (name to length in bp)."""
        return read_peaks(self.path, contigs, self.min_signal, self.aliases)


def peaks_of(
    sheet: str | Path | None,
    folder: str,
    downloads: str,
    min_signal: float | None = None,
    aliases: str | None = None,
) -> dict[str, PeakFile]:
    """The title of each target to its peak file; empty if there is no sheet.

    folder : where relative paths of peak files start
    downloads : folder of the peak files that are given by address
    min_signal : threshold of the rows without their own
    aliases : table of other names of contigs
    """
    if not sheet:
        return {}
    rows = read_sheet(sheet)
    pairs = zip(rows["peaks"], min_signals_of(rows, min_signal), strict=True)
    files = (PeakFile(local_path(path, folder, downloads), least, aliases) for path, least in pairs)
    return dict(zip((target.title for target in targets_of(rows)), files, strict=True))
