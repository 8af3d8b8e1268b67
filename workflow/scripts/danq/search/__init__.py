"""Search for the settings of a model: a space, trials from it, successive halving, and what mattered."""
