"""Random sequences of 0 and 1, and the options shared by the detection and discovery programs."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # hide TensorFlow's start-up messages
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # networks this small are faster without a GPU
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["KERAS_HOME"] = str(Path(__file__).resolve().parents[1])  # its keras.json, not that of a person
import keras


def parser(description: str) -> argparse.ArgumentParser:
    """A parser with the options of all four programs."""
    parser = argparse.ArgumentParser(description=description, formatter_class=HelpFormatter)
    parser.add_argument("--length", type=count, default=10, metavar="DIGITS", help="length of a sequence")
    parser.add_argument("--train", type=count, default=1000, metavar="N", help="number of training sequences")
    parser.add_argument("--test", type=count, default=40, metavar="N", help="number of test sequences")
    parser.add_argument("--channels", type=count, default=2, metavar="N", help="number of filters or recurrent units")
    parser.add_argument("--seed", type=seed_number, default=3, help="random seed of sequences and initial weights")
    return parser


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the description's line breaks and shows the default of each option."""


def count(text: str) -> int:
    """Convert an option's value to a whole number of at least 1."""
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; write a whole number from 1")
    return int(text)


def seed_number(text: str) -> int:
    """Convert an option's value to a random seed that NumPy and Keras take."""
    if not (text.isascii() and text.isdigit()) or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r}; write a whole number from 0 to {2**32 - 1}")
    return int(text)


def motif(text: str) -> str:
    """Check that an option's value consists of digits 0 and 1."""
    if not text or set(text) - {"0", "1"}:
        raise argparse.ArgumentTypeError(f"{text!r}; write digits 0 and 1, such as 111")
    return text


def draw(seed: int, length: int, train: int, test: int) -> tuple[np.ndarray, np.ndarray]:
    """Training and test sequences, float32 (number, length); each digit is 0 or 1 with equal probability."""
    digits = np.random.default_rng(seed).integers(0, 2, (train + test, length)).astype("float32")
    return digits[:train], digits[train:]


def as_text(sequence: np.ndarray) -> str:
    return "".join("1" if digit else "0" for digit in sequence)


def has(motif: str, sequences: np.ndarray) -> np.ndarray:
    """The labels, float32 (number,): 1 if the sequence contains the motif, else 0."""
    return np.array([motif in as_text(sequence) for sequence in sequences], dtype="float32")


def progress(epochs: int, lines: int = 10) -> keras.callbacks.Callback:
    """A callback that prints training loss and accuracy after the first epoch and about `lines` times more."""
    every = max(1, epochs // lines)

    def show(epoch, logs):
        if epoch == 0 or (epoch + 1) % every == 0:
            print(f"epoch {epoch + 1:4}  loss {logs['loss']:.3f}  accuracy {logs['accuracy']:.1%}", flush=True)

    return keras.callbacks.LambdaCallback(on_epoch_end=show)


def load(model: keras.Model, path: str, program: str) -> None:
    """Load the weights that `program` saved; exit with a message if they are missing or have other shapes."""
    if not Path(path).is_file():
        sys.exit(f"error: {path}: no such file; run {program} first, or give the path of its weights with --weights")
    try:
        model.load_weights(path)
    except (ValueError, OSError) as error:
        sys.exit(
            f"error: {path}: these weights do not fit; use the same --length, --channels and --kernel "
            f"as for {program} ({str(error).splitlines()[0]})"
        )


def print_predictions(sequences: np.ndarray, labels: np.ndarray, probabilities: np.ndarray) -> None:
    """Print each sequence with its label and prediction, and the share of correct predictions."""
    print("sequence    label  prediction")
    for sequence, label, probability in zip(sequences, labels, probabilities, strict=True):
        wrong = "" if (probability > 0.5) == label else "  wrong"
        print(f"{as_text(sequence):10}  {label:5.0f}  {probability:10.3f}{wrong}")
    print(f"{np.mean((probabilities > 0.5) == labels):.1%} of {len(labels)} predictions are right")
