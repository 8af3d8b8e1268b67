"""What prepare.py should write, by an independent reading of genome, sheet and peaks in plain Python.

Each reader returns None for a file that has no single meaning; such a file must be refused.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

BIN, WINDOW = 20, 60  # bp
FLANK = (WINDOW - BIN) // 2
SPLITS = {"valid": "chr3", "test": "chr4"}  # all other contigs are train


def text_lines(path: Path, errors: str = "strict") -> list[str] | None:
    """Lines of a plain or gzip file with any line ends; None for a damaged one."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return None
    try:
        text = data.decode("utf-8-sig", errors)
    except UnicodeDecodeError:
        return None
    text = text.replace("\r\n", "\n")
    return text.split("\n" if "\n" in text else "\r")


def contigs(path: Path) -> dict[str, str] | None:
    """Bases of each contig."""
    found: dict[str, list[str]] = {}
    name = None
    for line in text_lines(path) or []:
        if line.startswith(">"):
            name = (line[1:].split() or [""])[0]
            if not name or name in found:
                return None
            found[name] = []
        elif name is None and line.startswith(";"):  # a comment, by the original convention
            continue
        elif line.strip():
            if name is None:
                return None
            found[name].append(line.strip())
    return {name: "".join(parts) for name, parts in found.items()} or None


def peaks(path: Path, lengths: dict[str, int], min_signal: float | None) -> list[tuple[str, int, int]] | None:
    found = []
    lines = text_lines(path, "replace")  # bytes in a column that is not read do not matter
    for line in lines or []:
        if not line.strip() or line.startswith(("#", "track", "browser")):
            continue
        fields = [field.strip() for field in (line.split("\t") if "\t" in line else line.split())]
        try:
            contig, start, end = fields[0], int(fields[1]), int(fields[2])
            if min_signal is not None and not float(fields[6]) >= min_signal:
                continue
        except (ValueError, IndexError):
            return None
        if not 0 <= start < end:
            return None
        if contig in lengths:
            found.append((contig, start, min(end, lengths[contig])))
    return found if lines else None


def tiles(folder: Path, length: int, stride: int, records: str = "", regions: str = "") -> list | None:
    """Record, start and bases of the windows along the records of a FASTA file, or the regions of a BED file."""
    sequences = contigs(folder / (records or "genome.fa"))
    if sequences is None:
        return None
    sizes = {name: len(bases) for name, bases in sequences.items()}
    found = [(name, 0, size) for name, size in sizes.items()] if records else peaks(folder / regions, sizes, None)
    if found is None:
        return None
    rows = []
    for name, start, end in found:
        missing = max(length - (end - start), 0)
        first, last = start - missing // 2, max(end, start - missing // 2 + length)
        for place in sorted({*range(first, last - length, stride), last - length}):
            inside = sequences[name][max(place, 0) : place + length].upper()
            bases = "N" * max(-place, 0) + "".join(base if base in "ACGT" else "N" for base in inside)
            rows.append([name, place, bases.ljust(length, "N")])
    return rows


def sheet(path: Path) -> list[dict[str, str]] | None:
    lines = [line for line in text_lines(path) or [] if line.strip()]
    rows = [[field.strip() for field in line.split("\t")] for line in lines]
    if not rows or len(set(rows[0])) < len(rows[0]) or not {"name", "assay", "peaks"} <= set(rows[0]):
        return None
    if any(any(row[len(rows[0]) :]) for row in rows):
        return None
    return [dict(zip(rows[0], row + [""] * len(rows[0]), strict=False)) for row in rows[1:]]


def windows(folder: Path, min_signal: float | None = None) -> dict | None:
    """The targets, and for each split the windows by place: bases, and one letter 0 or 1 for each target."""
    genome, rows = contigs(folder / "genome.fa"), sheet(folder / "targets.tsv")
    if not genome or not rows:
        return None
    lengths = {name: len(bases) for name, bases in genome.items()}
    labels: dict[tuple[str, int], list[str]] = {}
    for i, row in enumerate(rows):
        path = folder / row["peaks"]
        found = peaks(path, lengths, min_signal) if path.is_file() else None
        if found is None:
            return None
        for contig, start, end in found:
            for bin in range(start // BIN * BIN, end, BIN):
                if min(end, bin + BIN) - max(start, bin) > BIN / 2:
                    labels.setdefault((contig, bin), ["0"] * len(rows))[i] = "1"
    result: dict = {"targets": [(row["name"], row["assay"]) for row in rows]}
    result |= {split: {} for split in ("train", "valid", "test")}
    for (contig, bin), bits in labels.items():
        place = bin - FLANK
        bases = genome[contig][max(place, 0) : bin + BIN + FLANK].upper()
        if place >= 0 and len(bases) == WINDOW and set(bases) <= set("ACGT"):
            split = next((name for name, only in SPLITS.items() if only == contig), "train")
            result[split][contig, place] = (bases, "".join(bits))
    return result


def labelled(path: Path, labels: Path | None, length: int) -> list[tuple[str, str]] | None:
    """Bases and label of each record of FASTA or of a table with a column `seq`; those without a label are left out.

    labels : table of names and labels; None for labels in the headers or the column `Bound`
    """
    lines = text_lines(path)
    table = _labels(labels) if labels else {}
    if lines is None or table is None:
        return None
    found = []
    lines = [line for line in lines if line.strip()]
    for name, bit, bases in _labelled_fasta(lines) if lines[0].startswith(">") else _labelled_rows(lines):
        bit = table.get(name, "NA") if labels else bit
        known = {"1.0": "1", "0.0": "0"}.get(bit, bit)
        if known not in ("0", "1", "", "NA", "nan", "NaN", ".", "<NA>") or not bases.isalpha():
            return None
        if known in ("0", "1"):
            bases = "".join(one if one in "ACGT" else "N" for one in bases.upper())
            cut, left = max(len(bases) - length, 0) // 2, max(length - len(bases), 0) // 2
            found.append((("N" * left + bases[cut : cut + length]).ljust(length, "N"), known))
    return found


def _labels(path: Path) -> dict[str, str] | None:
    rows = [line.split("\t") for line in text_lines(path) or [] if line.strip()]
    if not rows or any(len(row) != 2 for row in rows):
        return None
    found = {name.strip().strip('"'): bit.strip().strip('"') for name, bit in rows[1:]}  # quotes, as in CSV
    return found if len(found) == len(rows) - 1 else None


def _labelled_fasta(lines: list[str]) -> list[tuple[str, str, str]]:
    found: list[list[str]] = []
    for line in lines:
        if line.startswith(">"):
            words = line[1:].replace("|", " ").replace(";", " ").split()
            marked = [word.removeprefix("label=") for word in words if word.startswith("label=")]
            found.append([(line[1:].split() or [""])[0], (marked or words[1:][-1:] or ["none"])[0], ""])
        else:
            found[-1][2] += line.strip()
    return [tuple(one) for one in found]


def _labelled_rows(lines: list[str]) -> list[tuple[str, str, str]]:
    rows = [[item.strip() for item in line.split("\t")] for line in lines]
    columns = [name.lower() for name in rows[0]]
    bit = columns.index("bound") if "bound" in columns else None
    name = columns.index("eventid") if "eventid" in columns else None
    return [
        ("" if name is None else row[name], "1" if bit is None or not row[bit] else row[bit], row[columns.index("seq")])
        for row in rows[1:]
    ]
