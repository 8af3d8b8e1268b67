# Replicates and folds: out-of-fold predictions, ensembles, and how much the trainings of one model differ.
WHOLE = {
    model: names for model, names in REPLICATES.items() if not any(PREDICTORS[name].fold for name in names)
}  # replicates that predict the same windows
TESTED_REPLICATES = {**WHOLE, **{name: [name] for name in BASELINES}} if WHOLE else {}
SEVERAL = len(WHOLE) > 1 or (WHOLE and BASELINES)
REPLICATE_FILES = ["replicates.tsv", "replicates.png"] if REPLICATES else []
REPLICATE_FILES += ["replicate_tests.tsv"] if SEVERAL else []


rule join_folds:
    input:
        lambda wildcards: expand(
            "{results}/models/{part}/predictions/test.h5", results=RESULTS, part=PREDICTORS[wildcards.model].parts
        ),
    output:
        f"{RESULTS}/models/{{model}}/predictions/test.h5",
    log:
        f"logs/{config['dataset']}/join_folds/{{model}}.log",
    wildcard_constraints:
        model="|".join(name for name, one in PREDICTORS.items() if one.parts) or "none",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("join_predictions"),
        code=code_of("join_predictions"),
    message:
        f"Join the predictions of the folds of {{wildcards.model}} on {DATASET}"
    shell:
        "python {params.program:q} {input} --output {output} 2> {log}"


rule evaluate_ensemble:
    input:
        predictions=f"{RESULTS}/models/{{model}}/predictions/test.h5",
    output:
        auc=f"{RESULTS}/models/{{model}}/evaluation/auc.tsv",
        curves=f"{RESULTS}/models/{{model}}/evaluation/curves.tsv.gz",
        calibration=f"{RESULTS}/models/{{model}}/evaluation/calibration.tsv",
    log:
        f"logs/{config['dataset']}/evaluate_ensemble/{{model}}.log",
    wildcard_constraints:
        model="|".join(name for name, one in PREDICTORS.items() if one.ensemble) or "none",
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        program=program("evaluate"),
        code=code_of("evaluate"),
        title=lambda wildcards: PREDICTORS[wildcards.model].title,
    message:
        f"Evaluate {{params.title}} on the test windows of {DATASET}"
    shell:
        "python {params.program:q} {input.predictions} --name {params.title} --threads {threads}"
        " --output {output.auc} --curves {output.curves} --calibration {output.calibration} 2> {log}"


rule compare_replicates:
    input:
        expand("{results}/models/{model}/evaluation/auc.tsv", results=RESULTS, model=EVALUATED),
    output:
        report(f"{RESULTS}/replicates.tsv", caption="../report/replicates.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/compare_replicates.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("compare_replicates"),
        code=code_of("compare_replicates"),
        tables=replicate_tables(),
    message:
        f"Compare the replicates of each model on {DATASET}"
    shell:
        "python {params.program:q} {params.tables} --output {output} 2> {log}"


rule draw_replicates:
    input:
        expand("{results}/models/{model}/evaluation/auc.tsv", results=RESULTS, model=EVALUATED),
    output:
        report(f"{RESULTS}/replicates.png", caption="../report/replicates.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/draw_replicates.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_replicates"),
        code=code_of("draw_replicates"),
        tables=replicate_tables(),
    message:
        f"Draw the replicates of each model on {DATASET}"
    shell:
        "python {params.program:q} {params.tables} --output {output} 2> {log}"


rule replicate_tests:
    input:
        expand(
            "{results}/models/{model}/predictions/test.h5",
            results=RESULTS,
            model=[name for names in TESTED_REPLICATES.values() for name in names],
        ),
    output:
        report(f"{RESULTS}/replicate_tests.tsv", caption="../report/replicate_tests.rst", category="3 Evaluation"),
    log:
        f"logs/{config['dataset']}/replicate_tests.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        program=program("replicate_tests"),
        code=code_of("replicate_tests"),
        predictions=named_files("predictions/test.h5", TESTED_REPLICATES),
        baselines=options(baselines=BASELINES or None),
    message:
        f"Test whether models on {DATASET} differ by more than their replicates"
    shell:
        "python {params.program:q} --predictions {params.predictions} {params.baselines} --threads {threads}"
        " --output {output} 2> {log}"
