# Windows to trained models.
rule train:
    input:
        train=windows_of("train"),
        valid=windows_of("valid"),
    output:
        # update: the files of the last training stay until those of the new one replace them.
        checkpoint=update(f"{RESULTS}/models/{{model}}/training/model.weights.h5"),
        history=update(f"{RESULTS}/models/{{model}}/training/history.tsv"),
        run=report(
            update(f"{RESULTS}/models/{{model}}/training/run.json"),
            caption="../report/run.rst",
            category="2 Training",
            labels={"model": "{model}"},
        ),
    log:
        f"logs/{config['dataset']}/train/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train/{{model}}.tsv"
    wildcard_constraints:
        model="|".join(RUNS),
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
        scratch="",
    params:
        program=program("train"),
        code=code_of_model("train"),
        data=subpath(input.train, parent=True),
        options=lambda wildcards: options(**train_options(config, wildcards.model)),
        # Not an output: it survives a job that is killed, and the next attempt resumes from it.
        state=f"{RESULTS}/models/{{model}}/training/state.h5",
    message:
        f"Train {{wildcards.model}} on {DATASET}"
    shell:
        # exec: the signal before the time limit must reach the program, not a shell that ends before the state is saved.
        "exec python {params.program:q} --name {wildcards.model} --data {params.data} {params.options} --gpus {resources.gpu}"
        " --threads {threads}"
        ' --scratch="{resources.scratch}" --output {output.checkpoint} --history {output.history} --run {output.run}'
        " --state {params.state} 2> {log}"


rule draw_histories:
    input:
        histories=expand("{results}/models/{model}/training/history.tsv", results=RESULTS, model=RUNS),
    output:
        report(f"{RESULTS}/history.png", caption="../report/history.rst", category="2 Training"),
    log:
        f"logs/{config['dataset']}/draw_histories.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_histories"),
        code=code_of("draw_histories"),
        histories=lambda wildcards, input: by_name_of(list(RUNS), input.histories),
    message:
        f"Draw the training histories of {len(RUNS)} models on {DATASET}"
    shell:
        "python {params.program:q} {params.histories} --output {output} 2> {log}"
