"""Measures memory: growth of this process, or the peak of a program and its children."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import psutil

STATUS = Path("/proc/self/status")
# Children share pages with their parent; PSS counts a shared page once in total, RSS once per process.
KIND = "PSS" if sys.platform == "linux" else "USS"


def now() -> tuple[int, int]:
    """Bytes of private (anonymous) memory of this process, and bytes of files that it maps.

    Mapped pages are file cache, which the system frees when other processes need memory. Where the
    two cannot be distinguished, all memory is counted as private.
    """
    if not STATUS.exists():
        return psutil.Process().memory_info().rss, 0
    fields = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    own, mapped = (int(fields[name].split()[0]) * 1024 for name in ("RssAnon", "RssFile"))
    return own, mapped


class Growth:
    """Peak growth of this process's memory inside a `with` block: `own` and `mapped`, in bytes."""

    def __init__(self, every: float = 0.01):
        self._every = every
        self.own = self.mapped = 0

    def __enter__(self) -> Growth:
        self._before = now()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._end.wait(self._every):
            self._look()

    def _look(self) -> None:
        own, mapped = now()
        self.own = max(self.own, own - self._before[0])
        self.mapped = max(self.mapped, mapped - self._before[1])

    def __exit__(self, *_) -> None:
        self._end.set()
        self._thread.join()
        self._look()


def peak_of_program(command: list[str], every: float = 0.2) -> int:
    """Run a program to its end; return the peak of its memory (`KIND`) in bytes, including its children."""
    program = subprocess.Popen(command)
    peak = 0
    while True:
        peak = max(peak, _tree(program.pid))
        try:
            status = program.wait(every)
        except subprocess.TimeoutExpired:
            continue
        if status:
            sys.exit(status)  # the program has printed the reason
        return peak


def _tree(pid: int) -> int:
    total = 0
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in family:
        try:
            total += getattr(process.memory_full_info(), KIND.lower())
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # has ended in the meantime
            continue
    return total
