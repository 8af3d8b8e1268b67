"""Command-line options from the config."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest
import toys

from flow import options
from flow.config import checked


@pytest.fixture
def config():
    return checked(toys.config("data"))


def test_none_is_left_out_and_lists_repeat_the_option():
    assert options.options(seed=1, max_windows=None, size=["a=1", "b=2"]) == "--seed=1 --size=a=1 --size=b=2"


def test_words_are_quoted_for_the_shell():
    assert options.options(names="a b;c") == "--names='a b;c'"


def test_the_order_of_keys_does_not_matter():
    assert options.options(b=1, a=2) == options.options(a=2, b=1) == "--a=2 --b=1"


def test_within_takes_only_the_named_keys(config):
    assert options.within(config, "motifs", "split", "trim") == {"split": "test", "trim": 0}


def test_options_of_prepare(config):
    config["windows"]["keep"], config["windows"]["blacklist"] = "bed:regions.bed", "black.bed"
    found = options.prepare_options(config)
    assert found["keep"] == "bed:data/regions.bed"
    assert found["blacklist"] == "data/black.bed"
    assert found["window"] == 400
    assert (found["train"], found["valid"], found["test"]) == (["rest"], ["chr3"], ["chr4"])
    assert "split" not in found
    assert config["windows"]["split"]["valid"] == ["chr3"]  # the config itself does not change


def test_options_of_a_training(config):
    config["models"]["danq"]["tensorboard"] = True
    found = options.train_options(config, "danq")
    assert found["model"] == "DanQ"
    assert "filters=4" in found["size"]
    assert found["size"] == sorted(found["size"])
    assert found["tensorboard"] == "results/toy/models/danq/training/tensorboard"
    assert options.train_options(config, "deepsea")["tensorboard"] is None


def test_a_model_has_its_own_seed_or_that_of_the_config(config):
    config["seed"], config["models"]["danq"]["seed"] = 7, 0
    assert options.train_options(config, "danq")["seed"] == 0
    assert options.train_options(config, "deepsea")["seed"] == 7


def test_options_of_a_bundle():
    bundle = {"alphabet": "AGCT", "assembly": "", "names": "names.txt"}
    found = options.import_options({"folder": "data", "bundle": bundle})
    assert found == {"alphabet": "AGCT", "assembly": None, "names": "data/names.txt"}


def test_files_by_model():
    assert options.by_model(["danq", "64"], ["a.tsv", "b.tsv"]) == "danq=a.tsv 64=b.tsv"


def test_only_the_motif_baseline_depends_on_the_known_motifs(config):
    assert options.baseline_options(config, "kmer") == options.baseline_options(config, "composition") == {"seed": 1}
    own = options.baseline_options(config, "motif")
    assert own == {"seed": 1, "release": "JASPAR2024", "taxa": ["vertebrates"]}
    config["motifs"]["known"] = "mine.meme"
    assert options.baseline_options(config, "motif") == {"seed": 1, "known": "data/mine.meme"}


def test_the_control_has_the_recipe_of_the_first_model(config):
    config["models"]["danq"]["tensorboard"] = True
    found = options.control_options(config)
    assert found == options.train_options(config, "danq") | {"name": "danq", "tensorboard": None}


def test_options_of_variants(config):
    assert options.variant_options(config) == {"ref_mismatch": "skip", "strands": "both", "block_size": 100_000}
    config["variants"] |= {"targets": ["TF", 3], "scores": ["z"], "random_background": 50}
    assert options.variant_options(config)["targets"] == ["TF", 3]
    assert "random_background" not in options.variant_options(config)
    found = options.background_options(config)
    assert found["scores"] == ["difference"]
    assert (found["random_background"], found["seed"], found["block_size"]) == (50, 1, None)
    config["variants"] |= {"random_background": 0}
    assert options.background_options(config)["seed"] is None


@pytest.mark.parametrize(("records", "blocks"), [(0, 1), (1, 1), (100, 1), (101, 2), (10_000_000, 100_000)])
def test_the_number_of_blocks_follows_from_the_records(tmp_path, records, blocks):
    path = toys.write_lines(tmp_path / "checked.tsv", ["records\talleles", f"{records}\t7"])
    assert options.blocks_in(str(path), 100) == blocks


def test_an_empty_column_of_thresholds_changes_nothing_and_a_threshold_does():
    sheet = pd.DataFrame({"name": ["a"], "assay": ["x"], "peaks": ["a.bed"], "cell": [""], "treatment": [""]})
    before = f"sheet {hashlib.blake2b(sheet.to_csv(index=False).encode(), digest_size=6).hexdigest()}"
    assert options.listed(sheet.assign(min_signal="")) == before
    assert (
        len({before, options.listed(sheet.assign(min_signal="2")), options.listed(sheet.assign(min_signal="3"))}) == 3
    )


def test_options_of_inserted_motifs(config):
    config["embed"] |= {"inserts": ["CTCF", "A=ACGT"], "models": ["danq"], "backgrounds": 7}
    assert options.embed_options(config) == {
        **{"inserts": ["CTCF", "A=ACGT"], "split": "test", "backgrounds": 7, "bases": "consensus"},
        **{"release": "JASPAR2024", "taxa": ["vertebrates"], "seed": 1, "strands": "both"},
    }
    config["embed"] |= {"pairs": ["all"], "step": 20}
    config["motifs"]["known"] = "known.meme"
    found = options.embed_options(config)
    assert (found["pairs"], found["max_gap"], found["step"]) == (["all"], 100, 20)
    assert "release" not in found


def test_the_motifs_of_hits_are_the_named_or_the_expected_ones_or_all(config):
    jaspar = {"release": "JASPAR2024", "taxa": ["vertebrates"]}
    config["motifs"]["expected"] = []
    assert options.hit_options(config) == {"only": None} | jaspar
    config["motifs"]["expected"] = ["CTCF"]
    assert options.hit_options(config) == {"only": ["CTCF"]} | jaspar
    config["explain"]["hit_motifs"] = ["REST"]
    assert options.hit_options(config) == {"only": ["REST"]} | jaspar
    config["explain"] |= {"hit_file": "patterns.meme", "hit_motifs": []}
    assert options.hit_options(config) == {"only": None}
