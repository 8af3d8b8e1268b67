# Genome and peaks to packed windows and labels.
rule prepare:
    input:
        genome=genome_on_disk(config["genome"]["fasta"]),
        sheet=ancient(config["targets"]),  # the parameter `listed` has its content
        peaks=[on_disk(path) for path in LISTED.sheet["peaks"]],
        intervals=files.interval_files(config, LISTED.sheet),
    output:
        windows=multiext(WINDOWS, "train.h5", "valid.h5", "test.h5"),
        account=report(f"{WINDOWS}account.tsv", caption="../report/account.rst", category="1 Windows"),
        targets=report(f"{WINDOWS}targets.tsv", caption="../report/windows.rst", category="1 Windows"),
        background=(
            report(f"{WINDOWS}background.tsv", caption="../report/background.rst", category="1 Windows")
            if BACKGROUND
            else []
        ),
    log:
        f"logs/{config['dataset']}/{PREPARED}.log",
    benchmark:
        f"{RESULTS}/benchmarks/{PREPARED}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        program=program("prepare"),
        code=(
            (lambda wildcards: [fingerprint("prepare"), fingerprint("danq/data/folds")])
            if FOLDS
            else code_of("prepare")
        ),
        folder=subpath(output.targets, parent=True),
        listed=listed(LISTED.sheet),
        options=lambda wildcards: options(**prepare_options(config, wildcards.get("fold"))),
    message:
        f"Prepare windows of {config['windows']['window']} bp with {len(LISTED.targets)} targets for {DATASET}"
    shell:
        "python {params.program:q} --genome={input.genome:q} --targets={input.sheet:q} --output {params.folder}"
        " --processes {threads} {params.options} 2> {log}"


if FOLDS:

    rule list_folds:
        input:
            genome=genome_on_disk(config["genome"]["fasta"]),
            windows=expand(f"{WINDOWS}{{split}}.h5", fold=FOLDS, split=["train", "valid", "test"]),
        output:
            report(f"{RESULTS}/folds.tsv", caption="../report/folds.rst", category="1 Windows"),
        log:
            f"logs/{config['dataset']}/list_folds.log",
        localrule: True
        conda:
            "../envs/danq.yaml"
        params:
            program=program("list_folds"),
            code=code_of("list_folds"),
            folders=[os.path.dirname(WINDOWS.format(fold=fold)) for fold in FOLDS],
        message:
            f"List the {len(FOLDS)} folds of {DATASET}"
        shell:
            "python {params.program:q} {params.folders} --genome={input.genome:q} --output {output} 2> {log}"
