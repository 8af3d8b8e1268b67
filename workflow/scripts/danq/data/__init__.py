"""Makes packed windows with labels from a genome and peak files."""
