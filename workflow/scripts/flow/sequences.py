"""The block `sequences` of the config: what to predict besides the test windows, and with which models."""

from __future__ import annotations

from collections.abc import Sequence

from danq.data.chosen_targets import choose
from danq.data.targets import Target
from danq.errors import UserError

from . import files, runs
from .options import options

KINDS = ("fasta", "bed", "regions")
# The parts of predict.py that decide on these results: where the sequences come from, and how a model predicts them.
READING, PREDICTING = "danq/data/given_sequences", "danq/runtime/predict_sequences"


def check(config: dict) -> None:
    """Refuse entries whose keys contradict each other, or that name models which the config does not have."""
    for name, entry in config["sequences"].items():
        key = f"sequences.{name}"
        given = [kind for kind in KINDS if entry[kind]]
        if len(given) != 1:
            raise UserError(f"{key} has {' and '.join(given) or 'no sequences'}; give one of {', '.join(KINDS)}")
        if entry["fasta"] and entry["genome"]:
            raise UserError(f"{key}.genome is for bed and regions; leave it out, or give no fasta")
        if not entry["fasta"] and genome(config, name) is None:
            raise UserError(f"{key}: {given[0]} needs the genome that the regions lie on; add {key}.genome")
        if entry["pad"] and not entry["fasta"]:
            raise UserError(
                f"{key}.pad is for fasta; shorter regions get a window with the genome's sequence around them"
            )
        try:
            models(config, name)
        except UserError as error:
            raise UserError(f"{key}.models: {error}") from None
        if entry["average"] and len(models(config, name)) < 2:
            raise UserError(f"{key}.average needs at least two models; name more, or leave it out")


def check_targets(config: dict, targets: Sequence[Target]) -> None:
    """Refuse targets that do not exist."""
    for name, entry in config["sequences"].items():
        try:
            choose(targets, entry["targets"] or [1])
        except UserError as error:
            raise UserError(f"sequences.{name}.targets: {error}") from None


def genome(config: dict, name: str) -> str | None:
    """The genome of an entry's regions, as the config writes it; None for a FASTA file, or if there is none."""
    entry = config["sequences"][name]
    if entry["fasta"]:
        return None
    return entry["genome"] or (config["genome"]["fasta"] if "genome" in config else None)


def on_disk(config: dict, name: str, key: str) -> str | list[str]:
    """A file of an entry as the input of a rule: where it is on disk, or nothing.

    key : fasta, bed or genome
    """
    path = genome(config, name) if key == "genome" else config["sequences"][name][key]
    return files.on_disk(config, path) if path else []


def models(config: dict, name: str) -> list[str]:
    """The predictors of an entry."""
    return runs.chosen(config, config["sequences"][name]["models"])


def outputs(config: dict) -> list[str]:
    """The files to make, below the folder of the results."""
    found = []
    for name, entry in config["sequences"].items():
        folders = [""] if entry["average"] else [f"models/{model}/" for model in models(config, name)]
        for folder in folders:
            file = f"{folder}sequences/{name}.{entry['format']}"
            found += [file, f"{file}.account.tsv"]
    return found


def sequence_options(config: dict, name: str) -> str:
    """The options of predict.py for an entry, without its files."""
    entry = config["sequences"][name]
    text = options(
        regions=entry["regions"],
        stride=entry["stride"],
        targets=entry["targets"],
        max_rows=entry["max_rows"],
        **config["predict"],
    )
    return f"{text} --pad" if entry["pad"] else text
