# Windows to the predictions of simple baselines, which are evaluated and compared as models are.
FOLD_NAME = "-fold{fold}" if FOLDS else ""

if BASELINES:

    rule baseline:
        input:
            train=f"{WINDOWS}train.h5",
            valid=f"{WINDOWS}valid.h5",
            test=f"{WINDOWS}test.h5",
            known=lambda wildcards: baseline_options(config, wildcards.model).get("known", []),
        output:
            predictions=f"{RESULTS}/models/{{model}}{FOLD_NAME}/predictions/test.h5",
            table=report(
                f"{RESULTS}/models/{{model}}{FOLD_NAME}/training/fit.tsv",
                caption="../report/baseline.rst",
                category="2 Training",
                labels={"model": "{model} (baseline)"},
            ),
        log:
            f"logs/{config['dataset']}/baseline/{{model}}{FOLD_NAME}.log",
        benchmark:
            f"{RESULTS}/benchmarks/baseline/{{model}}{FOLD_NAME}.tsv"
        wildcard_constraints:
            model="|".join(BASELINES),
        conda:
            "../envs/danq.yaml"
        threads: 4
        params:
            program=program("baseline"),
            code=lambda wildcards: fingerprint("baseline", baseline=wildcards.model),
            data=subpath(input.train, parent=True),
            options=lambda wildcards: options(**baseline_options(config, wildcards.model)),
        message:
            f"Fit the baseline {{wildcards.model}} and predict the test windows of {DATASET}"
        shell:
            "python {params.program:q} {wildcards.model} --data {params.data} {params.options} --threads {threads}"
            " --table {output.table} --output {output.predictions} 2> {log}"
