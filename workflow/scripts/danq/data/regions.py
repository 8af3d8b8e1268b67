"""Regions of a genome: written as in a genome browser, or read from a BED file.

BED: https://genome.ucsc.edu/FAQ/FAQformat.html
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import UserError
from ..files import opened
from .contig_names import genome_name
from .peak_formats import check_header, check_text

log = logging.getLogger(__name__)
CLIPPED_SHARE = 0.01  # of the regions of a file, at most, may end beyond their contig
FAR = 10_000  # bp beyond the end of a contig, at most: further, the assembly is another one
HEADERS = ("#", "track", "browser")
NAME = 3  # column of the name, from 0
# Why regions of a file are not used (the first two) or not as they are.
REASONS = {
    "unknown_contig": "on contigs that the genome does not have, skipped",
    "outside_contig": "beyond the end of their contig, skipped",
    "clipped": "cut at the end of their contig",
}
_REGION = re.compile(r"(?P<contig>\S+):(?P<start>\d[\d,]*)-(?P<end>\d[\d,]*)")


class Region(NamedTuple):
    """A part of a contig.

    contig : name in the genome
    start, end : 0-based and half-open, in bp
    name : as the user gave it, or ""
    """

    contig: str
    start: int
    end: int
    name: str = ""

    @property
    def title(self) -> str:
        """The name, or the place as in a genome browser, such as `chr8:1001-2000`."""
        return self.name or f"{self.contig}:{self.start + 1}-{self.end}"


def parse_region(text: str, contigs: dict[str, int]) -> tuple[int, int, int]:
    """Contig rank, start and end (0-based, half-open) of `chr8` or `chr7:30508751-35296850`.

    Regions are written as in a genome browser: 1-based, both ends included. Contigs may be named in another way than in
    the genome (see `genome_name`). A region that is not on the genome raises UserError.

    contigs : names and lengths in bp, in the order of the genome
    """
    names = list(contigs)
    whole = genome_name(text, contigs)
    if whole is not None:
        return names.index(whole), 0, contigs[whole]
    match = _REGION.fullmatch(text)
    contig = genome_name(match["contig"], contigs) if match else None
    if contig is None:
        raise UserError(
            f"{text!r} is on no contig of the genome, which has {', '.join(names[:4])}"
            f"{', ...' if len(names) > 4 else ''}; write chr8 or chr7:1001-2000"
        )
    start, end = (int(match[part].replace(",", "")) for part in ("start", "end"))
    if not 1 <= start <= end <= contigs[contig]:
        raise UserError(
            f"{text!r} must lie between 1 and {contigs[contig]}, the length of {contig}, "
            "and its start must not be above its end"
        )
    return names.index(contig), start - 1, end


def named_regions(texts: Sequence[str], contigs: dict[str, int]) -> list[Region]:
    """The regions of `parse_region`, in the order given; a region that is not on the genome raises UserError."""
    names = list(contigs)
    return [Region(names[rank], start, end) for rank, start, end in (parse_region(text, contigs) for text in texts)]


def read_bed(path: str | Path, contigs: dict[str, int]) -> tuple[list[Region], dict[str, int]]:
    """The regions of a BED file, plain or gzip, in its order and with repetitions.

    The second value counts the `regions` of the file, those `used`, and the others by the reasons of `REASONS`.

    Contigs may be named in another way than in the genome (see `genome_name`). Regions on contigs that the genome does
    not have, or that begin beyond the end of their contig, are left out; regions that end beyond it are cut there.
    Column 4 is the name; other columns, the strand among them, are not used.

    Raises UserError if a line is malformed, if no region is left, or if the genome is another one: a region that ends
    more than `FAR` bp beyond its contig, or more than 1 % of the regions that end beyond it.
    """
    found, counts = [], Counter(dict.fromkeys(("regions", "used", *REASONS), 0))
    first_beyond = unknown = ""
    for where, contig, start, end, name in _rows(path):
        counts["regions"] += 1
        known = genome_name(contig, contigs)
        if known is None:
            counts["unknown_contig"] += 1
            unknown = unknown or contig
            continue
        if end > contigs[known]:
            first_beyond = first_beyond or _beyond(where, known, end, contigs)
            if end > contigs[known] + FAR:
                raise UserError(_beyond(where, known, end, contigs))
        if start >= contigs[known]:
            counts["outside_contig"] += 1
            continue
        counts["clipped"] += end > contigs[known]
        found.append(Region(known, start, min(end, contigs[known]), name))
    counts["used"] = len(found)
    if counts["outside_contig"] + counts["clipped"] > max(1, CLIPPED_SHARE * counts["regions"]):
        raise UserError(first_beyond)
    if not found:
        raise UserError(
            f"{path}: none of its contigs ({unknown!r}, ...) is in the genome ({next(iter(contigs))!r}, ...); "
            "use regions and a genome of the same assembly"
            if unknown
            else f"{path}: no region is left on the genome; give a file with regions"
        )
    for reason, meaning in REASONS.items():
        if counts[reason]:
            log.warning("%s: %s of %s regions %s", path, f"{counts[reason]:,}", f"{counts['regions']:,}", meaning)
    return found, dict(counts)


def _beyond(where: str, contig: str, end: int, contigs: dict[str, int]) -> str:
    return (
        f"{where}: the region ends at {end:,}, beyond the end of {contig} ({contigs[contig]:,} bp); "
        "check that this is the right assembly"
    )


def _rows(path: str | Path) -> Iterator[tuple[str, str, int, int, str]]:
    """File and line, contig, start, end and name of each line with a region; a malformed line is a UserError."""
    with opened(path, "BED file") as handle:
        check_text(path, handle.peek())
        empty = True
        for number, line in enumerate(io.TextIOWrapper(handle, "utf-8-sig", "replace"), 1):
            if not line.strip() or line.startswith(HEADERS):
                continue
            fields = [field.strip() for field in (line.split("\t") if "\t" in line else line.split())]
            where = f"{path}, line {number}"
            if empty:
                check_header(path, fields)
                empty = False
            yield where, fields[0], *_ends(where, fields), fields[NAME] if len(fields) > NAME else ""
        if empty:
            raise UserError(f"{path}: holds no region; give a file with regions")


def _ends(where: str, fields: Sequence[str]) -> tuple[int, int]:
    if len(fields) < 3:
        raise UserError(f"{where}: a region needs at least contig, start and end, separated by tabs")
    if not all(text.isascii() and text.isdigit() for text in fields[1:3]):
        raise UserError(
            f"{where}: start and end must be whole numbers of bp, not {fields[1]!r:.40} and {fields[2]!r:.40}"
        )
    start, end = int(fields[1]), int(fields[2])
    if start >= end:
        raise UserError(f"{where}: the start {start} is not below the end {end}; a region has at least one base")
    return start, end
