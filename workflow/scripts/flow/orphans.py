"""Slurm jobs that a killed Snakemake left behind, for the same outputs as the jobs of this run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .slurm import cancel, jobs_here


def cancel_orphans(jobs: Iterable[tuple[str, ...]], recorded: Iterable[str], folder: Path) -> list[str]:
    """Cancel Slurm jobs that make what this run is about to make; return their numbers.

    A training saves its state when it is cancelled, and this run resumes it.

    jobs : (rule,) or (rule, values of its wildcards joined by _) of each cluster job of this run.
    recorded : numbers of Slurm jobs in Snakemake's records of these jobs. Jobs that wait are found there.
    folder : the working directory. Jobs that run are found by folder, rule and wildcards. These do not tell the
        dataset, so such jobs are left alone while another Snakemake holds a lock in this folder.
    """
    wanted, orphans = set(jobs), set(recorded)
    if len(list((folder / ".snakemake/locks").glob("*.output.lock"))) <= 1:
        orphans |= {number for number, job in jobs_here(folder) if job in wanted}
    return sorted(cancel(orphans))


def cancel_orphans_of(workflow) -> list[str]:
    """`cancel_orphans` for the jobs of a Snakemake workflow that runs on a cluster."""
    if workflow.local_exec:
        return []
    jobs = [job for job in workflow.dag.needrun_jobs() if not job.is_local]
    recorded = {number for job in jobs for number in workflow.persistence.external_jobids(job)}
    wildcards = ("_".join(map(str, job.wildcards)) for job in jobs)
    named = [(job.rule.name, *([values] if values else [])) for job, values in zip(jobs, wildcards, strict=True)]
    return cancel_orphans(named, recorded, Path.cwd())
