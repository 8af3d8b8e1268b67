"""A trained model as one folder for others: weights, tables, config, report and a model card."""
