"""Attributions on disk: what every base of some windows contributes to the predictions of some targets.

One HDF5 file for each model and method. Datasets: `sequence` uint8 (N, ceil(L/2)), the explained windows, packed as in
windows files; `row` int64 (N,), their increasing numbers in the source; `targets` JSON of all targets of the model, as
in predictions files; `contig` int32 (N,), `start` int64 (N,) and `contigs` names if the places are known; `names` if
the windows have names.

Each explained target has a group `by_target/<its index>`: `windows` int64 (n,), increasing rows of `sequence`;
`hypothetical` float32 (n, L, 4), channels A, C, G, T; `prediction` float32 (n,), a probability; `label` uint8 (n,) if
known; `error` float32 (n,), the completeness error, if the method has one.

Hypothetical contributions say for each base what it would contribute at a position. The contributions of the window
itself are `one_hot * hypothetical`. Both are on the scale of logits.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from .. import hdf5
from ..data import onehot
from ..data.targets import Target, find, from_json, to_json
from ..data.windows import blocks
from ..errors import UserError
from ..files import replacing

FORMAT = "danq-attributions-1"
SCALE = "logit"
METHODS = ("mutagenesis", "gradient", "integrated_gradients")
CHUNK = 1 << 10  # windows in memory at a time
LARGEST = 1e30  # contributions in logits are far smaller
PER_BASE = 16  # bytes of four float32


@dataclass(frozen=True)
class Facts:
    """What a file of attributions says about itself.

    method : one of `METHODS`
    strands : "both" or "forward"
    architecture : of the model
    checkpoints : digests of the checkpoints, which were averaged
    windows : fingerprint of the windows file, or what else the windows are from
    settings : of the method, such as the number of references
    assembly : name of the genome's assembly, "" if unknown
    """

    method: str
    strands: str
    architecture: str = ""
    checkpoints: tuple[str, ...] = ()
    windows: str = ""
    settings: Mapping | None = None
    assembly: str = ""


class Attributions:
    """The attributions of one model and method; arrays are memory-mapped.

    Attributes
    ----------
    length : length of each window in bp
    all_targets : of the model
    targets : the explained ones
    facts : see `Facts`
    rows : number of each window in the source, int64 (N,)
    contigs : contig names, empty if the places are not known
    names : of the windows, empty if they have none
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        with hdf5.reading(path, "file of attributions", "make it again") as file:
            if file.attrs.get("format") != FORMAT:
                raise UserError(f"{path}: not a file of attributions of this workflow; make one with attribute.py")
            self.length = int(file.attrs["window"])
            words = {name: str(file.attrs[name]) for name in ("method", "strands", "architecture", "windows")}
            self.facts = Facts(
                **words,
                checkpoints=tuple(map(str, json.loads(file.attrs["checkpoints"]))),
                settings=dict(json.loads(file.attrs["settings"])),
                assembly=str(file.attrs["assembly"]),
            )
            self.all_targets: list[Target] = from_json(file["targets"][()])
            self.targets = [target for target in self.all_targets if f"by_target/{target.index}" in file]
            self._sequence = hdf5.mapped(file, "sequence", np.uint8, (None, onehot.packed_width(self.length)))
            n = len(self._sequence)
            self.rows = hdf5.dataset(file, "row", np.int64, (n,))[()]
            self.contigs = [name.decode() for name in file["contigs"][()]] if "contigs" in file else []
            self.names = [name.decode() for name in file["names"][()]] if "names" in file else []
            self._contig = self._start = None
            if any(name in file for name in ("contigs", "contig", "start")):
                self._contig = hdf5.dataset(file, "contig", np.int32, (n,))[()]
                self._start = hdf5.dataset(file, "start", np.int64, (n,))[()]
            self._arrays = {target.index: self._of_target(file, target) for target in self.targets}
            self._check()

    def _of_target(self, file: h5py.File, target: Target) -> dict[str, np.ndarray]:
        group = f"by_target/{target.index}"
        found = {"windows": hdf5.dataset(file, f"{group}/windows", np.int64, (None,))[()]}
        n = len(found["windows"])
        found["hypothetical"] = hdf5.mapped(file, f"{group}/hypothetical", np.float32, (n, self.length, 4))
        found["prediction"] = hdf5.dataset(file, f"{group}/prediction", np.float32, (n,))[()]
        for name, dtype in (("label", np.uint8), ("error", np.float32)):
            if name in file[group]:
                found[name] = hdf5.dataset(file, f"{group}/{name}", dtype, (n,))[()]
        return found

    def _check(self) -> None:
        """Raise ValueError if the parts of the file contradict each other."""
        n = len(self._sequence)
        if self.facts.method not in METHODS or self.length < 1:
            raise ValueError("its attributes have values that no file of attributions has")
        if self.names and len(self.names) != n:
            raise ValueError(f"it has {len(self.names)} names for {n} windows")
        if self._contig is not None and n and not 0 <= self._contig.min() <= self._contig.max() < len(self.contigs):
            raise ValueError(f"its windows are on contigs beyond the {len(self.contigs)} that it names")
        for index, arrays in self._arrays.items():
            windows = arrays["windows"]
            if len(windows) and not (windows[0] >= 0 and windows[-1] < n and (np.diff(windows) > 0).all()):
                raise ValueError(f"the windows of target {index} are not increasing rows of its {n} windows")
            if not ((arrays["prediction"] >= 0) & (arrays["prediction"] <= 1)).all():
                raise ValueError(f"the predictions of target {index} are no probabilities")

    def __len__(self) -> int:
        return len(self._sequence)

    def target(self, word: str) -> Target:
        """An explained target by number, name or title; another one is a UserError."""
        target = find(self.all_targets, word)
        if target not in self.targets:
            some = ", ".join(f"{one.index} ({one.title})" for one in self.targets[:5])
            raise UserError(f"{self.path}: target {word!r} is not explained, only {some}; run attribute.py for it")
        return target

    def windows(self, target: Target) -> np.ndarray:
        """Rows of this file's windows that are explained for a target, int64 (n,), increasing."""
        return self._arrays[target.index]["windows"]

    def predictions(self, target: Target) -> np.ndarray:
        """Probabilities float32 (n,) of the target's windows."""
        return self._arrays[target.index]["prediction"]

    def labels(self, target: Target) -> np.ndarray | None:
        """Labels uint8 (n,) of the target's windows; None if they are not known."""
        return self._arrays[target.index].get("label")

    def errors(self, target: Target) -> np.ndarray | None:
        """Completeness errors float32 (n,), as a share; None if the method has none."""
        return self._arrays[target.index].get("error")

    def ranked(self, target: Target) -> np.ndarray:
        """The target's windows as numbers 0 to n - 1, the highest prediction first."""
        return np.argsort(-self.predictions(target), kind="stable")

    def places(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Contig names (N,) and 0-based starts (N,) of this file's windows; None if they are not known."""
        if self._contig is None:
            return None
        return np.array(self.contigs, dtype=object)[self._contig], self._start

    def packed(self, rows) -> np.ndarray:
        """Packed sequences uint8 (n, ceil(L/2)) of this file's windows."""
        return np.asarray(self._sequence[rows])

    def of(self, target: Target, chosen=slice(None)) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One-hot uint8, hypothetical contributions and contributions float32 of a target: three arrays (n, L, 4).

        Values that no attribution has are a UserError.

        chosen : of the target's windows, a slice or an array of numbers; default: all, which may need much memory
        """
        arrays = self._arrays[target.index]
        bases = onehot.unpack(self.packed(arrays["windows"][chosen]), self.length)
        hypothetical = np.asarray(arrays["hypothetical"][chosen])
        if not (np.abs(hypothetical) < LARGEST).all():
            raise UserError(f"{self.path}: holds contributions that are not numbers or too large; make it again")
        return bases, hypothetical, bases * hypothetical

    def chunks(self, target: Target, size: int = CHUNK) -> Iterator[tuple[slice, np.ndarray, np.ndarray, np.ndarray]]:
        """Slices of the target's windows, each with the three arrays of `of`; memory is flat."""
        for block in blocks(len(self.windows(target)), size):
            yield block, *self.of(target, block)

    def to_npz(self, target: Target, folder: str | Path) -> tuple[Path, Path]:
        """Write `ohe.npz` and `hyp.npz`, float32 (n, 4, L), as TF-MoDISco and other tools read them."""
        paths = Path(folder, "ohe.npz"), Path(folder, "hyp.npz")
        shape = (len(self.windows(target)), 4, self.length)
        for number, path in enumerate(paths):
            parts = (np.swapaxes(arrays[number], 1, 2) for _, *arrays in self.chunks(target))
            with replacing(path) as temporary:
                _write_npz(temporary, shape, parts)
        return paths


def _write_npz(path: Path, shape: tuple[int, ...], parts: Iterator[np.ndarray]) -> None:
    """Write float32 rows as the only array of a .npz file, as `numpy.savez_compressed(path, rows)` would."""
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype("<f4")), "fortran_order": False, "shape": shape}
    entry = zipfile.ZipInfo("arr_0.npy")  # with a fixed date: the bytes depend on the content only
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive, archive.open(entry, "w", force_zip64=True) as file:
        np.lib.format.write_array_header_1_0(file, header)
        for part in parts:
            file.write(np.ascontiguousarray(part, "<f4").tobytes())


class Writer:
    """Fills a file of attributions; created by `writing`."""

    def __init__(self, file: h5py.File, chosen: Mapping[int, np.ndarray], length: int, labelled: bool, errors: bool):
        self.windows = dict(chosen)
        self._groups = {}
        for index, windows in chosen.items():
            group = self._groups[index] = file.create_group(f"by_target/{index}")
            n = len(windows)
            group["windows"] = np.asarray(windows, np.int64)
            group.create_dataset("hypothetical", (n, length, 4), np.float32)
            group.create_dataset("prediction", (n,), np.float32)
            if labelled:
                group.create_dataset("label", (n,), np.uint8)
            if errors:
                group.create_dataset("error", (n,), np.float32)

    def fill(self, target: Target, block: slice, hypothetical: np.ndarray, **values: np.ndarray | None) -> None:
        """Set consecutive windows of a target.

        block : of the target's windows
        hypothetical : (n, L, 4); values that are not numbers are a UserError
        values : prediction, label, error (n,)
        """
        if not np.isfinite(hypothetical).all():
            raise UserError(
                f"the attributions of target {target.index} ({target.title}) are not numbers; its training has "
                "diverged, train again"
            )
        group = self._groups[target.index]
        group["hypothetical"][block] = hypothetical
        for name, found in values.items():
            if found is not None:
                group[name][block] = found


@contextmanager
def writing(
    path: str | Path,
    facts: Facts,
    packed: np.ndarray,
    rows: np.ndarray,
    length: int,
    targets: Sequence[Target],
    chosen: Mapping[int, np.ndarray],
    *,
    places: tuple[np.ndarray, np.ndarray] | None = None,
    names: Sequence[str] = (),
    labelled: bool = False,
) -> Iterator[Writer]:
    """Yield a Writer of attributions. On an error, no file is left and an old file is kept.

    packed : sequences uint8 (N, ceil(L/2)) of all explained windows
    rows : their increasing numbers in the source, int64 (N,)
    length : of a window in bp, L
    targets : all of the model
    chosen : increasing rows of `packed`, int64 (n,), by the index of each target
    places : contig names (N,) and starts (N,), if known
    names : of the windows, if they have names
    labelled : whether labels will be filled in
    """
    room = packed.nbytes + sum(len(one) for one in chosen.values()) * PER_BASE * length
    errors = facts.method == "integrated_gradients"
    with replacing(path, room=room) as temporary, h5py.File(temporary, "w") as file:
        file["sequence"], file["row"] = packed, np.asarray(rows, np.int64)
        file["targets"] = to_json(targets)
        if places is not None:
            contigs, contig = np.unique(np.asarray(places[0], dtype=str), return_inverse=True)
            file["contigs"] = [str(name) for name in contigs]
            file["contig"], file["start"] = contig.astype(np.int32), np.asarray(places[1], np.int64)
        if len(names):
            file["names"] = list(names)
        yield Writer(file, chosen, length, labelled, errors)
        file.attrs.update(
            format=FORMAT,
            scale=SCALE,
            window=length,
            method=facts.method,
            strands=facts.strands,
            architecture=facts.architecture,
            checkpoints=json.dumps(facts.checkpoints),
            windows=facts.windows,
            settings=json.dumps(facts.settings or {}),
            assembly=facts.assembly,
        )
