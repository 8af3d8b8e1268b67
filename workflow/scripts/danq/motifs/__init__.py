"""What filters respond to: their sites, their motifs as matrices, and the names of these."""
