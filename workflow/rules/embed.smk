# Trained models to the effects of inserted motifs, alone and in pairs. With folds, the models of all folds are averaged:
# no shuffled window is one that a model has seen.
rule embed:
    input:
        windows=windows_of(config["embed"]["split"]),
        checkpoint=checkpoints_of,
        known=EMBED_KNOWN,
    output:
        effects=report(
            f"{RESULTS}/models/{{model}}/explain/embedding.tsv",
            caption="../report/embedding.rst",
            category="4 Motifs",
            labels={"model": "{model}", "table": "inserted motifs"},
        ),
        pairs=f"{RESULTS}/models/{{model}}/explain/embedding_pairs.tsv" if config["embed"]["pairs"] else [],
    log:
        f"logs/{config['dataset']}/embed/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/embed/{{model}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        program=program("embed"),
        code=code_of_model("embed"),
        data=subpath(input.windows, parent=True),
        known=lambda wildcards, input: options(known=input.known or None),
        pairs=lambda wildcards, input, output: options(pairs_output=output.pairs or None),
        options=options(**embed_options(config)),
    message:
        f"Insert {len(config['embed']['inserts'])} motifs into backgrounds for {{wildcards.model}}"
    shell:
        "python {params.program:q} --data {params.data} --checkpoint {input.checkpoint} {params.known} {params.options}"
        " --gpus {resources.gpu} --threads {threads} {params.pairs} --output {output.effects} 2> {log}"


rule draw_embedding:
    input:
        f"{RESULTS}/models/{{model}}/explain/embedding.tsv",
    output:
        report(
            f"{RESULTS}/models/{{model}}/explain/embedding.png",
            caption="../report/embedding.rst",
            category="4 Motifs",
            labels={"model": "{model}", "picture": "inserted motifs"},
        ),
    log:
        f"logs/{config['dataset']}/draw_embedding/{{model}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_embedding"),
        code=code_of("draw_embedding"),
    message:
        f"Draw the effects of inserted motifs on {{wildcards.model}}"
    shell:
        "python {params.program:q} {input} --title {wildcards.model} --output {output} 2> {log}"


rule draw_embedding_pairs:
    input:
        f"{RESULTS}/models/{{model}}/explain/embedding_pairs.tsv",
    output:
        report(
            f"{RESULTS}/models/{{model}}/explain/embedding_pairs.png",
            caption="../report/embedding_pairs.rst",
            category="4 Motifs",
            labels={"model": "{model}", "picture": "pairs of inserted motifs"},
        ),
    log:
        f"logs/{config['dataset']}/draw_embedding_pairs/{{model}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_embedding"),
        code=code_of("draw_embedding"),
    message:
        f"Draw the effects of pairs of inserted motifs on {{wildcards.model}}"
    shell:
        "python {params.program:q} --pairs {input} --title {wildcards.model} --output {output} 2> {log}"
