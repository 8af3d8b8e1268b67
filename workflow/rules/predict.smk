# Trained models to predictions of the test windows.
rule predict:
    input:
        test=f"{RESULTS}/windows/test.h5",
        checkpoint=f"{RESULTS}/{{model}}/model.weights.h5",
        program=program("predict"),
        code=code_of_model("predict"),
    output:
        f"{RESULTS}/{{model}}/predictions.h5",
    log:
        f"logs/{config['dataset']}/predict/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/predict/{{model}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
        scratch="",
    params:
        data=subpath(input.test, parent=True),
        options=options(**config["predict"]),
    shell:
        "python {input.program} --data {params.data} --checkpoint {input.checkpoint} {params.options}"
        ' --gpus {resources.gpu} --threads {threads} --scratch "{resources.scratch}" --output {output} 2> {log}'
