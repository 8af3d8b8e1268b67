#!/bin/bash
# Snakemake itself as a Slurm job: it submits the others and waits for them, so nobody has to stay logged in.
#
#   sbatch profiles/launch.sh --configfile config/mine.yaml
#   sbatch --export=ALL,PROFILE=profiles/biowulf profiles/launch.sh --configfile config/mine.yaml
#
# Its output is in danq-<job>.log. At its own time limit, or when its node fails, it starts again and goes on.
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
# This job's own size is none of the others' business; sbatch and srun would take it for a default.
for name in "${!SLURM_@}" "${!SBATCH_@}"; do
  [ "$name" = SLURM_CONF ] || unset "$name"
done
run=(snakemake --profile "${PROFILE:-profiles/slurm}" "$@")
# Started again: what locked the folder was this very job.
[ "$restarts" = 0 ] || "${run[@]}" --unlock
"${run[@]}" &
head=$!
trap 'echo "the time limit is near: job $job starts again"; scontrol requeue "$job"' USR1
status=0
wait "$head" || status=$?
# A wait that a signal broke off is taken up again.
while kill -0 "$head" 2>/dev/null; do
  status=0
  wait "$head" || status=$?
done
exit "$status"
