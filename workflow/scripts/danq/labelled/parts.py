"""Divides records into training, validation and test: by file, name, place or column, and by fractions of groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..data.contig_names import genome_name
from ..data.split import BORDER, NOWHERE, REST, SPLITS
from ..errors import UserError
from ..files import opened
from .collection import Collection

_REGION = re.compile(r"(?P<contig>[^\s:]+)(?::(?P<start>\d[\d,]*)-(?P<end>\d[\d,]*))?")


def assign(records: Collection, group: np.ndarray) -> np.ndarray:
    """The part of each record, int8 (n,): 0 train, 1 valid, 2 test, `NOWHERE`, `BORDER`.

    group : int64 (n,), see `groups.group`; a fraction takes whole groups
    """
    rule = records.rule
    rest = list(rule.split["train"]) == [REST]
    part = np.full(len(records), 0 if rest else NOWHERE, np.int8)
    listed = {
        SPLITS.index(name): [str(one) for one in chosen]
        for name, chosen in rule.split.items()
        if not isinstance(chosen, float) and list(chosen) != [REST]
    }
    if rule.by == "contig":
        _by_contig(records, listed, part)
    elif listed:
        taken = np.zeros(len(records), bool)
        for code, values in listed.items():
            chosen = _CHOOSING[rule.by](records, values)
            twice = chosen & taken
            if twice.any():
                raise UserError(f"labelled.split: the record {records.names[int(twice.argmax())]} is in two parts")
            part[chosen], taken = code, taken | chosen
    for name in ("test", "valid"):
        if isinstance(rule.split[name], float):
            _take(records, group, part, SPLITS.index(name), rule.split[name])
    return part


def _take(records: Collection, group: np.ndarray, part: np.ndarray, code: int, fraction: float) -> None:
    """Move whole groups of the records that are left for train to a part, in random order, up to a fraction of them.

    A group that is larger than what is still to be taken stays in train. The fraction is of train before any was taken.
    """
    pool = records.used & ((part == 0) | np.isin(part, [SPLITS.index(name) for name in _fractions(records)]))
    free = np.flatnonzero(records.used & (part == 0))
    members, size = np.unique(group[free], return_counts=True)
    left = round(fraction * int(pool.sum()))
    chosen = []
    for row in np.random.default_rng([records.rule.seed, code]).permutation(len(members)):
        if size[row] <= left:
            chosen.append(members[row])
            left -= int(size[row])
    part[free[np.isin(group[free], chosen)]] = code


def _fractions(records: Collection) -> list[str]:
    return [name for name, chosen in records.rule.split.items() if isinstance(chosen, float)]


def _by_file(records: Collection, values: Sequence[str]) -> np.ndarray:
    chosen = np.zeros(len(records), bool)
    for value in values:
        fits = [i for i, path in enumerate(records.paths) if value in (path, Path(path).name)]
        if not fits:
            raise UserError(
                f"labelled.split: {value!r} is none of the files of sequences; choose from {', '.join(records.paths)}"
            )
        chosen |= np.isin(records.file, fits)
    return chosen


def _by_name(records: Collection, values: Sequence[str]) -> np.ndarray:
    known = set(records.names)
    wanted: set[str] = set()
    for path in values:
        with opened(path, "list of names") as file:
            try:
                names = [line.split("\t")[0].strip() for line in file.read().decode("utf-8-sig").splitlines()]
            except UnicodeDecodeError:
                raise UserError(f"{path}: not text in UTF-8; give a list of names, one per line") from None
        names = [name.removeprefix(">") for name in names if name]
        unknown = [name for name in names if name not in known]
        if unknown or not names:
            raise UserError(
                f"{path}: {len(unknown):,} of {len(names):,} names are of no record "
                f"({unknown[0] if unknown else 'the list is empty'!r}); correct the list"
            )
        wanted.update(names)
    return np.array([name in wanted for name in records.names])


def _by_column(records: Collection, values: Sequence[str]) -> np.ndarray:
    there = sorted({value for value, used in zip(records.column, records.used, strict=True) if used})
    if there == [""]:
        raise UserError(f"labelled.split.column: no file has the column {records.rule.column!r}; correct the name")
    for value in values:
        if value not in there:
            raise UserError(
                f"labelled.split: no record has {value!r} in the column {records.rule.column}, which has "
                f"{', '.join(there[:20])}"
            )
    return np.isin(np.array(records.column, dtype=object), values)


_CHOOSING = {"file": _by_file, "name": _by_name, "column": _by_column}


def regions_of(texts: Sequence[str], contigs: Sequence[str]) -> list[tuple[int, int, int]]:
    """Contig rank, start and end (0-based, half-open) of `chr8` or `chr7:1001-2000` (1-based, both ends included)."""
    names, found = dict.fromkeys(contigs, 0), []
    for text in texts:
        match = _REGION.fullmatch(text)
        contig = genome_name(match["contig"], names) if match else None
        if contig is None:
            raise UserError(
                f"labelled.split: {text!r} is on no contig of the sequences, which are on {', '.join(contigs[:10])}"
                f"{', ...' if len(contigs) > 10 else ''}; write chr8 or chr7:1001-2000"
            )
        start, end = (int(match[name].replace(",", "")) if match[name] else None for name in ("start", "end"))
        found.append((list(contigs).index(contig), (start or 1) - 1, np.iinfo(np.int64).max if end is None else end))
    return found


def _by_contig(records: Collection, listed: dict[int, list[str]], part: np.ndarray) -> None:
    """Set the parts of records by their places; a record partly in a region of another part is on the border."""
    lost = records.used & (records.contig < 0)
    if lost.any():
        raise UserError(
            f"labelled.split.by: contig needs a place in each header, such as chr1:100-200; the record "
            f"{records.names[int(lost.argmax())]} has none"
        )
    start, end = records.start, records.start + records.length
    for code, texts in sorted(listed.items()):
        for contig, first, stop in regions_of(texts, records.contigs):
            touches = (records.contig == contig) & (start < stop) & (end > first)
            inside = touches & (start >= first) & (end <= stop)
            part[touches & ~inside & (part != BORDER)] = BORDER
            twice = inside & (part > 0)
            if twice.any():
                raise UserError(f"labelled.split: the record {records.names[int(twice.argmax())]} is in two parts")
            part[inside & (part != BORDER)] = code
