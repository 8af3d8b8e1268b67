"""Effects of sequence variants on the predictions of a model."""
