# Files given as http(s) addresses, fetched once.
check_given_files(config)
ADDRESSES = {on_disk(path): path for _, path in given_files(config) if is_address(path)}
CHECKSUMS = {}
if config["source"] == "peaks":
    CHECKSUMS |= {on_disk(path): sha256 for path, sha256 in zip(SHEET["peaks"], SHEET["sha256"]) if sha256}
    CHECKSUMS[on_disk(config["genome"]["fasta"])] = config["genome"]["sha256"]


rule fetch:
    input:
        program=program("fetch"),
        code=code_of("fetch"),
    output:
        "resources/fetched/{place}/{name}",
    log:
        "logs/fetch/{place}/{name}.log",
    conda:
        "../envs/danq.yaml"
    params:
        address=lambda wildcards, output: quote(ADDRESSES[output[0]]),
        sha256=lambda wildcards, output: CHECKSUMS.get(output[0], ""),
    shell:
        "python {input.program} {params.address} --sha256 '{params.sha256}' --output {output} 2> {log}"
