# Trained models to predictions of the test windows.
rule predict:
    input:
        test=windows_of("test"),
        checkpoint=checkpoints_of,
    output:
        f"{RESULTS}/models/{{model}}/predictions/test.h5",
    log:
        f"logs/{config['dataset']}/predict/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/predict/{{model}}.tsv"
    wildcard_constraints:
        model="|".join(name for name, one in PREDICTORS.items() if one.members and not one.parts) or "none",
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
        scratch="",
    params:
        program=program("predict"),
        code=code_of_model("predict"),
        data=subpath(input.test, parent=True),
        options=options(**config["predict"]),
    message:
        f"Predict the test windows of {DATASET} with {{wildcards.model}}"
    shell:
        "python {params.program:q} --data {params.data} --checkpoint {input.checkpoint} {params.options}"
        ' --gpus {resources.gpu} --threads {threads} --scratch="{resources.scratch}" --output {output} 2> {log}'
