# Everything to one page.
rule report:
    input:
        tables=multiext(
            f"{RESULTS}/",
            *["auc.tsv", "comparison.tsv", "assays.tsv", "paired.tsv", "annotated.tsv", "recovered.tsv"],
            *["history.png", "assays.png", "calibration.png"],
        ),
        windows=multiext(f"{RESULTS}/windows/", "targets.tsv", "test.h5"),
        models=expand(
            "{results}/{model}/{file}",
            results=RESULTS,
            model=MODELS,
            file=["run.json", "curves.tsv.gz", "motifs.tsv", "motifs.meme", "known.meme"],
        ),
        influence=(
            expand("{results}/{model}/influence.{kind}", results=RESULTS, model=MODELS, kind=["tsv", "png"])
            if config["motifs"]["influence"] > 0
            else []
        ),
        published=rules.compare_published.output if config["evaluate"]["published"] else [],
        program=program("report"),
        code=code_of("report"),
        template=os.path.relpath(SCRIPTS.parent / "report/page.html.j2"),
        parts=[
            os.path.relpath(SCRIPTS.parent / f"report/{part}")
            for part in ["page.css", "page.js", "targets.js", "logo.js", "filters.js"]
        ],
    output:
        f"{RESULTS}/report.html",
    log:
        f"logs/{config['dataset']}/report.log",
    conda:
        "../envs/danq.yaml"
    params:
        options=options(
            results=RESULTS,
            windows=f"{RESULTS}/windows",
            models=MODELS,
            title=config["dataset"],
            logs=f"logs/{config['dataset']}",
        ),
        published="--published" if config["evaluate"]["published"] else "",
        influence="--influence" if config["motifs"]["influence"] > 0 else "",
    shell:
        "python {input.program} {params.options} {params.published} {params.influence} --output {output} 2> {log}"
