# Everything to one page.
rule report:
    input:
        results=multiext(f"{RESULTS}/", "comparison.tsv", "assays.tsv", "history.png", "assays.png", "curves"),
        windows=multiext(f"{RESULTS}/windows/", "targets.tsv", "test.h5"),
        models=expand(
            "{results}/{model}/{file}", results=RESULTS, model=MODELS, file=["run.json", "motifs.tsv", "logos"]
        ),
        published=rules.compare_published.output if config["evaluate"]["published"] else [],
        program=program("report"),
        code=code_of("report"),
        template=os.path.relpath(SCRIPTS.parent / "report/page.html.j2"),
    output:
        f"{RESULTS}/report.html",
    log:
        f"logs/{config['dataset']}/report.log",
    conda:
        "../envs/danq.yaml"
    params:
        options=options(results=RESULTS, windows=f"{RESULTS}/windows", models=MODELS, title=config["dataset"]),
        published="--published" if config["evaluate"]["published"] else "",
    shell:
        "python {input.program} {params.options} {params.published} --output {output} 2> {log}"
