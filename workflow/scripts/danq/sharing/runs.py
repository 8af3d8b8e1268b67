"""The results of one predictor: the runs whose weights it averages, and the windows that it was tested on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..data.windows import Windows
from ..errors import UserError
from ..files import read_json
from ..runtime import checkpoint

WEIGHTS = "training/model.weights.h5"
_NAME = re.compile(r"(?P<model>.+?)(?:-fold(?P<fold>\d+))?(?:-seed(?P<seed>\d+)|-(?P<ensemble>ensemble))?")


def parts_of(name: str) -> dict[str, str | None]:
    """Model, fold, seed and `ensemble` of the name of a predictor's folder, such as `danq-fold1-seed2`."""
    return _NAME.fullmatch(name).groupdict()


@dataclass(frozen=True)
class Shared:
    """A predictor that is shared.

    folder : of its results, `results/<dataset>/models/<name>`
    members : folders of the runs whose weights it averages
    """

    folder: Path
    members: list[Path]

    @classmethod
    def of(cls, folder: str | Path) -> Shared:
        """The predictor of a folder: a run, or an ensemble or joined folds, whose runs are in the folders beside it."""
        folder = Path(folder)
        if not folder.is_dir():
            raise UserError(f"{folder}: no such folder; give that of a model, such as results/demo/models/danq")
        folder = folder.resolve()
        if (folder / WEIGHTS).exists():
            return cls(folder, [folder])
        ours = parts_of(folder.name)
        members = [
            other
            for other in sorted(folder.parent.iterdir())
            if (other / WEIGHTS).exists()
            and (theirs := parts_of(other.name))["model"] == ours["model"]
            and all(ours[key] in (None, theirs[key]) for key in ("fold", "seed"))
        ]
        if not members:
            raise UserError(
                f"{folder}: has no {WEIGHTS}, and no run beside it has; train the model first, or give the folder of a "
                "run (baselines have no weights)"
            )
        return cls(folder, members)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def results(self) -> Path:
        """The folder of the dataset's results."""
        return self.folder.parent.parent

    @property
    def model(self) -> str:
        """The model's name in the config."""
        return parts_of(self.name)["model"]

    @property
    def joined_folds(self) -> bool:
        """Whether folds are averaged, each of which has trained on the test windows of the others."""
        return len({parts_of(member.name)["fold"] for member in self.members}) > 1

    @cached_property
    def checkpoints(self) -> list[Path]:
        return [member / WEIGHTS for member in self.members]

    @cached_property
    def blueprints(self) -> list[checkpoint.Blueprint]:
        """What each member was built from; members that do not belong together are a UserError."""
        found = [checkpoint.read_blueprint(path) for path in self.checkpoints]
        for path, one in zip(self.checkpoints, found, strict=True):
            if (one.window, one.targets) != (found[0].window, found[0].targets):
                raise UserError(f"{path} and {self.checkpoints[0]} read other windows or predict other targets")
        return found

    @cached_property
    def records(self) -> list[dict]:
        """The record of each training, run.json."""
        keys = ("recipe.sizes", "dataset.train", "parameters", "windows.train", "versions")
        return [read_json(member / "training/run.json", "record of the run", *keys) for member in self.members]

    @cached_property
    def windows(self) -> Path:
        """The folder of the windows: with folds, of the first member's fold."""
        fold = parts_of(self.members[0].name)["fold"]
        return self.results / "windows" / (f"fold{fold}" if fold else "")

    @cached_property
    def test(self) -> Windows:
        """The test windows; those of another dataset than the training's are a UserError."""
        path = self.windows / "test.h5"
        if not path.exists():
            raise UserError(f"{path}: no such file, and the model card states figures on it; make the windows again")
        train = self.windows / "train.h5"
        if train.exists() and Windows(train).fingerprint != self.records[0]["dataset"]["train"]:
            raise UserError(f"{train}: not the windows that {self.members[0].name} was trained on; train it again")
        return Windows(path)
