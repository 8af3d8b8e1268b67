"""Guesses the target, assay, cell type, treatment and replicate of peak files from their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .encode_names import Named, histone, known_cell, old_name, read_metadata
from .peak_files import stem_of
from .vocabulary import ACCESSION, CELLS, ENCODE_FILE, HISTONE, MORE_FACTORS, NOISE, OPEN, REPLICATE, THRESHOLD

UNKNOWN = "unknown"
EDGE = r"(?<![A-Za-z0-9]){}(?![A-Za-z0-9])"


@dataclass(frozen=True)
class Guess:
    """One target: a row of the sheet, the file with its peaks, and the factor (`name` may add the replicate)."""

    path: Path
    name: str
    assay: str
    cell: str = ""
    treatment: str = ""
    replicate: str = ""
    factor: str = ""

    @property
    def experiment(self) -> tuple[str, str, str]:
        """What replicates have in common."""
        return self.cell, self.factor, self.treatment


def guess(paths: Sequence[Path], known: Collection[str]) -> tuple[list[Guess], list[str]]:
    """A guess for each file, in their order, and words that all names have and that were therefore left out.

    A `metadata.tsv` of ENCODE beside the files decides; then ENCODE's names of 2012; else the words of the name.
    Files that seem to be of the same experiment are numbered as replicates, and their names differ: CTCF_rep1.

    known : factors with a known motif, such as CTCF
    """
    factors = {word.upper() for word in (*known, *MORE_FACTORS)}
    tables = {folder: read_metadata(folder) for folder in {path.parent for path in paths}}
    stems = [stem_of(path) for path in paths]
    shared = _shared([_words(stem) for stem in stems], factors)
    found = []
    for path, stem in zip(paths, stems, strict=True):
        accession = ENCODE_FILE.search(path.name)
        named = tables[path.parent].get(accession[0]) if accession else None
        named = named or old_name(stem) or _by_words(stem, factors, shared)
        factor = re.sub(r"\s+", "_", named.name)
        found.append(Guess(path, factor, named.assay, named.cell, named.treatment, named.replicate, factor))
    return _distinct(found), sorted(shared)


def _words(stem: str) -> list[str]:
    """The words of a name that none of the known patterns explains."""
    return [
        word for word in re.split(r"(?:[_\s+]|(?<!PU)\.)+", _explained(stem)[1]) if word and not NOISE.fullmatch(word)
    ]


def _shared(words: list[list[str]], factors: Collection[str]) -> set[str]:
    """Words that are in the names of all files, at least two, and that are no factor."""
    counts = Counter(word for one in words for word in set(one))
    often = {word for word, count in counts.items() if count == len(words) > 1 and word.upper() not in factors}
    left = [[word for word in one if word not in often and not word.isdigit()] for one in words]
    return often if all(left) else set()


@cache
def _explained(stem: str) -> tuple[dict[str, str], str]:
    """What known patterns find in a name (`cell`, `mark`, `open`, `replicate`, `accession`), and the rest of it."""
    found, rest = {}, THRESHOLD.sub("_", stem)
    for accession in (ENCODE_FILE, re.compile(ACCESSION.pattern, re.I)):
        if match := re.search(EDGE.format(f"(?:{accession.pattern})"), rest, accession.flags):
            found.setdefault("accession", match[0])
            rest = re.sub(EDGE.format(f"(?:{accession.pattern})"), "_", rest, flags=accession.flags)
    numbers = {match["number"].lstrip("0") for match in _finds(REPLICATE, rest)}
    if len(numbers) == 1:
        found["replicate"] = numbers.pop()
    rest = re.sub(EDGE.format(f"(?:{REPLICATE.pattern})"), "_", rest, flags=re.I)
    for assay, pattern in OPEN.items():
        if _finds(pattern, rest):
            found["open"] = assay
            rest = re.sub(EDGE.format(f"(?:{pattern.pattern})"), "_", rest, flags=re.I)
            break
    if marks := _finds(HISTONE, rest):
        found["mark"] = histone(marks[0][0])
        rest = rest.replace(marks[0][0], "_", 1)
    for spelling, pattern in CELLS.items():
        if cells := _finds(pattern, rest):
            found["cell"] = known_cell(cells[0][0]) if "{" in spelling else spelling
            rest = rest.replace(cells[0][0], "_", 1)
            break
    return found, rest


def _finds(pattern: re.Pattern, text: str) -> list[re.Match]:
    return list(re.finditer(EDGE.format(f"(?:{pattern.pattern})"), text, re.I))


def _by_words(stem: str, factors: Collection[str], shared: Collection[str]) -> Named:
    """What the words of a name say."""
    found, _ = _explained(stem)
    words = [word for word in _words(stem) if word not in shared]
    replicate = found.get("replicate", "")
    numbers = [word for word in words if re.fullmatch(r"[1-9]", word)]
    if len(numbers) == 1 and len(words) > 1 and not replicate:
        replicate = numbers[0]
        words.remove(replicate)
    cell = found.get("cell", "")
    if "open" in found or "mark" in found:
        name = found.get("mark") or found["open"]
        cell, words = (cell, words) if cell else ("_".join(words[:1]), words[1:])
        return Named(name, "histone" if "mark" in found else name, cell, "_".join(words), replicate)
    pieces = [piece for word in words for piece in _pieces(word, factors)]
    factor = next((piece for piece in pieces if piece.upper() in factors), None)
    if factor:
        pieces.remove(factor)
        return Named(factor.upper() if factor.islower() else factor, "TF", cell, "_".join(pieces), replicate)
    if any(not piece.isdigit() for piece in pieces):
        return Named("_".join(pieces), "TF", cell, "", replicate)
    return Named(found.get("accession") or cell or stem, UNKNOWN, cell if "accession" in found else "", "", replicate)


def _pieces(word: str, factors: Collection[str]) -> list[str]:
    """A word, divided at hyphens if one of its parts is a factor and the whole is none (NKX2-5 is one)."""
    parts = [part for part in word.split("-") if part and not NOISE.fullmatch(part)]
    if word.upper() in factors or not any(part.upper() in factors for part in parts):
        return ["-".join(parts)] if parts else []
    return parts


def _distinct(guesses: list[Guess]) -> list[Guess]:
    """Number files of one experiment as its replicates, by what their names say if that tells them apart."""
    experiments: dict[tuple[str, str, str], list[int]] = {}
    for i, one in enumerate(guesses):
        experiments.setdefault(one.experiment, []).append(i)
    found = list(guesses)
    for members in experiments.values():
        if len(members) < 2:
            found[members[0]] = replace(found[members[0]], replicate="")
            continue
        said = [guesses[i].replicate for i in members]
        told_apart = all(said) and len(set(said)) == len(said)
        for number, i in enumerate(members, 1):
            replicate = guesses[i].replicate if told_apart else str(number)
            found[i] = replace(guesses[i], name=f"{guesses[i].factor}_rep{replicate}", replicate=replicate)
    return found
