"""The record of a run that a results folder carries, in `record.json`.

Snakemake keeps what it compares (options, inputs, checksums) in `.snakemake`, by path, and compares dates. Results that
were renamed, moved to another folder or copied have no such record, or new dates. The copy in `record.json` moves with
them and fills the gap.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from snakemake.persistence import RECORD_FORMAT_VERSION, MetadataRecord
from snakemake.persistence.file import FilePersistence

from danq.files import replacing

from .files import results
from .options import train_options
from .runs import runs

RECORD = "record.json"
MARK = "found: "  # begins a reason to make a result again; it stands among the options that Snakemake compares
TRAINING = ("model.weights.h5", "history.tsv", "run.json")  # the outputs of the rule `train`
STAMP = ".snakemake_timestamp"  # Snakemake dates a folder by this file in it
# The keys that decide on the windows.
DATA = ("source", "folder", "targets", "genome", "windows", "folds", "bundle", "labelled")


def save(config: dict) -> None:
    """Write the record of all results of the dataset, those of models that the config no longer has included."""
    folder, snakemake = Path(results(config)), FilePersistence()
    outputs, folders = {}, {}
    for path in sorted(folder.rglob("*")):
        known = snakemake._read_record(str(path))
        if known:
            name = str(path.relative_to(folder))
            outputs[name] = known.model_dump()
            if path.is_dir():
                folders[name] = sorted(file.name for file in path.iterdir() if file.name != STAMP)
    if outputs:
        content = {"dataset": config["dataset"], "data": _data(config), "outputs": outputs, "folders": folders}
        with replacing(folder / RECORD) as temporary:
            temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")


def restore(config: dict) -> None:
    """Give Snakemake the records of results that came from elsewhere or have another name than before."""
    folder, record = Path(results(config)), _read(config)
    if not record:
        return
    snakemake, old, new = FilePersistence(), record["dataset"], config["dataset"]
    for name, carried in record["outputs"].items():
        path = folder / name
        if path.exists() and _came_from_elsewhere(path, snakemake._read_record(str(path)), carried):
            text = json.dumps(carried)
            for parent in ("results", "logs"):
                text = text.replace(f"{parent}/{old}/", f"{parent}/{new}/")
            snakemake._write_record(str(path), MetadataRecord.model_validate(json.loads(text)))


def _came_from_elsewhere(path: Path, known: MetadataRecord | None, carried: dict) -> bool:
    """Whether the carried record of a result replaces what Snakemake knows of its path."""
    if known is None:
        return True
    file = path / STAMP if (path / STAMP).exists() else path
    return known.endtime != file.stat().st_mtime and known.endtime != carried["endtime"]


def mark_incomplete_folders(config: dict, folders: list[str]) -> Iterator[str]:
    """Have folders made again that lack a file that a run wrote into them; yield a warning for each."""
    parent, written, snakemake = Path(results(config)), _read(config).get("folders", {}), FilePersistence()
    for folder in map(Path, folders):
        _unmark(snakemake, folder)
        names = written.get(str(folder.relative_to(parent)), []) if folder.is_dir() else []
        lost = [name for name in names if not (folder / name).exists()]
        if lost:
            _mark(snakemake, folder, f"{lost[0]} is missing")
            more = f" and {len(lost) - 1} more" if lost[1:] else ""
            yield f"{folder}: {lost[0]}{more} is missing; the folder is made again"


def _mark(snakemake: FilePersistence, path: Path, reason: str) -> None:
    """Add a reason to the options with which a result was made, so that Snakemake makes it again."""
    known = snakemake._read_record(str(path)) or MetadataRecord(record_format_version=RECORD_FORMAT_VERSION)
    known.params = [*(known.params or []), MARK + reason]
    snakemake._write_record(str(path), known)


def _unmark(snakemake: FilePersistence, path: Path) -> None:
    """Remove what `_mark` added when an earlier run was planned; the reason may have gone."""
    known = snakemake._read_record(str(path))
    marked = [option for option in known.params or [] if option.startswith(MARK)] if known else []
    if marked and known.rule is None:
        snakemake._delete_record(str(path))
    elif marked:
        known.params = [option for option in known.params if option not in marked]
        snakemake._write_record(str(path), known)
    snakemake._clear_cache()


def warnings(config: dict) -> Iterator[str]:
    """A warning if the results are of other data than the config names, or if their record cannot be read."""
    record, now = _read(config), _data(config)
    if not record and Path(results(config), RECORD).exists():
        yield f"{Path(results(config), RECORD)}: not a valid record; the next run that makes a result writes it again"
    differ = [key for key in now if record and record["data"].get(key) != now[key]]
    if differ:
        yield (
            f"{results(config)} has results for another {', '.join(differ)} than the config has now: this run replaces "
            "its windows and everything made from them; to keep these results, choose another `dataset`"
        )


def mark_outdated_trainings(config: dict) -> Iterator[str]:
    """Have models trained again whose run.json differs from the config, if Snakemake has no record; yield warnings.

    A training that ends after its Snakemake was killed leaves results without a record. Its run.json has the settings.
    """
    snakemake = FilePersistence()
    for name in runs(config):
        run = Path(results(config), "models", name, "training/run.json")
        outputs = [run.with_name(file) for file in TRAINING]
        for path in outputs:
            _unmark(snakemake, path)
        if run.exists() and not snakemake._read_record(str(run)) and (differ := _differences(run, config, name)):
            for path in outputs:  # Snakemake compares options only if it has a record of all outputs
                _mark(snakemake, path, differ)
            yield f"{run}: {differ}; {name} is trained again, since Snakemake has no record of this training"


def _differences(run: Path, config: dict, name: str) -> str:
    """How a training differs from the config; "" if it does not."""
    try:
        recipe = json.loads(run.read_text(encoding="utf-8"))["recipe"]
        sizes = recipe["sizes"]
    except (ValueError, KeyError, TypeError):
        return "not a valid record of a training"
    options = train_options(config, name)
    differ = [key.replace("_", " ") for key in recipe if key in options and recipe[key] != options[key]]
    differ += ["sizes"] if sizes != runs(config)[name].settings["sizes"] else []
    return f"trained with another {', '.join(differ)} than the config has now" if differ else ""


def _data(config: dict) -> dict:
    """The values of the config that decide on the windows: `genome.fasta`, `windows.window` and so on."""
    flat = {}
    for key in DATA:
        value = config.get(key)
        flat |= {f"{key}.{name}": one for name, one in value.items()} if isinstance(value, dict) else {key: value}
    return flat


def _read(config: dict) -> dict:
    """The record that the results carry; empty if they have none that can be read."""
    try:
        record = json.loads(Path(results(config), RECORD).read_text(encoding="utf-8"))
        for known in record["outputs"].values():
            MetadataRecord.model_validate(known)
        named = isinstance(record["dataset"], str) and isinstance(record["data"], dict)
        return record if named and isinstance(record["folders"], dict) else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
