#!/usr/bin/env python3
"""Rank the trials of a rung by the validation windows, and choose those that go on to the next rung.

The saved states of the trials that do not go on are removed: a trial that goes on later, because the search has more
trials, begins anew with the same result.

Example: search_rung.py trials/t3f2a1c07/rung0 trials/t9be03d11/rung0 --promoted 1 -o rung0.tsv
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.files import read_json
from danq.search.halving import HISTORY, MEASURES, RECORD, RUNG, ranking

LAST_STATE = "last_state.h5"


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("folders", nargs="+", help="folders that search_trial.py wrote, TRIAL/RUNG")
    parser.add_argument("--promoted", type=int, default=0, help="number of trials that go on")
    parser.add_argument("--monitored", choices=list(MEASURES), default="loss", help="measure on the validation windows")
    parser.add_argument("-o", "--output", default="rung.tsv", help="table to write")
    args = parser.parse_args()
    folders = {Path(folder).resolve().parent.name: Path(folder) for folder in args.folders}
    histories = {trial: folder / "history.tsv" for trial, folder in folders.items()}
    records = {trial: folder / "trial.json" for trial, folder in folders.items()}
    cli.check_outputs([*histories.values(), *records.values()], [args.output])
    table = ranking(
        {trial: HISTORY.read(path) for trial, path in histories.items()},
        {trial: read_json(path, "record of a trial", *RECORD) for trial, path in records.items()},
        args.monitored,
        args.promoted,
    )
    RUNG.write(table, args.output)
    for trial in table.loc[table["promoted"] == "no", "trial"]:
        (folders[trial] / LAST_STATE).unlink(missing_ok=True)


if __name__ == "__main__":
    cli.run(main)
