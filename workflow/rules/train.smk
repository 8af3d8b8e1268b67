# Windows to trained models.
rule train:
    input:
        train=f"{RESULTS}/windows/train.h5",
        valid=f"{RESULTS}/windows/valid.h5",
        program=program("train"),
        code=code_of_model("train"),
    output:
        checkpoint=f"{RESULTS}/{{model}}/model.weights.h5",
        history=f"{RESULTS}/{{model}}/history.tsv",
        run=report(
            f"{RESULTS}/{{model}}/run.json",
            caption="../report/run.rst",
            category="2 Training",
            labels={"model": "{model}"},
        ),
    log:
        f"logs/{config['dataset']}/train/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train/{{model}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
        scratch="",
    params:
        data=subpath(input.train, parent=True),
        options=lambda wildcards: options(**train_options(config, wildcards.model)),
        # Not an output: it outlives a job that was killed, and the next try goes on from it.
        state=f"{RESULTS}/{{model}}/training.state.h5",
    shell:
        # exec: a signal that warns of the job's end must find the program, and no shell that ends before it has saved.
        "exec python {input.program} --data {params.data} {params.options} --gpus {resources.gpu} --threads {threads}"
        ' --scratch "{resources.scratch}" --output {output.checkpoint} --history {output.history} --run {output.run}'
        " --state {params.state} 2> {log}"


rule draw_histories:
    input:
        histories=expand("{results}/{model}/history.tsv", results=RESULTS, model=MODELS),
        program=program("visualize"),
        code=code_of("visualize"),
    output:
        report(f"{RESULTS}/history.png", caption="../report/history.rst", category="2 Training"),
    log:
        f"logs/{config['dataset']}/draw_histories.log",
    conda:
        "../envs/danq.yaml"
    params:
        histories=lambda wildcards, input: by_model(input.histories),
    shell:
        "python {input.program} --history {params.histories} --output {output} 2> {log}"
