"""A real Slurm cluster of one node, on this machine: munged, slurmctld and slurmd from Debian's slurm-wlm.

The node is configured with more than the machine has (64 CPUs, 256 GB, 4 V100s, 2 A100s, 800 GB of lscratch), so that
tests can observe scheduling. Unused terminals stand in for the GPUs: jobs get CUDA_VISIBLE_DEVICES and run on the CPU.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

ETC = Path("/etc/slurm")
NAME = "danqtest"
MARK = "# written by the tests of the DanQ workflow"
SCRATCH = Path("/lscratch")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol")

CONF = """{mark}
ClusterName={name}
SlurmctldHost={node}(127.0.0.1)
AuthType=auth/munge
SlurmUser=root
StateSaveLocation={home}/state
SlurmdSpoolDir={home}/spool
SlurmctldLogFile={home}/slurmctld.log
SlurmdLogFile={home}/slurmd.log
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd.pid
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
GresTypes=gpu,lscratch
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
SlurmdParameters=config_overrides
ReturnToService=2
# Short intervals for tests; records of jobs are kept until the tests have read them.
SlurmdTimeout=15
SchedulerParameters=sched_interval=2,sched_min_interval=0,batch_sched_delay=0
MinJobAge=86400
KillWait=30
Prolog={home}/prolog.sh
Epilog={home}/epilog.sh
NodeName={node} NodeAddr=127.0.0.1 CPUs=64 RealMemory=256000 Gres=gpu:v100:4,gpu:a100:2,lscratch:800 State=UNKNOWN
PartitionName=norm Nodes={node} Default=YES MaxTime=10-00:00:00 State=UP
PartitionName=gpu Nodes={node} MaxTime=10-00:00:00 State=UP
# Jobs wait here until a test sets it to UP.
PartitionName=closed Nodes={node} MaxTime=10-00:00:00 State=DOWN
"""
GRES = """{mark}
Name=gpu Type=v100 File=/dev/tty[10-13]
Name=gpu Type=a100 File=/dev/tty[14-15]
Name=lscratch Count=800
"""
PROLOG = f"#!/bin/sh\nmkdir -p {SCRATCH}/$SLURM_JOB_ID && chown $SLURM_JOB_UID {SCRATCH}/$SLURM_JOB_ID\n"
EPILOG = f"#!/bin/sh\nrm -rf {SCRATCH}/$SLURM_JOB_ID\n"


def why_not() -> str | None:
    """Return why no cluster can be started on this machine, or None."""
    if os.geteuid() != 0:
        return "only root can start a Slurm cluster"
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"{', '.join(missing)} not installed (Debian: apt-get install slurm-wlm)"
    working = [name for name in ("munged", "slurmctld", "slurmd") if ask("pgrep", "-x", name)]
    if working:
        return f"this machine belongs to a cluster ({', '.join(working)} running)"
    if (ETC / "slurm.conf").exists() and MARK not in (ETC / "slurm.conf").read_text():
        return "this machine belongs to a cluster (/etc/slurm/slurm.conf)"
    return None


class Cluster:
    """Starts and stops the daemons, and queries the controller about jobs."""

    def __init__(self, home: Path):
        self.home, self.node = home, platform.node().split(".")[0]

    def start(self) -> None:
        for name in ("state", "spool"):
            (self.home / name).mkdir(parents=True)
        ETC.mkdir(exist_ok=True)
        values = {"mark": MARK, "name": NAME, "home": self.home, "node": self.node}
        (ETC / "slurm.conf").write_text(CONF.format(**values))
        (ETC / "gres.conf").write_text(GRES.format(**values))
        for name, script in (("prolog.sh", PROLOG), ("epilog.sh", EPILOG)):
            (self.home / name).write_text(script)
            (self.home / name).chmod(0o755)
        self._start_munge()
        subprocess.run(["slurmctld", "-c"], check=True)
        self.start_node()

    def _start_munge(self) -> None:
        key, socket = Path("/etc/munge/munge.key"), Path("/run/munge")
        if not key.exists():
            subprocess.run(["mungekey", "--create"], check=True)
        socket.mkdir(exist_ok=True)
        shutil.chown(key, "munge", "munge")
        shutil.chown(socket, "munge", "munge")
        subprocess.run(["runuser", "-u", "munge", "--", "munged", "--force"], check=True, stderr=subprocess.DEVNULL)

    def start_node(self) -> None:
        subprocess.run(["slurmd"], check=True)
        self.wait_for(lambda: re.search(r"idle|mix", ask("sinfo", "-h", "-o", "%T")), "the node to be up")

    def stop_node(self) -> None:
        """Simulate a node failure: kill slurmd and all processes of its jobs."""
        subprocess.run(["pkill", "-KILL", "-x", "slurmd"], check=False)
        subprocess.run(["pkill", "-KILL", "-f", "slurmstepd"], check=False)
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("SLURM_CLUSTER_NAME") == NAME:
                    process.kill()
        self.wait_for(lambda: "down" in ask("sinfo", "-h", "-o", "%T"), "the node to be down", 120)

    def stop(self) -> None:
        subprocess.run(["scancel", "--user=root"], check=False)
        for name in ("slurmd", "slurmctld", "munged"):
            subprocess.run(["pkill", "-KILL", "-x", name], check=False)
        subprocess.run(["pkill", "-KILL", "-f", "slurmstepd"], check=False)
        for name in ("slurm.conf", "gres.conf"):
            (ETC / name).unlink(missing_ok=True)
        self._kill_leftovers()

    def _kill_leftovers(self) -> None:
        """Kill processes that work in this session's temporary folder: Snakemakes of failed or interrupted tests."""
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if Path(process.cwd()).is_relative_to(self.home.parent):
                    process.kill()

    def wait_for(self, condition, what: str, seconds: float = 60):
        """Poll until `condition` holds, and return its value."""
        until = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > until:
                raise AssertionError(f"waited {seconds} s for {what}\n{ask('squeue', '--states=all')}")
            time.sleep(0.5)
        return value

    def jobs(self) -> list[dict[str, str]]:
        """Return the controller's records of all jobs, oldest first."""
        text = ask("scontrol", "--detail", "--oneliner", "show", "jobs")
        lines = [line for line in text.splitlines() if line.startswith("JobId=")]
        return [{k: v.strip() for k, v in re.findall(r"(\S+?)=((?:(?! \S+?=).)*)", line)} for line in lines]

    def job(self, number: str) -> dict[str, str]:
        return next(job for job in self.jobs() if job["JobId"] == number)

    def start_requeued(self, number: str) -> None:
        """Start a requeued job in 20 s, when the node has cleaned up its first run. Slurm waits for two minutes."""

        def waits() -> bool:
            job = self.job(number)
            return job["JobState"] == "PENDING" and job["Reason"] == "BeginTime"

        self.wait_for(waits, f"job {number} to be requeued", 120)
        subprocess.run(["scontrol", "update", f"JobId={number}", "StartTime=now+20"], check=True)

    def jobs_of(self, folder: Path, rule: str) -> list[dict[str, str]]:
        """Return the records of a rule's jobs that were submitted from a folder, oldest first."""
        named = re.compile(rf"rule_{rule}(_wildcards_|$)")  # `compare` does not match compare_models
        return [job for job in self.jobs() if job["WorkDir"] == str(folder) and named.match(job.get("Comment", ""))]


def ask(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
