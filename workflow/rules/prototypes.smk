# The small examples on sequences of 0 and 1 (docs/tutorial.md): no part of the analysis, made by `snakemake prototypes`.
EXAMPLES = "results/prototypes"


# Programs that a class runs one after the other; what they print goes into a .txt file.
rule detect_small:
    input:
        program=program("prototypes/mdet_{layer}"),
        code=lambda wildcards: code_of(f"prototypes/mdet_{wildcards.layer}"),
    output:
        text=f"{EXAMPLES}/mdet_{{layer}}.txt",
        weights=f"{EXAMPLES}/mdet_{{layer}}.weights.h5",
    log:
        "logs/prototypes/mdet_{layer}.log",
    wildcard_constraints:
        layer="conv1d|simplernn",
    conda:
        "../envs/danq.yaml"
    params:
        options=options(**within("prototypes", "motif", "length", "channels", "epochs", "seed")),
    shell:
        "python {input.program} {params.options} --weights {output.weights} > {output.text} 2> {log}"


rule discover_small:
    input:
        weights=f"{EXAMPLES}/mdet_{{layer}}.weights.h5",
        program=program("prototypes/mdisc_{layer}"),
        code=lambda wildcards: code_of(f"prototypes/mdisc_{wildcards.layer}"),
    output:
        text=f"{EXAMPLES}/mdisc_{{layer}}.txt",
        fasta=f"{EXAMPLES}/mdisc_{{layer}}.fa",
        logo=f"{EXAMPLES}/mdisc_{{layer}}.png",
        scan=f"{EXAMPLES}/scan_{{layer}}.png",
    log:
        "logs/prototypes/mdisc_{layer}.log",
    wildcard_constraints:
        layer="conv1d|simplernn",
    conda:
        "../envs/danq.yaml"
    params:
        options=options(**within("prototypes", "length", "channels", "seed")),
    shell:
        "python {input.program} {params.options} --weights {input.weights} --fasta {output.fasta} --logo {output.logo}"
        " --scan {output.scan} > {output.text} 2> {log}"


rule vanishing_gradients:
    input:
        program=program("prototypes/vgrad_rnn"),
        code=code_of("prototypes/vgrad_rnn"),
    output:
        text=f"{EXAMPLES}/vgrad_rnn.txt",
        table=f"{EXAMPLES}/vgrad_rnn.tsv",
        norms=f"{EXAMPLES}/vgrad_gradients.tsv",
        curves=f"{EXAMPLES}/vgrad_accuracy.png",
        gradients=f"{EXAMPLES}/vgrad_gradients.png",
    log:
        "logs/prototypes/vgrad_rnn.log",
    conda:
        "../envs/danq.yaml"
    threads: 2
    params:
        options=options(epochs=config["prototypes"]["vgrad_epochs"], seed=config["prototypes"]["vgrad_seed"]),
    shell:
        "python {input.program} {params.options} --table {output.table} --norms {output.norms}"
        " --curves {output.curves} --gradients {output.gradients} > {output.text} 2> {log}"


rule rare_positives:
    input:
        program=program("prototypes/prevalence"),
        code=code_of("prototypes/prevalence"),
    output:
        text=f"{EXAMPLES}/prevalence.txt",
        picture=f"{EXAMPLES}/prevalence.png",
    log:
        "logs/prototypes/prevalence.log",
    conda:
        "../envs/danq.yaml"
    shell:
        "python {input.program} --picture {output.picture} > {output.text} 2> {log}"


# Not for every lesson: `snakemake results/prototypes/many_seeds.tsv`.
rule many_seeds:
    input:
        program=program("prototypes/many_seeds"),
        code=code_of("prototypes/many_seeds"),
    output:
        text=f"{EXAMPLES}/many_seeds.txt",
        table=f"{EXAMPLES}/many_seeds.tsv",
    log:
        "logs/prototypes/many_seeds.log",
    conda:
        "../envs/danq.yaml"
    params:
        options=options(epochs=config["prototypes"]["epochs"]),
    shell:
        "python {input.program} {params.options} --output {output.table} > {output.text} 2> {log}"
