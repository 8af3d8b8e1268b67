# Predictions to tables and curves.
rule evaluate:
    input:
        predictions=f"{RESULTS}/{{model}}/predictions.h5",
        program=program("evaluate"),
        code=code_of("evaluate"),
    output:
        auc=f"{RESULTS}/{{model}}/auc.tsv",
        curves=f"{RESULTS}/{{model}}/curves.tsv.gz",
        calibration=f"{RESULTS}/{{model}}/calibration.tsv",
    log:
        f"logs/{config['dataset']}/evaluate/{{model}}.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        options=options(resamples=config["evaluate"]["resamples"], seed=config["seed"]),
    shell:
        "python {input.program} {input.predictions} --name {wildcards.model} {params.options} --threads {threads}"
        " --output {output.auc} --curves {output.curves} --calibration {output.calibration} 2> {log}"


rule compare:
    input:
        tables=expand("{results}/{model}/auc.tsv", results=RESULTS, model=MODELS),
        program=program("compare"),
        code=code_of("compare"),
    output:
        auc=report(f"{RESULTS}/auc.tsv", caption="../report/auc.rst", category="3 Evaluation"),
        comparison=report(f"{RESULTS}/comparison.tsv", caption="../report/comparison.rst", category="3 Evaluation"),
        assays=report(f"{RESULTS}/assays.tsv", caption="../report/assays.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/compare.log",
    conda:
        "../envs/danq.yaml"
    params:
        folder=subpath(output.auc, parent=True),
    shell:
        "python {input.program} {input.tables} --output {params.folder} 2> {log}"


rule compare_models:
    input:
        predictions=expand("{results}/{model}/predictions.h5", results=RESULTS, model=MODELS),
        program=program("compare_models"),
        code=code_of("compare_models"),
    output:
        report(f"{RESULTS}/paired.tsv", caption="../report/paired.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/compare_models.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        predictions=lambda wildcards, input: by_model(input.predictions),
    shell:
        "python {input.program} --predictions {params.predictions} --threads {threads} --output {output} 2> {log}"


if config["evaluate"]["published"]:

    rule compare_published:
        input:
            auc=f"{RESULTS}/auc.tsv",
            published=on_disk(config["evaluate"]["published"]),
            program=program("compare_published"),
            code=code_of("compare_published"),
        output:
            report(
                multiext(f"{RESULTS}/published", ".tsv", "_wins.tsv", ".png"),
                caption="../report/published.rst",
                category="3 Evaluation",
            ),
        log:
            f"logs/{config['dataset']}/compare_published.log",
        conda:
            "../envs/danq.yaml"
        params:
            folder=subpath(input.auc, parent=True),
        shell:
            "python {input.program} {input.auc} {input.published:q} --output {params.folder} 2> {log}"


rule draw_assays:
    input:
        auc=f"{RESULTS}/auc.tsv",
        program=program("visualize"),
        code=code_of("visualize"),
    output:
        report(f"{RESULTS}/assays.png", caption="../report/assays.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/draw_assays.log",
    conda:
        "../envs/danq.yaml"
    shell:
        "python {input.program} --assays {input.auc} --output {output} 2> {log}"


rule draw_models:
    input:
        auc=f"{RESULTS}/auc.tsv",
        tests=f"{RESULTS}/paired.tsv",
        program=program("visualize"),
        code=code_of("visualize"),
    output:
        report(
            directory(f"{RESULTS}/models"),
            patterns=["{pair}.png"],
            caption="../report/models.rst",
            category="3 Evaluation",
            subcategory="Models",
        ),
    log:
        f"logs/{config['dataset']}/draw_models.log",
    conda:
        "../envs/danq.yaml"
    shell:
        "python {input.program} --assays {input.auc} --pairs {input.tests} --output {output} 2> {log}"


rule draw_calibration:
    input:
        tables=expand("{results}/{model}/calibration.tsv", results=RESULTS, model=MODELS),
        program=program("visualize"),
        code=code_of("visualize"),
    output:
        report(f"{RESULTS}/calibration.png", caption="../report/calibration.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/draw_calibration.log",
    conda:
        "../envs/danq.yaml"
    shell:
        "python {input.program} --calibration {input.tables} --output {output} 2> {log}"


rule draw_curves:
    input:
        auc=f"{RESULTS}/auc.tsv",
        predictions=expand("{results}/{model}/predictions.h5", results=RESULTS, model=MODELS),
        program=program("visualize"),
        code=code_of("visualize"),
    output:
        report(
            directory(f"{RESULTS}/curves"),
            patterns=["{target}.png"],
            caption="../report/curves.rst",
            category="3 Evaluation",
            subcategory="Curves",
        ),
    log:
        f"logs/{config['dataset']}/draw_curves.log",
    conda:
        "../envs/danq.yaml"
    params:
        predictions=lambda wildcards, input: by_model(input.predictions),
        targets=options(targets=config["evaluate"]["curves"]) if config["evaluate"]["curves"] else "--all",
    shell:
        "python {input.program} --predictions {params.predictions} --assays {input.auc} {params.targets}"
        " --output {output} 2> {log}"
