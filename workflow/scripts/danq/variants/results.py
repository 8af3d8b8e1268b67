"""Effects on disk: one HDF5 file of n alleles and T chosen targets, written in pieces and read in slices.

Datasets, one row per allele in the order of the input: `record` (number in the file, from 1), `contig` (rank in
`contigs`), `position` (1-based), `id`, `ref`, `alt`, `ref_match`; the matrices float32 (n, T) `p_ref`, `p_alt` and the
chosen ones of `SCORES`; `best`, the column of the largest |difference|; with a background also `best_z`, `best_e_value`
and `mean_log_e`. `targets` are all targets of the model as JSON, `contigs` and `contig_lengths` are the genome's. The
attributes `facts` and `counts` are JSON of `Facts` and `Counts`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import h5py
import numpy as np

from .. import hdf5
from ..data.targets import Target, from_json, to_json
from ..data.windows import blocks
from ..errors import UserError
from ..files import replacing
from .checked import Counts
from .effects import Effects

FORMAT = "danq-variants-1"
SCORES = ("difference", "log_odds", "z", "e_value")  # the last two need a background
OF_BACKGROUND = ("z", "e_value")
ROWS = 1 << 13  # alleles read or copied at a time
CHUNK = 1 << 18  # values in a chunk of the file
TEXTS = ("id", "ref", "alt")
NUMBERS = {"record": np.int64, "contig": np.int32, "position": np.int64, "ref_match": np.uint8, "best": np.int32}
WITH_BACKGROUND = {"best_z": np.float32, "best_e_value": np.float32, "mean_log_e": np.float32}


@dataclass(frozen=True)
class Facts:
    """What two files must share to be parts of one, or a file and its background.

    checkpoints : hashes of the checkpoints
    strands : "both" (averaged) or "forward"
    chosen : numbers of the chosen targets
    scores : matrices in the file besides p_ref and p_alt
    ref_mismatch : what was done about reference alleles that are not the genome's
    block_size : records that were scored at a time
    background : number of variants in the background; 0 without one
    window : length in bp
    """

    checkpoints: tuple[str, ...]
    strands: str
    chosen: tuple[int, ...]
    scores: tuple[str, ...]
    ref_mismatch: str
    block_size: int
    background: int
    window: int


class Writer:
    """Appends effects to a file; made by `writing`."""

    def __init__(self, file: h5py.File, facts: Facts):
        self._file, self._facts, self.counts = file, facts, Counts()
        width = len(facts.chosen)
        text = h5py.string_dtype()
        self._vectors = NUMBERS | dict.fromkeys(TEXTS, text) | (WITH_BACKGROUND if facts.background else {})
        self._matrices = ("p_ref", "p_alt", *facts.scores)
        for name, kind in self._vectors.items():
            file.create_dataset(name, (0,), kind, maxshape=(None,), chunks=(ROWS,))
        for name in self._matrices:
            chunk = (min(max(CHUNK // width, 1), ROWS), width)
            file.create_dataset(name, (0, width), np.float32, maxshape=(None, width), chunks=chunk)

    def note(self, **attributes) -> None:
        """Set further attributes of the file."""
        self._file.attrs.update(attributes)

    def append(self, effects: Effects) -> None:
        """Append the effects of some alleles."""
        alleles, row = effects.alleles, np.arange(len(effects.alleles))
        columns = {
            "record": alleles.record,
            "contig": alleles.contig,
            "position": alleles.start + 1,
            "ref_match": alleles.ref_match,
            "id": alleles.ids,
            "ref": alleles.refs,
            "alt": alleles.alts,
            "best": effects.best,
        }
        if self._facts.background:
            columns["best_z"] = effects.matrices["z"][row, effects.best]
            columns["best_e_value"] = effects.matrices["e_value"][row, effects.best]
            columns["mean_log_e"] = effects.mean_log_e
        self.extend(columns | {name: effects.matrices[name] for name in self._matrices})

    def extend(self, columns: dict[str, np.ndarray]) -> None:
        """Append rows of every dataset."""
        for name in (*self._vectors, *self._matrices):
            data, values = self._file[name], columns[name]
            begin = len(data)
            data.resize(begin + len(values), axis=0)
            data[begin:] = values


@contextmanager
def writing(path: str | Path, facts: Facts, targets: Sequence[Target], contigs: dict[str, int]) -> Iterator[Writer]:
    """Yield a Writer. On an error, no file is left and an old file is kept.

    targets : all targets of the model
    contigs : names to lengths in bp, of the genome
    """
    with replacing(path) as temporary, h5py.File(temporary, "w") as file:
        writer = Writer(file, facts)
        yield writer
        file["targets"] = to_json(targets)
        file["contigs"], file["contig_lengths"] = list(contigs), np.array([*contigs.values()], np.int64)
        file.attrs.update(format=FORMAT, facts=json.dumps(asdict(facts)), counts=json.dumps(asdict(writer.counts)))


class Results:
    """The effects in an open file.

    Attributes
    ----------
    facts, counts : see `Facts`, `Counts`
    targets : the chosen ones, in the order of the columns
    contigs : names to lengths in bp, of the genome
    attributes : further attributes of the file
    """

    def __init__(self, path: str | Path, file: h5py.File):
        if file.attrs.get("format") != FORMAT:
            raise UserError(f"{path}: not a file of effects of this workflow; make one with variants.py")
        self.path, self._file = Path(path), file
        known = json.loads(file.attrs["facts"])
        self.facts = Facts(**{name: tuple(one) if isinstance(one, list) else one for name, one in known.items()})
        self.counts = Counts(**json.loads(file.attrs["counts"]))
        self.all_targets = from_json(file["targets"][()])
        self.targets = [self.all_targets[number - 1] for number in self.facts.chosen]
        names = [name.decode() for name in file["contigs"][()]]
        self.contigs = dict(zip(names, file["contig_lengths"][()].tolist(), strict=True))
        self.attributes = {name: one for name, one in file.attrs.items() if name not in ("format", "facts", "counts")}

    def __len__(self) -> int:
        return len(self._file["record"])

    @property
    def names(self) -> list[str]:
        """The names of all datasets with a row per allele."""
        return [name for name in self._file if name not in ("targets", "contigs", "contig_lengths")]

    def read(self, name: str, rows: slice = slice(None)) -> np.ndarray:
        """Rows of a dataset; texts are an array of str."""
        data = self._file[name]
        return data.asstr()[rows] if name in TEXTS else data[rows]

    def pieces(self) -> Iterator[slice]:
        """Slices of rows that cover the file, at least one."""
        return blocks(len(self), ROWS) if len(self) else iter([slice(0, 0)])

    def differences(self, chosen: Sequence[int]) -> np.ndarray:
        """The differences (n, T) of targets by number; a target that the file does not have is a UserError."""
        missing = [number for number in chosen if number not in self.facts.chosen]
        if missing:
            raise UserError(f"{self.path}: has no scores of target {missing[0]}; score the background for all targets")
        columns = [self.facts.chosen.index(number) for number in chosen]
        found = [self.read("p_alt", rows)[:, columns] - self.read("p_ref", rows)[:, columns] for rows in self.pieces()]
        return np.concatenate(found)


@contextmanager
def reading(path: str | Path) -> Iterator[Results]:
    """Open a file of effects; a file of another kind or a damaged one is a UserError."""
    with hdf5.reading(path, "file of effects", "score the variants again") as file:
        yield Results(path, file)


def is_results(path: str | Path) -> bool:
    """Whether a file is HDF5, so that it can only be a file of effects."""
    return h5py.is_hdf5(path)
