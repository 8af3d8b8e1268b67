"""Training: the recipe, the loss and optimizer, the loop over epochs, and the state that a run resumes from."""
