"""A model that is shared works without its training data, and its card states what the tables and records say."""

import json
import re
import shutil
import zipfile

import h5py
import numpy as np
import pandas as pd
import pytest
import toys
import yaml
from project import PROJECT, SCRIPTS, error_of, run, run_here

from danq.evaluation.controls import CONTROL
from danq.evaluation.evaluate import AUC
from danq.models import registry
from danq.sharing import manifest

SIZES = toys.DANQ | {"filters": 8, "dense": 32}  # fewer units may all be dead, and predict a constant
RUN = "results/toy/models/danq-seed1"


def done(name, *words, folder):
    ended = run_here(SCRIPTS / f"{name}.py", *words, folder=folder)
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The results of two seeds and a baseline, as the workflow lays them out, with data, config and report."""
    folder = tmp_path_factory.mktemp("trained")
    toys.write_dataset(folder / "data")
    config = toys.config("data") | {"seeds": [1, 2]}
    config["models"]["danq"] |= {"learning_rate": 0.01, "batch_size": 100, "sizes": SIZES}
    toys.write_config(folder / "config/toy.yaml", config)
    windows, results = folder / "results/toy/windows", folder / "results/toy"
    words = ["-g", "data/genome.fa", "-t", "data/targets.tsv", "--folder", "data", "--window", 400]
    done("prepare", *words, "--valid", "chr3", "--test", "chr4", "-o", windows, folder=folder)
    first, second, both = (results / f"models/danq-{name}" for name in ("seed1", "seed2", "ensemble"))
    path, table = first / "training/model.weights.h5", first / "evaluation/auc.tsv"
    sizes = [f"{name}={value}" for name, value in SIZES.items()]
    words = ["-d", windows, "-o", path, "-e", 1, "-b", 100, "--learning-rate", 0.01, "--size", *sizes]
    words += ["--history", path.parent / "history.tsv", "--run", path.parent / "run.json"]
    done("train", *words, folder=folder)
    done("predict", "-d", windows, "-c", path, "-o", "test.h5", folder=folder)
    table.parent.mkdir()
    done("evaluate", "test.h5", "--name", first.name, "-o", table, folder=folder)
    shutil.copytree(first, second)
    with h5py.File(second / "training/model.weights.h5", "r+") as file:  # another training, without its time
        file["layers/conv1d/vars/0"][...] *= 1.5
    shutil.copytree(first / "evaluation", both / "evaluation")
    baseline = results / "models/composition"
    baseline.mkdir()
    words = ["-d", windows, "-o", baseline / "test.h5", "--table", baseline / "fit.tsv"]
    done("baseline", "composition", *words, folder=folder)
    done("evaluate", baseline / "test.h5", "--name", "composition", "-o", baseline / "auc.tsv", folder=folder)
    AUC.write(pd.concat([AUC.read(table), AUC.read(baseline / "auc.tsv")]), results / "auc.tsv")
    row = ["shuffled_labels", "danq", 100, 1, 4, 0.512, 0.4, 0.6]
    CONTROL.write(pd.DataFrame([row], columns=CONTROL.columns), results / "controls/shuffled_labels/control.tsv")
    (results / "report.html").write_text("<html>the report</html>")
    return folder


@pytest.fixture(scope="module")
def shared(trained):
    """The folder of one seed, and that of the ensemble."""
    for name in ("danq-seed1", "danq-ensemble"):
        done("share", f"results/toy/models/{name}", folder=trained)
    return trained / "exported"


def contents(path):
    """All arrays of an HDF5 file, by name."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, one: found.update({name: one[()]}) if isinstance(one, h5py.Dataset) else None)
    return found


def outputs_of(checkpoints, programs, folder, output):
    """Predictions of a FASTA file, effects of a VCF or attributions, as all arrays of their files, by program."""
    output.mkdir()
    words = {
        "predict": ["--fasta", "given.fa"],
        "variants": ["-g", "genome.fa", "-v", "given.vcf"],
        "attribute": ["--fasta", "given.fa", "--method", "gradient", "-t", "1"],
    }
    for program in programs:
        done(program, "-c", *checkpoints, *words[program], "-o", output / f"{program}.h5", folder=folder)
    return {program: contents(output / f"{program}.h5") for program in programs}


@pytest.mark.parametrize(
    ("name", "seeds", "programs"),
    [("danq-seed1", [1], ["predict", "variants", "attribute"]), ("danq-ensemble", [1, 2], ["predict"])],
)
def test_a_shared_model_gives_the_same_results_without_the_data(trained, shared, tmp_path, name, seeds, programs):
    sequences = toys.write_dataset(tmp_path / "other", seed=7).sequences
    toys.write_fasta(tmp_path / "given.fa", {f"s{i}": sequences["chr1"][i : i + 400] for i in range(0, 9000, 900)})
    toys.write_fasta(tmp_path / "genome.fa", sequences)
    lines = ["##fileformat=VCFv4.2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for place in range(1000, 9000, 500):
        ref = sequences["chr2"][place - 1]
        lines.append(f"chr2\t{place}\t.\t{ref}\t{'A' if ref != 'A' else 'C'}\t.\t.\t.")
    toys.write_lines(tmp_path / "given.vcf", lines)
    originals = [trained / f"results/toy/models/danq-seed{seed}/training/model.weights.h5" for seed in seeds]
    before = outputs_of(originals, programs, tmp_path, tmp_path / "before")
    shutil.copytree(shared / f"toy-{name}", tmp_path / "elsewhere/model")
    trained.rename(away := trained.with_name("away"))  # neither data nor results are there any more
    try:
        after = outputs_of([tmp_path / "elsewhere/model"], programs, tmp_path, tmp_path / "after")
    finally:
        away.rename(trained)
    assert (np.ptp(before["predict"]["predictions"], axis=0) > 1e-4).all()
    for program in programs:
        assert before[program].keys() == after[program].keys()
        for array, values in before[program].items():
            np.testing.assert_array_equal(values, after[program][array], err_msg=f"{program} {array}")


def test_the_folder_has_everything_and_names_no_machine(trained, shared):
    folder = shared / "toy-danq-seed1"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == {
        *("CITATION.cff", "config.yaml", "evaluation/auc.tsv", "evaluation/baselines.tsv", "model.json"),
        *("model_card.md", "report.html", "sheet.tsv", "targets.tsv"),
        *("training/danq-seed1.history.tsv", "training/danq-seed1.run.json", "weights/danq-seed1.weights.h5"),
    }
    same = {
        "config.yaml": "config/toy.yaml",
        "sheet.tsv": "data/targets.tsv",
        "report.html": "results/toy/report.html",
        "weights/danq-seed1.weights.h5": f"{RUN}/training/model.weights.h5",
        "evaluation/auc.tsv": f"{RUN}/evaluation/auc.tsv",
    }
    for name, original in same.items():
        assert (folder / name).read_bytes() == (trained / original).read_bytes(), name
    record = json.loads((folder / "training/danq-seed1.run.json").read_text())
    original = json.loads((trained / RUN / "training/run.json").read_text())
    assert record == {key: value for key, value in original.items() if key != "job"}
    for path in folder.rglob("*"):
        if path.is_file():
            assert str(trained).encode() not in path.read_bytes(), path
    listed = pd.read_csv(folder / "targets.tsv", sep="\t")
    assert list(zip(listed["name"], listed["assay"], strict=True)) == list(toys.TARGETS.items())
    assert manifest.checkpoints([folder]) == [folder / "weights/danq-seed1.weights.h5"]


def test_the_card_states_what_tables_and_records_say(trained, shared):
    text = (shared / "toy-danq-seed1/model_card.md").read_text()
    auc = AUC.read(trained / RUN / "evaluation/auc.tsv")
    baseline = AUC.read(trained / "results/toy/models/composition/auc.tsv")
    record = json.loads((trained / RUN / "training/run.json").read_text())
    for wanted in (
        "# Model card: danq-seed1, trained on toy",
        registry.description("DanQ"),
        "Reads** 400 bp",
        f"Parameters**: {record['parameters']:,}.",
        "train on rest; valid on chr3; test on chr4",
        "bins with at least one target; bins of 200 bp, windows of 400 bp",
        f"train `{record['dataset']['train']}`",
        f"{record['windows']['train']:,} train, ",
        "mean AUROC 0.512 (0.400 to 0.600) over 4 targets",
        "All its windows have a peak of some target",
        "It is one training",
        "No licence was stated",
        "--checkpoint toy-danq-seed1",
    ):
        assert wanted in text, wanted
    means = [f"{auc[key].mean():.3f}" for key in ("auroc", "auprc")]
    best = [f"{baseline[key].mean():.3f} composition" for key in ("auroc", "auprc")]
    row = next(line for line in text.splitlines() if line.startswith("| all | 4 |"))
    assert f"| {means[0]} (0.500) | {best[0]} | {means[1]} ({auc['prevalence'].mean():.3f}) | {best[1]} |" in row
    for target in auc.itertuples():
        row = next(
            line
            for line in text.splitlines()
            if line.startswith(f"| {target.index} | {target.target} | {target.windows}")
        )
        assert f"| {target.auroc:.3f} ({target.auroc_low:.3f} to {target.auroc_high:.3f}) |" in row
    behind = [
        f"{one.index} {one.target}"
        for one, other in zip(auc.itertuples(), baseline.itertuples(), strict=True)
        if other.auroc > one.auroc
    ]
    said = re.search(r"A baseline has a higher AUROC on (\d) of 4 targets: (.*)\.", text)
    assert (said is not None) == bool(behind)
    assert not behind or (said[1], said[2]) == (str(len(behind)), ", ".join(behind))
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):  # each row has as many cells as the heading
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table
    assert "{{" not in text
    ensemble = (shared / "toy-danq-ensemble/model_card.md").read_text()
    assert "in each of 2 trainings, whose probabilities are averaged: danq-seed1, danq-seed2." in ensemble
    assert "It is one training" not in ensemble


def test_an_archive_has_the_folder_and_the_same_bytes_each_time(trained, shared, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        done("share", RUN, "-o", tmp_path / name / "toy-danq-seed1.zip", folder=trained)
    assert (tmp_path / "one/toy-danq-seed1.zip").read_bytes() == (tmp_path / "two/toy-danq-seed1.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one/toy-danq-seed1.zip") as archive:
        archive.extractall(tmp_path)
    folder = shared / "toy-danq-seed1"
    for path in folder.rglob("*"):
        if path.is_file():
            assert (tmp_path / "toy-danq-seed1" / path.relative_to(folder)).read_bytes() == path.read_bytes()
    words = ["-c", tmp_path / "one/toy-danq-seed1.zip", "--fasta", "data/genome.fa"]
    assert "a zip archive; unpack it, and give its folder" in error_of("predict", *words, folder=trained)


def test_what_is_missing_is_said(trained, tmp_path, caplog):
    shutil.copytree(trained / "results", tmp_path / "results")
    (tmp_path / "results/toy/report.html").unlink()
    (tmp_path / "results/toy/auc.tsv").unlink()
    shutil.rmtree(tmp_path / "results/toy/controls")
    done("share", RUN, "--license", "CC-BY-4.0", "-o", "model", folder=tmp_path)
    for name in ("config.yaml", "sheet.tsv", "report.html"):
        assert f"not included: {name}" in caplog.text
    text = (tmp_path / "model/model_card.md").read_text()
    assert "Not included: config.yaml (the config of the run); sheet.tsv" in text
    assert "No baseline was tested on the same windows" in text
    assert "No control with shuffled labels" in text
    assert "\nCC-BY-4.0\n" in text


def test_mistakes_are_one_sentence(trained, shared, tmp_path):
    def mistake(*words):
        return error_of("share", *words, folder=trained)

    assert "no such folder; give that of a model" in mistake("results/toy/models/no")
    assert "baselines have no weights" in mistake("results/toy/models/composition")
    config = yaml.safe_load((trained / "config/toy.yaml").read_text())
    for key, value in {"learning_rate": 0.02, "epochs": 3}.items():
        other = config | {"models": {"danq": config["models"]["danq"] | {key: value}}}
        path = toys.write_config(tmp_path / "other.yaml", other)
        assert f"models.danq.{key} is {value}, and danq-seed1 was trained with" in mistake(RUN, "--config", path)
    path = toys.write_config(tmp_path / "other.yaml", config | {"dataset": "demo"})
    assert "its dataset is 'demo', and the results are of 'toy'" in mistake(RUN, "--config", path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thesis.txt").write_text("")
    assert "a folder with other files, which would be removed" in mistake(RUN, "-o", tmp_path / "full")
    assert (tmp_path / "full/thesis.txt").exists()


def test_a_folder_that_is_no_shared_model_or_was_changed_is_a_mistake(shared, tmp_path):
    folder = tmp_path / "model"

    def mistake(change):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(shared / "toy-danq-seed1", folder)
        change()
        return error_of("predict", "-c", folder, "--fasta", "none.fa", folder=tmp_path)

    def edit(**more):
        path = folder / "model.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | more))

    weights = folder / "weights/danq-seed1.weights.h5"
    assert "a folder without model.json" in mistake(lambda: (folder / "model.json").unlink())
    assert "its checksum is not that of model.json" in mistake(lambda: weights.write_bytes(weights.read_bytes()[:-1]))
    assert "no such checkpoint" in mistake(weights.unlink)
    assert "its format is 'x', not danq-shared-model-1" in mistake(lambda: edit(format="x"))
    for weights_listed in ([], {}, [{"file": "weights/a"}], [1]):
        assert "no list of files and checksums" in mistake(lambda listed=weights_listed: edit(weights=listed))
    for file in ("../other.h5", "/etc/passwd", "weights/../../x", "weights/a/b", "model.json", "weights/.."):
        listed = [{"file": file, "sha256": "0" * 64}]
        assert "no list of files and checksums" in mistake(lambda listed=listed: edit(weights=listed))


def test_make_export_requires_a_run_and_passes_it_on():
    without = run(["make", "export"], PROJECT)
    assert without.returncode != 0
    assert "make export RUN=results/demo/models/danq" in without.stderr
    shown = run(["make", "-n", "export", f"RUN={RUN}", "TO=danq.zip"], PROJECT)
    assert f'share.py "{RUN}" --output "danq.zip"' in shown.stdout
