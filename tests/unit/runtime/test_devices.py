"""Choice of devices, and batches split among several: logical CPU devices take the place of GPUs."""

import json
import os
import platform
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from project import SCRIPTS, environment
from toy_windows import SIZES, write_split

from danq.errors import UserError
from danq.runtime import checkpoint
from danq.runtime.devices import STAND_INS, Devices
from danq.runtime.predictions import Predictions

PROGRAM = SCRIPTS / "train.py"
# No dropout: two devices draw other numbers than one.
OPTIONS = [f"{name}={value}" for name, value in (SIZES | {"dropout": 0.0, "lstm_dropout": 0.0}).items()]

MORE = ["--class-weighting=sqrt", "--focal-gamma=1", "--warm-up=1.5", "--ema=0.95", "--clip=0.1", "--monitor=auprc"]
MORE += ["--shift=3", "--mutate=0.02", "--insert=4"]


def trained(data, output, gpus, batch_size=20, *options, stand_ins=2):
    command = [sys.executable, PROGRAM, "-d", data, "-o", output, "-g", str(gpus), "-b", str(batch_size), *options]
    environment = {**os.environ, STAND_INS: str(stand_ins)}
    more = ["-e", "3", "-O", "sgd", "-l", "0.05", "--size", *OPTIONS]
    return subprocess.run([*command, *more], env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def odd_data(tmp_path_factory):
    """401 and 101 windows, 802 and 202 samples: the last batch of 20 has two samples, the last batch of 3 has one."""
    folder = tmp_path_factory.mktemp("odd")
    write_split(folder / "train.h5", 401, 1)
    write_split(folder / "valid.h5", 101, 2)
    return folder


@pytest.mark.parametrize("options", [(), MORE])
def test_two_devices_train_the_same_weights_as_one(odd_data, tmp_path, options):
    for n in (1, 2):
        done = trained(odd_data, tmp_path / f"{n}.weights.h5", n, 20, *options)
        assert done.returncode == 0, done.stderr
        assert f"{n} CPU devices take the place of GPUs" in done.stderr
    one, two = (checkpoint.load(tmp_path / f"{n}.weights.h5")[0].get_weights() for n in (1, 2))
    for first, second in zip(one, two, strict=True):
        np.testing.assert_allclose(first, second, atol=2e-4)
    histories = [
        pd.read_csv(tmp_path / f"{n}.history.tsv", sep="\t")[["loss", "val_loss", "val_auprc"]] for n in (1, 2)
    ]
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-4)
    run = json.loads((tmp_path / "2.run.json").read_text())
    assert run["devices"] == ["CPU:0 in place of a GPU", "CPU:1 in place of a GPU"]


def test_the_last_batch_may_have_fewer_samples_than_devices(odd_data, tmp_path):
    """802 samples in batches of 9: the last batch has one, which leaves none for the second and third device."""
    done = trained(odd_data, tmp_path / "3.weights.h5", 3, 9, stand_ins=3)
    assert done.returncode == 0, done.stderr
    history = pd.read_csv(tmp_path / "3.history.tsv", sep="\t")
    one = trained(odd_data, tmp_path / "1.weights.h5", 1, 9)
    assert one.returncode == 0, one.stderr
    alone = pd.read_csv(tmp_path / "1.history.tsv", sep="\t")
    np.testing.assert_allclose(history["val_loss"], alone["val_loss"], atol=0.03)  # one batch less per epoch


def test_a_batch_that_cannot_be_split_evenly_is_an_error(data, tmp_path):
    done = trained(data, tmp_path / "a.weights.h5", 2, 25)
    assert done.returncode == 1
    assert "a batch of 25 windows cannot be split evenly among 2 GPUs; make it 24 or 26" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("driver", "cuda", "advice"),
    [
        (False, True, "there is no NVIDIA driver here: run on a machine with a GPU, or on the CPU (`--gpus 0`)"),
        (False, False, "this TensorFlow was built without CUDA: install the GPU build (`make environment GPU=1`)"),
        (True, True, "check `nvidia-smi`, or install the GPU build"),
    ],
)
def test_missing_gpus_are_an_error_with_advice(monkeypatch, driver, cuda, advice):
    import tensorflow as tf

    there = len(tf.config.list_physical_devices("GPU"))
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: cuda)
    monkeypatch.setattr("danq.runtime.devices.shutil.which", lambda name: "/usr/bin/nvidia-smi" if driver else None)
    with pytest.raises(UserError, match=f"{there + 1} GPUs? requested") as error:
        Devices(gpus=there + 1)
    assert advice in str(error.value)


def test_a_number_of_stand_ins_that_is_not_a_number_is_an_error(monkeypatch):
    monkeypatch.setenv(STAND_INS, "two")
    with pytest.raises(UserError, match="DANQ_CPUS_AS_GPUS must be a number, not 'two'"):
        Devices()


def test_two_devices_predict_the_same_as_one(odd_data, tmp_path):
    """101 windows: one is repeated for the second device, and its prediction dropped."""
    program = PROGRAM.with_name("predict.py")
    assert trained(odd_data, tmp_path / "a.weights.h5", 1, 20, "-n", "40").returncode == 0
    found = []
    for n in ("1", "2"):
        command = [sys.executable, program, "-d", odd_data, "-c", tmp_path / "a.weights.h5", "--split", "valid"]
        output = tmp_path / f"{n}.h5"
        subprocess.run([*command, "-g", n, "-o", output], env={**os.environ, STAND_INS: "2"}, check=True)
        found.append(np.array(Predictions.open(output).probabilities))
    assert found[0].shape[0] == 101
    np.testing.assert_allclose(*found, atol=1e-6)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has mallopt")
def test_freed_tensors_are_reused():
    """A process that frees and allocates 50 MB again and again has few page faults."""
    code = (
        "import resource, sys; import numpy as np; from danq.runtime.devices import keep_freed_memory\n"
        "if sys.argv[1] == 'keep': assert keep_freed_memory()\n"
        "def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "before = faults()\n"
        "for _ in range(20): np.ones(50_000_000, 'uint8')\n"
        "print(faults() - before)"
    )
    faults = {}
    for word in ("keep", "return"):
        done = subprocess.run(
            [sys.executable, "-c", code, word],
            capture_output=True,
            text=True,
            check=True,
            env=environment(PYTHONPATH=str(SCRIPTS)),
        )
        faults[word] = int(done.stdout)
    print(faults)
    assert faults["keep"] < 0.5 * faults["return"]
