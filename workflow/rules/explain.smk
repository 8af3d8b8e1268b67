# Trained models to what every base of chosen windows contributes to the predictions.
wildcard_constraints:
    method="|".join(EXPLAIN["methods"]),


rule attribute:
    input:
        checkpoint=checkpoints_of,
        windows=windows_of("test") if EXPLAIN_TEST else [],
        predictions=f"{RESULTS}/models/{{model}}/predictions/test.h5" if EXPLAIN_TEST and not FOLDS else [],
        bed=on_disk(EXPLAIN["bed"]) if EXPLAIN["bed"] else [],
        genome=on_disk(config["genome"]["fasta"]) if EXPLAIN["bed"] else [],
        fasta=on_disk(EXPLAIN["fasta"]) if EXPLAIN["fasta"] else [],
    output:
        attributions=f"{RESULTS}/models/{{model}}/explain/attributions/{{method}}.h5",
        account=[] if EXPLAIN_TEST else f"{RESULTS}/models/{{model}}/explain/attributions/{{method}}.account.tsv",
    log:
        f"logs/{config['dataset']}/attribute/{{model}}/{{method}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/attribute/{{model}}/{{method}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        program=program("attribute"),
        code=code_of_model("attribute"),
        files=lambda wildcards, input: options(
            data=os.path.dirname(input.windows) if input.windows else None,
            **{key: input[key] or None for key in ("predictions", "bed", "genome", "fasta")},
        ),
        options=lambda wildcards, output: options(
            account=output.account or None, **attribute_options(config, wildcards.method)
        ),
    message:
        f"Explain predictions of {{wildcards.model}} by {{wildcards.method}} ({DATASET})"
    shell:
        "python {params.program:q} --checkpoint {input.checkpoint} {params.files} {params.options}"
        " --gpus {resources.gpu} --threads {threads} --output {output.attributions} 2> {log}"
