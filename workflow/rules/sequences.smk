# Trained models to predictions of the sequences that the config names: FASTA files, BED files and regions.
rule predict_sequences:
    input:
        checkpoints=checkpoints_of,
        fasta=file_of_sequences("fasta"),
        bed=file_of_sequences("bed"),
        genome=file_of_sequences("genome"),
    output:
        predictions=f"{RESULTS}/models/{{model}}/sequences/{{given}}.{{format}}",
        account=f"{RESULTS}/models/{{model}}/sequences/{{given}}.{{format}}.account.tsv",
    log:
        f"logs/{config['dataset']}/predict_sequences/{{model}}/{{given}}.{{format}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/predict_sequences/{{model}}/{{given}}.{{format}}.tsv"
    wildcard_constraints:
        given="|".join(config["sequences"]) or "none",
        format="h5|tsv",
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        program=program("predict"),
        code=lambda wildcards: code_of_sequences([wildcards.model]),
        files=lambda wildcards, input: options(**{key: input[key] or None for key in ("fasta", "bed", "genome")}),
        options=lambda wildcards: sequences.sequence_options(config, wildcards.given),
    message:
        f"Predict {{wildcards.given}} with {{wildcards.model}} ({DATASET})"
    shell:
        "python {params.program:q} --checkpoint {input.checkpoints} {params.files} {params.options}"
        " --gpus {resources.gpu} --threads {threads} --account={output.account} --output {output.predictions} 2> {log}"


# The same with several models: their mean, and the standard deviation over them.
use rule predict_sequences as average_sequences with:
    input:
        checkpoints=lambda wildcards: expand(
            "{results}/models/{model}/training/model.weights.h5",
            results=RESULTS,
            model=[run for model in sequences.models(config, wildcards.given) for run in PREDICTORS[model].members],
        ),
        fasta=file_of_sequences("fasta"),
        bed=file_of_sequences("bed"),
        genome=file_of_sequences("genome"),
    output:
        predictions=f"{RESULTS}/sequences/{{given}}.{{format}}",
        account=f"{RESULTS}/sequences/{{given}}.{{format}}.account.tsv",
    log:
        f"logs/{config['dataset']}/average_sequences/{{given}}.{{format}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/average_sequences/{{given}}.{{format}}.tsv"
    params:
        program=program("predict"),
        code=lambda wildcards: code_of_sequences(sequences.models(config, wildcards.given)),
        files=lambda wildcards, input: options(**{key: input[key] or None for key in ("fasta", "bed", "genome")}),
        options=lambda wildcards: sequences.sequence_options(config, wildcards.given),
    message:
        f"Predict {{wildcards.given}} with several models ({DATASET})"
