# Sequences with labels to packed windows and labels.
rule prepare_sequences:
    input:
        [on_disk(path) for _, path in files.labelled_files(config)],
    output:
        windows=expand("{results}/windows/{split}.h5", results=RESULTS, split=["train", "valid", "test"]),
        account=report(
            f"{RESULTS}/windows/account.tsv", caption="../report/account_sequences.rst", category="1 Windows"
        ),
        targets=report(f"{RESULTS}/windows/targets.tsv", caption="../report/windows.rst", category="1 Windows"),
    log:
        f"logs/{config['dataset']}/prepare_sequences.log",
    benchmark:
        f"{RESULTS}/benchmarks/prepare_sequences.tsv"
    conda:
        "../envs/danq.yaml"
    params:
        program=program("prepare_sequences"),
        code=code_of("prepare_sequences"),
        folder=subpath(output.targets, parent=True),
        options=options(**labelled.labelled_options(config)),
    message:
        f"Prepare windows of the sequences of {DATASET}"
    shell:
        "python {params.program:q} {params.options} --output {params.folder} 2> {log}"
