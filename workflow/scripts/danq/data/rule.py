"""The rule by which bins become windows with labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from ..errors import UserError
from .split import REST
from .targets import Target

LATER = ("resize", "aliases")  # settings that windows files of earlier versions do not have
MATCHED = "any+matched:"
MOST_MATCHED = 100  # background windows for each window with a target


@dataclass(frozen=True)
class Rule:
    """Settings that define bins, labels and windows.

    bin, window : sizes in bp; a window is centred on its bin
    fraction, of : a bin is positive when more than `fraction` of it lies in one "peak" or in the "union" of all
    keep : bins to keep: "any" (positive for any target), "any+matched:N" (and N times as many background bins of the
        same GC and repeat content, see `background`), "all", "assay:NAME" (positive for any target of the assay) or
        "bed:FILE" (more than half covered by the file's intervals)
    min_signal : peaks with a lower signalValue are ignored
    blacklist : BED file; bins that overlap one of its intervals are dropped
    unknown_bases : "drop" windows with a base other than A, C, G, T, or "keep" them
    off_contig : "drop" windows that extend beyond their contig, or "pad" them with unknown bases
    split : contigs and regions of train, valid and test; "rest" is allowed for train
    skip_unknown_contigs : allow that more than 5 % of a file's peaks are on contigs that the genome does not have
    resize : size of bins that are centred at summits, in place of `bin`; peaks get this length around their summits
    aliases : table of other names of the genome's contigs, see `contig_names.read_aliases`
    """

    bin: int = 200
    window: int = 1000
    fraction: float = 0.5
    of: str = "peak"
    keep: str = "any"
    min_signal: float | None = None
    blacklist: str | None = None
    unknown_bases: str = "drop"
    off_contig: str = "drop"
    split: dict[str, Sequence[str]] = field(default_factory=lambda: {"train": [REST], "valid": [], "test": []})
    skip_unknown_contigs: bool = False
    resize: int | None = None
    aliases: str | None = None

    def __post_init__(self):
        size = "windows.bin" if self.resize is None else "windows.resize"
        if self.resize is not None:
            object.__setattr__(self, "bin", self.resize)
        if self.bin < 1:
            raise UserError(f"{size} must be at least 1 bp, not {self.bin}")
        if not 0 <= self.fraction < 1:
            raise UserError(f"windows.overlap_fraction must be at least 0 and below 1, not {self.fraction:g}")
        if self.keep not in ("any", "all") and not self.keep.startswith(("assay:", "bed:", MATCHED)):
            raise UserError(
                f"windows.keep {self.keep!r} is unknown; choose any, any+matched:1.0, all, assay:NAME or bed:FILE"
            )
        matched(self.keep)
        if self.window < self.bin:
            raise UserError(f"windows.window ({self.window} bp) is smaller than {size} ({self.bin} bp); enlarge it")
        if (self.window - self.bin) % 2:
            raise UserError(
                f"windows.window - {size} ({self.window} - {self.bin} bp) must be even; half of it is on each side"
            )

    def record(self) -> dict:
        """The settings, for the windows file; those that a later version added are left out if they are not set."""
        return {name: value for name, value in asdict(self).items() if name not in LATER or value}

    @property
    def background(self) -> bool:
        """Whether windows may be bins without a peak, for bins that are centred at summits."""
        return not (self.keep == "any" or (self.keep.startswith("assay:") and "+" not in self.keep))

    @property
    def flank(self) -> int:
        """Bases of a window on each side of its bin, in bp."""
        return (self.window - self.bin) // 2

    @property
    def matched(self) -> float:
        """Number of background windows for each window with a target; 0 for none."""
        return matched(self.keep)


def matched(keep: str) -> float:
    """N of `any+matched:N`, and 0 of all other words; another N than a number above 0 is a UserError."""
    if not keep.startswith(MATCHED):
        return 0.0
    text = keep.removeprefix(MATCHED)
    number = float(text) if re.fullmatch(r"\d{1,3}(\.\d*)?|\.\d+", text, re.ASCII) else 0.0
    if not 0 < number <= MOST_MATCHED:
        raise UserError(
            f"windows.keep {keep!r}: the number of background windows for each window with a target must be above 0 "
            f"and at most {MOST_MATCHED}, as in any+matched:1.0"
        )
    return number


def check_negatives(keep: str, targets: Sequence[Target]) -> None:
    """Raise UserError if all windows would be positive for the only target."""
    matched(keep)
    if len(targets) == 1 and (keep == "any" or keep.startswith("assay:")):
        raise UserError(
            f"windows.keep {keep!r} with one target: every window is positive, so nothing can be learned; "
            "use keep: all or any+matched:1.0, or add targets"
        )
