"""What the programs share: one way to end on a user's mistake, one log format, one help format."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from danq.errors import UserError
from danq.interrupt import Stopped


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the description's line breaks, and shows each option's default."""

    def _get_help_string(self, action):
        if action.default in (None, False, True) or action.required:
            return action.help
        return super()._get_help_string(action)


def parser(description: str | None) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(description=description, formatter_class=HelpFormatter)


def named(text: str) -> tuple[str, str]:
    """`danq=results/danq.h5` as a pair; a path alone is called by its name without suffix."""
    name, separator, path = text.rpartition("=")
    return (name, path) if separator else (Path(path).stem, path)


def distinct(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The pairs as a dict; two of one name are a UserError."""
    if len(dict(pairs)) < len(pairs):
        raise UserError("two files would be called the same; write NAME=FILE for each")
    return dict(pairs)


def packed_folder(folder: str, splits: Sequence[str], cache: str | None) -> Path:
    """The folder with the packed windows of these splits; where there are .mat files, they are packed first."""
    if not any(Path(folder, f"{split}.mat").exists() for split in splits):
        return Path(folder)
    from danq import data_folder  # only by hand: the workflow's rules have packed windows

    return data_folder.packed_folder(folder, splits, cache)


def run(main: Callable[[], None]) -> None:
    """Call `main`; a UserError ends the program with one sentence and status 1."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    logging.getLogger("matplotlib").setLevel(logging.WARNING)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's own chatter
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that nothing is left half-written
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
    except Stopped as stopped:
        logging.warning("%s", stopped)
        sys.exit(stopped.status)
    except KeyboardInterrupt:
        sys.exit(130)
