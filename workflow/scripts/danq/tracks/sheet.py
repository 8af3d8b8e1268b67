"""The peak files of a sheet of targets."""

from __future__ import annotations

from pathlib import Path

from ..data.targets import read_sheet, targets_of
from ..fetch import local_path


def peaks_of(sheet: str | Path | None, folder: str, downloads: str) -> dict[str, str]:
    """The title of each target to its peak file; empty if there is no sheet.

    folder : where relative paths of peak files start
    downloads : folder of the peak files that are given by address
    """
    if not sheet:
        return {}
    rows = read_sheet(sheet)
    files = (local_path(path, folder, downloads) for path in rows["peaks"])
    return dict(zip((target.title for target in targets_of(rows)), files, strict=True))
