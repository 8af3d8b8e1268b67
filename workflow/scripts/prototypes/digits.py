"""Random sequences of 0 and 1, which all detection and discovery programs read, and the options that they share."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's own chatter
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # networks so small are faster without a GPU
import keras


def parser(description: str) -> argparse.ArgumentParser:
    """The options that all four programs have."""
    parser = argparse.ArgumentParser(description=description, formatter_class=HelpFormatter)
    parser.add_argument("--length", type=count, default=10, metavar="DIGITS", help="length of a sequence")
    parser.add_argument("--train", type=count, default=1000, metavar="N", help="sequences to train on")
    parser.add_argument("--test", type=count, default=40, metavar="N", help="sequences to test on")
    parser.add_argument("--channels", type=count, default=2, metavar="N", help="filters or recurrent units")
    parser.add_argument("--seed", type=int, default=3, help="of the sequences and of the first weights")
    return parser


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the description's line breaks, and shows each option's default."""


def count(text: str) -> int:
    """A whole number from 1, as an option's value."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; write a whole number from 1")
    return int(text)


def motif(text: str) -> str:
    """Digits 0 and 1, as an option's value."""
    if not text or set(text) - {"0", "1"}:
        raise argparse.ArgumentTypeError(f"{text!r}; write digits 0 and 1, such as 111")
    return text


def draw(seed: int, length: int, train: int, test: int) -> tuple[np.ndarray, np.ndarray]:
    """Sequences to train on and to test on, float32 (number, length): every digit is a coin toss."""
    digits = np.random.default_rng(seed).integers(0, 2, (train + test, length)).astype("float32")
    return digits[:train], digits[train:]


def as_text(sequence: np.ndarray) -> str:
    return "".join("1" if digit else "0" for digit in sequence)


def has(motif: str, sequences: np.ndarray) -> np.ndarray:
    """The labels, float32 (number,): 1 where the motif is anywhere in the sequence, else 0."""
    return np.array([motif in as_text(sequence) for sequence in sequences], dtype="float32")


def progress(epochs: int, lines: int = 10) -> keras.callbacks.Callback:
    """Prints the loss and the accuracy on the training sequences after the first epoch, and now and then."""
    every = max(1, epochs // lines)

    def show(epoch, logs):
        if epoch == 0 or (epoch + 1) % every == 0:
            print(f"epoch {epoch + 1:4}  loss {logs['loss']:.3f}  accuracy {logs['accuracy']:.1%}", flush=True)

    return keras.callbacks.LambdaCallback(on_epoch_end=show)


def load(model: keras.Model, path: str, program: str) -> None:
    """Read the weights of a detection program; one sentence ends it when they are missing or of another shape."""
    if not Path(path).is_file():
        sys.exit(f"error: {path}: no such file; run {program} first, or name its weights with --weights")
    try:
        model.load_weights(path)
    except (ValueError, OSError) as error:
        sys.exit(
            f"error: {path}: these weights do not fit; give the --length, --channels and --kernel "
            f"that {program} was run with ({str(error).splitlines()[0]})"
        )


def print_predictions(sequences: np.ndarray, labels: np.ndarray, probabilities: np.ndarray) -> None:
    """Every prediction beside its label, and how many are right."""
    print("sequence    label  prediction")
    for sequence, label, probability in zip(sequences, labels, probabilities, strict=True):
        wrong = "" if (probability > 0.5) == label else "  wrong"
        print(f"{as_text(sequence):10}  {label:5.0f}  {probability:10.3f}{wrong}")
    print(f"{np.mean((probabilities > 0.5) == labels):.1%} of {len(labels)} are right")
