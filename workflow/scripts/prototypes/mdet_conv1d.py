#!/usr/bin/env python3
"""Motif detection with a convolution: does a sequence of ten random digits contain 111?

A filter is a row of weights, as wide as the motif. It moves along the sequence, and at each position its activation is
the sum of digits times weights. The first layer of DeepSEA and DanQ works like this, with four bases instead of two
digits.
"""

from digits import count, draw, has, motif, parser, print_predictions, progress
from keras import Input, Sequential, layers, optimizers, utils


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--motif", type=motif, default="111", help="motif to detect")
    options.add_argument("--kernel", type=count, default=3, metavar="DIGITS", help="width of a filter")
    options.add_argument("--epochs", type=count, default=500, metavar="N", help="passes through the training sequences")
    options.add_argument("--learning-rate", type=float, default=0.01, metavar="RATE", help="size of the training steps")
    options.add_argument("--weights", default="mdet_conv1d.weights.h5", metavar="FILE", help="output: trained weights")
    return options.parse_args()


# Data: draw() and has() of digits.py.


# Model


def build(length, channels, kernel):
    """Digits (length, 1) -> activation of each filter at each position -> one probability."""
    return Sequential(
        [
            Input((length, 1)),
            layers.Conv1D(channels, kernel, activation="relu", name="convolution"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid", name="dense"),
        ]
    )


def print_parameters(n, f, positions):
    print(f"convolution: (f + 1) * n = ({f} + 1) * {n} = {(f + 1) * n} parameters: {f} weights and a bias per filter")
    print(
        f"dense: {positions} * {n} + 1 = {positions * n + 1} parameters: "
        f"for each filter a weight at each of {positions} positions, and a bias\n"
    )


# Run


def main():
    arguments = parse_arguments()
    train, test = draw(arguments.seed, arguments.length, arguments.train, arguments.test)
    labels = has(arguments.motif, train)
    print(f"{labels.mean():.1%} of {len(train)} training sequences contain {arguments.motif}\n")

    utils.set_random_seed(arguments.seed)
    model = build(arguments.length, arguments.channels, arguments.kernel)
    model.summary()
    print_parameters(arguments.channels, arguments.kernel, arguments.length - arguments.kernel + 1)

    model.compile(
        loss="binary_crossentropy",
        optimizer=optimizers.SGD(arguments.learning_rate),
        metrics=["accuracy"],
        jit_compile=True,  # together with the next line: twice as fast, same results
        steps_per_execution=32,
    )
    # No shuffling: the sequences are already in random order.
    model.fit(train, labels, 32, arguments.epochs, verbose=0, shuffle=False, callbacks=[progress(arguments.epochs)])
    model.save_weights(arguments.weights)

    print_predictions(test, has(arguments.motif, test), model.predict(test, verbose=0)[:, 0])
    print(
        "\nWhat this shows: filters with a few weights learn a motif. The network was not given the motif, only which"
        "\ntraining sequences contain it."
        "\nTry next: mdisc_conv1d.py, which shows what the filters learned; --channels 1; --motif 101; --length 20."
    )


if __name__ == "__main__":
    main()
