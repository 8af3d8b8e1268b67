"""One trial of a search: a training on the budget of a rung, whose weights are not kept."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import pandas as pd

from ..errors import UserError
from ..files import replacing, temporary_folder
from ..runtime.devices import Devices
from ..training.recipe import Recipe
from ..training.train import HISTORY, train
from .halving import DIVERGED, FINISHED

log = logging.getLogger(__name__)
STATE, LAST_STATE = "state.h5", "last_state.h5"  # of a training that runs, and of one that a longer one may resume from


def run(
    folder: str | Path,
    recipe: Recipe,
    output: str | Path,
    *,
    name: str = "",
    devices: Devices | None = None,
    below: str | Path | None = None,
    keep_state: bool = False,
) -> dict:
    """Train on the windows in `folder`, and write history.tsv and trial.json (the returned record) into `output`.

    name : of the trial, for messages
    below : the folder of the same trial on the rung below. If the recipe allows it, training resumes from the state
        there, and otherwise begins anew; both give the same result. The state is removed at the end.
    keep_state : keep the last state for the rung above

    A training that diverges is no error: it gets a history without epochs and the status `diverged`.
    """
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    state, earlier = output / STATE, Path(below, LAST_STATE) if below else None
    if earlier and earlier.exists() and not state.exists() and recipe.begins_longer_ones:
        with replacing(state) as temporary:
            shutil.copyfile(earlier, temporary)
    elif below and not state.exists():
        reason = "its state is gone" if recipe.begins_longer_ones else f"{recipe.schedule} depends on the epochs"
        log.info("training begins anew: %s", reason)
    record = {"status": FINISHED, "epochs": 0, "resumed_after": [], "parameters": None, "seconds": None, "reason": ""}
    with temporary_folder(output, "training") as scratch:
        try:
            history = train(
                folder,
                recipe,
                scratch / "model.weights.h5",
                name=name,
                devices=devices,
                run_path=scratch / "run.json",
                state_path=state,
                last_state=output / LAST_STATE if keep_state and recipe.begins_longer_ones else None,
            )
            made = json.loads((scratch / "run.json").read_text(encoding="utf-8"))
            record |= {key: made[key] for key in ("epochs", "resumed_after", "parameters")}
            record["seconds"] = made["training_seconds"]
        except UserError as error:
            if error.kind != DIVERGED:
                raise
            log.warning("%s: %s", name or recipe.architecture, error)
            record |= {"status": DIVERGED, "reason": str(error)}
            history = pd.DataFrame(columns=HISTORY)
            state.unlink(missing_ok=True)
    with replacing(output / "history.tsv") as temporary:
        history.to_csv(temporary, sep="\t", index=False, float_format="%.9g")
    with replacing(output / "trial.json") as temporary:
        temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    if earlier:
        earlier.unlink(missing_ok=True)
    return record
