"""The drawing programs: they import their own picture only, and visualize.py draws the same pictures."""

import importlib
import sys
from modulefinder import ModuleFinder

import h5py
import numpy as np
import pandas as pd
import pytest
from project import SCRIPTS

from danq.data.targets import to_json
from danq.evaluation.calibration import CALIBRATION
from danq.evaluation.compare_models import PAIRED
from danq.evaluation.compare_published import PUBLISHED, against
from danq.evaluation.evaluate import AUC
from danq.explain.influence_table import INFLUENCE
from danq.motifs.annotate import MOTIFS
from danq.motifs.meme import write_meme
from danq.plots.histories import HISTORY
from danq.runtime.predictions import FORMAT

LOGOS = "motifs.meme motifs.tsv known.meme"
PAIRS = {  # options of a drawing program, and of visualize.py
    "draw_histories": ("danq=history.tsv b=history.tsv", "--history danq=history.tsv b=history.tsv"),
    "draw_assays": ("auc.tsv", "--assays auc.tsv"),
    "draw_models": ("auc.tsv paired.tsv", "--assays auc.tsv --pairs paired.tsv"),
    "draw_calibration": ("danq.tsv deepsea.tsv", "--calibration danq.tsv deepsea.tsv"),
    "draw_curves": ("auc.tsv danq=danq.h5 deepsea.h5", "--assays auc.tsv -p danq=danq.h5 deepsea.h5 --all"),
    "draw_influence": ("influence.tsv motifs.tsv --title a", "--influence influence.tsv --table motifs.tsv --title a"),
    "draw_logos": (
        f"{LOGOS} --title a --sheet SHEET --pages PAGES --processes 1",
        "-M --all -w motifs.meme --table motifs.tsv --known known.meme"
        " --title a --sheet SHEET --pages PAGES --processes 1",
    ),
    "draw_published": ("published.tsv", "--published published.tsv"),
}
# Modules of pictures that each program imports, besides `pictures`.
MODULES = {
    "draw_histories": {"histories"},
    "draw_assays": {"assays"},
    "draw_models": {"model_pairs", "models", "scatter"},
    "draw_calibration": {"calibration"},
    "draw_curves": {"curves", "target_curves"},
    "draw_influence": {"heatmap"},
    "draw_logos": {"logo"},
    "draw_published": {"published", "scatter"},
    "draw_region": {"region"},
    "draw_attribution": {"attribution"},
    "draw_embedding": {"embedding"},
    "draw_patterns": {"logo", "patterns"},
    "draw_manhattan": {"manhattan"},
    "compare_published": set(),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, both, evaluated, auc, tests, history, some_motifs, known, matches):
    """A folder with all files that the programs draw."""
    folder = tmp_path_factory.mktemp("drawn")
    AUC.write(auc, folder / "auc.tsv")
    PAIRED.write(tests, folder / "paired.tsv")
    HISTORY.write(history, folder / "history.tsv")
    for name, tables in evaluated.items():
        CALIBRATION.write(tables.calibration, folder / f"{name}.tsv")
    for name, predicted in both.items():
        with h5py.File(folder / f"{name}.h5", "w") as file:
            file["predictions"], file["labels"] = predicted.probabilities, predicted.packed_labels
            file["targets"] = to_json(predicted.targets)
            file.attrs.update(format=FORMAT, strands="both")
    influence = np.random.default_rng(0).normal(0, 0.1, (3, 5))
    influence = pd.DataFrame(influence, columns=[f"{i} T{i}" for i in range(1, 6)])
    INFLUENCE.write(influence.assign(filter=[1, 2, 3]), folder / "influence.tsv")
    MOTIFS.write(matches.reindex(columns=MOTIFS.columns), folder / "motifs.tsv")
    write_meme(folder / "motifs.meme", some_motifs)
    write_meme(folder / "known.meme", known)
    published = auc[auc["model"] == "danq"].assign(model="DanQ")[["index", "model", "target", "auroc", "auprc"]]
    PUBLISHED.write(against(auc, published), folder / "published.tsv")
    return folder


def pictures(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("name", PAIRS)
def test_visualize_draws_the_same_pictures(folder, tmp_path, monkeypatch, name):
    drawn = []
    monkeypatch.chdir(folder)
    for program, words in zip((name, "visualize"), PAIRS[name], strict=True):
        results = tmp_path / program
        several = name in ("draw_models", "draw_curves", "draw_logos")
        output = results / ("folder" if several else "picture.png")
        words = words.replace("SHEET", f"{results}/sheet.png").replace("PAGES", f"{results}/pages").split()
        monkeypatch.setattr(sys, "argv", [program, *words, "--output", str(output)])
        importlib.import_module(program).main()
        drawn.append(pictures(results))
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == {"draw_curves": 5, "draw_logos": 5}.get(name, 1)


def test_each_drawing_program_is_tested():
    # These are tested in tests/unit/{tracks,variants,evaluation,explain} and tests/workflow/test_search.py.
    by_hand = {"draw_attribution", "draw_patterns", "draw_region", "draw_variant", "draw_manhattan"}
    by_hand |= {"draw_replicates", "draw_trials", "draw_embedding"}
    assert set(PAIRS) | by_hand == {path.stem for path in SCRIPTS.glob("draw_*.py")}


@pytest.mark.parametrize("name", MODULES)
def test_a_program_imports_its_own_picture_only(name):
    finder = ModuleFinder([str(SCRIPTS)])
    finder.run_script(str(SCRIPTS / f"{name}.py"))
    drawing = {module.removeprefix("danq.plots.") for module in finder.modules if module.startswith("danq.plots.")}
    assert drawing - {"pictures"} == MODULES[name]
    assert not [module for module in finder.modules if module.startswith(("danq.training", "danq.models"))]
