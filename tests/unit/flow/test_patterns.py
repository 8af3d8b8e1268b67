"""Searches for patterns in the config."""

import pytest
import toys

from danq.errors import UserError
from flow import patterns
from flow.config import check_names, checked, listed_targets


@pytest.fixture
def config(tmp_path, monkeypatch):
    toys.write_dataset(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return toys.config("data") | {"explain": {"methods": ["gradient"]}, "patterns": {"method": "gradient"}}


def filled(config, explain=(), **changes):
    config["patterns"] |= changes
    config["explain"]["targets"] = list(explain)
    return checked(config)


def mistake(config, explain=(), **changes):
    with pytest.raises(UserError) as raised:
        config = filled(config, explain, **changes)
        check_names(config, listed_targets(config).targets)
    return str(raised.value)


def test_each_target_or_assay_is_a_search_in_a_folder_of_its_own(config):
    config = filled(config, targets=["CTCF", 1, "a|b", "a/b"], window=100)
    assert patterns.searches(config) == {"CTCF": "CTCF", "1": "1", "a_b": "a|b", "a_b-2": "a/b"}
    assert patterns.discover_options(config, "a_b") == {"targets": "a|b", "max_seqlets": 20000, "window": 100}
    assert patterns.searches(filled(config, targets=[])) == {}


def test_the_release_of_jaspar_matters_only_without_a_file(config):
    config = filled(config)
    config["motifs"] |= {"known": "", "max_evalue": 0.01, "release": "JASPAR2024", "taxa": ["fungi"]}
    assert patterns.name_options(config) == {"max_evalue": 0.01, "release": "JASPAR2024", "taxa": ["fungi"]}
    config["motifs"]["known"] = "known.meme"
    assert patterns.name_options(config) == {"max_evalue": 0.01}


def test_places_are_known_of_peaks_and_of_given_windows(config):
    config = filled(config)
    assert patterns.have_places(config)
    config["source"] = "bundle"
    assert not patterns.have_places(config)
    config["explain"]["bed"] = "a.bed"
    assert patterns.have_places(config)


def test_a_search_without_contributions_is_a_mistake(config):
    targets = [target.name for target in listed_targets(filled(config)).targets]
    assert mistake(config, targets=["none"]).startswith("patterns.targets: no target 'none'")
    message = mistake(config, targets[:1], targets=targets[1:2])
    assert message == f"patterns.targets: {targets[1]} is not explained; add it to explain.targets"
    window = config["windows"]["window"]
    message = mistake(config, targets=targets[:1], window=window + 1)
    assert message == (
        f"patterns.window ({window + 1} bp) is larger than windows.window ({window} bp); make it smaller"
    )


def test_missing_software_is_a_mistake_only_where_it_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr("danq.explain.discovery.find_spec", lambda name: None)
    made = tmp_path / "patterns.h5"
    patterns.check_software([], conda=False)
    patterns.check_software([made], conda=True)
    with pytest.raises(UserError, match=r"patterns.targets: modisco-lite is not installed; run `make environment MOD"):
        patterns.check_software([made], conda=False)
    made.touch()
    patterns.check_software([made], conda=False)
