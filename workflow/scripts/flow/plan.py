"""A short plan of a run: its stages, and the models that each step is for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from danq.data.scarcity import listed

RULES = Path(__file__).parents[2] / "rules"
RULE = re.compile(r"^ *(?:(?:rule|checkpoint) |use rule \w+ as )(\w+)\b.*:", re.MULTILINE)
# Files of rules, in the order of the data, and what the plan calls their stage.
STAGES = {
    "simulate": "demo data",
    "fetch": "downloads",
    "prepare": "windows",
    "prepare_sequences": "windows",
    "import_bundle": "windows",
    "search": "search",
    "train": "training",
    "predict": "predictions",
    "baselines": "baselines",
    "controls": "controls",
    "evaluate": "evaluation",
    "replicates": "replicates",
    "motifs": "motifs",
    "explain": "attributions",
    "patterns": "patterns",
    "embed": "inserted motifs",
    "variants": "variants",
    "tracks": "tracks",
    "sequences": "sequences",
    "report": "report",
    "prototypes": "examples",
}
OTHER = "other"
WHY = {  # how Snakemake's reasons begin, and what the plan says of these steps
    "Missing output files": "without results",
    "Params have changed": "with other settings or other code",
    "Updated input files": "with other inputs",
    "Set of input files has changed": "with other inputs",
    "Code has changed": "with another rule",
    "Forced execution": "forced",
    "Rules with a run or shell directive": "forced",
}
FOLLOWING = "after a step before them"


@dataclass(frozen=True)
class Job:
    """A planned job, as Snakemake logs it."""

    rule: str
    wildcards: dict[str, str]
    output: tuple[str, ...]
    reason: str
    is_checkpoint: bool = False


JOBS: dict[int, Job] = {}  # filled by the logger plugin


def without_places(message: str) -> str:
    """An error of Snakemake without the lines that say where in the code of the workflow it was found."""
    place = re.compile(r"^(WorkflowError in file .*|  File \".*\", line \d+, in .*)$")
    return "\n".join(line for line in message.splitlines() if not place.match(line))


def stages() -> dict[str, str]:
    """The stage of each rule, read from the files of rules; stages are in the order of the data."""
    return {
        rule: stage
        for stem, stage in STAGES.items()
        for rule in RULE.findall((RULES / f"{stem}.smk").read_text(encoding="utf-8"))
    }


def text(jobs: Iterable[Job], folder: str | Path, trained: Collection[str] = ()) -> str:
    """The plan: a line for each stage with its steps, why, and what is not repeated.

    jobs : those without output, of rules that only list files, are no steps
    folder : of the results
    trained : names of runs that are trained and stay as they are
    """
    jobs = [job for job in jobs if job.output]
    done = f"Trained already: {listed(list(trained))}.\n" if trained else ""
    if not jobs:
        return f"Nothing to do: all results are up to date.\n{done}"
    stage_of = stages()
    by_stage: dict[str, dict[str, list[Job]]] = {}
    for rule, stage in [*stage_of.items(), (None, OTHER)]:
        of_rule = [job for job in jobs if (job.rule == rule if rule else job.rule not in stage_of)]
        for job in of_rule:
            by_stage.setdefault(stage, {}).setdefault(job.rule, []).append(job)
    width = max(map(len, by_stage))
    lines = [f"{len(jobs)} step{'s' * (len(jobs) > 1)} to run for {folder}:"]
    for stage, rules in by_stage.items():
        lines.append(f"  {stage:<{width}}  " + "; ".join(_of_rule(rule, of_rule) for rule, of_rule in rules.items()))
    checkpoints = sorted({job.rule for job in jobs if job.is_checkpoint})
    if checkpoints:
        lines.append(f"More steps follow from the results of {', '.join(checkpoints)}.")
    return "".join(f"{line}\n" for line in [*lines, _why(jobs)]) + done


def _of_rule(rule: str, jobs: list[Job]) -> str:
    """`predict danq, deepsea` or `draw_region (2)`."""
    models = sorted({job.wildcards["model"] for job in jobs if "model" in job.wildcards})
    number = f" ({len(jobs)})" if len(jobs) > max(1, len(models)) else ""
    return f"{rule}{' ' if models else ''}{listed(models)}{number}"


def _why(jobs: list[Job]) -> str:
    counts: dict[str, int] = {}
    for job in jobs:
        reason = next((said for begin, said in WHY.items() if begin in job.reason), FOLLOWING)
        counts[reason] = counts.get(reason, 0) + 1
    return "Why: " + ", ".join(f"{number} {reason}" for reason, number in counts.items()) + "."


def trained(folder: Path, jobs: Iterable[Job], runs: Iterable[str]) -> list[str]:
    """The runs whose weights are there and are not made again.

    folder : of the results of a dataset
    """
    made = {path for job in jobs for path in job.output}
    weights = {run: folder / "models" / run / "training/model.weights.h5" for run in runs}
    return [run for run, path in weights.items() if path.exists() and str(path) not in made]
