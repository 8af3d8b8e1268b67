"""Signals that ask the process to save its state and end.

Slurm sends SIGTERM before it kills a job (at the time limit, on preemption, on scancel); Ctrl-C sends SIGINT.
"""

from __future__ import annotations

import signal
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopped(Exception):
    """The work ended because of a signal. The message says what was saved; `status` is the exit status."""

    def __init__(self, message: str, number: int):
        super().__init__(message)
        self.status = 128 + number  # the convention of shells


class StopRequest:
    """A context in which the first signal is only recorded, so that the work can save its state and end.

    A second SIGINT (Ctrl-C) ends the process at once. Further SIGTERMs do not: Slurm and a job's script may both send
    one, and saving must not be interrupted.

    Attributes
    ----------
    number : number of the last signal, or 0
    """

    def __init__(self):
        self.number = 0
        self._before = {}

    def __bool__(self) -> bool:
        return self.number > 0

    def __enter__(self) -> StopRequest:
        self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *error) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.number = number
        signal.signal(signal.SIGINT, self._before[signal.SIGINT])

    @property
    def name(self) -> str:
        """Name of the signal, such as SIGTERM."""
        return signal.Signals(self.number).name
