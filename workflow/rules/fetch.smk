# Files given as http(s) addresses, fetched once.
ADDRESSES = files.addresses(config, LISTED.sheet)
CHECKSUMS = files.checksums(config, LISTED.sheet)


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
