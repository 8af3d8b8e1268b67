#!/usr/bin/env python3
"""Motif discovery with the recurrent layer: what did the units of mdet_simplernn.py learn?

The method is that of mdisc_conv1d.py, with one difference: a unit responds when it has read the motif to its end, so
the windows end at the unit's highest state.
"""

import sys

import numpy as np
from alignment import consensus, count_matrix, draw_logo, print_assumptions, print_counts, write_fasta
from digits import as_text, count, draw, load, parser
from drawings import draw_scan
from keras import Model
from mdet_simplernn import build


def parse_arguments():
    options = parser(__doc__)
    options.add_argument(
        "--activation", default="sigmoid", choices=["sigmoid", "tanh", "relu"], help="activation function of the units"
    )
    options.add_argument(
        "--weights", default="mdet_simplernn.weights.h5", metavar="FILE", help="weights saved by mdet_simplernn.py"
    )
    options.add_argument(
        "--width", type=count, default=7, metavar="DIGITS", help="width of the windows; must exceed the motif's"
    )
    options.add_argument(
        "--threshold", type=float, default=0.8, metavar="SHARE", help="smallest share of a digit in the consensus"
    )
    options.add_argument("--fasta", default="mdisc_simplernn.fa", metavar="FILE", help="output: aligned windows")
    options.add_argument("--logo", default="mdisc_simplernn.png", metavar="FILE", help="output: logo of the motif")
    options.add_argument(
        "--scan", default="scan_simplernn.png", metavar="FILE", help="output: picture of the states for one sequence"
    )
    return options.parse_args()


# Data: the test sequences of mdet_simplernn.py, from draw() of digits.py.
# Model: build() of mdet_simplernn.py, with the weights that it saved.


def choose_channel(dense):
    """The unit with the largest absolute mean dense weight, and the sign of that mean. dense : (positions, channels)

    A unit that falls at the motif makes the same network as one that rises there, if the signs of its weights are
    reversed. So where the mean weight is negative, discovery uses the lowest state instead of the highest.
    """
    mean = dense.mean(axis=0)
    channel = np.abs(mean).argmax()
    return channel, np.sign(mean[channel])


def cut(sequence, states, width):
    """The window that ends at the highest state (the first of equal ones); gaps before the sequence's start."""
    end = states.argmax() + 1
    return as_text(sequence)[max(0, end - width) : end].rjust(width, "-")


# Run


def main():
    arguments = parse_arguments()
    _, test = draw(arguments.seed, arguments.length, arguments.train, arguments.test)
    model = build(arguments.length, arguments.channels, arguments.activation)
    load(model, arguments.weights, "mdet_simplernn.py")

    positive = test[model.predict(test, verbose=0)[:, 0] > 0.5]
    print(f"{len(positive)} of {len(test)} test sequences are predicted positive")
    if not len(positive):
        sys.exit("error: no sequence is predicted positive; train longer, or use more sequences with --test")

    recurrent, dense = model.get_layer("recurrent"), model.get_layer("dense")
    states = Model(model.inputs, recurrent.output).predict(positive, verbose=0)  # (n, positions, channels)
    weights = dense.get_weights()[0].reshape(states.shape[1:])
    channel, sign = choose_channel(weights)
    windows = [
        cut(sequence, sign * state, arguments.width)
        for sequence, state in zip(positive, states[..., channel], strict=True)
    ]
    counts = count_matrix(windows)
    print_counts(windows, counts)

    motif = consensus(counts, arguments.threshold)
    extreme = "highest" if sign > 0 else "lowest"
    print(f"\nchannel {channel + 1} of {arguments.channels}, read at its {extreme} state")
    print(f"motif= {motif}")
    print_assumptions(weights[:, channel], motif, free_end=0)
    if sign < 0:
        print("so the lowest states are used: this unit falls where the motif is")
    write_fasta(arguments.fasta, windows)
    draw_logo(arguments.logo, counts, f"{len(windows)} windows that end at the unit's {extreme} state")
    values = states[0, :, channel]
    best = (sign * values).argmax()
    draw_scan(arguments.scan, as_text(positive[0]), values, best, [best], "State of a unit after each digit", "state")
    print(
        "\nWhat this shows: the motif is at the end of the window, because a unit recognises it after reading it."
        "\nTry next: another --seed (run mdet_simplernn.py with it first): some units respond one digit late, or keep"
        "\ntheir state once they have seen the motif; --test 400: fewer extra letters by chance; vgrad_rnn.py: how far"
        "\nback a unit remembers."
    )


if __name__ == "__main__":
    main()
