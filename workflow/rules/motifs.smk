# Trained models to the motifs of their filters.
rule motifs:
    input:
        windows=f"{RESULTS}/windows/{config['motifs']['split']}.h5",
        checkpoint=f"{RESULTS}/{{model}}/model.weights.h5",
        program=program("motifs"),
        code=code_of_model("motifs"),
    output:
        instances=f"{RESULTS}/{{model}}/instances.tsv.gz",
        table=report(
            f"{RESULTS}/{{model}}/motifs.tsv",
            caption="../report/motifs.rst",
            category="4 Motifs",
            labels={"model": "{model}"},
        ),
        meme=f"{RESULTS}/{{model}}/motifs.meme",
    log:
        f"logs/{config['dataset']}/motifs/{{model}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/motifs/{{model}}.tsv"
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        data=subpath(input.windows, parent=True),
        folder=subpath(output.table, parent=True),
        options=options(**config["motifs"]),
    shell:
        "python {input.program} --data {params.data} --checkpoint {input.checkpoint} {params.options}"
        " --gpus {resources.gpu} --threads {threads} --output {params.folder} 2> {log}"


rule draw_logos:
    input:
        meme=f"{RESULTS}/{{model}}/motifs.meme",
        program=program("visualize"),
        code=code_of("visualize"),
    output:
        logos=report(
            directory(f"{RESULTS}/{{model}}/logos"),
            patterns=["{filter}.png"],
            caption="../report/logos.rst",
            category="4 Motifs",
            subcategory="{model}",
        ),
        sheet=report(
            f"{RESULTS}/{{model}}/logos.png",
            caption="../report/logos.rst",
            category="4 Motifs",
            labels={"model": "{model}"},
        ),
    log:
        f"logs/{config['dataset']}/draw_logos/{{model}}.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    shell:
        "python {input.program} --motifs --all --motif-file {input.meme} --title {wildcards.model} --sheet {output.sheet}"
        " --processes {threads} --output {output.logos} 2> {log}"
