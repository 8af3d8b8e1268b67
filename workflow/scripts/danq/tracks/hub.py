"""A track hub: peaks and predictions side by side in a genome browser.

Format: https://genome.ucsc.edu/goldenPath/help/hgTrackHubHelp.html (Raney et al. 2014, Bioinformatics 30:1003). The
folder is complete in itself: upload it to a web server and give the browser the address of its `hub.txt`.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pybigtools

from ..data.peaks import read_peaks
from ..file_names import file_names
from ..files import replacing
from .reader import Tracks

COLOURS = ("0,114,178", "213,94,0", "0,158,115", "204,121,167", "230,159,0", "86,180,233")
SHORT, LONG = 17, 76  # characters of labels that the browser shows
Stanza = dict[str, str]


def write_hub(
    folder: str | Path,
    models: Mapping[str, str | Path],
    assembly: str,
    name: str,
    email: str,
    peaks: Mapping[str, str | Path] | None = None,
) -> None:
    """Write a hub into a new folder; an old folder is replaced.

    models : name of each model to the folder of its tracks
    assembly : the browser's name of the genome, such as hg38
    name : of the hub
    email : address of its maintainer, which browsers require
    peaks : title of each target to the file with its peaks; targets without one have predictions only

    The tracks of all models must have the same contigs; a missing or damaged file is a UserError.
    """
    tracks, folders = Tracks(models), dict(zip(models, file_names(models), strict=True))
    with replacing(folder) as hub:
        data = hub / assembly
        data.mkdir(parents=True)
        stanzas = []
        for index, target in tracks.targets().iterrows():
            stanzas.append(_target(index, target))
            if peaks and target["target"] in peaks:
                file = f"{Path(target['file']).stem}.peaks.bb"
                write_big_bed(data / file, peaks[target["target"]], tracks.contigs)
                stanzas.append(_peaks(index, target, file))
            for number, (model, table) in enumerate(tracks.tables.items()):
                if (table["index"] == index).any():
                    stanzas.append(_predictions(index, target, number, model, folders[model]))
                    place = data / stanzas[-1]["bigDataUrl"]
                    place.parent.mkdir(exist_ok=True)
                    shutil.copyfile(tracks.path(model, target["file"]), place)
        labels = {"shortLabel": name[:SHORT], "longLabel": f"{name}: peaks and predictions"[:LONG]}
        _write(hub / "hub.txt", [{"hub": _word(name), **labels, "genomesFile": "genomes.txt", "email": email}])
        _write(hub / "genomes.txt", [{"genome": assembly, "trackDb": f"{assembly}/trackDb.txt"}])
        _write(data / "trackDb.txt", stanzas)


def write_big_bed(path: Path, peaks: str | Path, contigs: dict[str, int]) -> None:
    """Write the peaks of a file as a bigBed of three columns, sorted."""
    found = read_peaks(peaks, contigs)
    order = np.lexsort((found.end, found.start, found.contig))
    names = list(contigs)
    rows = zip(found.contig[order].tolist(), found.start[order].tolist(), found.end[order].tolist(), strict=True)
    pybigtools.open(str(path), "w").write(contigs, ((names[contig], start, end, "") for contig, start, end in rows))


def _target(index: int, target: pd.Series) -> Stanza:
    labels = {"shortLabel": target["target"][:SHORT], "longLabel": f"{target['target']} ({target['assay']})"[:LONG]}
    return {"track": f"target{index}", "superTrack": "on show", **labels}


def _peaks(index: int, target: pd.Series, file: str) -> Stanza:
    return {
        "track": f"target{index}_peaks",
        "parent": f"target{index}",
        "shortLabel": f"{target['target'][: SHORT - 6]} peaks",
        "longLabel": f"{target['target'][: LONG - 6]} peaks",
        "bigDataUrl": file,
        "type": "bigBed 3",
        "visibility": "dense",
        "priority": "1",
    }


def _predictions(index: int, target: pd.Series, number: int, model: str, folder: str) -> Stanza:
    short = f"{target['target'][: SHORT // 2]} {model}"
    return {
        "track": f"target{index}_model{number + 1}",
        "parent": f"target{index}",
        "shortLabel": short[:SHORT],
        "longLabel": f"{target['target']}, predicted by {model}"[:LONG],
        "bigDataUrl": f"{folder}/{target['file']}",
        "type": "bigWig 0 1",
        "autoScale": "off",
        "viewLimits": "0:1",
        "maxHeightPixels": "128:40:8",
        "visibility": "full",
        "color": COLOURS[number % len(COLOURS)],
        "priority": str(number + 2),
    }


def _word(name: str) -> str:
    """A name as one word of ASCII letters, digits and _."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)


def _write(path: Path, stanzas: list[Stanza]) -> None:
    """Write stanzas, with an empty line between two."""
    texts = ["".join(f"{key} {value}\n" for key, value in stanza.items()) for stanza in stanzas]
    path.write_text("\n".join(texts), encoding="utf-8")
