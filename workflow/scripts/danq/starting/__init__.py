"""A first config from a genome and peak files: guesses, measured peaks, and choices with their reasons."""
