"""A small bundle of .mat files in the published layout: train.mat is MATLAB v7.3, valid.mat and test.mat are v5."""

import h5py
import numpy as np
import scipy.io

WINDOW = 200  # bp


def write_bundle(folder, splits, seed=0, targets=12):
    """Write random windows with labels, each followed by its reverse complement in the second half of the file.

    `splits` maps the name of a split to its number of forward windows. Half of the windows are rich in C and G; they
    are positive for the first three targets. All other labels are random.
    """
    draw = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for split, n in splits.items():
        rich = draw.random(n) < 0.5
        strong = draw.random((n, WINDOW)) < np.where(rich, 0.7, 0.4)[:, None]
        codes = np.where(strong, draw.choice([1, 2], strong.shape), draw.choice([0, 3], strong.shape))  # A, G, C, T
        labels = draw.random((n, targets)) < 0.3
        labels[:, :3] = rich[:, None]
        onehot = np.eye(4, dtype=np.uint8)[codes].transpose(0, 2, 1)
        sequence = np.concatenate([onehot, onehot[:, ::-1, ::-1]])  # A, G, C, T backwards is T, C, G, A
        labels = np.tile(labels, (2, 1)).astype(np.uint8)
        if split == "train":
            with h5py.File(folder / "train.mat", "w", userblock_size=512) as file:
                file["trainxdata"], file["traindata"] = sequence.transpose(2, 1, 0), labels.T
        else:
            scipy.io.savemat(folder / f"{split}.mat", {f"{split}xdata": sequence, f"{split}data": labels})
    return folder
