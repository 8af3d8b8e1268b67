#!/usr/bin/env python3
"""Show in short what a run of the workflow would do: its stages, its models, and why.

It plans as `snakemake --dry-run` does, and prints a few lines instead of one block for each step. Further arguments,
such as targets, are passed to Snakemake.

Examples:
  plan.py --configfile config/mine.yaml
  plan.py results/demo/auc.tsv
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import cli
from danq.errors import UserError
from danq.files import existing

PLUGINS = Path(__file__).parents[1] / "plugins"


def main() -> None:
    parser = cli.parser(__doc__)
    parser.allow_abbrev = False  # --config is an option of Snakemake
    parser.add_argument("--configfile", nargs="+", default=["config/config.yaml"], help="config of the run")
    args, passed = parser.parse_known_args()
    for path in args.configfile:
        existing(path, "config")
        check_yaml(path)
    given = ["--configfile", *args.configfile] if args.configfile != parser.get_default("configfile") else []
    logging.getLogger().handlers.clear()  # Snakemake's messages go to the plugin
    sys.path.append(str(PLUGINS))
    sys.argv = ["snakemake", *passed, "--dry-run", "--logger", "plan", *given]

    from snakemake import cli as snakemake

    from flow import plan

    try:
        snakemake.main(sys.argv[1:])
    except SystemExit as ended:
        if ended.code:
            raise UserError("Snakemake cannot plan this run; see its message above") from None
    show(args.configfile, plan.JOBS.values())


def check_yaml(path: str) -> None:
    """Name the line where a config is not YAML; Snakemake does not."""
    import yaml

    try:
        yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UserError(
            f"{path}{line}: not YAML ({error.problem}); check the indentation, the colons and the quotes there"
        ) from None


def show(configfiles: list[str], jobs) -> None:
    """Print the plan, with the runs that are trained and stay as they are."""
    import yaml

    from flow import plan, runs
    from flow.config import checked
    from flow.files import results

    config: dict = {}
    for path in configfiles:
        config |= yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    config = checked(config)
    folder = results(config)
    print(plan.text(jobs, folder, plan.trained(Path(folder), jobs, runs.runs(config))), end="")


if __name__ == "__main__":
    cli.run(main)
