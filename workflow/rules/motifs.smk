# Trained models to the motifs of their filters, named and weighed.
rule motifs:
    input:
        windows=f"{RESULTS}/windows/{config['motifs']['split']}.h5",
        checkpoint=f"{RESULTS}/{{model}}/model.weights.h5",
        program=program("motifs"),
        code=code_of_model("motifs"),
    output:
        multiext(f"{RESULTS}/{{model}}/instances", *[".tsv.gz", ".bed.gz"][: 2 if config["source"] == "peaks" else 1]),
        table=f"{RESULTS}/{{model}}/filters.tsv",
        meme=f"{RESULTS}/{{model}}/motifs.meme",
        counts=f"{RESULTS}/{{model}}/counts.jaspar",
        alignments=directory(f"{RESULTS}/{{model}}/sites"),
    log:
        f"logs/{config['dataset']}/motifs/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/motifs/{{model}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        data=subpath(input.windows, parent=True),
        folder=subpath(output.table, parent=True),
        options=options(**within("motifs", *SCAN)),
    shell:
        "python {input.program} --data {params.data} --checkpoint {input.checkpoint} {params.options}"
        " --gpus {resources.gpu} --threads {threads} --output {params.folder} 2> {log}"


rule annotate:
    input:
        table=f"{RESULTS}/{{model}}/filters.tsv",
        meme=f"{RESULTS}/{{model}}/motifs.meme",
        known=on_disk(config["motifs"]["known"]) if config["motifs"]["known"] else [],
        program=program("annotate"),
        code=code_of("annotate"),
    output:
        table=report(
            f"{RESULTS}/{{model}}/motifs.tsv",
            caption="../report/motifs.rst",
            category="4 Motifs",
            labels={"model": "{model}", "table": "motifs"},
        ),
        matches=report(
            f"{RESULTS}/{{model}}/matches.tsv",
            caption="../report/matches.rst",
            category="4 Motifs",
            labels={"model": "{model}", "table": "matches"},
        ),
        known=f"{RESULTS}/{{model}}/known.meme",
        recovered=f"{RESULTS}/{{model}}/recovered.tsv",
    log:
        f"logs/{config['dataset']}/annotate/{{model}}.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        folder=subpath(output.table, parent=True),
        known=lambda wildcards, input: options(known=input.known or None),
        options=options(**within("motifs", "release", "taxa", "max_evalue", "expected")),
    shell:
        "python {input.program} {params.folder} {params.known} {params.options} --threads {threads}"
        " --output {params.folder} 2> {log}"


rule compare_motifs:
    input:
        tables=expand(
            "{results}/{model}/{file}", results=RESULTS, model=MODELS, file=["motifs.tsv", "recovered.tsv", "run.json"]
        ),
        program=program("compare_motifs"),
        code=code_of("compare_motifs"),
    output:
        annotated=report(f"{RESULTS}/annotated.tsv", caption="../report/annotated.rst", category="4 Motifs"),
        recovered=report(f"{RESULTS}/recovered.tsv", caption="../report/recovered.rst", category="4 Motifs"),
    log:
        f"logs/{config['dataset']}/compare_motifs.log",
    conda:
        "../envs/danq.yaml"
    params:
        models=by_model([f"{RESULTS}/{model}" for model in MODELS]),
        folder=subpath(output.annotated, parent=True),
    shell:
        "python {input.program} {params.models} --output {params.folder} 2> {log}"


rule influence:
    input:
        windows=f"{RESULTS}/windows/{config['motifs']['split']}.h5",
        checkpoint=f"{RESULTS}/{{model}}/model.weights.h5",
        program=program("influence"),
        code=code_of_model("influence"),
    output:
        report(
            f"{RESULTS}/{{model}}/influence.tsv",
            caption="../report/influence.rst",
            category="4 Motifs",
            labels={"model": "{model}", "table": "influence"},
        ),
    log:
        f"logs/{config['dataset']}/influence/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/influence/{{model}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        data=subpath(input.windows, parent=True),
        options=options(split=config["motifs"]["split"], windows=config["motifs"]["influence"], seed=config["seed"]),
    shell:
        "python {input.program} --data {params.data} --checkpoint {input.checkpoint} {params.options}"
        " --gpus {resources.gpu} --threads {threads} --output {output} 2> {log}"


rule draw_influence:
    input:
        influence=f"{RESULTS}/{{model}}/influence.tsv",
        table=f"{RESULTS}/{{model}}/motifs.tsv",
        program=program("visualize"),
        code=code_of("visualize"),
    output:
        report(
            f"{RESULTS}/{{model}}/influence.png",
            caption="../report/influence.rst",
            category="4 Motifs",
            labels={"model": "{model}", "picture": "influence"},
        ),
    log:
        f"logs/{config['dataset']}/draw_influence/{{model}}.log",
    conda:
        "../envs/danq.yaml"
    shell:
        "python {input.program} --influence {input.influence} --table {input.table} --title {wildcards.model}"
        " --output {output} 2> {log}"


rule draw_logos:
    input:
        meme=f"{RESULTS}/{{model}}/motifs.meme",
        table=f"{RESULTS}/{{model}}/motifs.tsv",
        known=f"{RESULTS}/{{model}}/known.meme",
        program=program("visualize"),
        code=code_of("visualize"),
    output:
        logos=report(
            directory(f"{RESULTS}/{{model}}/logos"),
            patterns=["{filter}.png"],
            caption="../report/logos.rst",
            category="4 Motifs",
            subcategory="{model}",
        ),
        pages=report(
            directory(f"{RESULTS}/{{model}}/logo_pages"),
            patterns=["{page}.png"],
            caption="../report/logos.rst",
            category="4 Motifs",
            subcategory="{model}, pages",
        ),
        sheet=report(
            f"{RESULTS}/{{model}}/logos.png",
            caption="../report/logos.rst",
            category="4 Motifs",
            labels={"model": "{model}", "picture": "the ten most informative"},
        ),
    log:
        f"logs/{config['dataset']}/draw_logos/{{model}}.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    shell:
        "python {input.program} --motifs --all --motif-file {input.meme} --table {input.table} --known {input.known}"
        " --title {wildcards.model} --sheet {output.sheet} --pages {output.pages} --processes {threads}"
        " --output {output.logos} 2> {log}"
