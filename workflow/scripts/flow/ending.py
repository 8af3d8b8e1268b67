"""What a run says at its end: the report, the targets that were not learned, and the logs of steps that failed.

A target counts as learned by a model if the 95 % interval of its test AUROC is above .5 and, where there is a model
trained on shuffled labels, if its AUROC is above that of this control: a model without knowledge still ranks windows by
some function of their composition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pandas as pd

from danq.data.scarcity import listed
from danq.errors import UserError
from danq.evaluation.added import ADDED
from danq.evaluation.controls import CONTROL
from danq.evaluation.evaluate import AUC
from danq.tables import Table

from .files import results

CHANCE = 0.5
LAST = 2_000  # bytes at the end of a log that are read
LONGEST = 300  # characters of an error that are repeated
FAILED = 3  # failed steps that are described


def of_success(config: dict, files: Collection[str]) -> list[str]:
    """Sentences on the report, and on what was not learned, of the files that the run was asked for.

    files : outputs of all jobs of the run, finished ones included
    """
    folder = results(config)
    report, auc = f"{folder}/report.html", f"{folder}/auc.tsv"
    found = [f"The report is {report}."] if report in files and Path(report).exists() else []
    controls = f"{folder}/controls/shuffled_labels"
    control = _read(CONTROL, f"{controls}/control.tsv", files)
    table = _read(AUC, auc, files)
    if table is not None:
        found += not_learned(table, auc, _read(AUC, f"{controls}/auc.tsv", files))
    if control is not None:
        found += _leaking(control)
    added = _read(ADDED, f"{folder}/added.tsv", files)
    if added is not None:
        found += _of_baselines(added, f"{folder}/baseline_wins.tsv")
    return found


def not_learned(auc: pd.DataFrame, path: str, shuffled: pd.DataFrame | None = None) -> list[str]:
    """Sentences on the targets that each model did not learn, and on those that cannot be judged.

    auc : columns of `AUC`; baselines are left out
    path : of the table, for the sentence
    shuffled : the same table of a model trained on shuffled labels
    """
    found, learned_by_all = [], []
    for model, rows in auc[auc["architecture"] != "baseline"].groupby("model", sort=False):
        judged = rows[rows["auroc_low"].notna() | (rows["auroc"] >= 1)]
        chance = judged["index"].map({} if shuffled is None else shuffled.set_index("index")["auroc"]).fillna(CHANCE)
        poor = judged[(judged["auroc_low"] <= CHANCE) | (judged["auroc"] <= chance.clip(lower=CHANCE))]
        unjudged = len(rows) - len(judged)
        if len(poor):
            names = [
                f"{index} {target} ({auroc:.2f})"
                for index, target, auroc in zip(poor["index"], poor["target"], poor["auroc"], strict=True)
            ]
            reason = "the 95 % interval of their AUROC includes .5"
            reason += "" if shuffled is None else ", or a model trained on shuffled labels has as high a value"
            verb = "was" if len(poor) == 1 else "were"
            found.append(
                f"{len(poor)} of {len(rows)} targets of {model} {verb} not learned, as far as the test windows tell: "
                f"{listed(names)}; {reason} ({path})."
            )
        elif len(judged):
            learned_by_all.append(f"{model} learned all {len(judged)} targets that can be judged.")
        if unjudged:
            found.append(f"Too few test windows to judge {unjudged} of {len(rows)} targets of {model} ({path}, note).")
    return learned_by_all + found


def _leaking(control: pd.DataFrame) -> Iterator[str]:
    """A sentence if a model that cannot have learned anything predicts better than chance."""
    for row in control[control["low"] > CHANCE].to_dict("records"):
        yield (
            f"Caution: trained on shuffled labels, {row['model']} reaches a mean AUROC of {row['mean_auroc']:.2f} "
            f"({row['low']:.2f} to {row['high']:.2f}), which should be .5; compare the other values with it."
        )


def _of_baselines(added: pd.DataFrame, path: str) -> Iterator[str]:
    """A sentence if a simple baseline is better than all models on some targets."""
    rows = added[(added["measure"] == "auroc") & (added["assay"] == "all") & (added["baseline_wins"] > 0)]
    for row in rows.to_dict("records"):
        wins, targets = int(row["baseline_wins"]), int(row["targets"])
        yield f"On {wins} of {targets} targets, a simple baseline has a higher AUROC than every model ({path})."


def _read(table: Table, path: str, files: Collection[str]) -> pd.DataFrame | None:
    """A table that the run was asked for; None if it was not, or if it cannot be read."""
    try:
        return table.read(path) if path in files else None
    except (UserError, OSError):
        return None


def of_failure(failed: Iterable) -> list[str]:
    """A line for each failed job, at most three: its rule, its log, and the last line of the log.

    failed : jobs of Snakemake
    """
    jobs = sorted((one for job in failed for one in (job.jobs if job.is_group() else [job])), key=str)
    lines = [_of_job(job) for job in jobs[:FAILED]]
    return lines + ([f"{len(jobs) - FAILED} more steps failed."] if len(jobs) > FAILED else [])


def _of_job(job) -> str:
    values = ", ".join(str(value) for _, value in sorted(job.wildcards_dict.items()))
    named = f"{job.rule.name}{f' ({values})' if values else ''}"
    logs = [str(path) for path in job.log]
    if not logs:
        return f"Failed: {named}."
    last = _last_line(Path(logs[0]))
    return f"Failed: {named}; see {logs[0]}{f': {last}' if last else '.'}"


def _last_line(path: Path) -> str:
    """The last line of a log that is not empty, shortened; "" if there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LAST))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()]
    return lines[-1][:LONGEST] if lines else ""
