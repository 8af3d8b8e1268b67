#!/usr/bin/env python3
"""Success rate of motif discovery: detection and discovery for many seeds and motifs.

The networks, initial weights and sequences are those of mdet_conv1d.py and mdet_simplernn.py. NumPy trains the networks
of all seeds at the same time, so that a thousand trainings take minutes. The code also shows backpropagation.
"""

import argparse

import mdet_conv1d
import mdet_simplernn
import mdisc_conv1d
import mdisc_simplernn
import numpy as np
import pandas as pd
from alignment import consensus, count_matrix
from digits import HelpFormatter, count, draw, has, motif
from keras import backend, utils

LENGTH, TRAIN, CHANNELS, KERNEL, BATCH, WIDTH = 10, 1000, 2, 3, 32, 7  # the programs' defaults
LEARNED = 0.3  # a network with a higher loss has not learned the motif
MOTIFS = ["111", "000", "101", "010", "110", "011", "100", "001"]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=HelpFormatter)
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS, help="networks to train")
    parser.add_argument("--motifs", nargs="+", type=motif, default=MOTIFS, metavar="MOTIF", help="motifs to discover")
    parser.add_argument("--seeds", type=count, default=20, metavar="N", help="seeds 1 to N")
    parser.add_argument("--epochs", type=count, default=500, metavar="N", help="passes through the training sequences")
    parser.add_argument(
        "--test", nargs="+", type=count, default=[40, 400], metavar="N", help="numbers of test sequences"
    )
    parser.add_argument(
        "--output", default="many_seeds.tsv", metavar="FILE", help="output: table, one row per discovery"
    )
    return parser.parse_args()


# Data and initial weights: those of the programs, stacked. S seeds, m sequences, t positions, n channels.


def start(build, motif, seeds, test):
    """Training sequences (S, m, LENGTH), labels (S, m), test sequences, and the initial weights of the layers."""
    drawn = [draw(seed, LENGTH, TRAIN, test) for seed in seeds]
    labels = np.stack([has(motif, train) for train, _ in drawn])
    weights = []
    for seed in seeds:
        utils.set_random_seed(seed)
        weights.append([weight.astype(float) for weight in build().get_weights()])
        backend.clear_session()
    train, test = (np.stack(part).astype(float) for part in zip(*drawn, strict=True))
    return train, labels, test, [np.stack(layer) for layer in zip(*weights, strict=True)]


# Model: `forward` returns the outputs of the hidden layer (S, m, t, n); `backward` returns the gradients of its
# weights, computed from the gradient of the loss with respect to these outputs.


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def probabilities(hidden, dense, bias):
    return sigmoid((hidden * dense.reshape(len(dense), 1, *hidden.shape[2:])).sum(axis=(2, 3)) + bias)


class Convolution:
    """The network of mdet_conv1d.py and the discovery of mdisc_conv1d.py."""

    rate = 0.01

    @staticmethod
    def build():
        return mdet_conv1d.build(LENGTH, CHANNELS, KERNEL)

    @staticmethod
    def forward(weights, x):
        kernel, bias = weights[:2]
        pieces = np.lib.stride_tricks.sliding_window_view(x, KERNEL, axis=2)
        return np.maximum(np.einsum("smtk,skn->smtn", pieces, kernel[:, :, 0]) + bias[:, None, None], 0)

    @staticmethod
    def backward(weights, x, hidden, gradient):
        pieces = np.lib.stride_tricks.sliding_window_view(x, KERNEL, axis=2)
        gradient = gradient * (hidden > 0)
        return np.einsum("smtn,smtk->skn", gradient, pieces)[:, :, None], gradient.sum(axis=(1, 2))

    @staticmethod
    def windows(dense, sequences, hidden):
        channel = mdisc_conv1d.choose_channel(dense)
        return [mdisc_conv1d.cut(s, h[:, channel], WIDTH) for s, h in zip(sequences, hidden, strict=True)]

    @staticmethod
    def expected(motif):
        return motif.ljust(WIDTH, "N")  # the window begins with the motif


class Recurrent:
    """The network of mdet_simplernn.py and the discovery of mdisc_simplernn.py."""

    rate = 0.1

    @staticmethod
    def build():
        return mdet_simplernn.build(LENGTH, CHANNELS)

    @staticmethod
    def forward(weights, x):
        kernel, recurrent, bias = weights[:3]
        state, states = np.zeros((*x.shape[:2], CHANNELS)), []
        for t in range(LENGTH):
            state = sigmoid(x[:, :, t, None] * kernel + state @ recurrent + bias[:, None])
            states.append(state)
        return np.stack(states, axis=2)

    @staticmethod
    def backward(weights, x, hidden, gradient):
        """Backpropagation through time: each step passes its gradient to the previous step."""
        kernel, recurrent, bias = (np.zeros_like(weight) for weight in weights[:3])
        flowing = np.zeros_like(hidden[:, :, 0])
        for t in reversed(range(LENGTH)):
            flowing = (flowing + gradient[:, :, t]) * hidden[:, :, t] * (1 - hidden[:, :, t])
            kernel += (flowing * x[:, :, t, None]).sum(axis=1)[:, None]
            bias += flowing.sum(axis=1)
            if t:
                recurrent += hidden[:, :, t - 1].swapaxes(1, 2) @ flowing
            flowing = flowing @ weights[1].swapaxes(1, 2)
        return kernel, recurrent, bias

    @staticmethod
    def windows(dense, sequences, hidden):
        channel, sign = mdisc_simplernn.choose_channel(dense)
        return [mdisc_simplernn.cut(s, sign * h[:, channel], WIDTH) for s, h in zip(sequences, hidden, strict=True)]

    @staticmethod
    def expected(motif):
        return motif.rjust(WIDTH, "N")  # the window ends with the motif


WAYS = {"conv1d": Convolution, "simplernn": Recurrent}


def train(way, x, labels, weights, epochs):
    """Train the weights in place by gradient descent; return the loss of the last epoch (S,)."""
    for _ in range(epochs):
        loss = 0
        for begin in range(0, x.shape[1], BATCH):
            part, y = x[:, begin : begin + BATCH], labels[:, begin : begin + BATCH]
            hidden = way.forward(weights, part)
            p = probabilities(hidden, *weights[-2:])
            loss = loss - np.log(np.where(y == 1, p, 1 - p) + 1e-7).sum(axis=1)
            error = (p - y) / y.shape[1]
            dense = weights[-2].reshape(len(x), 1, *hidden.shape[2:])
            gradients = way.backward(weights, part, hidden, error[:, :, None, None] * dense)
            gradients += (np.einsum("sm,smtn->stn", error, hidden).reshape(weights[-2].shape), error.sum(1)[:, None])
            for weight, gradient in zip(weights, gradients, strict=True):
                weight -= way.rate * gradient
    return loss / x.shape[1]


# Run


def outcome(motif, expected, found, loss):
    """Classify the result of a discovery, as in section 3 of docs/tutorial.md."""
    if found == expected:
        return "found"
    if loss > LEARNED:
        return "not learned"
    if all(wanted in ("N", letter) for wanted, letter in zip(expected, found, strict=True)):
        return "extra letters"  # next to the motif
    return "shifted" if motif in found else "other"


def discover(way, motif, seed, dense, sequences, hidden, positive, loss):
    """One row of the table; dense (t, n), sequences (m, t), hidden (m, t, n), positive (m,)."""
    windows = way.windows(dense, sequences[positive], hidden[positive]) or ["-" * WIDTH]
    found = consensus(count_matrix(windows))
    return motif, seed, len(sequences), loss, found, outcome(motif, way.expected(motif), found, loss)


def main():
    settings = parse_arguments()
    seeds, rows = range(1, settings.seeds + 1), []
    for name in settings.ways:
        way = WAYS[name]
        for wanted in settings.motifs:
            x, labels, test, weights = start(way.build, wanted, seeds, max(settings.test))
            losses = train(way, x, labels, weights, settings.epochs)
            hidden = way.forward(weights, test)
            positive = probabilities(hidden, *weights[-2:]) > 0.5
            dense = weights[-2].reshape(len(x), *hidden.shape[2:])
            for number in settings.test:
                part = [
                    discover(way, wanted, seed, *network, loss)
                    for seed, *network, loss in zip(
                        seeds, dense, test[:, :number], hidden[:, :number], positive[:, :number], losses, strict=True
                    )
                ]
                rows += [(name, *row) for row in part]
                outcomes = pd.Series([row[-1] for row in part]).value_counts()
                summary = ", ".join(f"{outcome} {times}" for outcome, times in outcomes.items())
                print(
                    f"{name:9}  {way.expected(wanted)}  {number:4} test sequences, {len(part)} seeds: {summary}",
                    flush=True,
                )
    columns = ["way", "motif", "seed", "test", "loss", "found", "outcome"]
    pd.DataFrame(rows, columns=columns).to_csv(settings.output, sep="\t", index=False, float_format="%.4f")


if __name__ == "__main__":
    main()
