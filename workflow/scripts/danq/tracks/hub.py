"""A track hub: peaks and predictions side by side in a genome browser.

Format: https://genome.ucsc.edu/goldenPath/help/hgTrackHubHelp.html (Raney et al. 2014, Bioinformatics 30:1003). The
folder is complete in itself: upload it to a web server and give the browser the address of its `hub.txt`.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pybigtools

from ..errors import UserError
from ..file_names import file_names
from ..files import replacing
from .contribution_table import CONTRIBUTIONS
from .reader import TargetTracks, Tracks, opened_track
from .sheet import PeakFile

log = logging.getLogger(__name__)
COLOURS = ("0,114,178", "213,94,0", "0,158,115", "204,121,167", "230,159,0", "86,180,233")
SHORT, LONG = 17, 76  # characters of labels that the browser shows
Stanza = dict[str, str]


def write_hub(
    folder: str | Path,
    models: Mapping[str, str | Path],
    assembly: str,
    name: str,
    email: str,
    peaks: Mapping[str, PeakFile] | None = None,
    contributions: Mapping[str, str | Path] | None = None,
) -> None:
    """Write a hub into a new folder; an old folder is replaced.

    models : name of each model to the folder of its tracks
    assembly : the browser's name of the genome, such as hg38
    name : of the hub
    email : address of its maintainer, which browsers require
    peaks : title of each target to its peak file; targets without one have predictions only
    contributions : folders of `danq.explain.contribution_tracks`, by a name such as "danq gradient"; those of targets
        that have no predictions are left out, which is logged

    The tracks of all models must have the same contigs; a missing or damaged file is a UserError.
    """
    tracks, folders = Tracks(models), dict(zip(models, file_names(models), strict=True))
    explained = [_Contributions(*one, tracks) for one in (contributions or {}).items()]
    with replacing(folder) as hub:
        data = hub / assembly
        data.mkdir(parents=True)
        stanzas = []
        stems = file_names(target.title for target in tracks.targets)
        for number, (target, stem) in enumerate(zip(tracks.targets, stems, strict=True), 1):
            stanzas.append(_target(number, target))
            if peaks and target.title in peaks:
                stanzas.append(_peaks(number, target, f"{stem}.peaks.bb"))
                write_big_bed(data / stanzas[-1]["bigDataUrl"], peaks[target.title], tracks.contigs)
            for rank, model in enumerate(tracks.models):
                if model in target.files:
                    stanzas.append(_predictions(number, target, rank, model, f"{folders[model]}/{stem}.bw"))
                    place = data / stanzas[-1]["bigDataUrl"]
                    place.parent.mkdir(exist_ok=True)
                    shutil.copyfile(target.files[model], place)
            for rank, one in enumerate(explained):
                if target.title in one.rows:
                    stanzas.append(_bases(number, target, rank, one, f"contributions_{rank + 1}/{stem}.bw"))
                    place = data / stanzas[-1]["bigDataUrl"]
                    place.parent.mkdir(exist_ok=True)
                    shutil.copyfile(one.file(target.title), place)
        labels = {"shortLabel": name[:SHORT], "longLabel": f"{name}: peaks and predictions"[:LONG]}
        _write(hub / "hub.txt", [{"hub": _word(name), **labels, "genomesFile": "genomes.txt", "email": email}])
        _write(hub / "genomes.txt", [{"genome": assembly, "trackDb": f"{assembly}/trackDb.txt"}])
        _write(data / "trackDb.txt", stanzas)


class _Contributions:
    """The tracks of contributions in a folder, by one model and method.

    rows : the row of `CONTRIBUTIONS` of each target with predictions and contributions, by its title
    """

    def __init__(self, name: str, folder: str | Path, tracks: Tracks):
        self.name, self._folder = name, Path(folder)
        table = CONTRIBUTIONS.read(self._folder / "tracks.tsv")
        rows = {row["target"]: row for row in table.to_dict("records") if row["bases"]}
        self.rows = {target.title: rows[target.title] for target in tracks.targets if target.title in rows}
        if len(self.rows) < len(table):
            text = "%s: %d of %d targets have contributions and predictions; the others are left out of the hub"
            log.info(text, folder, len(self.rows), len(table))
        for path in map(self.file, self.rows):
            with opened_track(path) as file:
                contigs = file.chroms()
            if contigs != tracks.contigs:
                raise UserError(f"{path}: has other contigs than the other tracks; use tracks of one genome")

    def file(self, title: str) -> Path:
        return self._folder / self.rows[title]["file"]


def write_big_bed(path: Path, peaks: PeakFile, contigs: dict[str, int]) -> None:
    """Write the peaks of a file as a bigBed of three columns, sorted."""
    found = peaks.read(contigs)
    order = np.lexsort((found.end, found.start, found.contig))
    names = list(contigs)
    rows = zip(found.contig[order].tolist(), found.start[order].tolist(), found.end[order].tolist(), strict=True)
    pybigtools.open(str(path), "w").write(contigs, ((names[contig], start, end, "") for contig, start, end in rows))


def _target(number: int, target: TargetTracks) -> Stanza:
    labels = {"shortLabel": target.title[:SHORT], "longLabel": f"{target.title} ({target.assay})"[:LONG]}
    return {"track": f"target{number}", "superTrack": "on show", **labels}


def _peaks(number: int, target: TargetTracks, file: str) -> Stanza:
    return {
        "track": f"target{number}_peaks",
        "parent": f"target{number}",
        "shortLabel": f"{target.title[: SHORT - 6]} peaks",
        "longLabel": f"{target.title[: LONG - 6]} peaks",
        "bigDataUrl": file,
        "type": "bigBed 3",
        "visibility": "dense",
        "priority": "1",
    }


def _predictions(number: int, target: TargetTracks, rank: int, model: str, file: str) -> Stanza:
    return {
        "track": f"target{number}_model{rank + 1}",
        "parent": f"target{number}",
        "shortLabel": f"{target.title[: SHORT // 2]} {model}"[:SHORT],
        "longLabel": f"{target.title}, predicted by {model}"[:LONG],
        "bigDataUrl": file,
        "type": "bigWig 0 1",
        "autoScale": "off",
        "viewLimits": "0:1",
        "maxHeightPixels": "128:40:8",
        "visibility": "full",
        "color": COLOURS[rank % len(COLOURS)],
        "priority": str(rank + 2),
    }


def _bases(number: int, target: TargetTracks, rank: int, one: _Contributions, file: str) -> Stanza:
    row = one.rows[target.title]
    return {
        "track": f"target{number}_contributions{rank + 1}",
        "parent": f"target{number}",
        "shortLabel": f"{target.title[: SHORT // 2]} bases"[:SHORT],
        "longLabel": f"{target.title}, contributions of bases, {one.name}"[:LONG],
        "bigDataUrl": file,
        "type": f"bigWig {row['lowest']:.6g} {row['highest']:.6g}",
        "autoScale": "on",
        "alwaysZero": "on",
        "maxHeightPixels": "128:40:8",
        "visibility": "full",
        "color": COLOURS[rank % len(COLOURS)],
        "priority": str(100 + rank),
    }


def _word(name: str) -> str:
    """A name as one word of ASCII letters, digits and _."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)


def _write(path: Path, stanzas: list[Stanza]) -> None:
    """Write stanzas, with an empty line between two."""
    texts = ["".join(f"{key} {value}\n" for key, value in stanza.items()) for stanza in stanzas]
    path.write_text("\n".join(texts), encoding="utf-8")
