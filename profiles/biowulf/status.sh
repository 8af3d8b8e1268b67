#!/bin/sh
# Prints the state of a Slurm job in the word that Snakemake expects. squeue forgets a job some minutes after its end
# (MinJobAge); sacct is asked if squeue does not know the job, and needs accounting.
state=$(squeue --noheader --states=all --jobs="$1" --format=%T 2>/dev/null)
[ -n "$state" ] || state=$(sacct --noheader --parsable2 --allocations --jobs="$1" --format=State 2>/dev/null)
case "$state" in
  COMPLETED*) echo success ;;
  BOOT_FAIL* | CANCELLED* | DEADLINE* | FAILED* | NODE_FAIL* | OUT_OF_MEMORY* | PREEMPTED* | TIMEOUT*) echo failed ;;
  # Pending, running, requeued or completing, or no answer, because a busy controller may not answer for a while.
  *) echo running ;;
esac
