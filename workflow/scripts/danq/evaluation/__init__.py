"""How well a model predicts: measures, curves, intervals, and comparisons of models."""
