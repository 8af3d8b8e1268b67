"""Find the motifs of a model's filters, and write them with their sites."""

from __future__ import annotations

import logging
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from ..data.sources import Source
from . import activations, matrices, scan, site_files
from .meme import Motif, filter_name, write_counts, write_meme

log = logging.getLogger(__name__)


def find_motifs(
    model: keras.Model,
    source: Source,
    samples: np.ndarray,
    folder: str | Path,
    options: matrices.MotifOptions,
    places: str = "best",
    threshold: float = 0.5,
) -> pd.DataFrame:
    """Scan sequences and make a motif of each filter's sites; returns the table `matrices.FILTERS`.

    Writes filters.tsv, motifs.meme, counts.jaspar, activations.h5 and the files of `site_files.writing` to `folder`.

    samples : sequences to scan, as from `scan.chosen_samples`
    places, threshold : which sites to take, as in `scan.scanned`
    """
    folder = Path(folder)
    rows: list[dict] = []
    motifs: list[Motif] = []
    counts: dict[str, np.ndarray] = {}
    with (
        scan.scanned(model, source, samples, places, threshold, folder) as sites,
        site_files.writing(folder, sites) as writer,
    ):
        for filter in range(sites.n_filters):
            stack = _written(filter, sites, writer)
            motif, row = matrices.make_motif(filter, stack, options, int(sites.merged[filter]))
            rows.append(row)
            if motif:
                motifs.append(motif)
                counts[filter_name(filter)] = stack.counts
    table = matrices.table_of(rows)
    total, merged = (f"{table[column].sum():,}" for column in ("sites", "merged"))
    log.info("%d of %d filters have a motif, %s sites", len(motifs), len(table), total)
    log.info("%s more sites are at the same places in overlapping windows, and were merged with these", merged)
    matrices.FILTERS.write(table, folder / "filters.tsv")
    write_counts(folder / "counts.jaspar", counts)
    activations.write(folder / "activations.h5", scan.best_activations(model, source, samples))
    write_meme(folder / "motifs.meme", motifs)
    return table


def _written(filter: int, sites: scan.Sites, writer: site_files.Writer) -> matrices.Stack:
    """Write the sites of a filter (from 0), and count them."""
    stack = matrices.Stack(sites.width)
    for found in sites.of(filter):
        bases = sites.bases(found)
        stack.add(bases, found["activation"])
        writer.write(filter, found, bases)
    return stack
