"""Simple predictors that show what a network adds: composition, the best known motif, k-mer counts."""
