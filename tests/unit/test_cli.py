"""What all programs share on their command lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from project import SCRIPTS

import cli
from danq.errors import UserError


@pytest.mark.parametrize(
    ("words", "valid"),
    [
        ([], ["rest"]),
        (["--valid", "chr8", "chr9"], ["chr8", "chr9"]),
        (["--valid=chr8", "--valid=chr9"], ["chr8", "chr9"]),
        (["--valid=--output", "--valid=DIR"], ["--output", "DIR"]),
    ],
)
def test_a_list_may_repeat_its_option_and_its_items_may_begin_with_a_hyphen(words, valid):
    parser = cli.parser(None)
    parser.add_argument("--output", default="here")
    parser.add_argument_group("windows").add_argument("--valid", nargs="+", default=["rest"])
    args = parser.parse_args(words)
    assert (args.valid, args.output) == (valid, "here")
    assert parser.get_default("valid") == ["rest"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--threads=-1"], "--threads must be a whole number from 1 to 4096, not -1"),
        (["--threads", "0"], "--threads must be a whole number from 1 to 4096, not 0"),
        (["--seed", "-1"], "--seed must be a whole number from 0 to 4294967295, not -1"),
        (["--seed", "4294967296"], "--seed must be a whole number from 0 to 4294967295, not 4294967296"),
        (["--processes", "100000"], "--processes must be a whole number from 1 to 1024, not 100000"),
        (["--min-signal", "nan"], "--min-signal must be a finite number, not nan"),
    ],
)
def test_numbers_out_of_range_are_mistakes(words, sentence):
    parser = cli.parser(None)
    for name in ("--threads", "--seed", "--processes"):
        parser.add_argument(name, type=int)
    parser.add_argument("--min-signal", type=float)
    with pytest.raises(UserError) as raised:
        parser.parse_args(words)
    assert str(raised.value) == sentence


def test_every_program_has_the_shared_parser():
    for path in SCRIPTS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert path.stem == "cli" or ("cli.parser(" in text and "ArgumentParser(" not in text), path


@pytest.mark.parametrize(
    ("backend", "sentence"),
    [
        ("theano", "KERAS_BACKEND is 'theano'; set it to tensorflow or jax or torch, or unset it"),
        ("torch", "KERAS_BACKEND is 'torch', which is not installed here; install it, or unset the variable"),
    ],
)
def test_a_backend_that_keras_cannot_use_is_a_mistake(monkeypatch, backend, sentence):
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    with pytest.raises(UserError) as raised, cli.quiet_loading():
        pass
    assert str(raised.value) == sentence


def test_settings_of_a_persons_keras_do_not_count(tmp_path):
    folder = tmp_path / ".keras"
    folder.mkdir()
    wrong = {"backend": "theano", "image_data_format": "channels_first", "floatx": "float16", "epsilon": 0.1}
    (folder / "keras.json").write_text(json.dumps(wrong))
    code = "import cli, keras.config as c; print(c.backend(), c.floatx(), c.image_data_format(), c.epsilon())"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KERAS")}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": str(SCRIPTS), "KERAS_MAX_EPOCHS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["tensorflow", "float32", "channels_last", "1e-07"]


def test_keras_loads_without_the_packages_that_no_program_uses_of_it():
    code = (
        "import sys, cli\n"
        "with cli.quiet_loading(): import keras\n"
        "print({'keras', 'sklearn', 'matplotlib'} & set(sys.modules))\n"
        "import matplotlib.figure, sklearn.metrics"
    )
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "{'keras'}\n"


def test_the_documented_variable_chooses_the_backend():
    code = "import cli, os; print(os.environ['KERAS_BACKEND'])"
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS), "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "jax"
