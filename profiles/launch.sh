#!/bin/bash
# Runs Snakemake itself as a Slurm job, which submits the other jobs and waits for them. You need not stay logged in.
#
#   sbatch profiles/launch.sh --configfile config/mine.yaml
#   sbatch --export=ALL,PROFILE=profiles/biowulf profiles/launch.sh --configfile config/mine.yaml
#
# Its output is in danq-<job>.log. At its own time limit, or if its node fails, the job is requeued and continues.
#SBATCH --job-name=danq
#SBATCH --output=danq-%j.log
#SBATCH --open-mode=append
#SBATCH --cpus-per-task=2
#SBATCH --mem=4g
#SBATCH --time=5-00:00:00
#SBATCH --requeue
#SBATCH --signal=B:USR1@300
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-.}"
[ ! -e .venv/bin/activate ] || . .venv/bin/activate
job=$SLURM_JOB_ID restarts=${SLURM_RESTART_COUNT:-0}
# Unset the settings of this job: sbatch and srun would use them as defaults for the other jobs.
for name in "${!SLURM_@}" "${!SBATCH_@}"; do
  [ "$name" = SLURM_CONF ] || unset "$name"
done
run=(snakemake --profile "${PROFILE:-profiles/slurm}" "$@")
# After a requeue the folder is still locked, by the earlier run of this job.
[ "$restarts" = 0 ] || "${run[@]}" --unlock
"${run[@]}" &
head=$!
trap 'echo "the time limit is near: job $job is requeued"; scontrol requeue "$job"' USR1
status=0
wait "$head" || status=$?
# A signal interrupts wait, so wait again.
while kill -0 "$head" 2>/dev/null; do
  status=0
  wait "$head" || status=$?
done
exit "$status"
