"""The records of all files as windows of one length: packed in a scratch file, and what is known of each in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..data import onehot
from ..data.composition_match import composition_of
from ..errors import UserError
from . import label_table, records
from .account import FATES
from .sequence_rule import HEADER, SequenceRule, column_of_labels, targets_of

CHUNK = 1 << 22  # bases packed at a time
UNDECIDED = -1  # the fate of a record that is still used


class Collection:
    """Records of all files, in the order of the files.

    Memory grows with the number of records alone. The files are read twice: for lengths, names and labels, and to pack
    the bases.

    Parameters
    ----------
    rule : settings
    scratch : folder for the packed bases

    Attributes
    ----------
    targets : one per label
    length : of the windows in bp
    names : name of each record
    file : int32 (n,), number of its file among `paths`
    sizes : int64 (n,), its length in bp in the file
    packed : uint8 (n, ceil(L/2)), a memory map
    labels : uint8 (n, ceil(T/8)), packed
    gc, lower : int64 (n,), numbers of G and C and of lower-case letters in the window
    contig, start : int64 (n,), number in `contigs` and first base (0-based) of the window's place; -1 if not known
    column : value of the column that tells the split; "" without one
    fate : int8 (n,), number in `account.FATES`, or `UNDECIDED`
    without_record : number of rows of the table of labels that no record has the name of
    """

    def __init__(self, rule: SequenceRule, scratch: str | Path):
        self.rule, self.targets = rule, targets_of(rule)
        self.paths = [*map(str, rule.files), *map(str, rule.negative_files)]
        self._read_facts()
        self.length = self._length_of_windows()
        n, width = len(self.names), onehot.packed_width(self.length)
        self.packed = np.memmap(Path(scratch, "records"), np.uint8, "w+", shape=(n, width))
        self.gc, self.lower, self._unknown = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, bool)
        self._pack()
        self.fate = np.full(n, UNDECIDED, np.int8)
        self._set_labels()
        if rule.longer == "drop":
            self.drop(self.sizes > self.length, "too_long")
        if rule.shorter == "drop":
            self.drop(self.sizes < self.length, "too_short")
        if rule.unknown_bases == "drop":
            self.drop(self._unknown, "unknown_bases")

    def __len__(self) -> int:
        return len(self.names)

    def drop(self, mask: np.ndarray, reason: str) -> None:
        """Leave out the records of a mask bool (n,) that are still used."""
        self.fate[mask & (self.fate == UNDECIDED)] = FATES.index(reason)

    @property
    def used(self) -> np.ndarray:
        """Records that are still used, bool (n,)."""
        return self.fate == UNDECIDED

    def positive(self) -> np.ndarray:
        """Records that are positive for a target, bool (n,)."""
        return self.labels.any(axis=1)

    def _records(self, what: str) -> Iterator[tuple[int, records.Record]]:
        with tqdm(desc=what, unit=" records", disable=None) as progress:
            for number, path in enumerate(self.paths):
                for record in records.read(path):
                    progress.update()
                    yield number, record

    def _read_facts(self) -> None:
        self.names, self.column, self._texts = [], [], []
        file, sizes, contig, start = [], [], [], []
        ranks: dict[str, int] = {}
        for number, record in self._records("reading"):
            self.names.append(record.name)
            file.append(number)
            sizes.append(len(record.bases))
            place = record.place() or ("", -1)
            contig.append(ranks.setdefault(place[0], len(ranks)) if place[0] else -1)
            start.append(place[1])
            self.column.append(record.columns.get(self.rule.split_column or "", ""))
            self._texts.append((record.label() if self._own_label(number, record) else "", record.where))
        self.contigs = list(ranks)
        self.file, self.sizes = np.array(file, np.int32), np.array(sizes, np.int64)
        self.contig, self.start = np.array(contig, np.int64), np.array(start, np.int64)

    def _own_label(self, number: int, record: records.Record) -> bool:
        """Whether the label stands in the record itself."""
        if number >= len(self.rule.files):
            return False
        return self.rule.labels == HEADER or (self.rule.labels is None and bool(record.header and record.columns))

    def _length_of_windows(self) -> int:
        rule, shortest, longest = self.rule, int(self.sizes.min()), int(self.sizes.max())
        if rule.length is None:
            if shortest != longest:
                raise UserError(
                    f"{self.paths[0]}: the sequences have {shortest:,} to {longest:,} bp; choose labelled.length, and "
                    "labelled.longer and labelled.shorter to crop, pad or drop the others"
                )
            return longest
        for differs, key, words in (
            (self.sizes > rule.length, "longer", "crop or drop"),
            (self.sizes < rule.length, "shorter", "pad or drop"),
        ):
            if differs.any() and getattr(rule, key) == "refuse":
                row = int(differs.argmax())
                raise UserError(
                    f"{self.paths[self.file[row]]}: the record {self.names[row]} has {self.sizes[row]:,} bp, windows "
                    f"have {rule.length:,} bp (and {int(differs.sum()) - 1:,} more are {key}); "
                    f"set labelled.{key}: {words}"
                )
        return rule.length

    def _pack(self) -> None:
        rows = max(1, CHUNK // self.length)
        nibbles, first, at = np.zeros((rows, self.length), np.uint8), 0, 0
        for _, record in self._records("packing"):
            if first + at == len(self):
                break
            bases, cut = record.nibbles(), max(len(record.bases) - self.length, 0) // 2
            inside = bases[cut : cut + self.length]
            left = (self.length - len(inside)) // 2
            nibbles[at] = 0
            nibbles[at, left : left + len(inside)] = inside
            row = first + at
            self.gc[row], self.lower[row] = composition_of(record.bases[cut : cut + self.length])
            self._unknown[row] = not inside.all()
            at += 1
            if at == rows:
                self.packed[first : first + at] = onehot.pack_nibbles(nibbles)
                first, at = first + at, 0
        self.packed[first : first + at] = onehot.pack_nibbles(nibbles[:at])
        if first + at != len(self):
            raise UserError(f"{self.paths[-1]}: has changed while it was read; start again")
        known = self.contig >= 0
        self.start[known] += np.where(self.sizes > self.length, (self.sizes - self.length) // 2, 0)[known]
        self.start[known] -= np.where(self.sizes < self.length, (self.length - self.sizes) // 2, 0)[known]

    def _set_labels(self) -> None:
        negative = self.file >= len(self.rule.files)
        missing = np.zeros(len(self), bool)
        self.without_record = 0
        if self.rule.labels in (None, HEADER):
            self.labels = np.zeros((len(self), -(-len(self.targets) // 8)), np.uint8)
            for row, (text, where) in enumerate(self._texts):
                if negative[row]:
                    continue
                found = label_table.codes(text, where) if text or self.rule.labels == HEADER else [1]
                if len(found) != len(self.targets):
                    raise UserError(
                        f"{where}: has {len(found)} labels, the first record {len(self.targets)}; correct it"
                    )
                bits, unknown = label_table.packed(np.array([found], np.uint8))
                self.labels[row], missing[row] = bits[0], unknown[0]
        else:
            missing = self._labels_of_table(negative)
        del self._texts
        if self.rule.missing == "drop":
            self.drop(missing, "missing_label")

    def _labels_of_table(self, negative: np.ndarray) -> np.ndarray:
        """Set the labels from the table; returns whether one is missing, bool (n,)."""
        rule = self.rule
        table = label_table.read(rule.labels, rule.targets, column_of_labels(rule))
        mine = np.flatnonzero(~negative)
        if table.names is None:
            if len(table.packed) != len(mine):
                raise UserError(
                    f"{rule.labels}: has {len(table.packed):,} rows for {len(mine):,} records; "
                    "give one row for each record, in the order of the files"
                )
            row = np.arange(len(mine))
        else:
            number = {name: i for i, name in enumerate(table.names)}
            self._check_distinct(mine)
            row = np.array([number.get(self.names[i], -1) for i in mine], np.int64)
            if (row < 0).all():
                raise UserError(
                    f"{rule.labels}: no record has a name of this table; it begins with {table.names[0]!r:.60}, the "
                    f"sequences with {self.names[0]!r:.60}"
                )
            self.without_record = len(table.names) - int((row >= 0).sum())
        self.labels = np.zeros((len(self), table.packed.shape[1]), np.uint8)
        missing = np.zeros(len(self), bool)
        found = row >= 0
        self.labels[mine[found]], missing[mine[found]] = table.packed[row[found]], table.missing[row[found]]
        if table.column:
            for i, source in zip(mine[found].tolist(), row[found].tolist(), strict=True):
                self.column[i] = table.column[source]
        without = np.zeros(len(self), bool)
        without[mine[~found]] = True
        self.drop(without, "no_label")
        return missing

    def _check_distinct(self, rows: np.ndarray) -> None:
        seen: set[str] = set()
        for row in rows:
            if self.names[row] in seen:
                raise UserError(
                    f"{self.paths[self.file[row]]}: two records are called {self.names[row]!r:.60}, so the table of "
                    "labels cannot tell them apart; rename one"
                )
            seen.add(self.names[row])
