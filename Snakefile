# Starts the workflow from this folder, or from another one with `snakemake -s PATH/Snakefile`.
# Other workflows use workflow/Snakefile as a module.
workflow.include("workflow/Snakefile", overwrite_default_target=True)  # `include:` would drop the default target
