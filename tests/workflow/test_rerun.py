"""What runs again after a change, and what does not: all that depends on the change, and nothing else.

One run for real; then each case changes something in a copy of it and asks Snakemake what it would do.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
import toys
import yaml
from project import PATIENCE, copy_project, environment, jobs, snakemake

CONFIG = "config/toy.yaml"
SCRIPTS = "workflow/scripts"
LIBRARY = f"{SCRIPTS}/danq"


def of(model: str, *rules: str) -> set[tuple[str, str]]:
    return {(rule, model) for rule in rules}


def stages(model: str) -> set[tuple[str, str]]:
    """All that is done for one model."""
    return of(model, "train", "predict", "evaluate", "motifs", "influence") | named(model)


def named(model: str) -> set[tuple[str, str]]:
    """What follows from the names of a model's motifs."""
    return of(model, "annotate", "draw_logos", "draw_influence")


# What stands above the models: jobs that see all of them.
PAIRS = of("", "compare_models", "draw_models")
FIGURES = of("", "compare", "draw_assays", "draw_curves", "draw_models")  # what comes of the AUC tables
TABLES = FIGURES | PAIRS | of("", "draw_calibration")
REPORT = of("", "report")
JOINT = TABLES | of("", "draw_histories", "compare_motifs") | REPORT
DANQ, DEEPSEA = stages("danq"), stages("deepsea")
ALL = of("", "prepare") | DANQ | DEEPSEA | JOINT
NAMES = named("danq") | named("deepsea") | of("", "compare_motifs") | REPORT
MOTIFS = of("danq", "motifs") | of("deepsea", "motifs") | NAMES
INFLUENCE = of("danq", "influence", "draw_influence") | of("deepsea", "influence", "draw_influence") | REPORT
EVALUATED = of("danq", "evaluate") | of("deepsea", "evaluate") | FIGURES | of("", "draw_calibration")
PREDICTIONS = of("danq", "predict", "evaluate") | of("deepsea", "predict", "evaluate") | TABLES | REPORT
# visualize.py draws them all, so what it imports redraws them all
PICTURES = (NAMES | JOINT) - of("", "compare", "compare_models", "compare_motifs")
PICTURES -= of("danq", "annotate") | of("deepsea", "annotate")


# Python runs this as it starts: each job then tells at its end, in its log, which modules it has imported.
SPY = """
import atexit, sys

def tell():
    for module in list(sys.modules.values()):
        print("imported", getattr(module, "__file__", None), file=sys.stderr)

atexit.register(tell)
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A project in which the toy dataset has run from start to report."""
    folder = copy_project(tmp_path_factory.mktemp("finished"))
    toys.write_dataset(folder / "data")
    toys.write_config(folder / CONFIG, toys.config("data"))
    several = ("prepare", "train", "predict", "evaluate", "motifs", "annotate", "influence", "draw_logos")
    one_thread = [f"{rule}=1" for rule in several]
    words = ("--cores", "2", "--configfile", CONFIG, "--set-threads", *one_thread)
    toys.write_lines(folder / "spy/sitecustomize.py", [SPY])
    done = snakemake(folder, *words, PYTHONPATH=str(folder / "spy"))
    assert done.returncode == 0, done.stderr[-5000:]
    return folder


@pytest.fixture
def project(finished, tmp_path) -> Path:
    """A copy of the finished project, times of files included, for one test to change."""
    return shutil.copytree(finished, tmp_path / "project")


def planned(project: Path, *words: str) -> dict[tuple[str, str], dict[str, str]]:
    """The jobs that Snakemake would run."""
    dry = snakemake(project, "--dry-run", "--configfile", CONFIG, *words)
    assert dry.returncode == 0, dry.stdout + dry.stderr
    found = jobs(dry.stdout)
    counted = re.search(r"^total +(\d+)$", dry.stdout, re.MULTILINE)
    # Snakemake's own count, less `all`, guards the reading of its output.
    assert len(found) == (int(counted[1]) - 1 if counted else 0), dry.stdout
    return found


def edit(path: Path) -> None:
    """Another content, the same meaning: a comment at the end."""
    comments = {".py": "# edited", ".smk": "# edited", ".yaml": "# edited", ".j2": "{# edited #}"}
    comments |= {".css": "/* edited */", ".js": "// edited"}
    comments |= {".js": "// edited", ".css": "/* edited */"}
    path.write_text(f"{path.read_text()}\n{comments[path.suffix]}\n")


def test_nothing_changed(project):
    dry = snakemake(project, "--dry-run", "--configfile", CONFIG)
    assert dry.returncode == 0
    assert "Nothing to be done" in dry.stdout + dry.stderr


def test_a_training_without_records_is_named(project):
    """It ended after its Snakemake was killed: Snakemake knows no options to compare, but run.json does."""
    for path in (project / ".snakemake/metadata").iterdir():
        if b"results/toy/danq/" in urlsafe_b64decode(path.name):
            path.unlink()
    config = yaml.safe_load((project / CONFIG).read_text())
    config["models"]["danq"] |= {"learning_rate": 0.5}
    config["models"]["deepsea"] |= {"learning_rate": 0.5}
    toys.write_config(project / CONFIG, config)
    dry = snakemake(project, "--dry-run", "--configfile", CONFIG)
    plan = jobs(dry.stdout)
    assert ("train", "deepsea") in plan
    assert ("train", "danq") not in plan
    assert "results/toy/danq/run.json: trained with another learning rate than the config has now" in dry.stdout
    assert "deepsea/run.json: trained" not in dry.stdout


def another_model(config):
    config["models"]["danq_wide"] = {**config["models"]["danq"], "sizes": toys.DANQ | {"filters": 5}}


def swapped_models(config):
    another_model(config)
    del config["models"]["danq"]


def dropped_model(config):
    del config["models"]["danq"]


def another_order(config):
    for block in (config["windows"], config["models"]["danq"], config["models"]["danq"]["sizes"], config):
        for key in list(block)[:-1]:  # each goes to the end but the last
            block[key] = block.pop(key)


def defaults_written_out(config):
    config["seed"] = 1
    config["windows"]["bin"] = 200
    config["windows"]["split"]["train"] = ["rest"]
    config["models"]["danq"] |= {"optimizer": "adam", "patience": 5, "max_windows": None}
    config["models"]["danq"]["sizes"]["dropout"] = 0.2
    config["motifs"]["split"] = "test"


def setting(path: str, value):
    """A change of one key, `models.danq.epochs`."""

    def change(config):
        *blocks, key = path.split(".")
        for block in blocks:
            config = config.setdefault(block, {})
        config[key] = value

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(another_model, stages("danq_wide") | JOINT, id="a model more"),
        pytest.param(swapped_models, stages("danq_wide") | JOINT, id="one model for another"),
        pytest.param(dropped_model, JOINT, id="a model less"),
        pytest.param(another_order, set(), id="keys in another order"),
        pytest.param(defaults_written_out, set(), id="defaults written out"),
        pytest.param(setting("models.danq.sizes.dense", 5), DANQ | JOINT, id="a size of DanQ"),
        pytest.param(setting("models.deepsea.sizes.dropout", 0.3), DEEPSEA | JOINT, id="a size of DeepSEA"),
        pytest.param(setting("models.danq.epochs", 2), DANQ | JOINT, id="epochs of DanQ"),
        pytest.param(setting("models.deepsea.seed", 2), DEEPSEA | JOINT, id="seed of DeepSEA"),
        pytest.param(setting("seed", 2), DANQ | DEEPSEA | JOINT, id="seed"),
        pytest.param(setting("windows.window", 600), ALL, id="window size"),
        pytest.param(setting("windows.split.valid", ["chr2"]), ALL, id="split"),
        pytest.param(setting("predict.strands", "forward"), PREDICTIONS, id="strands of the predictions"),
        pytest.param(setting("evaluate.curves", ["CTCF"]), of("", "draw_curves"), id="curves"),
        pytest.param(setting("evaluate.resamples", 20), EVALUATED | REPORT, id="resamples of the intervals"),
        pytest.param(setting("motifs.threshold", 0.6), MOTIFS, id="threshold of the motifs"),
        pytest.param(setting("motifs.max_evalue", 0.1), NAMES, id="E-value of a match"),
        pytest.param(setting("motifs.influence", 30), INFLUENCE, id="windows of the influence"),
        pytest.param(setting("simulate.seed", 2), set(), id="seed of the demo's genome"),
    ],
)
def test_config_is_changed(project, change, expected):
    config = toys.config("data")
    change(config)
    toys.write_config(project / CONFIG, config)
    assert set(planned(project)) == expected


@pytest.mark.parametrize("path", [CONFIG, "workflow/rules/train.smk", "workflow/schemas/config.schema.yaml"])
def test_comment_reruns_nothing(project, path):
    edit(project / path)
    assert not planned(project)


@pytest.mark.parametrize(
    "path",
    [
        "data/targets.tsv",
        "data/genome.fa",
        "data/peaks/CTCF.narrowPeak.gz",
        "workflow/report/page.html.j2",
        f"{SCRIPTS}/train.py",
        f"{LIBRARY}/models/danq.py",
        f"{LIBRARY}/files.py",
    ],
)
def test_touch_reruns_nothing(project, path):
    os.utime(project / path)
    assert not planned(project)


@pytest.mark.parametrize("path", ["data/targets.tsv", "data/genome.fa", "data/peaks/CTCF.narrowPeak.gz"])
def test_input_is_changed(project, path):
    """The counterpart of a touch: the time is what it was, and the content is another."""
    file = project / path
    if path == "data/targets.tsv":
        file.write_text(file.read_text().replace("REST\tTF", "REST\tfactor"))
    elif path == "data/genome.fa":
        file.write_text(file.read_text().replace("ACGT", "ACGA"))
    else:
        toys.write_peaks(file, ["chr1\t1000\t1400", "chr3\t1000\t1400", "chr4\t1000\t1400"])
    assert set(planned(project)) == ALL


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{LIBRARY}/models/danq.py", DANQ | JOINT),
        (f"{LIBRARY}/models/deepsea.py", DEEPSEA | JOINT),
        (f"{LIBRARY}/models/__init__.py", DANQ | DEEPSEA | JOINT),
        (f"{LIBRARY}/train.py", DANQ | DEEPSEA | JOINT),
        (f"{LIBRARY}/objective.py", DANQ | DEEPSEA | JOINT),
        (f"{SCRIPTS}/train.py", DANQ | DEEPSEA | JOINT),
        (f"{SCRIPTS}/predict.py", PREDICTIONS),
        (f"{LIBRARY}/scan.py", MOTIFS),
        (f"{LIBRARY}/motifs.py", MOTIFS),
        (f"{LIBRARY}/annotate.py", NAMES),
        (f"{LIBRARY}/influence.py", INFLUENCE),
        (f"{LIBRARY}/heatmap.py", PICTURES),
        (f"{LIBRARY}/metrics.py", EVALUATED | PAIRS | PICTURES),
        (f"{SCRIPTS}/compare.py", FIGURES | REPORT),
        (f"{LIBRARY}/paired.py", PAIRS | REPORT),
        (f"{LIBRARY}/curves.py", EVALUATED | PICTURES),
        (f"{LIBRARY}/logo.py", PICTURES),
        (f"{LIBRARY}/report.py", REPORT),
        (f"{LIBRARY}/report_data.py", REPORT),
        ("workflow/report/page.html.j2", REPORT),
        ("workflow/report/page.css", REPORT),
        ("workflow/report/page.js", REPORT),
        (f"{LIBRARY}/peaks.py", ALL),
        (f"{LIBRARY}/prepare.py", ALL),
        (f"{LIBRARY}/errors.py", ALL),
        (f"{SCRIPTS}/cli.py", ALL),
        (f"{LIBRARY}/simulate.py", set()),
        (f"{LIBRARY}/bundle.py", set()),  # of the other door, and of the programs by hand
        (f"{LIBRARY}/data_folder.py", set()),
        (f"{LIBRARY}/sites.py", set()),
        (f"{LIBRARY}/first_filters.py", DANQ | DEEPSEA | JOINT),
        (f"{LIBRARY}/published.py", EVALUATED | NAMES | PICTURES),
    ],
)
def test_code_is_edited(project, path, expected):
    edit(project / path)
    assert set(planned(project)) == expected


def test_every_import_is_an_input(finished):
    """Whatever a job of the real run imported of ours is among its inputs, late imports included."""
    every = planned(finished, "--forceall")
    assert set(every) == ALL
    for job, fields in every.items():
        log = (finished / fields["log"]).read_text()
        imported = set(re.findall(rf"^imported .*/({SCRIPTS}/.+\.py)$", log, re.MULTILINE))
        assert {f"{SCRIPTS}/cli.py", f"{LIBRARY}/errors.py"} < imported, job
        assert imported <= set(fields["input"].split(", ")), job


def test_rerun_for_real(project):
    """An edited page is made anew, alone, and then all is done."""
    template = project / "workflow/report/page.html.j2"
    template.write_text(template.read_text().replace("<body>", "<body><!-- edited -->"))
    training = (project / "results/toy/danq/model.weights.h5").stat()
    words = ("--cores", "2", "--configfile", CONFIG)
    done = snakemake(project, *words)
    assert done.returncode == 0, done.stderr
    assert "<!-- edited -->" in (project / "results/toy/report.html").read_text()
    assert (project / "results/toy/danq/model.weights.h5").stat() == training
    assert "Nothing to be done" in snakemake(project, *words).stderr


def test_old_results_stay(project):
    """A model that leaves the config keeps its results, and when it comes back nothing is trained."""
    config = toys.config("data")
    danq = project / "results/toy/danq"
    before = {path: path.stat().st_mtime_ns for path in sorted(danq.rglob("*"))}
    dropped_model(config)
    toys.write_config(project / CONFIG, config)
    done = snakemake(project, "--cores", "2", "--configfile", CONFIG)
    assert done.returncode == 0, done.stderr
    models = {line.split("\t")[0] for line in (project / "results/toy/auc.tsv").read_text().splitlines()[1:]}
    assert models == {"deepsea"}
    assert {path: path.stat().st_mtime_ns for path in sorted(danq.rglob("*"))} == before
    toys.write_config(project / CONFIG, toys.config("data"))
    assert set(planned(project)) == JOINT


def test_killed_training_goes_on(project):
    """After a kill that lets nobody tidy up, training goes on from its last epoch."""
    config, model = toys.config("data"), project / "results/toy/danq"
    config["models"]["danq"] |= {"epochs": 25, "patience": 25}
    toys.write_config(project / CONFIG, config)
    words = ["--cores", "2", "--configfile", CONFIG, "--rerun-incomplete", "results/toy/danq/model.weights.h5"]
    running = subprocess.Popen(
        ["snakemake", *words],
        cwd=project,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    give_up = time.monotonic() + PATIENCE
    while not (model / "training.state.h5").exists():
        assert running.poll() is None
        assert time.monotonic() < give_up
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert not (model / "model.weights.h5").exists()

    assert snakemake(project, "--unlock", "--configfile", CONFIG).returncode == 0
    done = snakemake(project, *words)
    assert done.returncode == 0, done.stderr
    record = json.loads((model / "run.json").read_text())
    assert record["epochs"] == 25
    assert len(record["resumed_after"]) == 1
    assert 0 <= record["resumed_after"][0] < 25  # the first saving is before the first epoch's validation
    assert not (model / "training.state.h5").exists()
