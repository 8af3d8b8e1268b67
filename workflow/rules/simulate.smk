# The demo's genome and peaks; the other rules read them as they read a user's files.
rule simulate:
    output:
        genome="resources/demo/genome.fa",
        planted="resources/demo/planted.meme",
        sites="resources/demo/sites.bed",
        variants="resources/demo/variants.vcf",
        peaks=expand(
            "resources/demo/peaks/{target}.narrowPeak.gz",
            target=["CTCF", "REST", "CEBPB", "HNF1A", "NRF1", "ZNF143", "RFX5", "SRF", "DNase", "H3K4me3"],
        ),
    log:
        "logs/simulate.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("simulate"),
        code=code_of("simulate"),
        options=options(output="resources/demo", **config["simulate"]),
    message:
        "Simulate the genome and the peaks of the demo"
    shell:
        "python {params.program:q} {params.options} 2> {log}"
