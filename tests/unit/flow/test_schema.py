"""The schema that is completed from the code, and the defaults that it fills in."""

import subprocess
import sys

import jsonschema
import pytest
from project import PROJECT, SCRIPTS

from danq.models import registry
from danq.settings import Setting
from flow.schema import complete_schema, fill_defaults, of_setting

PATH = PROJECT / "workflow/schemas/config.schema.yaml"


def config(**model) -> dict:
    """A config with one model."""
    return {
        "dataset": "toy",
        "targets": "targets.tsv",
        "genome": {"fasta": "genome.fa"},
        "windows": {"split": {"valid": ["chr1"], "test": ["chr2"]}},
        "models": {"a": {"architecture": "DanQ", **model}},
    }


def test_the_completed_schema_is_a_valid_schema():
    jsonschema.Draft202012Validator.check_schema(complete_schema(PATH))


@pytest.mark.parametrize("architecture", registry.ARCHITECTURES)
def test_the_defaults_of_each_architecture_are_filled_in(architecture):
    given = config(architecture=architecture, sizes={"kernel": 7})
    filled = fill_defaults(given, complete_schema(PATH))
    model = filled["models"]["a"]
    assert model["sizes"] == registry.default_sizes(architecture) | {"kernel": 7}
    assert model["batch_size"] == 500
    assert model["seed"] is None  # the config's seed, not the recipe's
    assert filled["windows"]["bin"] == 200
    assert given == config(architecture=architecture, sizes={"kernel": 7}), "the given config must not change"


def test_models_do_not_share_their_defaults():
    given = config()
    given["models"]["b"] = {"architecture": "DeepSEA"}
    models = fill_defaults(given, complete_schema(PATH))["models"]
    assert models["a"]["sizes"] == registry.default_sizes("DanQ")
    assert models["b"]["sizes"] == registry.default_sizes("DeepSEA")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"architecture": "Danq"}, "'Danq' is not one of"),
        ({"sizes": {"filterz": 3}}, "'filterz' was unexpected"),
        ({"sizes": {"dropout": 1}}, "1 is greater than or equal to the maximum of 1"),
        ({"sizes": {"gates": "relu"}}, "'relu' is not one of"),
        ({"epochs": 0}, "0 is less than the minimum of 1"),
        ({"optimizer": "lion"}, "'lion' is not one of"),
        ({"jaspar_taxa": []}, "should be non-empty"),
        ({"filters": 3}, "'filters' was unexpected"),
    ],
)
def test_a_wrong_model_is_refused(wrong, says):
    with pytest.raises(jsonschema.ValidationError, match=says):
        fill_defaults(config(**wrong), complete_schema(PATH))


def test_a_setting_becomes_a_key():
    rate = Setting(0.5, "size of a step", float, above=0, below=1)
    bounds = {"exclusiveMinimum": 0, "exclusiveMaximum": 1}
    assert of_setting(rate) == {"description": "Size of a step.", "type": "number", **bounds, "default": 0.5}
    word = Setting(None, "start", choices={"random": "", "jaspar": "motifs"}, unset="random")
    description = "Start: random, jaspar (motifs). null: random."
    assert of_setting(word) == {"description": description, "enum": ["random", "jaspar", None], "default": None}
    taxa = Setting(("fungi",), "groups")
    assert of_setting(taxa)["items"] == {"type": "string"}
    assert of_setting(taxa)["default"] == ["fungi"]


def test_the_schema_is_completed_without_loading_keras():
    code = "import sys; from flow import schema; schema.complete_schema(sys.argv[1]); print('keras' in sys.modules)"
    command = [sys.executable, "-c", code, PATH]
    done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
