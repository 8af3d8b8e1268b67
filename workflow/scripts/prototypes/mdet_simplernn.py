#!/usr/bin/env python3
"""Motif detection with a recurrent layer: is 111 anywhere among ten random digits?

A recurrent unit reads one digit after the other. Its state follows from the digit and from the last states, so that it
can remember. DanQ has such a layer behind its convolution, with LSTM units, which remember longer (vgrad_rnn.py).
"""

from digits import count, draw, has, motif, parser, print_predictions, progress
from keras import Input, Sequential, layers, optimizers, utils


def parse_arguments():
    options = parser(__doc__)
    options.add_argument("--motif", type=motif, default="111", help="what to detect")
    options.add_argument("--activation", default="sigmoid", choices=["sigmoid", "tanh", "relu"], help="of the units")
    options.add_argument(
        "--epochs", type=count, default=500, metavar="N", help="how often training reads all sequences"
    )
    options.add_argument("--learning-rate", type=float, default=0.1, metavar="RATE", help="how far a step goes")
    options.add_argument("--weights", default="mdet_simplernn.weights.h5", metavar="FILE", help="output")
    return options.parse_args()


# Data: draw() and has() of digits.py.


# Model


def build(length, channels, activation="sigmoid"):
    """Digits (length, 1) -> each unit's state after each digit -> one probability."""
    return Sequential(
        [
            Input((length, 1)),
            layers.SimpleRNN(channels, activation=activation, return_sequences=True, name="recurrent"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid", name="dense"),
        ]
    )


def print_parameters(n, places):
    print(f"recurrent: 2n + n^2 = 2 * {n} + {n}^2 = {2 * n + n * n} parameters:", end=" ")
    print("for each unit a weight for the digit, a bias, and a weight for each unit's last state")
    print(
        f"dense: {places} * {n} + 1 = {places * n + 1}: for each unit a weight after each of {places} digits, a bias\n"
    )


# Run


def main():
    arguments = parse_arguments()
    train, test = draw(arguments.seed, arguments.length, arguments.train, arguments.test)
    labels = has(arguments.motif, train)
    print(f"{labels.mean():.1%} of {len(train)} sequences to train on have {arguments.motif}\n")

    utils.set_random_seed(arguments.seed)
    model = build(arguments.length, arguments.channels, arguments.activation)
    model.summary()
    print_parameters(arguments.channels, arguments.length)

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
        "\nWhat this shows: units that see one digit at a time, and their own past, find what filters find."
        "\nTry next: mdisc_simplernn.py, which asks the units what they found; --activation tanh --learning-rate .01,"
        "\nwhich learns as well and tells less; --length 30: the longer the way back, the harder (vgrad_rnn.py)."
    )


if __name__ == "__main__":
    main()
