# The demo's genome and peaks; they enter the workflow by the same door as anybody's.
rule simulate:
    input:
        program=program("simulate"),
        code=code_of("simulate"),
    output:
        genome="resources/demo/genome.fa",
        planted="resources/demo/planted.meme",
        peaks=expand(
            "resources/demo/peaks/{target}.narrowPeak.gz",
            target=["CTCF", "REST", "CEBPB", "HNF1A", "NRF1", "ZNF143", "RFX5", "SRF", "DNase", "H3K4me3"],
        ),
    log:
        "logs/simulate.log",
    conda:
        "../envs/danq.yaml"
    params:
        options=options(output="resources/demo", **config["simulate"]),
    shell:
        "python {input.program} {params.options} 2> {log}"
