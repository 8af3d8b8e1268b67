# Trained models to tracks along the genome: shards of fixed places, joined to a bigWig file of each target.
# When a job ends, Snakemake hashes all its inputs again. So that it does not read the genome once for each shard, shards
# depend on a file with the genome's hash instead.
GENOME = on_disk(config["genome"]["fasta"])
PLAN = tracks.Plan(config, lambda: checkpoints.index_genome.get().output.contigs)


checkpoint index_genome:
    input:
        GENOME,
    output:
        contigs=f"{RESULTS}/tracks/genome.chrom.sizes",
        hash=f"{RESULTS}/tracks/genome.sha256",
    log:
        f"logs/{config['dataset']}/index_genome.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("index_genome"),
        code=code_of("index_genome"),
        folder=f"{RESULTS}/windows",
    message:
        f"List the contigs of the genome of {DATASET}"
    shell:
        "python {params.program:q} {input:q} --index-folder {params.folder} --hash {output.hash}"
        " --output {output.contigs} 2> {log}"


rule predict_tracks:
    input:
        hash=f"{RESULTS}/tracks/genome.sha256",
        checkpoint=checkpoints_of,
    output:
        f"{RESULTS}/models/{{model}}/tracks/shards/{{shard}}.h5",
    log:
        f"logs/{config['dataset']}/predict_tracks/{{model}}/{{shard}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/predict_tracks/{{model}}/{{shard}}.tsv"
    wildcard_constraints:
        shard="[^/]+",
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
    params:
        program=program("tracks"),
        code=code_of_model("tracks"),
        genome=GENOME,
        folder=f"{RESULTS}/windows",
        options=lambda wildcards: options(**PLAN.options(wildcards.shard)),
    message:
        f"Predict piece {{wildcards.shard}} of the genome of {DATASET} with {{wildcards.model}}"
    shell:
        "python {params.program:q} --checkpoint {input.checkpoint} --genome={params.genome:q} {params.options}"
        " --index-folder {params.folder} --gpus {resources.gpu} --threads {threads} --output {output} 2> {log}"


rule join_tracks:
    input:
        hash=f"{RESULTS}/tracks/genome.sha256",
        shards=lambda wildcards: PLAN.files(wildcards.model),
    output:
        directory(f"{RESULTS}/models/{{model}}/tracks/bigwig"),
    log:
        f"logs/{config['dataset']}/join_tracks/{{model}}.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("join_tracks"),
        code=code_of("join_tracks"),
        genome=GENOME,
        folder=f"{RESULTS}/windows",
        shards=f"{RESULTS}/models/{{model}}/tracks/shards",
        options=options(**tracks.join_options(config)),
    message:
        f"Join the tracks of {{wildcards.model}} on {DATASET}"
    shell:
        "python {params.program:q} {params.shards} --genome={params.genome:q} {params.options}"
        " --index-folder {params.folder} --output {output} 2> {log}"


rule hub:
    input:
        tracks=expand("{results}/models/{model}/tracks/bigwig", results=RESULTS, model=TRACK_MODELS),
        sheet=ancient(config["targets"]) if config["source"] == "peaks" else [],
        peaks=[on_disk(path) for path in LISTED.sheet["peaks"]] if config["source"] == "peaks" else [],
    output:
        directory(f"{RESULTS}/hub"),
    log:
        f"logs/{config['dataset']}/hub.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("hub"),
        code=code_of("hub"),
        tracks=lambda wildcards, input: by_name_of(TRACK_MODELS, input.tracks),
        listed=listed(LISTED.sheet) if config["source"] == "peaks" else "",
        options=lambda wildcards, input: options(**tracks.hub_options(config), sheet=input.sheet or None),
    message:
        f"Write the track hub of {DATASET}"
    shell:
        "python {params.program:q} {params.tracks} {params.options} --output {output} 2> {log}"


rule draw_region:
    input:
        tracks=expand("{results}/models/{model}/tracks/bigwig", results=RESULTS, model=TRACK_MODELS),
        sheet=ancient(config["targets"]) if config["source"] == "peaks" else [],
        peaks=[on_disk(path) for path in LISTED.sheet["peaks"]] if config["source"] == "peaks" else [],
    output:
        report(
            f"{RESULTS}/regions/{{region}}.png",
            caption="../report/region.rst",
            category="5 Tracks",
            labels={"region": "{region}"},
        ),
    log:
        f"logs/{config['dataset']}/draw_region/{{region}}.log",
    wildcard_constraints:
        region="[^/]+",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_region"),
        code=code_of("draw_region"),
        tracks=lambda wildcards, input: by_name_of(TRACK_MODELS, input.tracks),
        region=lambda wildcards: REGIONS[wildcards.region],
        listed=listed(LISTED.sheet) if config["source"] == "peaks" else "",
        options=lambda wildcards, input: options(**tracks.peak_options(config), sheet=input.sheet or None),
    message:
        f"Draw {{wildcards.region}} on {DATASET}"
    shell:
        "python {params.program:q} {params.region:q} {params.tracks} {params.options} --output {output} 2> {log}"
