#!/usr/bin/env python3
"""Motif detection with a convolution: is 111 anywhere among ten random digits?

A filter is a row of weights, as wide as the motif. It is laid on every place of the sequence and answers with the sum
of digits times weights: DeepSEA and DanQ begin like this, with four bases in place of two digits.
"""

from digits import count, draw, has, motif, parser, print_predictions, progress
from keras import Input, Sequential, layers, optimizers, utils


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--motif", type=motif, default="111", help="what to detect")
    options.add_argument("--kernel", type=count, default=3, metavar="DIGITS", help="width of a filter")
    options.add_argument(
        "--epochs", type=count, default=500, metavar="N", help="how often training reads all sequences"
    )
    options.add_argument("--learning-rate", type=float, default=0.01, metavar="RATE", help="how far a step goes")
    options.add_argument("--weights", default="mdet_conv1d.weights.h5", metavar="FILE", help="output")
    return options.parse_args()


# Data: draw() and has() of digits.py.


# Model


def build(length, channels, kernel):
    """Digits (length, 1) -> each filter's answer at each place -> one probability."""
    return Sequential(
        [
            Input((length, 1)),
            layers.Conv1D(channels, kernel, activation="relu", name="convolution"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid", name="dense"),
        ]
    )


def print_parameters(n, f, places):
    print(
        f"convolution: (f + 1) * n = ({f} + 1) * {n} = {(f + 1) * n} parameters: {f} weights and a bias for each filter"
    )
    print(
        f"dense: {places} * {n} + 1 = {places * n + 1}: for each filter a weight at each of {places} places, a bias\n"
    )


# Run


def main():
    arguments = parse_arguments()
    train, test = draw(arguments.seed, arguments.length, arguments.train, arguments.test)
    labels = has(arguments.motif, train)
    print(f"{labels.mean():.1%} of {len(train)} sequences to train on have {arguments.motif}\n")

    utils.set_random_seed(arguments.seed)
    model = build(arguments.length, arguments.channels, arguments.kernel)
    model.summary()
    print_parameters(arguments.channels, arguments.kernel, arguments.length - arguments.kernel + 1)

    model.compile(
        loss="binary_crossentropy",
        optimizer=optimizers.SGD(arguments.learning_rate),
        metrics=["accuracy"],
        jit_compile=True,  # with the next line: twice as fast, the same figures
        steps_per_execution=32,
    )
    # Not shuffled: the sequences are in random order as they are.
    model.fit(train, labels, 32, arguments.epochs, verbose=0, shuffle=False, callbacks=[progress(arguments.epochs)])
    model.save_weights(arguments.weights)

    print_predictions(test, has(arguments.motif, test), model.predict(test, verbose=0)[:, 0])
    print(
        "\nWhat this shows: filters of a few weights find a motif that nobody described to them. Training only said"
        "\nwhich sequences have it."
        "\nTry next: mdisc_conv1d.py, which asks the filters what they found; --channels 1; --motif 101; --length 20."
    )


if __name__ == "__main__":
    main()
