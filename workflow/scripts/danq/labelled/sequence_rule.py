"""The settings by which records become windows with labels, and the targets that follow from the files' first lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ..data.split import REST
from ..data.targets import Target
from ..errors import UserError
from . import label_table, records
from .groups import LARGEST_K, K

HEADER = "header"
SHUFFLE, GENOME = "dinucleotide_shuffle", "genome"
BY = ("file", "name", "contig", "column")


@dataclass(frozen=True)
class SequenceRule:
    """Settings that define windows, labels and splits.

    files : FASTA files or tables of sequences
    negative_files : the same, of records that are negative for all targets
    labels : table of labels, or "header"; None takes a table's own column, and all records of FASTA files for positive
    targets : names of the targets; of a table of labels, the columns that are labels. Empty: see `targets_of`
    assay : assay of all targets
    missing : "drop" records with a missing label, or take it for "negative"
    length : of the windows in bp; None takes that of the records, which then must have one length
    longer, shorter : records of another length: "refuse" them, "crop" or "pad" them around their centre, or "drop" them
    unknown_bases : "keep" or "drop" records with a base other than A, C, G, T
    negatives : "dinucleotide_shuffle" of the positives, or drawn from the "genome", for parts without a negative record
    per_positive : number of such negatives of a positive, on average
    exclude : BED file of intervals of the genome that no negative may touch
    by : what the lists of `split` name: "file", "name" (files with names), "contig" (and regions) or "column" (values)
    column : the column, by "column"
    split : for train, valid and test a list, or for valid and test a fraction of the records that are left for train
    shared : length of the k-mers that near-duplicates share, see `groups`
    seed : of fractions, order and negatives
    """

    files: Sequence[str]
    negative_files: Sequence[str] = ()
    labels: str | None = None
    targets: Sequence[str] = ()
    assay: str = "sequences"
    missing: str = "drop"
    length: int | None = None
    longer: str = "refuse"
    shorter: str = "refuse"
    unknown_bases: str = "keep"
    negatives: str | None = None
    per_positive: float = 1.0
    exclude: str | None = None
    by: str | None = None
    column: str | None = None
    split: dict[str, Sequence[str] | float] = field(
        default_factory=lambda: {"train": [REST], "valid": 0.1, "test": 0.1}
    )
    shared: int = K
    seed: int = 1

    def __post_init__(self):
        if self.length is not None and self.length < 1:
            raise UserError(f"labelled.length must be at least 1 bp, not {self.length}")
        if not 1 <= self.shared <= LARGEST_K:
            raise UserError(f"labelled.split.shared must be from 1 to {LARGEST_K} bp, not {self.shared}")
        if self.per_positive <= 0:
            raise UserError(f"labelled.negatives_per_positive must be above 0, not {self.per_positive:g}")
        lists = {part: chosen for part, chosen in self.split.items() if not isinstance(chosen, float)}
        fractions = {part: chosen for part, chosen in self.split.items() if isinstance(chosen, float)}
        if "train" in fractions:
            raise UserError("labelled.split.train is what valid and test leave; give a list, or leave it out")
        for part, chosen in fractions.items():
            if not 0 < chosen < 1:
                raise UserError(f"labelled.split.{part} must be a fraction between 0 and 1, or a list, not {chosen:g}")
        if sum(fractions.values()) >= 1:
            raise UserError(
                "labelled.split: the fractions of valid and test leave nothing for train; make them smaller"
            )
        for part in ("valid", "test"):
            if lists.get(part) and REST in lists[part]:
                raise UserError(
                    f"labelled.split.{part}: 'rest' is for the training part only; give a list or a fraction"
                )
        given = [part for part, chosen in lists.items() if list(chosen) != [REST]]
        if given and self.by is None:
            raise UserError(
                f"labelled.split.{given[0]} is a list; say by what it chooses, as labelled.split.by: {', '.join(BY)}"
            )
        if self.by == "column" and not self.column:
            raise UserError("labelled.split.by: column needs the name of the column, as labelled.split.column")
        if self.exclude and self.negatives != GENOME:
            raise UserError("labelled.exclude is for negatives: genome; leave it out")

    def check_genome(self, genome: str | Path | None) -> None:
        """Raise UserError if negatives are drawn from a genome and there is none."""
        if self.negatives == GENOME and not genome:
            raise UserError("labelled.negatives: genome needs the genome to draw from; give genome.fasta (--genome)")

    @property
    def split_column(self) -> str | None:
        """The column that tells the split, if one does."""
        return self.column if self.by == "column" else None


def targets_of(rule: SequenceRule) -> list[Target]:
    """The targets, from the first lines of the files.

    Without `rule.targets`, they are the columns of the table of labels, `bound` if every record has one label, or else
    numbers. Names that do not fit the labels are a UserError.
    """
    names = list(rule.targets)
    if rule.labels not in (None, HEADER) and not label_table.is_matrix(rule.labels):
        columns = label_table.columns_of(rule.labels)
        names = label_table.targets_of(columns, names, _column_there(rule, columns), rule.labels)
        number, where = len(names), rule.labels
    elif rule.labels not in (None, HEADER):
        number, where = label_table.matrix(rule.labels).shape[1], rule.labels
    elif rule.labels == HEADER:
        first = next(islice(records.read(rule.files[0]), 1))
        number, where = len(label_table.codes(first.label(), first.where)), first.where
    else:
        number, where = 1, "labelled.labels"
    names = names or (["bound"] if number == 1 else [str(i + 1) for i in range(number)])
    if len(names) != number:
        raise UserError(f"{where}: has {number} labels, but there are {len(names)} names of targets; give one for each")
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{where}: two targets are called {name!r}; rename one")
    return [Target(i, name, rule.assay) for i, name in enumerate(names, 1)]


def _column_there(rule: SequenceRule, columns: Sequence[str]) -> str | None:
    """The column of the split if the table of labels has it; tables of sequences may have it instead."""
    if rule.split_column is None or rule.split_column in columns:
        return rule.split_column
    if all(rule.split_column in records.header_of(path) for path in rule.files):
        return None
    return rule.split_column  # `label_table.targets_of` says that it is missing


def column_of_labels(rule: SequenceRule) -> str | None:
    """The column of the split that the table of labels has; None if there is no such table or column."""
    if rule.labels in (None, HEADER) or label_table.is_matrix(rule.labels):
        return None
    return _column_there(rule, label_table.columns_of(rule.labels))


def name_of(path: str | Path) -> str:
    """The name of a file in tables."""
    return Path(path).name
