"""The short plan of a run."""

from __future__ import annotations

import re

from project import PROJECT

from flow import plan
from flow.plan import Job

MISSING = "Missing output files: a; Input files updated by another job: b"


def job(rule: str, reason: str = MISSING, checkpoint: bool = False, **wildcards: str) -> Job:
    return Job(rule, wildcards, (f"results/toy/{rule}/{'/'.join(wildcards.values())}",), reason, checkpoint)


def test_every_rule_has_a_stage():
    """Also by Snakemake's other words for a rule, which are searched for without regard to their place in a line."""
    files = sorted((PROJECT / "workflow/rules").glob("*.smk"))
    assert {path.stem for path in files} - {"common"} == set(plan.STAGES)
    stages = plan.stages()
    for path in files:
        for rule in re.findall(r"\b(?:rule|checkpoint) (\w+)(?= as |:)", path.read_text()):
            assert rule in stages, rule
        for rule in re.findall(r"\bas (\w+) with:", path.read_text()):
            assert rule in stages, rule


def test_stages_in_the_order_of_the_data_with_their_models():
    jobs = [
        Job("all", {}, (), MISSING),  # lists files only
        job("report"),
        job("draw_region", region="a"),
        job("draw_region", region="b"),
        *(job("predict", model=name) for name in ("deepsea", "danq")),
        job("train", "Params have changed since last execution: before: ...", model="danq"),
        job("prepare", "Updated input files: genome.fa"),
        job("evaluate", "Input files updated by another job: x", model="danq"),
        job("of_another_workflow"),
    ]
    assert plan.text(jobs, "results/toy", ["deepsea"]).splitlines() == [
        "9 steps to run for results/toy:",
        "  windows      prepare",
        "  training     train danq",
        "  predictions  predict danq, deepsea",
        "  evaluation   evaluate danq",
        "  tracks       draw_region (2)",
        "  report       report",
        "  other        of_another_workflow",
        "Why: 6 without results, 1 with other settings or other code, 1 with other inputs, 1 after a step before them.",
        "Trained already: deepsea.",
    ]


def test_steps_that_a_checkpoint_decides_on():
    text = plan.text([job("check_variants", checkpoint=True)], "results/toy")
    assert text.startswith("1 step to run for results/toy:\n  variants  check_variants\n")
    assert "More steps follow from the results of check_variants.\n" in text


def test_nothing_to_do():
    text = plan.text([Job("all", {}, (), "Rules with neither input nor output")], "results/toy", ["danq"])
    assert text == "Nothing to do: all results are up to date.\nTrained already: danq.\n"


def test_runs_whose_weights_stay(tmp_path):
    for run in ("danq", "deepsea"):
        path = tmp_path / "models" / run / "training/model.weights.h5"
        path.parent.mkdir(parents=True)
        path.touch()
    again = Job("train", {"model": "danq"}, (str(tmp_path / "models/danq/training/model.weights.h5"),), MISSING)
    assert plan.trained(tmp_path, [again], ["danq", "deepsea", "compact"]) == ["deepsea"]
