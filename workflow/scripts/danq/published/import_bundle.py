"""Imports the .mat bundle as packed windows.

One strand is kept if the other half of the file is its reverse complement.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from ..data import onehot
from ..data.scarcity import findings
from ..data.targets import Target
from ..data.windows import Windows, blocks, writing
from ..errors import UserError
from ..files import existing
from .bundle import ALPHABET, Bundle
from .target_list import numbered_targets, read_targets

log = logging.getLogger(__name__)
FORWARD, BOTH = "the forward half", "both halves"
SAMPLED = 200_000  # bp in which CpG is counted


class _NotMirroredError(Exception):
    """The second half of a file is not the reverse complement of the first."""


def stamp(path: str | Path) -> dict:
    """Name, size and time of a .mat file, to recognise whether windows were packed from it."""
    facts = existing(path, ".mat file").stat()
    return {"file": Path(path).name, "size": facts.st_size, "time": facts.st_mtime_ns}


def import_split(
    path: str | Path,
    split: str,
    output: str | Path,
    *,
    alphabet: str = ALPHABET,
    names: str | Path | None = None,
    assembly: str = "",
) -> Windows:
    """Write the windows file `output` from one .mat file, and return it opened.

    names : list of the targets (see `target_list.read_targets`); None numbers them

    Raises UserError if the file is damaged or does not have the targets of the list.
    """
    with Bundle(path, split, alphabet) as bundle:
        targets = read_targets(names) if names else numbered_targets(bundle.n_targets)
        if len(targets) != bundle.n_targets:
            raise UserError(
                f"{names} lists {len(targets)} targets, {path} has {bundle.n_targets}; use the list of this file"
            )
        how = {"alphabet": alphabet, "names": Path(names).name if names else None, "samples": bundle.n}
        made_by = {"split": split, "bundle": stamp(path) | how}
        kept = _write_what_is_needed(bundle, output, targets, assembly, made_by)
    if kept == FORWARD:
        log.info("%s: the second half of its %s samples is the reverse complement of the first; the first is kept",
                 path, f"{bundle.n:,}")  # fmt: skip
    else:
        log.warning("%s: the second half of its %s samples is not the reverse complement of the first; both are kept",
                    path, f"{bundle.n:,}")  # fmt: skip
    return Windows(output)


def _write_what_is_needed(bundle: Bundle, output, targets: Sequence[Target], assembly: str, made_by: dict) -> str:
    """Write one half if the other is its reverse complement, else both; return what was written."""
    if bundle.n % 2 == 0:
        try:
            _write(bundle, bundle.n // 2, output, targets, assembly, made_by, FORWARD)
            return FORWARD
        except _NotMirroredError:
            pass
    _write(bundle, bundle.n, output, targets, assembly, made_by, BOTH)
    return BOTH


def _write(bundle: Bundle, n: int, output, targets: Sequence[Target], assembly: str, made_by: dict, kept: str) -> None:
    made_by = {**made_by, "bundle": {**made_by["bundle"], "kept": kept}}
    with (
        writing(output, n, bundle.length, targets, assembly=assembly, made_by=made_by) as writer,
        tqdm(desc=f"packing {bundle.path.name}", total=n, unit=" windows", unit_scale=True, disable=None) as progress,
    ):
        for block in blocks(n, bundle.block):
            sequence, labels = bundle.samples(block)
            if kept == FORWARD:
                opposite, same_labels = bundle.samples(slice(block.start + n, block.stop + n))
                mirrored = np.array_equal(onehot.reverse_complement(sequence, bundle.length), opposite)
                if not (mirrored and np.array_equal(labels, same_labels)):
                    raise _NotMirroredError
            if block.start == 0:
                _warn_about_channels(bundle, sequence[: -(-SAMPLED // bundle.length)])
            writer.append(sequence, labels)
            progress.update(block.stop - block.start)


def _warn_about_channels(bundle: Bundle, sequence: np.ndarray) -> None:
    """Warn if GpC is rare and CpG is not. In vertebrates it is the reverse, so C and G are probably swapped."""
    codes = onehot.unpack(sequence, bundle.length)
    c, g = codes[:, :, 1].astype(bool), codes[:, :, 2].astype(bool)
    expected = max(c.mean() * g.mean(), 1e-9)
    cpg, gpc = ((first[:, :-1] & second[:, 1:]).mean() / expected for first, second in ((c, g), (g, c)))
    if gpc < 0.5 and cpg > 1.5 * gpc:
        log.warning(
            "%s: CpG is %.2f times as frequent as by chance, GpC %.2f times; in a vertebrate genome GpC is the more "
            "frequent one, so the channels may be in another order (--alphabet)", bundle.path, cpg, gpc
        )  # fmt: skip


def targets_table(windows: dict[str, Windows]) -> pd.DataFrame:
    """Table with one row per target and split: windows, positives and prevalence. What is too little is logged."""
    tables = []
    for split, part in windows.items():
        table = pd.DataFrame([vars(target) for target in part.targets])
        positives = part.positives()
        tables.append(
            table.assign(split=split, windows=len(part), positives=positives, prevalence=positives / len(part))
        )
    table = pd.concat(tables, ignore_index=True)
    for sentence in findings(table):
        log.warning("%s", sentence)
    return table
