# The published .mat bundle to packed windows and labels.
rule import_bundle:
    input:
        mats=files.bundle_files(config),
        names=on_disk(config["bundle"]["names"]) if config["bundle"]["names"] else [],
    output:
        windows=expand("{results}/windows/{split}.h5", results=RESULTS, split=["train", "valid", "test"]),
        targets=report(f"{RESULTS}/windows/targets.tsv", caption="../report/windows.rst", category="1 Windows"),
    log:
        f"logs/{config['dataset']}/import_bundle.log",
    benchmark:
        f"{RESULTS}/benchmarks/import_bundle.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 2
    params:
        program=program("import_bundle"),
        code=code_of("import_bundle"),
        bundle=on_disk(config["bundle"]["folder"]),
        folder=subpath(output.targets, parent=True),
        options=options(**import_options(config)),
    message:
        f"Import the bundle in {config['bundle']['folder']} as {DATASET}"
    shell:
        "python {params.program:q} {params.options} --output {params.folder} -- {params.bundle:q} 2> {log}"
