#!/bin/bash
# properties = {properties}
# Slurm sends its warning (--signal=B:TERM@300) to this script only, so pass it to all processes of the job.
trap 'trap "" TERM; kill -TERM 0' TERM
( {exec_job} ) &
wait $!
# The signal ends the first wait; this one waits for the end of the job.
wait $!
