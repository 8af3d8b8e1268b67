"""The rules that predict the sequences of the config, run with models that have not been trained."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pandas as pd
import toys
from project import copy_project, snakemake

from danq.data.targets import Target
from danq.runtime import checkpoint

TARGETS = [Target(i, name, assay) for i, (name, assay) in enumerate(toys.TARGETS.items(), 1)]
BED = ["chr4\t1000\t3000\tenhancer", "4\t50\t90", "chrX\t1\t9"]


def test_sequences_are_predicted_by_each_model_and_by_their_mean(tmp_path):
    project = copy_project(tmp_path / "project")
    toys.write_dataset(project / "data")
    toys.write_lines(project / "data/regions.bed", BED)
    config = toys.config("data")
    common = {"bed": "regions.bed", "stride": 100}
    config["sequences"] = {
        "alone": common | {"models": ["danq"], "format": "tsv", "targets": ["TF", 3]},
        "together": common | {"average": True},
    }
    toys.write_config(project / "toy.yaml", config)
    for name, model in config["models"].items():
        blueprint = checkpoint.Blueprint(model["architecture"], model["sizes"], 400, TARGETS)
        checkpoint.save(project / f"results/toy/models/{name}/training/model.weights.h5", blueprint.build(), blueprint)
    rules = ["sequences", "predict_sequences", "average_sequences"]
    done = snakemake(project, "sequences", "--cores", "2", "--configfile", "toy.yaml", "--allowed-rules", *rules)
    assert done.returncode == 0, done.stderr[-3000:]

    table = pd.read_csv(project / "results/toy/models/danq/sequences/alone.tsv", sep="\t")
    assert list(table) == ["record", "start", "end", "strand", "region", "CTCF", "REST", "DNase"]
    assert table.region.tolist() == ["enhancer"] * 17 + ["chr4:51-90"]
    with h5py.File(project / "results/toy/sequences/together.h5") as file:
        mean, spread = file["predictions"][()], file["spread"][()]
        assert file["start"][()].tolist() == table.start.tolist() == [*range(1000, 2601, 100), -130]
        assert file.attrs["architecture"] == "DanQ+DeepSEA"
        assert json.loads(file.attrs["account"])["unknown_contig"] == 1
    away = abs(table[["CTCF", "REST", "DNase"]] - mean[:, :3])  # of two values, from their mean
    np.testing.assert_allclose(away, spread[:, :3] / np.sqrt(2), rtol=1e-3, atol=1e-5)
    assert spread.max() > 0.001
    account = pd.read_csv(project / "results/toy/sequences/together.h5.account.tsv", sep="\t").set_index("what")[
        "count"
    ]
    assert account[["regions", "used", "unknown_contig", "windows", "shorter_than_window"]].tolist() == [3, 2, 1, 18, 1]
