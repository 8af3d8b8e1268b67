# Files given as http(s) addresses, fetched once, and genomes without random access, written as bgzip once.
ADDRESSES = files.addresses(config, LISTED.sheet)
CHECKSUMS = files.checksums(config, LISTED.sheet)
GENOME_COPIES = files.genome_copies(config)


rule fetch:
    output:
        "resources/fetched/{place}/{name}",
    log:
        "logs/fetch/{place}/{name}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("fetch"),
        code=code_of("fetch"),
        address=lambda wildcards, output: ADDRESSES[output[0]],
        sha256=lambda wildcards, output: CHECKSUMS.get(output[0], ""),
    message:
        "Fetch {wildcards.name} from {wildcards.place}"
    shell:
        "python {params.program:q} --sha256={params.sha256:q} --output={output:q} -- {params.address:q} 2> {log:q}"


rule bgzip_genome:
    input:
        lambda wildcards: GENOME_COPIES["resources/genomes/{place}/{name}.bgz".format(**wildcards)],
    output:
        "resources/genomes/{place}/{name}.bgz",
    log:
        "logs/bgzip_genome/{place}/{name}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("bgzip_genome"),
        code=code_of("bgzip_genome"),
    message:
        "Write the genome {wildcards.name} as bgzip, for random access"
    shell:
        "python {params.program:q} --output={output:q} -- {input:q} 2> {log:q}"
