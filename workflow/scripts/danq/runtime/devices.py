"""The devices that models run on. Only this file uses TensorFlow or JAX directly."""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
from contextlib import AbstractContextManager, nullcontext

import keras

from ..errors import UserError
from .batches import Batches

log = logging.getLogger(__name__)
STAND_INS = "DANQ_CPUS_AS_GPUS"
# Options of glibc's `mallopt`, with values: never use mmap, never return the top of the heap, grow it by 64 MiB.
HEAP = {-4: 0, -1: 2**31 - 1, -2: 1 << 26}


class Devices:
    """The devices of this process. Create it before any model is built.

    Parameters
    ----------
    gpus : number of GPUs. None uses one GPU if there is one and logs if there is none; 0 uses the CPU. More GPUs than
        available are a UserError.
    threads : number of CPU threads; None leaves the choice to the backend

    Several GPUs split each batch among them (TensorFlow's MirroredStrategy). With the environment variable
    DANQ_CPUS_AS_GPUS=N, N logical CPU devices take the place of GPUs, to test distributed training on a machine
    without GPUs.
    """

    def __init__(self, gpus: int | None = None, threads: int | None = None):
        self.backend = keras.backend.backend()
        if gpus is not None and gpus < 0:
            raise UserError(f"the number of GPUs must be 0 or more, not {gpus}")
        self._stand_ins = _number(os.environ.get(STAND_INS, "0")) if self.backend == "tensorflow" else 0
        found = self._found_gpus()
        if gpus is not None and gpus > len(found):
            raise UserError(
                f"{gpus} GPU{'s' if gpus > 1 else ''} requested, {len(found) or 'none'} found by {self.backend}; "
                + self._advice()
            )
        self.gpus = found[: (1 if gpus is None else gpus)]
        self._strategy = None
        if self.backend == "tensorflow":
            self._set_up_tensorflow(threads)
        elif len(self.gpus) > 1:
            raise UserError(f"several GPUs need the TensorFlow backend, this is {self.backend}")
        elif self.backend == "jax" and found and not self.gpus:
            import jax

            jax.config.update("jax_default_device", jax.devices("cpu")[0])
        if not self.gpus:
            keep_freed_memory()
            log.info("no GPU in use: running on the CPU%s", f" with {threads} threads" if threads else "")
        elif self._stand_ins:
            log.warning("%s is set: %d CPU devices take the place of GPUs", STAND_INS, len(self.gpus))
        else:
            log.info("running on %s", ", ".join(self.describe()))

    def _found_gpus(self) -> list:
        if self.backend == "tensorflow":
            import tensorflow as tf

            if self._stand_ins:
                return [f"CPU:{i}" for i in range(self._stand_ins)]
            return tf.config.list_physical_devices("GPU")
        if self.backend == "jax":
            import jax

            return [device for device in jax.devices() if device.platform != "cpu"]
        import torch

        return list(range(torch.cuda.device_count()))

    def _advice(self) -> str:
        """What the user can do about missing GPUs."""
        if self.backend == "tensorflow":
            import tensorflow as tf

            if not tf.test.is_built_with_cuda():
                return "this TensorFlow was built without CUDA: install the GPU build (`make environment GPU=1`)"
        if shutil.which("nvidia-smi") is None:
            return "there is no NVIDIA driver here: run on a machine with a GPU, or on the CPU (`--gpus 0`)"
        return "request fewer, check `nvidia-smi`, or install the GPU build (`make environment GPU=1`)"

    def _set_up_tensorflow(self, threads: int | None) -> None:
        import tensorflow as tf

        try:
            if self._stand_ins:
                tf.config.set_visible_devices([], "GPU")
                parts = [tf.config.LogicalDeviceConfiguration() for _ in range(self._stand_ins)]
                tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], parts)
            else:
                tf.config.set_visible_devices(self.gpus, "GPU")
                for gpu in self.gpus:
                    tf.config.experimental.set_memory_growth(gpu, True)
            if threads:
                tf.config.threading.set_intra_op_parallelism_threads(threads)
        except RuntimeError as error:  # TensorFlow has already used its devices
            log.debug("devices were already set up: %s", error)
        if len(self.gpus) > 1:
            kind = "CPU" if self._stand_ins else "GPU"
            self._strategy = tf.distribute.MirroredStrategy([f"{kind}:{i}" for i in range(len(self.gpus))])

    @property
    def count(self) -> int:
        """Number of devices that a batch is split among."""
        return max(len(self.gpus), 1)

    def check_batch(self, batch_size: int) -> None:
        """Raise a UserError unless a batch can be split evenly among the devices."""
        if batch_size % self.count:
            below = batch_size - batch_size % self.count
            raise UserError(
                f"a batch of {batch_size} windows cannot be split evenly among {self.count} GPUs; "
                f"make it {below or self.count} or {below + self.count}"
            )

    def scope(self) -> AbstractContextManager:
        """The context to build and compile models in."""
        return self._strategy.scope() if self._strategy else nullcontext()

    def describe(self) -> list[str]:
        """Names of the devices in use, for run.json."""
        if not self.gpus:
            return ["CPU"]
        if self._stand_ins:
            return [f"{name} in place of a GPU" for name in self.gpus]
        if self.backend == "tensorflow":
            import tensorflow as tf

            details = [tf.config.experimental.get_device_details(gpu) for gpu in self.gpus]
            return [detail.get("device_name", "GPU") for detail in details]
        return [getattr(gpu, "device_kind", "GPU") for gpu in self.gpus]


def keep_freed_memory() -> bool:
    """Let malloc reuse freed tensors instead of returning them to the system; returns whether the C library is glibc.

    Otherwise every training step on a CPU maps its large tensors anew, and page faults take up to half of its time.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(mallopt(option, value) for option, value in HEAP.items())


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UserError(f"the environment variable {STAND_INS} must be a number, not {text!r}")
    return int(text)


def feed(method, batches: Batches, **options):
    """Call a model's `fit`, `evaluate` or `predict` on all batches, and return its result.

    TensorFlow gets a dataset without autotuning: the tuning thread doubles its sleep each time, and the end of a
    dataset waits until it wakes (up to a minute per epoch with TensorFlow 2.21).
    """
    if keras.backend.backend() != "tensorflow":
        return method(iter(batches), verbose=0, **options)
    import tensorflow as tf

    specs = tuple(tf.TensorSpec((None, part.shape[1]), part.dtype) for part in batches[0])
    held = [batches]  # TensorFlow never frees the generator of a dataset, which must not keep the source alive
    dataset = tf.data.Dataset.from_generator(lambda: iter(held[0]), output_signature=specs)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(len(batches)))
    settings = tf.data.Options()
    settings.autotune.enabled = False
    try:
        return method(dataset.with_options(settings), verbose=0, **options)
    finally:
        held.clear()
