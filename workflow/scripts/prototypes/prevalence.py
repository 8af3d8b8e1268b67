#!/usr/bin/env python3
"""AUROC and AUPRC when positives are rare.

The same detector is measured twice. Its scores are normally distributed, and higher by a fixed distance for positives.
First half of all windows are positive, then 2 %, as for a typical target of DeepSEA. AUROC compares positives with
negatives and does not change. AUPRC measures how many of the highest-scoring windows are positive, and falls.
"""

import argparse

import numpy as np
from digits import HelpFormatter, count, seed_number
from drawings import draw_prevalence
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=HelpFormatter)
    parser.add_argument("--windows", type=count, default=200_000, metavar="N", help="number of windows to score")
    parser.add_argument("--prevalences", nargs="+", type=float, default=[0.5, 0.02], help="shares of positives")
    parser.add_argument(
        "--distance",
        type=float,
        default=2.0,
        help="difference of the mean scores of positives and negatives, in standard deviations",
    )
    parser.add_argument("--seed", type=seed_number, default=1, help="random seed of the scores")
    parser.add_argument("--picture", default="prevalence.png", metavar="FILE", help="output: picture of both curves")
    return parser.parse_args()


# Data


def scores(rng, windows, prevalence, distance):
    """Labels and scores, each (windows,)."""
    labels = np.arange(windows) < round(prevalence * windows)
    return labels, rng.normal(size=windows) + distance * labels


# Run


def main():
    settings = parse_arguments()
    rng, curves = np.random.default_rng(settings.seed), {}
    for prevalence in settings.prevalences:
        labels, score = scores(rng, settings.windows, prevalence, settings.distance)
        auroc, auprc = roc_auc_score(labels, score), average_precision_score(labels, score)
        precision, recall, _ = precision_recall_curve(labels, score)
        false, true, _ = roc_curve(labels, score)
        half = precision[np.flatnonzero(recall >= 0.5)[-1]]
        print(
            f"{prevalence:.0%} positive: AUROC {auroc:.3f} (chance .5), AUPRC {auprc:.3f} (chance {prevalence:.2g}), "
            f"precision at 50 % recall {half:.0%}"
        )
        curves[f"{prevalence:.0%} positive"] = (false, true, auroc), (recall, precision, auprc)
    draw_prevalence(settings.picture, curves)
    print(
        "\nWhat this shows: with rare positives, a detector with a high AUROC still makes many false calls. Read both"
        "\nnumbers."
        "\nTry next: --prevalences .5 .02 .001; --distance 3: a better detector, as rare targets need."
    )


if __name__ == "__main__":
    main()
