# Genome and peaks to packed windows and labels.
rule prepare:
    input:
        genome=on_disk(config["genome"]["fasta"]),
        sheet=config["targets"],
        peaks=[on_disk(path) for path in SHEET["peaks"]],
        intervals=interval_files(config),
        program=program("prepare"),
        code=code_of("prepare"),
    output:
        windows=expand("{results}/windows/{split}.h5", results=RESULTS, split=["train", "valid", "test"]),
        targets=report(f"{RESULTS}/windows/targets.tsv", caption="../report/windows.rst", category="1 Windows"),
    log:
        f"logs/{config['dataset']}/prepare.log",
    benchmark:
        f"{RESULTS}/benchmarks/prepare.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        folder=subpath(output.targets, parent=True),
        options=options(**prepare_options(config)),
    shell:
        "python {input.program} --genome {input.genome:q} --targets {input.sheet:q} --output {params.folder}"
        " --processes {threads} {params.options} 2> {log}"
