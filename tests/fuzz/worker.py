"""Runs cases one after another in one process, so that the libraries load once. `harness.py` starts and stops it.

Each line of stdin is a case in JSON, each line of the answer its outcome. A crash or a hang ends this process only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import random
import resource
import shutil
import sys
import tempfile
import traceback
import warnings
import zlib
from pathlib import Path

MEMORY = 24 << 30  # bytes of address space, most of which libraries reserve and never use
COPIES = (".fai", ".gzi", ".bgz")  # files that programs may write next to a genome


def case_of(name: str, seed: int):
    """The mutator of a case, and whether it is structural."""
    from formats import FORMATS, SELF_TESTS

    one = (FORMATS | SELF_TESTS)[name]
    mutators = [*one.mutators, *one.structural, *one.structural]  # structural ones twice
    first = zlib.crc32(name.encode())  # each format begins with another one: few cases of many formats try them all
    chosen = mutators[(first + seed) % len(mutators)]
    return chosen, chosen in one.structural


def mutate(name: str, seed: int, path: Path) -> None:
    import h5py

    mutator, structural = case_of(name, seed)
    draw = random.Random(f"{name} {seed}")
    if not structural:
        path.write_bytes(mutator(draw, path.read_bytes()))
        return
    with h5py.File(path, "r+") as file:
        mutator(draw, file)


def inputs(folder: Path) -> dict[str, str]:
    """Hash of each file but outputs, indices and bgzip copies."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "out" not in path.relative_to(folder).parts and path.suffix not in COPIES
    }


def good_inputs(name: str, folder: Path) -> Path:
    """The good inputs of a format with the outputs for them, made at first use."""
    from formats import FORMATS, SELF_TESTS

    made = folder / name
    if not made.exists():
        made.mkdir(parents=True)
        with contextlib.chdir(made):
            (FORMATS | SELF_TESTS)[name].make(made)
            before = inputs(made)
            (FORMATS | SELF_TESTS)[name].run(made)
        assert inputs(made) == before
        assert (FORMATS | SELF_TESTS)[name].judge(made, made) == ""
    return made


def outcome(name: str, seed: int, good: Path, folder: Path) -> tuple[str, str]:
    """What happened in one case: right, refused, traceback, half-written or wrong; and the details."""
    from formats import FORMATS, SELF_TESTS

    one = (FORMATS | SELF_TESTS)[name]
    shutil.copytree(good, folder, ignore=shutil.ignore_patterns("out", *(f"*{suffix}" for suffix in COPIES)))
    (folder / "out").mkdir()
    mutate(name, seed, folder / one.file)
    before, sentence = inputs(folder), ""
    try:
        with contextlib.chdir(folder):
            one.run(folder)
    except SystemExit as ended:
        if ended.code:
            sentence = str(ended.code)
            if not sentence.startswith("error: "):
                return "traceback", f"status {sentence}"
    except BaseException:
        return "traceback", traceback.format_exc()
    left = [path.name for path in folder.rglob(".*")]
    after = inputs(folder)
    if left or (after != before and sorted(after.values()) != sorted(before.values())):  # a state may be set aside
        return "half-written", f"left {left}; {sentence}"
    if sentence:
        lines = sentence.strip().count("\n")
        return (
            ("refused", sentence)
            if not lines and len(sentence) < 600
            else ("traceback", f"not one sentence: {sentence}")
        )
    try:
        wrong = one.judge(folder, good)
    except Exception:
        return "wrong", f"the output cannot be judged: {traceback.format_exc()}"
    return ("wrong", wrong) if wrong else ("right", "")


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    log = Path(sys.argv[1]).open("w")  # noqa: SIM115
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 << 20, 256 << 20))
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        for line in sys.stdin:
            case = json.loads(line)
            good = good_inputs(case["format"], Path(scratch, "good"))
            answers.write(json.dumps({"ready": True}) + "\n")
            folder = Path(scratch, "case")
            try:
                kind, details = outcome(case["format"], case["seed"], good, folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                logging.getLogger().handlers.clear()
            answers.write(json.dumps({"kind": kind, "details": details.replace(scratch, "")}) + "\n")


if __name__ == "__main__":
    main()
