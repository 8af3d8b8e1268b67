# Genome and peaks to packed windows and labels.
rule prepare:
    input:
        genome=on_disk(config["genome"]["fasta"]),
        sheet=ancient(config["targets"]),  # the parameter `listed` has its content
        peaks=[on_disk(path) for path in LISTED.sheet["peaks"]],
        intervals=files.interval_files(config, LISTED.sheet),
    output:
        windows=expand("{results}/windows/{split}.h5", results=RESULTS, split=["train", "valid", "test"]),
        account=report(f"{RESULTS}/windows/account.tsv", caption="../report/account.rst", category="1 Windows"),
        targets=report(f"{RESULTS}/windows/targets.tsv", caption="../report/windows.rst", category="1 Windows"),
    log:
        f"logs/{config['dataset']}/prepare.log",
    benchmark:
        f"{RESULTS}/benchmarks/prepare.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        program=program("prepare"),
        code=code_of("prepare"),
        folder=subpath(output.targets, parent=True),
        listed=listed(LISTED.sheet),
        options=options(**prepare_options(config)),
    message:
        f"Prepare windows of {config['windows']['window']} bp with {len(LISTED.targets)} targets for {DATASET}"
    shell:
        "python {params.program:q} --genome={input.genome:q} --targets={input.sheet:q} --output {params.folder}"
        " --processes {threads} {params.options} 2> {log}"
