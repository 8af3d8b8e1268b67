"""Where and how a model runs: devices, batches, checkpoints, predictions."""
