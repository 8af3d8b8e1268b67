# Trained models to the motifs of their filters, their names and their influence.
rule motifs:
    input:
        windows=windows_of(config["motifs"]["split"]),
        checkpoint=f"{RESULTS}/models/{{model}}/training/model.weights.h5",
    output:
        multiext(
            f"{RESULTS}/models/{{model}}/motifs/instances",
            *[".tsv.gz", ".bed.gz"][: 2 if config["source"] == "peaks" else 1],
        ),
        table=f"{RESULTS}/models/{{model}}/motifs/filters.tsv",
        meme=f"{RESULTS}/models/{{model}}/motifs/motifs.meme",
        counts=f"{RESULTS}/models/{{model}}/motifs/counts.jaspar",
        activations=f"{RESULTS}/models/{{model}}/motifs/activations.h5",
        alignments=directory(f"{RESULTS}/models/{{model}}/motifs/sites"),
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
        program=program("motifs"),
        code=code_of_model("motifs"),
        data=subpath(input.windows, parent=True),
        folder=subpath(output.table, parent=True),
        options=options(**within("motifs", *SCAN)),
    message:
        f"Find motifs of {{wildcards.model}} in the {config['motifs']['split']} windows of {DATASET}"
    shell:
        "python {params.program:q} --data {params.data} --checkpoint {input.checkpoint} {params.options}"
        " --gpus {resources.gpu} --threads {threads} --output {params.folder} 2> {log}"


rule annotate:
    input:
        table=f"{RESULTS}/models/{{model}}/motifs/filters.tsv",
        meme=f"{RESULTS}/models/{{model}}/motifs/motifs.meme",
        activations=f"{RESULTS}/models/{{model}}/motifs/activations.h5",
        windows=windows_of(config["motifs"]["split"]),
        known=on_disk(config["motifs"]["known"]) if config["motifs"]["known"] else [],
    output:
        table=report(
            f"{RESULTS}/models/{{model}}/motifs/motifs.tsv",
            caption="../report/motifs.rst",
            category="4 Motifs",
            labels={"model": "{model}", "table": "motifs"},
        ),
        matches=report(
            f"{RESULTS}/models/{{model}}/motifs/matches.tsv",
            caption="../report/matches.rst",
            category="4 Motifs",
            labels={"model": "{model}", "table": "matches"},
        ),
        known=f"{RESULTS}/models/{{model}}/motifs/known.meme",
        recovered=f"{RESULTS}/models/{{model}}/motifs/recovered.tsv",
        control=f"{RESULTS}/models/{{model}}/motifs/control.tsv",
    log:
        f"logs/{config['dataset']}/annotate/{{model}}.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        program=program("annotate"),
        code=code_of("annotate"),
        folder=subpath(output.table, parent=True),
        data=subpath(input.windows, parent=True),
        known=lambda wildcards, input: options(known=input.known or None),
        options=options(**within("motifs", "split", "release", "taxa", "max_evalue", "expected")),
    message:
        f"Name the motifs of {{wildcards.model}} on {DATASET}"
    shell:
        "python {params.program:q} {params.folder} --data {params.data} {params.known} {params.options}"
        " --threads {threads} --output {params.folder} 2> {log}"


rule compare_motifs:
    input:
        tables=expand(
            "{results}/models/{model}/{file}",
            results=RESULTS,
            model=MODELS,
            file=["motifs/motifs.tsv", "motifs/recovered.tsv", "motifs/control.tsv", "training/run.json"],
        ),
    output:
        annotated=report(f"{RESULTS}/annotated.tsv", caption="../report/annotated.rst", category="4 Motifs"),
        recovered=report(f"{RESULTS}/recovered.tsv", caption="../report/recovered.rst", category="4 Motifs"),
    log:
        f"logs/{config['dataset']}/compare_motifs.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("compare_motifs"),
        code=code_of("compare_motifs"),
        models=by_model([f"{RESULTS}/models/{model}" for model in MODELS]),
        folder=subpath(output.annotated, parent=True),
    message:
        f"Compare the motifs of {len(MODELS)} models on {DATASET}"
    shell:
        "python {params.program:q} {params.models} --output {params.folder} 2> {log}"


rule influence:
    input:
        windows=windows_of(config["motifs"]["split"]),
        checkpoint=f"{RESULTS}/models/{{model}}/training/model.weights.h5",
    output:
        report(
            f"{RESULTS}/models/{{model}}/explain/influence.tsv",
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
        program=program("influence"),
        code=code_of_model("influence"),
        data=subpath(input.windows, parent=True),
        options=options(split=config["motifs"]["split"], windows=config["motifs"]["influence"], seed=config["seed"]),
    message:
        f"Measure the influence of the filters of {{wildcards.model}} in {config['motifs']['influence']:,} windows of {DATASET}"
    shell:
        "python {params.program:q} --data {params.data} --checkpoint {input.checkpoint} {params.options}"
        " --gpus {resources.gpu} --threads {threads} --output {output} 2> {log}"


rule draw_influence:
    input:
        influence=f"{RESULTS}/models/{{model}}/explain/influence.tsv",
        table=f"{RESULTS}/models/{{model}}/motifs/motifs.tsv",
    output:
        report(
            f"{RESULTS}/models/{{model}}/explain/influence.png",
            caption="../report/influence.rst",
            category="4 Motifs",
            labels={"model": "{model}", "picture": "influence"},
        ),
    log:
        f"logs/{config['dataset']}/draw_influence/{{model}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_influence"),
        code=code_of("draw_influence"),
    message:
        f"Draw the influence of the filters of {{wildcards.model}} on {DATASET}"
    shell:
        "python {params.program:q} {input.influence} {input.table} --title {wildcards.model} --output {output} 2> {log}"


rule draw_logos:
    input:
        meme=f"{RESULTS}/models/{{model}}/motifs/motifs.meme",
        table=f"{RESULTS}/models/{{model}}/motifs/motifs.tsv",
        known=f"{RESULTS}/models/{{model}}/motifs/known.meme",
    output:
        logos=report(
            directory(f"{RESULTS}/models/{{model}}/motifs/logos"),
            patterns=["{filter}.png"],
            caption="../report/logos.rst",
            category="4 Motifs",
            subcategory="{model}",
        ),
        pages=report(
            directory(f"{RESULTS}/models/{{model}}/motifs/logo_pages"),
            patterns=["{page}.png"],
            caption="../report/logos.rst",
            category="4 Motifs",
            subcategory="{model}, pages",
        ),
        sheet=report(
            f"{RESULTS}/models/{{model}}/motifs/logos.png",
            caption="../report/logos.rst",
            category="4 Motifs",
            labels={"model": "{model}", "picture": "the ten of the best agreement"},
        ),
    log:
        f"logs/{config['dataset']}/draw_logos/{{model}}.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        program=program("draw_logos"),
        code=code_of("draw_logos"),
    message:
        f"Draw the logos of {{wildcards.model}} on {DATASET}"
    shell:
        "python {params.program:q} {input.meme} {input.table} {input.known}"
        " --title {wildcards.model} --sheet {output.sheet} --pages {output.pages} --processes {threads}"
        " --output {output.logos} 2> {log}"


# One logo, for those who ask for it by name; `all` makes the whole folder.
rule draw_one_logo:
    input:
        meme=f"{RESULTS}/models/{{model}}/motifs/motifs.meme",
        table=f"{RESULTS}/models/{{model}}/motifs/motifs.tsv",
        known=f"{RESULTS}/models/{{model}}/motifs/known.meme",
    output:
        f"{RESULTS}/models/{{model}}/motifs/logos/{{name}}.png",
    log:
        f"logs/{config['dataset']}/draw_logo/{{model}}_{{name}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_logos"),
        code=code_of("draw_logos"),
    message:
        f"Draw the logo {{wildcards.name}} of {{wildcards.model}} on {DATASET}"
    shell:
        "python {params.program:q} {input.meme} {input.table} {input.known} --only {output:q} 2> {log:q}"
