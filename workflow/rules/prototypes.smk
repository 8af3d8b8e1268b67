# The small examples on sequences of 0 and 1 (docs/tutorial.md). They are not part of the analysis; run them with
# `snakemake prototypes`.
EXAMPLES = "results/prototypes"


# The output of each program on the terminal is saved to a .txt file.
rule detect_small:
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
        program=program("prototypes/mdet_{layer}"),
        code=lambda wildcards: fingerprint(f"prototypes/mdet_{wildcards.layer}"),
        options=options(**within("prototypes", "motif", "length", "channels", "epochs", "seed")),
    message:
        "Train a small network ({wildcards.layer}) to detect a motif"
    shell:
        "python {params.program:q} {params.options} --weights {output.weights} > {output.text} 2> {log}"


rule discover_small:
    input:
        weights=f"{EXAMPLES}/mdet_{{layer}}.weights.h5",
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
        program=program("prototypes/mdisc_{layer}"),
        code=lambda wildcards: fingerprint(f"prototypes/mdisc_{wildcards.layer}"),
        options=options(**within("prototypes", "length", "channels", "seed")),
    message:
        "Discover the motif of a small network ({wildcards.layer})"
    shell:
        "python {params.program:q} {params.options} --weights {input.weights} --fasta {output.fasta} --logo {output.logo}"
        " --scan {output.scan} > {output.text} 2> {log}"


rule vanishing_gradients:
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
        program=program("prototypes/vgrad_rnn"),
        code=code_of("prototypes/vgrad_rnn"),
        options=options(epochs=config["prototypes"]["vgrad_epochs"], seed=config["prototypes"]["vgrad_seed"]),
    message:
        "Show vanishing gradients in a recurrent network"
    shell:
        "python {params.program:q} {params.options} --table {output.table} --norms {output.norms}"
        " --curves {output.curves} --gradients {output.gradients} > {output.text} 2> {log}"


rule rare_positives:
    output:
        text=f"{EXAMPLES}/prevalence.txt",
        picture=f"{EXAMPLES}/prevalence.png",
    log:
        "logs/prototypes/prevalence.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("prototypes/prevalence"),
        code=code_of("prototypes/prevalence"),
    message:
        "Show what rare positives do to AUROC and AUPRC"
    shell:
        "python {params.program:q} --picture {output.picture} > {output.text} 2> {log}"


# Not part of `snakemake prototypes`, because it takes minutes; run `snakemake results/prototypes/many_seeds.tsv`.
rule many_seeds:
    output:
        text=f"{EXAMPLES}/many_seeds.txt",
        table=f"{EXAMPLES}/many_seeds.tsv",
    log:
        "logs/prototypes/many_seeds.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("prototypes/many_seeds"),
        code=code_of("prototypes/many_seeds"),
        options=options(epochs=config["prototypes"]["epochs"]),
    message:
        "Train the small networks from many seeds"
    shell:
        "python {params.program:q} {params.options} --output {output.table} > {output.text} 2> {log}"
