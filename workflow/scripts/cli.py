"""What the programs share: one way to end on a user's mistake, one log format, one help format."""

from __future__ import annotations

import argparse
import io
import logging
import math
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

# Some file systems have no locks, and no program writes to a file that another reads. Read when h5py is loaded.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

from danq.errors import UserError
from danq.files import check_outputs as check_outputs
from danq.runtime.interrupt import Stopped

# Keras reads its settings when it is first imported. A person's ~/.keras/keras.json (another backend, float16, another
# order of axes) and the variables that cut trainings and predictions short must not change results.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["KERAS_HOME"] = str(Path(__file__).resolve().parent)  # with keras.json
for _name in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
    os.environ.pop(_name, None)


BACKENDS = ("tensorflow", "jax", "torch")
# The values that an option may have in all programs that have it.
LIMITS = {"threads": (1, 4096), "processes": (1, 1024), "gpus": (0, 64), "seed": (0, 2**32 - 1)}


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the description's line breaks, and shows each option's default."""

    def _get_help_string(self, action):
        hidden = action.default is None or action.default == [] or isinstance(action.default, bool)
        if hidden or action.required:
            return action.help
        return super()._get_help_string(action)


class Store(argparse.Action):
    """Stores the value of an option; a list option that is given again adds to its values.

    `--valid=chr8 --valid=chr9` is `--valid chr8 chr9`: with `=`, a value may begin with `-`.
    """

    def __call__(self, parser, namespace, values, option_string=None):
        earlier = getattr(namespace, self.dest, None)
        if isinstance(values, list) and self.option_strings and earlier is not self.default:
            values = [*earlier, *values]
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """Checks the numbers after parsing; a wrong one is a UserError."""

    def parse_args(self, args=None, namespace=None):
        parsed = super().parse_args(args, namespace)
        for name, value in vars(parsed).items():
            option = f"--{name.replace('_', '-')}"
            least, most = LIMITS.get(name, (None, None))
            if least is not None and value is not None and not least <= value <= most:
                raise UserError(f"{option} must be a whole number from {least} to {most}, not {value}")
            if isinstance(value, float) and not math.isfinite(value):
                raise UserError(f"{option} must be a finite number, not {value}")
        return parsed


def parser(description: str | None) -> argparse.ArgumentParser:
    made = Parser(description=description, formatter_class=HelpFormatter)
    made.register("action", None, Store)
    return made


def add_track_options(parser: argparse.ArgumentParser) -> None:
    """What tracks.py and join_tracks.py share: the places of a genome to predict, and the kinds of files."""
    parser.add_argument("--genome", required=True, help="FASTA file, plain or bgzip")
    parser.add_argument("--index-folder", help="folder for a missing index if the genome's folder is not writable")
    parser.add_argument(
        "--regions",
        nargs="+",
        default=[],
        help="contigs (chr8) and regions (chr7:1001-2000, 1-based, both ends included); default: the whole genome",
    )
    parser.add_argument("--bed", help="BED or peak file with regions, added to --regions")
    parser.add_argument(
        "--bedgraph",
        nargs="?",
        const="true",
        default="false",
        choices=("true", "false"),
        help="write each track as .bedGraph.gz, too",
    )
    parser.add_argument("--stride", type=int, default=200, help="size of a cell in bp")
    parser.add_argument("--block-size", type=int, default=200_000, help="number of cells that are predicted as one")


def named(text: str) -> tuple[str, str]:
    """`danq=results/danq.h5` as a pair; a path alone is called by its name without suffix."""
    name, separator, path = text.rpartition("=")
    return (name, path) if separator else (Path(path).stem, path)


def distinct(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The pairs as a dict; two of one name are a UserError."""
    if len(dict(pairs)) < len(pairs):
        raise UserError("two files would be called the same; write NAME=FILE for each")
    return dict(pairs)


def windows_in(folder: str | None, splits: Sequence[str]) -> list[Path]:
    """The files that a program with the option --data may read."""
    return [Path(folder, f"{split}.{kind}") for split in splits for kind in ("h5", "mat")] if folder else []


def inside(folder: str, *names: str) -> list[Path]:
    """Files of a folder."""
    return [Path(folder, name) for name in names]


def add_checkpoints(parser: argparse.ArgumentParser) -> None:
    """Add the option --checkpoint, whose words `checkpoints` reads."""
    parser.add_argument(
        "-c",
        "--checkpoint",
        nargs="+",
        required=True,
        help="checkpoints, or folders of shared models; several are averaged",
    )


def checkpoints(words: Sequence[str]) -> list[Path]:
    """The checkpoints that the option --checkpoint names: files, and folders of shared models (see share.py)."""
    from danq.sharing import manifest

    return manifest.checkpoints(words)


def packed_folder(folder: str, splits: Sequence[str], cache: str | None) -> Path:
    """The folder with the packed windows of these splits; where there are .mat files, they are packed first."""
    if not any(Path(folder, f"{split}.mat").exists() for split in splits):
        return Path(folder)
    from danq.published import data_folder  # only by hand: the workflow's rules have packed windows

    return data_folder.packed_folder(folder, splits, cache)


def tensorflow_log_level() -> str:
    """Errors of TensorFlow's C++ libraries where there is a GPU driver; without one, not even these.

    On a machine without a driver the only error is that there is none, and the log of a run says that it uses the CPU.
    """
    return "2" if Path("/proc/driver/nvidia").exists() else "3"


def check_backend() -> None:
    """Raise a UserError unless the environment variable KERAS_BACKEND names a backend that is installed here."""
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if backend not in BACKENDS:
        raise UserError(f"KERAS_BACKEND is {backend!r}; set it to {' or '.join(BACKENDS)}, or unset it")
    if find_spec(backend) is None:
        raise UserError(f"KERAS_BACKEND is {backend!r}, which is not installed here; install it, or unset the variable")


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Load Keras, and hide what TensorFlow's libraries write to stderr meanwhile, before they obey a log level.

    If loading fails, the text is written after all.
    """
    check_backend()
    with tempfile.TemporaryFile() as hidden:
        stderr = os.dup(2)
        os.dup2(hidden.fileno(), 2)
        try:
            with _absent("matplotlib", "sklearn"):
                import keras  # noqa: F401
            yield
        except BaseException:
            hidden.seek(0)
            os.write(stderr, hidden.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


@contextmanager
def _absent(*packages: str) -> Iterator[None]:
    """Hide packages that Keras imports where it finds them, for parts that no program uses: that takes 2 s."""
    missing = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


@contextmanager
def limited_threads(threads: int | None) -> Iterator[None]:
    """Let NumPy's matrix products use at most this number of threads; None for all."""
    from threadpoolctl import threadpool_limits  # a dependency of scikit-learn

    with threadpool_limits(threads):
        yield


def also_to_stdout(logger: logging.Logger) -> None:
    """Write the messages of a logger to stdout too, unless stdout and stderr are the same terminal or file.

    Snakemake redirects stderr to a log, so these are the messages that a user sees while a rule runs.
    """
    if not os.path.sameopenfile(1, 2):
        logger.addHandler(logging.StreamHandler(sys.stdout))


def warnings_to_stdout() -> None:
    """Write all warnings to stdout too, as `also_to_stdout` does with messages."""
    if not os.path.sameopenfile(1, 2):
        screen = logging.StreamHandler(sys.stdout)
        screen.setLevel(logging.WARNING)
        screen.setFormatter(logging.Formatter("warning: %(message)s"))
        logging.getLogger().addHandler(screen)


def run(main: Callable[[], None]) -> None:
    """Call `main`; a UserError ends the program with one sentence and status 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names in other letters must not fail where the locale is ASCII
            stream.reconfigure(errors="backslashreplace")
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    logging.getLogger("matplotlib").setLevel(logging.WARNING)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", tensorflow_log_level())
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that nothing is left half-written
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
    except Stopped as stopped:
        logging.warning("%s", stopped)
        sys.exit(stopped.status)
    except KeyboardInterrupt:
        sys.exit(130)
