# Predictions to tables and curves, of models and baselines alike.
WHICH = f"{len(SHOWN)} models" + (f" and {len(BASELINES)} baselines" if BASELINES else "")


rule evaluate:
    input:
        predictions=f"{RESULTS}/models/{{model}}/predictions/test.h5",
    output:
        auc=f"{RESULTS}/models/{{model}}/evaluation/auc.tsv",
        curves=f"{RESULTS}/models/{{model}}/evaluation/curves.tsv.gz",
        calibration=f"{RESULTS}/models/{{model}}/evaluation/calibration.tsv",
    log:
        f"logs/{config['dataset']}/evaluate/{{model}}.log",
    wildcard_constraints:
        model="|".join(name for name, one in PREDICTORS.items() if not one.ensemble),
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        program=program("evaluate"),
        code=code_of("evaluate"),
    message:
        f"Evaluate {{wildcards.model}} on the test windows of {DATASET}"
    shell:
        "python {params.program:q} {input.predictions} --name {wildcards.model} --threads {threads}"
        " --output {output.auc} --curves {output.curves} --calibration {output.calibration} 2> {log}"


rule compare:
    input:
        tables=expand("{results}/models/{model}/evaluation/auc.tsv", results=RESULTS, model=COMPARED),
    output:
        auc=report(f"{RESULTS}/auc.tsv", caption="../report/auc.rst", category="3 Evaluation"),
        comparison=report(f"{RESULTS}/comparison.tsv", caption="../report/comparison.rst", category="3 Evaluation"),
        assays=report(f"{RESULTS}/assays.tsv", caption="../report/assays.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/compare.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("compare"),
        code=code_of("compare"),
        folder=subpath(output.auc, parent=True),
    message:
        f"Compare the AUROC and AUPRC of {WHICH} on {DATASET}"
    shell:
        "python {params.program:q} {input.tables} --output {params.folder} 2> {log}"


rule compare_models:
    input:
        predictions=expand("{results}/models/{model}/predictions/test.h5", results=RESULTS, model=COMPARED),
    output:
        paired=report(f"{RESULTS}/paired.tsv", caption="../report/paired.rst", category="3 Evaluation"),
        added=(
            report(
                multiext(f"{RESULTS}/", "added.tsv", "baseline_wins.tsv"),
                caption="../report/added.rst",
                category="3 Evaluation",
            )
            if BASELINES
            else []
        ),
    log:
        f"logs/{config['dataset']}/compare_models.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        program=program("compare_models"),
        code=code_of("compare_models"),
        predictions=lambda wildcards, input: by_name(input.predictions),
        baselines=options(baselines=BASELINES or None),
    message:
        f"Test the differences between {WHICH} on {DATASET} for significance"
    shell:
        "python {params.program:q} --predictions {params.predictions} {params.baselines} --threads {threads}"
        " --output {output.paired} 2> {log}"


if config["evaluate"]["published"]:

    rule compare_published:
        input:
            auc=f"{RESULTS}/auc.tsv",
            published=on_disk(config["evaluate"]["published"]),
        output:
            report(
                multiext(f"{RESULTS}/published", ".tsv", "_wins.tsv"),
                caption="../report/published.rst",
                category="3 Evaluation",
            ),
        log:
            f"logs/{config['dataset']}/compare_published.log",
        conda:
            "../envs/danq.yaml"
        params:
            program=program("compare_published"),
            code=code_of("compare_published"),
            folder=subpath(input.auc, parent=True),
        message:
            f"Compare {WHICH} on {DATASET} with the published figures"
        shell:
            "python {params.program:q} --output {params.folder} -- {input.auc} {input.published:q} 2> {log}"

    rule draw_published:
        input:
            f"{RESULTS}/published.tsv",
        output:
            report(f"{RESULTS}/published.png", caption="../report/published.rst", category="3 Evaluation"),
        log:
            f"logs/{config['dataset']}/draw_published.log",
        localrule: True
        conda:
            "../envs/danq.yaml"
        params:
            program=program("draw_published"),
            code=code_of("draw_published"),
        message:
            f"Draw {WHICH} on {DATASET} against the published figures"
        shell:
            "python {params.program:q} {input} --output {output} 2> {log}"


rule draw_assays:
    input:
        auc=f"{RESULTS}/auc.tsv",
    output:
        report(f"{RESULTS}/assays.png", caption="../report/assays.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/draw_assays.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_assays"),
        code=code_of("draw_assays"),
    message:
        f"Draw AUROC and AUPRC by assay on {DATASET}"
    shell:
        "python {params.program:q} {input.auc} --output {output} 2> {log}"


rule draw_models:
    input:
        auc=f"{RESULTS}/auc.tsv",
        tests=f"{RESULTS}/paired.tsv",
    output:
        report(
            directory(f"{RESULTS}/pairs"),
            patterns=["{pair}.png"],
            caption="../report/models.rst",
            category="3 Evaluation",
            subcategory="Models",
        ),
    log:
        f"logs/{config['dataset']}/draw_models.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_models"),
        code=code_of("draw_models"),
    message:
        f"Draw {WHICH} against each other on {DATASET}"
    shell:
        "python {params.program:q} {input.auc} {input.tests} --output {output} 2> {log}"


rule draw_calibration:
    input:
        tables=expand("{results}/models/{model}/evaluation/calibration.tsv", results=RESULTS, model=COMPARED),
    output:
        report(f"{RESULTS}/calibration.png", caption="../report/calibration.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/draw_calibration.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_calibration"),
        code=code_of("draw_calibration"),
        baselines=options(baselines=BASELINES or None),
    message:
        f"Draw the calibration of {WHICH} on {DATASET}"
    shell:
        "python {params.program:q} {input.tables} {params.baselines} --output {output} 2> {log}"


rule draw_curves:
    input:
        auc=f"{RESULTS}/auc.tsv",
        predictions=expand("{results}/models/{model}/predictions/test.h5", results=RESULTS, model=COMPARED),
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
        program=program("draw_curves"),
        code=code_of("draw_curves"),
        predictions=lambda wildcards, input: by_name(input.predictions),
        targets=options(targets=config["evaluate"]["curves"] or None),
    message:
        f"Draw the ROC and precision-recall curves of targets of {DATASET}"
    shell:
        "python {params.program:q} {input.auc} {params.predictions} {params.targets} --output {output} 2> {log}"


# One picture of a folder, for those who ask for it by name; `all` makes the whole folder.
rule draw_one_pair:
    input:
        auc=f"{RESULTS}/auc.tsv",
        tests=f"{RESULTS}/paired.tsv",
    output:
        f"{RESULTS}/pairs/{{name}}.png",
    log:
        f"logs/{config['dataset']}/draw_pair/{{name}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_models"),
        code=code_of("draw_models"),
    message:
        f"Draw {{wildcards.name}} on {DATASET}"
    shell:
        "python {params.program:q} {input.auc} {input.tests} --only {output:q} 2> {log:q}"


rule draw_one_curve:
    input:
        auc=f"{RESULTS}/auc.tsv",
        predictions=expand("{results}/models/{model}/predictions/test.h5", results=RESULTS, model=COMPARED),
    output:
        f"{RESULTS}/curves/{{name}}.png",
    log:
        f"logs/{config['dataset']}/draw_curve/{{name}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_curves"),
        code=code_of("draw_curves"),
        predictions=lambda wildcards, input: by_name(input.predictions),
    message:
        f"Draw the ROC and precision-recall curves of {{wildcards.name}} of {DATASET}"
    shell:
        "python {params.program:q} {input.auc} {params.predictions} --only {output:q} 2> {log:q}"
