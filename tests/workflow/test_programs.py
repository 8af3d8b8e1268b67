"""The programs without Snakemake: the commands of docs/programs.md run as written on a toy genome."""

import os
import re
import shlex

import toys
from project import PROJECT, SCRIPTS, run, run_here

# Smaller sizes than the published ones; a repeated option overrides the first.
SMALLER = {
    "train.py": "-e 1 -b 500 --size filters2=4 filters3=4 dense=4 filters=48",
    "motifs.py": "--min-sites 1 --threshold 0.1 --trim 0",
    "influence.py": "--windows 20",
    "attribute.py": "--windows 2 --method gradient -t 1",
}


def commands():
    text = (PROJECT / "docs/programs.md").read_text().split("## From a genome to motifs")[1]
    lines = re.search(r"```bash\n(.*?)```", text, re.DOTALL)[1].splitlines()
    return [line for line in lines if re.match(r"\w+\.py ", line)]


def test_the_commands_run_as_written(tmp_path, monkeypatch):
    monkeypatch.setattr(toys, "CONTIGS", {"chr1": 40_000, "chr7": 30_000, "chr8": 30_000, "chr9": 20_000})
    toys.write_dataset(tmp_path)
    found = commands()
    assert [line.split()[0] for line in found] == [
        f"{name}.py"
        for name in (
            *("prepare", "train", "predict", "evaluate", "visualize"),
            *("motifs", "annotate", "influence", "attribute", "draw_attribution", "visualize"),
        )
    ]
    for line in found:
        name, *words = shlex.split(line)
        done = run([SCRIPTS / name, *words, *SMALLER.get(name, "").split()], tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    made = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert {
        "test.h5",
        "danq.DeepSEA.weights.h5",
        "test_results.h5",
        "auc.tsv",
        "001_CTCF.png",
        "filter_043.png",
        "motifs.tsv",
        "influence.tsv",
        "attributions.h5",
    } <= made


def test_every_program_is_executable_and_its_help_shows_its_defaults():
    for path in SCRIPTS.glob("*.py"):
        if path.stem != "cli":
            assert os.access(path, os.X_OK), f"chmod +x {path}"
            done = run_here(path, "--help")
            assert done.returncode == 0
            assert "(default: " in " ".join(done.stdout.split())
            assert "options:" in done.stdout


def test_make_yeast_requires_a_data_folder_and_passes_it_on():
    without = run(["make", "yeast"], PROJECT)
    assert without.returncode != 0
    assert "make yeast DATA=FOLDER" in without.stderr
    shown = run(["make", "-n", "yeast", "DATA=some/folder", "CONFIG=config/yeast_all.yaml"], PROJECT)
    assert '--configfile config/yeast_all.yaml --config folder="some/folder"' in shown.stdout
