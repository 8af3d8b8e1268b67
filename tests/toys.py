"""Toy data for the tests: a random genome, random peaks, and a config with two tiny models.

write_dataset(folder)       writes genome, peaks and sheet, and returns their paths
config(folder)              returns the config for this dataset as a dict that a test may change
write_config(path, config)  writes a config as YAML
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

CONTIGS = {"chr1": 40_000, "chr2": 35_000, "chr3": 30_100, "chr4": 30_000}  # bp; chr3 ends in half a bin
TARGETS = {"CTCF": "TF", "REST": "TF", "DNase": "DNase", "H3K4me3": "histone"}  # name: assay
PEAKS = 60  # of each target on each contig

DANQ = {"filters": 4, "kernel": 8, "pool": 5, "lstm": 2, "dense": 4}
DEEPSEA = {"filters": 4, "filters2": 4, "filters3": 4, "kernel": 8, "pool": 4, "dense": 4}


@dataclass(frozen=True)
class Dataset:
    """The paths of a toy dataset, and the sequences of its genome."""

    folder: Path
    genome: Path  # plain FASTA
    sheet: Path  # its peak files are relative to `folder`
    peaks: dict[str, Path]  # target name: narrowPeak.gz
    sequences: dict[str, str]  # contig name: bases


def write_dataset(folder: str | Path, seed: int = 1) -> Dataset:
    """Write a random genome with `CONTIGS` and random peaks of `TARGETS`; the same seed gives the same files."""
    folder, draw = Path(folder), np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    sequences = {name: "".join(draw.choice(list("ACGT"), length)) for name, length in CONTIGS.items()}
    genome = write_fasta(folder / "genome.fa", sequences)
    peaks = {}
    for target in TARGETS:
        lines = []
        for contig, length in CONTIGS.items():
            for start in np.sort(draw.integers(0, length - 100, PEAKS)).tolist():
                end = min(start + int(draw.integers(100, 600)), length)
                signal, summit = draw.uniform(1, 50), (end - start) // 2
                lines.append(f"{contig}\t{start}\t{end}\t.\t0\t.\t{signal:.2f}\t-1\t-1\t{summit}")
        peaks[target] = write_peaks(folder / "peaks" / f"{target}.narrowPeak.gz", lines)
    rows = [f"{name}\t{assay}\t{peaks[name].relative_to(folder)}" for name, assay in TARGETS.items()]
    sheet = write_lines(folder / "targets.tsv", ["name\tassay\tpeaks", *rows])
    return Dataset(folder, genome, sheet, peaks, sequences)


def write_fasta(path: Path, sequences: dict[str, str]) -> Path:
    """Write an uncompressed FASTA file with 60 bases per line."""
    lines = []
    for name, bases in sequences.items():
        lines += [f">{name}", *(bases[i : i + 60] for i in range(0, len(bases), 60))]
    return write_lines(path, lines)


def write_peaks(path: Path, lines: list[str]) -> Path:
    """Write a peak file; it is compressed if the name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
    return path


def write_lines(path: Path, lines: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def config(folder: str | Path) -> dict:
    """Return a config with a tiny DanQ and a tiny DeepSEA for the dataset in `folder` (relative or absolute)."""
    training = {"batch_size": 1000, "epochs": 1}
    return {
        "dataset": "toy",
        "folder": str(folder),
        "targets": f"{folder}/targets.tsv",
        "genome": {"fasta": "genome.fa", "assembly": "toy"},
        "windows": {"window": 400, "split": {"valid": ["chr3"], "test": ["chr4"]}},
        "models": {
            "danq": {"architecture": "DanQ", "sizes": dict(DANQ), **training},
            "deepsea": {"architecture": "DeepSEA", "sizes": dict(DEEPSEA), **training},
        },
        "motifs": {"min_sites": 1, "trim": 0, "influence": 20},
    }


def write_config(path: str | Path, config: dict) -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    return path
