#!/usr/bin/env python3
"""Motif discovery with the convolution: what did the filters of mdet_conv1d.py learn?

This program is not given the motif. In each test sequence that the network predicts positive, it finds the position of
the filter's highest activation and cuts out the window that begins there. It then aligns all windows. motifs.py does
the same for DNA.
"""

import sys

from alignment import consensus, count_matrix, draw_logo, print_assumptions, print_counts, write_fasta
from digits import as_text, count, draw, load, parser
from drawings import draw_scan
from keras import Model
from mdet_conv1d import build


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--kernel", type=count, default=3, metavar="DIGITS", help="width of a filter")
    options.add_argument(
        "--weights", default="mdet_conv1d.weights.h5", metavar="FILE", help="weights saved by mdet_conv1d.py"
    )
    options.add_argument(
        "--width", type=count, default=7, metavar="DIGITS", help="width of the windows; must exceed the motif's"
    )
    options.add_argument(
        "--threshold", type=float, default=0.8, metavar="SHARE", help="smallest share of a digit in the consensus"
    )
    options.add_argument("--fasta", default="mdisc_conv1d.fa", metavar="FILE", help="output: aligned windows")
    options.add_argument("--logo", default="mdisc_conv1d.png", metavar="FILE", help="output: logo of the motif")
    options.add_argument(
        "--scan", default="scan_conv1d.png", metavar="FILE", help="output: picture of one scanned sequence"
    )
    return options.parse_args()


# Data: the test sequences of mdet_conv1d.py, from draw() of digits.py.
# Model: build() of mdet_conv1d.py, with the weights that it saved.


def choose_channel(dense):
    """The filter with the largest mean dense weight, which speaks most for a motif. dense : (positions, channels)"""
    return dense.mean(axis=0).argmax()


def cut(sequence, activations, width):
    """The window that begins at the highest activation (the first of equal ones); gaps beyond the sequence's end."""
    begin = activations.argmax()
    return as_text(sequence)[begin : begin + width].ljust(width, "-")


# Run


def main():
    arguments = parse_arguments()
    _, test = draw(arguments.seed, arguments.length, arguments.train, arguments.test)
    model = build(arguments.length, arguments.channels, arguments.kernel)
    load(model, arguments.weights, "mdet_conv1d.py")

    positive = test[model.predict(test, verbose=0)[:, 0] > 0.5]
    print(f"{len(positive)} of {len(test)} test sequences are predicted positive")
    if not len(positive):
        sys.exit("error: no sequence is predicted positive; train longer, or use more sequences with --test")

    convolution, dense = model.get_layer("convolution"), model.get_layer("dense")
    activations = Model(model.inputs, convolution.output).predict(positive, verbose=0)  # (n, positions, channels)
    weights = dense.get_weights()[0].reshape(activations.shape[1:])
    channel = choose_channel(weights)
    windows = [
        cut(sequence, values, arguments.width)
        for sequence, values in zip(positive, activations[..., channel], strict=True)
    ]
    counts = count_matrix(windows)
    print_counts(windows, counts)

    motif = consensus(counts, arguments.threshold)
    kernel = convolution.get_weights()[0][:, 0, channel]
    print(f"\nchannel {channel + 1} of {arguments.channels}, a filter with the weights {kernel.round(2)}")
    print(f"motif= {motif}")
    print_assumptions(weights[:, channel], motif, free_end=-1)
    write_fasta(arguments.fasta, windows)
    draw_logo(arguments.logo, counts, f"{len(windows)} windows that begin at the filter's highest activation")
    values = activations[0, :, channel]
    best = values.argmax()
    covered = range(best, best + arguments.kernel)
    title = "Activation of a filter at each position"
    draw_scan(arguments.scan, as_text(positive[0]), values, best, covered, title, "activation")
    print(
        "\nWhat this shows: the motif is at the beginning of the window, because a filter's activation belongs to the"
        "\nposition where the motif begins. The digits after the motif are random: N."
        "\nTry next: another --seed (run mdet_conv1d.py with it first): in some networks no single filter holds the"
        "\nmotif; --test 400: fewer extra letters by chance; mdisc_simplernn.py, where the motif is at the end."
    )


if __name__ == "__main__":
    main()
