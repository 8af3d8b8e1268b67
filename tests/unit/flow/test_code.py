"""Which code a rule depends on, read from the sources; tests/workflow/test_rerun.py compares it with real jobs."""

from __future__ import annotations

import ast

import pytest
import toys

from danq.models.registry import ARCHITECTURES
from flow import code, sequences
from flow.code import SCRIPTS

ALL = sorted(path for path in SCRIPTS.rglob("*.py") if path.name != "__init__.py")
PROGRAMS = ["prepare", "train", "predict", "evaluate", "motifs", "annotate", "influence", "report", "import_bundle"]


def names(paths) -> set[str]:
    return {code.module_name(path) for path in paths}


def test_every_module_is_on_one_side():
    assert {code.side(module) for module in names(ALL)} == {"deciding", "plumbing"}


def test_a_module_on_neither_side_is_an_error():
    with pytest.raises(LookupError, match=r"danq\.runtime\.new is neither in DECIDING nor in PLUMBING"):
        code.side("danq.runtime.new")


def test_every_entry_names_a_module():
    modules = names(ALL)
    for pattern in (*code.DECIDING, *code.PLUMBING):
        if pattern != "draw_*":
            assert any(code.fnmatchcase(module, pattern) for module in modules), pattern
    assert set().union(*code.BY_HAND.values()) <= modules


def decisions_from_plumbing(path) -> set[str]:
    """Names that a deciding module uses of plumbing although PLUMBING does not allow them."""
    found = set()
    for file, taken in code.imported(path).items():
        module = code.module_name(file)
        if code.side(module) == "plumbing":
            allowed = set().union(*(ok for name, ok in code.PLUMBING.items() if code.fnmatchcase(module, name)))
            found |= {f"{module}.{name}" for name in taken - allowed}
    return found


DECIDING = [path for path in ALL if code.side(code.module_name(path)) == "deciding"]


def test_deciding_modules_use_only_allowed_names_of_plumbing():
    found = {code.module_name(path): decisions_from_plumbing(path) for path in DECIDING}
    assert not {module: taken for module, taken in found.items() if taken}


@pytest.mark.parametrize(
    "source",
    [
        "from ..runtime.devices import learning_rate, feed\n",
        "from ..runtime import devices\nrate = devices.learning_rate\ndevices.feed()\n",
    ],
)
def test_a_decision_taken_from_plumbing_is_found(tmp_path, monkeypatch, source):
    for name, text in {"danq/runtime/devices.py": "", "danq/models/new.py": source}.items():
        toys.write_lines(tmp_path / name, [text])
    monkeypatch.setattr(code, "SCRIPTS", tmp_path)
    assert decisions_from_plumbing(tmp_path / "danq/models/new.py") == {"danq.runtime.devices.learning_rate"}


def test_a_room_has_no_code_of_its_own():
    """`imported` does not read a package's __init__.py."""
    for path in SCRIPTS.rglob("__init__.py"):
        assert [type(node) for node in ast.parse(path.read_text()).body] == [ast.Expr], path


def test_a_training_depends_on_its_own_architecture():
    danq, deepsea = names(code.deciding("train", "DanQ")), names(code.deciding("train", "DeepSEA"))
    assert danq ^ deepsea == {"danq.models.danq", "danq.models.deepsea"}
    assert {"danq.training.train", "danq.training.recipe", "danq.data.windows", "danq.data.onehot"} < danq


def test_a_baseline_depends_on_its_own_module():
    kmer, motif = (names(code.deciding("baseline", baseline=name)) for name in ("kmer", "motif"))
    assert "danq.baselines.kmer" in kmer - motif
    assert {"danq.baselines.motif", "danq.motifs.log_odds"} <= motif - kmer
    assert not {name for name in kmer | motif if name.startswith(("danq.training", "danq.models", "danq.report"))}
    assert not {name for name in kmer if name.startswith("danq.motifs")}
    assert code.fingerprint("baseline", baseline="kmer") != code.fingerprint("baseline", baseline="motif")


def test_an_architecture_includes_the_one_it_builds_on():
    assert {"danq.models.danq", "danq.models.danq_jaspar"} < names(code.deciding("train", "DanQ-JASPAR"))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_each_architecture_has_a_fingerprint_of_its_own(architecture):
    others = {code.fingerprint("predict", other) for other in ARCHITECTURES if other != architecture}
    assert code.fingerprint("predict", architecture) not in others


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_and_plumbing_do_not_count(program):
    found = names(code.deciding(program, "DanQ"))
    assert not {"cli", "danq.errors", "danq.files", "danq.runtime.devices", "danq.runtime.staging"} & found
    assert "danq.published.data_folder" not in names(code.modules(program))


def test_a_prediction_does_not_depend_on_training_or_on_motif_scans():
    found = names(code.deciding("predict", "DanQ"))
    assert not {name for name in found if name.startswith(("danq.training", "danq.motifs", "danq.evaluation"))}
    assert "danq.runtime.predict" in found
    assert not {"danq.data.tiles", "danq.data.regions", "danq.runtime.predict_sequences"} & found


def test_a_prediction_of_other_sequences_depends_on_the_windows_along_them():
    reading, predicting = code.deciding(sequences.READING), code.deciding(sequences.PREDICTING, "DanQ")
    assert {"danq.data.tiles", "danq.data.regions", "danq.data.fasta_records"} < names(reading)
    assert names(code.deciding("predict", "DanQ")) - {"danq.runtime.predict"} < names(predicting)
    assert "danq.models.deepsea" not in names(reading + predicting)


def test_a_prototype_depends_on_its_neighbours_only():
    found = names(code.deciding("prototypes/mdisc_conv1d"))
    assert {
        f"prototypes.{name}" for name in ("mdisc_conv1d", "mdet_conv1d", "digits", "alignment", "drawings")
    } == found


def test_a_fingerprint_is_short():
    assert len(code.fingerprint("report")) == len("code 0123456789ab")


SOURCE = '''
"""Doc."""
def half(x):
    """Doc."""
    if x < 0:
        raise UserError(f"negative: {x}")
    log.info("half of %d", x)
    show(lambda text: log.info("layers: %s", text))
    return x / 2
rate: float = option(0.1, "step size", float, above=0)
'''


def essence(source: str) -> str:
    return code.essence(ast.parse(source))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Doc.", "Other words."),
        ('    """Doc."""\n', ""),
        ("return", "# comment\n    return"),
        ("x / 2", "(x /\n 2)"),
        ("negative:", "must be positive:"),
        ('    log.info("half of %d", x)\n', ""),
        ("layers", "all layers"),
        ("return", 'logging.warning("odd")\n    return'),
        ("return", "pass\n    return"),
        ("def half", 'SIZES = {"kernel": "width in bp"}\ndef half'),
        ('"step size"', '"size of a step"'),
        ("above=0", "above=0, below=1"),
    ],
)
def test_texts_do_not_change_the_essence(old, new):
    changed = SOURCE.replace(old, new)
    assert changed != SOURCE
    assert essence(changed) == essence(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x / 2", "x / 2.0"),
        ("x / 2", "x // 2"),
        ("x < 0", "x <= 0"),
        ("UserError", "ValueError"),
        ("def half(x)", "def half(x=1)"),
        ("def half(x)", "def half(x=True)"),
        ("return x / 2", "return None"),
        ('log.info("half', 'log = log.info("half'),
        ("show(", "hide("),
        ("half(x)", "double(x)"),
        ("option(0.1", "option(0.2"),
    ],
)
def test_decisions_change_the_essence(old, new):
    changed = SOURCE.replace(old, new)
    assert essence(changed) != essence(SOURCE)


def test_defaults_that_compare_equal_are_different():
    assert essence("x = 1") != essence("x = True")
    assert essence("x = 1") != essence("x = 1.0")
    assert essence("x = None") != essence("x = 0")
