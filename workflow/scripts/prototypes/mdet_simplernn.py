#!/usr/bin/env python3
"""Motif detection with a recurrent layer: does a sequence of ten random digits contain 111?

A recurrent unit reads one digit after the other. Its state depends on the digit and on the previous states of all
units, so it can remember. DanQ has a recurrent layer after its convolution, with LSTM units, which remember longer
(vgrad_rnn.py).
"""

from digits import count, draw, has, motif, parser, print_predictions, progress
from keras import Input, Sequential, layers, optimizers, utils


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--motif", type=motif, default="111", help="motif to detect")
    options.add_argument(
        "--activation", default="sigmoid", choices=["sigmoid", "tanh", "relu"], help="activation function of the units"
    )
    options.add_argument("--epochs", type=count, default=500, metavar="N", help="passes through the training sequences")
    options.add_argument("--learning-rate", type=float, default=0.1, metavar="RATE", help="size of the training steps")
    options.add_argument(
        "--weights", default="mdet_simplernn.weights.h5", metavar="FILE", help="output: trained weights"
    )
    return options.parse_args()


# Data: draw() and has() of digits.py.


# Model


def build(length, channels, activation="sigmoid"):
    """Digits (length, 1) -> state of each unit after each digit -> one probability."""
    return Sequential(
        [
            Input((length, 1)),
            layers.SimpleRNN(channels, activation=activation, return_sequences=True, name="recurrent"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid", name="dense"),
        ]
    )


def print_parameters(n, positions):
    print(f"recurrent: 2n + n^2 = 2 * {n} + {n}^2 = {2 * n + n * n} parameters:", end=" ")
    print("for each unit a weight for the digit, a bias, and a weight for the previous state of each unit")
    print(
        f"dense: {positions} * {n} + 1 = {positions * n + 1} parameters: "
        f"for each unit a weight after each of {positions} digits, and a bias\n"
    )


# Run


def main():
    arguments = parse_arguments()
    train, test = draw(arguments.seed, arguments.length, arguments.train, arguments.test)
    labels = has(arguments.motif, train)
    print(f"{labels.mean():.1%} of {len(train)} training sequences contain {arguments.motif}\n")

    utils.set_random_seed(arguments.seed)
    model = build(arguments.length, arguments.channels, arguments.activation)
    model.summary()
    print_parameters(arguments.channels, arguments.length)

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
        "\nWhat this shows: units that see one digit at a time and the previous states can detect a motif, as filters"
        "\ndo."
        "\nTry next: mdisc_simplernn.py, which shows what the units learned; --activation tanh --learning-rate .01,"
        "\nwhich learns as well but is harder to read; --length 30: longer sequences are harder to remember"
        "\n(vgrad_rnn.py)."
    )


if __name__ == "__main__":
    main()
