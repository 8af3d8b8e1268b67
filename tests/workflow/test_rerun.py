"""What reruns after a change: everything that depends on it, and nothing else.

The toy dataset runs once. Each case then changes something in a copy of the results and reads a dry run.
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
from project import PATIENCE, copy_project, environment, jobs, snakemake

from danq.models.registry import ARCHITECTURES
from flow import code

CONFIG = "config/toy.yaml"
SCRIPTS = "workflow/scripts"
LIBRARY = f"{SCRIPTS}/danq"


def of(model: str, *rules: str) -> set[tuple[str, str]]:
    return {(rule, model) for rule in rules}


def stages(model: str) -> set[tuple[str, str]]:
    """All stages of one model."""
    return of(model, "train", "predict", "evaluate", "motifs", "influence") | named(model)


def named(model: str) -> set[tuple[str, str]]:
    """The stages that use the names of a model's motifs."""
    return of(model, "annotate", "draw_logos", "draw_influence")


def baseline(name: str) -> set[tuple[str, str]]:
    """All stages of one baseline."""
    return of(name, "baseline", "evaluate")


# Jobs that compare all models and baselines.
PAIRS = of("", "compare_models", "draw_models")
FIGURES = of("", "compare", "draw_assays", "draw_curves", "draw_models")  # from the AUC tables
TABLES = FIGURES | PAIRS | of("", "draw_calibration")
REPORT = of("", "report")
JOINT = TABLES | of("", "draw_histories", "compare_motifs") | REPORT
DANQ, DEEPSEA = stages("danq"), stages("deepsea")
BASELINES = baseline("composition") | baseline("motif") | baseline("kmer")
MOTIF_BASELINE = baseline("motif") | TABLES | REPORT
ALL = of("", "prepare") | DANQ | DEEPSEA | BASELINES | JOINT
NAMES = named("danq") | named("deepsea") | of("", "compare_motifs") | REPORT
MOTIFS = of("danq", "motifs") | of("deepsea", "motifs") | NAMES
INFLUENCE = of("danq", "influence", "draw_influence") | of("deepsea", "influence", "draw_influence") | REPORT
EVALUATED = {(rule, model) for rule, model in ALL if rule == "evaluate"} | FIGURES | of("", "draw_calibration")
PREDICTIONS = of("danq", "predict", "evaluate") | of("deepsea", "predict", "evaluate") | TABLES | REPORT
DRAWINGS = {(rule, model) for rule, model in ALL if rule.startswith("draw_")}
HEAT_MAPS = of("danq", "draw_influence") | of("deepsea", "draw_influence")


# Python runs this when it starts: each job then logs all modules that it has imported.
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
    genome = toys.write_dataset(folder / "data").genome
    with genome.open("a") as file:  # more than the 1 MB up to which Snakemake compares content by default
        toys.write_fasta(folder / "data/unknown.fa", {"chrN": "N" * 1_100_000})
        file.write((folder / "data/unknown.fa").read_text())
    toys.write_config(folder / CONFIG, toys.config("data"))
    several = ("prepare", "train", "predict", "evaluate", "motifs", "annotate", "influence", "draw_logos", "baseline")
    one_thread = [f"{rule}=1" for rule in several]
    words = ("--cores", "2", "--configfile", CONFIG, "--set-threads", *one_thread)
    toys.write_lines(folder / "spy/sitecustomize.py", [SPY])
    done = snakemake(folder, *words, PYTHONPATH=str(folder / "spy"))
    assert done.returncode == 0, done.stderr[-5000:]
    return folder


@pytest.fixture
def project(finished, tmp_path) -> Path:
    """A copy of the finished project that a test may change; the times of its files are the same."""
    return shutil.copytree(finished, tmp_path / "project")


def planned(project: Path, *words: str) -> dict[tuple[str, str], dict[str, str]]:
    """The jobs that Snakemake would run."""
    dry = snakemake(project, "--dry-run", "--configfile", CONFIG, *words)
    assert dry.returncode == 0, dry.stdout + dry.stderr
    found = jobs(dry.stdout)
    counted = re.search(r"^total +(\d+)$", dry.stdout, re.MULTILINE)
    # Compare with Snakemake's own count, which includes `all`.
    assert len(found) == (int(counted[1]) - 1 if counted else 0), dry.stdout
    return found


def comment(path: Path) -> None:
    """Add a comment at the end."""
    comments = {".py": "# edited", ".smk": "# edited", ".yaml": "# edited", ".j2": "{# edited #}"}
    comments |= {".css": "/* edited */", ".js": "// edited"}
    path.write_text(f"{path.read_text()}\n{comments[path.suffix]}\n")


def edit(path: Path) -> None:
    """Change the content; in Python code, add a statement."""
    if path.suffix == ".py":
        path.write_text(f"{path.read_text()}\nEDITED = True\n")
    else:
        comment(path)


def test_nothing_changed(project):
    dry = snakemake(project, "--dry-run", "--configfile", CONFIG)
    assert dry.returncode == 0
    assert "Nothing to be done" in dry.stdout + dry.stderr


def test_a_training_without_records_is_compared_by_its_run_json(project):
    """Snakemake has no options to compare after it was killed during the training, but run.json has them."""
    (project / "results/toy/record.json").unlink()
    for path in (project / ".snakemake/metadata").iterdir():
        if b"results/toy/models/danq/" in urlsafe_b64decode(path.name):
            path.unlink()
    assert not planned(project)
    config = toys.config("data")
    config["models"]["danq"] |= {"learning_rate": 0.5}
    toys.write_config(project / CONFIG, config)
    assert set(planned(project)) == DANQ | JOINT
    dry = snakemake(project, "--dry-run", "--configfile", CONFIG)
    assert "danq/training/run.json: trained with another learning rate than the config has now" in dry.stdout
    toys.write_config(project / CONFIG, toys.config("data"))
    assert not planned(project)


def without_dates(project: Path, copy: Path) -> Path:
    """Copy a project as `cp -r` does, with new dates in no useful order, without Snakemake's folder."""
    ignored = shutil.ignore_patterns(".snakemake")
    shutil.copytree(project, copy, ignore=ignored, copy_function=shutil.copyfile)
    for number, path in enumerate(sorted((copy / "results").rglob("*"), reverse=True)):
        os.utime(path, (time.time() - 3600 + number,) * 2)
    return copy


def test_copied_results_are_known_by_their_record(finished, tmp_path):
    copy = without_dates(finished, tmp_path / "copy")
    assert not planned(copy)
    config = toys.config("data")
    config["models"]["danq"]["epochs"] = 2
    toys.write_config(copy / CONFIG, config)
    assert set(planned(copy)) == DANQ | JOINT


@pytest.mark.parametrize("change", [{}, {"epochs": 2}], ids=["only the name", "and the epochs of DanQ"])
def test_a_dataset_is_renamed_with_its_folder(project, change):
    config = toys.config("data") | {"dataset": "renamed"}
    config["models"]["danq"] |= change
    toys.write_config(project / CONFIG, config)
    (project / "results/toy").rename(project / "results/renamed")
    assert set(planned(project)) == (DANQ | JOINT if change else REPORT)  # the report has the name as its title


def test_a_damaged_run_json_does_not_stop_snakemake(project):
    (project / "results/toy/record.json").unlink()
    shutil.rmtree(project / ".snakemake")
    (project / "results/toy/models/danq/training/run.json").write_text('{"recipe": ')
    assert snakemake(project, "--unlock", "--configfile", CONFIG).returncode == 0
    dry = snakemake(project, "--dry-run", "--configfile", CONFIG)
    assert "results/toy/models/danq/training/run.json: not a valid record of a training; danq is trained" in dry.stdout
    assert ("train", "danq") in jobs(dry.stdout)


@pytest.mark.parametrize("text", ["", "[1]", '{"dataset": "toy", "data": {}, "folders": {}, "outputs": {"a": 1}}'])
def test_a_damaged_record_is_written_again(project, text):
    (project / "results/toy/record.json").write_text(text)
    dry = snakemake(project, "--dry-run", "--configfile", CONFIG)
    assert "Nothing to be done" in dry.stdout
    assert "results/toy/record.json: not a valid record; the next run that makes a result writes it" in dry.stdout


def test_results_of_other_data_are_not_replaced_without_a_word(project):
    config = toys.config("data")
    config["windows"]["window"] = 600
    config["genome"]["fasta"] = "unknown.fa"
    toys.write_config(project / CONFIG, config)
    said = snakemake(project, "--dry-run", "--configfile", CONFIG).stdout
    assert "results/toy has results for another genome.fasta, windows.window than the config has now" in said
    assert "to keep these results, choose another `dataset`" in said


def test_an_input_with_a_date_in_the_future_is_refused_before_any_job(project):
    os.utime(project / "data/genome.fa", (time.time() + 90_000,) * 2)
    done = snakemake(project, "--cores", "1", "--configfile", CONFIG)
    assert done.returncode == 1
    assert "config: genome.fasta: data/genome.fa has a date in the future (" in done.stderr
    assert "correct it with `touch data/genome.fa`" in done.stderr
    assert (project / "results/toy/models/danq/training/model.weights.h5").exists()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("models/danq/training/model.weights.h5", of("danq", "train")),
        ("comparison.tsv", of("", "compare")),
        ("curves/001_CTCF.png", of("", "draw_curves")),
        ("models/danq/motifs/logos/filter_001.png", of("danq", "draw_logos")),
        ("models/danq/motifs/logos", of("danq", "draw_logos")),
    ],
)
def test_a_deleted_result_is_made_again(project, path, expected):
    file = project / "results/toy" / path
    shutil.rmtree(file) if file.is_dir() else file.unlink()
    assert set(planned(project)) >= expected


def test_every_result_is_a_target(finished):
    """All results but the windows for training are inputs of `all`, so that Snakemake makes a deleted one again."""
    said = snakemake(finished, "--dry-run", "--forcerun", "report", "--configfile", CONFIG).stdout
    asked = set(re.search(r"^(?:local)?rule all:\n    input: (.+)$", said, re.MULTILINE)[1].split(", "))
    folders = [path for path in asked if (finished / path).is_dir()]
    unlisted = set()
    for file in sorted((finished / "results/toy").rglob("*")):
        path = str(file.relative_to(finished))
        inside = path.startswith(tuple(f"{folder}/" for folder in (*folders, "results/toy/benchmarks")))
        if file.is_file() and path not in asked and not inside:
            unlisted.add(path.removeprefix("results/toy/"))
    assert unlisted == {"record.json", "windows/train.h5", "windows/valid.h5"}


def test_deleted_windows_for_training_are_not_made_again(project):
    for split in ("train", "valid"):
        (project / f"results/toy/windows/{split}.h5").unlink()
    assert not planned(project)


def test_one_picture_is_made_by_name(project):
    pictures = ["curves/002_REST.png", "pairs/danq.vs.deepsea.png"]
    before = {name: (project / "results/toy" / name).read_bytes() for name in pictures}
    others = sorted(path.name for path in (project / "results/toy/curves").iterdir())
    for name in pictures:
        (project / "results/toy" / name).unlink()
    words = [f"results/toy/{name}" for name in pictures]
    done = snakemake(project, *words, "--cores", "2", "--configfile", CONFIG)
    assert done.returncode == 0, done.stderr
    assert {name: (project / "results/toy" / name).read_bytes() for name in pictures} == before
    assert sorted(path.name for path in (project / "results/toy/curves").iterdir()) == others
    assert not planned(project)


def test_blank_lines_and_the_order_of_columns_of_the_sheet_rerun_nothing(project):
    sheet = project / "data/targets.tsv"
    rows = [line.split("\t") for line in sheet.read_text().splitlines()]
    sheet.write_text("\n\n".join("\t".join(reversed(row)) for row in rows) + "\n\n")
    assert not planned(project)


def another_model(config):
    config["models"]["danq_wide"] = {**config["models"]["danq"], "sizes": toys.DANQ | {"filters": 5}}


def swapped_models(config):
    another_model(config)
    del config["models"]["danq"]


def dropped_model(config):
    del config["models"]["danq"]


def another_order(config):
    for block in (config["windows"], config["models"]["danq"], config["models"]["danq"]["sizes"], config):
        for key in list(block)[:-1]:  # move every key but the last to the end
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
        pytest.param(another_model, stages("danq_wide") | JOINT, id="another model"),
        pytest.param(swapped_models, stages("danq_wide") | JOINT, id="a model replaced"),
        pytest.param(dropped_model, JOINT, id="a model removed"),
        pytest.param(another_order, set(), id="keys in another order"),
        pytest.param(defaults_written_out, set(), id="defaults written out"),
        pytest.param(setting("models.danq.sizes.dense", 5), DANQ | JOINT, id="a size of DanQ"),
        pytest.param(setting("models.deepsea.sizes.dropout", 0.3), DEEPSEA | JOINT, id="a size of DeepSEA"),
        pytest.param(setting("models.danq.epochs", 2), DANQ | JOINT, id="epochs of DanQ"),
        pytest.param(setting("models.deepsea.seed", 2), DEEPSEA | JOINT, id="seed of DeepSEA"),
        pytest.param(setting("seed", 2), DANQ | DEEPSEA | BASELINES | JOINT, id="seed"),
        pytest.param(setting("baselines", ["kmer"]), TABLES | REPORT, id="fewer baselines"),
        pytest.param(setting("controls.shuffled_labels", True), of("", "shuffled_labels") | REPORT, id="a control"),
        pytest.param(setting("windows.window", 600), ALL, id="window size"),
        pytest.param(setting("windows.split.valid", ["chr2"]), ALL, id="split"),
        pytest.param(setting("predict.strands", "forward"), PREDICTIONS, id="strands of the predictions"),
        pytest.param(setting("evaluate.curves", ["CTCF"]), of("", "draw_curves"), id="curves"),
        pytest.param(setting("motifs.threshold", 0.6), MOTIFS, id="threshold of the motifs"),
        pytest.param(setting("motifs.max_evalue", 0.1), NAMES, id="E-value of a match"),
        pytest.param(setting("motifs.release", "JASPAR2022"), NAMES | MOTIF_BASELINE, id="release of the known motifs"),
        pytest.param(setting("motifs.influence", 30), INFLUENCE, id="windows of the influence"),
        pytest.param(setting("simulate.seed", 2), set(), id="seed of the demo's genome"),
    ],
)
def test_a_changed_config_reruns_what_depends_on_it(project, change, expected):
    config = toys.config("data")
    change(config)
    toys.write_config(project / CONFIG, config)
    assert set(planned(project)) == expected


def test_comments_rerun_nothing(project):
    paths = [CONFIG, "workflow/rules/train.smk", "workflow/schemas/config.schema.yaml"]
    for path in [*paths, f"{LIBRARY}/models/danq.py", f"{LIBRARY}/training/train.py"]:
        comment(project / path)
    assert not planned(project)


def test_a_log_message_or_the_text_of_an_error_reruns_nothing(project):
    path = project / f"{LIBRARY}/training/train.py"
    source = path.read_text()
    changed = re.sub(r'(log\.(?:info|warning)\(\s*f?"|UserError\(\s*f?")', r"\1edited: ", source)
    assert changed.count("edited: ") >= 2
    path.write_text(changed)
    assert not planned(project)


def test_touched_files_rerun_nothing(project):
    data = ["data/targets.tsv", "data/genome.fa", "data/peaks/CTCF.narrowPeak.gz"]
    code = [f"{SCRIPTS}/train.py", f"{LIBRARY}/models/danq.py", f"{LIBRARY}/files.py", "workflow/report/page.html.j2"]
    for path in data + code:
        os.utime(project / path)
    assert not planned(project)


@pytest.mark.parametrize("path", ["data/targets.tsv", "data/genome.fa", "data/peaks/CTCF.narrowPeak.gz"])
def test_a_changed_input_reruns_everything(project, path):
    """The counterpart of a touched file: here the content changes."""
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
        (f"{LIBRARY}/models/contract.py", DANQ | DEEPSEA | JOINT),
        (f"{LIBRARY}/training/train.py", DANQ | DEEPSEA | JOINT),
        (f"{LIBRARY}/training/objective.py", DANQ | DEEPSEA | JOINT),
        (f"{LIBRARY}/motifs/scan.py", MOTIFS),
        (f"{LIBRARY}/motifs/matrices.py", MOTIFS),
        (f"{LIBRARY}/motifs/annotate.py", NAMES),
        (f"{LIBRARY}/motifs/tomtom.py", NAMES),
        (f"{LIBRARY}/motifs/log_odds.py", NAMES | MOTIF_BASELINE),
        (f"{LIBRARY}/baselines/kmer.py", baseline("kmer") | TABLES | REPORT),
        (f"{LIBRARY}/baselines/motif.py", MOTIF_BASELINE),
        (f"{LIBRARY}/baselines/ridge.py", baseline("kmer") | baseline("composition") | TABLES | REPORT),
        (f"{LIBRARY}/baselines/calibrate.py", BASELINES | TABLES | REPORT),
        (f"{LIBRARY}/explain/influence.py", INFLUENCE),
        (f"{LIBRARY}/plots/heatmap.py", HEAT_MAPS | REPORT),
        (
            f"{LIBRARY}/evaluation/metrics.py",
            ALL - of("", "prepare"),
        ),  # the validation AUPRC can decide on the best epoch
        (f"{SCRIPTS}/compare.py", FIGURES | REPORT),
        (f"{LIBRARY}/evaluation/compare_models.py", PAIRS | REPORT),
        (f"{LIBRARY}/evaluation/added.py", PAIRS | REPORT),
        (f"{LIBRARY}/evaluation/jackknife.py", EVALUATED | PAIRS | REPORT),
        (f"{LIBRARY}/evaluation/curves.py", EVALUATED | PAIRS | REPORT),
        (f"{LIBRARY}/plots/logo.py", of("danq", "draw_logos") | of("deepsea", "draw_logos") | REPORT),
        (f"{LIBRARY}/report/page.py", REPORT),
        (f"{LIBRARY}/report/data.py", REPORT),
        ("workflow/report/page.html.j2", REPORT),
        ("workflow/report/page.css", REPORT),
        ("workflow/report/page.js", REPORT),
        (f"{LIBRARY}/data/peaks.py", ALL),
        (f"{LIBRARY}/data/prepare.py", ALL),
        (f"{LIBRARY}/plots/pictures.py", DRAWINGS | REPORT),
        (f"{LIBRARY}/plots/histories.py", of("", "draw_histories") | REPORT),
        (f"{LIBRARY}/evaluation/measures.py", EVALUATED | PAIRS | REPORT),
        (f"{LIBRARY}/demo/simulate.py", set()),
        (f"{LIBRARY}/published/bundle.py", set()),  # used by import_bundle and by programs that no rule starts
        (f"{LIBRARY}/training/first_filters.py", DANQ | DEEPSEA | JOINT),
        (f"{LIBRARY}/published/figures.py", EVALUATED | PAIRS | of("", "compare_motifs") | REPORT),
    ],
)
def test_edited_code_reruns_what_depends_on_it(project, path, expected):
    edit(project / path)
    assert set(planned(project)) == expected


def test_edited_plumbing_reruns_nothing(project):
    library = [
        "errors.py",
        "files.py",
        "hdf5.py",
        "processes.py",
        "tables.py",
        "settings.py",
        "models/registry.py",
        "baselines/registry.py",
        "runtime/devices.py",
        "runtime/staging.py",
        "runtime/interrupt.py",
        "published/data_folder.py",
        "motifs/site_list.py",
    ]
    programs = ["cli.py", "train.py", "predict.py", "baseline.py", "flow/code.py"]
    for path in [*(f"{LIBRARY}/{name}" for name in library), *(f"{SCRIPTS}/{name}" for name in programs)]:
        edit(project / path)
    assert not planned(project)


def test_touch_marks_results_as_up_to_date_after_an_edit(project):
    edit(project / f"{LIBRARY}/data/prepare.py")
    assert set(planned(project)) == ALL
    training = (project / "results/toy/models/danq/training/model.weights.h5").read_bytes()
    touched = snakemake(project, "--touch", "--cores", "1", "--configfile", CONFIG)
    assert touched.returncode == 0, touched.stderr
    assert not planned(project)
    assert (project / "results/toy/models/danq/training/model.weights.h5").read_bytes() == training


def test_every_import_is_deciding_code_or_plumbing(finished):
    """Every module of ours that a job of the real run imported, late imports included, is on one of the two sides."""
    every = planned(finished, "--forceall")
    assert set(every) == ALL
    for job, fields in every.items():
        log = (finished / fields["log"]).read_text()
        imported = set(re.findall(rf"^imported .*/{SCRIPTS}/(.+\.py)$", log, re.MULTILINE))
        imported = {path for path in imported if not path.endswith("__init__.py")}
        assert {"cli.py", "danq/errors.py"} < imported, job
        rule, model = job  # the program of a rule has its name
        architecture = {"danq": "DanQ", "deepsea": "DeepSEA"}.get(model)
        simple = model if rule == "baseline" else None
        known = {str(path.relative_to(code.SCRIPTS)) for path in code.deciding(rule, architecture, simple)}
        plumbing = {path for path in imported if code.side(path.removesuffix(".py").replace("/", ".")) == "plumbing"}
        if rule == "train":  # its help lists the hyperparameters of all architectures
            plumbing |= {f"danq/models/{module}.py" for module in ARCHITECTURES.values()}
        if rule == "prepare":  # decides on nothing without folds; with them, the rule adds it
            plumbing |= {"danq/data/folds.py"}
        assert imported - plumbing <= known, job


def test_each_job_shows_one_line_about_itself(finished):
    shown = snakemake(finished, "--dry-run", "--forceall", "--configfile", CONFIG).stdout
    messages = re.findall(r"^Job \d+: (.+)$", shown, re.MULTILINE)
    assert len(messages) == len(ALL)
    assert {"Train danq on toy", "Prepare windows of 400 bp with 4 targets for toy"} < set(messages)


def test_no_job_shows_its_code(finished):
    shown = snakemake(finished, "--dry-run", "--forceall", "--configfile", CONFIG).stdout
    assert ".py" not in shown


def test_an_edited_page_is_made_again_in_a_real_run(project):
    """Only the page is made again, and then nothing is left to do."""
    template = project / "workflow/report/page.html.j2"
    template.write_text(template.read_text().replace("<body>", "<body><!-- edited -->"))
    training = (project / "results/toy/models/danq/training/model.weights.h5").stat()
    words = ("--cores", "2", "--configfile", CONFIG)
    done = snakemake(project, *words)
    assert done.returncode == 0, done.stderr
    assert "<!-- edited -->" in (project / "results/toy/report.html").read_text()
    assert (project / "results/toy/models/danq/training/model.weights.h5").stat() == training
    assert "Nothing to be done" in snakemake(project, *words).stderr


def test_old_results_stay(project):
    """A model that is removed from the config keeps its results: when it returns, nothing is trained."""
    config = toys.config("data")
    danq = project / "results/toy/models/danq"
    before = {path: path.stat().st_mtime_ns for path in sorted(danq.rglob("*"))}
    dropped_model(config)
    toys.write_config(project / CONFIG, config)
    done = snakemake(project, "--cores", "2", "--configfile", CONFIG)
    assert done.returncode == 0, done.stderr
    models = {line.split("\t")[0] for line in (project / "results/toy/auc.tsv").read_text().splitlines()[1:]}
    assert models == {"deepsea", "composition", "motif", "kmer"}
    assert {path: path.stat().st_mtime_ns for path in sorted(danq.rglob("*"))} == before
    toys.write_config(project / CONFIG, toys.config("data"))
    assert set(planned(project)) == JOINT


def test_a_killed_training_resumes(project):
    """After SIGKILL, when nothing can be cleaned up, training resumes from the saved state."""
    config, model = toys.config("data"), project / "results/toy/models/danq/training"
    config["models"]["danq"] |= {"epochs": 25, "patience": 25}
    toys.write_config(project / CONFIG, config)
    weights = model / "model.weights.h5"
    before = weights.read_bytes()
    words = ["--cores", "2", "--configfile", CONFIG, "--rerun-incomplete", str(weights.relative_to(project))]
    running = subprocess.Popen(
        ["snakemake", *words],
        cwd=project,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    give_up = time.monotonic() + PATIENCE
    while not (model / "state.h5").exists():
        assert running.poll() is None
        assert time.monotonic() < give_up
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert weights.read_bytes() == before  # the last training's, until the new ones are there

    assert snakemake(project, "--unlock", "--configfile", CONFIG).returncode == 0
    done = snakemake(project, *words)
    assert done.returncode == 0, done.stderr
    record = json.loads((model / "run.json").read_text())
    assert record["epochs"] == 25
    assert weights.read_bytes() != before
    assert len(record["resumed_after"]) == 1
    assert 0 <= record["resumed_after"][0] < 25  # the state is first saved before the first epoch's validation
    assert not (model / "state.h5").exists()
