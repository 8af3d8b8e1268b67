#!/usr/bin/env python3
"""What AUROC and AUPRC say when positives are rare.

The same detector twice: its scores are normal, higher by a fixed distance for positives. Once half of all windows are
positive, once 2 %, as for a typical target of DeepSEA. AUROC asks how a positive ranks among negatives, and does not
change. AUPRC asks how many of the windows on top are positive, and falls.
"""

import argparse

import numpy as np
from digits import HelpFormatter, count
from drawings import draw_prevalence
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=HelpFormatter)
    parser.add_argument("--windows", type=count, default=200_000, metavar="N", help="windows to score")
    parser.add_argument("--prevalences", nargs="+", type=float, default=[0.5, 0.02], help="shares of positives")
    parser.add_argument("--distance", type=float, default=2.0, help="between the mean scores, in standard deviations")
    parser.add_argument("--seed", type=int, default=1, help="of the scores")
    parser.add_argument("--picture", default="prevalence.png", metavar="FILE", help="output: both curves")
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
            f"{prevalence:.0%} positive: AUROC {auroc:.3f} (chance .5), AUPRC {auprc:.3f} (chance {prevalence:.2g}); "
            f"to find half of the positives, {half:.0%} of the calls are right"
        )
        curves[f"{prevalence:.0%} positive"] = (false, true, auroc), (recall, precision, auprc)
    draw_prevalence(settings.picture, curves)
    print(
        "\nWhat this shows: with rare positives, a high AUROC goes together with many false calls; read both."
        "\nTry next: --prevalences .5 .02 .001; --distance 3: what a detector needs for rare targets."
    )


if __name__ == "__main__":
    main()
