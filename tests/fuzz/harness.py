#!/usr/bin/env python3
"""Mutate every input format many times, and count how the programs end.

Each case must end right, or with one sentence and status 1, with nothing half-written and the inputs untouched. A case
is a format and a seed: the same pair always gives the same mutation.

Examples: python tests/fuzz/harness.py --cases 5000
          python tests/fuzz/harness.py --format bed --seed 17
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1] / "workflow/scripts")]
KINDS = ("right", "refused", "traceback", "hang", "crash", "half-written", "wrong")
FINE = ("right", "refused")
START = 300  # seconds for loading the libraries and making the good inputs


@dataclass(frozen=True)
class Result:
    format: str
    seed: int
    kind: str
    details: str

    @property
    def mutator(self) -> str:
        from worker import case_of

        return case_of(self.format, self.seed)[0].__name__

    def __str__(self) -> str:
        command = f"python tests/fuzz/harness.py --format {self.format} --seed {self.seed}"
        return f"{self.kind} ({self.mutator}): {command}\n{self.details}"


class Worker:
    """A process that runs cases; a case that crashes it or takes too long is counted, and a new process is started."""

    def __init__(self, log: Path):
        self._log, self._process = log, None

    def run(self, name: str, seed: int) -> Result:
        from formats import FORMATS, SELF_TESTS

        if self._process is None:
            self._start()
        self._process.stdin.write(json.dumps({"format": name, "seed": seed}).encode() + b"\n")
        for limit in (START, (FORMATS | SELF_TESTS)[name].seconds):
            answer = self._answer(limit)
            if answer is None:
                kind, details = "hang", f"no end after {limit} s"
                self.stop()
                break
            if not answer:
                kind, details = "crash", self._signal()
                break
        else:
            kind, details = answer["kind"], answer["details"]
        return Result(name, seed, kind, details)

    def _start(self) -> None:
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path[:3])}
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "worker.py"), str(self._log)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | quiet, bufsize=0, start_new_session=True,
        )  # fmt: skip

    def _answer(self, seconds: float) -> dict | None:
        """The next answer; None after the time limit, {} at the end of the process."""
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            return None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {}

    def _signal(self) -> str:
        status = self._process.wait()
        self._process = None
        end = self._log.read_text(errors="replace")[-1500:]
        return f"{signal.Signals(-status).name if status < 0 else f'status {status}'}\n{end}"

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def cases(total: int, names: Iterable[str] = (), first: int = 0) -> list[tuple[str, int]]:
    """At least one case for each format; a format gets as many as its share."""
    from formats import FORMATS

    names = list(names) or list(FORMATS)
    whole = sum(FORMATS[name].share for name in names)
    return [
        (name, seed)
        for name in names
        for seed in range(first, first + max(1, round(total * FORMATS[name].share / whole)))
    ]


def run(chosen: list[tuple[str, int]], jobs: int = 1) -> Iterator[Result]:
    """Results in the order of the cases."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        workers = [Worker(Path(folder, f"{i}.log")) for i in range(jobs)]
        idle: SimpleQueue = SimpleQueue()
        for worker in workers:
            idle.put(worker)

        def one(case: tuple[str, int]) -> Result:
            worker = idle.get()
            try:
                return worker.run(*case)
            finally:
                idle.put(worker)

        try:
            yield from pool.map(one, chosen)
        finally:
            for worker in workers:
                worker.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=5000, help="number of mutations")
    parser.add_argument("--format", action="append", default=[], help="formats to mutate (default: all)")
    parser.add_argument("--seed", type=int, help="run this one case of a format")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of processes")
    args = parser.parse_args()
    if args.seed is not None:
        chosen = [(name, args.seed) for name in args.format]
    else:
        chosen = cases(args.cases, args.format, args.first)
    begin, counts = time.monotonic(), Counter()
    for result in run(chosen, min(args.jobs, len(chosen))):
        counts[result.format, result.kind] += 1
        if result.kind not in FINE or args.seed is not None:
            print(result, flush=True)
    print("\t".join(("format", *KINDS)))
    for name in dict.fromkeys(name for name, _ in chosen):
        print("\t".join((name, *(str(counts[name, kind]) for kind in KINDS))))
    print(
        "\t".join(
            (
                "all",
                *(
                    str(sum(counts[name, kind] for name, _ in dict.fromkeys((n, 0) for n, _ in chosen)))
                    for kind in KINDS
                ),
            )
        )
    )
    print(f"{len(chosen)} mutations in {time.monotonic() - begin:.0f} s")
    sys.exit(any(kind not in FINE for _, kind in counts))


if __name__ == "__main__":
    main()
