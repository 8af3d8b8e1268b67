# Lists of variants to their effects on the predictions, in blocks of a fixed number of records.
GENOME = on_disk(config["genome"]["fasta"])
HAS_BACKGROUND = bool(config["variants"]["background"] or config["variants"]["random_background"])


wildcard_constraints:
    variants="|".join(VARIANTS),
    block=r"\d+",


# Counts the records and compares them with the genome, so that a wrong list ends before any job needs a GPU.
checkpoint check_variants:
    input:
        variants=lambda wildcards: on_disk(VARIANTS[wildcards.variants]),
        genome=GENOME,
    output:
        f"{RESULTS}/variants/{{variants}}/checked.tsv",
    log:
        f"logs/{config['dataset']}/check_variants/{{variants}}.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("check_variants"),
        code=code_of("check_variants"),
        options=options(
            window=config["windows"]["window"] if config["source"] == "peaks" else None,
            ref_mismatch=config["variants"]["ref_mismatch"],
        ),
    message:
        "Compare the variants {wildcards.variants} with the genome"
    shell:
        "python {params.program:q} --genome={input.genome:q} --variants={input.variants:q} {params.options}"
        " --output {output} 2> {log}"


rule variant_background:
    input:
        variants=on_disk(config["variants"]["background"]) if config["variants"]["background"] else [],
        genome=GENOME,
        checkpoint=lambda wildcards: checkpoints_of(wildcards)[0],
        others=lambda wildcards: checkpoints_of(wildcards)[1:],
    output:
        effects=f"{RESULTS}/models/{{model}}/variants/background.h5",
        skipped=f"{RESULTS}/models/{{model}}/variants/background.skipped.tsv",
    log:
        f"logs/{config['dataset']}/variant_background/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/variant_background/{{model}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        program=program("variants"),
        code=code_of_model("variants"),
        variants=lambda wildcards, input: options(variants=input.variants or None),
        options=lambda wildcards: options(**background_options(config), **further_checkpoints(wildcards)),
    message:
        f"Score the background of variants of {DATASET} with {{wildcards.model}}"
    shell:
        "python {params.program:q} --checkpoint={input.checkpoint} --genome={input.genome:q} {params.variants}"
        " {params.options} --gpus {resources.gpu} --threads {threads} --skipped {output.skipped}"
        " --output {output.effects} 2> {log}"


# One block of records; the number of blocks follows from the list, and a longer list only adds blocks.
rule variants:
    input:
        variants=lambda wildcards: on_disk(VARIANTS[wildcards.variants]),
        genome=GENOME,
        checked=f"{RESULTS}/variants/{{variants}}/checked.tsv",
        checkpoint=lambda wildcards: checkpoints_of(wildcards)[0],
        others=lambda wildcards: checkpoints_of(wildcards)[1:],
        background=f"{RESULTS}/models/{{model}}/variants/background.h5" if HAS_BACKGROUND else [],
    output:
        f"{RESULTS}/models/{{model}}/variants/{{variants}}/blocks/{{block}}.h5",
    log:
        f"logs/{config['dataset']}/variants/{{model}}/{{variants}}_{{block}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/variants/{{model}}/{{variants}}_{{block}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        program=program("variants"),
        code=code_of_model("variants"),
        background=lambda wildcards, input: options(background=input.background or None),
        options=lambda wildcards: options(**variant_options(config), **further_checkpoints(wildcards)),
    message:
        "Score block {wildcards.block} of the variants {wildcards.variants} with {wildcards.model}"
    shell:
        "python {params.program:q} --checkpoint={input.checkpoint} --genome={input.genome:q}"
        " --variants={input.variants:q} {params.background} {params.options} --block={wildcards.block}"
        " --gpus {resources.gpu} --threads {threads} --output {output} 2> {log}"


rule join_variants:
    input:
        blocks_of,
    output:
        effects=f"{RESULTS}/models/{{model}}/variants/{{variants}}/effects.h5",
        table=report(
            f"{RESULTS}/models/{{model}}/variants/{{variants}}/effects.tsv",
            caption="../report/variants.rst",
            category="5 Variants",
            labels={"model": "{model}", "variants": "{variants}"},
        ),
        skipped=f"{RESULTS}/models/{{model}}/variants/{{variants}}/skipped.tsv",
        vcf=f"{RESULTS}/models/{{model}}/variants/{{variants}}/effects.vcf.gz" if config["variants"]["vcf"] else [],
    log:
        f"logs/{config['dataset']}/join_variants/{{model}}/{{variants}}.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("join_variants"),
        code=code_of("join_variants"),
        folder=f"{RESULTS}/models/{{model}}/variants/{{variants}}/blocks",
        options=lambda wildcards, input, output: options(blocks=len(input), vcf=output.vcf or None),
    message:
        "Join the effects of the variants {wildcards.variants} on {wildcards.model}"
    shell:
        "python {params.program:q} {params.folder} {params.options} --table {output.table} --skipped {output.skipped}"
        " --output {output.effects} 2> {log}"


rule draw_variants:
    input:
        effects=f"{RESULTS}/models/{{model}}/variants/{{variants}}/effects.h5",
        genome=GENOME,
        checkpoint=lambda wildcards: checkpoints_of(wildcards)[0],
        others=lambda wildcards: checkpoints_of(wildcards)[1:],
    output:
        report(
            directory(f"{RESULTS}/models/{{model}}/variants/{{variants}}/pictures"),
            patterns=["{picture}.png"],
            caption="../report/variant.rst",
            category="5 Variants",
            labels={"model": "{model}", "variants": "{variants}", "variant": "{picture}"},
        ),
    log:
        f"logs/{config['dataset']}/draw_variants/{{model}}/{{variants}}.log",
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        program=program("draw_variant"),
        code=code_of_model("draw_variant"),
        options=lambda wildcards: options(top=config["variants"]["pictures"], **further_checkpoints(wildcards)),
    message:
        "Draw the variants {wildcards.variants} with the largest effects on {wildcards.model}"
    shell:
        "python {params.program:q} --checkpoint={input.checkpoint} --genome={input.genome:q} --effects={input.effects}"
        " {params.options} --gpus {resources.gpu} --threads {threads} --output {output} 2> {log}"


rule draw_manhattan:
    input:
        expand("{results}/models/{model}/variants/{{variants}}/effects.h5", results=RESULTS, model=VARIANT_MODELS),
    output:
        report(
            f"{RESULTS}/variants/{{variants}}/effects.png",
            caption="../report/manhattan.rst",
            category="5 Variants",
            labels={"model": "all", "variants": "{variants}"},
        ),
    log:
        f"logs/{config['dataset']}/draw_manhattan/{{variants}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_manhattan"),
        code=code_of("draw_manhattan"),
        effects=lambda wildcards, input: by_name_of(VARIANT_MODELS, input),
    message:
        "Draw the effects of the variants {wildcards.variants}"
    shell:
        "python {params.program:q} {params.effects} --title={wildcards.variants:q} --output {output} 2> {log}"
