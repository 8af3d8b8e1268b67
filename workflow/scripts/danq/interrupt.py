"""Ending in good order: a signal asks, the work saves where it stands and ends.

Slurm sends SIGTERM before it kills (at the time limit, on preemption, on scancel); a user at the keyboard sends SIGINT.
"""

from __future__ import annotations

import signal
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopped(Exception):
    """The work ended because a signal asked for it; the message says what is kept."""

    def __init__(self, message: str, number: int):
        super().__init__(message)
        self.status = 128 + number  # as shells count


class StopRequest:
    """While the context lasts, a first signal is only noted. A user's second one (SIGINT) ends the process at once; of
    SIGTERM there may be several, from Slurm and from a job's script, and none of them cuts the saving short.

    Attributes
    ----------
    number : the signal that came, or 0
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
        return signal.Signals(self.number).name
