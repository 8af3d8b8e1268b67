"""Run the programs inside the worker, and write the inputs that need the library to be made."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from toys import DANQ

import cli
from danq.data.genome import Genome
from danq.motifs import annotate
from danq.motifs.matrices import FILTERS
from danq.motifs.meme import Motif, write_counts, write_meme
from danq.tracks.block_values import BlockValues
from danq.tracks.layout import Layout, shard_names
from danq.tracks.shards import Settings, write_shard

SIZES = {"filters": 4, "kernel": 8, "pool": 5, "lstm": 2, "dense": 4}


def program(name: str, *words: str) -> None:
    """Run a program's main function in the current folder. A UserError ends in SystemExit with its sentence."""
    module = importlib.import_module(name)
    sys.argv = [f"{name}.py", *words]
    cli.run(module.main)


def read_tiles(length: int, output: Path, **given) -> None:
    """Read sequences as predict.py does, and write the windows along them: record, start and bases of each."""
    cli.run(lambda: _read_tiles(length, output, given))


def _read_tiles(length: int, output: Path, given: dict) -> None:
    from danq.data import onehot
    from danq.data.given_sequences import tiles_of

    source, _ = tiles_of(length, **given)
    names, starts = source.places()
    bases = onehot.text(source.packed(slice(None)), length)
    output.parent.mkdir(exist_ok=True)
    output.write_text(json.dumps([*zip(names.tolist(), starts.tolist(), bases, strict=True)]))


def save_checkpoint(path: Path, length: int, targets: list) -> None:
    import keras

    from danq.models import registry
    from danq.runtime import checkpoint

    keras.utils.set_random_seed(1)
    sizes = registry.default_sizes("DanQ") | SIZES
    blueprint = checkpoint.Blueprint("DanQ", sizes, length, targets)
    checkpoint.save(path, blueprint.build(), blueprint)


@cache
def _trainer(length: int, n_targets: int):
    from danq.models import registry
    from danq.runtime.batches import on_packed

    model = registry.build("DanQ", length, n_targets, **SIZES)
    trainer = on_packed(model, length)
    trainer.compile("adam", "binary_crossentropy")
    trainer.optimizer.build(trainer.trainable_variables)
    return model, trainer


def _progress(model):
    from danq.training.state import EpochPart, Progress

    row = {"epoch": 1, "loss": 0.5, "val_loss": 0.6, "val_auprc": 0.4, "learning_rate": 0.001, "seconds": 2.0}
    part = EpochPart(samples=20, loss=9.0, seconds=1.0, learning_rate=0.001)
    return Progress([row, row | {"epoch": 2, "val_loss": 0.5}], model.get_weights(), part, [1])


def save_state(path: Path, length: int, targets: list) -> None:
    from danq.training.state import StateFile

    model, trainer = _trainer(length, len(targets))
    StateFile(path, "key", trainer).save(_progress(model))


def resume_state(path: Path, output: Path) -> None:
    """Resume as training does, and write what is wrong with the resumed progress and variables."""
    cli.run(lambda: _resume(path, output))


def _resume(path: Path, output: Path) -> None:
    from danq.training.recipe import Recipe
    from danq.training.state import Progress, StateFile

    model, trainer = _trainer(40, 4)
    state = StateFile(path, "key", trainer)
    variables = [*trainer.variables, *trainer.optimizer.variables]
    before = [np.array(variable) for variable in variables]
    wrong = ""
    try:
        found = state.resume()
        after = [np.array(variable) for variable in variables]
        if found == Progress():
            if any(not np.array_equal(a, b) for a, b in zip(before, after, strict=True)):
                wrong = "training starts anew with variables of the damaged file"
        else:
            if not all(np.isfinite(values).all() for values in after if values.dtype.kind == "f"):
                wrong = "variables that are not finite were loaded"
            model.set_weights(found.best)  # as at the end of training
            best = Recipe().best_epoch(found.history, found.start)
            json.dumps([found.place, best, asdict(replace(found, best=[]))], allow_nan=True)
    finally:
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)
    output.parent.mkdir(exist_ok=True)
    output.write_text(json.dumps({"wrong": wrong}))


def _motifs(n: int) -> list[Motif]:
    draw = np.random.default_rng(5)
    return [Motif(f"filter_{i + 1:03d}", draw.dirichlet([0.5] * 4, 8), 20 + i) for i in range(n)]


def write_motifs(path: Path, n: int) -> None:
    write_meme(path, _motifs(n), {"filter_001": "CTCF"})


def write_jaspar(path: Path, n: int) -> None:
    write_counts(
        path, {f"MA{i} NAME{i}": np.rint(100 * one.probabilities).astype(int) for i, one in enumerate(_motifs(n))}
    )


def write_filters(path: Path, n: int) -> None:
    rows = [{"filter": i + 1, "consensus": "ACGTACGT", "information": 5.0, "sites": 20} for i in range(n)]
    FILTERS.write(pd.DataFrame(rows).reindex(columns=FILTERS.columns), path)


def write_shards(folder: Path, genome: Path, targets: list) -> None:
    """Shards of a genome with random values of two targets; some cells are skipped."""
    draw = np.random.default_rng(7)
    layout = Layout(Genome(genome).contigs, 20, 25)
    settings = Settings((1, 3), 20, 25, 60, 0.1, "both", ("a model",))
    for name, place in shard_names(layout).items():
        cells = layout.block(*place).cells
        values = draw.random((len(cells) - 2, 2)).astype(np.float32)
        skipped = {"beyond_contig": 1, "unknown_bases": 1}
        write_shard(folder / name, BlockValues(*place, cells[1:-1], values, skipped), targets, settings)


def write_run(folder: Path) -> None:
    """A model's folder: run.json and the tables of annotate.py."""
    (folder / "training").mkdir(parents=True)
    recipe = {"architecture": "DanQ", "sizes": DANQ, "seed": 1, "learning_rate": 0.001, "epochs": 5}
    (folder / "training/run.json").write_text(json.dumps({"recipe": recipe, "epochs": 3, "seconds": 1.5}, indent=2))
    motifs = pd.DataFrame([{"filter": 1, "consensus": "ACGT", "known": "MA1", "information": 5.0}])
    annotate.MOTIFS.write(motifs.reindex(columns=annotate.MOTIFS.columns), folder / "motifs/motifs.tsv")
    annotate.CONTROL.write(pd.DataFrame([dict.fromkeys(annotate.CONTROL.columns, 0)]), folder / "motifs/control.tsv")
    annotate.RECOVERED.write(pd.DataFrame(columns=annotate.RECOVERED.columns), folder / "motifs/recovered.tsv")


CONFIG = """dataset: toy
folder: .
targets: targets.tsv
genome:
  fasta: genome.fa
  assembly: toy
windows:
  bin: 20
  window: 60
  overlap_fraction: 0.5
  split:
    valid: [chr3]
    test: [chr4]
seed: 1
models:
  danq:
    architecture: DanQ
    sizes: {filters: 4, kernel: 8, pool: 5, lstm: 2, dense: 4}
    batch_size: 10
    epochs: 1
    learning_rate: 1.0e-3
  deepsea:
    architecture: DeepSEA
    sizes: {filters: 4, filters2: 4, filters3: 4, kernel: 8, pool: 4, dense: 4}
    epochs: 2
motifs:
  min_sites: 1
  trim: 0
"""


def write_config(path: Path) -> None:
    path.write_text(CONFIG)


def given_config(path: Path) -> dict | None:
    """The config by PyYAML; None if it is no mapping, or if a mapping has a key twice."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        tree, data = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except (UnicodeDecodeError, yaml.YAMLError):
        return None
    return data if isinstance(data, dict) and not _twice(tree) else None


def _twice(node: yaml.Node) -> bool:
    if isinstance(node, yaml.MappingNode):
        keys = [str(key.value) for key, _ in node.value]
        return len(set(keys)) < len(keys) or any(_twice(value) for _, value in node.value)
    return isinstance(node, yaml.SequenceNode) and any(map(_twice, node.value))


def check_config(folder: Path) -> None:
    """What the workflow does with its config before it plans: read, check, and make all programs' options."""
    cli.run(lambda: _check_config(folder))


def _check_config(folder: Path) -> None:
    from snakemake.common.configfile import load_configfile
    from snakemake.exceptions import WorkflowError

    from danq.errors import UserError
    from flow import config as flow_config
    from flow import files, options, repeated

    try:
        config = flow_config.checked(dict(load_configfile(str(folder / "config.yaml"))))
    except (WorkflowError, UnicodeDecodeError) as error:  # Snakemake reads the file and ends, before our code starts
        raise UserError("the config is not YAML in UTF-8") from error
    repeated.check_files([folder / "config.yaml"])
    listed = flow_config.listed_targets(config)
    if listed.targets:
        flow_config.check_names(config, listed.targets)
    files.check_given_files(config, listed.sheet)
    flow_config.check_expected(config)
    options.options(**options.prepare_options(config))
    for name in config["models"]:
        options.options(**options.train_options(config, name))
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out/config.json").write_text(json.dumps(config))
