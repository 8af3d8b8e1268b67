#!/usr/bin/env python3
"""Vanishing gradients: one SimpleRNN unit compared with one LSTM unit, from many seeds.

Both read 100 characters of a string such as 000111 01 0000011111 and predict the next one. To know where a run of 1s
ends, a unit must have counted the 0s before it, up to 38 characters back. It can only learn this from the gradient that
reaches these characters. How large it is depends on the initial weights, so the program trains several networks that
differ only in these, side by side in one model.
"""

import argparse
import time

import numpy as np
import pandas as pd
from digits import HelpFormatter, count, seed_number
from drawings import draw_curves, draw_gradients
from keras import Input, Sequential, backend, layers, ops, optimizers, utils
from tensorflow import GradientTape, convert_to_tensor, reduce_sum

MEASURED = 500  # test windows that gradients are measured in
CELLS = {"SimpleRNN": layers.SimpleRNN, "LSTM": layers.LSTM}
REFERENCE = {  # accuracy in per cent by epoch, from the programs that this one follows
    "SimpleRNN": {100: 91.81, 300: 91.89, 500: 92.90, 700: 92.94},
    "LSTM": {100: 97.92, 300: 98.84, 500: 98.99, 700: 99.05},
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=HelpFormatter)
    parser.add_argument("--cells", nargs="+", default=list(CELLS), choices=CELLS, help="units to train")
    parser.add_argument(
        "--seeds", type=count, default=24, metavar="N", help="networks per unit: initial weights 1 to N"
    )
    parser.add_argument("--epochs", type=count, default=50, metavar="N", help="passes through the training windows")
    parser.add_argument("--every", type=count, default=5, metavar="N", help="epochs between two tests")
    parser.add_argument(
        "--strings", type=count, default=40, metavar="N", help="number of strings; a quarter of them are for testing"
    )
    parser.add_argument("--length", type=count, default=1000, metavar="N", help="characters per string")
    parser.add_argument("--shortest", type=count, default=1, metavar="N", help="0s in the shortest block 0^n 1^n")
    parser.add_argument("--longest", type=count, default=19, metavar="N", help="0s in the longest block 0^n 1^n")
    parser.add_argument("--steps", type=count, default=100, metavar="N", help="characters that a unit reads")
    parser.add_argument(
        "--dropout", type=float, default=0.2, metavar="SHARE", help="dropout after the unit, in training"
    )
    parser.add_argument("--batch-size", type=count, default=250, metavar="N", help="windows per training step")
    parser.add_argument("--learning-rate", type=float, default=0.01, metavar="RATE", help="learning rate of Adam")
    parser.add_argument("--seed", type=seed_number, default=2, help="random seed of the strings and of dropout")
    parser.add_argument("--table", default="vgrad_rnn.tsv", metavar="FILE", help="output: accuracy by epoch")
    parser.add_argument(
        "--curves", default="vgrad_accuracy.png", metavar="FILE", help="output: plot of accuracy by epoch"
    )
    parser.add_argument(
        "--norms", default="vgrad_gradients.tsv", metavar="FILE", help="output: gradients by steps back"
    )
    parser.add_argument(
        "--gradients", default="vgrad_gradients.png", metavar="FILE", help="output: plot of gradients by steps back"
    )
    return parser.parse_args()


# Data


def string(rng, length, shortest, longest):
    """A string of blocks 0^n 1^n, and which of its characters are determined by the previous ones; float32 (length,).

    Each n is drawn at random from shortest..longest, so the end of a run of 0s cannot be predicted. From the first 1 of
    a block on, all characters up to the first 0 of the next block are determined.
    """
    characters, decided = [], []
    while len(characters) < length:
        n = rng.integers(shortest, longest + 1)
        characters += [0] * n + [1] * n
        decided += [len(decided) > 0] + [0] * n + [1] * (n - 1)
    return np.array(characters[:length], "float32"), np.array(decided[:length], "float32")


def windows(strings, steps):
    """All windows of `steps` characters (number, steps, 1), the character after each, and whether it is determined."""
    before = [np.lib.stride_tricks.sliding_window_view(characters[:-1], steps) for characters, _ in strings]
    after = [characters[steps:] for characters, _ in strings]
    decided = [known[steps:] for _, known in strings]
    return np.concatenate(before)[..., None], np.concatenate(after), np.concatenate(decided) == 1


# Model


def build(cell, steps=100, dropout=0.2, networks=1):
    """`networks` units side by side, windows (n, steps, 1) to probabilities (n, networks).

    A unit and its output weight see no other unit: the weights between them are held at zero.
    """
    return Sequential(
        [
            Input((steps, 1)),
            CELLS[cell](networks, recurrent_constraint=alone, name="unit"),
            layers.Dropout(dropout),
            layers.Dense(networks, activation="sigmoid", kernel_constraint=alone, name="dense"),
        ]
    )


def alone(weights):
    """Set the weights (networks, gates * networks) from one network to another to zero."""
    networks, columns = weights.shape
    return weights * ops.tile(ops.eye(networks, dtype=weights.dtype), (1, columns // networks))


def start(cell, steps, dropout, seeds):
    """A model of all networks, each with the initial weights that it would have alone with its seed."""
    single = []
    for seed in seeds:
        utils.set_random_seed(seed)
        single.append(build(cell, steps, dropout).get_weights())
        backend.clear_session()
    model = build(cell, steps, dropout, len(seeds))
    kernel, recurrent, bias, dense, dense_bias = zip(*single, strict=True)
    weights = [beside(kernel)[None], between(recurrent), beside(bias), between(dense), beside(dense_bias)]
    model.set_weights(weights)
    return model


def beside(weights):
    """The weights (gates) of each network in the order of Keras: first those of all networks for the first gate."""
    return np.stack([weight.ravel() for weight in weights], axis=1).ravel()


def between(weights):
    """Weights (networks, gates * networks) from unit to unit: those of each network to itself, and zeros."""
    gates = np.stack([weight.ravel() for weight in weights], axis=1)
    return np.einsum("gi,ij->igj", gates, np.eye(len(weights))).reshape(len(weights), -1)


def total_loss(y, p):
    """Sum of the networks' mean squared errors: each has the gradient that it would have alone."""
    return ops.mean(ops.sum(ops.square(p - ops.reshape(y, (-1, 1))), axis=1))


def gradient_norms(model, x, y):
    """Norm of the gradient of each network's loss with respect to the input at each step, averaged over windows.

    It shows how much the loss changes with each character that was read. float64 (networks, steps)
    """
    x = convert_to_tensor(x)
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        errors = (model(x, training=False) - y[:, None]) ** 2
        losses = [reduce_sum(errors[:, i]) for i in range(errors.shape[1])]
    return np.stack([np.abs(tape.gradient(loss, x)[..., 0]).astype(float).mean(axis=0) for loss in losses])


# Run


def train(cell, settings, data):
    """Train the networks of one cell; return its rows of both tables: accuracy by epoch, gradients by steps back."""
    (x, y, _), (test_x, test_y, decided) = data
    seeds = range(1, settings.seeds + 1)
    model = start(cell, settings.steps, settings.dropout, seeds)
    utils.set_random_seed(settings.seed)
    model.compile(optimizers.Adam(settings.learning_rate), total_loss, jit_compile=True)

    def norms(training):  # (cell, before or after training, seed, steps back from the last character, norm)
        found = gradient_norms(model, test_x[:MEASURED], test_y[:MEASURED])[:, ::-1]
        return [
            (cell, training, seed, back, found[i, back])
            for i, seed in enumerate(seeds)
            for back in range(len(found[i]))
        ]

    gradients, rows, begin = norms("before"), [], time.time()
    for epoch in range(0, settings.epochs, settings.every):
        until = min(epoch + settings.every, settings.epochs)
        model.fit(x, y, settings.batch_size, until, verbose=0, initial_epoch=epoch)
        right = (model.predict(test_x, 5000, verbose=0) > 0.5) == test_y[:, None]
        rows += [(cell, until, seed, right[:, i].mean(), right[decided, i].mean()) for i, seed in enumerate(seeds)]
        known = right[decided].mean(axis=0)
        print(
            f"{cell} epoch {until:4}  accuracy on determined characters: median {np.median(known):.2%}, "
            f"best {known.max():.2%}  {time.time() - begin:.0f} s",
            flush=True,
        )
    return rows, gradients + norms("after")


def print_table(table, repeating):
    """Print the accuracy on determined characters over the networks, next to the reference's at its epochs.

    repeating : the accuracy of repeating the last character; a network above it by a point has learned to count
    """
    print("\ncell       epoch  lowest  median  highest  counting  reference")
    for cell, rows in table.groupby("cell", sort=False):
        last = rows["epoch"].max()
        for epoch in sorted({epoch for epoch in REFERENCE[cell] if epoch < last} | {last}):
            found = rows.loc[rows["epoch"] == epoch, "decided"]
            if len(found):
                known = f"{REFERENCE[cell][epoch]:8.2f} %" if epoch in REFERENCE[cell] else ""
                counting = f"{(found > repeating + 0.01).sum()} of {len(found)}"
                print(
                    f"{cell:10} {epoch:5} {found.min():7.2%} {found.median():7.2%} {found.max():8.2%} "
                    f"{counting:>9} {known}"
                )


def print_norms(norms):
    """Print the median norm of the gradient over the networks, and its range, at selected numbers of steps back."""
    print("\nnorm of the gradient by steps back, median (lowest to highest) of the networks")
    places = [back for back in (0, 10, 20, 38, 99) if back <= norms["back"].max()]
    for (cell, training), rows in norms.groupby(["cell", "training"], sort=False):
        for back in places:
            found = rows.loc[rows["back"] == back, "norm"]
            print(f"{cell:10} {training:6} {back:3} {found.median():9.1e}  ({found.min():.1e} to {found.max():.1e})")
    far = norms[norms["back"] == places[-1 if places[-1] <= 38 else -2]]
    for training, rows in far.groupby("training", sort=False):
        wide = rows.pivot_table(index="seed", columns="cell", values="norm")
        if len(wide.columns) == 2:
            larger = (wide["LSTM"] > wide["SimpleRNN"]).sum()
            print(
                f"{rows['back'].iloc[0]} steps back, {training} training: "
                f"larger in the LSTM unit for {larger} of {len(wide)} seeds"
            )


def main():
    settings = parse_arguments()
    rng = np.random.default_rng(settings.seed)
    strings = [string(rng, settings.length, settings.shortest, settings.longest) for _ in range(settings.strings)]
    held_out = max(1, settings.strings // 4)
    data = windows(strings[:-held_out], settings.steps), windows(strings[-held_out:], settings.steps)
    (x, _, _), (test_x, test_y, decided) = data
    print(
        f"{len(x)} training windows, {len(test_x)} test windows; "
        f"the next character is determined in {decided.mean():.1%} of the test windows"
    )
    same = test_x[:, -1, 0] == test_y
    print(
        f"repeating the last character is right for {same.mean():.2%} of all "
        f"and {same[decided].mean():.2%} of determined characters"
    )

    rows, norms = [], []
    for cell in settings.cells:
        more_rows, more_norms = train(cell, settings, data)
        rows, norms = rows + more_rows, norms + more_norms
    table = pd.DataFrame(rows, columns=["cell", "epoch", "seed", "all", "decided"])
    table.to_csv(settings.table, sep="\t", index=False, float_format="%.5f")
    norms = pd.DataFrame(norms, columns=["cell", "training", "seed", "back", "norm"])
    norms.to_csv(settings.norms, sep="\t", index=False, float_format="%.4g")
    draw_curves(settings.curves, table, REFERENCE)
    draw_gradients(settings.gradients, norms)
    print_table(table, same[decided].mean())
    print_norms(norms)
    print(
        "\nWhat this shows: before training, little of the gradient reaches the 0s that must be counted. The forget"
        "\ngate of an LSTM unit begins near .73, so that its gradient vanishes, too, only more slowly than that of most"
        "\nSimpleRNN units. In training, SimpleRNN units lose it and repeat the last character. LSTM units can learn to"
        "\nforget nothing; those that do pass the gradient back undiminished, and count."
        "\nTry next: --longest 5 --steps 20: shorter blocks; --epochs 100: more LSTM units count; --seeds 4: faster;"
        "\n--cells LSTM --dropout 0."
    )


if __name__ == "__main__":
    main()
