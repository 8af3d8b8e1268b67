"""The files that the config names, and where they are on disk."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from shlex import quote

import pandas as pd

from danq.data.fasta_kinds import needs_copy
from danq.errors import UserError
from danq.fetch import check_address, is_address, local_path
from danq.file_names import file_name

DOWNLOADS = "resources/fetched"
GENOMES = "resources/genomes"  # bgzip copies, by the rule `bgzip_genome`
DEMO = "resources/demo"  # the rule `simulate` writes the files in it
SPLITS = ("train", "valid", "test")
SKEW = 600  # seconds that the clock of a file server may be ahead


def results(config: dict) -> str:
    """The folder of a dataset's results."""
    return f"results/{config['dataset']}"


def on_disk(config: dict, path: str) -> str:
    """Where a path or address of the config is on disk."""
    return local_path(path, config["folder"], DOWNLOADS)


def genome_on_disk(config: dict, path: str) -> str:
    """Where the rules read a genome: its bgzip copy, if it is fetched, or has no random access; otherwise the file.

    What an address gives is known once it is fetched, so that all fetched genomes have a copy (a bgzip file is linked).
    """
    file = on_disk(config, path)
    if not is_address(path) and not (os.path.isfile(file) and needs_copy(file)):
        return file
    key = hashlib.blake2b(file.encode(), digest_size=4).hexdigest()
    return f"{GENOMES}/{key}/{file_name(Path(file).name)}.bgz"


def aliases_on_disk(config: dict) -> str | None:
    """The table of other names of the genome's contigs, for peak files; None if there is none."""
    aliases = config["genome"].get("aliases") if config["source"] == "peaks" else None
    return on_disk(config, aliases) if aliases else None


def genome_copies(config: dict) -> dict[str, str]:
    """The bgzip copies of the genomes that the config names: the path of the copy to that of the file."""
    named = [config["genome"]["fasta"]] if "genome" in config else []
    named += [entry["genome"] for entry in config["sequences"].values() if entry["genome"]]
    pairs = {genome_on_disk(config, path): on_disk(config, path) for path in named}
    return {copy: file for copy, file in pairs.items() if copy != file}


def check_container(image: str | None, used: bool) -> None:
    """Raise UserError if jobs are to run in an image, and none is given or its file does not exist.

    used : whether Snakemake was started with --sdm apptainer
    """
    if not used:
        return
    if image is None:
        raise UserError("--sdm apptainer needs the key container: the image of docs/container.md, such as danq.sif")
    if "://" not in image and not Path(image).is_file():
        raise UserError(f"container: no such file: {image}; build it as docs/container.md says, or check the path")


def bundle_files(config: dict) -> list[str]:
    """The .mat files of the bundle, on disk."""
    return [on_disk(config, f"{config['bundle']['folder']}/{split}.mat") for split in SPLITS]


def given_files(config: dict, sheet: pd.DataFrame | None) -> list[tuple[str, str]]:
    """All files that the config and the sheet name: pairs of the key and the path or address."""
    given = [("evaluate.published", config["evaluate"]["published"]), ("motifs.known", config["motifs"]["known"])]
    variants = config["variants"]
    given += [(f"variants.files.{name}", path) for name, path in variants["files"].items()]
    if variants["files"]:
        given.append(("variants.background", variants["background"]))
    if config["source"] == "sequences":
        given += labelled_files(config)
        used = (config["tracks"] or variants["files"]) and "genome" in config
        given += [("genome.fasta", config["genome"]["fasta"])] if used else []
    elif config["source"] == "bundle":
        given += [("genome.fasta", config["genome"]["fasta"])] if variants["files"] else []
        bundle = config["bundle"]
        given += [("bundle.folder", f"{bundle['folder']}/{split}.mat") for split in SPLITS]
        given.append(("bundle.names", bundle["names"]))
        given += [("genome.fasta", config["genome"]["fasta"])] if config["tracks"] and "genome" in config else []
    else:
        windows = config["windows"]
        bins = windows["keep"].removeprefix("bed:") if windows["keep"].startswith("bed:") else None
        given += [("genome.fasta", config["genome"]["fasta"]), ("windows.keep", bins)]
        given += [("windows.blacklist", windows["blacklist"]), ("genome.aliases", config["genome"].get("aliases"))]
        given += [
            (f"{config['targets']}: peaks of {name}", path)
            for name, path in zip(sheet["name"], sheet["peaks"], strict=True)
        ]
    explain = config["explain"]
    if explain["methods"]:
        given += [(f"explain.{key}", explain[key]) for key in ("bed", "fasta")]
        given += [("explain.hit_file", explain["hit_file"])] if explain["hits"] else []
        given += [(f"explain.marks.{name}", path) for name, path in explain["marks"].items()]
        given += [("genome.fasta", config["genome"]["fasta"])] if explain["bed"] or explain["bigwig"] else []
    for name, entry in config["sequences"].items():
        given += [(f"sequences.{name}.{key}", entry[key]) for key in ("fasta", "bed", "genome")]
    return [(key, path) for key, path in given if path]


def labelled_files(config: dict) -> list[tuple[str, str]]:
    """The files that windows of the source `sequences` are made from: pairs of the key and the path or address."""
    labelled, split = config["labelled"], config["labelled"]["split"]
    given = [(f"labelled.{key}", path) for key in ("files", "negative_files") for path in labelled[key]]
    given.append(("labelled.exclude", labelled["exclude"]))
    given += [("labelled.labels", labelled["labels"])] if labelled["labels"] != "header" else []
    given += [("genome.fasta", config["genome"]["fasta"])] if labelled["negatives"] == "genome" else []
    if split["by"] == "name":
        given += [(f"labelled.split.{part}", path) for part in SPLITS for path in listed_in(split[part])]
    return [(key, path) for key, path in given if path]


def labelled_inputs(config: dict) -> list[str]:
    """The files of `labelled_files`, on disk."""
    where = {"genome.fasta": genome_on_disk}
    return [where.get(key, on_disk)(config, path) for key, path in labelled_files(config)]


def listed_in(chosen: list | float) -> list[str]:
    """What a part of the split of sequences lists; nothing for a fraction and for `rest`."""
    return [] if isinstance(chosen, float) or chosen == ["rest"] else [str(one) for one in chosen]


def interval_files(config: dict, sheet: pd.DataFrame | None) -> list[str]:
    """The BED files that choose bins, and the table of other names of contigs, on disk."""
    given = given_files(config, sheet)
    return [on_disk(config, path) for key, path in given if key.startswith("windows.") or key == "genome.aliases"]


def check_given_files(config: dict, sheet: pd.DataFrame | None) -> None:
    """Raise a UserError for the first file that does not exist, unless a rule fetches or simulates it."""
    for key, path in given_files(config, sheet):
        if "://" in path:
            try:
                check_address(path)
            except UserError as error:
                raise UserError(f"{key}: {error}") from None
        file = Path(on_disk(config, path))
        if not (is_address(path) or file.exists() or file.is_relative_to(DEMO)):
            raise UserError(
                f"{key}: no such file: {file}; check the path, which starts at the config's folder ({config['folder']})"
            )


def check_dates(config: dict, sheet: pd.DataFrame | None) -> None:
    """Raise a UserError for a file with a date in the future: it would be newer than all results, after every run."""
    given = [(key, on_disk(config, path)) for key, path in given_files(config, sheet)]
    given += [("targets", config["targets"])] if sheet is not None else []
    for key, path in given:
        if os.path.exists(path) and (date := os.path.getmtime(path)) > time.time() + SKEW:
            day = time.strftime("%Y-%m-%d", time.localtime(date))
            raise UserError(f"{key}: {path} has a date in the future ({day}); correct it with `touch {quote(path)}`")


def addresses(config: dict, sheet: pd.DataFrame | None) -> dict[str, str]:
    """The files to fetch: the path on disk to the address."""
    return {on_disk(config, path): path for _, path in given_files(config, sheet) if is_address(path)}


def checksums(config: dict, sheet: pd.DataFrame | None) -> dict[str, str]:
    """The SHA-256 of files, where the config or the sheet states one: the path on disk to the checksum."""
    known = list(config["sha256"].items())
    if sheet is not None:
        known += [*zip(sheet["peaks"], sheet["sha256"], strict=True)]
    if "genome" in config:
        known.append((config["genome"]["fasta"], config["genome"]["sha256"]))
    return {on_disk(config, path): sha256 for path, sha256 in known if sha256}


def check_checksums(config: dict, sheet: pd.DataFrame | None) -> None:
    """Raise a UserError for a key of `sha256` that is no address of a file that is fetched."""
    fetched = addresses(config, sheet).values()
    for address in config["sha256"]:
        if address not in fetched:
            raise UserError(f"sha256: {address!r} is not fetched; write an address as the config or the sheet does")


def check_writable(folder: str | Path) -> None:
    """Raise a UserError when a folder, or the nearest existing one above it, cannot be written to."""
    place = Path(folder)
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        raise UserError(f"{place}: the folder cannot be written to; check its permissions, or use --directory")
