#!/usr/bin/env python3
"""Motif discovery through the recurrent layer: what did the units of mdet_simplernn.py learn?

As mdisc_conv1d.py, with one difference: a unit states when it has read the motif to its end, so the window that is cut
out ends there and lies to the left.
"""

import sys

import numpy as np
from alignment import consensus, count_matrix, draw_logo, print_counts, say_assumptions, write_fasta
from digits import as_text, count, draw, load, parser
from drawings import draw_scan
from keras import Model
from mdet_simplernn import build


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--activation", default="sigmoid", choices=["sigmoid", "tanh", "relu"], help="of the units")
    options.add_argument("--weights", default="mdet_simplernn.weights.h5", metavar="FILE", help="of mdet_simplernn.py")
    options.add_argument("--width", type=count, default=7, metavar="DIGITS", help="no motif is wider than this")
    options.add_argument("--threshold", type=float, default=0.8, metavar="SHARE", help="of a digit in the consensus")
    options.add_argument("--fasta", default="mdisc_simplernn.fa", metavar="FILE", help="output: the windows, aligned")
    options.add_argument("--logo", default="mdisc_simplernn.png", metavar="FILE", help="output: picture of the motif")
    options.add_argument("--scan", default="scan_simplernn.png", metavar="FILE", help="output: one sequence, read")
    return options.parse_args()


# Data: the test sequences that mdet_simplernn.py predicted, by draw() of digits.py.
# Model: build() of mdet_simplernn.py, with the weights that it saved.


def choose_channel(dense):
    """The unit whose state counts most, and the sign of its mean weight. dense : (places, channels)

    A unit that falls where another would rise, with all its weights turned round, makes the same network. Where the
    mean weight is negative, the lowest state is therefore what the highest is elsewhere.
    """
    mean = dense.mean(axis=0)
    channel = np.abs(mean).argmax()
    return channel, np.sign(mean[channel])


def cut(sequence, states, width):
    """The window that ends where the unit's state is highest (first of equals); gaps where it leaves the sequence."""
    end = states.argmax() + 1
    return as_text(sequence)[max(0, end - width) : end].rjust(width, "-")


# Run


def main():
    arguments = parse_arguments()
    _, test = draw(arguments.seed, arguments.length, arguments.train, arguments.test)
    model = build(arguments.length, arguments.channels, arguments.activation)
    load(model, arguments.weights, "mdet_simplernn.py")

    positive = test[model.predict(test, verbose=0)[:, 0] > 0.5]
    print(f"{len(positive)} of {len(test)} test sequences are predicted to have a motif")
    if not len(positive):
        sys.exit("error: no sequence to look at; train longer, or give more sequences with --test")

    recurrent, dense = model.get_layer("recurrent"), model.get_layer("dense")
    states = Model(model.inputs, recurrent.output).predict(positive, verbose=0)  # sequence, place, channel
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
    say_assumptions(weights[:, channel], motif, free_end=0)
    if sign < 0:
        print("so the unit is read upside down: it falls where the motif is")
    write_fasta(arguments.fasta, windows)
    draw_logo(arguments.logo, counts, f"{len(windows)} windows that end at the unit's {extreme} state")
    one = states[0, :, channel]
    best = (sign * one).argmax()
    draw_scan(arguments.scan, as_text(positive[0]), one, best, [best], "A unit's state after each digit")
    print(
        "\nWhat this shows: the motif stands at the end of the window, because a unit knows it when it has read it."
        "\nTry next: another --seed (with mdet_simplernn.py first): some units answer a digit late, or stay where they"
        "\nare once they have seen the motif; --test 400: fewer letters by chance; vgrad_rnn.py: how far back a unit"
        "\nremembers."
    )


if __name__ == "__main__":
    main()
