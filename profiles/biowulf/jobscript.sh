#!/bin/bash
# properties = {properties}
# Slurm's warning (--signal=B:TERM@300) comes to this script alone: every process of the job must have it.
trap 'trap "" TERM; kill -TERM 0' TERM
( {exec_job} ) &
wait $!
# The wait ends with the signal; this one ends with the work.
wait $!
