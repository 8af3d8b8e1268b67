"""Prepares packed windows from sequences with labels, as `danq.data.prepare` does from a genome and peaks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from ..data.composition_match import MaskedGenome
from ..data.contig_names import genome_name
from ..data.scarcity import findings
from ..data.split import BORDER, NOWHERE, SPLITS
from ..data.windows import blocks, writing
from ..errors import UserError
from ..files import temporary_folder
from . import account, negatives, parts
from .collection import Collection
from .groups import group as groups_of
from .negatives import Negatives
from .sequence_rule import GENOME, SHUFFLE, SequenceRule, name_of

log = logging.getLogger(__name__)
LARGE = 0.1  # share of the records that a group of near-duplicates may have without a warning
BLOCK = 1 << 14  # windows written at a time


def prepare_sequences(
    rule: SequenceRule, output: str | Path, *, genome: str | Path | None = None, assembly: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write train.h5, valid.h5 and test.h5 into `output`; return the table of targets and the account of records.

    genome : FASTA file to draw negatives from, if the rule does so

    The windows of a part are in random order, but near-duplicates, and a record and the negatives made for it, stand
    together: intervals leave out blocks of consecutive windows (`danq.evaluation.genome_blocks`). Places are stored if
    all windows have one. Raises UserError if a part has no window.
    """
    opened = MaskedGenome(genome, index_folder=output) if genome else None
    with temporary_folder(output, "records") as scratch:
        records = Collection(rule, scratch)
        if records.without_record:
            log.warning("%s: %s rows have the name of no record", rule.labels, f"{records.without_record:,}")
        group = groups_of(records.packed, records.length, rule.shared, output)
        part = _divided(records, group)
        _say_groups(records, group, part)
        made = _made(records, part, opened, scratch)
        table = _write(records, group, part, made, opened, Path(output), assembly)
        counted = _account(records, part, made)
    log.info("%s", account.sentence(counted))
    for sentence in findings(table):
        log.warning("%s", sentence)
    table = table.sort_values(["index", "split"], key=lambda c: c.map(SPLITS.index) if c.name == "split" else c)
    return table, counted


def _divided(records: Collection, group: np.ndarray) -> np.ndarray:
    """The part of each record, int8 (n,); -1 for those that are not used."""
    part = parts.assign(records, group)
    records.drop(part == NOWHERE, "in_no_split")
    records.drop(part == BORDER, "split_border")
    part[~records.used] = NOWHERE
    for code, name in enumerate(SPLITS):
        if not (part == code).any():
            raise UserError(
                f"labelled.split.{name}: no record is left in this part; choose others, or a larger fraction"
            )
    return part


def _say_groups(records: Collection, group: np.ndarray, part: np.ndarray) -> None:
    """Log how many near-duplicates there are, and how many are on both sides of a split that the user gave."""
    used = part >= 0
    size = np.bincount(group[used], minlength=len(group))
    k = records.rule.shared
    log.info("%s groups of sequences that share %d bp, the largest of %s sequences", f"{(size > 0).sum():,}", k,
             f"{size.max():,}")  # fmt: skip
    if size.max() > LARGE * used.sum():
        log.warning("one group of near-duplicates has %s of %s sequences: the splits may differ in kind; look at "
                    "repeats among them, or choose a larger labelled.split.shared", f"{size.max():,}",
                    f"{used.sum():,}")  # fmt: skip
    for code, name in ((0, "train"), (1, "valid")):
        later = np.unique(group[part > code])
        number = int(np.isin(group[part == code], later).sum())
        if number:
            log.warning("%s of %s %s sequences share %d bp or more with held-out ones, as the given split has it: "
                        "scores may be too high", f"{number:,}", f"{(part == code).sum():,}", name, k)  # fmt: skip


def _made(records: Collection, part: np.ndarray, genome: MaskedGenome | None, scratch: str) -> Negatives | None:
    """Negatives for the positives of the parts without a negative record."""
    rule, positive = records.rule, records.positive()
    lacking = [code for code in range(len(SPLITS)) if positive[part == code].all()]
    rows = np.flatnonzero(positive & np.isin(part, lacking))
    if rule.negatives is None or not len(rows):
        if len(records.targets) == 1 and 0 in lacking:
            raise UserError(
                "labelled.negatives: every training sequence is positive, so nothing can be learned; give "
                f"negative_files, or negatives: {SHUFFLE} or {GENOME}"
            )
        return None
    log.info("making negatives for %s", ", ".join(SPLITS[code] for code in lacking))
    if rule.negatives == SHUFFLE:
        return negatives.shuffle(records, rows, scratch)
    made = negatives.from_genome(records, rows, part, genome, scratch)
    if made.missing:
        log.warning("%s of %s negatives were not found: the genome has too few places with the GC and repeat content "
                    "of the positives", f"{made.missing:,}", f"{made.missing + len(made.source):,}")  # fmt: skip
    return made


def _account(records: Collection, part: np.ndarray, made: Negatives | None) -> pd.DataFrame:
    fate = np.where(part >= 0, part, records.fate)
    file, sizes = records.file, records.sizes
    files = [name_of(path) for path in records.paths]
    if made is not None:
        files.append(f"made: {records.rule.negatives}")
        own = np.append(part[made.source], np.full(made.missing, account.FATES.index("no_match"), np.int8))
        fate, file = np.append(fate, own), np.append(file, np.full(len(own), len(files) - 1))
        sizes = np.append(sizes, np.full(len(own), records.length))
    return account.table(files, file, fate, sizes, records.length)


def _write(records: Collection, group, part, made: Negatives | None, genome, output: Path, assembly) -> pd.DataFrame:
    """Write the windows of all parts, and return the table of targets."""
    rank = np.random.default_rng(records.rule.seed).permutation(len(group))  # the order of the groups
    contigs, places = _places(records, part, made, genome)
    settings = asdict(records.rule) | {
        name: [name_of(path) for path in getattr(records.rule, name)] for name in ("files", "negative_files")
    }
    tables = []
    for code, name in enumerate(SPLITS):
        own = np.flatnonzero(part == code)
        made_here = np.empty(0, np.int64) if made is None else np.flatnonzero(part[made.source] == code)
        source = np.append(own, made_here if made is None else made.source[made_here])
        entry = np.append(own, len(part) + made_here)  # number among the records and then the negatives
        entry = entry[np.lexsort((entry, source, rank[group[source]]))]
        positives = np.zeros(len(records.targets), np.int64)
        progress = tqdm(desc=f"writing {name}.h5", total=len(entry), unit=" windows", disable=None)
        with progress, writing(
            output / f"{name}.h5", len(entry), records.length, records.targets, contigs=contigs, assembly=assembly,
            made_by={"split": name, "labelled": settings},
        ) as writer:  # fmt: skip
            for sequence, labels, rows in _rows(records, made, entry):
                positives += np.unpackbits(labels, axis=1, count=len(positives)).sum(axis=0, dtype=np.int64)
                writer.append(sequence, labels, *(one[rows] for one in places))
                progress.update(len(rows))
        table = pd.DataFrame([vars(target) for target in records.targets])
        prevalence = positives / len(entry)
        tables.append(table.assign(split=name, windows=len(entry), positives=positives, prevalence=prevalence))
        log.info("%s: %s windows", name, f"{len(entry):,}")
    return pd.concat(tables, ignore_index=True)


def _rows(records: Collection, made: Negatives | None, entry: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """Packed sequences, packed labels and entries of consecutive windows."""
    for block in blocks(len(entry), BLOCK):
        rows = entry[block]
        own = rows < len(records)
        sequence = np.empty((len(rows), records.packed.shape[1]), np.uint8)
        labels = np.zeros((len(rows), records.labels.shape[1]), np.uint8)
        sequence[own], labels[own] = records.packed[rows[own]], records.labels[rows[own]]
        if not own.all():
            sequence[~own] = made.packed[rows[~own] - len(records)]
        yield sequence, labels, rows


def _places(records: Collection, part, made: Negatives | None, genome) -> tuple[list[str], tuple[np.ndarray, ...]]:
    """Names of contigs, and contig and start of each record and negative; empty if a window has no place."""
    if (records.contig[part >= 0] < 0).any() or (made is not None and made.contig is None):
        return [], ()
    if made is None:
        return records.contigs, (records.contig, records.start)
    named = [genome_name(name, genome.contigs) or name for name in records.contigs]
    contigs = list(dict.fromkeys([*genome.contigs, *named]))
    number = np.array([contigs.index(name) for name in named])[records.contig]
    return contigs, (np.append(number, made.contig), np.append(records.start, made.start))
