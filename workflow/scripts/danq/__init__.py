"""The library behind the workflow: genome and peaks to windows, models, predictions, tables and motifs.

It knows neither Snakemake nor the command line; the programs one folder up call it.
"""
