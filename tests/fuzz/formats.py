"""The table of input formats: for each, good inputs, the file that is mutated, the program that reads it, and a judge.

A judge compares what the program wrote with the outputs for the good input, or with an independent reading of the
mutated file. It returns what is silently wrong, or "".
"""

from __future__ import annotations

import gzip
import json
import math
import os
import signal
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import expected
import h5py
import numpy as np
import pandas as pd
import programs
import pybigtools
import scipy.io
import toy_patterns
from matplotlib.image import imread
from mutators import BYTES, HDF5, TEXT

from danq.data import onehot
from danq.data.targets import Target
from danq.data.windows import Windows, writing
from danq.explain.attributions import Facts
from danq.explain.attributions import writing as writing_attributions
from danq.motifs.meme import read_meme
from danq.sharing import manifest

ASSAYS = {"CTCF": "TF", "REST": "TF", "DNase": "DNase", "H3K4me3": "histone"}
TARGETS = [Target(i, name, assay) for i, (name, assay) in enumerate(ASSAYS.items(), 1)]
LENGTH, COUNTS = 40, {"train": 60, "valid": 30, "test": 40}
WINDOWS_MADE_BY = {"rule": {"keep": "any", "split": {"test": ["chr4"]}}}


@dataclass(frozen=True)
class Format:
    """One input format.

    make : writes good inputs into a folder
    file : the file that is mutated, in this folder
    mutators : of its bytes; structural : of its HDF5 objects
    run : runs the program in the folder with the inputs; outputs go to `out/`
    judge : (folder of the case, folder of the good inputs) to what is silently wrong, or ""
    seconds : that a case may take
    share : how often it is tried, relative to the others
    """

    make: Callable[[Path], None]
    file: str
    mutators: Sequence[Callable]
    run: Callable[[Path], None]
    judge: Callable[[Path, Path], str]
    structural: Sequence[Callable] = ()
    seconds: float = 20
    share: float = 1


# Genome, peaks and sheet, read by prepare.py


def make_genome(folder: Path, times: int = 1) -> None:
    draw = np.random.default_rng(1)
    lengths = {"chr1": 900 * times, "chr2": 790 * times, "chr3": 605 * times, "chr4": 600 * times}
    lines = []
    for name, length in lengths.items():
        bases = "".join(draw.choice(list("ACGT"), length))
        bases = bases[:100] + "NNN" + bases[103:200].lower() + bases[200:]
        lines += [f">{name} a contig", *(bases[i : i + 200] for i in range(0, length, 200))]
    _write(folder / "genome.fa", lines)
    for target in ASSAYS:
        lines = []
        for name, length in lengths.items():
            for start in np.sort(draw.integers(0, length - 40, 6)).tolist():
                end = start + int(draw.integers(12, 40))
                lines.append(f"{name}\t{start}\t{end}\t.\t0\t.\t{draw.uniform(1, 50):.2f}\t-1\t-1\t5")
        _write(folder / f"peaks/{target}.narrowPeak", lines)
    _write(
        folder / "targets.tsv", ["name\tassay\tpeaks"] + [f"{t}\t{a}\tpeaks/{t}.narrowPeak" for t, a in ASSAYS.items()]
    )


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


def make_large_genome(folder: Path) -> None:
    make_genome(folder, times=15)


def make_gzipped_peaks(folder: Path) -> None:
    make_genome(folder)
    path = folder / "peaks/CTCF.narrowPeak"
    path.write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def make_big_bed(folder: Path) -> None:
    """CTCF as bigBed; the sheet's other files stay text."""
    make_genome(folder)
    text = folder / "peaks/CTCF.narrowPeak"
    rows = sorted(
        (contig, int(start), int(end), rest)
        for contig, start, end, rest in (line.split("\t", 3) for line in text.read_text().splitlines())
    )
    pybigtools.open(str(folder / "peaks/CTCF.bb"), "w").write({f"chr{i}": 900 for i in range(1, 5)}, iter(rows))
    sheet = folder / "targets.tsv"
    sheet.write_text(sheet.read_text().replace("CTCF.narrowPeak", "CTCF.bb"))
    text.unlink()


def make_peaks(name: str, line: str, heading: str = "") -> Callable[[Path], None]:
    """CTCF in another format.

    line : of one peak, with contig, start, first (start + 1), end, signal and size
    """

    def make(folder: Path) -> None:
        make_genome(folder)
        text = folder / "peaks/CTCF.narrowPeak"
        rows = [fields.split("\t") for fields in text.read_text().splitlines()]
        lines = [
            line.format(contig=row[0], start=row[1], first=int(row[1]) + 1, end=row[2], signal=row[6],
                        size=int(row[2]) - int(row[1]))
            for row in rows
        ]  # fmt: skip
        text.unlink()
        _write(folder / f"peaks/{name}", [heading, *lines] if heading else lines)
        sheet = folder / "targets.tsv"
        sheet.write_text(sheet.read_text().replace("CTCF.narrowPeak", name))

    return make


def make_two_bit(folder: Path) -> None:
    """The genome as 2bit, without masks."""
    make_genome(folder)
    code, index, records = {"T": 0, "C": 1, "A": 2, "G": 3, "N": 0}, b"", b""
    sequences = _sequences(folder)
    for name, text in sequences.items():
        offset = 16 + sum(len(one) + 5 for one in sequences) + len(records)
        index += bytes([len(name)]) + name.encode() + struct.pack("<I", offset)
        bits = [code[letter] for letter in text] + [0] * (-len(text) % 4)
        packed = bytes(a << 6 | b << 4 | c << 2 | d for a, b, c, d in zip(*(bits[i::4] for i in range(4)), strict=True))
        unknown = struct.pack("<3I", 1, text.index("N"), text.count("N"))
        records += struct.pack("<I", len(text)) + unknown + struct.pack("<2I", 0, 0) + packed
    (folder / "genome.2bit").write_bytes(struct.pack("<4I", 0x1A412743, 0, len(sequences), 0) + index + records)
    (folder / "genome.fa").unlink()


def make_gzipped_genome(folder: Path) -> None:
    make_genome(folder)
    path = folder / "genome.fa"
    (folder / "genome.fa.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()


def judge_copy(folder: Path, good: Path) -> str:
    """The bases of a 2bit file have no checksum, and its names and blocks may be others; its windows are whole."""
    for split in COUNTS:
        found, old = (Windows(path / f"out/{split}.h5") for path in (folder, good))
        if found.length != old.length or len(found.targets) != len(old.targets) or not len(found):
            return f"{split}: windows of another shape"
    return ""


def make_aliases(folder: Path) -> None:
    """Peaks of CTCF by accession, and the table of both names."""
    make_genome(folder)
    path = folder / "peaks/CTCF.narrowPeak"
    path.write_text(path.read_text().replace("chr", "NC_"))
    _write(folder / "aliases.txt", ["# ucsc\trefseq\tother", *(f"chr{i}\tNC_{i}\tCM{i}.1" for i in range(1, 5))])


def judge_aliases(folder: Path, good: Path) -> str:
    """Every window of the good table is there, or fewer, since an alias that no peak has is allowed."""
    for split in COUNTS:
        found, old = (Windows(path / f"out/{split}.h5") for path in (folder, good))
        places = [set(zip(*map(list, windows.places()), strict=True)) for windows in (found, old)]
        if not places[0] <= places[1] and (folder / "aliases.txt").read_bytes() == (good / "aliases.txt").read_bytes():
            return f"{split}: windows that the good table does not have"
    return ""


def make_encode_files(folder: Path) -> None:
    """Peaks named by accession, and ENCODE's table of them."""
    make_genome(folder)
    rows = ["File accession\tAssay\tExperiment target\tBiosample term name\tFile assembly"]
    for number, (target, assay) in enumerate(ASSAYS.items()):
        (folder / f"peaks/{target}.narrowPeak").rename(folder / f"peaks/ENCFF00{number}AAA.narrowPeak")
        kind = "DNase-seq" if assay == "DNase" else f"{'Histone' if assay == 'histone' else 'TF'} ChIP-seq"
        rows.append(f"ENCFF00{number}AAA\t{kind}\t{'' if assay == 'DNase' else f'{target}-human'}\tK562\ttoy")
    _write(folder / "peaks/metadata.tsv", rows)


def run_new(folder: Path) -> None:
    sizes = ["--bin", "20", "--window", "60", "--valid", "chr3", "--test", "chr4", "--processes", "1"]
    programs.program("new", "-g", "genome.fa", "-p", "peaks", "-n", "first", "-o", "out", "--force", *sizes)


def judge_new(folder: Path, good: Path) -> str:
    """The table decides on names, assays and cells only; each file is a target, whatever the table says."""
    found, old = (
        pd.read_csv(path / "out/first_targets.tsv", sep="\t", keep_default_na=False) for path in (folder, good)
    )
    if found["peaks"].tolist() != old["peaks"].tolist():
        return "other peak files"
    models = [
        (path / "out/first.yaml").read_text().split("\nmodels:")[1].split("\nmotifs:")[0] for path in (folder, good)
    ]
    return "" if models[0].strip() == models[1].strip() else "other models"


def prepare(*more: str) -> Callable[[Path], None]:
    words = [
        "-g",
        "genome.fa",
        "-t",
        "targets.tsv",
        "--bin",
        "20",
        "--window",
        "60",
        "--valid",
        "chr3",
        "--test",
        "chr4",
        "--processes",
        "1",
        "-o",
        "out",
    ]
    return lambda folder: programs.program("prepare", *words, *more)


def judge_windows(min_signal: float | None = None) -> Callable[[Path, Path], str]:
    def judge(folder: Path, good: Path) -> str:
        wanted = expected.windows(folder, min_signal)
        if wanted is None:
            return "the input has no single meaning, and was accepted"
        for split in COUNTS:
            found = Windows(folder / f"out/{split}.h5")
            if [(target.name, target.assay) for target in found.targets] != wanted["targets"]:
                return f"{split}: the targets differ"
            contig, start = found.places()
            bases = ["".join("NTGCA"[i] for i in row) for row in _codes(found.onehot(slice(None), dtype=np.uint8))]
            bits = ["".join(map(str, row)) for row in found.labels().tolist()]
            rows = dict(
                zip(zip(contig.tolist(), start.tolist(), strict=True), zip(bases, bits, strict=True), strict=True)
            )
            if rows != wanted[split]:
                return f"{split}: {len(rows)} windows that are not the {len(wanted[split])} expected"
        return ""

    return judge


def judge_background(folder: Path, good: Path) -> str:
    """Windows with a target are the expected ones; each other one touches no peak and is like one of them."""
    wanted, sizes = (
        expected.windows(folder),
        {n: len(b) for n, b in (expected.contigs(folder / "genome.fa") or {}).items()},
    )
    if wanted is None:
        return "the input has no single meaning, and was accepted"
    peaks = [one for name in ASSAYS for one in expected.peaks(folder / f"peaks/{name}.narrowPeak", sizes, None)]
    for split in COUNTS:
        found = Windows(folder / f"out/{split}.h5")
        bases = onehot.text(found.packed(slice(None)), expected.WINDOW)
        places = list(zip(*(axis.tolist() for axis in found.places()), strict=True))
        labelled = found.labels().any(axis=1).tolist()
        kept = {place: one for place, one, label in zip(places, bases, labelled, strict=True) if label}
        if kept != {place: one for place, (one, _) in wanted[split].items()}:
            return f"{split}: windows with a target that are not the {len(wanted[split])} expected"
        like = {sum(base in "GC" for base in one) * 50 // expected.WINDOW for one in kept.values()}
        for (contig, start), one, label in zip(places, bases, labelled, strict=True):
            if not label and any(c == contig and s < start + expected.WINDOW and e > start for c, s, e in peaks):
                return f"{split}: the background window {contig}:{start} touches a peak"
            if not label and sum(base in "GC" for base in one) * 50 // expected.WINDOW not in like:
                return f"{split}: no window with a target has the GC content of {contig}:{start}"
    return ""


def _codes(tensor: np.ndarray) -> np.ndarray:
    """0 for an unknown base, 4, 3, 2, 1 for A, C, G, T."""
    return (tensor * np.array([4, 3, 2, 1])).sum(axis=2)


def read_tiles(**given: str) -> Callable[[Path], None]:
    return lambda folder: programs.read_tiles(LENGTH, folder / "out/rows.json", stride=17, **given)


def judge_tiles(**given: str) -> Callable[[Path, Path], str]:
    def judge(folder: Path, good: Path) -> str:
        wanted = expected.tiles(folder, LENGTH, 17, **given)
        if wanted is None:
            return "the input has no single meaning, and was accepted"
        found = json.loads((folder / "out/rows.json").read_text())
        return "" if found == wanted else f"{len(found)} windows that are not the {len(wanted)} expected"

    return judge


# Windows, predictions, checkpoint and state


def make_windows(folder: Path) -> None:
    draw = np.random.default_rng(2)
    for split, n in COUNTS.items():
        labels = draw.random((n, len(TARGETS))) < 0.4
        codes = draw.integers(0, 4, (n, LENGTH))
        made_by = WINDOWS_MADE_BY | {"split": split}
        with writing(folder / f"data/{split}.h5", n, LENGTH, TARGETS, bin=20, contigs=["chr1", "chr2"], assembly="toy",
                     made_by=made_by) as writer:  # fmt: skip
            packed = onehot.pack(np.eye(4, dtype=np.uint8)[codes])
            writer.append(packed, np.packbits(labels, axis=1), np.arange(n) % 2, 100 * np.arange(n))


def run_baseline(folder: Path) -> None:
    programs.program(
        "baseline", "composition", *["-d", "data", "-o", "out/test.h5", "--table", "out/table.tsv", "--threads", "1"]
    )


def judge_predictions(folder: Path, good: Path) -> str:
    with h5py.File(folder / "out/test.h5") as file, h5py.File(good / "out/test.h5") as before:
        found, old = file["predictions"][()], before["predictions"][()]
        if found.shape != old.shape:
            return f"predictions of shape {found.shape}, not {old.shape}"
        if not (np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1):
            return "predictions that are no probabilities"
        if file["labels"].shape != before["labels"].shape or file["targets"][()] != before["targets"][()]:
            return "labels or targets that differ from the good ones"
    for data in Path(folder, "data").glob("*.h5"):
        with h5py.File(data) as file, h5py.File(good / "data" / data.name) as before:
            for name in ("sequence", "labels"):
                if file[name].shape != before[name].shape or file[name].dtype != before[name].dtype:
                    return f"{data.name}: {name} of another shape or type was accepted"
    return ""


def make_predictions(folder: Path) -> None:
    make_windows(folder)
    (folder / "out").mkdir(exist_ok=True)
    programs.program(
        "baseline", "composition", *["-d", "data", "-o", "test.h5", "--table", "table.tsv", "--threads", "1"]
    )
    for path in folder.glob("data/*"):
        path.unlink()


def run_evaluate(folder: Path) -> None:
    programs.program(
        "evaluate", "test.h5", *["-o", "out/auc.tsv", "--curves", "out/curves.tsv", "--calibration", "out/c.tsv"]
    )


def judge_auc(folder: Path, good: Path) -> str:
    found, old = (pd.read_csv(path / "out/auc.tsv", sep="\t") for path in (folder, good))
    with h5py.File(folder / "test.h5") as file:
        targets = json.loads(file["targets"][()])  # letters of a name may have changed
    if found["index"].tolist() != [target["index"] for target in targets] or len(found) != len(old):
        return "the targets differ"
    for name in ("auroc", "auprc"):
        values = found[name].dropna()
        if not values.between(0, 1).all() or len(values) < len(old[name].dropna()):
            return f"{name} beyond 0 and 1, or missing"
    if not (found["windows"] == old["windows"]).all():
        return "the number of windows differs"
    with h5py.File(folder / "test.h5") as file:
        values = file["predictions"][()]
        if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
            return "predictions that are no probabilities were evaluated"
    return ""


def make_checkpoint(folder: Path) -> None:
    make_windows(folder)
    programs.save_checkpoint(folder / "model.weights.h5", LENGTH, TARGETS)


def run_predict(folder: Path) -> None:
    programs.program(
        "predict",
        *["-d", "data", "-c", "model.weights.h5", "-o", "out/test.h5", "--strands", "forward", "--threads", "1"],
    )


def make_state(folder: Path) -> None:
    programs.save_state(folder / "state.h5", LENGTH, TARGETS)


def run_state(folder: Path) -> None:
    programs.resume_state(folder / "state.h5", folder / "out/resumed.json")


def judge_state(folder: Path, good: Path) -> str:
    return json.loads((folder / "out/resumed.json").read_text())["wrong"]


# Published data: bundles and tables


def make_bundle(folder: Path) -> None:
    draw = np.random.default_rng(3)
    (folder / "bundle").mkdir()
    for split, n in {"train": 24, "valid": 8, "test": 10}.items():
        one = np.eye(4, dtype=np.uint8)[draw.integers(0, 4, (n, 30))].transpose(0, 2, 1)
        sequence = np.concatenate([one, one[:, ::-1, ::-1]])
        labels = np.tile((draw.random((n, 5)) < 0.4).astype(np.uint8), (2, 1))
        if split == "train":
            with h5py.File(folder / "bundle/train.mat", "w", userblock_size=512) as file:
                file["trainxdata"], file["traindata"] = sequence.transpose(2, 1, 0), labels.T
        else:
            content = {f"{split}xdata": sequence, f"{split}data": labels}
            scipy.io.savemat(folder / f"bundle/{split}.mat", content, do_compression=split == "valid")


def run_import(folder: Path) -> None:
    programs.program("import_bundle", "bundle", "-o", "out")


def judge_bundle(folder: Path, good: Path) -> str:
    for split in COUNTS:
        found, old = (Windows(path / f"out/{split}.h5") for path in (folder, good))
        mutated = (folder / f"bundle/{split}.mat").read_bytes() != (good / f"bundle/{split}.mat").read_bytes()
        rows = found.onehot(slice(None), dtype=np.uint8), found.labels()
        if not mutated or _same(rows, (old.onehot(slice(None), dtype=np.uint8), old.labels())):
            continue
        wanted = _read_mat(folder / f"bundle/{split}.mat", split)
        if wanted is None:
            return f"{split}: SciPy or h5py cannot read the file, and other windows than the good ones were written"
        half = tuple(part[: len(part) // 2] for part in wanted)
        if not (_same(rows, wanted) or _same(rows, half)):
            return f"{split}: the windows are not those of the file"
    return ""


def _same(ours: tuple, other: tuple) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(ours, other, strict=True))


def _read_mat(path: Path, split: str) -> tuple[np.ndarray, np.ndarray] | None:
    """One-hot windows (n, L, 4), channels A, C, G, T, and labels (n, T) by SciPy or h5py."""
    try:
        if split == "train":
            with h5py.File(path) as file:
                sequence, labels = file["trainxdata"][()], file["traindata"][()]
                if sequence.shape[2] == labels.shape[1]:
                    sequence, labels = sequence.transpose(2, 1, 0), labels.T
        else:
            content = scipy.io.loadmat(path)
            sequence, labels = content[f"{split}xdata"], content[f"{split}data"]
    except Exception:
        return None
    return sequence.transpose(0, 2, 1)[:, :, [0, 2, 1, 3]], labels


def make_published(folder: Path) -> None:
    draw = np.random.default_rng(4)
    lines = ["Cell Type\tTF/DNase/HistoneMark\tTreatment\tAssay\tDanQ ROC AUC\tDanQ PR AUC"]
    for target in TARGETS:
        lines.append(f"K562\t{target.name}\tNone\t{target.assay}\t{draw.uniform(0.5, 1):.5f}\t{draw.uniform():.5f}")
    _write(folder / "aucs.txt", lines)
    make_predictions(folder)
    programs.program("evaluate", "test.h5", "-o", "auc.tsv")
    (folder / "test.h5").unlink()


def run_published(folder: Path) -> None:
    programs.program("compare_published", "auc.tsv", "aucs.txt", "-o", "out")


def judge_published(folder: Path, good: Path) -> str:
    found, old = (pd.read_csv(path / "out/published.tsv", sep="\t") for path in (folder, good))
    if len(found) != len(old):
        return f"{len(found)} targets compared, not {len(old)}"
    for name in ("published_auroc", "published_auprc"):
        if not found[name].dropna().between(0, 1).all():
            return f"{name} beyond 0 and 1 was accepted"
    return ""


# Motifs, records and the config


def make_meme(folder: Path) -> None:
    _make_motifs(folder)
    programs.write_motifs(folder / "known.meme", 26)


def make_jaspar(folder: Path) -> None:
    _make_motifs(folder)
    programs.write_jaspar(folder / "known.jaspar", 26)


def _make_motifs(folder: Path) -> None:
    (folder / "motifs").mkdir()
    programs.write_motifs(folder / "motifs/motifs.meme", 2)
    programs.write_filters(folder / "motifs/filters.tsv", 2)


def run_annotate(name: str) -> Callable[[Path], None]:
    return lambda folder: programs.program("annotate", "motifs", "-o", "out", "--known", name, "--max-evalue", "1e9")


def judge_motifs(folder: Path, good: Path) -> str:
    matches = pd.read_csv(folder / "out/matches.tsv", sep="\t")
    if not matches["pvalue"].between(0, 1).all() or matches[["overlap", "offset"]].isna().any().any():
        return "matches without a p-value"
    for line in (folder / "out/known.meme").read_text().splitlines():
        values = line.split()
        if len(values) == 4 and _is_numbers(values):
            numbers = np.array(values, float)
            if not (np.isfinite(numbers).all() and numbers.min() >= 0 and abs(numbers.sum() - 1) < 0.01):
                return f"a known motif with the probabilities {line}"
    return ""


def _is_numbers(words: list[str]) -> bool:
    try:
        [float(word) for word in words]
    except ValueError:
        return False
    return True


def make_run(folder: Path) -> None:
    programs.write_run(folder / "model")


def run_motif_comparison(folder: Path) -> None:
    programs.program("compare_motifs", "danq=model", "-o", "out")


def judge_run(folder: Path, good: Path) -> str:
    run = json.loads((folder / "model/training/run.json").read_text())
    found = pd.read_csv(folder / "out/annotated.tsv", sep="\t", keep_default_na=False)["architecture"][0]
    return "" if found == run["recipe"]["architecture"] and found.isascii() else f"the architecture is {found!r}"


def make_config(folder: Path) -> None:
    make_genome(folder)
    programs.write_config(folder / "config.yaml")


def judge_config(folder: Path, good: Path) -> str:
    """Each value of the file is in the checked config; all numbers are finite."""
    given, found = programs.given_config(folder / "config.yaml"), json.loads((folder / "out/config.json").read_text())
    if given is None:
        return "a config with duplicate keys or without a mapping was accepted"
    return _differs(given, found, "")


def _differs(given, found, key: str) -> str:
    if isinstance(given, dict):
        for name, value in given.items():
            if not isinstance(found, dict) or str(name) not in found:
                return f"{key}{name} was dropped"
            if wrong := _differs(value, found[str(name)], f"{key}{name}."):
                return wrong
        return ""
    if isinstance(found, float) and not math.isfinite(found):
        return f"{key} is {found}"
    return "" if given == found or given is None or key.startswith("folder") else f"{key} is {found!r}, not {given!r}"


# Shards of tracks


def make_shards(folder: Path) -> None:
    make_genome(folder)
    programs.write_shards(folder / "shards", folder / "genome.fa", TARGETS)


def run_join(folder: Path) -> None:
    places = ["--genome", "genome.fa", "--stride", "20", "--block-size", "25"]
    programs.program("join_tracks", "shards", *places, "--bedgraph", "-o", "out")


def judge_tracks(folder: Path, good: Path) -> str:
    for path in (good / "out").glob("*.bedGraph.gz"):
        found, old = (gzip.decompress((place / "out" / path.name).read_bytes()).decode() for place in (folder, good))
        places, before = ([line.rsplit("\t", 1) for line in text.splitlines()] for text in (found, old))
        if [place for place, _ in places] != [place for place, _ in before]:
            return f"{path.name}: values at other places"
        if not all(0 <= float(value) <= 1 for _, value in places):
            return f"{path.name}: values that are no probabilities"
    return "" if len(list((folder / "out").iterdir())) == len(list((good / "out").iterdir())) else "other files"


# Attributions, read by draw_attribution.py


def make_attributions(folder: Path) -> None:
    draw = np.random.default_rng(4)
    bases, target = np.eye(4, dtype=np.uint8)[draw.integers(0, 4, (3, LENGTH))], TARGETS[1]
    places = np.array(["chr1", "chr2", "chr2"], dtype=object), np.array([100, 0, 700])
    with writing_attributions(
        folder / "attributions.h5", Facts("gradient", "both"), onehot.pack(bases), np.arange(3), LENGTH, TARGETS,
        {target.index: np.arange(3)}, places=places, labelled=True,
    ) as file:  # fmt: skip
        values = draw.normal(size=(3, LENGTH, 4)).astype(np.float32)
        file.fill(target, slice(0, 3), values, prediction=draw.random(3), label=np.ones(3))


def run_draw_attribution(folder: Path) -> None:
    words = ["attributions.h5", "-t", "2", "--around", "8", "-o", "out/window.png"]
    programs.program("draw_attribution", *words)


def judge_attributions(folder: Path, good: Path) -> str:
    if imread(folder / "out/window.png").shape != imread(good / "out/window.png").shape:
        return "a picture of another size"
    with h5py.File(folder / "attributions.h5") as file, h5py.File(good / "attributions.h5") as before:
        found, old = file["by_target/2"], before["by_target/2"]
        if not ((found["prediction"][()] >= 0) & (found["prediction"][()] <= 1)).all():
            return "predictions that are no probabilities were accepted"
        if not np.isfinite(found["hypothetical"][np.argmax(found["prediction"])]).all():
            return "contributions that are not numbers were drawn"
        if any(
            found[name].shape != old[name].shape or found[name].dtype != old[name].dtype for name in found
        ):  # labels are optional
            return "arrays of another shape or type were accepted"
    return ""


# Patterns, read by patterns.py


def make_patterns(folder: Path) -> None:
    toy_patterns.write(folder / "patterns.h5")
    programs.write_motifs(folder / "known.meme", 26)


def run_patterns(folder: Path) -> None:
    programs.program("patterns", "patterns.h5", "-o", "out", "--known", "known.meme", "--threads", "1")


def judge_patterns(folder: Path, good: Path) -> str:
    found, old = (pd.read_csv(one / "out/patterns.tsv", sep="\t") for one in (folder, good))
    if not found[["pattern", "sign", "seqlets"]].equals(old[["pattern", "sign", "seqlets"]]):
        return "other patterns"
    places = pd.read_csv(folder / "out/places.bed.gz", sep="\t", header=None)
    if not ((places[1] >= 0) & (places[2] > places[1]) & places[4].between(0, 1000)).all():
        return "places that are none"
    for name in ("positive", "negative"):
        for motif in read_meme(folder / f"out/{name}.meme"):
            if abs(motif.probabilities.sum(axis=1) - 1).max() > 0.01:
                return "probabilities that do not sum to 1"
    return ""


PREPARED = {"make": make_genome, "mutators": TEXT}


# The manifest of a shared model, read by every program with --checkpoint


def make_shared(folder: Path) -> None:
    for name in ("a", "b"):
        _write(folder / f"model/weights/{name}.weights.h5", [f"weights of {name}"])
    manifest.write(folder / "model", {"name": "danq", "targets": 4})


def judge_shared(folder: Path, good: Path) -> str:
    """Only files of the folder may be named, and each must have its checksum; a file may be listed twice or not."""
    found = json.loads((folder / "out/checkpoints.json").read_text())
    known = {f"model/weights/{name}.weights.h5" for name in ("a", "b")}
    return "" if found and set(found) <= known else f"{found} are not the weights"


# Variants, read by check_variants.py


def make_variants(folder: Path) -> None:
    make_genome(folder)
    sequences = _sequences(folder)
    header = ["##fileformat=VCFv4.2", *(f"##contig=<ID={name},length={len(text)}>" for name, text in sequences.items())]
    rows = ["#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for number, (name, text) in enumerate(sequences.items()):
        for place in range(205, 590, 11):
            alt = "ACGT"[("ACGT".index(text[place]) + 1) % 4]
            alts = f"{alt},{text[place]}{alt}" if place % 2 else alt
            rows.append(f"{name}\t{place + 1}\tv{number}_{place}\t{text[place]}\t{alts}\t.\t.\t.")
    _write(folder / "variants.vcf", header + rows)


def make_bcf(folder: Path) -> None:
    import pysam

    make_variants(folder)
    name = str(folder / "variants.bcf")
    with pysam.VariantFile(f"{folder}/variants.vcf") as vcf, pysam.VariantFile(name, "wb", header=vcf.header) as bcf:
        for one in vcf:
            bcf.write(one)


def _sequences(folder: Path) -> dict[str, str]:
    """The contigs of the genome in upper case."""
    parts = (folder / "genome.fa").read_text().upper().split(">")[1:]
    return {part.split()[0].lower(): "".join(part.split("\n")[1:]) for part in parts}


def run_check(file: str) -> Callable[[Path], None]:
    words = ["-g", "genome.fa", "-v", file, "--window", "60", "--ref-mismatch", "keep", "-o", "out/checked.tsv"]
    return lambda folder: programs.program("check_variants", *words)


def judge_vcf(folder: Path, good: Path) -> str:
    """The records, and those of one base whose reference is the genome's."""
    data = (folder / "variants.vcf").read_bytes()
    data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    found = pd.read_csv(folder / "out/checked.tsv", sep="\t").iloc[0]
    if found["records"] != len(rows):
        return f"{found['records']} records, not {len(rows)}"
    return _judge_numbers(found)


def judge_bcf(folder: Path, good: Path) -> str:
    return _judge_numbers(pd.read_csv(folder / "out/checked.tsv", sep="\t").iloc[0])


def _judge_numbers(found: pd.Series) -> str:
    right = 0 < found["scored"] <= found["compared"] <= found["alleles"] and found["mismatches"] <= found["compared"]
    return "" if right else f"numbers that contradict each other: {found.to_dict()}"


# Sequences with labels, read by prepare_sequences.py


def make_labelled(folder: Path) -> None:
    """The same records as FASTA with labels in the headers, as FASTA beside a table of labels, and as a table."""
    draw = np.random.default_rng(8)
    texts = ["".join(draw.choice(list("ACGT"), 30)) for _ in range(40)]
    bits = ["01"[i % 2] for i in range(40)]
    rows = list(zip(range(40), texts, bits, strict=True))
    _write(folder / "marked.fa", [line for i, text, bit in rows for line in (f">r{i} label={bit}", text)])
    _write(folder / "plain.fa", [line for i, text, _ in rows for line in (f">r{i}", text)])
    _write(folder / "labels.tsv", ["name\ta", *(f"r{i}\t{bit}" for i, _, bit in rows)])
    _write(folder / "rows.seq", ["EventID\tseq\tBound", *(f"r{i}\t{text}\t{bit}" for i, text, bit in rows)])
    (folder / "rows.seq.gz").write_bytes(gzip.compress((folder / "rows.seq").read_bytes(), mtime=0))


def run_labelled(*words: str) -> Callable[[Path], None]:
    lengths = ["--length", "30", "--longer", "crop", "--shorter", "pad", "--valid", "0.2", "--test", "0.2"]
    return lambda folder: programs.program("prepare_sequences", "--sequences", *words, *lengths, "-o", "out")


def judge_labelled(file: str, labels: str | None = None) -> Callable[[Path, Path], str]:
    def judge(folder: Path, good: Path) -> str:
        wanted = expected.labelled(folder / file, folder / labels if labels else None, 30)
        if wanted is None:
            return "the input has no single meaning, and was accepted"
        found = []
        for split in COUNTS:
            windows = Windows(folder / f"out/{split}.h5")
            rows = zip(onehot.text(windows.packed(slice(None)), 30), windows.labels()[:, 0].tolist(), strict=True)
            found += [(bases, str(bit)) for bases, bit in rows]
        same = sorted(found) == sorted(wanted)
        return "" if same else f"{len(found)} windows that are not the {len(wanted)} expected"

    return judge


LABELLED = {"make": make_labelled, "mutators": TEXT, "share": 0.5}

FORMATS = {
    "fasta": Format(file="genome.fa", run=prepare(), judge=judge_windows(), **PREPARED),
    "bed": Format(file="peaks/CTCF.narrowPeak", run=prepare(), judge=judge_windows(), **PREPARED),
    "bed_signal": Format(
        file="peaks/CTCF.narrowPeak", run=prepare("--min-signal", "10"), judge=judge_windows(10), **PREPARED, share=0.5
    ),
    "bed_background": Format(
        make_large_genome, "peaks/CTCF.narrowPeak", TEXT, prepare("--keep", "any+matched:1.0"), judge_background,
        share=0.3,
    ),
    "bed_gz": Format(
        make_gzipped_peaks, "peaks/CTCF.narrowPeak", BYTES, prepare(), judge_windows(), share=0.3
    ),
    "big_bed": Format(make_big_bed, "peaks/CTCF.bb", BYTES, prepare("--min-signal", "10"), judge_copy, share=0.6),
    "bed_graph": Format(
        make_peaks("CTCF.bedGraph", "{contig}\t{start}\t{end}\t{signal}"), "peaks/CTCF.bedGraph", TEXT,
        prepare("--min-signal", "10"), judge_windows(10), share=0.5
    ),
    "gapped_peak": Format(
        make_peaks("CTCF.gappedPeak", "{contig}\t{start}\t{end}\t.\t0\t.\t0\t0\t0\t1\t{size}\t0\t{signal}\t1\t1"),
        "peaks/CTCF.gappedPeak", TEXT, prepare("--min-signal", "10"), judge_windows(10), share=0.5
    ),
    "macs_table": Format(
        make_peaks(
            "CTCF_peaks.xls", "{contig}\t{first}\t{end}\t{size}\t{end}\t1\t1\t{signal}\t1\tp",
            "chr\tstart\tend\tlength\tabs_summit\tpileup\t-log10(pvalue)\tfold_enrichment\t-log10(qvalue)\tname",
        ),
        "peaks/CTCF_peaks.xls", TEXT, prepare("--min-signal", "10"), judge_windows(10), share=0.5
    ),
    "aliases": Format(
        make_aliases, "aliases.txt", TEXT, prepare("--aliases", "aliases.txt"), judge_aliases, share=0.3
    ),
    "two_bit": Format(make_two_bit, "genome.2bit", BYTES, prepare("-g", "genome.2bit"), judge_copy, share=0.6),
    "fasta_gz": Format(
        make_gzipped_genome, "genome.fa.gz", BYTES, prepare("-g", "genome.fa.gz"), judge_copy, share=0.3
    ),
    "records": Format(
        file="genome.fa", run=read_tiles(fasta="genome.fa"), judge=judge_tiles(records="genome.fa"), **PREPARED
    ),
    "regions": Format(
        file="peaks/CTCF.narrowPeak", run=read_tiles(bed="peaks/CTCF.narrowPeak", genome="genome.fa"),
        judge=judge_tiles(regions="peaks/CTCF.narrowPeak"), **PREPARED
    ),
    "encode_metadata": Format(make_encode_files, "peaks/metadata.tsv", TEXT, run_new, judge_new, share=0.3),
    "sheet": Format(file="targets.tsv", run=prepare(), judge=judge_windows(), **PREPARED),
    "config": Format(make_config, "config.yaml", TEXT, programs.check_config, judge_config),
    "windows": Format(make_windows, "data/train.h5", BYTES, run_baseline, judge_predictions, HDF5, share=1.5),
    "mat_v73": Format(make_bundle, "bundle/train.mat", BYTES, run_import, judge_bundle, HDF5),
    "mat_v5": Format(make_bundle, "bundle/test.mat", BYTES, run_import, judge_bundle),
    "mat_v5_gz": Format(make_bundle, "bundle/valid.mat", BYTES, run_import, judge_bundle, share=0.5),
    "meme": Format(make_meme, "known.meme", TEXT, run_annotate("known.meme"), judge_motifs, share=0.6),
    "jaspar": Format(make_jaspar, "known.jaspar", TEXT, run_annotate("known.jaspar"), judge_motifs, share=0.6),
    "predictions": Format(make_predictions, "test.h5", BYTES, run_evaluate, judge_auc, HDF5),
    "checkpoint": Format(
        make_checkpoint, "model.weights.h5", BYTES, run_predict, judge_predictions, HDF5, seconds=60, share=0.3
    ),
    "shared_model": Format(
        make_shared, "model/model.json", TEXT, programs.read_shared, judge_shared, share=0.3
    ),
    "state": Format(make_state, "state.h5", BYTES, run_state, judge_state, HDF5, seconds=60),
    "shard": Format(make_shards, "shards/chr1.1.h5", BYTES, run_join, judge_tracks, HDF5),
    "attributions": Format(
        make_attributions, "attributions.h5", BYTES, run_draw_attribution, judge_attributions, HDF5, share=0.6
    ),
    "patterns": Format(make_patterns, "patterns.h5", BYTES, run_patterns, judge_patterns, HDF5, share=0.4),
    "run_json": Format(make_run, "model/training/run.json", TEXT, run_motif_comparison, judge_run, share=0.6),
    "vcf": Format(make_variants, "variants.vcf", TEXT, run_check("variants.vcf"), judge_vcf, share=0.6),
    "bcf": Format(make_bcf, "variants.bcf", BYTES, run_check("variants.bcf"), judge_bcf, share=0.6),
    "labelled_fasta": Format(
        file="marked.fa", run=run_labelled("marked.fa", "--labels", "header"),
        judge=judge_labelled("marked.fa"), **LABELLED
    ),
    "labels": Format(
        file="labels.tsv", run=run_labelled("plain.fa", "--labels", "labels.tsv"),
        judge=judge_labelled("plain.fa", "labels.tsv"), **LABELLED
    ),
    "seq": Format(file="rows.seq", run=run_labelled("rows.seq"), judge=judge_labelled("rows.seq"), **LABELLED),
    "seq_gz": Format(
        make_labelled, "rows.seq.gz", BYTES, run_labelled("rows.seq.gz"), judge_labelled("rows.seq.gz"), share=0.3
    ),
    "published": Format(make_published, "aucs.txt", TEXT, run_published, judge_published, share=0.6),
}  # fmt: skip


# Faults of the worker's making, which the harness must find.


def _self_test(run: Callable[[Path], None], judge: Callable[[Path, Path], str] = lambda folder, good: "") -> Format:
    def only_mutated(folder: Path) -> None:
        if (folder / "input").read_bytes() != b"good\n":
            run(folder)

    return Format(lambda folder: _write(folder / "input", ["good"]), "input", TEXT[3:4], only_mutated, judge, seconds=1)


def _wrong(folder: Path, good: Path) -> str:
    return "" if folder == good else "wrong"


SELF_TESTS = {
    "self_test_right": _self_test(lambda folder: None),
    "self_test_wrong": _self_test(lambda folder: None, _wrong),
    "self_test_hang": _self_test(lambda folder: time.sleep(100)),
    "self_test_crash": _self_test(lambda folder: os.kill(os.getpid(), signal.SIGSEGV)),
    "self_test_half-written": _self_test(lambda folder: _write(folder / "out/.tmp-x", [])),
    "self_test_traceback": _self_test(lambda folder: 1 / 0),
}
