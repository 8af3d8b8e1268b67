"""What the rules need from Python: the checked config, options, files, code dependencies and Slurm jobs."""
