#!/usr/bin/env python3
"""Motif discovery through the convolution: what did the filters of mdet_conv1d.py learn?

Nobody tells this program the motif. In each test sequence that the network takes for positive, it looks for the place
where the filter answers most, cuts out the window that begins there, and lays all windows under one another. So do the
programs for DNA (motifs.py).
"""

import sys

from alignment import consensus, count_matrix, draw_logo, print_counts, say_assumptions, write_fasta
from digits import as_text, count, draw, load, parser
from drawings import draw_scan
from keras import Model
from mdet_conv1d import build


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--kernel", type=count, default=3, metavar="DIGITS", help="width of a filter")
    options.add_argument("--weights", default="mdet_conv1d.weights.h5", metavar="FILE", help="of mdet_conv1d.py")
    options.add_argument("--width", type=count, default=7, metavar="DIGITS", help="no motif is wider than this")
    options.add_argument("--threshold", type=float, default=0.8, metavar="SHARE", help="of a digit in the consensus")
    options.add_argument("--fasta", default="mdisc_conv1d.fa", metavar="FILE", help="output: the windows, aligned")
    options.add_argument("--logo", default="mdisc_conv1d.png", metavar="FILE", help="output: picture of the motif")
    options.add_argument("--scan", default="scan_conv1d.png", metavar="FILE", help="output: one sequence, scanned")
    return options.parse_args()


# Data: the test sequences that mdet_conv1d.py predicted, by draw() of digits.py.
# Model: build() of mdet_conv1d.py, with the weights that it saved.


def choose_channel(dense):
    """The filter whose answers speak most for a motif: the largest mean weight. dense : (places, channels)"""
    return dense.mean(axis=0).argmax()


def cut(sequence, answers, width):
    """The window that begins where the filter answers most (first of equals); gaps where it leaves the sequence."""
    begin = answers.argmax()
    return as_text(sequence)[begin : begin + width].ljust(width, "-")


# Run


def main():
    arguments = parse_arguments()
    _, test = draw(arguments.seed, arguments.length, arguments.train, arguments.test)
    model = build(arguments.length, arguments.channels, arguments.kernel)
    load(model, arguments.weights, "mdet_conv1d.py")

    positive = test[model.predict(test, verbose=0)[:, 0] > 0.5]
    print(f"{len(positive)} of {len(test)} test sequences are predicted to have a motif")
    if not len(positive):
        sys.exit("error: no sequence to look at; train longer, or give more sequences with --test")

    convolution, dense = model.get_layer("convolution"), model.get_layer("dense")
    answers = Model(model.inputs, convolution.output).predict(positive, verbose=0)  # sequence, place, channel
    weights = dense.get_weights()[0].reshape(answers.shape[1:])
    channel = choose_channel(weights)
    windows = [
        cut(sequence, answer, arguments.width) for sequence, answer in zip(positive, answers[..., channel], strict=True)
    ]
    counts = count_matrix(windows)
    print_counts(windows, counts)

    motif = consensus(counts, arguments.threshold)
    kernel = convolution.get_weights()[0][:, 0, channel]
    print(f"\nchannel {channel + 1} of {arguments.channels}, a filter with the weights {kernel.round(2)}")
    print(f"motif= {motif}")
    say_assumptions(weights[:, channel], motif, free_end=-1)
    write_fasta(arguments.fasta, windows)
    draw_logo(arguments.logo, counts, f"{len(windows)} windows that begin at the filter's highest answer")
    one = answers[0, :, channel]
    covered = range(one.argmax(), one.argmax() + arguments.kernel)
    draw_scan(arguments.scan, as_text(positive[0]), one, one.argmax(), covered, "A filter's answer at each place")
    print(
        "\nWhat this shows: the motif stands at the begin of the window, because a filter answers at the place where it"
        "\nbegins. What follows is chance: N."
        "\nTry next: another --seed (with mdet_conv1d.py first): some networks learn no motif that one filter holds;"
        "\n--test 400: fewer letters by chance; mdisc_simplernn.py, where the motif stands at the end."
    )


if __name__ == "__main__":
    main()
