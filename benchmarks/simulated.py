"""Simulated data of real size: a genome as long as the human one, clustered peaks, and windows."""

from __future__ import annotations

import gzip
from pathlib import Path

import common  # noqa: F401
import numpy as np

from danq.data import onehot
from danq.data.targets import Target
from danq.data.windows import blocks, writing

LENGTHS = (  # chromosomes 1 to 22, X and Y of the human assembly hg19, in bp
    249_250_621, 243_199_373, 198_022_430, 191_154_276, 180_915_260, 171_115_067, 159_138_663, 146_364_022,
    141_213_431, 135_534_747, 135_006_516, 133_851_895, 115_169_878, 107_349_540, 102_531_392, 90_354_753,
    81_195_210, 78_077_248, 59_128_983, 63_025_520, 48_129_895, 51_304_566, 155_270_560, 59_373_566,
)  # fmt: skip
HUMAN = {f"chr{name}": length for name, length in zip((*range(1, 23), "X", "Y"), LENGTHS, strict=True)}
LINE = 60  # bases per line
MARGIN = 1000  # bp without peaks at the ends of a contig
JITTER = 40  # bp, standard deviation of the peaks of one position
WIDTHS = (150, 600)  # bp, range of peak widths
FOUR_LETTERS = np.frombuffer(b"ACGT", np.uint8)[np.arange(256)[:, None] >> (0, 2, 4, 6) & 3]  # of each byte


def human(scale: float) -> dict[str, int]:
    """Contigs (name to length in bp) of a genome `scale` times as long as the human one."""
    return {name: max(round(length * scale), 20 * MARGIN) for name, length in HUMAN.items()}


def write_genome(path: Path, contigs: dict[str, int], seed: int = 1) -> None:
    """Write plain FASTA of random bases; about 6% are unknown, most in the centromeres, as in a real assembly."""
    draw = np.random.default_rng(seed)
    with path.open("wb") as file:
        for name, length in contigs.items():
            bases = FOUR_LETTERS[np.frombuffer(draw.bytes(-(-length // 4)), np.uint8)].reshape(-1)[:length]
            end = min(10_000, length // 100)
            bases[:end] = bases[length - end :] = ord("N")
            bases[int(0.4 * length) : int(0.45 * length)] = ord("N")
            for gap in draw.integers(0, length, length // 1_000_000):
                bases[gap : gap + 500] = ord("N")
            whole = length // LINE * LINE
            lines = np.full((whole // LINE, LINE + 1), ord("\n"), np.uint8)
            lines[:, :LINE] = bases[:whole].reshape(-1, LINE)
            file.write(f">{name}\n".encode())
            file.write(lines)
            file.write(bases[whole:].tobytes() + b"\n" * (whole < length))


def draw_places(contigs: dict[str, int], n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Contig ranks and positions, both (n,), that many targets share, in random order."""
    draw = np.random.default_rng(seed)
    lengths = np.array(list(contigs.values()))
    contig = draw.choice(len(lengths), n, p=lengths / lengths.sum())
    return contig, draw.integers(MARGIN, lengths[contig] - MARGIN)


def write_peaks(path: Path, contigs: dict[str, int], places: tuple[np.ndarray, np.ndarray], n: int, seed) -> None:
    """Write a sorted narrowPeak file (gzip if named .gz) of `n` peaks at `places`, more often at the first of them."""
    draw = np.random.default_rng(seed)
    # Squaring a uniform number favours the first positions: some are open in most cells, others in few.
    chosen = (len(places[0]) * draw.random(n) ** 2).astype(np.int64)
    contig, centre = places[0][chosen], places[1][chosen] + np.rint(draw.normal(0, JITTER, n)).astype(np.int64)
    width = draw.integers(WIDTHS[0], WIDTHS[1] + 1, n)
    start = centre - width // 2
    order = np.lexsort((start, contig))
    names, signal = np.array(list(contigs), dtype=object), draw.uniform(2, 50, n)
    rows = zip(*(column[order].tolist() for column in (names[contig], start, start + width, signal)), strict=True)
    lines = (f"{c}\t{s}\t{e}\t.\t0\t.\t{v:.3f}\t-1\t-1\t{(e - s) // 2}\n" for c, s, e, v in rows)
    text = "".join(lines).encode()
    path.write_bytes(gzip.compress(text, 1) if path.suffix == ".gz" else text)


def write_windows(path: Path, n: int, length: int, n_targets: int, seed: int = 1, halvings: int = 4) -> None:
    """Write a windows file of random bases and labels; each label is positive in 1 of 2^halvings windows."""
    draw = np.random.default_rng(seed)
    targets = [Target(i, f"target{i}", "random") for i in range(1, n_targets + 1)]
    two_bases = onehot.pack_nibbles(np.uint8(8) >> np.stack([np.arange(256) >> 2 & 3, np.arange(256) & 3], axis=1))
    two_bases = two_bases[:, 0].astype(np.uint8)
    with writing(path, n, length, targets, bin=200, assembly="random", made_by={"split": path.stem}) as writer:
        for block in blocks(n):
            rows = block.stop - block.start
            sequence = two_bases[_random(draw, rows, onehot.packed_width(length))]
            if length % 2:
                sequence[:, -1] &= 0xF0
            labels = np.bitwise_and.reduce([_random(draw, rows, -(-n_targets // 8)) for _ in range(halvings)])
            labels[:, -1] &= 0xFF << (-n_targets % 8) & 0xFF  # no bits beyond the last label
            writer.append(sequence, labels)


def _random(draw: np.random.Generator, rows: int, width: int) -> np.ndarray:
    return np.frombuffer(draw.bytes(rows * width), np.uint8).reshape(rows, width)
