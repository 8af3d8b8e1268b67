"""The published data set of DeepSEA and DanQ: .mat bundle, target names, weights and results."""
