"""The facts about a dataset that the report states: its windows, what became of bins or sequences, and warnings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ..data.account import ACCOUNT, DROPPED
from ..data.background import BACKGROUND
from ..data.scarcity import findings
from ..data.split import SPLITS
from ..data.targets import TARGETS, UNUSED
from ..data.windows import Windows
from ..evaluation.genome_blocks import cut
from ..labelled import account as sequences
from .descriptions import held_out, kept

MOST_WARNINGS = 20
UNUSED_TITLES = dict(
    zip(
        UNUSED,
        (
            "left out, on contigs that the genome does not have",
            "left out, beyond the end of their contig",
            "left out, below windows.min_signal",
            "cut at the end of their contig",
        ),
        strict=True,
    )
)
_WARNING = re.compile(r"^\d\d:\d\d:\d\d WARNING (?P<text>.+)$", re.MULTILINE)  # as cli.py logs them

# By the key of `made_by`: the table, reasons, column of the total, and words for what is counted and for each row.
ACCOUNTS = {
    "rule": (ACCOUNT, DROPPED, "bins", "bins of the genome", "contig"),
    "labelled": (sequences.ACCOUNT, sequences.DROPPED, "records", "sequences", "file"),
}


def _account(path: Path, made_by: dict) -> dict | None:
    """What became of the bins of the genome or of the sequences: number, share and meaning by fate.

    None for windows that are neither. `changed` has the numbers of windows that were cropped or padded.
    """
    kind = next((one for one in ACCOUNTS if one in made_by), None)
    if kind is None or not path.exists():
        return None
    table, dropped, counted, what, of_each = ACCOUNTS[kind]
    total = table.read(path).sum(numeric_only=True)
    rows = [{"title": f"{name} windows", "number": int(total[name]), "meaning": ""} for name in SPLITS]
    rows += [
        {"title": f"dropped: {name.replace('_', ' ')}", "number": int(total[name]), "meaning": meaning}
        for name, meaning in dropped.items()
    ]
    return {
        "kind": kind,
        "counted": counted,
        "what": what,
        "of_each": of_each,
        "rows": [row | {"share": row["number"] / total[counted]} for row in rows],
        "total": int(total[counted]),
        "changed": {name: int(total[name]) for name in ("cropped", "padded") if total.get(name)},
    }


def _unused(listed: pd.DataFrame) -> pd.Series:
    """Numbers of peaks of all targets that were left out or cut, by reason."""
    first = listed[listed["split"] == listed["split"].iloc[0]]
    return first[[name for name in UNUSED if name in first]].sum()


def blocks(folders: Sequence[Path]) -> str:
    """The blocks of the genome of the test windows, of all folds together."""
    tests = [Windows(folder / "test.h5") for folder in folders]
    places = [test.numbered_places() for test in tests]
    joined = None if None in places else tuple(np.concatenate(axis) for axis in zip(*places, strict=True))
    return str(cut(sum(map(len, tests)), joined, tests[0].bin or tests[0].length))


def facts(windows: Path, logs: str | Path | None) -> dict:
    """Facts about the dataset, and warnings."""
    test = Windows(windows / "test.h5")
    listed = TARGETS.read(windows / "targets.tsv")
    return {
        "made_by": test.made_by | {"assembly": test.assembly, "fingerprint of the test windows": test.fingerprint},
        "kept": kept(test.made_by.get("rule", {})),
        "splits": listed.groupby("split", sort=False)["windows"].first().to_dict(),
        "little": findings(listed),
        "account": _account(windows / "account.tsv", test.made_by),
        "background": (
            BACKGROUND.read(windows / "background.tsv").to_dict("records") if "background" in test.made_by else []
        ),
        "held_out": held_out(test.made_by["labelled"]) if "labelled" in test.made_by else "",
        "unused": {UNUSED_TITLES[name]: int(count) for name, count in _unused(listed).items() if count},
        "warnings": logged_warnings(logs) if logs else [],
        "most": MOST_WARNINGS,
        "listed": test.targets,
    }


def logged_warnings(folder: str | Path) -> list[str]:
    """The distinct warnings in a folder's logs, as file and text."""
    found: dict[str, None] = {}
    for path in sorted(Path(folder).rglob("*.log")):
        for match in _WARNING.finditer(path.read_text(encoding="utf-8", errors="replace")):
            found[f"{path.relative_to(folder)}: {match['text']}"] = None
    return list(found)


def unsaid(warnings: Sequence[str], said: Sequence[str]) -> list[str]:
    """The warnings of `logged_warnings` whose text is not among those that the page states anyway."""
    return [warning for warning in warnings if warning.partition(": ")[2] not in said]
