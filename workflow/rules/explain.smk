# Trained models to what every base of chosen windows contributes to the predictions.
wildcard_constraints:
    method="|".join(EXPLAIN["methods"]),


rule attribute:
    input:
        checkpoint=lambda wildcards: [
            f"{RESULTS}/models/{run}/training/model.weights.h5" for run in explaining(wildcards).members
        ],
        windows=windows_of("test") if EXPLAIN_TEST else [],
        predictions=lambda wildcards: (
            f"{RESULTS}/models/{explaining(wildcards).name}/predictions/test.h5" if EXPLAIN_TEST else []
        ),
        bed=on_disk(EXPLAIN["bed"]) if EXPLAIN["bed"] else [],
        genome=genome_on_disk(config["genome"]["fasta"]) if EXPLAIN["bed"] else [],
        fasta=on_disk(EXPLAIN["fasta"]) if EXPLAIN["fasta"] else [],
    output:
        attributions=f"{RESULTS}/models/{{model}}/explain/attributions/{{method}}.h5",
        account=[] if EXPLAIN_TEST else f"{RESULTS}/models/{{model}}/explain/attributions/{{method}}.account.tsv",
    log:
        f"logs/{config['dataset']}/attribute/{{model}}/{{method}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/attribute/{{model}}/{{method}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        program=program("attribute"),
        code=code_of_model("attribute"),
        files=lambda wildcards, input: options(
            data=os.path.dirname(input.windows) if input.windows else None,
            **{key: input[key] or None for key in ("predictions", "bed", "genome", "fasta")},
        ),
        options=lambda wildcards, output: options(
            account=output.account or None, **attribute_options(config, wildcards.method)
        ),
    message:
        f"Explain predictions of {{wildcards.model}} by {{wildcards.method}} ({DATASET})"
    shell:
        "python {params.program:q} --checkpoint {input.checkpoint} {params.files} {params.options}"
        " --gpus {resources.gpu} --threads {threads} --output {output.attributions} 2> {log}"


rule hits:
    input:
        attributions=f"{RESULTS}/models/{{model}}/explain/attributions/{{method}}.h5",
        motifs=HIT_MOTIFS,
    output:
        expand(f"{RESULTS}/models/{{{{model}}}}/explain/hits/{{{{method}}}}/{{file}}", file=["hits.tsv.gz", *HIT_BED]),
        multiext(f"{RESULTS}/models/{{model}}/explain/hits/{{method}}/", "matches.tsv", "spacings.tsv"),
        carried=report(
            f"{RESULTS}/models/{{model}}/explain/hits/{{method}}/carried.tsv",
            caption="../report/carried.rst",
            category="6 Contributions of bases",
            labels={"model": "{model}", "method": "{method}", "table": "motifs that carry predictions"},
        ),
        pairs=report(
            f"{RESULTS}/models/{{model}}/explain/hits/{{method}}/pairs.tsv",
            caption="../report/hit_pairs.rst",
            category="6 Contributions of bases",
            labels={"model": "{model}", "method": "{method}", "table": "pairs of motifs"},
        ),
    log:
        f"logs/{config['dataset']}/hits/{{model}}/{{method}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/hits/{{model}}/{{method}}.tsv"
    conda:
        "../envs/danq.yaml"
    params:
        program=program("hits"),
        code=code_of("hits"),
        folder=subpath(output.carried, parent=True),
        motifs=lambda wildcards, input: options(motifs=input.motifs or None),
        options=options(**hit_options(config)),
    message:
        f"Find hits of motifs in the contributions to predictions of {{wildcards.model}} by {{wildcards.method}}"
    shell:
        "python {params.program:q} {input.attributions} {params.motifs} {params.options} --output {params.folder} 2> {log}"


rule draw_attributions:
    input:
        attributions=f"{RESULTS}/models/{{model}}/explain/attributions/{{method}}.h5",
        hits=[f"{RESULTS}/models/{{model}}/explain/hits/{{method}}/{file}" for file in HIT_BED],
        marks=[on_disk(path) for path in EXPLAIN["marks"].values()],
    output:
        report(
            directory(f"{RESULTS}/models/{{model}}/explain/pictures/{{method}}"),
            patterns=["{picture}.png"],
            caption="../report/attribution.rst",
            category="6 Contributions of bases",
            labels={"model": "{model}", "method": "{method}", "window": "{picture}"},
        ),
    log:
        f"logs/{config['dataset']}/draw_attributions/{{model}}/{{method}}.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_attribution"),
        code=code_of("draw_attribution"),
        options=lambda wildcards, input: options(
            top=EXPLAIN["pictures"],
            hits=input.hits or None,
            mark=[f"{name}={path}" for name, path in zip(EXPLAIN["marks"], input.marks)],
        ),
    message:
        f"Draw what bases contribute to predictions of {{wildcards.model}} by {{wildcards.method}} ({DATASET})"
    shell:
        "python {params.program:q} {input.attributions} {params.options} --output {output} 2> {log}"


rule attribution_tracks:
    input:
        attributions=f"{RESULTS}/models/{{model}}/explain/attributions/{{method}}.h5",
        genome=on_disk(config["genome"]["fasta"]) if EXPLAIN["bigwig"] else [],
    output:
        directory(f"{RESULTS}/models/{{model}}/explain/bigwig/{{method}}"),
    log:
        f"logs/{config['dataset']}/attribution_tracks/{{model}}/{{method}}.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("attribution_tracks"),
        code=code_of("attribution_tracks"),
        folder=f"{RESULTS}/windows",
    message:
        f"Write tracks of what bases contribute to predictions of {{wildcards.model}} by {{wildcards.method}} ({DATASET})"
    shell:
        "python {params.program:q} {input.attributions} --genome={input.genome:q} --index-folder {params.folder}"
        " --output {output} 2> {log}"
