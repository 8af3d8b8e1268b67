# Trainings that must learn nothing.
rule shuffled_labels:
    input:
        train=f"{FIRST_WINDOWS}train.h5",
        valid=f"{FIRST_WINDOWS}valid.h5",
        test=f"{FIRST_WINDOWS}test.h5",
    output:
        weights=f"{RESULTS}/controls/shuffled_labels/model.weights.h5",
        predictions=f"{RESULTS}/controls/shuffled_labels/test.h5",
        auc=f"{RESULTS}/controls/shuffled_labels/auc.tsv",
        control=report(
            f"{RESULTS}/controls/shuffled_labels/control.tsv", caption="../report/control.rst", category="3 Evaluation"
        ),
    log:
        f"logs/{config['dataset']}/shuffled_labels.log",
    benchmark:
        f"{RESULTS}/benchmarks/shuffled_labels.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        program=program("shuffled_labels"),
        code=code_of("shuffled_labels", config["models"][next(iter(config["models"]))]["architecture"]),
        data=subpath(input.train, parent=True),
        folder=subpath(output.control, parent=True),
        options=options(**control_options(config)),
    message:
        f"Train {next(iter(RUNS))} on shuffled labels of {DATASET}, as a control"
    shell:
        "python {params.program:q} --data {params.data} {params.options} --gpus {resources.gpu} --threads {threads}"
        " --output {params.folder} 2> {log}"
