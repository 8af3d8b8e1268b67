# Contributions of bases to patterns: motifs that TF-MoDISco finds in them, named as the motifs of filters are.
wildcard_constraints:
    searched="|".join(map(re.escape, PATTERN_SEARCHES)),


rule discover:
    input:
        f"{RESULTS}/models/{{model}}/explain/attributions/{config['patterns']['method']}.h5",
    output:
        f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/patterns.h5",
    log:
        f"logs/{config['dataset']}/discover/{{model}}/{{searched}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/discover/{{model}}/{{searched}}.tsv"
    conda:
        "../envs/modisco.yaml"
    threads: 8
    params:
        program=program("discover"),
        code=code_of("discover"),
        options=lambda wildcards: options(**patterns.discover_options(config, wildcards.searched)),
    message:
        f"Find patterns in the contributions to {{wildcards.searched}} of {{wildcards.model}} ({DATASET})"
    shell:
        "python {params.program:q} {input} {params.options} --threads {threads} --output {output} 2> {log:q}"


rule name_patterns:
    input:
        patterns=f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/patterns.h5",
        known=on_disk(config["motifs"]["known"]) if config["motifs"]["known"] else [],
    output:
        multiext(
            f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/",
            *["matches.tsv", "control.tsv", "positive.meme", "negative.meme"],
        ),
        table=report(
            f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/patterns.tsv",
            caption="../report/patterns.rst",
            category="7 Patterns",
            labels={"model": "{model}", "target": "{searched}", "file": "table"},
        ),
        known=f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/known.meme",
        places=(
            f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/places.bed.gz"
            if patterns.have_places(config)
            else []
        ),
    log:
        f"logs/{config['dataset']}/name_patterns/{{model}}/{{searched}}.log",
    conda:
        "../envs/danq.yaml"
    threads: 4
    params:
        program=program("patterns"),
        code=code_of("patterns"),
        folder=subpath(output.table, parent=True),
        known=lambda wildcards, input: options(known=input.known or None),
        options=options(**patterns.name_options(config)),
    message:
        f"Name the patterns of {{wildcards.searched}} of {{wildcards.model}} ({DATASET})"
    shell:
        "python {params.program:q} {input.patterns} {params.known} {params.options} --threads {threads}"
        " --output {params.folder} 2> {log:q}"


rule draw_patterns:
    input:
        patterns=f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/patterns.h5",
        table=f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/patterns.tsv",
        known=f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/known.meme",
    output:
        report(
            f"{RESULTS}/models/{{model}}/explain/patterns/{{searched}}/patterns.png",
            caption="../report/patterns.rst",
            category="7 Patterns",
            labels={"model": "{model}", "target": "{searched}", "file": "picture"},
        ),
    log:
        f"logs/{config['dataset']}/draw_patterns/{{model}}/{{searched}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_patterns"),
        code=code_of("draw_patterns"),
        title=lambda wildcards: options(title=f"{wildcards.model}, {PATTERN_SEARCHES[wildcards.searched]}"),
    message:
        f"Draw the patterns of {{wildcards.searched}} of {{wildcards.model}} ({DATASET})"
    shell:
        "python {params.program:q} {input.patterns} {input.table} {input.known} {params.title} --output {output}"
        " 2> {log:q}"
